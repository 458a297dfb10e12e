"""Pages of a session's call sheet: read, written on one page, sent, printed."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, form_page, show
from sessions.sheets import files, paper


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The call sheet as it stands, what of it was not sent yet, and who has read it."""
    session = ask(request, "api:session-detail", args=[pk])
    return show(
        request,
        "sessions/call_sheet.html",
        {"current": "calendar", "once": secrets.token_urlsafe(16)},
        session=session,
        found=ask(request, "api:call-sheet-detail", args=[pk]),
    )


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write the call sheet, all of it on one page."""
    session = ask(request, "api:session-detail", args=[pk]).data
    context = {
        "session": session,
        "current": "calendar",
        "found": lambda: ask(request, "api:call-sheet-detail", args=[pk]).data,
    }
    return form_page(
        request,
        "sessions/call_sheet_edit.html",
        "api:call-sheet-detail",
        args=[pk],
        method="PUT",
        then=lambda found: reverse("sessions:call_sheet", args=[pk]),
        done=_("Saved. Nobody hears of it before you send it."),
        context=context,
    )


def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the call sheet to everybody called."""
    then = reverse("sessions:call_sheet", args=[pk])
    return act(request, "api:call-sheet-publish", args=[pk], then=then, done=_sent)


def _sent(found: dict[str, Any]) -> str:
    count = len(found["readers"])
    return ngettext(
        "Version %(number)d is on its way to %(count)d person.",
        "Version %(number)d is on its way to %(count)d people.",
        count,
    ) % {"number": found["number"], "count": count}


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The call sheet as it stands, on paper."""
    found = ask(request, "api:call-sheet-detail", args=[pk]).data
    return _printed(request, found, found["number"] if found["is_sent"] else 0)


@require_safe
def version(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """A version that was sent, whole, and what changed to it since any other."""
    return show(
        request,
        "sessions/call_sheet_version.html",
        {"current": "calendar"},
        session=ask(request, "api:session-detail", args=[pk]),
        found=ask(request, "api:call-sheet-version", args=[pk, number], query={"since": _since(request)}),
    )


@require_safe
def version_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The same on paper."""
    found = ask(request, "api:call-sheet-version", args=[pk, number]).data
    return _printed(request, found, number, paper.superseded(found))


def _since(request: HttpRequest) -> str:
    """Return with which version it is compared. An address that was mistyped shows the page all the same."""
    text = request.GET.get("since", "")
    return text if text.isascii() and text.isdigit() else ""


def _printed(request: HttpRequest, found: dict[str, Any], number: int, warning: str = "") -> HttpResponse:
    address = request.build_absolute_uri(reverse("sessions:call_sheet", args=[found["session"]]))
    return files.answer(found, number, request.GET.get("paper", ""), address=address, warning=warning)
