"""What already takes resources at the times they are wanted: slots, and spans of imported calendars."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet, Value

from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from sessions.booking.models import LONGEST_SLOT, BookingSlot, ImportedSpan, Resource

InTheWay = BookingSlot | ImportedSpan
_COMMON = ("pk", "resource_id", "starts_at", "ends_at")
_NO_NUMBER, _NO_MOMENT = Value(None, output_field=BigIntegerField()), Value(None, output_field=DateTimeField())
_A_RESOURCE = "resource"  # where slots and spans have their state


def found_at(
    wanted: Iterable[tuple[int, datetime, datetime]], of: Iterable[int]
) -> tuple[list[BookingSlot], list[ImportedSpan], set[int]]:
    """Return what overlaps these times of these resources, and which resources there are `of` these. One query."""
    said: list[Any] = []
    for resource_id, starts_at, ends_at in wanted:
        if ends_at - starts_at > LONGEST_SLOT:
            raise ValueError("no slot is longer than LONGEST_SLOT")
        said += [resource_id, starts_at, ends_at, starts_at - LONGEST_SLOT]
    slots, spans, standing = [], [], set()
    times = {f"said_{number}": value for number, value in enumerate(said)}
    for *common, state, rank, session_id, calendar_id in _overlapping(NOBODY, keys=sorted(of), **times).rows():
        known = dict(zip(_COMMON, common, strict=True))
        if state == _A_RESOURCE:
            standing.add(known["pk"])
        elif calendar_id is None:
            slots.append(BookingSlot(**known, state=state, rank=rank, session_id=session_id))
        else:
            spans.append(ImportedSpan(**known, calendar_id=calendar_id))
    return slots, sorted(spans, key=lambda span: span.starts_at), standing


@prepared
def _overlapping(viewer: Viewer, keys: list[int], **said: Any) -> QuerySet:
    """Return both kinds, of four values each: resource, start, end, start of the earliest slot that may overlap.

    And the resources with these keys.
    """
    slot, span = Q(pk__in=()), Q(pk__in=())
    for resource_id, starts_at, ends_at, earliest in zip(*[iter(said.values())] * 4, strict=True):
        overlap = Q(resource_id=resource_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
        slot |= overlap & Q(starts_at__gt=earliest)
        span |= overlap
    slots = BookingSlot.objects.filter(slot).order_by().values_list(*_COMMON, "state", "rank", "session_id", _NO_NUMBER)
    spans = ImportedSpan.objects.filter(span).order_by()
    resources = Resource.objects.filter(pk__among=keys).order_by()
    return slots.union(
        spans.values_list(*_COMMON, Value(ImportedSpan.state), Value(0), _NO_NUMBER, "calendar_id"),
        resources.values_list("pk", "pk", _NO_MOMENT, _NO_MOMENT, Value(_A_RESOURCE), Value(0), _NO_NUMBER, _NO_NUMBER),
        all=True,
    )
