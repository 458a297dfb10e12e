"""Pages of a session's input list: edited as a grid, taken over from elsewhere, kept as a template."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit import forms
from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, described, form_page, show


def inputs(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The input list: a grid for who writes it, a table for who only comes."""
    found = ask(request, "api:input-list-detail", args=[pk])
    session = ask(request, "api:session-detail", args=[pk])
    if not found.data["can"]["edit"]:
        return show(request, "sessions/inputs.html", {"current": "calendar"}, session=session, found=found)
    context = {
        "session": session.data,
        "found": found.data,
        "current": "calendar",
        # asked for once, and only where the form is drawn
        "sources": cache(lambda: _sources(request, pk)),
        "templates": cache(lambda: _templates(request, found.data)),
    }
    return form_page(
        request,
        "sessions/inputs.html",
        "api:input-list-detail",
        args=[pk],
        method="PUT",
        then=_page,
        done=_("The input list is saved."),
        context=context,
    )


def _page(found: dict[str, Any]) -> str:
    return reverse("sessions:inputs", args=[found["session"]])


def _sources(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return the form of what can be taken over."""
    _options, drawn = described(request, "api:input-list-recall", args=[pk])
    return forms.build(drawn["fields"], values={})


def _templates(request: HttpRequest, found: dict[str, Any]) -> list[dict[str, Any]]:
    if not found["can"]["keep"]:
        return []
    return ask(request, "api:input-template-list").data["results"]


def recall(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take over a template or another session's list."""
    then = reverse("sessions:inputs", args=[pk])
    back = reverse("sessions:put_back_inputs", args=[pk])
    return act(request, "api:input-list-recall", args=[pk], then=then, done=_taken, undo=lambda found: back)


def _taken(found: dict[str, Any]) -> str:
    count = len(found["channels"])
    return ngettext("Taken over: %(n)d row stands now.", "Taken over: %(n)d rows stand now.", count) % {"n": count}


def put_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put back what stood before."""
    then = reverse("sessions:inputs", args=[pk])
    return act(request, "api:input-list-put-back", args=[pk], then=then, done=_("What stood before is back."))


def keep(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep the list as a template."""
    then = reverse("sessions:inputs", args=[pk])
    return act(request, "api:input-list-keep", args=[pk], then=then, done=lambda kept: _("Kept as “%(name)s”.") % kept)


def remove_template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a template away."""
    back = reverse("sessions:restore_input_template", args=[pk])
    done = _("The template is removed.")
    return act(request, "api:input-template-detail", args=[pk], method="DELETE", done=done, undo=lambda gone: back)


def restore_template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Bring a template back."""
    return act(request, "api:input-template-restore", args=[pk], done=_("The template is back."))
