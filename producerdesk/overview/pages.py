"""Pages that span all apps, and those for what went wrong."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import ask
from producerdesk.kit.handler import RETRY_AFTER_SECONDS
from producerdesk.kit.pages import act, refusal, show

DEEDS = 40  # on a page
LONGEST_SHOWN = 200  # of what was typed into the search box


@require_safe
def today(request: HttpRequest) -> HttpResponseBase:
    """The page one opens every morning. Who has nothing yet starts a first record."""
    if not request.viewer.is_authenticated:  # type: ignore[attr-defined] # set by ViewerMiddleware
        return redirect("account_login")
    day = ask(request, "api:today")
    if day.data["new"]:
        return redirect("projects:start")
    return show(request, "overview/today.html", {"current": "today"}, day=day)


def nudge_all(request: HttpRequest) -> HttpResponseBase:
    """Ask everybody once more who has not answered and was not asked a moment ago."""
    return act(request, "api:call-nudge-all", then=reverse("overview:today") + "#waiting", done=_nudged)


def _nudged(said: dict[str, int]) -> str:
    if not said["asked"]:
        return _("Everybody was asked a moment ago. Leave a little time.")
    return ngettext("%(n)d person is asked again.", "%(n)d people are asked again.", said["asked"]) % {
        "n": said["asked"]
    }


@require_safe
def activity(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who did what in a project."""
    wanted = {name: request.GET.getlist(name) for name in ("kind", "by", "page") if request.GET.get(name)}
    return show(
        request,
        "overview/activity.html",
        {"tab": "activity", "current": "projects", "filters": request.GET},
        project=ask(request, "api:project-detail", args=[pk]),
        questions=ask(request, "api:project-questions", args=[pk]),
        deeds=ask(request, "api:activity-list", query={"project": pk, "page_size": DEEDS} | wanted),
        doers=ask(request, "api:activity-doers", query={"project": pk}),
    )


@require_safe
def search(request: HttpRequest) -> HttpResponseBase:
    """What is called so. What cannot be searched for is said beside the box."""
    found = ask(request, "api:search", query={"q": request.GET.get("q", "")})
    context = {"q": request.GET.get("q", "")[:LONGEST_SHOWN], "found": found.data if found.ok else None}
    refused = "" if found.ok else refusal(found)
    return render(request, "overview/search.html", context | {"refused": refused}, status=found.status)


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
