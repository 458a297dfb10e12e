"""What imported calendars make busy: written here alone, and asked wherever something is booked or sought."""

from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter

from django.db.models import QuerySet

from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from sessions.booking.models import ImportedSpan
from sessions.booking.resources import lock, resources_for

Span = tuple[datetime, datetime]


def replace(
    *, calendar_id: int, spans: Iterable[Span], room_id: int | None = None, contributor_id: int | None = None
) -> None:
    """Let a calendar say these spans of a room or a person, in the place of all that it said before.

    In the transaction that notes that it was read. What is booked there already stands.
    """
    found = resources_for(room_id=room_id, contributor_ids=[contributor_id] if contributor_id else [])
    resource_id = found.people[contributor_id] if contributor_id else found.room
    assert resource_id is not None, "a calendar is of a room or a person"  # noqa: S101
    # whoever books at this moment is before or after it, and never in between
    lock([resource_id])
    ImportedSpan.objects.filter(calendar=calendar_id).delete()
    ImportedSpan.objects.bulk_create(
        ImportedSpan(calendar_id=calendar_id, resource_id=resource_id, starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in spans
    )


def spans_of(resource_ids: Iterable[int], since: datetime, until: datetime) -> list[tuple[int, datetime, datetime]]:
    """Return resource, start and end of what is busy in that time, earliest first. One query."""
    return sorted(spans_in(NOBODY, keys=sorted(resource_ids), since=since, until=until).rows(), key=itemgetter(1))


@prepared
def spans_in(viewer: Viewer, keys: list[int], since: datetime, until: datetime) -> QuerySet:
    """Return the same as a query, in no order."""
    rows = ImportedSpan.objects.filter(resource_id__among=keys, ends_at__gt=since, starts_at__lt=until)
    return rows.order_by().values_list("resource_id", "starts_at", "ends_at")
