"""Resources and slots of large data, written in bulk. For a seed that has itself made sure that nothing overlaps.

The second net in the database holds all the same: a slot in the way of another is refused.
"""

from collections.abc import Iterable

from contributors.models import Contributor
from sessions.booking.models import BookingSlot, Resource
from sessions.models.studio import Room


def add_resources(rooms: Iterable[Room], people: Iterable[Contributor]) -> tuple[dict[int, int], dict[int, int]]:
    """Make new rooms and people bookable; return their resources, by the room's and by the contributor's id."""
    made = Resource.objects.bulk_create(
        [Resource(room=room) for room in rooms] + [Resource(contributor=person) for person in people]
    )
    of_rooms = {resource.room_id: resource.pk for resource in made if resource.room_id}
    return of_rooms, {resource.contributor_id: resource.pk for resource in made if resource.contributor_id}


def add_slots(slots: Iterable[BookingSlot]) -> None:
    """Store slots of sessions that were just made."""
    BookingSlot.objects.bulk_create(slots)
