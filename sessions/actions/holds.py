"""What becomes of a hold before it is booked: kept longer, released, put first, or asked to make room."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict
from producerdesk.kit.viewer import Viewer
from sessions import challenges
from sessions.actions import plans
from sessions.actions.changes import cancel_session, check_all
from sessions.actions.noting import note_session
from sessions.actions.standing import State, called, changing, must_be_live, take_time, wants_for, wish_for
from sessions.booking import holds
from sessions.booking.beside import InTheWay
from sessions.booking.clashes import NotFree, books
from sessions.booking.models import BookingSlot
from sessions.booking.resources import lock
from sessions.booking.slots import Taken, Want
from sessions.models import StudioSession

DAY = timedelta(days=1)


@books
def keep_hold(
    *,
    viewer: Viewer,
    session: StudioSession,
    hold_until: datetime | str | None = None,
    expected: int | None = None,
) -> StudioSession:
    """Let a hold stand until then, or as long from now as its desk's holds do. A challenge is not answered by that.

    One that has lapsed is renewed: it comes last in line. Raises Clash if something was booked since.
    """
    session = _held(session, expected, lapsed=True)
    now = clock.now()
    lapsed = session.has_lapsed(now)
    if lapsed:
        calls = called(session)
        check_all(session, calls)
        plans.hold_anew(session, now, hold_until)
        take_time(session, calls, viewer, anew=True)
    else:
        session.hold_until = plans.hold_end(session, now, hold_until)
    session.save(update_fields=["hold_until", "answer_by", "challenged_by", "updated_at"])
    note_session(session, "renewed" if lapsed else "kept", viewer, until=session.hold_until)
    return session


@transaction.atomic
def release_hold(*, viewer: Viewer, session: StudioSession, expected: int | None = None) -> StudioSession:
    """Give a hold up: whoever comes after it moves up. It can be restored, and is last in line then."""
    session = _held(session, expected, lapsed=True)
    return cancel_session(viewer=viewer, session=session)


@books
def promote_hold(*, viewer: Viewer, session: StudioSession, expected: int | None = None) -> StudioSession:
    """Make it the first hold. Raises Clash where somebody whose sessions the viewer does not plan comes before it."""
    session = _held(session, expected)
    now = clock.now()
    _lock(session)
    ahead = holds.ahead_of(session, now)
    if not ahead:
        return session
    strange = [slot for slot in ahead if not _plans(viewer, slot.session)]
    if strange:
        raise _in_the_way(session, strange, viewer)
    holds.to_front(session, now)
    challenges.settle(session)
    note_session(session, "promoted", viewer)
    return session


@transaction.atomic
def challenge_hold(*, viewer: Viewer, session: StudioSession, expected: int | None = None) -> StudioSession:
    """Ask every hold before this one to be confirmed or released by a deadline; after it they have lapsed.

    The deadline is as their desk gives it, at the latest when their session begins. Who holds them is told at once.
    Raises Conflict where none comes before it, and where something was booked, so that it would help nobody.
    """
    session = _held(session, expected)
    now = clock.now()
    if session.ends_at <= now:
        raise Conflict(_("This session is over."))
    _lock(session)
    ahead = {slot.session_id: slot.session for slot in holds.ahead_of(session, now)}
    if not ahead:
        raise Conflict(_("No hold stands before this one."))
    if holds.booked_over(session):
        raise Conflict(_("Something was booked at that time since. A challenge would not free it."))
    asked = [each for each in challenges.ours_now(ahead) if each.answer_by is None]
    for each in asked:
        challenges.ask(each, by=session, now=now)
        if each.desk_id == session.desk_id:  # another desk hears of it, and not by whom
            note_session(each, "challenged", viewer, until=each.answer_by)
    last = max((each.answer_by for each in asked if each.answer_by), default=now)
    if session.hold_until is not None and session.hold_until < last + DAY:
        # it would be of no use to lapse together
        session.hold_until = last + DAY
        session.save(update_fields=["hold_until", "updated_at"])
    if asked:
        note_session(session, "challenging", viewer, until=last)
    return session


def _held(session: StudioSession, expected: int | None, *, lapsed: bool = False) -> StudioSession:
    session = changing(session, expected)
    must_be_live(session, lapsed=lapsed)
    if session.state != State.HOLD:
        raise Conflict(_("This is booked, no hold any more."))
    return session


def _lock(session: StudioSession) -> None:
    lock(session.slots.values_list("resource_id", flat=True))


def _plans(viewer: Viewer, session: StudioSession) -> bool:
    return viewer.can(SCHEDULE_WRITE, desk_id=session.desk_id, project_id=session.project_id)


def _in_the_way(session: StudioSession, slots: list[BookingSlot], viewer: Viewer) -> NotFree:
    wants = wants_for(session, called(session))
    by_resource = {want.resource_id: want for want in wants}
    pairs: list[tuple[Want, InTheWay]] = [
        (by_resource[slot.resource_id], slot) for slot in slots if slot.resource_id in by_resource
    ]
    return NotFree(Taken(pairs), wish_for(session, wants), viewer)
