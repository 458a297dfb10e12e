"""When everything somebody wishes for is free."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from producerdesk.kit import clock
from producerdesk.kit.prepared import at_once, prepared
from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import NOBODY, Viewer
from sessions.booking import away, imported
from sessions.booking.holds import standing
from sessions.booking.hours import Hours
from sessions.booking.models import LONGEST_SLOT, BookingSlot
from sessions.booking.slots import Want

DAYS = 14  # how far ahead to look
OPENS, CLOSES = time(8), time(22)  # when people like to work
STEP = timedelta(minutes=30)
FINE_STEP = timedelta(minutes=15)
OFFERED = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """A session somebody wants, and the resources that it needs at that time."""

    wants: tuple[Want, ...]
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    confirmed: bool
    session_id: int | None = None  # its own slots are in nobody's way
    hours: Hours | None = None  # of the studio, where it counts

    @property
    def length(self) -> timedelta:
        """How long it takes."""
        return self.ends_at - self.starts_at


def free_spans(wish: Wish, *, now: datetime) -> list[dict]:
    """Return up to three times in which all of it is free: on each of the next days the one nearest to the wished hour.

    Within the studio's opening hours, else within day hours in the session's zone, unless the wish itself lies outside
    of them. Two queries, on PostgreSQL in one, and one more where gear is wished for.
    """
    place = ZoneInfo(wish.time_zone)
    first = max(wish.starts_at, now).astimezone(place).date()
    busy = _busy(wish, first, place, now)
    gear_ids = [want.gear_id for want in wish.wants if want.gear_id]
    # what a night begins is over on the next days
    repairs = away.repairs_of(gear_ids, first - LONGEST_SLOT, first + timedelta(days=DAYS) + LONGEST_SLOT)
    found = []
    for offset in range(DAYS):
        day = first + timedelta(days=offset)
        for starts_at in _starts(wish, day, place):
            if starts_at <= now or starts_at == wish.starts_at:
                continue
            shift = starts_at - wish.starts_at
            if _is_open(wish, starts_at) and _free(wish, shift, busy) and not _is_away(wish, shift, repairs):
                found.append(span(starts_at, starts_at + wish.length, wish.time_zone))
                break
        if len(found) == OFFERED:
            break
    return found


def _starts(wish: Wish, day: date, place: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants at which a session might begin that day, the nearest to the wished hour first."""
    wished = wish.starts_at.astimezone(place).time().replace(fold=0)
    step = STEP if wished.minute % 30 == 0 else FINE_STEP
    opens, closes = datetime.combine(day, OPENS), datetime.combine(day, CLOSES)
    has_hours = wish.hours is not None and wish.hours.week
    by_day = not has_hours and wished >= OPENS and datetime.combine(day, wished) + wish.length <= closes
    wall, last = (opens, closes - wish.length) if by_day else (datetime.combine(day, time.min), closes.replace(hour=23))
    walls = {datetime.combine(day, wished)}
    while wall <= last:
        walls.add(wall)
        wall += step
    for near in sorted(walls, key=lambda at: (abs(at - datetime.combine(day, wished)), at)):
        if clock.exists(near, place):
            yield near.replace(tzinfo=place).astimezone(UTC)


def _is_open(wish: Wish, starts_at: datetime) -> bool:
    return wish.hours is None or wish.hours.covers(starts_at, starts_at + wish.length)


Busy = dict[int, tuple[list[datetime], list[datetime]]]  # resource: starts and ends of spans that never touch


def _busy(wish: Wish, first: date, place: ZoneInfo, now: datetime) -> Busy:
    opens = datetime.combine(first, time(0), tzinfo=place).astimezone(UTC) - LONGEST_SLOT
    closes = opens + timedelta(days=DAYS + 1) + 2 * LONGEST_SLOT
    keys = sorted({want.resource_id for want in wish.wants})
    slots = _taken(
        NOBODY,
        keys=keys,
        since=opens - LONGEST_SLOT,
        until=closes,
        now=now,
        confirmed=wish.confirmed,
        but=wish.session_id,
    )
    _none, [taken, spans] = at_once([], [slots, imported.spans_in(NOBODY, keys=keys, since=opens, until=closes)])
    busy: Busy = {want.resource_id: ([], []) for want in wish.wants}
    for key, starts_at, ends_at in sorted([*taken, *spans], key=lambda each: each[1]):
        starts, ends = busy[key]
        if ends and starts_at <= ends[-1]:
            ends[-1] = max(ends[-1], ends_at)
        else:
            starts.append(starts_at)
            ends.append(ends_at)
    return busy


@prepared
def _taken(
    viewer: Viewer,
    keys: list[int],
    since: datetime,
    until: datetime,
    now: datetime,
    confirmed: bool,
    but: int | None,
) -> QuerySet:
    """Return resource, start and end of the slots that are in the way of a wish, but for those of one session."""
    counts = Q(state__in=BookingSlot.EXCLUDING)
    if confirmed:
        counts |= Q(state=BookingSlot.State.HOLD) & standing("session__", now)
    slots = BookingSlot.objects.filter(counts, resource_id__among=keys, starts_at__gt=since, starts_at__lt=until)
    if but is not None:
        slots = slots.exclude(session_id=but)
    return slots.order_by().values_list("resource_id", "starts_at", "ends_at")


def _free(wish: Wish, shift: timedelta, busy: Busy) -> bool:
    for want in wish.wants:
        starts, ends = busy[want.resource_id]
        before = bisect_left(starts, want.ends_at + shift) - 1  # the last that starts before the want ends
        if before >= 0 and ends[before] > want.starts_at + shift:
            return False
    return True


def _is_away(wish: Wish, shift: timedelta, repairs: away.Repairs) -> bool:
    return bool(repairs) and any(
        away.away(repairs, want.gear_id, want.starts_at + shift, want.ends_at + shift, wish.time_zone)
        for want in wish.wants
        if want.gear_id
    )


def span(starts_at: datetime, ends_at: datetime, zone: str) -> dict:
    """Return a span as the API says it: its instants, and the wall times they are in the zone."""
    first, last = clock.wall(starts_at, zone), clock.wall(ends_at, zone)
    return {
        "starts_at": utc(starts_at),
        "ends_at": utc(ends_at),
        "time_zone": zone,
        "starts_local": first.local,
        "ends_local": last.local,
        "starts_fold": first.fold,
        "ends_fold": last.fold,
    }
