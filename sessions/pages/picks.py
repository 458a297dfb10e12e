"""What a press on a form's small buttons means: a free time taken, a person added, something drawn anew."""

import json
from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest

from producerdesk.kit.pages import resend

TIMES = ("day", "starts", "ends", "ends_on", "starts_fold", "ends_fold")
LONGEST_ROLE = 60
SOME_DAY = date(2000, 1, 2)  # times of day are subtracted on it


def take_pick(request: HttpRequest) -> None:
    """Put the free time that was pressed in the place of the times that were typed; calls keep their distance to it."""
    try:
        picked = json.loads(request.POST.get("pick") or "{}")
    except ValueError:
        return
    if not isinstance(picked, dict) or not picked:
        return
    values = {name: _text(picked.get(name)) for name in TIMES}
    resend(request, values | _shifted(request, values["starts"]))


def take_place(request: HttpRequest) -> None:
    """Leave out what a form with a room still holds of elsewhere: nobody sees those fields then."""
    if request.POST.get("room"):
        resend(request, {name: "" for name in ("remote_place", "time_zone") if name in request.POST})


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:20]


def _shifted(request: HttpRequest, starts: str) -> dict[str, str]:
    """Return the call times, as much later or earlier as the session."""
    try:
        later = _clock(starts) - _clock(request.POST.get("starts", ""))
    except ValueError:
        return {}
    found = {}
    for name, text in request.POST.items():
        if name.startswith("calls[") and name.endswith("]call") and text:
            try:
                found[name] = f"{_clock(str(text)) + later:%H:%M}"
            except ValueError:
                continue  # what is no time is told beside its field
    return found


def _clock(text: str) -> datetime:
    return datetime.combine(SOME_DAY, time.fromisoformat(text[:5]))


def take_row(request: HttpRequest) -> None:
    """Add a row of people for the suggestion that was pressed: `redraw=add:12:Cello`."""
    word, _colon, rest = request.POST.get("redraw", "").partition(":")
    person, _colon, role = rest.partition(":")
    if word != "add" or not person.isdecimal() or len(person) > 18:
        return
    numbers = [int(digits) for name in request.POST if (digits := name[6:10].partition("]")[0]).isdecimal()]
    row = f"calls[{max(numbers, default=-1) + 1}]"
    resend(request, {f"{row}contributor": person, f"{row}role": role[:LONGEST_ROLE], f"{row}call": ""})
