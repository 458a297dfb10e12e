"""What can be put out of use and back: studios, rooms, gear."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.authentication import renew_viewer
from producerdesk.accounts.models import Desk
from producerdesk.kit.api import DeskViewSet
from sessions.actions import studios


class InUse(DeskViewSet):
    """What can be put out of use and back."""

    def home_desk(self) -> Desk | None:
        """Return the desk at which one works; None for who has none."""
        return Desk.objects.filter(pk=self.viewer.home_desk_id).first()

    def make(self, create: Callable[..., Model]) -> Response:
        """Answer with what was made: at the desk that is said, else at one's own, which who is new gets with it."""
        said = self.said()
        desk = said.pop("desk", None) or self.home_desk()
        if desk is None and not self.viewer.is_stranger:
            raise PermissionDenied
        made = create(by=self.request.user, desk=desk, **said)
        if desk is None:
            renew_viewer(self.request)  # the person has become a producer with this very request
        return self.answer(made.pk, status=201)

    @action(detail=True, methods=["post"])
    def archive(self, request: Any, pk: str) -> Response:
        """Put it out of use: it cannot be booked any more; what is booked stands."""
        studios.set_active(row=self.get_object(), active=False)
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Take it into use again."""
        studios.set_active(row=self.get_object(), active=True)
        return self.answer(pk)
