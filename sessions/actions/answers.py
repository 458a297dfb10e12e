"""What people answer to a call, and what the producer says to another time they propose."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from producerdesk.accounts.roles import BUDGET_READ
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.models import bump
from producerdesk.kit.viewer import Viewer
from sessions import reminders
from sessions.actions import plans
from sessions.actions.changes import shift
from sessions.actions.noting import note_call
from sessions.actions.plans import when_at, when_of
from sessions.actions.standing import State, answering, called, changing, commit_money, must_be_live, take_time
from sessions.booking.clashes import books
from sessions.models import Call, StudioSession

Answer = Call.Answer
FARTHEST_PROPOSAL = timedelta(days=366)
MOVE_CALL, MOVE_SESSION = "call", "session"  # what an accepted proposal moves


@books
def confirm_call(*, viewer: Viewer, call: Call, expected: int | None = None) -> Call:
    """Say yes. After a no the person's time is taken again: raises Clash if it is gone."""
    session = _answered(call, expected)
    returned = call.answer == Answer.DECLINED
    _write(call, Answer.CONFIRMED, "")
    note_call(session, call, "confirmed", viewer)
    if returned:
        _account_for(session, viewer, call)
        if session.state == State.CONFIRMED:
            reminders.remind(session, [call])
    reminders.tell_producer(session, call, by=viewer.user_id)
    return call


@books
def decline_call(*, viewer: Viewer, call: Call, reason: str = "", expected: int | None = None) -> Call:
    """Say no: the person's time is free again, what it would have cost is released, nothing reminds of it."""
    session = _answered(call, expected)
    _write(call, Answer.DECLINED, reason)
    note_call(session, call, "declined", viewer)
    _account_for(session, viewer, call)
    reminders.stop_reminding(call, gettext_noop("Has said no."))
    reminders.tell_producer(session, call, by=viewer.user_id)
    return call


@transaction.atomic
def propose_time(
    *,
    viewer: Viewer,
    call: Call,
    proposed_local: str,
    proposed_fold: int | None = None,
    reason: str = "",
    expected: int | None = None,
) -> Call:
    """Ask for another call time, on the session's clock. The time called for stays kept until the producer answers."""
    session = _answered(call, expected)
    if call.answer == Answer.DECLINED:
        raise Conflict(_("You said no to this session. Say yes first, then propose another time."))
    proposed_at = clock.resolve(proposed_local, session.time_zone, proposed_fold, field="proposed_local")
    _ask_for(session, call, proposed_at, reason, field="proposed_local")
    note_call(session, call, "proposed", viewer, at=proposed_at)
    reminders.tell_producer(session, call, by=viewer.user_id)
    return call


def _ask_for(session: StudioSession, call: Call, proposed_at: datetime, reason: str, *, field: str) -> None:
    now = clock.now()
    if proposed_at <= now:
        raise Refused({field: _("This is past.")})
    if proposed_at > now + FARTHEST_PROPOSAL:
        raise Refused({field: _("This is more than a year away.")})
    if proposed_at == call.call_at:
        raise Refused({field: _("This is when you are called.")})
    call.proposed_local, call.proposed_at = clock.wall(proposed_at, session.time_zone).local, proposed_at
    _write(call, Answer.PROPOSED, reason, proposal=True)


@books
def accept_proposal(*, viewer: Viewer, call: Call, move: str = MOVE_CALL, expected: int | None = None) -> Call:
    """Take a proposed time: for this person alone, or for the whole session, which then moves by as much.

    Checked again: raises Clash if it is not free. The person who proposed it has said yes by that.
    """
    session = changing(call.session)
    must_be_live(session)
    proposed_at = _proposal(call, session, expected)
    offset = proposed_at - call.call_at
    note_call(session, call, "accepted", viewer, at=proposed_at)
    if move == MOVE_SESSION:
        when = when_at(session.starts_at + offset, session.ends_at + offset, session.time_zone)
        session.outside_hours = False
        shift(session, when, viewer, agreed=call)
        call.refresh_from_db()
        return call
    when = when_of(session)
    if not when.starts_at - plans.EARLIEST_CALL <= proposed_at < when.ends_at:
        raise Refused({"move": _("That lies outside of the session: only the whole session can move there.")})
    plans.set_call_at(call, when, proposed_at)
    _write(call, Answer.CONFIRMED, "")
    _account_for(session, viewer, call)
    if session.state == State.CONFIRMED:
        reminders.tell_proposal_answered(session, [call])
    return call


@transaction.atomic
def keep_call(*, viewer: Viewer, call: Call, expected: int | None = None) -> Call:
    """Turn a proposal down: the call time stays, and the person is told and asked again."""
    session = changing(call.session)
    must_be_live(session)
    _proposal(call, session, expected)
    _write(call, Answer.PENDING, "")
    note_call(session, call, "kept", viewer, at=call.call_at)
    if session.state == State.CONFIRMED:
        reminders.tell_proposal_answered(session, [call])
    return call


@books
def reopen_proposal(
    *,
    viewer: Viewer,
    call: Call,
    proposed_at: datetime,
    call_at: datetime | None = None,
    reason: str = "",
    expected: int | None = None,
) -> Call:
    """Take back what the producer said to a proposal: it waits again, and the person is called at the time of before.

    `call_at` is that time, None where it stayed. Whom the answer has not reached yet hears nothing of all this. Raises
    Clash if the time of before is gone.
    """
    session = changing(call.session)
    must_be_live(session)
    bump(call, expected)
    call.session = session
    if call.removed_at is not None or call.answer not in (Answer.PENDING, Answer.CONFIRMED):
        raise Conflict(_("This was answered anew since."))
    moves = call_at is not None and call_at != call.call_at
    if call_at is not None and moves:
        plans.set_call_at(call, when_of(session), call_at, field="call_at")
    _ask_for(session, call, proposed_at, reason, field="proposed_at")
    note_call(session, call, "reopened", viewer, at=proposed_at)
    _account_for(session, viewer, call)
    if session.state == State.CONFIRMED:
        reminders.take_back_answer(session, call, moved=moves)
    return call


def mark_seen(*, call: Call) -> None:
    """Note that the person has opened the call, the first time. No change to anybody's plan, so no new version."""
    if call.seen_at is None:
        call.seen_at = clock.now()
        Call.objects.filter(pk=call.pk, seen_at=None).update(seen_at=call.seen_at)


def _answered(call: Call, expected: int | None) -> StudioSession:
    """Return the session of a call that may be answered now; both rows are ours. `expected` is the call's version."""
    session = answering(call.session_id)
    bump(call, expected)
    call.session = session
    if call.removed_at is not None:
        raise Conflict(_("You are not called to this session any more."))
    if session.state == State.CANCELLED:
        raise Conflict(_("This session was cancelled."))
    if session.state == State.WRAPPED or session.ends_at <= clock.now():
        raise Conflict(_("This session is over."))
    if session.has_lapsed(clock.now()):
        raise Conflict(_("This hold has expired: nobody is waiting for an answer."))
    return session


def _proposal(call: Call, session: StudioSession, expected: int | None) -> datetime:
    bump(call, expected)
    call.session = session
    if call.removed_at is not None or call.answer != Answer.PROPOSED or call.proposed_at is None:
        raise Conflict(_("No other time is proposed any more."))
    return call.proposed_at


def _write(call: Call, answer: Answer, reason: str, *, proposal: bool = False) -> None:
    call.answer, call.reason = answer, reason.strip()
    call.answered_at = None if answer == Answer.PENDING else clock.now()
    if not proposal:
        call.proposed_local, call.proposed_at = "", None
    call.clean_fields(exclude=["session", "contributor"])
    call.save()


def _account_for(session: StudioSession, viewer: Viewer, call: Call) -> None:
    """Bring time to who is to come now, and money to whether this person does.

    What is wrong with money is no matter of who only answers: it is not told, but an answer that costs has to wait.
    """
    calls = called(session)
    take_time(session, calls, viewer)
    try:
        commit_money(session, calls, viewer, only=call)
    except Refused:
        if viewer.can(BUDGET_READ, desk_id=session.desk_id, project_id=session.project_id):
            raise
        raise Conflict(_("Your producer has something to settle first. Please ask, then say yes again.")) from None
