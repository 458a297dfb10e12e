"""What a calendar tells of gear in a span: the items one may reserve, which session has which, and what is away."""

from datetime import datetime
from typing import Any

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.viewer import Viewer
from sessions.actions.standing import LIVE
from sessions.booking import away
from sessions.booking.models import LONGEST_SLOT
from sessions.busy import EARLIEST, LATEST
from sessions.models import Gear, StudioSession

ITEMS_AT_MOST, RESERVED_AT_MOST = 300, 2_000


def gear_between(viewer: Viewer, since: datetime, until: datetime) -> dict[str, Any]:
    """Return it for the desks at which the viewer books: nothing to others. Three queries."""
    since, until = max(since, EARLIEST), min(until, LATEST)
    if until <= since or not viewer.reach_desks(SCHEDULE_WRITE):
        return {"more": False, "items": [], "reserved": [], "out": []}
    items = Gear.objects.visible_to(viewer).filter(active=True, bookable=True).order_by("kind", "name", "serial", "pk")
    found = list(items.values("id", "name", "kind", "serial")[: ITEMS_AT_MOST + 1])
    listed = found[:ITEMS_AT_MOST]
    sessions = StudioSession.objects.visible_to(viewer).filter(
        starts_at__lt=until, starts_at__gt=since - LONGEST_SLOT, ends_at__gt=since, state__in=(*LIVE, "wrapped")
    )
    pairs = StudioSession.gear.through.objects.filter(studiosession__in=sessions, gear__in=items)
    reserved = list(pairs.order_by("pk").values_list("studiosession_id", "gear_id")[: RESERVED_AT_MOST + 1])
    repairs = away.repairs_of([item["id"] for item in listed], since.date(), until.date())
    return {
        "more": len(found) > ITEMS_AT_MOST or len(reserved) > RESERVED_AT_MOST,
        "items": listed,
        "reserved": [{"session": session, "gear": gear} for session, gear in reserved[:RESERVED_AT_MOST]],
        "out": [
            {
                "gear": repair.gear_id,
                "first": repair.first.isoformat(),
                "last": repair.last.isoformat() if repair.last else None,
                "reason": repair.reason,
            }
            for of_item in repairs.values()
            for repair in of_item
        ],
    }
