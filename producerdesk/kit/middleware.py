"""Answers before and after our own code: a body that is too large, and what `ask` and the database raise."""

import re
from collections.abc import Callable

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from producerdesk.kit.ask import SignInFirst, TurnedAway
from producerdesk.kit.errors import Away, TooLarge
from producerdesk.kit.handler import RETRY_AFTER_SECONDS
from producerdesk.kit.kept import keep
from producerdesk.kit.permissions import NOT_YOURS

log = structlog.get_logger(__name__)


API = "/api/"
API_PATHS = "/api/v1/"
# a browser that is cut short in the middle of a file shows its own page for a broken connection, not ours
HEARD_OUT = 64 * 2**20
CHUNK = 2**16
LOADS_NOTHING = "default-src 'none'; frame-ancestors 'none'"
CODES = {
    400: ("parse_error", _lazy("Something in the request was not as it should be. Nothing was changed.")),
    403: ("permission_denied", NOT_YOURS),
    404: ("not_found", _lazy("There is nothing here, or it is not yours to see.")),
    500: ("error", _lazy("That was our mistake. Nothing was changed by halves.")),
}


class BodyLimit:
    """Refuses a body that is larger than any of ours: 413. Nothing of it is kept.

    What names no length (chunks) cannot be read through WSGI at all, so the header is all there is to look at.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length, field = request.META.get("CONTENT_LENGTH") or "0", _file_of(request)
        most = settings.LARGEST_FORM if field else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if not length.isdecimal() or int(length) <= most:
            return self.get_response(request)
        if int(length) <= HEARD_OUT:
            while request.read(CHUNK):
                pass
        error = TooLarge(most, field)
        if request.path.startswith(API):
            fields = {field: [str(error.detail)]} if field else {}
            body = {"code": error.default_code, "detail": str(error.detail), "fields": fields}
            return JsonResponse(body, status=error.status_code)
        return render(None, "errors/413.html", {"detail": str(error.detail)}, status=error.status_code)


def _file_of(request: HttpRequest) -> str:
    """Return the field of this form that takes a file, for which we read more; nothing for all other requests.

    Such a file goes to the disk piece by piece; what else is in the form is held to the usual size by Django itself.
    """
    if not request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
        return ""
    fields = (field for path, field in settings.LARGE_FORMS.items() if re.fullmatch(path, request.path))
    return next(fields, "")


class ApiErrors:
    """Gives the API's own shape to what is refused before any resource of it is reached: no such path, no such host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code < 400 or not is_page or not request.path.startswith(API_PATHS):
            return response
        code, detail = CODES.get(response.status_code, CODES[400])
        kept = {name: response.headers[name] for name in ("Retry-After",) if name in response.headers}
        return JsonResponse({"code": code, "detail": str(detail)}, status=response.status_code, headers=kept)


class ContentPolicy(CSPMiddleware):
    """Says what a page may load (settings). What the API says loads nothing, and needs no policy made for it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type") != "application/json":
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, LOADS_NOTHING)
        return response


class DatabaseAway:
    """Answers 503 with Retry-After when the database does not, and leads to the login page when nobody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return self._away(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a page. The API answers for itself (kit.errors)."""
        if isinstance(error, SignInFirst):
            if request.method == "POST" and not error.back:
                keep(request)  # whichever question of the page met it first
            return redirect_to_login(error.back or request.get_full_path())
        if isinstance(error, TurnedAway):
            return self._page(request, error.answer.status, error.answer.headers.get("Retry-After"))
        if isinstance(error, OperationalError | InterfaceError):
            return self._away(request, error)
        return None

    def _away(self, request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("database away", error=str(error), path=request.path)
        if request.path.startswith(API):
            response: HttpResponse = JsonResponse({"code": "away", "detail": str(Away().detail)}, status=503)
        else:
            return self._page(request, 503, str(RETRY_AFTER_SECONDS))
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response

    def _page(self, request: HttpRequest, status: int, retry_after: str | None) -> HttpResponse:
        # without a request in the context: its processors would ask the database again
        context = {"retry_after": retry_after, "title": _("Try again soon")}
        response = render(None, f"errors/{status}.html", context, status=status)
        if retry_after:
            response["Retry-After"] = retry_after
        return response
