"""Which resources stand for a room, for gear and for people, and the lock that makes bookings queue up."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from contributors.models import Contributor
from producerdesk.kit.errors import Conflict
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from sessions.booking.models import BookingSlot, Resource
from sessions.models.studio import Room

Slots = list[BookingSlot]
OF_A_ROOM, OF_A_PERSON = ("resource",), ("resource", "user__resource")  # what leads to it
_NOT_READ = object()
_NONE = Value(None, output_field=BigIntegerField())
_JOINED = _("Somebody's bookings were being joined up this moment. Try again.")


@dataclass(frozen=True, slots=True)
class Resources:
    """The resource of a room (None if there is none), and those of contributors and of gear, by their ids."""

    room: int | None
    people: dict[int, int]
    gear: dict[int, int]


def resources_for(
    *, room_id: int | None = None, contributor_ids: Iterable[int] = (), gear_ids: Iterable[int] = ()
) -> Resources:
    """Return what to book for a room, people and gear. Rows that are missing are made; two at once make one.

    A contributor with a user is booked through that user's resource, whichever desk asks.
    """
    wanted, items = sorted(set(contributor_ids)), sorted(set(gear_ids))
    if not (room_id or wanted or items):
        return Resources(None, {}, {})
    # what is missing is made by the first look
    found = _known(room_id, wanted, items) or _known(room_id, wanted, items)
    if found is None:
        raise Conflict(str(_JOINED))
    return found


def came_with(thing: Room | Contributor) -> int | None:
    """Return the resource of what was read with it (`OF_A_ROOM`, `OF_A_PERSON`); None if it was not, or has none yet.

    It is found before the lock: whether it is still the one says `must_stand`.
    """
    own = thing._state.fields_cache.get("resource", _NOT_READ)
    user_id = None if isinstance(thing, Room) else thing.user_id
    if own is _NOT_READ or user_id is None:
        return own.pk if isinstance(own, Resource) else None
    users = thing._state.fields_cache.get("user")
    found = users and users._state.fields_cache.get("resource")
    return found.pk if found and own is None else None  # one of its own is to be joined with the user's


def lock(resource_ids: Iterable[int]) -> None:
    """Wait until these resources are ours, to the end of the transaction."""
    wanted = set(resource_ids)
    lock_ahead(wanted)
    must_stand(wanted, {key for (key,) in _standing(NOBODY, keys=sorted(wanted)).rows()})


def lock_ahead(resource_ids: Iterable[int]) -> None:
    """Lock these resources before whatever is asked next, to the transaction's end. The only way bookings queue up.

    Locks are taken in the order of the ids, so two bookings never wait for each other. What the booking relies on must
    be read after this, and whether all of them are there (`must_stand`).
    """
    if connection.features.has_select_for_update:
        _locked(NOBODY, keys=sorted(resource_ids)).tell()
    else:
        # SQLite knows no row locks and passes over select_for_update in silence: a write makes the others wait
        Resource.objects.filter(pk__in=list(resource_ids)).update(lock_seq=F("lock_seq") + 1)


def must_stand(wanted: set[int], standing: set[int]) -> None:
    """Refuse where some of these resources are there no more."""
    if not wanted <= standing:
        # a person accepted an invitation this moment and is booked through another resource from now on
        raise Conflict(str(_JOINED))


@prepared
def _standing(viewer: Viewer, keys: list[int]) -> QuerySet:
    return Resource.objects.filter(pk__among=keys).order_by().values_list("pk")


@prepared
def _locked(viewer: Viewer, keys: list[int]) -> QuerySet:
    return Resource.objects.filter(pk__among=keys).order_by("pk").select_for_update(no_key=True).values_list("pk")


def relink(contributor: Contributor) -> Slots:
    """Move a person's slots to the resource of the user that the person turned out to be.

    Nothing is lost: a slot that clashes with what another desk had booked stands beside it, marked, and is returned.
    Call it in the transaction that sets the contributor's user.
    """
    if contributor.user_id is None:
        raise ValueError("the contributor has no user")
    own = Resource.objects.filter(contributor=contributor).first()
    if own is None:
        return []
    Resource.objects.bulk_create([Resource(user_id=contributor.user_id)], ignore_conflicts=True)
    users = Resource.objects.get(user_id=contributor.user_id)
    lock([own.pk, users.pk])
    clashing = [slot for slot in own.slots.order_by("starts_at", "pk") if _repoint(slot, users)]
    own.imported.update(resource=users)
    own.delete()
    return clashing


def _known(room_id: int | None, contributor_ids: list[int], gear_ids: list[int]) -> Resources | None:
    """Return the resources, or None after making or joining some: then look again."""
    room: int | None = None
    people: dict[int, int] = {}
    gear: dict[int, int] = {}
    missing: list[Resource] = []
    joined = False
    for pk, user_id, own, users, gear_id in _rows(room_id, contributor_ids, gear_ids):
        if gear_id is not None:
            gear[gear_id] = own
            continue
        if pk is None:
            room = own
            continue
        if user_id and own:
            relink(Contributor(pk=pk, user_id=user_id))
            joined = True
        elif user_id and users:
            people[pk] = users
        elif user_id:
            missing.append(Resource(user_id=user_id))
        elif own:
            people[pk] = own
        else:
            missing.append(Resource(contributor_id=pk))
    missing = [Resource(gear_id=key) for key in gear_ids if key not in gear] + missing
    if room_id and room is None:
        missing.insert(0, Resource(room_id=room_id))
    if missing:
        # always in this order: two that make the same rows at once wait for, and not on, each other
        Resource.objects.bulk_create(missing, ignore_conflicts=True)
    return None if missing or joined else Resources(room, people, gear)


def _rows(room_id: int | None, contributor_ids: list[int], gear_ids: list[int]) -> list[tuple]:
    """Return each contributor with user, own resource and the user's, by id.

    And without that id the resource of the room, and of each item of gear with the item's id last.
    """
    found = _bookable(NOBODY, room_id=room_id or 0, contributor_ids=contributor_ids, gear_ids=gear_ids).rows()
    return sorted(found, key=lambda row: row[0] or 0)


@prepared
def _bookable(viewer: Viewer, room_id: int, contributor_ids: list[int], gear_ids: list[int]) -> QuerySet:
    columns = ("pk", "user_id", "resource__pk", "user__resource__pk")
    people = Contributor.objects.filter(pk__among=contributor_ids).order_by().values_list(*columns, _NONE)
    things = Resource.objects.filter(Q(room=room_id) | Q(gear__among=gear_ids)).order_by()
    return people.union(things.values_list(_NONE, _NONE, "pk", _NONE, "gear_id"), all=True)


def _repoint(slot: BookingSlot, users: Resource) -> bool:
    """Move one slot to the user's resource; return whether it clashes with one that keeps others out."""
    beside = list(
        users.slots.filter(starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at).exclude(session_id=slot.session_id)
    )
    clashes = any(other.state in BookingSlot.EXCLUDING for other in beside)
    slot.resource = users
    slot.reported_clash = clashes
    if slot.state == BookingSlot.State.HOLD:
        slot.rank = 1 + max((other.rank for other in beside if other.state == slot.state), default=0)
    slot.save(update_fields=["resource", "reported_clash", "rank"])
    return clashes
