"""Puts the viewer of a page's login on its request, looked up when first asked for, and draws the page on its clock."""

from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from producerdesk.accounts.authentication import viewer_of_login

API = "/api/"  # speaks UTC, whoever asks


class ViewerMiddleware:
    """`request.viewer`: who asks for the page. `viewer_kept` is shared with the requests that `ask` copies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Django's request does not know these two; everything else reads them through it
        request.viewer_kept = {}  # type: ignore[attr-defined] # see above
        request.viewer = SimpleLazyObject(lambda: viewer_of_login(request))  # type: ignore[attr-defined] # see above
        if request.path.startswith(API):
            return self.get_response(request)
        # a page asks for its language hundreds of times, and not to find one named takes twice as long
        translation.activate(settings.LANGUAGE_CODE)
        with timezone.override(_zone(request)):
            return self.get_response(request)


def _zone(request: HttpRequest) -> str:
    try:
        return request.user.time_zone if request.user.is_authenticated else settings.TIME_ZONE
    except (OperationalError, InterfaceError):
        return settings.TIME_ZONE  # the page meets the same trouble, and says so
