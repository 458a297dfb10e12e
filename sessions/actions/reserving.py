"""Which gear a session has reserved, changed for one date of a series or for more: all of them or none."""

from collections.abc import Sequence

from producerdesk.kit.viewer import Viewer
from sessions import challenges
from sessions.actions import plans
from sessions.actions.dates import ONE, lock_all, ours
from sessions.actions.noting import note_session
from sessions.actions.standing import called, changing, must_be_live, take_time, whole
from sessions.booking.clashes import NotFree, NotFreeOn, books
from sessions.models import Gear, StudioSession


@books
def reserve_gear(
    *,
    viewer: Viewer,
    session: StudioSession,
    gear: Sequence[Gear] = (),
    scope: str = ONE,
    expected: int | None = None,
) -> StudioSession:
    """Let a session have exactly this gear. Raises Clash where an item is taken or out for repair."""
    plans.check_gear(gear, session.project)
    wanted = {item.pk for item in gear}
    alone = scope == ONE or session.series_id is None
    dates = [changing(session, expected)] if alone else ours(session, scope, expected)
    for each in dates:
        must_be_live(each)
    changed = [each for each in dates if {item.pk for item in each.reserved()} != wanted]
    for each in changed:
        each.reserves = list(gear)
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
        raise NotFreeOn(refused, len(dates))
    return whole(session.pk)


def _write(session: StudioSession, viewer: Viewer) -> None:
    take_time(session, called(session), viewer)
    session.gear.set(session.reserved())
    session.save(update_fields=["updated_at"])
    challenges.settle(session)
    note_session(session, "reserved", viewer)
