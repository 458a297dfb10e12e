"""When each row of a running order is: times as they were typed become instants, in the order of the rows.

A time is typed as the clock on the studio's wall shows it, without a day. It means the first such moment that is not
before the row above: so a night crosses midnight by itself, and of two hours of the same name the order says which. A
row without a time starts when the row above is over; minutes are counted as they pass, whatever the clocks do.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from producerdesk.kit import clock

# load-in may stand so long before the session starts, and the wrap so long after its end
AROUND = dt.timedelta(hours=12)
DAY = dt.timedelta(days=1)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """The time of a session, and the zone its clocks are in."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    time_zone: str


@dataclass
class Timed:
    """A running order in time: `rows` are (starts_at, ends_at or None); `problems` are texts by the field's name."""

    rows: list[tuple[dt.datetime, dt.datetime | None]] = field(default_factory=list)
    wrap_at: dt.datetime | None = None
    problems: dict[str, str] = field(default_factory=dict)


def timed(rows: Sequence[Row], wrap: str, span: Span) -> Timed:
    """Place the rows and the wrap in time. What cannot be placed is a problem, and stands where the row above does."""
    found = Timed()
    now, ends = span.starts_at, None
    for number, row in enumerate(rows):
        try:
            starts = _start(row, now, ends, span, first=number == 0)
        except ValueError as error:
            found.problems[f"running_order.{number}.at"] = str(error)
            starts = ends or now
        ends = starts + dt.timedelta(minutes=row["minutes"]) if row["minutes"] else None
        found.rows.append((starts, ends))
        now = starts
    found.rows = list(_until_the_next(found.rows))
    try:
        found.wrap_at = _first(wrap, now, span) if wrap else span.ends_at
    except ValueError as error:
        found.problems["wrap"], found.wrap_at = str(error), span.ends_at
    return found


def _start(row: Row, now: dt.datetime, ends: dt.datetime | None, span: Span, *, first: bool) -> dt.datetime:
    if row["at"]:
        return _first(row["at"], span.starts_at - AROUND if first else now, span)
    if first:
        return span.starts_at
    if ends is None:
        raise ValueError(_("Give a time here, or minutes in the row above."))
    if ends > span.ends_at + AROUND:
        raise ValueError(_("This would be long after the session."))
    return ends


def _first(typed: str, since: dt.datetime, span: Span) -> dt.datetime:
    """Return the first moment from `since` on at which the clocks there show this time."""
    zone = ZoneInfo(span.time_zone)
    time = dt.time.fromisoformat(typed)
    day = since.astimezone(zone).date()
    until = span.ends_at + AROUND
    for moment in (each for days in range(3) for each in _moments(day + days * DAY, time, zone)):
        if since <= moment <= until:
            return moment
    for naive in (dt.datetime.combine(day + days * DAY, time) for days in range(2)):
        if not clock.exists(naive, zone):
            skipped = {"next": f"{clock.next_valid(naive, zone):%H:%M}"}
            raise ValueError(_("The clocks skip this hour that day. The next time that exists is %(next)s.") % skipped)
    raise ValueError(_("This is before the row above, or far outside the session."))


def _moments(day: dt.date, time: dt.time, zone: ZoneInfo) -> list[dt.datetime]:
    """Return the instants at which the clocks show this: one, two in the night they go back, none where they skip."""
    naive = dt.datetime.combine(day, time)
    if not clock.exists(naive, zone):
        return []
    return sorted({naive.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1)})


def _until_the_next(
    rows: Sequence[tuple[dt.datetime, dt.datetime | None]],
) -> Iterator[tuple[dt.datetime, dt.datetime | None]]:
    """Let a row without minutes last until the next one starts."""
    for number, (starts, ends) in enumerate(rows):
        following = rows[number + 1][0] if number + 1 < len(rows) else None
        yield starts, ends or (following if following and following > starts else None)
