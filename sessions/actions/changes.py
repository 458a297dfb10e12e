"""What becomes of a session: confirmed, moved, changed, cancelled, restored."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from budgets import actions as budgets
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.viewer import Viewer
from projects.models import Song
from sessions import cancelling, challenges, polls, reminders
from sessions.actions import plans
from sessions.actions.entering import GIVEN_ROWS
from sessions.actions.noting import note_session
from sessions.actions.plans import KEEP, When
from sessions.actions.standing import (
    State,
    called,
    changing,
    commit_money,
    must_be_live,
    must_be_open,
    present,
    source_of,
    take_time,
)
from sessions.booking.clashes import books
from sessions.booking.slots import release
from sessions.models import Call, DatePoll, PollReply, Room, StudioSession

Answer = Call.Answer


@books
def confirm_session(*, viewer: Viewer, session: StudioSession, expected: int | None = None) -> StudioSession:
    """Make a booking of a hold. Raises Clash if something was booked since, or is held by somebody before it.

    One that has lapsed has no place in line any more: it is booked if everything is free, holds included.
    """
    poll = polls.open_poll_of(session)  # locked before any of its sessions, so that two of them never wait crosswise
    session = changing(session, expected)
    must_be_live(session, lapsed=True)
    if session.state == State.CONFIRMED:
        return session
    if poll is not None:
        _decide(poll, session, viewer)
    lapsed = session.has_lapsed(clock.now())
    session.state = State.CONFIRMED
    note_session(session, "confirmed", viewer)
    return _stand_again(session, viewer, anew=lapsed)


def _decide(poll: DatePoll, session: StudioSession, viewer: Viewer) -> None:
    """Close a poll with this slot: what else it holds is released, and who said yes to this one has answered."""
    release_slots(poll, viewer, but=session)
    polls.decide(poll, session)
    said = polls.answers_to(poll, session)
    for call in called(session):
        if said.get(call.contributor_id) == PollReply.Answer.YES and call.answer == Answer.PENDING:
            call.answer, call.answered_at = Answer.CONFIRMED, clock.now()
            _save_calls([call])


def release_slots(poll: DatePoll, viewer: Viewer, *, but: StudioSession | None = None) -> None:
    """Give up what a poll still holds. Nobody was told of the holds, so nobody hears of it."""
    held = StudioSession.objects.filter(poll_slot__poll=poll, state=State.HOLD).order_by("pk")
    for each in held:
        if each != but:
            cancel_session(viewer=viewer, session=each)


@books
def restore_session(*, viewer: Viewer, session: StudioSession, expected: int | None = None) -> StudioSession:
    """Take a cancellation back, as a hold if it was one. Raises Clash if something was booked since."""
    return stand_again_as_before(changing(session, expected), viewer)


def stand_again_as_before(session: StudioSession, viewer: Viewer) -> StudioSession:
    """Take the cancellation of a session whose row is ours back. Raises NotFree."""
    if session.state != State.CANCELLED:
        raise Conflict(_("This session is not cancelled."))
    session.state = session.restores_to or State.CONFIRMED
    session.restores_to = session.cancel_reason = ""
    if session.state == State.HOLD:
        plans.hold_anew(session, clock.now())
    note_session(session, "restored", viewer)
    return _stand_again(session, viewer, restored=True)


def _stand_again(
    session: StudioSession, viewer: Viewer, *, restored: bool = False, anew: bool = False
) -> StudioSession:
    """Take the session's time in its new state; when confirmed, commit its cost and invite everybody, asking anew."""
    calls = called(session)
    check_all(session, calls)
    take_time(session, calls, viewer, anew=anew)
    session.sequence += 1
    session.save(update_fields=["state", "restores_to", "cancel_reason", "hold_until", "sequence", "updated_at"])
    challenges.settle(session)
    if session.state == State.CONFIRMED:
        _save_calls(calls)
        if restored:
            # a fee that was spent for cancelling is part of the price again
            budgets.settle(project=session.project, source=source_of(session), lines=(), by=viewer.user_id)
        commit_money(session, calls, viewer)
        reminders.invite(session, present(calls))
    return session


@books
def move_session(*, viewer: Viewer, session: StudioSession, expected: int | None = None, **said: Any) -> StudioSession:
    """Give the session another time or place, as `relocate` takes it. Raises Clash and leaves it where it was.

    Call times keep their distance from the start. Who is to come is asked again when the time changes, and told.
    A hold that has lapsed stands again, last in line.
    """
    session = changing(session, expected)
    must_be_live(session, lapsed=True)
    session.apart = session.series_id is not None
    return relocate(session, viewer, **said)


def relocate(
    session: StudioSession,
    viewer: Viewer,
    *,
    starts_local: str,
    ends_local: str,
    starts_fold: int | None = None,
    ends_fold: int | None = None,
    room: Room | None = KEEP,
    remote_place: str = KEEP,
    time_zone: str = "",
    outside_hours: bool = False,
) -> StudioSession:
    """Give a session whose row is ours another time or place. Raises NotFree."""
    if remote_place is KEEP:
        # given a room, it is elsewhere no more
        remote_place = session.remote_place if room is KEEP or room is None else ""
    where = plans.plan_where(
        project=session.project,
        room=session.room if room is KEEP else room,
        remote_place=remote_place,
        time_zone=time_zone or session.time_zone,
    )
    when = plans.plan_when(
        starts_local=starts_local,
        ends_local=ends_local,
        time_zone=where.time_zone,
        starts_fold=starts_fold,
        ends_fold=ends_fold,
    )
    moved = (session.room_id, session.remote_place) != (where.room.pk if where.room else None, where.remote_place)
    session.room, session.remote_place = where.room, where.remote_place
    session.outside_hours = outside_hours
    return shift(session, when, viewer, moved=moved)


def shift(
    session: StudioSession, when: When, viewer: Viewer, *, moved: bool = False, agreed: Call | None = None
) -> StudioSession:
    """Write a new time into a session whose row is ours; `moved` says that the place is new.

    `agreed` is the call of somebody who proposed the time: that answer is a yes, and is told in its own way.
    """
    calls = called(session)
    lapsed = session.has_lapsed(clock.now())
    retimed = (session.starts_at, session.ends_at, session.time_zone) != (when.starts_at, when.ends_at, when.time_zone)
    if not retimed and not moved:
        return session
    was, was_zone, offset = session.starts_at, session.time_zone, when.starts_at - session.starts_at
    for call in calls:
        if call.call_at + offset >= when.ends_at:
            text = _("%(name)s would be called after the end.") % {"name": call.contributor.name}
            raise Refused({"ends_local": text})
        plans.set_call_at(call, when, call.call_at + offset, field="starts_local")
        if retimed:
            ask_again(call)
    if agreed is not None:
        agreed = next(call for call in calls if call.pk == agreed.pk)
        agreed.answer, agreed.answered_at = Answer.CONFIRMED, clock.now()
    plans.apply_when(session, when)
    check_all(session, calls)
    must_be_open(session, calls, viewer)
    session.clean_fields(exclude=GIVEN_ROWS)
    if lapsed:
        plans.hold_anew(session, clock.now())
    take_time(session, calls, viewer, anew=lapsed)
    session.sequence += 1
    session.save()
    challenges.settle(session)
    _save_calls(calls)
    commit_money(session, calls, viewer)
    note_session(session, "moved" if retimed else "relocated", viewer, was=was, was_zone=was_zone)
    if session.state == State.CONFIRMED:
        coming = present(calls)
        reminders.tell_moved(session, [call for call in coming if call is not agreed])
        reminders.tell_proposal_answered(session, [call for call in coming if call is agreed])
    return session


def ask_again(call: Call) -> None:
    """Forget an answer that was given to another plan. A no stays a no."""
    if call.answer != Answer.DECLINED:
        call.answer, call.answered_at, call.reason = Answer.PENDING, None, ""
        call.proposed_local, call.proposed_at = "", None


@transaction.atomic
def update_session(
    *,
    viewer: Viewer,
    session: StudioSession,
    kind: str = KEEP,
    title: str = KEEP,
    songs: Sequence[Song] = KEEP,
    prepare: str = KEEP,
    notes: str = KEEP,
    expected: int | None = None,
) -> StudioSession:
    """Change what the session is about. Nobody's calendar needs to hear of it."""
    session = changing(session, expected)
    said = {"kind": kind, "title": title, "prepare": prepare, "notes": notes}
    changed = {name: value for name, value in said.items() if value is not KEEP and value != getattr(session, name)}
    if "kind" in changed:
        must_be_live(session)
    resung = False
    if songs is not KEEP:
        plans.check_songs(songs, session.project)
        resung = {song.pk for song in songs} != set(session.songs.values_list("pk", flat=True))
        session.songs.set(songs)
    for name, value in changed.items():
        setattr(session, name, value.strip() if name == "title" else value)
    session.clean_fields(exclude=GIVEN_ROWS)
    session.save(update_fields=[*changed, "updated_at"])
    if changed or resung:
        note_session(session, "changed", viewer)
    if "kind" in changed:
        calls = called(session)
        commit_money(session, calls, viewer)
        reminders.follow_rules(session, present(calls))
    return session


@transaction.atomic
def cancel_session(
    *, viewer: Viewer, session: StudioSession, reason: str = "", no_fee: bool = False, expected: int | None = None
) -> StudioSession:
    """Cancel: everything and everybody is free again, who was to come is told.

    The fee that the studio's terms ask for with so little notice is spent, the rest of the money released. With
    `no_fee` all of it is: the studio cancelled, or waives the fee.
    """
    session = changing(session, expected)
    if session.state == State.CANCELLED:
        return session
    must_be_live(session, lapsed=True)
    was_confirmed = session.state == State.CONFIRMED
    tier = None if no_fee else cancelling.tier_of(session, clock.now())
    session.restores_to, session.state, session.cancel_reason = session.state, State.CANCELLED, reason.strip()
    session.clean_fields(exclude=GIVEN_ROWS)
    session.sequence += 1
    session.save(update_fields=["state", "restores_to", "cancel_reason", "sequence", "updated_at"])
    release(session)
    challenges.settle(session)
    note_session(session, "cancelled" if was_confirmed else "released", viewer)
    if was_confirmed:
        _settle_fee(session, tier.percent if tier else 0, viewer)
        reminders.tell_cancelled(session, present(called(session)), gettext_noop("The session was cancelled."))
    return session


def _settle_fee(session: StudioSession, percent: int, viewer: Viewer) -> None:
    """Spend so much of what the room was booked at, and release the rest of what the session has committed."""
    source = source_of(session)
    budgets.settle(
        project=session.project,
        source=source,
        lines=lambda: cancelling.fee_lines(budgets.agreed(project=session.project, source=source), percent),
        by=viewer.user_id,
    )


def check_all(session: StudioSession, calls: Sequence[Call]) -> None:
    """Refuse a room, gear or a person that went out of use since the session was planned."""
    if session.room is not None:
        plans.check_room(session.room, session.project)
    plans.check_gear(session.reserved(), session.project)
    for call in present(calls):
        plans.check_person(call.contributor, session.project, field="calls")


CALL_FIELDS = [
    *("call_local", "call_fold", "call_at", "role", "answer", "reason"),
    *("proposed_local", "proposed_at", "answered_at", "removed_at", "version"),
]


def _save_calls(calls: Sequence[Call]) -> None:
    """Store changed calls, each one version further."""
    for call in calls:
        call.version += 1
    Call.objects.bulk_update(calls, CALL_FIELDS)
