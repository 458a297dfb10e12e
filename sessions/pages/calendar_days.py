"""Where sessions stand on a clock: the hours a grid shows, the parts a night is cut into, who shares a column.

A place is said by small classes (`css/places.css`): `ah-10 am-30 zh-18` begins at 10:30 and ends at 18:00, `ad-1` and
`zd-2` count the days of a timeline. So a page needs no style of its own, and is right before any script runs.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from producerdesk.kit import clock

DAY, HOUR, SHORTEST = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=15)
FINEST = 5  # minutes: places are drawn as exactly as this
OPENS, CLOSES, MIDNIGHT = 9, 22, 24  # the hours a day shows at least
NIGHT_ENDS = 6  # what ends by then belongs to the evening before
MOST_IN_A_LINE = 24  # lanes of a day shown alone, or of a room's or person's line
MOST_LANES = 5  # beside each other in a day of a week; what is more is counted


Span = tuple[dt.datetime, dt.datetime]  # on the clock that is shown


@dataclass(slots=True)
class Event:
    """A session on the clock that is shown: wall time, without a zone."""

    session: dict[str, Any]
    starts: dt.datetime
    ends: dt.datetime
    lane: int = 0
    lanes: int = 1
    wide: int = 1  # lanes it may spread over, to the right

    @property
    def last_day(self) -> dt.date:
        """The last day it is shown on: a night belongs to its evening."""
        ends = self.ends - dt.timedelta(hours=NIGHT_ENDS)
        return max(self.starts.date(), (ends - dt.timedelta(minutes=1)).date())


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a day that are shown, from `opens` on; they may run on into the night, past 24."""

    opens: int
    closes: int

    @property
    def count(self) -> int:
        """How many hours that is."""
        return self.closes - self.opens

    @property
    def classes(self) -> str:
        """As the grid is told."""
        return f"from-{self.opens} hrs-{self.count}"


def on_clock(session: dict[str, Any], zone: str) -> Event:
    """Return the session on the clock of `zone`, or on its own where that is empty."""
    there = zone or session["time_zone"]
    starts, ends = (dt.datetime.fromisoformat(session[name]) for name in ("starts_at", "ends_at"))
    place = ZoneInfo(there)
    first, last = (moment.astimezone(place).replace(tzinfo=None, fold=0) for moment in (starts, ends))
    # in the night the clocks go back it may end before it starts on the wall
    return Event(session, first, max(last, first + SHORTEST))


def is_shown(event: Event, first: dt.date, last: dt.date) -> bool:
    """Say whether any of it is on these days."""
    return event.starts.date() <= last and event.ends > dt.datetime.combine(first, dt.time())


def hours_of(events: Iterable[Event], first: dt.date, *, nights: bool, alone: bool = False) -> Hours:
    """Return the hours that all days show: those of a working day, and more where a session needs them.

    With `nights` a day runs on after midnight, so that a night stays in one piece. A day that is shown `alone` also
    shows what is left of the night before.
    """
    opens, closes = OPENS, CLOSES
    for event in events:
        midnight = dt.datetime.combine(event.starts.date(), dt.time())
        lasts = -((midnight - event.ends) // HOUR)
        if event.starts.date() >= first:
            opens = min(opens, event.starts.hour)
        elif alone and event.ends > dt.datetime.combine(first, dt.time()):
            opens = 0
        if lasts > MIDNIGHT and not nights and event.ends.date() > first:
            opens = 0  # what is left after midnight stands on the day it is on
        closes = max(closes, lasts if nights and lasts <= MIDNIGHT + NIGHT_ENDS else min(lasts, MIDNIGHT))
    return Hours(opens, min(closes, opens + MIDNIGHT))


# --- places ------------------------------------------------------------------------------------------


def place(starts: tuple[int, int], ends: tuple[int, int]) -> str:
    """Return the classes of a place from and to a day of the span and a minute of it."""
    return f"{_edge('a', *starts)} {_edge('z', *ends)}"


def _edge(side: str, day: int, minute: int) -> str:
    hour, rest = divmod(minute, 60)
    rest -= rest % FINEST
    parts = [f"{side}h-{hour}"]
    if day:
        parts.append(f"{side}d-{day}")
    if rest:
        parts.append(f"{side}m-{rest}")
    return " ".join(parts)


def minute_of(moment: dt.datetime, day: dt.date) -> int:
    """Return the minutes from the midnight that begins the day."""
    return int((moment - dt.datetime.combine(day, dt.time())).total_seconds() // 60)


# --- columns -----------------------------------------------------------------------------------------


def column(events: Sequence[Event], day: dt.date, hours: Hours, most: int = MOST_LANES) -> list[dict[str, Any]]:
    """Return what a day's column shows: parts with place and lane, and how many more stand behind `hidden` ones."""
    opens = dt.datetime.combine(day, dt.time()) + hours.opens * HOUR
    closes = opens + hours.count * HOUR
    here = [event for event in events if event.starts < closes and event.ends > opens]
    groups = share(here)
    parts = []
    for group in groups:
        crowded = group[0].lanes > most
        shown = [event for event in group if not crowded or event.lane < most - 1]
        for event in shown:
            lanes = most if crowded else event.lanes
            wide = min(event.wide, lanes - event.lane - (1 if crowded else 0))
            parts.append(_part(event, day, opens, closes) | {"lane": lane(event.lane, lanes, max(1, wide))})
        if crowded:
            rest = [event for event in group if event.lane >= most - 1]
            starts, ends = max(opens, min(e.starts for e in rest)), min(closes, max(e.ends for e in rest))
            at = place((0, minute_of(starts, day)), (0, minute_of(ends, day)))
            parts.append({"hidden": len(rest), "at": at, "lane": lane(most - 1, most, 1)})
    return parts


def _part(event: Event, day: dt.date, opens: dt.datetime, closes: dt.datetime) -> dict[str, Any]:
    starts, ends = max(event.starts, opens), min(event.ends, closes)
    cut = f"{' is-cut-a' if event.starts < opens else ''}{' is-cut-z' if event.ends > closes else ''}"
    return {"event": event, "at": place((0, minute_of(starts, day)), (0, minute_of(ends, day))), "cut": cut}


def lane(number: int, of: int, wide: int) -> str:
    """Return the classes of a lane."""
    return "" if of == 1 else f"ln-{number} of-{of}" + (f" sp-{wide}" if wide > 1 else "")


def share(events: Iterable[Event], buffers: bool = False) -> list[list[Event]]:
    """Give those that overlap a lane each, the first that is free; return the groups that share a width.

    With `buffers` the minutes a room needs before and after count as taken.
    """
    groups: list[list[Event]] = []
    ends: list[dt.datetime] = []  # of each lane of the group
    for event in sorted(events, key=lambda event: (_from(event, buffers), -event.ends.timestamp())):
        starts, until = _from(event, buffers), _until(event, buffers)
        if not groups or starts >= max(ends):
            groups.append([])
            ends = []
        number = next((n for n, end in enumerate(ends) if end <= starts), len(ends))
        ends[number : number + 1] = [until]
        event.lane = number
        groups[-1].append(event)
    for group in groups:
        lanes = 1 + max(event.lane for event in group)
        for event in group:
            event.lanes, event.wide = lanes, _room_for(event, group, lanes)
    return groups


def _room_for(event: Event, group: list[Event], lanes: int) -> int:
    taken = [
        other.lane
        for other in group
        if other.lane > event.lane and other.starts < event.ends and other.ends > event.starts
    ]
    return min(taken, default=lanes) - event.lane


def _from(event: Event, buffers: bool) -> dt.datetime:
    return event.starts - dt.timedelta(minutes=(event.session.get("setup_minutes") or 0) if buffers else 0)


def _until(event: Event, buffers: bool) -> dt.datetime:
    return event.ends + dt.timedelta(minutes=(event.session.get("reset_minutes") or 0) if buffers else 0)


# --- timelines ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A timeline: so many days from `first`, of each the same hours."""

    first: dt.date
    days: int
    hours: Hours

    def edge(self, moment: dt.datetime, *, end: bool = False) -> tuple[int, int]:
        """Return the day and the minute at which a moment is drawn, inside of what is shown."""
        if self.days == 1:
            return 0, self._shown(minute_of(moment, self.first))
        day, minute = (moment.date() - self.first).days, moment.hour * 60 + moment.minute
        if end and minute == 0:  # midnight ends the day before
            day, minute = day - 1, MIDNIGHT * 60
        if day < 0:
            return 0, self.hours.opens * 60
        if day >= self.days:
            return self.days - 1, self.hours.closes * 60
        return day, self._shown(minute)

    def _shown(self, minute: int) -> int:
        return max(self.hours.opens * 60, min(self.hours.closes * 60, minute))

    def at(self, starts: dt.datetime, ends: dt.datetime) -> str:
        """Return the classes of a bar."""
        return place(self.edge(starts), self.edge(ends, end=True))

    def shows(self, event: Event) -> bool:
        """Say whether any of it falls into the hours that are shown."""
        return self.edge(event.starts) < self.edge(event.ends, end=True)

    def stretches(self, spans: Iterable[Span]) -> list[str]:
        """Return the classes of what is shaded, on each day apart: hours that are not shown lie between them."""
        found = []
        for number in range(self.days):
            midnight = dt.datetime.combine(self.first + number * DAY, dt.time())
            opens, closes = midnight + self.hours.opens * HOUR, midnight + self.hours.closes * HOUR
            for starts, ends in spans:
                begins, until = max(starts, opens), min(ends, closes)
                if begins < until:
                    minutes = [int((at - midnight).total_seconds() // 60) for at in (begins, until)]
                    found.append(place((number, minutes[0]), (number, minutes[1])))
        return found

    def bar(self, event: Event) -> dict[str, Any]:
        """Return an event's bar, and the minutes its room needs before and after."""
        opens = dt.datetime.combine(self.first, dt.time())
        closes = opens + self.days * DAY
        cut = f"{' is-cut-a' if event.starts < opens else ''}{' is-cut-z' if event.ends > closes else ''}"
        found = {"event": event, "at": self.at(event.starts, event.ends), "cut": cut, "lane": _lane(event)}
        before, after = _from(event, True), _until(event, True)
        spans = [(before, event.starts)] * (before < event.starts) + [(event.ends, after)] * (after > event.ends)
        return found | {"buffers": [self.at(*span) for span in spans if self.edge(span[0]) != self.edge(span[1])]}


def _lane(event: Event) -> str:
    return f"ln-{min(event.lane, MOST_IN_A_LINE - 1)}" if event.lane else ""


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the days from the first to the last."""
    return [first + n * DAY for n in range((last - first).days + 1)]


def change_on(day: dt.date, zone: str) -> int:
    """Return by how many minutes the clocks of a zone go forward that day; less than 0 where they go back."""
    place_ = ZoneInfo(zone)
    midnights = [dt.datetime.combine(each, dt.time(12), tzinfo=place_) for each in (day - DAY, day)]
    before, after = (moment.utcoffset() or dt.timedelta() for moment in midnights)
    return int((after - before).total_seconds() // 60)


def now_in(zone: str) -> dt.datetime:
    """Return the time of day there, without its zone."""
    return clock.now().astimezone(ZoneInfo(zone)).replace(tzinfo=None)
