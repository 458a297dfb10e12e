"""iCalendar: a person's calls and sessions as events.

Written from what the API says to that person, so nothing else can stand in it.

RFC 5545. A feed names no attendees, and no METHOD: it is a calendar to be read, no message of iTIP, which would want an
organizer in each event. DTSTAMP is when the row changed, never now: unchanged events stay byte for byte the same. Both
of two hours that come twice are written in UTC: with a TZID the first is meant, but libical, ical.js and khal go by
the rules in the file and read the second.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vCalAddress

from producerdesk.kit import clock
from sessions import zones
from sessions.places import street_of

PRODUCT = "-//ProducerDesk//Schedule//EN"
STATUS = {"hold": "TENTATIVE", "confirmed": "CONFIRMED", "wrapped": "CONFIRMED", "cancelled": "CANCELLED"}
PUBLISH, REQUEST, CANCEL, REPLY = "PUBLISH", "REQUEST", "CANCEL", "REPLY"
PARTSTAT = {"pending": "NEEDS-ACTION", "confirmed": "ACCEPTED", "declined": "DECLINED", "proposed": "TENTATIVE"}
# what is no line of text: it would end one in the middle of a value for some apps
UNPRINTED = dict.fromkeys([*range(9), *range(11, 13), *range(14, 32), 127, 0x85, 0x2028, 0x2029], " ")


class Party(NamedTuple):
    """Who calls or is called: a name and an e-mail address."""

    name: str
    address: str


def calendar(events: Iterable[Event], *, name: str = "", method: str = "") -> bytes:
    """Return a whole calendar: the events and the rules of their zones. `method` makes it a message of iTIP."""
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    if method:
        found.add("method", method)
    if name:
        found.add("name", name)
        found.add("x-wr-calname", name)
        found.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    events = list(events)
    for component in (*_zones_of(events), *events):
        found.add_component(component)
    return found.to_ical()


def _zones_of(events: list[Event]) -> list[Timezone]:
    """Return the zones that the events name, from the year before the first to the year after the last of them."""
    years: dict[str, list[int]] = {}
    for event in events:
        for moment in (event.decoded("dtstart"), event.decoded("dtend")):
            if isinstance(moment.tzinfo, ZoneInfo):
                years.setdefault(moment.tzinfo.key, []).append(moment.year)
    return [zones.written(key, min(found) - 1, max(found) + 1) for key, found in sorted(years.items())]


def itip(call: dict[str, Any], *, method: str, organizer: Party, attendee: Party) -> bytes:
    """Return an own call as iTIP (RFC 5546) asks for it: one event, who calls, and the one who is called.

    `method` is REQUEST, also for a change, or CANCEL. Each call is an event of its own, so nobody reads who else is
    called, and a CANCEL to one person ends the whole of that person's event.
    """
    event = _called_by(call, organizer)
    called = _party(attendee)
    called.params["CUTYPE"], called.params["ROLE"] = "INDIVIDUAL", "REQ-PARTICIPANT"
    called.params["PARTSTAT"] = PARTSTAT[call["answer"]]
    called.params["RSVP"] = "TRUE" if method == REQUEST and call["answer"] == "pending" else "FALSE"
    event.add("attendee", called)
    return calendar([event], method=method)


def dates(calls: Iterable[tuple[dict[str, Any], Party]]) -> bytes:
    """Return several own calls, each with who calls: the dates of a series, to be kept in a calendar.

    They are no recurrence of one event: each is answered, moved and cancelled by itself. A REQUEST or CANCEL is of one
    event (RFC 5546, 3.2.2 and 3.2.5), so they are published as they stand, cancelled ones as such.
    """
    return calendar([_called_by(call, organizer) for call, organizer in calls], method=PUBLISH)


def _called_by(call: dict[str, Any], organizer: Party) -> Event:
    event = event_of_call(call)
    event.add("organizer", _party(organizer))
    return event


def _party(party: Party) -> vCalAddress:
    found = vCalAddress(f"mailto:{party.address}")
    if name := " ".join(_text(party.name).replace('"', "'").split()):
        found.params["CN"] = name
    return found


def uid_of_call(pk: int) -> str:
    """Return what an own call is known by in calendars."""
    return _uid(f"call-{pk}")


def _uid(what: str) -> str:
    return f"{what}@{urlsplit(settings.SITE_URL).hostname}"


def event_of_call(call: dict[str, Any]) -> Event:
    """Return the event of an own call (a row of `api:call-list`): it begins at the call time."""
    session = call["session"]
    gone = call["removed_at"] is not None or call["answer"] == "declined"
    return _event(
        f"call-{call['id']}",
        session,
        begins=call["call_at"],
        # both numbers only ever rise, so their sum does
        sequence=session["sequence"] + call["version"],
        changed=max(call["updated_at"], session["updated_at"]),
        status="CANCELLED" if gone else _status(session),
    )


def event_of_session(session: dict[str, Any]) -> Event:
    """Return the event of a session (a row of `api:session-list`) for who plans or follows it."""
    return _event(
        f"session-{session['id']}",
        session,
        begins=session["starts_at"],
        sequence=session["sequence"],
        changed=session["updated_at"],
        status=_status(session),
    )


def _status(session: dict[str, Any]) -> str:
    """Return how it stands for calendars. A hold that has expired keeps nobody's time."""
    return "CANCELLED" if session["expired"] else STATUS[session["state"]]


def _event(uid: str, session: dict[str, Any], *, begins: str, sequence: int, changed: str, status: str) -> Event:
    zone = ZoneInfo(session["time_zone"])
    event = Event()
    event.add("uid", _uid(uid))
    event.add("dtstamp", _instant(changed))
    event.add("last-modified", _instant(changed))
    event.add("sequence", sequence)
    event.add("dtstart", _wall(_instant(begins), zone))
    event.add("dtend", _wall(_instant(session["ends_at"]), zone))
    event.add("summary", _text(_summary(session)))
    event.add("status", status)
    event.add("transp", "TRANSPARENT" if status == "CANCELLED" else "OPAQUE")
    event.add("categories", [_text(session["project"]["title"])])
    for name, text in (("location", _place(session)), ("description", _description(session))):
        if text:
            event.add(name, _text(text))
    return event


def _text(text: str) -> str:
    """Return the text without what ends a line for some apps; the library escapes the line breaks that all know."""
    return text.translate(UNPRINTED)


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _wall(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    there = moment.astimezone(zone)
    return moment.astimezone(dt.UTC) if clock.comes_twice(there) or zone.key == "UTC" else there


def _summary(session: dict[str, Any]) -> str:
    title = f"{session['title']} · {session['project']['title']}"
    return _("Hold: %(title)s") % {"title": title} if session["state"] == "hold" else title


def _place(session: dict[str, Any]) -> str:
    room = session["room"]
    if room is None:
        return session["remote_place"]
    street = street_of(session.get("address") or "", room["studio"]["city"])
    return ", ".join(filter(None, (room["studio"]["name"], room["name"], street)))


def _description(session: dict[str, Any]) -> str:
    songs = ", ".join(song["title"] for song in session.get("songs", ()))
    parts = (
        _("Songs: %(songs)s") % {"songs": songs} if songs else "",
        session.get("prepare", ""),
        session.get("access_notes") or "",
    )
    return "\n\n".join(part for part in parts if part)
