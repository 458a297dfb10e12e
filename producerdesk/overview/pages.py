"""Pages that span all apps, and those for what went wrong."""

import sys

from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit.ask import ask
from producerdesk.kit.handler import RETRY_AFTER_SECONDS
from producerdesk.kit.pages import show


def today(request: HttpRequest) -> HttpResponseBase:
    """The page one opens every morning. Who has nothing yet starts a first record."""
    if not request.viewer.is_authenticated:  # type: ignore[attr-defined]
        return redirect("account_login")
    day = ask(request, "api:today")
    if day.data["new"]:
        return redirect("projects:start")
    return show(request, "overview/today.html", {"current": "today"}, day=day)


def nudge_all(request: HttpRequest) -> HttpResponseBase:
    """Ask everybody once more who has not answered and was not asked a moment ago."""
    if request.method != "POST":
        return redirect("overview:today")
    waiting = [call for call in ask(request, "api:today").data.get("waiting", []) if call["may_nudge"]]
    answers = [ask(request, "api:call-nudge", args=[call["id"]], method="POST", data={}) for call in waiting]
    asked = sum(answer.ok for answer in answers)
    said = ngettext("%(n)d person is asked again.", "%(n)d people are asked again.", asked) % {"n": asked}
    messages.success(request, said if asked else _("Everybody was asked a moment ago. Leave a little time."))
    return redirect(reverse("overview:today") + "#waiting")


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
