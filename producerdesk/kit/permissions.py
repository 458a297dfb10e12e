"""The one permission class: an action that is not listed with a right is denied."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission

from producerdesk.kit.viewer import NOBODY, Viewer

ANYONE = "anyone"  # even without signing in
SIGNED_IN = "signed in"  # any viewer; the queryset decides what there is to see
# what an API says of a role that is too small, and the page under "Your role does not reach this far"
NOT_YOURS = _("Ask the owner of the desk or the producer of the project: they can do it, or give you the right.")
# what it says to a program whose token reaches less far than its owner might
NO_SUCH_SCOPE = _("This token has no scope “%(scope)s”: make one that has, if your role lets you do this.")
Right = str | Callable[[Viewer], bool]  # a word, or a question to the viewer


def viewer_of(request: Any) -> Viewer:
    """Return who asks, as the way in established it (DRF's `request.auth`)."""
    return request.auth or NOBODY


class ListedRight(BasePermission):
    """`view.needs` maps each action to a right. Unlisted means denied.

    Whether the viewer has the right on the very object is asked by `DeskViewSet.get_object`, after the object was found
    among the visible ones: a stranger gets 404, too small a role 403.
    """

    message: Any = NOT_YOURS

    def has_permission(self, request: Any, view: Any) -> bool:
        viewer = viewer_of(request)
        if view.action is None:
            return True  # no such method here: 405 comes next
        if view.action == "metadata":
            return viewer.is_authenticated  # it tells only of forms whose right the viewer has
        right = view.needs.get(view.action)
        if right is None or holds(viewer, right):
            return right is not None
        if view.detail and viewer.is_stranger and isinstance(right, str):
            raise Http404  # who works nowhere learns of no thing, not even that a greater role would see it
        if viewer.via == "token" and isinstance(right, str) and not viewer.allows(right):
            self.message = NO_SUCH_SCOPE % {"scope": right}
        return False


def holds(viewer: Viewer, right: Right) -> bool:
    """Return whether the viewer has the right anywhere."""
    if right == ANYONE:
        return True
    if not viewer.is_authenticated:
        return False
    if callable(right):
        return right(viewer)
    return right == SIGNED_IN or viewer.can_anywhere(right)
