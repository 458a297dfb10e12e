"""Gear that is booked and away, in short words."""

import datetime as dt
from typing import Any

from sessions.models import BookingSlot, Gear, GearRepair
from tests.cast import Cast


def booking(cast: Cast, *gear: Gear, day: str = "2027-03-10", **said: Any) -> dict[str, Any]:
    said = {"starts": "10:00", "ends": "18:00", "remote_place": "Nora's kitchen"} | said
    return {"project": cast.project.pk, "title": "Vocals", "day": day, "gear": [item.pk for item in gear]} | said


def repair(gear: Gear, first: str, last: str | None, **said: Any) -> GearRepair:
    until = dt.date.fromisoformat(last) if last else None
    return GearRepair.objects.create(gear=gear, first=dt.date.fromisoformat(first), last=until, **said)


def slots(gear: Gear) -> list[tuple[str, str]]:
    found = BookingSlot.objects.filter(resource__gear=gear).order_by("starts_at")
    return [(f"{slot.starts_at:%d %H:%M}", slot.state) for slot in found]
