"""What tests of a session's life begin with: it is January 2027, and Ana books and moves."""

from datetime import datetime
from typing import Any

from budgets.models import BudgetEntry
from budgets.queries import Level
from contributors.models import Contributor
from producerdesk.notices.models import Delivery
from sessions import actions
from sessions.actions.plans import CallSpec
from sessions.models import StudioSession
from tests import makers
from tests.cast import Cast

JANUARY = "2027-01-04T09:00:00Z"


def book(cast: Cast, *people: Contributor, **said: Any) -> StudioSession:
    """Book 10 March 2027, 10 to 18 o'clock, unless said otherwise."""
    calls: list[CallSpec] = [{"contributor": person} for person in people]
    given: dict[str, Any] = {"room": cast.room, "calls": calls} | said
    return makers.make_session(cast.project, cast.ana, **given)


def move(cast: Cast, session: StudioSession, starts: str, ends: str, **said: Any) -> StudioSession:
    """Let Ana move it."""
    return actions.move_session(
        viewer=cast.viewer("ana"), session=session, starts_local=starts, ends_local=ends, **said
    )


def level() -> Level:
    """Return what all budgets come to."""
    return BudgetEntry.objects.all().level()


def pending(kind: str) -> list[tuple[str, str, datetime]]:
    """Return what waits to be sent of this kind: to whom, by which channel, and when it is due."""
    rows = Delivery.objects.filter(kind=kind, state=Delivery.State.PENDING).order_by("due_at", "pk")
    return list(rows.values_list("recipient_name", "channel", "due_at"))


def stands(session: StudioSession) -> tuple[int, int]:
    """Return a session's version and its number for calendars."""
    session.refresh_from_db()
    return session.version, session.sequence


def send_all() -> None:
    """Let everything that is due leave, as the dispatcher does."""
    Delivery.objects.filter(state=Delivery.State.PENDING, offset=0).update(state=Delivery.State.SENT)
