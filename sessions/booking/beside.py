"""What already takes resources at the times they are wanted: slots, and spans of imported calendars."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet, Value

from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from sessions.booking.models import LONGEST_SLOT, BookingSlot, ImportedSpan

InTheWay = BookingSlot | ImportedSpan
_COMMON = ("pk", "resource_id", "starts_at", "ends_at")
_NO_NUMBER = Value(None, output_field=BigIntegerField())


def found_at(wanted: Iterable[tuple[int, datetime, datetime]]) -> tuple[list[BookingSlot], list[ImportedSpan]]:
    """Return what overlaps these times of these resources. One query: of imported calendars most desks have none."""
    said: list[Any] = []
    for resource_id, starts_at, ends_at in wanted:
        if ends_at - starts_at > LONGEST_SLOT:
            raise ValueError("no slot is longer than LONGEST_SLOT")
        said += [resource_id, starts_at, ends_at, starts_at - LONGEST_SLOT]
    slots, spans = [], []
    rows = _overlapping(NOBODY, **{f"said_{number}": value for number, value in enumerate(said)}).rows() if said else ()
    for *common, state, rank, session_id, calendar_id in rows:
        known = dict(zip(_COMMON, common, strict=True))
        if calendar_id is None:
            slots.append(BookingSlot(**known, state=state, rank=rank, session_id=session_id))
        else:
            spans.append(ImportedSpan(**known, calendar_id=calendar_id))
    return slots, sorted(spans, key=lambda span: span.starts_at)


@prepared
def _overlapping(viewer: Viewer, **said: Any) -> QuerySet:
    """Return both kinds, of four values each: resource, start, end, start of the earliest slot that may overlap."""
    slot, span = Q(pk__in=()), Q(pk__in=())
    for resource_id, starts_at, ends_at, earliest in zip(*[iter(said.values())] * 4, strict=True):
        overlap = Q(resource_id=resource_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
        slot |= overlap & Q(starts_at__gt=earliest)
        span |= overlap
    slots = BookingSlot.objects.filter(slot).order_by().values_list(*_COMMON, "state", "rank", "session_id", _NO_NUMBER)
    spans = ImportedSpan.objects.filter(span).order_by()
    return slots.union(
        spans.values_list(*_COMMON, Value(ImportedSpan.state), Value(0), _NO_NUMBER, "calendar_id"), all=True
    )
