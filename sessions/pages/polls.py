"""Pages of date polls: proposing slots, the grid of who can make which, deciding, calling it off."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import act, form_page, show
from sessions.pages.booking import hires_of
from sessions.pages.picks import take_row

CURRENT = {"current": "calendar"}


def page_of(poll: dict[str, Any]) -> str:
    """Return the address of a poll's page."""
    return reverse("sessions:poll", args=[poll["id"]])


def index(request: HttpRequest) -> HttpResponseBase:
    """All polls, the newest first."""
    query = {name: request.GET.get(name) for name in ("project", "state", "page")}
    polls = ask(request, "api:date-poll-list", query=query)
    return show(request, "sessions/polls.html", CURRENT | {"filters": request.GET}, polls=polls)


def new(request: HttpRequest) -> HttpResponseBase:
    """Propose dates. Another project or a suggested person draw the form again with all that was typed."""
    take_row(request)
    return form_page(
        request,
        "sessions/poll_form.html",
        "api:date-poll-list",
        about=("project",),
        again=bool(request.POST.get("redraw")),
        then=page_of,
        done=_("Every date is held. Everybody is asked which of them work."),
        context=CURRENT | {"hires": lambda: hires_of(request)},
    )


def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who can make which slot, and the best one marked."""
    return _draw(request, ask(request, "api:date-poll-detail", args=[pk]))


def confirm(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Book a slot; where it cannot be had any more, the page says what is in the way."""
    done = _("Booked. The other dates are released, and everybody is told once.")
    then = lambda poll: reverse("sessions:detail", args=[poll["decided"]])  # noqa: E731

    def refused(answer: Answer) -> HttpResponse | None:
        poll = ask(request, "api:date-poll-detail", args=[pk])
        return _draw(request, poll, answer) if "clashes" in answer.data else None

    return act(request, "api:date-poll-confirm", args=[pk], then=then, done=done, refused=refused)


def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Call a poll off."""
    done = _("Called off. Every date is released, and who was asked is told.")
    return act(request, "api:date-poll-cancel", args=[pk], then=page_of, done=done)


def _draw(request: HttpRequest, poll: Answer, refused: Answer | None = None) -> HttpResponse:
    """Draw the grid: a row for each person, a column for each slot."""
    data = poll.data
    counts = {each["slot"]: each for each in data.get("counts", [])}
    context = CURRENT | {
        "poll": data,
        "slots": [
            slot | {"counts": counts.get(slot["id"]), "best": slot["id"] == data.get("best")} for slot in data["slots"]
        ],
        "rows": [
            reply | {"cells": [reply["answers"].get(str(slot["id"]), "") for slot in data["slots"]]}
            for reply in data["replies"]
        ],
        "answered": sum(1 for reply in data["replies"] if reply["answered_at"]),
        "answer": refused.data if refused else None,
    }
    return render(request, "sessions/poll.html", context, status=refused.status if refused else 200)
