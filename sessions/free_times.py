"""Free times as they are told: by room and day, time first or room first."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from contributors.models import Contributor
from producerdesk.kit import clock
from producerdesk.kit.rows import utc
from projects.models import Project
from sessions.booking.finding import Search, starts
from sessions.models import Gear, Room, Studio
from sessions.serializers.finding import ROOM_FIRST, ROOMS_AT_MOST
from sessions.serializers.inputs import WhenInput

DAYS_AT_MOST = 100  # of rooms: what is further is found by asking for less


def found(
    *,
    project: Project,
    search: Search,
    by: str,
    now: datetime,
    rooms: Sequence[Room] = (),
    kind: str = "",
    studio: Studio | None = None,
    people: Sequence[Contributor] = (),
    gear: Sequence[Gear] = (),
) -> dict[str, Any]:
    """Return the free times as plain data. Four queries at most, however many rooms and days there are."""
    if not rooms:
        only = {name: value for name, value in (("studio", studio), ("kind", kind)) if value}
        known = Room.objects.select_related("studio").filter(
            active=True, studio__active=True, studio__desk=project.desk_id, **only
        )
        rooms = list(known[:ROOMS_AT_MOST])
    rooms = [room for room in rooms if room.active and room.studio.active and kind in ("", room.kind)]
    free = starts(search, rooms, [person.pk for person in people], now, [item.pk for item in gear])
    days = [day for room in rooms for day in _days(room, free[room.pk], search)]
    if by != ROOM_FIRST:
        days.sort(key=lambda day: day["starts"][0]["starts_at"])
    return {"more": len(days) > DAYS_AT_MOST, "results": days[:DAYS_AT_MOST]}


def _days(room: Room, free: Sequence[datetime], search: Search) -> list[dict[str, Any]]:
    zone = room.studio.time_zone
    told = [_start(at, search, zone) for at in free]
    return [
        {
            "room": {
                "id": room.pk,
                "name": room.name,
                "studio": {"id": room.studio_id, "name": room.studio.name, "city": room.studio.city},
            },
            "day": day,
            "time_zone": zone,
            "starts": [{name: value for name, value in start.items() if name != "day"} for start in begun],
        }
        for day, begun in groupby(told, key=lambda start: start["day"])
    ]


def _start(at: datetime, search: Search, zone: str) -> dict[str, Any]:
    ends_at = at + search.length
    first, last = clock.wall(at, zone), clock.wall(ends_at, zone)
    typed = WhenInput.typed(first.local, last.local, first.fold, last.fold)
    folds = {"starts_fold": _fold(at, zone), "ends_fold": _fold(ends_at, zone)}
    return {"starts_at": utc(at), "ends_at": utc(ends_at)} | typed | folds


def _fold(at: datetime, zone: str) -> int | None:
    """Return which of two hours is meant where the clocks go back; None for an hour that comes once."""
    there = at.astimezone(ZoneInfo(zone))
    return there.fold if clock.comes_twice(there) else None
