"""Changing dates of a series: one, this and the later ones, or all that are to come. All of them or none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from producerdesk.kit import clock, moments
from producerdesk.kit.errors import Conflict, Refused, Stale
from producerdesk.kit.viewer import Viewer
from sessions import reminders
from sessions.actions.changes import cancel_session, move_session, relocate, stand_again_as_before, update_session
from sessions.actions.plans import KEEP
from sessions.actions.standing import LIVE, answering, called, changing, must_be_live, whole
from sessions.booking.clashes import NotFree, NotFreeOn, books
from sessions.booking.resources import lock, resources_for
from sessions.booking.slots import Taken
from sessions.models import BookingSlot, SessionSeries, StudioSession

ONE, LATER, ALL = "one", "later", "all"


class OfDate(TypedDict):
    """A date that was changed, and the version it has since: sent back with it, the change is undone."""

    session: int
    version: int


@books
def move_dates(
    *,
    viewer: Viewer,
    session: StudioSession,
    starts_local: str,
    ends_local: str,
    scope: str = ONE,
    expected: int | None = None,
    **said: Any,
) -> StudioSession:
    """Give dates of a series other hours or another place, each as many days on as this one.

    Dates that were moved alone stay where they are. Raises Clash with every clash and its day.
    """
    typed = {"starts_local": starts_local, "ends_local": ends_local} | said
    if scope == ONE or session.series_id is None:
        return move_session(viewer=viewer, session=session, expected=expected, **typed)
    dates = ours(session, scope, expected)
    here = next(each for each in dates if each.pk == session.pk)
    must_be_live(here, lapsed=True)
    dates = [each for each in dates if each.pk == here.pk or not each.apart]
    lock_all(dates, said.get("room", KEEP))
    starts, ends = datetime.fromisoformat(starts_local), datetime.fromisoformat(ends_local)
    shift = starts.date() - day_of(here)
    # later ones make room for earlier ones, or the other way round
    later = starts > datetime.fromisoformat(here.starts_local)
    refused: list[NotFree] = []
    in_order = sorted(dates, key=lambda each: each.starts_at, reverse=later)
    with reminders.in_one_letter():
        for each in in_order:
            day = day_of(each) + shift
            hours = {
                "starts_local": f"{day.isoformat()}T{starts:%H:%M}",
                "ends_local": f"{(day + (ends.date() - starts.date())).isoformat()}T{ends:%H:%M}",
            }
            try:
                _relocate(each, viewer, day, said | hours)
            except NotFree as error:
                refused.append(error)
    if refused:
        raise _of_others(refused, {each.pk for each in dates}, len(dates))
    if shift:
        _follow(here, dates, shift, scope)
    return whole(session.pk)


def _relocate(session: StudioSession, viewer: Viewer, day: date, said: dict[str, Any]) -> None:
    folds = {name: said.get(name) or 0 for name in ("starts_fold", "ends_fold")}
    with told_with(day):
        relocate(session, viewer, **said | folds)


def day_of(session: StudioSession) -> date:
    """Return the day of a date, as the calendar on its wall shows it."""
    return date.fromisoformat(session.starts_local[:10])


@contextmanager
def told_with(day: date) -> Iterator[None]:
    """Say the day in what is refused of one date."""
    said = moments.day(day)
    try:
        yield
    except Refused as error:
        fields = {name: [f"{said}: {text}" for text in texts] for name, texts in error.fields.items()}
        raise Refused(fields) from None
    except Conflict as error:
        raise Conflict(f"{said}: {error.detail}") from None


@transaction.atomic
def cancel_dates(
    *, viewer: Viewer, session: StudioSession, scope: str = ONE, expected: int | None = None, **said: Any
) -> list[OfDate]:
    """Cancel dates of a series: each as if alone, with the fee that its notice asks for.

    Return the dates that were cancelled now. Those that were so before are none of them, and stay as they are.
    """
    alone = scope == ONE or session.series_id is None
    found = [answering(key) for key in ([session.pk] if alone else keys_of(session, scope))]
    changed = []
    with nullcontext() if alone else reminders.in_one_letter():
        for each in found:
            if each.state in LIVE or (each.pk == session.pk and each.state != StudioSession.State.CANCELLED):
                read = expected if each.pk == session.pk else None
                changed.append(cancel_session(viewer=viewer, session=each, expected=read, **said))
    now = versions_of(changed)
    return [{"session": each.pk, "version": now[each.pk]} for each in changed]


@books
def restore_dates(*, viewer: Viewer, dates: Mapping[int, int]) -> list[StudioSession]:
    """Take the cancellation of several dates back, by id and version: all of them, or none if one cannot be had.

    Each stands again as `restore_session` lets it stand: a booking at the price of today's rates, a hold with a new end
    and last in line, challenged by nobody.
    """
    found = ours_at(dates)
    lock_all(found)
    refused = []
    with reminders.in_one_letter():
        for each in found:
            try:
                with told_with(day_of(each)):
                    stand_again_as_before(each, viewer)
            except NotFree as error:
                refused.append(error)
    if refused:
        raise refused[0] if len(found) == 1 else NotFreeOn(in_order_of_day(refused), len(found))
    return found


@transaction.atomic
def update_dates(
    *, viewer: Viewer, session: StudioSession, scope: str = ONE, expected: int | None = None, **said: Any
) -> StudioSession:
    """Change what dates of a series are about."""
    if scope == ONE or session.series_id is None:
        return update_session(viewer=viewer, session=session, expected=expected, **said)
    with reminders.in_one_letter():
        for each in ours(session, scope, expected):
            update_session(viewer=viewer, session=each, **said)
    return whole(session.pk)


def ours(session: StudioSession, scope: str, expected: int | None) -> list[StudioSession]:
    """Return the dates that are to change, this one among them, their rows ours: taken in one order and before all."""
    keys = keys_of(session, scope)
    rows = [changing(StudioSession(pk=key), expected if key == session.pk else None) for key in keys]
    return [row for row in rows if row.pk == session.pk or row.state in LIVE]


def keys_of(session: StudioSession, scope: str) -> list[int]:
    """Return the ids of the dates that are meant, this one among them, in the order in which they are locked."""
    session.refresh_from_db()
    siblings = StudioSession.objects.filter(series=session.series_id, state__in=LIVE, ends_at__gt=clock.now())
    if scope == LATER:
        siblings = siblings.filter(starts_at__gte=session.starts_at)
    return sorted({session.pk, *siblings.values_list("pk", flat=True)})


def ours_at(versions: Mapping[int, int]) -> list[StudioSession]:
    """Return the dates with these ids, their rows ours. Raises Stale, and says which, where a version is another."""
    found, stale = [], []
    for key in sorted(versions):
        try:
            found.append(changing(StudioSession(pk=key), versions[key]))
        except Stale:
            stale.append(key)
    if stale:
        rows = StudioSession.objects.filter(pk__in=stale).order_by("starts_at", "pk")
        days = [moments.day(at, zone) for at, zone in rows.values_list("starts_at", "time_zone")]
        raise Stale(detail=_("Changed in the meantime: %(days)s. Nothing was put back.") % {"days": ", ".join(days)})
    return found


def versions_of(dates: Iterable[StudioSession]) -> dict[int, int]:
    """Return the versions that dates have by now: what follows from a change may change them once more."""
    return dict(StudioSession.objects.filter(pk__in=[each.pk for each in dates]).values_list("pk", "version"))


def lock_all(dates: Sequence[StudioSession], room: Any = KEEP) -> None:
    """Lock what the dates have and what they will need, all at once: one after another would be in no order."""
    people = {call.contributor_id for each in dates for call in called(each)}
    gear = {item.pk for each in dates for item in each.reserved()}
    rooms = {each.room_id for each in dates} if room is KEEP else {room.pk if room else None}
    keys = set(BookingSlot.objects.filter(session__in=dates).values_list("resource_id", flat=True))
    for room_id in sorted(key or 0 for key in rooms):
        found = resources_for(room_id=room_id or None, contributor_ids=people, gear_ids=gear)
        keys |= {*found.people.values(), *found.gear.values(), *([found.room] if found.room else [])}
    lock(keys)


def _of_others(refused: list[NotFree], ours: set[int], dates: int) -> NotFreeOn | Refused:
    """Return the clashes with others: dates that could not move are in the way of each other, too."""
    left = []
    for error in refused:
        if isinstance(error.taken, Taken):
            error.taken.pairs = [pair for pair in error.taken.pairs if pair[1].session_id not in ours]
            if not error.taken.pairs and not error.taken.away:
                continue
        left.append(error)
    if not left:
        return Refused({"ends_local": _("The dates would overlap one another.")})
    return NotFreeOn(in_order_of_day(left), dates)


def in_order_of_day(refused: Iterable[NotFree]) -> list[NotFree]:
    """Return what is refused of several dates as it is told: the first day first. They were locked in another order."""
    return sorted(refused, key=lambda error: error.wish.starts_at)


def _follow(session: StudioSession, dates: Sequence[StudioSession], shift: timedelta, scope: str) -> None:
    """Let the series say the weekdays it is on now. Later dates alone become a series of their own."""
    series = session.series
    if series is None:
        return
    weekdays = sorted((number + shift.days) % 7 for number in series.weekdays)
    if scope == ALL:
        SessionSeries.objects.filter(pk=series.pk).update(weekdays=weekdays)
        return
    series.pk, series.weekdays, series.count = None, weekdays, len(dates)
    series._state.adding = True
    series.save()
    for number, each in enumerate(sorted(dates, key=lambda each: each.starts_at), start=1):
        StudioSession.objects.filter(pk=each.pk).update(series=series, series_number=number)
