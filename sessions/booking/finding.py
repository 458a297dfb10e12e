"""Finding a time: when a room is open and free, and everybody who is to come, for as long as it takes."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from producerdesk.kit import clock
from sessions.booking import away, imported
from sessions.booking.holds import standing
from sessions.booking.hours import Hours
from sessions.booking.models import LONGEST_SLOT, BookingSlot, Resource
from sessions.models.studio import Room

DAY, STEP = timedelta(days=1), timedelta(minutes=30)
Spans = tuple[list[datetime], list[datetime]]  # starts and ends of spans that never touch, in order


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: so long a time on days from `first` to `last`, begun and ended within hours of the day.

    The hours are those of the room's clock; closing not after opening means the next day. A session of a day and
    longer has only to begin within them. Holds of others count as taken, unless a `hold` is looked for: they line up.
    """

    length: timedelta
    first: date
    last: date
    opens: time
    closes: time
    hold: bool = False


def starts(
    search: Search, rooms: Sequence[Room], people: Iterable[int], now: datetime, gear: Sequence[int] = ()
) -> dict[int, list[datetime]]:
    """Return, by room, when a session there might begin, on the half-hour from opening on.

    Three queries, and one more with gear.
    `rooms` come with their studio; `people` are contributors' ids, `gear` those of items.
    """
    mine, theirs = _resources(rooms, people, gear)
    repairs = away.repairs_of(gear, search.first - DAY, search.last + LONGEST_SLOT)
    taken = _taken(search, [*mine.values(), *theirs], now)
    busy = _joined(span for key in theirs for span in taken.get(key, ()))
    found = {}
    for room in rooms:
        before, after = timedelta(minutes=room.setup_minutes), timedelta(minutes=room.reset_minutes)
        here = _joined(taken.get(mine.get(room.pk, 0), ()))
        hours = Hours(room.studio)
        free = [
            at
            for at in _candidates(search, ZoneInfo(room.studio.time_zone))
            if at > now
            and _is_free(here, at - before, at + search.length + after)
            and _is_free(busy, at, at + search.length)
        ]
        zone = room.studio.time_zone
        found[room.pk] = [
            at
            for at in free
            if hours.covers(at, at + search.length)
            and not any(away.away(repairs, key, at, at + search.length, zone) for key in repairs)
        ]
    return found


def _candidates(search: Search, place: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants at which it might begin by the hours of the day alone, those that no clock shows left out."""
    day = search.first
    while day <= search.last:
        wall = datetime.combine(day, search.opens)
        closes = datetime.combine(day if search.closes > search.opens else day + DAY, search.closes)
        end = closes.replace(tzinfo=place).astimezone(UTC)
        while wall < closes:
            at = wall.replace(tzinfo=place).astimezone(UTC)
            if clock.exists(wall, place) and (search.length >= DAY or at + search.length <= end):
                yield at
            wall += STEP
        day += DAY


def _resources(rooms: Sequence[Room], people: Iterable[int], gear: Sequence[int]) -> tuple[dict[int, int], list[int]]:
    """Return the resources of rooms, by the room's id, and of people and gear. What was never booked has none.

    One query.
    """
    wanted = list(people)
    of_people = Q(contributor__in=wanted) | Q(user__contributors__in=wanted)
    rows = Resource.objects.filter(Q(room__in=[room.pk for room in rooms]) | of_people | Q(gear__in=list(gear)))
    mine: dict[int, int] = {}
    theirs: list[int] = []
    for pk, room_id in rows.distinct().values_list("pk", "room_id"):
        if room_id:
            mine[room_id] = pk
        else:
            theirs.append(pk)
    return mine, theirs


def _taken(search: Search, resource_ids: list[int], now: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """Return what is taken of each resource in the days of the search. Two queries."""
    counts = Q(state__in=BookingSlot.EXCLUDING)
    if not search.hold:
        counts |= Q(state=BookingSlot.State.HOLD) & standing("session__", now)
    begins = datetime.combine(search.first, time(), tzinfo=UTC) - 2 * DAY
    ends = datetime.combine(search.last, time(), tzinfo=UTC) + 3 * DAY + LONGEST_SLOT
    slots = BookingSlot.objects.filter(
        counts, resource__in=resource_ids, starts_at__gt=begins - LONGEST_SLOT, starts_at__lt=ends, ends_at__gt=begins
    )
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    taken = [*slots.values_list("resource_id", "starts_at", "ends_at"), *imported.spans_of(resource_ids, begins, ends)]
    for key, starts_at, ends_at in taken:
        found.setdefault(key, []).append((starts_at, ends_at))
    return found


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> Spans:
    starts: list[datetime] = []
    ends: list[datetime] = []
    for first, last in sorted(spans):
        if ends and first <= ends[-1]:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append(first)
            ends.append(last)
    return starts, ends


def _is_free(busy: Spans, begins: datetime, ends: datetime) -> bool:
    """Return whether nothing taken overlaps: the last span that starts before the end is over by the beginning."""
    starts, over = busy
    before = bisect_left(starts, ends) - 1
    return before < 0 or over[before] <= begins
