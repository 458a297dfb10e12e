"""How the dates of a poll are asked: for oneself, or for somebody who told it on the phone."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from producerdesk.kit import forms, moments
from producerdesk.kit.ask import Answer
from producerdesk.kit.pages import refusal


def is_open(poll: dict[str, Any]) -> bool:
    """Return whether there is a date left to say something of."""
    return poll["state"] == "open" and any(slot["state"] == "hold" for slot in poll["slots"])


def drawn(
    request: HttpRequest,
    fields: dict[str, Any],
    poll: dict[str, Any],
    reply: dict[str, Any] | None,
    refused: Answer | None,
) -> dict[str, Any]:
    """Return what `sessions/_poll_answers.html` draws: each date with what is said of it, as typed or as it stands."""
    values: dict[str, Any] = {"note": reply["note"]} if reply else {}
    said: dict[str, str] = dict(reply["answers"]) if reply else {}
    if refused:
        values = forms.typed(fields, request.POST)
        said = {row["slot"]: row["answer"] for row in values["answers"]}
    form = forms.build(fields, values=values, errors=refused.data.get("fields") if refused else None)
    return {
        "poll": poll,
        "slots": [slot | {"said": said.get(str(slot["id"]), "")} for slot in poll["slots"]],
        "choices": fields["answers"]["fields"]["answer"]["choices"],
        "note": form["fields"]["note"],
        "refusal": refusal(refused) if refused else "",
    }


def differences(
    fields: dict[str, Any], poll: dict[str, Any], reply: dict[str, Any], request: HttpRequest
) -> list[dict[str, Any]]:
    """Return where what was typed differs from what stands: a row for each date, and one for the note."""
    choices = fields["answers"]["fields"]["answer"]["choices"]
    words = {choice["value"]: choice["label"] for choice in choices}
    typed, none = forms.typed(fields, request.POST), _("No answer yet")
    said = {str(row["slot"]): row["answer"] for row in typed["answers"]}
    rows = [
        {"label": moments.when(slot["starts_at"], slot["time_zone"]), "mine": mine, "theirs": theirs}
        for slot in poll["slots"]
        if slot["state"] == "hold"
        and (mine := words.get(said.get(key := str(slot["id"]), ""), none))
        != (theirs := words.get(reply["answers"].get(key, ""), none))
    ]
    note = {"label": fields["note"]["label"], "mine": typed["note"], "theirs": reply["note"]}
    return rows + [note] * (note["mine"].strip() != note["theirs"])
