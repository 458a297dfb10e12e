"""The page on which one says which dates work: with a login or by private link, made for a phone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from producerdesk.kit import forms
from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import refusal
from sessions.schedule_pages import DRAWN_AS, Door, draw_page


def dates(request: HttpRequest, door: Door, pk: str) -> HttpResponseBase:
    """Say of each date whether it works, and change one's mind until the answer is due."""
    said = None
    if request.method == "POST":
        said = ask(request, "api:date-poll-answer", args=[pk], method="POST")
        if said.ok:
            messages.success(request, _("Thank you. You can change it until the answer is due."))
            return redirect(door.url("dates", pk))
    return _draw(request, door, pk, said)


def _draw(request: HttpRequest, door: Door, pk: str, refused: Answer | None) -> HttpResponse:
    poll = ask(request, "api:date-poll-detail", args=[pk]).data
    drawn = ask(request, "api:date-poll-answer", args=[pk], method="OPTIONS").data["forms"]["POST"]
    whose = ask(request, "api:schedule").data
    mine = next((reply for reply in poll["replies"] if reply["mine"]), None)
    values = {"note": mine["note"]} if mine else {}
    typed: dict[str, str] = dict(mine["answers"]) if mine else {}
    if refused:
        values = forms.typed(drawn["fields"], request.POST)
        typed = {row["slot"]: row["answer"] for row in values["answers"]}
    form = forms.build(drawn["fields"], values=values, errors=refused.data.get("fields") if refused else None)
    context: dict[str, Any] = {
        "whose": whose,
        "poll": poll,
        "mine": mine,
        "is_open": mine is not None and _is_open(poll),
        "slots": [slot | {"said": typed.get(str(slot["id"]), "")} for slot in poll["slots"]],
        "choices": drawn["fields"]["answers"]["fields"]["answer"]["choices"],
        "note": form["fields"]["note"],
        "refusal": refusal(refused) if refused else "",
    }
    status = DRAWN_AS.get(refused.status, refused.status) if refused else 200
    return draw_page(request, door, "dates", poll["title"], context, status=status)


def _is_open(poll: dict[str, Any]) -> bool:
    held = any(slot["state"] == "hold" for slot in poll["slots"])
    return held and poll["state"] == "open" and not poll["late"]
