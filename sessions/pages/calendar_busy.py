"""When rooms and people are taken by what a calendar does not show, where they have no line of their own.

A day and a week show it as bands behind their sessions, a month and a list say it in a word beside the day.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from producerdesk.kit import moments
from sessions.pages import calendar_drawn as drawn
from sessions.pages.calendar_days import DAY, NIGHT_ENDS, Event, Hours, Line

NIGHT = dt.timedelta(hours=NIGHT_ENDS)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody or a room is busy elsewhere: a room by its own clock, like its sessions, a person by the calendar's.

    `opens` and `closes` say those hours in words. `place` is where that clock hangs, if it is not the one that the
    hours are of. `calendar` is an imported one of one's own.
    """

    name: str
    starts: dt.datetime
    ends: dt.datetime
    opens: str
    closes: str
    calendar: str | None
    place: str = ""


def of(events: Sequence[Event], known: Row, spans: Iterable[Row], filters: Row, look: Row) -> list[Busy]:
    """Return who and what is busy elsewhere, of those that the calendar is about, in the order of time."""
    things = _things(events, known, filters)
    drawn.mark_busy(things, spans, look)
    found = [_busy(thing, event, look) for thing in things for event in thing["busy"]]
    return sorted(found, key=lambda busy: (busy.starts, busy.name))


def _busy(thing: Row, event: Event, look: Row) -> Busy:
    span, zone = event.session, drawn.clock_of(thing, look)
    # of the moments: the wall alone would not say which of two hours of one name is meant
    opens, closes = (moments.clock(span[name], zone) for name in ("starts_at", "ends_at"))
    wall = _minute(event.starts), _minute(event.ends)
    return Busy(thing["name"], *wall, opens, closes, span["calendar"], _place(thing, look))


def _place(thing: Row, look: Row) -> str:
    """Return the place whose clock is to be named: of a room as of its sessions, of people where there are several."""
    if look["clock"]:
        return ""
    zone = thing.get("zone", "")
    other = zone != look["zone"] if zone else look["mixed"]
    return moments.city(drawn.clock_of(thing, look)) if other else ""


def bands(busy: Sequence[Busy], day: dt.date, hours: Hours) -> list[Row]:
    """Return what a day's column shades: one band for all that overlaps, with the names of who is busy in it."""
    line = Line(day, 1, hours)
    groups: list[list[Busy]] = []
    reached = dt.datetime.combine(day, dt.time())
    for each in busy:
        if not line.stretches([(each.starts, each.ends)]):
            continue
        if groups and each.starts < reached:
            groups[-1].append(each)
            reached = max(reached, each.ends)
        else:
            groups.append([each])
            reached = each.ends
    return [
        said(group, day) | {"at": line.stretches([(group[0].starts, max(each.ends for each in group))])[0]}
        for group in groups
    ]


def by_day(busy: Sequence[Busy], days: Iterable[dt.date]) -> dict[str, Row]:
    """Return what is said of each day on which somebody is busy."""
    found = {}
    for day in days:
        midnight = dt.datetime.combine(day, dt.time())
        there = [each for each in busy if each.starts < midnight + DAY and each.ends > midnight]
        if there:
            found[day.isoformat()] = said(there, day)
    return found


def said(busy: Sequence[Busy], day: dt.date) -> Row:
    """Return "Room A, Wren", and the same with when and by which calendar."""
    return {
        "names": ", ".join(dict.fromkeys(each.name for each in busy)),
        "text": "; ".join(dict.fromkeys(_told(each, day) for each in busy)),
    }


def _minute(at: dt.datetime) -> dt.datetime:
    return at.replace(second=0, microsecond=0)


def _told(busy: Busy, day: dt.date) -> str:
    hours = _hours(busy, day)
    when = hours or _("all day")
    if busy.place and hours:
        when = _("%(when)s, %(place)s time") % {"when": hours, "place": busy.place}
    words = {"name": busy.name, "when": when, "calendar": busy.calendar}
    return _("%(name)s %(when)s (%(calendar)s)") % words if busy.calendar else _("%(name)s %(when)s") % words


def _hours(busy: Busy, day: dt.date) -> str:
    """Return "10:00 – 18:00", "from 22:00" or "until 02:00" of that day; nothing of what takes all of it."""
    midnight = dt.datetime.combine(day, dt.time())
    before, beyond = busy.starts <= midnight, busy.ends > midnight + DAY + NIGHT
    if before and busy.ends >= midnight + DAY:
        return ""
    if beyond:
        return _("from %(time)s") % {"time": busy.opens}
    if before:
        return _("until %(time)s") % {"time": busy.closes}
    return f"{busy.opens} – {busy.closes}"


def _things(events: Sequence[Event], known: Row, filters: Row) -> list[Row]:
    """Return the rooms and people that a calendar is about: those it is narrowed to, else all it shows or offers."""
    rooms = {room["id"]: room for room in drawn.wanted_rooms(known["rooms"], filters)}
    called = {
        call["person"]["id"]: call["person"]["name"]
        for event in events
        for call in event.session["calls"]
        if call.get("answer") != drawn.DECLINED
    }
    people = {person["id"]: person["name"] for person in known["people"]} | called
    of_rooms = "room" in filters or "studio" in filters
    if "person" in filters:
        people = {key: name for key, name in people.items() if str(key) == filters["person"]}
        rooms = rooms if of_rooms else {}
    elif of_rooms:
        people = {}
    elif filters:  # a project: where it is, and with whom
        used = {event.session["room"]["id"] for event in events if event.session["room"]}
        rooms, people = {key: room for key, room in rooms.items() if key in used}, called
    return [{"key": f"room-{key}", "name": room["name"], "zone": room["time_zone"]} for key, room in rooms.items()] + [
        {"key": f"person-{key}", "name": name} for key, name in people.items()
    ]
