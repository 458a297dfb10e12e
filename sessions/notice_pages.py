"""The pages of how one wants to be told: one's settings behind both doors, and the link that stops such mails."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import form_page
from producerdesk.kit.throttles import PerSecret, hold_back
from sessions.schedule_pages import Door, frame, or_nothing, unseen


def settings(request: HttpRequest, door: Door) -> HttpResponseBase:
    """What one is told by mail, when one is reminded, and when not to be disturbed."""
    whose = ask(request, "api:schedule").data
    template, context = frame(door, "notices", _("What you are told, and when"), {"whose": whose})
    return form_page(
        request,
        template,
        "api:notice-settings",
        method="PUT",
        then=lambda saved: door.url("notices"),
        done=_("Saved. What is on its way follows it."),
        context=context,
    )


@csrf_exempt  # a mail program posts it, with no cookie and no form of ours: the secret in the address is the right
def unsubscribe(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Stop such mails with one press, or let them come again. To open the page alone changes nothing.

    Mail programs post `List-Unsubscribe=One-Click` (RFC 8058) and follow no redirect, so the answer is the page itself.
    """
    hold_back(PerSecret, request, secret)
    return unseen(or_nothing(request, lambda: _unsubscribe(request, secret)))


def _unsubscribe(request: HttpRequest, secret: str) -> HttpResponse:
    if request.method == "POST":
        name = "resume" if "again" in request.POST else "stop"
        told: Any = ask(request, f"api:unsubscribe-{name}", args=[secret], method="POST", data={}).data
    else:
        told = ask(request, "api:unsubscribe-detail", args=[secret]).data
    context = {"told": told, "topic": told["topic_title"], "pressed": request.method == "POST"}
    return render(request, "schedule/unsubscribe.html", context)
