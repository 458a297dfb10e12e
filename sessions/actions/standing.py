"""What a session has: its people's time, its place in the ledger. Every action ends here, so that all three agree."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from budgets import actions as budgets
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict
from producerdesk.kit.models import bump
from producerdesk.kit.viewer import Viewer
from sessions import pricing
from sessions.booking.clashes import NotFree
from sessions.booking.free import Wish
from sessions.booking.hours import Hours
from sessions.booking.resources import came_with
from sessions.booking.slots import Claim, Person, Taken, Want, claim, wants_of, write
from sessions.cancelling import source_of
from sessions.models import Call, StudioSession

State = StudioSession.State
LIVE = (State.HOLD, State.CONFIRMED)


def changing(session: StudioSession, expected: int | None = None) -> StudioSession:
    """Return the session as it stands, its row ours and its version raised. Raises Stale if that is not `expected`."""
    bump(session, expected)
    return whole(session.pk)


def answering(session_id: int) -> StudioSession:
    """Return the session as it stands, its row ours. Its version stays: an answer is no change to the plan.

    So it is where something may turn out to be done already.
    """
    StudioSession.objects.filter(pk=session_id).update(version=F("version"))
    return whole(session_id)


def whole(session_id: int) -> StudioSession:
    """Return the session as it stands, with all that actions ask of it."""
    return StudioSession.objects.select_related("project", "desk", "room__studio", "booked_by").get(pk=session_id)


def who_books(viewer: Viewer) -> int:
    """Return the user who books. A private link books nothing."""
    if viewer.user_id is None:
        raise PermissionDenied
    return viewer.user_id


def called(session: StudioSession) -> list[Call]:
    """Return everybody called, whatever the answer."""
    return list(session.calls.filter(removed_at=None).select_related("contributor").order_by("pk"))


def present(calls: Iterable[Call]) -> list[Call]:
    """Return those who are to come: all but those who said no or were taken off."""
    return [call for call in calls if call.removed_at is None and call.answer != Call.Answer.DECLINED]


def must_be_live(session: StudioSession, *, lapsed: bool = False) -> None:
    """Refuse to change what is over or off. With `lapsed`, a hold that stands no more may be changed."""
    if session.state == State.WRAPPED:
        raise Conflict(_("This session is wrapped. What happened is not changed any more."))
    if session.state == State.CANCELLED:
        raise Conflict(_("This session was cancelled. Restore it first."))
    if not lapsed and session.has_lapsed(clock.now()):
        raise Conflict(_("This hold has expired. Renew it first."))


def must_be_on(session: StudioSession) -> None:
    """Refuse to write down what happens in a session that was called off. One that is wrapped may be written up."""
    if session.state == State.CANCELLED:
        raise Conflict(_("This session was cancelled. Restore it first."))


def claim_time(
    session: StudioSession,
    calls: Sequence[Call],
    viewer: Viewer,
    *,
    new: bool = False,
    anew: bool = False,
    fields: dict[int, str] | None = None,
) -> Claim:
    """Lock what the session needs and return the slots to write. Raises NotFree.

    `fields` says where a form shows that a contributor is not free; `anew`, that what it had was a hold that lapsed.
    """
    wants = wants_for(session, calls, fields)
    try:
        confirmed = session.state == State.CONFIRMED
        return claim(wants, confirmed=confirmed, session=None if new else session, anew=anew)
    except Taken as taken:
        raise NotFree(taken, wish_for(session, wants, new=new), viewer) from None


def must_be_open(session: StudioSession, calls: Sequence[Call], viewer: Viewer, *, new: bool = False) -> None:
    """Refuse a time at which the studio is closed, with times at which it is not. Raises NotFree.

    Asked when a time is planned, and not when it is agreed that the studio opens for it.
    """
    if session.room is None:
        return
    closed = Hours(session.room.studio).why_closed(session.starts_at, session.ends_at)
    if closed is None:
        session.outside_hours = False
    elif not session.outside_hours:
        raise NotFree(closed, wish_for(session, wants_for(session, calls), new=new), viewer)


def wants_for(session: StudioSession, calls: Sequence[Call], fields: dict[int, str] | None = None) -> list[Want]:
    """Return what the session needs, as it is planned."""
    fields = fields or {}
    people = [
        Person(
            call.contributor_id,
            call.contributor.name,
            call.call_at,
            fields.get(call.contributor_id, "calls"),
            came_with(call.contributor),
        )
        for call in present(calls)
    ]
    return wants_of(
        room=session.room,
        people=people,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        gear=session.reserved(),
        time_zone=session.time_zone,
    )


def wish_for(session: StudioSession, wants: Iterable[Want], *, new: bool = False) -> Wish:
    """Return what is looked for when the session cannot be had as planned."""
    return Wish(
        tuple(wants),
        session.starts_at,
        session.ends_at,
        session.time_zone,
        confirmed=session.state == State.CONFIRMED,
        session_id=None if new else session.pk,
        hours=Hours(session.room.studio) if session.room and not session.outside_hours else None,
    )


def take_time(
    session: StudioSession,
    calls: Sequence[Call],
    viewer: Viewer,
    *,
    anew: bool = False,
    fields: dict[int, str] | None = None,
) -> None:
    """Bring the slots of a session that is there already to what it needs."""
    write(claim_time(session, calls, viewer, anew=anew, fields=fields), session)


def commit_money(
    session: StudioSession, calls: Sequence[Call], viewer: Viewer, *, new: bool = False, only: Call | None = None
) -> None:
    """Bring what the session has committed to what it costs. A hold costs nothing yet.

    With `only`, that person's cost alone: an answer must not bring a new rate of the room, or meet trouble about it.
    """
    budgets.commit(
        project=session.project,
        source=source_of(session),
        lines=lambda: priced(session, calls) if session.state == State.CONFIRMED else (),
        by=viewer.user_id,
        first=new,
        parts=None if only is None else {pricing.person_part(only.contributor_id)},
    )


def priced(session: StudioSession, calls: Sequence[Call]) -> list[budgets.Line]:
    """Return what the session costs as planned, by the fees and rates of this moment."""
    return pricing.ledger_lines(pricing.price(work_of(session, calls)))


def work_of(session: StudioSession, calls: Sequence[Call]) -> pricing.Work:
    """Return the session as planned, to be priced."""
    return pricing.Work(
        session.project,
        session.kind,
        session.room,
        session.starts_at,
        session.ends_at,
        tuple(
            pricing.Worker(call.contributor_id, call.contributor.name, call.role, call.call_at)
            for call in present(calls)
        ),
        date.fromisoformat(session.starts_local[:10]),
    )
