"""When gear is away for repair: on whole days, by the clock of the place that wants it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from producerdesk.kit import moments
from sessions.models.gear import GearRepair

INSTANT = timedelta(microseconds=1)  # what ends at midnight does not touch the day that begins then
Repairs = dict[int, list[GearRepair]]


def repairs_of(gear_ids: Iterable[int], first: date, last: date) -> Repairs:
    """Return the repairs that touch these days, by the item's id. One query; none for no gear."""
    wanted = set(gear_ids)
    found: Repairs = {}
    if not wanted:
        return found
    for repair in GearRepair.objects.filter(gear__in=wanted, first__lte=last, removed_at=None):
        if repair.takes(first, last):
            found.setdefault(repair.gear_id, []).append(repair)
    return found


def days_of(starts_at: datetime, ends_at: datetime, zone: str) -> tuple[date, date]:
    """Return the first and the last day that a span touches on the clock of a place."""
    place = ZoneInfo(zone)
    return starts_at.astimezone(place).date(), (ends_at - INSTANT).astimezone(place).date()


def away(repairs: Repairs, gear_id: int, starts_at: datetime, ends_at: datetime, zone: str) -> GearRepair | None:
    """Return the repair for which the item is away at that time."""
    if gear_id not in repairs:
        return None
    first, last = days_of(starts_at, ends_at, zone)
    return next((repair for repair in repairs[gear_id] if repair.takes(first, last)), None)


def told(repair: GearRepair, name: str) -> str:
    """Return in a sentence that an item is away, when and why."""
    words: dict[str, Any] = {"name": name, "first": moments.day(repair.first), "reason": repair.reason}
    if repair.last is None:
        text = _("%(name)s is out for repair from %(first)s, nobody knows until when") % words
    elif repair.last == repair.first:
        text = _("%(name)s is out for repair on %(first)s") % words
    else:
        text = _("%(name)s is out for repair %(first)s – %(last)s") % (words | {"last": moments.day(repair.last)})
    return f"{text}: {repair.reason}." if repair.reason else f"{text}."
