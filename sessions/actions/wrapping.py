"""Closing a session: what it really took, and what that cost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from budgets import actions as budgets
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.viewer import Viewer
from sessions import pricing, reminders
from sessions.actions import plans
from sessions.actions.noting import note_session
from sessions.actions.standing import State, called, changing, must_be_live, source_of, work_of
from sessions.booking.slots import cut
from sessions.models import Call, StudioSession

FAR_FROM_PLAN = timedelta(hours=24)  # real hours farther off belong to another session


@transaction.atomic
def wrap_session(
    *,
    viewer: Viewer,
    session: StudioSession,
    real_starts_at: datetime | None = None,
    real_ends_at: datetime | None = None,
    expected: int | None = None,
) -> StudioSession:
    """Close the session with its real hours, as planned unless said; the ledger gets what was really spent.

    Wrapped again with other hours, the ledger gets the differences. Time left over is free for others.
    """
    session = changing(session, expected)
    if session.state not in (State.CONFIRMED, State.WRAPPED):
        must_be_live(session, lapsed=True)
        raise Conflict(_("This is only a hold. Confirm it first, or cancel it."))
    starts_at = real_starts_at or session.real_starts_at or session.starts_at
    ends_at = real_ends_at or session.real_ends_at or session.ends_at
    _check_real_hours(session, starts_at, ends_at)
    calls = called(session)
    session.state, session.real_starts_at, session.real_ends_at = State.WRAPPED, starts_at, ends_at
    session.save(update_fields=["state", "real_starts_at", "real_ends_at", "updated_at"])
    cut(session, ends_at)
    note_session(session, "wrapped", viewer)
    work = as_it_was(session, calls, starts_at, ends_at)
    budgets.settle(
        project=session.project,
        source=source_of(session),
        lines=lambda: pricing.ledger_lines(pricing.price(work)),
        by=viewer.user_id,
    )
    reminders.stop(calls, gettext_noop("The session is over."))
    return session


def _check_real_hours(session: StudioSession, starts_at: datetime, ends_at: datetime) -> None:
    now = clock.now()
    if session.starts_at > now and starts_at > now:
        raise Conflict(_("This session is still to come."))
    if starts_at > now:
        raise Refused({"real_starts_at": _("This is still to come.")})
    if ends_at > now:
        raise Refused({"real_ends_at": _("This is still to come.")})
    if ends_at <= starts_at:
        raise Refused({"real_ends_at": _("It ends before it starts.")})
    if ends_at - starts_at > plans.LONGEST:
        raise Refused({"real_ends_at": _("A session lasts 48 hours at most.")})
    if abs(starts_at - session.starts_at) > FAR_FROM_PLAN:
        raise Refused({"real_starts_at": _("This is more than a day off the plan. Move the session first.")})


def as_it_was(session: StudioSession, calls: Sequence[Call], starts_at: datetime, ends_at: datetime) -> pricing.Work:
    """Return the work of the real hours: people came as long before or after the start as they were called."""
    planned = work_of(session, calls)
    late = starts_at - session.starts_at
    people = tuple(replace(person, call_at=person.call_at + late) for person in planned.people)
    return replace(planned, starts_at=starts_at, ends_at=ends_at, people=people)
