"""When studios are closed, for a calendar to shade: what lies between the spans in which they are open."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sessions.pages import calendar_days as days
from sessions.pages.calendar_days import DAY, Span

Shut = dict[int, list[Span]]


def of_studios(open_: Iterable[Mapping[str, Any]], first: dt.date, last: dt.date, clock: str) -> Shut:
    """Return the closed spans of each studio that closes at all, on its own clock or on that of the reader."""
    # a night that is shown in one piece runs on into the day after
    begins, ends = dt.datetime.combine(first, dt.time()), dt.datetime.combine(last + 2 * DAY, dt.time())
    found: Shut = {}
    for studio in open_:
        zone = clock or studio["time_zone"]
        events = [days.on_clock(span | {"time_zone": zone}, zone) for span in studio["spans"]]
        found[studio["studio"]] = _between([(event.starts, event.ends) for event in events], begins, ends)
    return found


def everywhere(shut: Shut, studios: Iterable[int]) -> list[Span]:
    """Return when all of these studios are closed: nothing, if one of them never is, or there is none."""
    found: list[Span] | None = None
    for studio in studios:
        spans = shut.get(studio, [])
        found = spans if found is None else _both(found, spans)
    return found or []


def mark(rows: Sequence[dict[str, Any]], shut: Shut) -> None:
    """Tell the rows of rooms when their studio is closed."""
    for row in rows:
        row["shut"] = shut.get(row.get("studio", 0), [])


def _between(spans: Sequence[Span], begins: dt.datetime, ends: dt.datetime) -> list[Span]:
    found, reached = [], begins
    for opens, closes in sorted(spans):
        if opens > reached:
            found.append((reached, min(opens, ends)))
        reached = max(reached, closes)
    if reached < ends:
        found.append((reached, ends))
    return found


def _both(ones: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    pairs = ((max(one[0], other[0]), min(one[1], other[1])) for one in ones for other in others)
    return sorted(span for span in pairs if span[0] < span[1])
