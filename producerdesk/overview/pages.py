"""Pages that span all apps, and those for what went wrong."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from producerdesk.kit.handler import RETRY_AFTER_SECONDS
from producerdesk.overview.shell import address, places_of


def home(request: HttpRequest) -> HttpResponseBase:
    """Lead everyone to what they come for: who only plays to the own schedule, the others to their first place."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.is_authenticated:
        return redirect("account_login")
    wanted = places_of(viewer)
    first = next(place for place in wanted if address(place.route))
    return redirect(first.route)


def no_right(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Draw what somebody sees whose role does not allow this."""
    return render(request, "errors/403.html", {"exception": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Draw what somebody sees where there is nothing, or nothing of theirs."""
    return render(request, "errors/404.html", status=404)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Draw the answer to a request that makes no sense."""
    return render(None, "errors/400.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """Draw what somebody sees when we made a mistake. Asks nothing of the database: it may be what is broken."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if away else 500
    response = render(None, f"errors/{status}.html", status=status)
    if away:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
