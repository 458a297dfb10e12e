"""What a call sheet says: the session as it stands, its people, and what was written for the sheet, as plain data."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from producerdesk.accounts.models import DeskStaff
from producerdesk.accounts.roles import Role
from producerdesk.kit.rows import utc
from sessions.booking import away
from sessions.models import RESERVED, Audience, Call, CallSheet, Gear, StudioSession
from sessions.sheets import starts
from sessions.sheets.running import Span, Timed, timed

Content = dict[str, Any]
MINUTE = dt.timedelta(minutes=1)
SAID_SINCE: Content = {"room_gear": []}  # what sheets that were sent long ago said nothing of


def span_of(session: StudioSession) -> Span:
    """Return the time of a session."""
    return Span(session.starts_at, session.ends_at, session.time_zone)


def sheet_of(session: StudioSession) -> CallSheet:
    """Return the session's call sheet, or the one that it would start with: not saved, with version 0."""
    found = CallSheet.objects.filter(pk=session.pk).first()
    if found is not None:
        return found
    songs = list(session.songs.order_by("position", "pk").values_list("title", flat=True))
    minutes = int((session.ends_at - session.starts_at) / MINUTE)
    rows = starts.running_order(session.kind, minutes, songs)
    return CallSheet(session=session, version=0, running_order=rows, contacts=_first_contacts(session))


def called_to(session: StudioSession) -> list[Call]:
    """Return who is to come, by call time: all but those who said no or were taken off."""
    found = session.calls.filter(removed_at=None).exclude(answer=Call.Answer.DECLINED)
    return list(found.select_related("contributor__user").order_by("call_at", "pk"))


def compose(session: StudioSession, sheet: CallSheet, calls: Sequence[Call]) -> tuple[Content, Timed]:
    """Return what the sheet says now, for who plans the session, and how its running order falls in time."""
    order = timed(sheet.running_order, sheet.wrap, span_of(session))
    studio = session.room.studio if session.room else None
    content = {
        "title": session.title,
        "kind": session.kind,
        "project": {"id": session.project_id, "title": session.project.title, "artist": session.project.artist},
        "desk": session.desk.name,
        "sequence": session.sequence,  # restored as it was, a session is told of once more all the same
        "time_zone": session.time_zone,
        "starts_at": utc(session.starts_at),
        "ends_at": utc(session.ends_at),
        "wrap_at": utc(order.wrap_at),
        "place": {
            "studio": studio.name if studio else "",
            "room": session.room.name if session.room else "",
            "address": studio.address if studio else "",
            "city": studio.city if studio else "",
            "phone": studio.phone if studio else "",
            "remote": "" if session.room else session.remote_place,
        },
        "access": sheet.access or (studio.access_notes if studio else ""),
        "parking": sheet.parking,
        "songs": list(session.songs.order_by("position", "pk").values_list("title", flat=True)),
        "prepare": session.prepare,
        "people": [_person(call, sheet) for call in calls],
        "running_order": [
            {"starts_at": utc(starts_at), "ends_at": utc(ends_at)}
            | {name: row[name] for name in ("what", "songs", "who", "is_break")}
            for row, (starts_at, ends_at) in zip(sheet.running_order, order.rows, strict=True)
        ],
        "gear": [*map(_reserved, session.reserved()), *map(dict, sheet.gear)],
        "room_gear": _in_the_room(session),
        "contacts": [dict(row) for row in sheet.contacts],
        "emergency": sheet.emergency,
        "notes": sheet.notes,
    }
    return content, order


def _reserved(item: Gear) -> Content:
    return {"what": item.name, "source": RESERVED, "who": ""}


def stands(sent: Content, said: Content) -> bool:
    """Return whether a sheet that was sent still says all. Older ones did not tell what is in the room."""
    return sent == {name: said[name] for name in said if name in sent or name not in SAID_SINCE}


def _in_the_room(session: StudioSession) -> list[str]:
    """Return what comes with the room and is there on these days: "2 × Neumann U 87"."""
    if session.room_id is None:
        return []
    days = away.days_of(session.starts_at, session.ends_at, session.time_zone)
    items = Gear.objects.staying().there(*days).filter(room=session.room_id).order_by("kind", "name", "pk")
    counted = Counter(items.values_list("name", flat=True))
    return [name if count == 1 else f"{count} × {name}" for name, count in counted.items()]


def for_called(content: Content, call_id: int | None = None) -> Content:
    """Return what the people called may read of it: contacts meant for everyone, and one's own.

    A phone or an address that is meant for production, or for nobody, is not there at all.
    """
    people = [
        person if person["audience"] == Audience.EVERYONE or person["call"] == call_id else _unreachable(person)
        for person in content["people"]
    ]
    contacts = [row for row in content["contacts"] if row["audience"] == Audience.EVERYONE]
    hidden = {"people": [_without(person, "audience") for person in people]}
    return SAID_SINCE | content | hidden | {"contacts": [_without(row, "audience") for row in contacts]}


def for_production(content: Content) -> Content:
    """Return what who plans the session reads: all but what is for nobody."""
    nobody = Audience.NOBODY
    people = [_unreachable(row) if row["audience"] == nobody else row for row in content["people"]]
    contacts = [row for row in content["contacts"] if row["audience"] != nobody]
    return SAID_SINCE | content | {"people": people, "contacts": contacts}


def lists(content: Content, call_id: int) -> bool:
    """Return whether this person stands on the sheet."""
    return any(person["call"] == call_id for person in content["people"])


def still_says(content: Content, session: StudioSession, call: Call) -> bool:
    """Return whether the time and place that a sheet tells this person are those that stand."""
    own = next((person["call_at"] for person in content["people"] if person["call"] == call.pk), None)
    place = content["place"]
    where = (session.room.studio.name, session.room.name, "") if session.room else ("", "", session.remote_place)
    return (content["starts_at"], content["ends_at"], own, place["studio"], place["room"], place["remote"]) == (
        utc(session.starts_at),
        utc(session.ends_at),
        utc(call.call_at),
        *where,
    )


def _person(call: Call, sheet: CallSheet) -> dict[str, Any]:
    person = call.contributor
    return {
        "call": call.pk,
        "name": person.name,
        "role": call.role,
        "call_at": utc(call.call_at),
        "phone": person.phone,
        "email": person.email,
        "audience": sheet.sharing.get(str(person.pk), Audience.PRODUCTION.value),
    }


def _unreachable(person: dict[str, Any]) -> dict[str, Any]:
    return person | {"phone": "", "email": ""}


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def _first_contacts(session: StudioSession) -> list[dict[str, Any]]:
    """Return whom one calls about a session: its producer, and the studio."""
    rows = []
    owner = (
        DeskStaff.objects.filter(desk=session.desk_id, role=Role.OWNER).select_related("user").order_by("pk").first()
    )
    if owner is not None:
        rows.append(_contact(owner.user.name, _("Producer"), "", owner.user.email))
    if session.room:
        studio = session.room.studio
        rows.append(_contact(studio.name, "", studio.phone, studio.email))
    return rows


def _contact(name: str, what: str, phone: str, email: str) -> dict[str, Any]:
    return {"name": name, "what": what, "phone": phone, "email": email, "audience": Audience.EVERYONE.value}
