"""Challenges between holds: a later one asks an earlier one to decide, and who holds it is told.

A challenge stands on the hold that is asked (`answer_by`, `challenged_by`). It is written with that session's row ours
and the resources that both want locked. Another session's row is never waited for, since whoever has it may be waiting
for us: it is taken at once, or the action is refused and can be tried again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict
from producerdesk.notices import actions as notices
from producerdesk.notices.models import Delivery
from sessions.booking import holds
from sessions.models import StudioSession
from sessions.notices import HOLD_ANSWERED, HOLD_CHALLENGED, HOLD_LAPSED, hold_ref

Channel = Delivery.Channel
State = StudioSession.State
LOCK_NOT_AVAILABLE = "55P03"  # as PostgreSQL says that a row is somebody else's right now


def ours_now(session_ids: Iterable[int]) -> list[StudioSession]:
    """Return these sessions as holds that stand, their rows ours. Raises Conflict if one is being changed right now."""
    rows = StudioSession.objects.select_for_update(nowait=True, of=("self",)).select_related("desk", "booked_by")
    try:
        found = list(rows.filter(pk__in=list(session_ids), state=State.HOLD).order_by("pk"))
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != LOCK_NOT_AVAILABLE:
            raise  # also what travelled with the question (kit.together) may fail here: no hold is to blame for that
        raise Conflict(_("A hold before this one is being changed this moment. Try again.")) from None
    now = clock.now()
    return [each for each in found if not each.has_lapsed(now)]


def ask(session: StudioSession, *, by: StudioSession, now: datetime) -> None:
    """Give the holder a deadline. The row of `session` is ours."""
    deadline = now + timedelta(hours=session.desk.challenge_hours)
    session.answer_by = min(deadline, session.starts_at) if session.starts_at > now else deadline
    session.challenged_by = by
    _write(session)
    _tell(session, HOLD_CHALLENGED, now, expires_at=session.answer_by, now=now)
    _tell(by, HOLD_LAPSED, session.answer_by, expires_at=by.ends_at, now=now)


def settle(session: StudioSession) -> None:
    """Bring challenges to what stands, after a hold was confirmed, released, moved or put elsewhere in line."""
    now = clock.now()
    if session.answer_by is not None:
        _settle_own(session, now)
    asked = StudioSession.objects.filter(challenged_by=session.pk, answer_by__gt=now).values_list("pk", flat=True)
    if asked:
        before = {slot.session_id for slot in holds.ahead_of(session, now)} if session.state == State.HOLD else set()
        for each in ours_now(set(asked) - before):
            _end(each)


def _settle_own(session: StudioSession, now: datetime) -> None:
    by = StudioSession.objects.select_related("desk", "booked_by").filter(challenges=session).first()
    waits = by is not None and by.state == State.HOLD and not by.has_lapsed(now)
    if by and waits and session.state == State.HOLD and session.pk in _before(by, now):
        return  # moved a little, it still stands in the way
    _end(session)
    if by and waits:
        _tell(by, HOLD_ANSWERED, now, expires_at=by.ends_at, now=now)


def _before(session: StudioSession, now: datetime) -> set[int]:
    return {slot.session_id for slot in holds.ahead_of(session, now)}


def _end(session: StudioSession) -> None:
    session.answer_by = session.challenged_by = None
    _write(session)
    notices.cancel(ref=hold_ref(session.pk), kinds=[HOLD_CHALLENGED], reason=gettext_noop("It is answered."))


def _write(session: StudioSession) -> None:
    StudioSession.objects.filter(pk=session.pk).update(
        answer_by=session.answer_by, challenged_by=session.challenged_by, version=F("version") + 1
    )
    session.version += 1


def _tell(session: StudioSession, kind: str, due_at: datetime, *, expires_at: datetime, now: datetime) -> None:
    """Tell who booked the session, by mail and under the bell."""
    person = session.booked_by
    rows = [
        notices.Row(
            kind=kind,
            ref=hold_ref(session.pk),
            recipient=f"user:{person.pk}",
            recipient_name=person.name,
            channel=channel,
            due_at=due_at,
            generation=session.version,
            expires_at=expires_at,
            project=session.project_id,
        )
        for channel in (Channel.BELL, Channel.EMAIL)
    ]
    notices.plan(desk=session.desk_id, rows=rows, now=now)
