"""The page of a producer's own notes to a session: how to coach, and what was spoken."""

import secrets
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit import forms
from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, described, form_page


def notes(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Coaching notes and voice notes. Nobody but the producers has this page."""
    session = ask(request, "api:session-detail", args=[pk]).data
    of_session = {"session": pk, "page_size": 100}
    context = {
        "session": session,
        "current": "calendar",
        # asked for once, and only where the form is drawn
        "notes": cache(lambda: ask(request, "api:coaching-note-list", query=of_session).data),
        "voices": cache(lambda: ask(request, "api:voice-note-list", query=of_session).data),
        "voice_form": cache(lambda: _voice_form(request, pk)),
    }
    if request.method != "POST":
        asked = request.GET.copy()  # OPTIONS offers the songs and people of this session
        asked["session"] = str(pk)
        request.GET = asked  # type: ignore[assignment] # Django reads it from there
    return form_page(
        request,
        "sessions/notes.html",
        "api:coaching-note-list",
        about=("session",),
        then=lambda note: reverse("sessions:notes", args=[note["session"]]),
        done=_("Kept. Only producers read it."),
        context=context,
    )


def _voice_form(request: HttpRequest, pk: int) -> dict[str, Any]:
    _options, drawn = described(request, "api:voice-note-list", query={"session": pk})
    form = forms.build(drawn["fields"], values={}, once=secrets.token_urlsafe(16))
    for field in form["fields"].values():
        field["id"] = f"voice-{field['name']}"
    return form


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a coaching note."""
    note = ask(request, "api:coaching-note-detail", args=[pk]).data
    return form_page(
        request,
        "sessions/note_edit.html",
        "api:coaching-note-detail",
        args=[pk],
        method="PUT",
        then=lambda note: reverse("sessions:notes", args=[note["session"]]),
        done=_("Saved."),
        context={"session": ask(request, "api:session-detail", args=[note["session"]]).data, "current": "calendar"},
    )


def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a coaching note out."""
    back = reverse("sessions:restore_note", args=[pk])
    done = _("The note is removed.")
    return act(request, "api:coaching-note-detail", args=[pk], method="DELETE", done=done, undo=lambda gone: back)


def restore(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Bring a coaching note back."""
    return act(request, "api:coaching-note-restore", args=[pk], done=_("The note is back."))


def keep_voice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep a recording."""
    then = reverse("sessions:notes", args=[pk]) + "#voice"
    return act(request, "api:voice-note-list", then=then, done=_("The recording is kept. Only producers hear it."))


def remove_voice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a recording out."""
    back = reverse("sessions:restore_voice", args=[pk])
    done = _("The recording is removed.")
    return act(request, "api:voice-note-detail", args=[pk], method="DELETE", done=done, undo=lambda gone: back)


def restore_voice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Bring a recording back."""
    return act(request, "api:voice-note-restore", args=[pk], done=_("The recording is back."))
