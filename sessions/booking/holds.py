"""The line of holds: which of them stand, who comes before whom, and how one moves up.

That a hold has lapsed is asked at the moment it matters and never written down, so nothing has to run for it. Its slots
stay where they are, in nobody's way. Places in line are numbers on the slots (`rank`, the lower goes first); what
people are shown is counted from those that stand, so that whoever waits moves up by itself.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sessions.booking.models import LONGEST_SLOT, BookingSlot
from sessions.models.session import StudioSession

HOLD = BookingSlot.State.HOLD


def standing(prefix: str, now: datetime) -> Q:
    """Return the filter for holds that have not lapsed; `prefix` leads to the session."""
    kept = Q(**{f"{prefix}hold_until": None}) | Q(**{f"{prefix}hold_until__gt": now})
    answered = Q(**{f"{prefix}answer_by": None}) | Q(**{f"{prefix}answer_by__gt": now})
    return kept & answered


def lapsed(session_ids: Iterable[int], now: datetime) -> set[int]:
    """Return which of these held sessions have lapsed. No query for none."""
    wanted = set(session_ids)
    if not wanted:
        return set()
    return wanted - set(StudioSession.objects.filter(standing("", now), pk__in=wanted).values_list("pk", flat=True))


def ranks(session_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """Return the place in line of each held session: 1 is the first hold. The worst of its room and its people counts.

    One query; none for no sessions.
    """
    wanted = set(session_ids)
    if not wanted:
        return {}
    before = _beside(now).filter(rank__lt=OuterRef("rank")).order_by().values("state")
    ahead = Subquery(before.annotate(n=Count("pk")).values("n"))
    slots = BookingSlot.objects.filter(session_id__in=wanted, state=HOLD).annotate(ahead=Coalesce(ahead, 0))
    found = dict.fromkeys(wanted, 1)
    for pk, count in slots.order_by().values_list("session_id", "ahead"):
        found[pk] = max(found[pk], 1 + count)
    return found


def ahead_of(session: StudioSession, now: datetime) -> list[BookingSlot]:
    """Return the slots of the holds that stand before this one, each with its session and that session's desk."""
    own = list(session.slots.filter(state=HOLD))
    overlap = Q(pk__in=())
    for slot in own:
        overlap |= Q(resource_id=slot.resource_id, rank__lt=slot.rank) & during(slot)
    rows = BookingSlot.objects.filter(overlap, standing("session__", now), state=HOLD).exclude(session_id=session.pk)
    return list(rows.select_related("session__desk", "session__booked_by").order_by("starts_at", "rank", "pk"))


def booked_over(session: StudioSession) -> bool:
    """Return whether something was booked in the time of a hold since: it cannot be confirmed then."""
    overlap = Q(pk__in=())
    for slot in session.slots.filter(state=HOLD):
        overlap |= Q(resource_id=slot.resource_id) & during(slot)
    return BookingSlot.objects.filter(overlap, state__in=BookingSlot.EXCLUDING).exclude(session_id=session.pk).exists()


def to_front(session: StudioSession, now: datetime) -> None:
    """Put a hold before all others that stand; their own order stays. Call it with the resources locked."""
    for slot in session.slots.filter(state=HOLD):
        beside = BookingSlot.objects.filter(during(slot), standing("session__", now), resource_id=slot.resource_id)
        others = beside.filter(state=HOLD).exclude(session_id=session.pk).values_list("rank", flat=True)
        first = min(others, default=slot.rank + 1)
        if first <= slot.rank:
            BookingSlot.objects.filter(pk=slot.pk).update(rank=first - 1)


def during(slot: BookingSlot) -> Q:
    """Return the filter for slots that overlap this one."""
    return Q(starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at, starts_at__gt=slot.starts_at - LONGEST_SLOT)


def _beside(now: datetime) -> QuerySet:
    """Return the holds that stand and overlap the slot outside of this query."""
    return BookingSlot.objects.filter(
        standing("session__", now),
        resource_id=OuterRef("resource_id"),
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
        starts_at__gt=OuterRef("starts_at") - LONGEST_SLOT,
        state=HOLD,
    ).exclude(session_id=OuterRef("session_id"))
