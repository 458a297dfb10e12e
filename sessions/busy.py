"""When rooms, gear and people are taken by what a viewer may not see, or by imported calendars: that, and no more."""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import Viewer
from sessions.booking.models import LONGEST_SLOT, BookingSlot, ImportedSpan, Resource
from sessions.models import StudioSession

AT_MOST = 5_000  # a hundred days of a full house; what is more is not told, and said to be
EARLIEST = datetime(clock.FIRST_YEAR, 1, 1, tzinfo=UTC)  # nothing was before, and no time can be taken from year 1
LATEST = datetime(clock.LAST_YEAR + 1, 1, 1, tzinfo=UTC)
THINGS = (
    "resource__room_id",
    "resource__gear_id",
    "resource__contributor_id",
    "resource__user__contributors__id",
)


def elsewhere(viewer: Viewer, since: datetime, until: datetime) -> tuple[list[dict[str, Any]], bool]:
    """Return the spans in which rooms, gear and people of the viewer's desks are taken by what is no session in sight.

    And whether there are further ones, later. Another desk's booking of the same person, another project's of a room,
    an imported calendar (by name, where it is a desk's own). Cut to what was asked for, as a clash tells it. Holds keep
    nobody out and are not told. One query.
    """
    since = max(since, EARLIEST)
    desks = viewer.reach_desks(SCHEDULE_WRITE)
    if until <= since or not desks:
        return [], False
    ours = _of_desks(desks, "resource__")
    # looked up once, so that the slots are found by their resource and time, however many there are in all
    resources = Resource.objects.filter(_of_desks(desks)).values("pk")
    in_sight = StudioSession.objects.visible_to(viewer).filter(pk=OuterRef("session_id"))
    slots = BookingSlot.objects.filter(
        ours,
        ~Exists(in_sight),
        resource__in=resources,
        state__in=BookingSlot.EXCLUDING,
        starts_at__lt=until,
        starts_at__gt=since - LONGEST_SLOT,
        ends_at__gt=since,
    )
    spans = ImportedSpan.objects.filter(ours, resource__in=resources, starts_at__lt=until, ends_at__gt=since)
    nameless = Cast(Value(None), BigIntegerField()), Cast(Value(None), CharField())
    booked = slots.order_by().values_list(*THINGS, "starts_at", "ends_at", *nameless)
    read = spans.order_by().values_list(*THINGS, "starts_at", "ends_at", "calendar__desk_id", "calendar__name")
    rows = list(booked.union(read, all=True).order_by("starts_at", "ends_at")[: AT_MOST + 1])
    told = [_told(row, since, until, name if desk in desks else None) for *row, desk, name in rows[:AT_MOST]]
    return told, len(rows) > AT_MOST


def _of_desks(desks: Collection[int], resource: str = "") -> Q:
    """Return what a resource of these desks is, a person by the one of theirs."""
    paths = ("room__studio", "gear", "contributor", "user__contributors")
    return reduce(or_, (Q(**{f"{resource}{path}__desk_id__in": desks}) for path in paths))


def _told(row: Any, since: datetime, until: datetime, calendar: str | None) -> dict[str, Any]:
    room, gear, contributor, linked, starts, ends = row
    return {
        "room": room,
        "gear": gear,
        "person": contributor or linked,
        "starts_at": utc(max(starts, since)),
        "ends_at": utc(min(ends, until)),
        "calendar": calendar,
    }
