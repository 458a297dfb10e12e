"""How a person's own calls are laid out on the schedule: what comes next, what after that, and in which words.

Plain data of the API in, plain data for templates out.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from producerdesk.kit import moments
from sessions.places import street_of

Call = dict[str, Any]
MAP = "https://www.openstreetmap.org/search"
LIVE = ("hold", "confirmed")


def is_open(call: Call, now: datetime) -> bool:
    """Return whether the person may still answer."""
    session = call["session"]
    if call["removed_at"] is not None or session["state"] not in LIVE or session["expired"]:
        return False
    return datetime.fromisoformat(session["ends_at"]) > now


def chosen(calls: list[Call], wanted: int | None, now: datetime) -> Call | None:
    """Return the call to show large: the one that is asked for, else the next one to come to."""
    if found := next((call for call in calls if call["id"] == wanted), None):
        return found
    return next((call for call in calls if is_open(call, now) and call["answer"] != "declined"), None)


def card(call: Call, hosts: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """Return what the large card says of a call."""
    session = call["session"]
    others = [other["person"]["name"] for other in session["calls"] if not other.get("mine")]
    return row(call, hosts, now) | {
        "day": day_words(call["call_at"], session["time_zone"], now),
        "until": _clock_after(session["ends_at"], call["call_at"], session["time_zone"]),
        "starts": _clock_after(session["starts_at"], call["call_at"], session["time_zone"]),
        "is_early": call["call_at"] != session["starts_at"],
        "city": _city(session),
        "with": others,
        "songs": session["songs"],
        "breaks": [
            {"what": each["what"], "at": _clock_after(each["starts_at"], call["call_at"], session["time_zone"])}
            for each in call["breaks"]
        ],
        "map": map_of(session),
        "is_link": _is_link(session),
        "place": _place(session),
    }


def row(call: Call, hosts: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """Return what a line of the list says of a call."""
    session = call["session"]
    return {
        "call": call,
        "session": session,
        "who": who_answers(session["desk"], hosts),
        "is_open": is_open(call, now),
        "proposed": _proposed(call),
        "room": session["room"]["name"]
        if session["room"]
        else _("Remote")
        if _is_link(session)
        else session["remote_place"],
    }


def day_words(at: str, zone: str, now: datetime) -> str:
    """Return "Tomorrow, Tuesday 17 November": the day as the studio counts it, and how near it is."""
    day = moments.long_day(at, zone)
    there = datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date()
    days = (there - now.astimezone(ZoneInfo(zone)).date()).days
    if days == 0:
        return _("Today, %(day)s") % {"day": day}
    return _("Tomorrow, %(day)s") % {"day": day} if days == 1 else day


def who_answers(desk: dict[str, Any], hosts: list[dict[str, Any]]) -> str:
    """Return by name whom the person deals with: the desk's owner, else the desk.

    Where one desk alone calls, the first of the names is friendly and plain; of several the whole name and the desk.
    """
    host = next((host for host in hosts if host["id"] == desk["id"]), None)
    if host is None or not host["owner"]:
        return str(desk["name"])
    if len(hosts) == 1:
        return first_name(host["owner"])
    return _("%(name)s of %(desk)s") % {"name": host["owner"], "desk": desk["name"]}


def first_name(name: str) -> str:
    """Return the first of somebody's names."""
    return name.split()[0] if name.split() else name


def about(calls: list[Call], hosts: list[dict[str, Any]]) -> str:
    """Return "Salt & Neon, with Mara Ellison": what it is all for."""
    titles = list(dict.fromkeys(call["session"]["project"]["title"] for call in calls))
    owners = [host["owner"] or host["name"] for host in hosts]
    if not titles or len(owners) != 1:
        return ", ".join(titles)
    return _("%(projects)s, with %(owner)s") % {"projects": ", ".join(titles), "owner": owners[0]}


def map_of(session: dict[str, Any]) -> str:
    """Return the address of a map of the place, for those who press it; nothing for a remote session."""
    if session["room"] is None:
        return ""
    studio = session["room"]["studio"]
    # a name that has the city in it is found better with it: “Porto Sound, Porto”
    named = ", ".join(filter(None, (studio["name"], studio["city"])))
    words = street_of(session["address"], studio["city"]) if session["address"] else named
    return f"{MAP}?{urlencode({'query': words})}"


def _place(session: dict[str, Any]) -> dict[str, str]:
    room = session["room"]
    if room is None:
        return {"name": session["remote_place"] or _("Remote"), "address": "", "city": ""}
    city = room["studio"]["city"]
    street = street_of(session["address"] or "", city)
    return {"name": f"{room['studio']['name']}, {room['name']}", "address": street, "city": city}


def _is_link(session: dict[str, Any]) -> bool:
    return session["remote_place"].startswith("https://")


def _city(session: dict[str, Any]) -> str:
    return (session["room"]["studio"]["city"] if session["room"] else "") or moments.city(session["time_zone"])


def _clock_after(at: str, call_at: str, zone: str) -> str:
    """Return "18:00"; with its day where that is not the day of the call."""
    same_day = moments.day(at, zone) == moments.day(call_at, zone)
    return moments.clock(at, zone) if same_day else moments.when(at, zone)


def _proposed(call: Call) -> str:
    """Return the time the person proposed, with its day where that is another one."""
    if not call["proposed_at"]:
        return ""
    return _clock_after(call["proposed_at"], call["call_at"], call["session"]["time_zone"])
