"""Proposing dates to Nora and Wren, and what they say of them."""

from typing import Any

from tests.calling import Caller
from tests.cast import Cast

PATH = "date-polls/"
DAYS = ("2027-03-10", "2027-03-11", "2027-03-12")
MONDAY = "2027-03-08T18:00"  # in Berlin: an hour before UTC


def propose(caller: Caller, cast: Cast, **said: Any) -> Any:
    """Propose three days to Nora and Wren."""
    calls = [{"contributor": person.pk, "role": "Voice"} for person in (cast.nora_called, cast.wren_called)]
    slots = [{"day": day, "starts": "10:00", "ends": "14:00"} for day in DAYS]
    start: dict[str, Any] = {"project": cast.project.pk, "room": cast.room.pk, "title": "Vocals", "answer_by": MONDAY}
    return caller.post(PATH, **start | {"calls": calls, "slots": slots} | said)


def said(poll: dict[str, Any], *answers: str) -> dict[str, Any]:
    return {
        "answers": [{"slot": slot["id"], "answer": word} for slot, word in zip(poll["slots"], answers, strict=True)]
    }


def told(poll: dict[str, Any], name: str, *answers: str, **more: Any) -> dict[str, Any]:
    """What somebody said on the phone."""
    row = next(row for row in poll["replies"] if row["person"]["name"] == name)
    return said(poll, *answers) | {"reply": row["id"]} | more


def row_of(poll: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in poll["replies"] if row["person"]["name"] == name)
