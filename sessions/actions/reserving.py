"""Which gear sessions have reserved, changed for one date of a series or for more: all of them or none."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TypedDict

from producerdesk.kit.errors import Refused
from producerdesk.kit.viewer import Viewer
from sessions import challenges
from sessions.actions import plans
from sessions.actions.dates import (
    ONE,
    OfDate,
    day_of,
    in_order_of_day,
    lock_all,
    ours,
    ours_at,
    told_with,
    versions_of,
)
from sessions.actions.noting import note_session
from sessions.actions.standing import called, changing, must_be_live, take_time
from sessions.booking.clashes import NotFree, NotFreeOn, books
from sessions.models import Gear, StudioSession


class GearBefore(OfDate):
    """What a date had, by id, before it was changed."""

    gear: list[int]


class GearOfDate(TypedDict):
    """What a date is to have, if its version is still the one that was read."""

    session: StudioSession
    version: int
    gear: Sequence[Gear]


@books
def reserve_gear(
    *,
    viewer: Viewer,
    session: StudioSession,
    gear: Sequence[Gear] = (),
    scope: str = ONE,
    expected: int | None = None,
) -> list[GearBefore]:
    """Let a session have exactly this gear; return what each date that changed had before.

    Raises Clash where an item is taken or out for repair.
    """
    plans.check_gear(gear, session.project)
    alone = scope == ONE or session.series_id is None
    dates = [changing(session, expected)] if alone else ours(session, scope, expected)
    for each in dates:
        with nullcontext() if alone else told_with(day_of(each)):
            must_be_live(each)
    return _reserve(dates, {each.pk: gear for each in dates}, viewer, alone=alone)


@books
def reserve_on_dates(*, viewer: Viewer, dates: Sequence[GearOfDate]) -> list[GearBefore]:
    """Let each of these dates have the gear that is said of it: so is a change of several dates taken back.

    A hold that gives an item up and takes it again comes last in the line for it.
    """
    wanted = {each["session"].pk: each["gear"] for each in dates}
    for number, each in enumerate(dates):
        try:
            plans.check_gear(each["gear"], each["session"].project)
        except Refused as error:
            raise Refused({f"dates.{number}.{name}": texts for name, texts in error.fields.items()}) from None
    found = ours_at({each["session"].pk: each["version"] for each in dates})
    for date in found:
        with told_with(day_of(date)):
            must_be_live(date)
    return _reserve(found, wanted, viewer, alone=len(found) == 1)


def _reserve(
    dates: Sequence[StudioSession], wanted: Mapping[int, Sequence[Gear]], viewer: Viewer, *, alone: bool
) -> list[GearBefore]:
    """Write what dates whose rows are ours, and which stand, are to have."""
    had = {each.pk: [item.pk for item in each.reserved()] for each in dates}
    changed = [each for each in dates if set(had[each.pk]) != {item.pk for item in wanted[each.pk]}]
    for each in changed:
        each.reserves = list(wanted[each.pk])
    lock_all(changed)
    refused = []
    for each in changed:
        try:
            _write(each, viewer)
        except NotFree as error:
            refused.append(error)
    if refused and alone:
        raise refused[0]
    if refused:
        raise NotFreeOn(in_order_of_day(refused), len(dates))
    now = versions_of(changed)
    return [{"session": each.pk, "version": now[each.pk], "gear": had[each.pk]} for each in changed]


def _write(session: StudioSession, viewer: Viewer) -> None:
    take_time(session, called(session), viewer)
    session.gear.set(session.reserved())
    session.save(update_fields=["updated_at"])
    challenges.settle(session)
    note_session(session, "reserved", viewer)
