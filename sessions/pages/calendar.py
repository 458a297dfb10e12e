"""The calendar: a day and a week by the hours, a month, rooms and people along a line, and all of it as a list.

Times are those of each studio's own clock, or of the reader's: an hour in Porto and one in Berlin are drawn as they are
lived, or as they pass where one is. How one likes to see it is kept in a cookie of this page.
"""

import calendar as months
import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit import clock
from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import show
from sessions.pages import calendar_busy as elsewhere
from sessions.pages import calendar_closed as closed
from sessions.pages import calendar_days as days
from sessions.pages import calendar_drawn as drawn
from sessions.pages.sessions import known_to

DAY = days.DAY
CHOICES = {
    "view": ("week", "day", "month", "agenda", "timeline"),
    "rows": ("rooms", "people", "gear"),
    "span": ("week", "day", "fortnight"),  # of a timeline
    "colour": ("project", "state"),
    "clock": ("studio", "mine"),
    "hours": ("some", "all"),
    "cancelled": ("hide", "show"),
    "busy": ("show", "hide"),  # what is taken by what stands in other calendars
}
FILTERS = ("project", "studio", "room", "person")
LONG = {"day": 1, "week": 7, "fortnight": 14}
STANDING = ("hold", "confirmed", "wrapped")
COOKIE, YEAR, LONGEST_COOKIE = "desk_calendar", 365 * 24 * 3600, 400
AGENDA_OF_A_MONTH = 40  # on a phone, from the day it is opened at: the rest is a press away


@require_safe
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Sessions of a span: `?view=week&date=2026-11-17&project=&studio=&person=`, and how to see them (`CHOICES`)."""
    own_zone = request.viewer.time_zone  # type: ignore[attr-defined] # set by ViewerMiddleware
    chosen = _chosen(request)
    day = _day(request.GET.get("date") or clock.today(own_zone).isoformat())
    if day is None:
        return _refused(request)
    first, last = _span(chosen, day)
    filters = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    sessions, known = _asked(request, chosen, filters, first, last), known_to(request)
    context: dict[str, Any] = {"current": "calendar", "filters": filters, "date": day}
    answers = {"sessions": sessions, "known": known}
    if chosen["busy"] == "show":
        answers["elsewhere"] = ask(request, "api:session-busy-calendar", query=_moments(first, last))
    if chosen["view"] == "timeline" and chosen["rows"] == "gear":
        answers["gear"] = ask(request, "api:session-gear-calendar", query=_moments(first, last))
    if _shades(chosen):
        answers["open"] = ask(request, "api:session-open-calendar", query=_moments(first, last))
    if all(answer.ok for answer in answers.values()):
        said = {name: answer.data for name, answer in answers.items()}
        context |= _drawn(chosen, filters, day, (first, last), said, own_zone)
    answer = show(request, "sessions/calendar.html", context, **answers)
    _keep(request, chosen, answer)
    return answer


def _shades(chosen: dict[str, str]) -> bool:
    """Return whether hours at which studios are closed are shown: by the hours, and along the lines of rooms."""
    return chosen["view"] in ("day", "week") or (chosen["view"] == "timeline" and chosen["rows"] == "rooms")


def _chosen(request: HttpRequest) -> dict[str, str]:
    """Return how the calendar is to be seen: as asked for, else as it was seen last."""
    kept = dict(parse_qsl(request.COOKIES.get(COOKIE, "")[:LONGEST_COOKIE]))
    found = {}
    for name, choices in CHOICES.items():
        said = [source.get(name) for source in (request.GET, kept)]
        found[name] = next((text for text in said if text in choices), choices[0])
    return found


def _keep(request: HttpRequest, chosen: dict[str, str], answer: HttpResponse) -> None:
    if any(name in request.GET for name in CHOICES):
        answer.set_cookie(COOKIE, urlencode(chosen), max_age=YEAR, samesite="Lax", secure=request.is_secure())


def _day(text: str) -> dt.date | None:
    """Return the day; None for what is no day that one could plan for."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if clock.FIRST_YEAR <= day.year <= clock.LAST_YEAR else None


def _refused(request: HttpRequest) -> HttpResponse:
    years = {"first": clock.FIRST_YEAR, "last": clock.LAST_YEAR}
    text = clock.no_such_day(request.GET["date"])
    text = text or _("Give a day like 2027-03-28, in a year from %(first)d to %(last)d.") % years
    data = {"detail": _("There is no such day in the calendar."), "fields": {"date": [text]}}
    return render(request, "errors/refused.html", {"data": data}, status=400)


def _span(chosen: dict[str, str], day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that is asked of."""
    view = chosen["view"]
    if view == "day" or (view == "timeline" and chosen["span"] == "day"):
        return day, day
    monday, _sunday = drawn.week_of(day)
    if view in ("week", "timeline"):
        return monday, monday + (LONG[chosen["span"] if view == "timeline" else "week"] - 1) * DAY
    first, last = day.replace(day=1), day.replace(day=months.monthrange(day.year, day.month)[1])
    return (first, last) if view == "agenda" else (drawn.week_of(first)[0], drawn.week_of(last)[1])


def _asked(request: HttpRequest, chosen: dict[str, str], filters: dict, first: dt.date, last: dt.date) -> Answer:
    query = filters | _moments(first, last)
    if chosen["cancelled"] == "hide":
        query["state"] = STANDING
    route = "api:session-month-calendar" if chosen["view"] == "month" else "api:session-calendar"
    return ask(request, route, query=query)


def _moments(first: dt.date, last: dt.date) -> dict[str, str]:
    """Return the span to ask for. A day more on each side: it is wall time wherever a studio stands, the API's UTC."""
    return {"since": f"{first - DAY}T00:00:00Z", "until": f"{last + 2 * DAY}T00:00:00Z"}


def _look(chosen: dict[str, str], zones: set[str], own_zone: str) -> dict[str, Any]:
    """Return how the calendar is drawn: as was chosen, by whose clock, and where on it we are."""
    mine = chosen["clock"] == "mine"
    zone = own_zone if mine or len(zones) != 1 else min(zones)
    return chosen | {
        "clock": own_zone if mine else "",
        "zone": zone,
        "mixed": len(zones) != 1,
        "now": days.now_in(zone),
        "all": chosen["hours"] == "all",
    }


def _drawn(
    chosen: dict[str, str],
    filters: dict[str, str],
    day: dt.date,
    span: tuple[dt.date, dt.date],
    said: dict[str, Any],
    own_zone: str,
) -> dict[str, Any]:
    """Return what the template draws of what the API said."""
    view, (first, last), data, known = chosen["view"], span, said["sessions"], said["known"]
    rows = drawn.full(data) if view == "month" else data["results"]
    zones = {row["time_zone"] for row in rows} or {room["time_zone"] for room in known["rooms"]}
    look = _look(chosen, zones, own_zone)
    around = [days.on_clock(row, look["clock"]) for row in rows]
    events = [event for event in around if days.is_shown(event, first, last)]
    spans = said["elsewhere"]["results"] if "elsewhere" in said else []
    busy = elsewhere.of(events, known, spans, filters, look)
    taken = elsewhere.by_day(busy, days.days_between(first, last))
    by_day = _by_day(events, first, taken, whole=view in ("day", "week"))
    context = {
        "view": view,
        "chosen": chosen,
        "look": look,
        "zones": len(zones),
        "own_zone": own_zone,
        "first": first,
        "last": last,
        "today": look["now"].date(),
        "before": _next(view, span, day, -1),
        "after": _next(view, span, day, 1),
        "kept": {"view": view, "date": day.isoformat()},
        "days": by_day,
        "week": days.days_between(first, last) if len(days.days_between(first, last)) == LONG["week"] else [],
        "busy": {each["day"] for each in by_day if each["sessions"]},
        "taken": bool(taken),
        "nowhere": not by_day and not _is_known(filters, known),
    }
    shut = closed.of_studios(said["open"]["results"], first, last, look["clock"]) if "open" in said else {}
    if view in ("day", "week"):
        studios = {room["studio"]["id"] for room in drawn.wanted_rooms(known["rooms"], filters)}
        context["grid"] = grid = drawn.hours_grid(events, first, last, look, closed.everywhere(shut, studios))
        for column in grid["columns"]:
            column["busy"] = elsewhere.bands(busy, column["day"], grid["hours"])
    elif view == "timeline":
        listed = _lines(chosen["rows"], around, said, filters, drawn.shown_in(look, first, last))
        drawn.mark_busy(listed, spans, look)
        context["taken"] = any(row["busy"] for row in listed)
        closed.mark(listed, shut)
        # a line's own clock may bring in what another's leaves out
        context["grid"] = drawn.timeline(around, first, last, look, listed)
    elif view == "month":
        context["grid"] = drawn.month(events, first, last, day, look, taken)
        context["days"], context["shortened"] = _from_day(by_day, day)
    return context


def _is_known(filters: dict[str, str], known: dict[str, Any]) -> bool:
    """Return whether all that the calendar is narrowed by is among what it could be narrowed by."""
    there = {"project": known["projects"], "room": known["rooms"], "person": known["people"]}
    there["studio"] = [room["studio"] for room in known["rooms"]]
    return all(text in {str(each["id"]) for each in there[name]} for name, text in filters.items())


def _lines(
    rows: str, around: list[days.Event], said: dict[str, Any], filters: dict[str, str], shown: drawn.Shown
) -> list[dict[str, Any]]:
    """Return the rows of a timeline: rooms, people or gear."""
    if rows == "gear":
        return drawn.gear_rows(around, said["gear"], filters, shown)
    lines = drawn.people_rows if rows == "people" else drawn.room_rows
    return lines(around, said["known"][rows], filters, shown)


def _next(view: str, span: tuple[dt.date, dt.date], day: dt.date, way: int) -> dt.date | None:
    """Return a day of the span before or after; None where the calendar ends."""
    if view in ("month", "agenda"):
        day = (day.replace(day=1) - DAY).replace(day=1) if way < 0 else (day.replace(day=28) + 4 * DAY).replace(day=1)
    else:
        day = span[0] + way * ((span[1] - span[0]) + DAY)
    return day if clock.FIRST_YEAR <= day.year <= clock.LAST_YEAR else None


# --- as a list ----------------------------------------------------------------------------------------


def _by_day(events: list[days.Event], first: dt.date, taken: dict[str, Any], *, whole: bool) -> list[dict[str, Any]]:
    """Return the days that have sessions, each with them in their order and who is `taken` elsewhere.

    As a `whole` also the days on which somebody is busy elsewhere, and no more is.
    """
    found: dict[str, list[dict[str, Any]]] = {day: [] for day in taken} if whole else {}
    for event in events:
        found.setdefault(max(event.starts.date(), first).isoformat(), []).append(event.session)
    return [{"day": day, "sessions": rows, "taken": taken.get(day)} for day, rows in sorted(found.items())]


def _from_day(listed: list[dict[str, Any]], day: dt.date) -> tuple[list[dict[str, Any]], bool]:
    """Return the days of a list from one on, as many as a phone likes to read at once, and whether it goes on."""
    found: list[dict[str, Any]] = []
    left = AGENDA_OF_A_MONTH
    for each in listed:
        if each["day"] < day.isoformat() or left <= 0:
            continue
        found.append(each | {"sessions": each["sessions"][:left]})
        left -= len(each["sessions"])
    return found, left <= 0
