"""Pages of date polls: proposing slots, the grid of who can make which, deciding, calling it off."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import DRAWN_AS, act, described, etag_after, form_page, resend, show, undo_url
from sessions.pages import poll_answers
from sessions.pages.booking import hires_of
from sessions.pages.picks import take_row

CURRENT = {"current": "calendar"}


def page_of(poll: dict[str, Any]) -> str:
    """Return the address of a poll's page."""
    return reverse("sessions:poll", args=[poll["id"]])


@require_safe
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


@require_safe
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


def enter(request: HttpRequest, pk: int, reply: int) -> HttpResponseBase:
    """Write down what somebody told you of the dates. Undo takes it back, to what was entered before."""
    poll, row = _poll_and_reply(request, pk, reply)
    answer = None
    if request.method == "POST":
        resend(request, {"reply": str(reply)})
        answer = ask(request, "api:date-poll-enter", args=[pk], method="POST")
        if answer.ok:
            undo = _entered_before(row)(answer.data)
            messages.success(request, _("Entered for %(name)s.") % row["person"], extra_tags=undo)
            return redirect(page_of(poll))
        poll, row = _poll_and_reply(request, pk, reply)  # somebody may have been faster
    _options, form = described(request, "api:date-poll-enter", args=[pk])
    context = CURRENT | poll_answers.drawn(request, form["fields"], poll, row, answer)
    # of the reply that is drawn: whoever writes it from now on is seen
    now = f'"{row["version"]}"'
    etag = etag_after(answer, request, now) if answer else now
    context |= {"reply": row, "is_open": poll_answers.is_open(poll), "etag": etag, "now": now}
    if answer and answer.status == 412:
        context["rows"] = poll_answers.differences(form["fields"], poll, row, request)
    status = DRAWN_AS.get(answer.status, answer.status) if answer else 200
    return render(request, "sessions/poll_answer.html", context, status=status)


def _poll_and_reply(request: HttpRequest, pk: int, reply: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a poll and one person's reply to it, as they stand."""
    poll = ask(request, "api:date-poll-detail", args=[pk]).data
    row = _reply_of(poll, reply)
    if row is None:
        raise Http404
    return poll, row


def _reply_of(poll: dict[str, Any], reply: Any) -> dict[str, Any] | None:
    return next((row for row in poll["replies"] if str(row["id"]) == str(reply)), None)


def undo_enter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Enter again what was entered for somebody before; the message with "Undo" sends it."""
    return act(request, "api:date-poll-enter", args=[pk], then=page_of, done=_("As it was."))


def clear(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take back what was entered for somebody."""
    before = ask(request, "api:date-poll-detail", args=[pk]).data if request.method == "POST" else {"replies": []}
    row = _reply_of(before, request.POST.get("reply"))
    undo = _entered_before(row) if row and row["answered_at"] else None
    return act(request, "api:date-poll-clear", args=[pk], then=page_of, done=_("Taken back. No answer yet."), undo=undo)


def _entered_before(reply: dict[str, Any]) -> Callable[[dict[str, Any]], str]:
    """Return the way back to what stood for somebody, an answer that was entered or none, if nobody writes it since."""
    said: dict[str, Any] = {"reply": reply["id"]}
    route = "sessions:clear_poll"
    if reply["answered_at"]:
        route = "sessions:undo_poll"
        for number, (slot, answer) in enumerate(reply["answers"].items()):
            said |= {f"answers[{number}]slot": slot, f"answers[{number}]answer": answer}
        said["note"] = reply["note"]

    def way_back(poll: dict[str, Any]) -> str:
        now = _reply_of(poll, reply["id"])
        return undo_url(route, poll["id"], said, now) if now else ""

    return way_back


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
        "enters": poll_answers.is_open(data) and data["can"]["decide"],
        "answered": sum(1 for reply in data["replies"] if reply["answered_at"]),
        "answer": refused.data if refused else None,
    }
    return render(request, "sessions/poll.html", context, status=refused.status if refused else 200)
