"""Who is called to a session: calling, changing a call, taking somebody off, putting another in the place."""

from datetime import time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contributors.models import Contributor
from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from producerdesk.kit.models import bump
from producerdesk.kit.viewer import Viewer
from sessions import reminders
from sessions.actions import plans
from sessions.actions.changes import ask_again
from sessions.actions.noting import note_call
from sessions.actions.plans import KEEP
from sessions.actions.standing import State, called, changing, commit_money, must_be_live, take_time
from sessions.booking.clashes import books
from sessions.models import Call, StudioSession

Answer = Call.Answer


@books
def call_person(
    *,
    viewer: Viewer,
    session: StudioSession,
    contributor: Contributor,
    role: str = "",
    call: time | None = None,
    call_fold: int | None = None,
    expected: int | None = None,
) -> Call:
    """Call one more person, or somebody again who was taken off or said no. Raises Clash if the person is busy."""
    session = changing(session, expected)
    must_be_live(session)
    return _call(viewer, session, contributor, role, call, call_fold)


@books
def change_call(
    *,
    viewer: Viewer,
    call: Call,
    role: str = KEEP,
    at: time | None = KEEP,
    call_fold: int | None = None,
    expected: int | None = None,
) -> Call:
    """Change a person's role or call time. A new time is told and asked for. `expected` is the call's version."""
    session = changing(call.session)
    must_be_live(session)
    bump(call, expected)
    _must_be_called(call)
    before, role_before = call.call_at, call.role
    if role is not KEEP:
        call.role = role.strip()
    if at is not KEEP:
        plans.set_call_time(call, plans.when_of(session), at, call_fold)
    retimed = call.call_at != before
    if retimed:
        ask_again(call)
    call.clean_fields(exclude=["session", "contributor"])
    call.save()
    calls = called(session)
    take_time(session, calls, viewer)
    commit_money(session, calls, viewer)
    if retimed or call.role != role_before:
        note_call(session, call, "retimed" if retimed else "changed", viewer, at=call.call_at)
    if retimed and session.state == State.CONFIRMED and call.answer != Answer.DECLINED:
        reminders.tell_moved(session, [call])
    elif call.role != role_before and call.answer != Answer.DECLINED:
        call.session = session
        reminders.follow_rules(session, [call])
    return call


@books
def remove_call(*, viewer: Viewer, call: Call, expected: int | None = None) -> Call:
    """Take somebody off a session: the person is free again and told, the money is released."""
    session = changing(call.session)
    must_be_live(session)
    bump(call, expected)
    if call.removed_at is None:
        _remove(viewer, session, call)
    return call


@books
def swap_call(*, viewer: Viewer, call: Call, contributor: Contributor, expected: int | None = None) -> Call:
    """Put another person in the place of this one, with the same role and call time; return the new call."""
    session = changing(call.session)
    must_be_live(session)
    bump(call, expected)
    _must_be_called(call)
    at = clock.wall(call.call_at, session.time_zone)
    if contributor.pk == call.contributor_id:
        raise Refused({"contributor": _("%(name)s is called already.") % {"name": contributor.name}})
    _remove(viewer, session, call)
    return _call(viewer, session, contributor, call.role, time.fromisoformat(at.local[11:]), at.fold)


def _call(
    viewer: Viewer, session: StudioSession, contributor: Contributor, role: str, at: time | None, fold: int | None
) -> Call:
    plans.check_person(contributor, session.project, field="contributor")
    known = Call.objects.filter(session=session, contributor=contributor).first()
    if known and known.removed_at is None and known.answer != Answer.DECLINED:
        raise Refused({"contributor": _("%(name)s is called already.") % {"name": contributor.name}})
    call = known or Call(session=session, contributor=contributor)
    call.contributor, call.session = contributor, session
    call.role = role.strip()
    call.removed_at, call.answer = None, Answer.PENDING
    ask_again(call)
    plans.set_call_time(call, plans.when_of(session), at, fold)
    call.clean_fields(exclude=["session", "contributor"])
    if known:
        call.version += 1
    call.save()
    calls = called(session)
    take_time(session, calls, viewer, fields={contributor.pk: "contributor"})
    commit_money(session, calls, viewer)
    note_call(session, call, "called", viewer, at=call.call_at)
    if session.state == State.CONFIRMED:
        reminders.invite(session, [call], new=known is None)
    return call


def _remove(viewer: Viewer, session: StudioSession, call: Call) -> None:
    call.removed_at = clock.now()
    call.save(update_fields=["removed_at", "updated_at"])
    note_call(session, call, "removed", viewer)
    calls = called(session)
    take_time(session, calls, viewer)
    commit_money(session, calls, viewer)
    if session.state == State.CONFIRMED and call.answer != Answer.DECLINED:
        reminders.tell_cancelled(session, [call], gettext_noop("No longer called."))


def _must_be_called(call: Call) -> None:
    if call.removed_at is not None:
        raise Refused({"form": _("%(name)s is not called to this session any more.") % {"name": call.contributor.name}})
