"""What the calendar's templates draw: columns of hours, lines of rooms or people, squares of days. Plain data."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit import moments, words
from producerdesk.kit.templatetags.desk import project_tone
from sessions.pages import calendar_days as days
from sessions.pages.calendar_days import DAY, MIDNIGHT, Event, Hours, Line, Span

CANCELLED, HOLD, DECLINED, ENGINEER = "cancelled", "hold", "declined", "engineer"
MOST_A_DAY = 4  # sessions a month names in the square of a day
REMOTE = "remote"
WEEK, LONG_DAY = 7, 18  # up to here a timeline names every third hour, beyond it every sixth
Row = dict[str, Any]
Shown = Callable[[Event, str], bool]  # of a session, on a line of this zone: it is on the days that are drawn


# --- one session -------------------------------------------------------------------------------------


def told(event: Event, look: Row) -> Row:
    """Return what is said of a session wherever it is drawn."""
    session = event.session
    project, zone = session["project"], session["time_zone"]
    clock = look["clock"] or zone
    starts, ends = (moments.clock(session[name], clock) for name in ("starts_at", "ends_at"))
    tone = f"is-s-{session['state']}" if look["colour"] == "state" else project_tone(project["id"])
    # by another clock than that of most: say by which
    other = zone if zone != look["zone"] and not look["clock"] else ""
    own = _own_clock(session) if look["clock"] and zone != look["clock"] else ""
    state = "" if session["state"] == "confirmed" else words.word(session["state"], "StudioSession.state")
    if session["state"] == HOLD:  # its place in line, where it is not the first; one that is up stands in none
        rank = session.get("hold_rank") or 1
        state = _("Hold expired") if session.get("expired") else f"{state} {rank}" if rank > 1 else state
    first, last = session["starts_local"], session["ends_local"]
    return {
        "id": session["id"],
        "url": reverse("sessions:detail", args=[session["id"]]),
        "title": session["title"],
        "project": project["title"],
        "place": place_of(session),
        "span": f"{starts} – {ends}",
        "from": starts,
        "until": ends,
        "state": state,
        "note": own or (moments.city(other) if other else ""),
        "classes": f"{tone} is-{session['state']}{' is-expired' if session.get('expired') else ''}",
        "starts": event.starts.isoformat()[:16],
        "ends": event.ends.isoformat()[:16],
        # as the form of a move would have it typed, on the session's own clock
        "first": first,
        "last": last,
        "own": first != event.starts.isoformat()[:16],
        "session": session,
    }


def _on_its_wall(session: Row) -> tuple[str, str]:
    """Return from when until when a session is, on its own clock."""
    place = ZoneInfo(session["time_zone"])
    starts, ends = (
        dt.datetime.fromisoformat(session[name]).astimezone(place).isoformat()[:16] for name in ("starts_at", "ends_at")
    )
    return starts, ends


def _own_clock(session: Row) -> str:
    zone = session["time_zone"]
    return _("%(time)s in %(place)s") % {
        "time": moments.clock(session["starts_at"], zone),
        "place": moments.city(zone),
    }


def place_of(session: Row) -> str:
    """Return "Foxglove, Room A", or where a session without a room is."""
    room = session["room"]
    return f"{room['studio']['name']}, {room['name']}" if room else session.get("remote_place") or _("Remote")


# --- a day, a week -----------------------------------------------------------------------------------


def hours_grid(events: Sequence[Event], first: dt.date, last: dt.date, look: Row, shut: Sequence[Span] = ()) -> Row:
    """Return the columns of some days, with the hours they show; `shut` are those in which nothing is open."""
    alone = first == last
    hours = Hours(0, MIDNIGHT) if look["all"] else days.hours_of(events, first, nights=True, alone=alone)
    most = days.MOST_IN_A_LINE if alone else days.MOST_LANES
    columns = []
    for day in days.days_between(first, last):
        parts = days.column(events, day, hours, most)
        columns.append(
            _day(day, look)
            | {
                "parts": [_with_words(part, look) for part in parts],
                "closed": Line(day, 1, hours).stretches(shut),
                "now": _now_line(Line(day, 1, hours), look) if day == look["now"].date() else "",
                "before": [told(event, look) for event in events if _is_left(event, day, hours)]
                if day == first
                else [],
            }
        )
    closes = any(column["closed"] for column in columns)
    found = {"hours": hours, "labels": _hour_labels(hours), "columns": columns, "closes": closes}
    return found | {"classes": f"{hours.classes} days-1"}


def _with_words(part: Row, look: Row) -> Row:
    return part | told(part["event"], look) if "event" in part else part


def _is_left(event: Event, day: dt.date, hours: Hours) -> bool:
    """Say whether a session of the day before ends in the hours before those that are shown."""
    midnight = dt.datetime.combine(day, dt.time())
    return event.starts < midnight < event.ends <= midnight + dt.timedelta(hours=hours.opens)


def _day(day: dt.date, look: Row) -> Row:
    minutes = days.change_on(day, look["zone"])
    change = ""
    if minutes:
        text = _("%(h)s h, clocks forward") if minutes > 0 else _("%(h)s h, clocks back")
        change = text % {"h": f"{MIDNIGHT - minutes / 60:g}"}
    return {"day": day, "iso": day.isoformat(), "is_today": day == look["now"].date(), "change": change}


def _now_line(line: Line, look: Row) -> str:
    now = look["now"]
    minute = days.minute_of(now, line.first) if line.days == 1 else now.hour * 60 + now.minute
    if not line.hours.opens * 60 <= minute < line.hours.closes * 60:
        return ""
    return line.at(now, now + days.SHORTEST)


def _hour_labels(hours: Hours, step: int = 1) -> list[Row]:
    return [
        {"at": f"ah-{hour}", "text": moments.clock(dt.time(hour % MIDNIGHT)), "night": hour >= MIDNIGHT}
        for hour in range(hours.opens, hours.closes - step + 1, step)  # the last needs room for its name
    ]


# --- rooms or people, along the hours ------------------------------------------------------------------


def timeline(events: Sequence[Event], first: dt.date, last: dt.date, look: Row, rows: Sequence[Row]) -> Row:
    """Return a line for each room, person or item of gear in `rows` (`key`, `group`), with what takes it."""
    span = days.days_between(first, last)
    alone = len(span) == 1
    by_row = _by_row(events, rows, look, (first, last))
    shown_at_all = [event for found in by_row.values() for event in found]
    hours = Hours(0, MIDNIGHT) if look["all"] else days.hours_of(shown_at_all, first, nights=alone, alone=alone)
    line = Line(first, len(span), hours)
    clocks = {clock_of(row, look) for row in rows}
    groups: list[Row] = []
    for row in rows:
        if not groups or groups[-1]["title"] != row["group"]:
            groups.append({"title": row["group"], "rows": []})
        zone = clock_of(row, look)
        its = look | {"now": days.now_in(zone)} | ({} if row.get("room") else {"clock": zone})
        here = {
            "closed": line.stretches(row.get("shut", ())),
            "out_at": line.stretches(row.get("out", ())),
            "clock": zone,
            "place": moments.city(zone) if len(clocks) > 1 else "",
            "now": _now_line(line, its) if first <= its["now"].date() <= last else "",
        }
        groups[-1]["rows"].append(row | here | _line(by_row[row["key"]], line, its, row["busy"]))
    step = 1 if alone else 3 if len(span) <= WEEK and hours.count <= LONG_DAY else 6
    return {
        "groups": groups,
        "closes": any(row["closed"] for group in groups for row in group["rows"]),
        "days": [_day(day, look) for day in span],
        "labels": _hour_labels(hours, step),
        "clock": min(clocks) if len(clocks) == 1 else "",
        "classes": f"{hours.classes} days-{len(span)} step-{step}",
        "hours": hours,
        "span": len(span),
    }


def shown_in(look: Row, first: dt.date, last: dt.date) -> Shown:
    """Return what says whether a session is on these days, by the clock of the line in this zone."""
    return lambda event, zone: days.is_shown(days.on_clock(event.session, clock_of({"zone": zone}, look)), first, last)


def clock_of(row: Row, look: Row) -> str:
    """Return by whose clock a line is drawn: its room's, its person's, or that of the calendar."""
    return look["clock"] or row.get("zone") or look["zone"]


def _by_row(
    events: Sequence[Event], rows: Sequence[Row], look: Row, span: tuple[dt.date, dt.date]
) -> dict[str, list[Event]]:
    """Return what takes each line. Whoever is in many places has one clock: all of that line is drawn by it."""
    # what is in a room is on that room's clock already
    zones = {row["key"]: "" if row.get("room") else clock_of(row, look) for row in rows}
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        for key in taken_by(event.session, look["rows"]):
            here = days.on_clock(event.session, zones[key]) if zones.get(key) else event
            if key in zones and days.is_shown(here, *span):
                found[key].append(here)
    return found


def _line(events: Sequence[Event], line: Line, look: Row, busy: Iterable[Event]) -> Row:
    groups = days.share(events, buffers=look["rows"] == "rooms")
    bars = [line.bar(event) | told(event, look) for group in groups for event in group]
    if look["rows"] != "rooms":
        for bar in bars:
            bar["buffers"] = []
    lanes = 1 + max((event.lane for event in events), default=0)
    return {
        "bars": bars,
        "lanes": f"of-{min(lanes, days.MOST_IN_A_LINE)}",
        "busy_at": [
            {"at": line.at(each.starts, each.ends), "calendar": each.session["calendar"]}
            for each in busy
            if line.shows(each)
        ],
    }


def taken_by(session: Row, rows: str) -> list[str]:
    """Return the keys of the rooms, of the people or of the gear that a session takes."""
    if rows == "gear":
        return [f"gear-{key}" for key in session["gear"]]
    if rows == "rooms":
        return [f"room-{session['room']['id']}" if session["room"] else REMOTE]
    return [f"person-{call['person']['id']}" for call in session["calls"] if call.get("answer") != DECLINED]


def room_rows(around: Sequence[Event], known: Iterable[Row], filters: Row, shown: Shown) -> list[Row]:
    """Return a row for each room one may book or sees taken, by studio; what has no room comes last."""
    rooms = {room["id"]: room for room in wanted_rooms(known, filters)}
    for event in around:
        if (room := event.session["room"]) and shown(event, event.session["time_zone"]):
            rooms.setdefault(room["id"], room | {"time_zone": event.session["time_zone"]})
    listed = sorted(rooms.values(), key=lambda room: (room["studio"]["name"].casefold(), room["name"].casefold()))
    found = [
        {
            "key": f"room-{room['id']}",
            "room": room["id"],
            "title": room["name"],
            "sub": "",
            "group": room["studio"]["name"],
            "studio": room["studio"]["id"],
            "zone": room["time_zone"],
        }
        for room in listed
    ]
    if any(event.session["room"] is None and shown(event, "") for event in around):
        found.append({"key": REMOTE, "title": _("Remote"), "sub": _("or elsewhere"), "group": _("No room")})
    return found


def wanted_rooms(known: Iterable[Row], filters: Row) -> list[Row]:
    """Leave out the rooms that the filter excludes; a project may be anywhere."""
    found = []
    for room in known:
        asked = {"studio": str(room["studio"]["id"]), "room": str(room["id"])}
        if all(filters.get(name, text) == text for name, text in asked.items()):
            found.append(room)
    return found


def people_rows(around: Sequence[Event], known: Iterable[Row], filters: Row, shown: Shown) -> list[Row]:
    """Return a row for each person called in this time, and for those worked with last: who has nothing is free."""
    people: dict[int, Row] = {}
    for event in around:
        for call in event.session["calls"]:
            person, zone = call["person"], call.get("time_zone", "")
            if shown(event, zone):
                called = {"name": person["name"], "role": call["role"], "group": _("Called"), "zone": zone}
                people.setdefault(person["id"], called)
    for person in known:
        if not filters:
            free = {"name": person["name"], "role": "", "group": _("Free in this time")}
            people.setdefault(person["id"], free | {"zone": person["time_zone"]})
    if filters.get("person"):
        people = {key: person for key, person in people.items() if str(key) == filters["person"]}
    found = [
        {
            "key": f"person-{key}",
            "title": person["name"],
            "sub": person["role"],
            "group": person["group"],
            "zone": person["zone"],
        }
        for key, person in people.items()
    ]
    return sorted(found, key=lambda row: (row["group"] != _("Called"), row["title"].casefold()))


def gear_rows(around: Sequence[Event], gear: Row, filters: Row, shown: Shown) -> list[Row]:
    """Return a row for each item that sessions reserve, by kind; narrowed, only for those that have a session there.

    Tells the sessions which items they have.
    """
    having: dict[int, list[int]] = defaultdict(list)
    for pair in gear["reserved"]:
        having[pair["session"]].append(pair["gear"])
    taken = set()
    for event in around:
        event.session["gear"] = having[event.session["id"]]
        if shown(event, ""):
            taken.update(event.session["gear"])
    out: dict[int, list[Span]] = defaultdict(list)
    for span in gear["out"]:
        starts = dt.datetime.combine(dt.date.fromisoformat(span["first"]), dt.time())
        last = dt.date.fromisoformat(span["last"]) + DAY if span["last"] else dt.date.max
        out[span["gear"]].append((starts, dt.datetime.combine(last, dt.time())))
    return [
        {
            "key": f"gear-{item['id']}",
            "title": item["name"],
            "sub": item["serial"],
            "group": words.word(item["kind"], "Gear.kind"),
            "out": out[item["id"]],
            "url": reverse("sessions:gear", args=[item["id"]]),
        }
        for item in gear["items"]
        if not filters or item["id"] in taken
    ]


def mark_busy(rows: Sequence[Row], spans: Iterable[Row], look: Row) -> None:
    """Give each row the spans in which it is taken by something that is not shown, on the clock that is drawn."""
    by_key: dict[str, list[Row]] = defaultdict(list)
    for span in spans:
        by_key[next(f"{name}-{span[name]}" for name in ("room", "gear", "person") if span[name])].append(span)
    for row in rows:
        row["busy"] = [days.on_clock(span, clock_of(row, look)) for span in by_key[row["key"]]]


# --- a month -----------------------------------------------------------------------------------------


def month(events: Sequence[Event], first: dt.date, last: dt.date, shown: dt.date, look: Row, taken: Row) -> Row:
    """Return the weeks of a month, each day with its first sessions, how many more there are, and who is `taken`."""
    by_day: dict[dt.date, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.starts):
        for day in days.days_between(max(event.starts.date(), first), min(event.last_day, last)):
            by_day[day].append(event)
    squares = [
        _square(day, by_day[day], shown, look) | {"taken": taken.get(day.isoformat())}
        for day in days.days_between(first, last)
    ]
    return {"weeks": [squares[n : n + WEEK] for n in range(0, len(squares), WEEK)], "classes": ""}


def _square(day: dt.date, events: Sequence[Event], shown: dt.date, look: Row) -> Row:
    most = MOST_A_DAY if len(events) <= MOST_A_DAY else MOST_A_DAY - 1
    rest = len(events) - most
    more = ngettext("%(n)d more", "%(n)d more", rest) % {"n": rest} if rest > 0 else ""
    chips = [told(event, look) | {"goes_on": event.starts.date() < day} for event in events[:most]]
    return _day(day, look) | {"chips": chips, "more": more, "outside": day.month != shown.month, "count": len(events)}


def full(brief: Row) -> list[Row]:
    """Return a brief calendar's sessions with their projects and rooms in them."""
    projects, rooms = ({thing["id"]: thing for thing in brief[name]} for name in ("projects", "rooms"))
    found = []
    for row in brief["results"]:
        starts, ends = _on_its_wall(row)
        there = {"project": projects[row["project"]], "room": rooms.get(row["room"]), "calls": [], "remote_place": ""}
        found.append(row | there | {"starts_local": starts, "ends_local": ends})
    return found


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the Monday and the Sunday of a day's week."""
    monday = day - day.weekday() * DAY
    return monday, monday + (WEEK - 1) * DAY
