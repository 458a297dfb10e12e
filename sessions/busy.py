"""When rooms, gear and people are taken by what a viewer may not see, or by imported calendars: that, and no more."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import Viewer
from sessions.booking.models import BookingSlot, ImportedSpan
from sessions.booking.slots import LONGEST_SLOT
from sessions.models import StudioSession

AT_MOST = 500
EARLIEST = datetime(clock.FIRST_YEAR, 1, 1, tzinfo=UTC)  # nothing was before, and no time can be taken from year 1
LATEST = datetime(clock.LAST_YEAR + 1, 1, 1, tzinfo=UTC)
THINGS = (
    "resource__room_id",
    "resource__gear_id",
    "resource__contributor_id",
    "resource__user__contributors__id",
)


def elsewhere(viewer: Viewer, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return the spans in which rooms, gear and people of the viewer's desks are taken by what is no session in sight.

    Another desk's booking of the same person, another project's of a room, an imported calendar (by name, where it is
    a desk's own). Cut to what was asked for, as a clash tells it. Holds keep nobody out and are not told. Two queries.
    """
    since = max(since, EARLIEST)
    desks = viewer.reach_desks(SCHEDULE_WRITE)
    if until <= since or not desks:
        return []
    ours = (
        Q(resource__room__studio__desk_id__in=desks)
        | Q(resource__gear__desk_id__in=desks)
        | Q(resource__contributor__desk_id__in=desks)
        | Q(resource__user__contributors__desk_id__in=desks)
    )
    slots = BookingSlot.objects.filter(
        ours,
        state__in=BookingSlot.EXCLUDING,
        starts_at__lt=until,
        starts_at__gt=since - LONGEST_SLOT,
        ends_at__gt=since,
    ).exclude(session__in=StudioSession.objects.visible_to(viewer))
    rows = slots.order_by("starts_at", "pk").values_list(*THINGS, "starts_at", "ends_at")[:AT_MOST]
    spans = ImportedSpan.objects.filter(ours, starts_at__lt=until, ends_at__gt=since).order_by("starts_at", "pk")
    read = spans.values_list(*THINGS, "starts_at", "ends_at", "calendar__desk_id", "calendar__name")[:AT_MOST]
    told = [_told(row, since, until) for row in rows]
    told += [_told(row, since, until, name if desk in desks else None) for *row, desk, name in read]
    return sorted(told, key=lambda span: span["starts_at"])


def _told(row: Any, since: datetime, until: datetime, calendar: str | None = None) -> dict[str, Any]:
    room, gear, contributor, linked, starts, ends = row
    return {
        "room": room,
        "gear": gear,
        "person": contributor or linked,
        "starts_at": utc(max(starts, since)),
        "ends_at": utc(min(ends, until)),
        "calendar": calendar,
    }
