"""The calendar: a week by rooms and people or by the clock, a month, and the same as a list.

Everything stands on the wall time of its studio: an hour in Porto and one in Berlin are each drawn as they are lived.
"""

import calendar as months
import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit import clock
from producerdesk.kit.ask import ask
from producerdesk.kit.pages import show
from producerdesk.kit.templatetags.desk import project_tone
from sessions.pages.sessions import known_to

VIEWS = ("week", "month", "list")
ROWS = ("rooms", "hours")  # what a week is laid out by
FILTERS = ("project", "studio", "room", "person")
DAY, WEEK = dt.timedelta(days=1), 7
OPENS, CLOSES, SLOT = 10, 22, 4  # hours a week shows at least, and how many one column of its rooms spans
CANCELLED, HOLD, DECLINED = "cancelled", "hold", "declined"


def calendar(request: HttpRequest) -> HttpResponseBase:
    """Sessions of a span: `?view=week&by=rooms&date=2026-11-17&project=&studio=&person=`."""
    today = clock.today(request.viewer.time_zone)  # type: ignore[attr-defined] # set by ViewerMiddleware
    view, by = _choice(request, "view", VIEWS), _choice(request, "by", ROWS)
    day = _day(request.GET.get("date") or today.isoformat())
    if day is None:
        return _refused(request)
    first, last = _span(view, day)
    filters = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    # a day more on each side: the span is wall time wherever a studio stands, the API's is UTC
    span = {"since": f"{first - DAY}T00:00:00Z", "until": f"{last + 2 * DAY}T00:00:00Z"}
    answer = ask(request, "api:session-calendar", query=filters | span)
    found = [row for row in answer.data.get("results", []) if _touches(row, first, last)]
    context = {
        "current": "calendar",
        "view": view,
        "by": by,
        "date": day,
        "first": first,
        "last": last,
        "today": today,
        "before": _next(view, first, -1),
        "after": _next(view, last, 1),
        "filters": filters,
        "kept": {"view": view, "by": by, "date": day.isoformat()},
        "days": _by_day(found, first),
        "week": [first + n * DAY for n in range(WEEK)] if view == "week" else [],
        "busy": {row["starts_local"][:10] for row in found},
    }
    known = known_to(request)
    if answer.ok and view != "list":
        rooms = [] if filters.get("person") else known.data["rooms"]
        context |= {"data": _drawn(found, rooms, filters, view, by), "hours": _hours(found, view, by)}
    return show(request, "sessions/calendar.html", context, sessions=answer, known=known)


def _choice(request: HttpRequest, name: str, choices: tuple[str, ...]) -> str:
    return request.GET[name] if request.GET.get(name) in choices else choices[0]


def _day(text: str) -> dt.date | None:
    """Return the day; None for what is no day that one could plan for."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if clock.FIRST_YEAR <= day.year <= clock.LAST_YEAR else None


def _refused(request: HttpRequest) -> HttpResponse:
    years = {"first": clock.FIRST_YEAR, "last": clock.LAST_YEAR}
    text = _("Give a day like 2027-03-28, in a year from %(first)d to %(last)d.") % years
    data = {"detail": _("There is no such day in the calendar."), "fields": {"date": [text]}}
    return render(request, "errors/refused.html", {"data": data}, status=400)


def _span(view: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day shown."""
    if view == "week":
        monday = day - day.weekday() * DAY
        return monday, monday + (WEEK - 1) * DAY
    return day.replace(day=1), day.replace(day=months.monthrange(day.year, day.month)[1])


def _next(view: str, edge: dt.date, way: int) -> dt.date | None:
    """Return a day of the span before or after; None where the calendar ends."""
    day = edge + way * DAY
    return day if clock.FIRST_YEAR <= day.year <= clock.LAST_YEAR else None


def _touches(session: dict[str, Any], first: dt.date, last: dt.date) -> bool:
    return session["starts_local"][:10] <= last.isoformat() and session["ends_local"] > f"{first.isoformat()}T00:00"


# --- as a list ----------------------------------------------------------------------------------------


def _by_day(sessions: list[dict[str, Any]], first: dt.date) -> list[dict[str, Any]]:
    """Return the days that have sessions, each with them in their order."""
    days: dict[str, list[dict[str, Any]]] = {}
    for session in sessions:
        days.setdefault(max(session["starts_local"][:10], first.isoformat()), []).append(session)
    return [{"day": day, "sessions": rows} for day, rows in sorted(days.items())]


# --- drawn --------------------------------------------------------------------------------------------


def _drawn(
    sessions: list[dict[str, Any]], rooms: list[dict[str, Any]], filters: dict[str, str], view: str, by: str
) -> dict[str, Any]:
    shown = [session for session in sessions if session["state"] != CANCELLED]
    by_rooms = view == "week" and by == "rooms"
    return {
        "events": [_event(session, in_rooms=by_rooms) for session in shown],
        "resources": _resources(shown, rooms, filters) if by_rooms else [],
    }


def _event(session: dict[str, Any], *, in_rooms: bool) -> dict[str, Any]:
    project = session["project"]["title"]
    starts, ends = session["starts_local"], session["ends_local"]
    return {
        "id": str(session["id"]),
        "start": starts,
        # in the night the clocks go back it may end before it starts on the wall
        "end": ends if ends > starts else starts,
        "title": session["title"],
        "sub": project if in_rooms else f"{project} · {_place(session)}",
        "url": reverse("sessions:detail", args=[session["id"]]),
        "classes": [project_tone(session["project"]["id"]), *(["is-hold"] if session["state"] == HOLD else [])],
        "resources": _taken_by(session),
    }


def _place(session: dict[str, Any]) -> str:
    room = session["room"]
    return f"{room['studio']['name']}, {room['name']}" if room else session["remote_place"] or _("Remote")


def _taken_by(session: dict[str, Any]) -> list[str]:
    rooms = [f"room-{session['room']['id']}"] if session["room"] else ["remote"]
    return rooms + [f"person-{call['person']['id']}" for call in session["calls"] if call.get("answer") != DECLINED]


def _resources(
    sessions: list[dict[str, Any]], known: list[dict[str, Any]], filters: dict[str, str]
) -> list[dict[str, Any]]:
    """Return what can clash: every room one may book, and the people of this week, under two headings."""
    rooms = {room["id"]: _room(room) for room in known if _wanted(room, filters)}
    people: dict[int, dict[str, Any]] = {}
    for session in sessions:
        if session["room"]:
            rooms.setdefault(session["room"]["id"], _room(session["room"]))
        for call in session["calls"]:
            person = call["person"]
            people[person["id"]] = {"id": f"person-{person['id']}", "title": person["name"], "sub": call["role"]}
    places = sorted(rooms.values(), key=_name)
    if any(session["room"] is None for session in sessions):
        places.append({"id": "remote", "title": _("Remote"), "sub": _("or elsewhere")})
    heads = ((_("Rooms"), places), (_("People"), sorted(people.values(), key=_name)))
    return [
        row
        for title, listed in heads
        if listed
        for row in ({"id": f"head-{title}", "title": title, "head": True}, *listed)
    ]


def _room(room: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"room-{room['id']}", "title": room["studio"]["name"], "sub": room["name"], "room": room["id"]}


def _wanted(room: dict[str, Any], filters: dict[str, str]) -> bool:
    """Leave out the rooms that the filter excludes; a project may be anywhere."""
    return filters.get("studio", str(room["studio"]["id"])) == str(room["studio"]["id"]) and filters.get(
        "room", str(room["id"])
    ) == str(room["id"])


def _name(row: dict[str, Any]) -> tuple[str, str]:
    return row["title"].casefold(), row["sub"].casefold()


def _hours(sessions: list[dict[str, Any]], view: str, by: str) -> dict[str, str]:
    """Return the hours a day shows: those of the day, and more where a session needs them."""
    opens, closes = OPENS, CLOSES
    for session in sessions:
        starts, ends = session["starts_local"], session["ends_local"]
        opens = min(opens, int(starts[11:13]))
        closes = max(closes, int(ends[11:13]) + (ends[14:] != "00"))
        if starts[:10] != ends[:10]:
            opens, closes = 0, 24
    if view == "week" and by == "rooms":
        slots = -(-(closes - opens) // SLOT)
        closes = opens + slots * SLOT
        opens, closes = (opens - (closes - 24), 24) if closes > 24 else (opens, closes)
    return {"from": f"{opens:02}:00", "until": f"{closes:02}:00"}
