"""Taking time of resources, and giving it back. Nobody else writes slots."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from producerdesk.kit import clock
from producerdesk.kit.inserting import insert, new
from sessions.booking import away
from sessions.booking.beside import InTheWay, found_at
from sessions.booking.holds import lapsed
from sessions.booking.models import BookingSlot, ImportedSpan
from sessions.booking.resources import came_with, lock_ahead, must_stand, resources_for
from sessions.models.gear import Gear, GearRepair
from sessions.models.session import StudioSession
from sessions.models.studio import Room

State = BookingSlot.State
Beside = dict[int, list[BookingSlot]]  # by resource
NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Want:
    """A resource wanted from `starts_at` to `ends_at`, buffers included.

    `field` is where a form shows that it cannot be had, `label` what people call it.
    """

    resource_id: int
    starts_at: datetime
    ends_at: datetime
    field: str
    label: str
    before: timedelta = NOTHING  # of it, kept free for setting up
    after: timedelta = NOTHING  # and for resetting
    gear_id: int | None = None  # of an item that may be out for repair, on days of this zone's clock
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody wanted from a call time on."""

    contributor_id: int
    name: str
    call_at: datetime
    field: str = "calls"
    resource_id: int | None = None  # where it is known


class Taken(Exception):
    """Wanted resources are not free.

    Pairs each want with a slot, or a span of an imported calendar, in its way, or with the repair it is away for.
    """

    def __init__(self, pairs: list[tuple[Want, InTheWay]], away: Iterable[tuple[Want, GearRepair]] = ()) -> None:
        self.pairs, self.away = pairs, list(away)
        super().__init__(f"{len(pairs)} slots and {len(self.away)} repairs in the way")


@dataclass(slots=True)
class Claim:
    """Slots that are ours to write: the resources are locked and nothing is in the way."""

    new: list[BookingSlot] = field(default_factory=list)
    old: list[int] = field(default_factory=list)


def wants_of(
    *,
    room: Room | None,
    people: Iterable[Person],
    starts_at: datetime,
    ends_at: datetime,
    gear: Iterable[Gear] = (),
    time_zone: str = "",
) -> list[Want]:
    """Return what a session needs: the room with its buffers, each person from the call time to the end, the gear."""
    people, gear = list(people), list(gear)
    known = came_with(room) if room else None
    resources = resources_for(
        room_id=room.pk if room and known is None else None,
        contributor_ids=[each.contributor_id for each in people if each.resource_id is None],
        gear_ids=[item.pk for item in gear],
    )
    wants = []
    of_room = known or resources.room
    if room is not None and of_room is not None:
        before, after = timedelta(minutes=room.setup_minutes), timedelta(minutes=room.reset_minutes)
        wants.append(Want(of_room, starts_at - before, ends_at + after, "room", str(room), before=before, after=after))
    wants += [
        Want(each.resource_id or resources.people[each.contributor_id], each.call_at, ends_at, each.field, each.name)
        for each in people
    ]
    wants += [
        Want(resources.gear[item.pk], starts_at, ends_at, "gear", item.name, gear_id=item.pk, time_zone=time_zone)
        for item in gear
    ]
    return wants


def claim(wants: Iterable[Want], *, confirmed: bool, session: StudioSession | None = None, anew: bool = False) -> Claim:
    """Lock what is wanted and return the slots to write. Raises Taken, naming all that is in the way.

    A confirmed slot keeps everybody out. A hold keeps out who wants to confirm and comes after it; a hold over a hold
    takes the next rank. What the session has and still wants is left alone; what it wants no more is given back.
    `anew`: what it has is a hold that lapsed, so it has lost its place in line and comes last.
    """
    state = State.CONFIRMED if confirmed else State.HOLD
    standing = {slot.resource_id: slot for slot in session.slots.all()} if session else {}
    wanted = {want.resource_id: want for want in wants}
    changed = [want for key, want in wanted.items() if anew or not _stands(standing.get(key), want, state)]
    old = [slot for key, slot in standing.items() if key not in wanted or wanted[key] in changed]
    if not changed and not old:
        return Claim()
    ours = {want.resource_id for want in changed} | {slot.resource_id for slot in old}
    lock_ahead(ours)
    beside, imported = _standing_beside(changed, session, ours)
    places = {} if anew else standing
    pairs: list[tuple[Want, InTheWay]] = [
        (want, slot)
        for want in changed
        for slot in beside[want.resource_id]
        if _in_the_way(slot, want, places.get(want.resource_id), confirmed=confirmed)
    ]
    pairs += [(wanted[span.resource_id], span) for span in imported]
    gone = _away(changed)
    if pairs or gone:
        raise Taken(pairs, gone)
    slots = [
        new(
            BookingSlot,
            resource_id=want.resource_id,
            starts_at=want.starts_at,
            ends_at=want.ends_at,
            state=state.value,
            rank=_rank(want, places.get(want.resource_id), beside[want.resource_id], confirmed=confirmed),
        )
        for want in changed
    ]
    return Claim(slots, [slot.pk for slot in old])


def write(claimed: Claim, session: StudioSession) -> None:
    """Store the slots of a claim. The same transaction, after the session is saved."""
    if claimed.old:
        BookingSlot.objects.filter(pk__in=claimed.old).delete()
    for slot in claimed.new:
        slot.session_id = session.pk
    insert(claimed.new, keys=False)


def take(session: StudioSession, wants: Iterable[Want], *, confirmed: bool) -> None:
    """Bring the slots of a session to exactly these wants. Raises Taken and leaves all as it was."""
    write(claim(wants, confirmed=confirmed, session=session), session)


def release(session: StudioSession) -> None:
    """Give back all that a session has taken."""
    session.slots.all().delete()


def cut(session: StudioSession, ends_at: datetime) -> None:
    """Give back what a session has taken after `ends_at`, because it was over earlier. Never takes more."""
    # the room's reset comes after the end, whenever that is
    reset = timedelta(minutes=session.room.reset_minutes) if session.room else NOTHING
    for slot in session.slots.select_related("resource"):
        end = ends_at + (reset if slot.resource.room_id else NOTHING)
        if slot.starts_at < end < slot.ends_at:
            BookingSlot.objects.filter(pk=slot.pk).update(ends_at=end)


def _stands(slot: BookingSlot | None, want: Want, state: State) -> bool:
    return slot is not None and (slot.starts_at, slot.ends_at, slot.state) == (want.starts_at, want.ends_at, state)


def _standing_beside(
    wants: list[Want], session: StudioSession | None, ours: set[int]
) -> tuple[Beside, list[ImportedSpan]]:
    """Return, by resource, the slots of others that overlap the wants, without holds that have lapsed; and spans.

    And make sure that the resources which are ours by now are still there. One query, one more where there are holds.
    """
    beside: Beside = {want.resource_id: [] for want in wants}
    slots, spans, standing = found_at(((want.resource_id, want.starts_at, want.ends_at) for want in wants), of=ours)
    must_stand(ours, standing)
    gone = lapsed({slot.session_id for slot in slots if slot.state == State.HOLD}, clock.now())
    for slot in slots:
        if (session is None or slot.session_id != session.pk) and not (
            slot.state == State.HOLD and slot.session_id in gone
        ):
            beside[slot.resource_id].append(slot)
    return beside, spans


def _away(wants: list[Want]) -> list[tuple[Want, GearRepair]]:
    """Return the wanted gear that is out for repair then. One query; none where no gear is wanted."""
    spans = [(want, away.days_of(want.starts_at, want.ends_at, want.time_zone)) for want in wants if want.gear_id]
    if not spans:
        return []
    first, last = min(days[0] for _want, days in spans), max(days[1] for _want, days in spans)
    repairs = away.repairs_of([want.gear_id for want, _days in spans if want.gear_id], first, last)
    return [
        (want, repair) for want, days in spans for repair in repairs.get(want.gear_id or 0, ()) if repair.takes(*days)
    ]


def _in_the_way(slot: BookingSlot, want: Want, own: BookingSlot | None, *, confirmed: bool) -> bool:
    if slot.state in BookingSlot.EXCLUDING:
        return True
    if not confirmed:
        return False
    if own is None or not _covers(own, want):
        return True  # comes new to this time, so every hold was there before
    return own.state == State.HOLD and slot.rank < own.rank


def _rank(want: Want, own: BookingSlot | None, beside: list[BookingSlot], *, confirmed: bool) -> int:
    if confirmed:
        return 1
    if own is not None and own.state == State.HOLD and _covers(own, want):
        return own.rank  # it asks for less than it had: the place in line stays
    return 1 + max((slot.rank for slot in beside if slot.state == State.HOLD), default=0)


def _covers(slot: BookingSlot, want: Want) -> bool:
    return slot.starts_at <= want.starts_at and want.ends_at <= slot.ends_at
