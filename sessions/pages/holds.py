"""What is done with a hold: kept longer, released, put first, and the one before it challenged."""

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, form_page
from sessions.pages.sessions import clash_drawn, page_of


def keep(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep a hold until another day, or renew one that has expired."""
    session = ask(request, "api:session-detail", args=[pk]).data
    return form_page(
        request,
        "sessions/hold.html",
        "api:session-hold",
        args=[pk],
        then=page_of,
        done=_("Held."),
        context={"session": session, "current": "calendar"},
    )


def release(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a hold up."""
    done = _("Released. Whoever came after it moves up.")
    undo = reverse("sessions:restore", args=[pk])
    return act(request, "api:session-release", args=[pk], then=page_of, done=done, undo=lambda _session: undo)


def promote(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make it the first hold."""
    refused = clash_drawn(request, pk)
    return act(request, "api:session-promote", args=[pk], then=page_of, done=_("It is the 1st hold."), refused=refused)


def challenge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask the hold before it to be confirmed or released."""
    done = _("Challenged. Whoever holds it was told.")
    return act(request, "api:session-challenge", args=[pk], then=page_of, done=done)
