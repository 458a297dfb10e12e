"""How the dates of a poll are asked: for oneself, or for somebody who told it on the phone."""

from typing import Any

from django.http import HttpRequest

from producerdesk.kit import forms
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
