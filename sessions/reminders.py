"""What people are told of their calls, and when: written as deliveries in the transaction of the cause.

Each time somebody is told something, the call's `generation` rises, what was planned before is void, and the reminders
are planned anew. Offsets that are past by then are not made up for: what is told at once says the same.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop as _

from producerdesk.kit import clock
from producerdesk.notices import actions as notices
from producerdesk.notices.models import Delivery
from producerdesk.notices.quiet import leaves_at
from sessions import telling
from sessions.models import Call, StudioSession
from sessions.notices import ANSWER, CANCELLED, INVITATION, MOVED, PROPOSAL_ANSWERED, REMINDER, ref
from sessions.telling import Wishes

Channel, State = Delivery.Channel, Delivery.State
ASKING = (INVITATION, MOVED, PROPOSAL_ANSWERED)  # what ends in a question to the person
TO_THE_PERSON = (INVITATION, MOVED, CANCELLED, REMINDER, PROPOSAL_ANSWERED)
BUNDLED = (INVITATION, MOVED, CANCELLED)  # what several dates of a series are told in one letter
_letter: ContextVar[str] = ContextVar("letter", default="")


@contextmanager
def in_one_letter() -> Iterator[None]:
    """Let what is told at once within leave as one letter to each person, though it is of many sessions."""
    token = _letter.set(uuid.uuid4().hex[:16])
    try:
        yield
    finally:
        _letter.reset(token)


def _bundle(call: Call, kind: str, channel: str) -> str:
    """Return which letter a message is part of; empty for one of its own."""
    letter = _letter.get()
    what = f"{kind.rpartition('.')[2]}-{call.contributor_id}-{channel}"
    return f"{letter}-{what}" if letter and kind in BUNDLED else ""


def invite(session: StudioSession, calls: Sequence[Call], *, new: bool = False) -> None:
    """Invite these people, and plan their reminders. `new`: the calls were just made, so nothing is planned yet."""
    if not new:
        _start_anew(calls, _("Invited anew."))
    _plan(session, [(call, INVITATION) for call in calls], new=new)


def tell_moved(session: StudioSession, calls: Sequence[Call]) -> None:
    """Tell these people of their new time or place, and plan their reminders anew."""
    told = _told(calls)
    _start_anew(calls, _("Moved."))
    # whose invitation has not left yet is invited to the new time
    _plan(session, [(call, MOVED if ref(call) in told else INVITATION) for call in calls])


def tell_proposal_answered(session: StudioSession, calls: Sequence[Call]) -> None:
    """Tell these people what became of the time they proposed, and plan their reminders anew."""
    _start_anew(calls, _("The proposal was answered."))
    _plan(session, [(call, PROPOSAL_ANSWERED) for call in calls])


def take_back_answer(session: StudioSession, call: Call, *, moved: bool) -> None:
    """Unsay what was answered to a proposal, and plan the reminders anew. Whom it moved and reached is told."""
    heard = Delivery.objects.about([ref(call)]).filter(kind=PROPOSAL_ANSWERED, generation=call.generation)
    told = heard.filter(state__in=(State.SENDING, State.SENT)).exists()
    _start_anew([call], _("The answer was taken back."))
    _plan(session, [(call, MOVED if told and moved else None)])


def tell_cancelled(session: StudioSession, calls: Sequence[Call], reason: str) -> None:
    """Tell these people that they need not come. Who was never told of the session hears nothing now."""
    told = _told(calls)
    _start_anew(calls, reason)
    _plan(session, [(call, CANCELLED) for call in calls if ref(call) in told], remind=False)


def remind(session: StudioSession, calls: Sequence[Call]) -> None:
    """Plan reminders alone: somebody comes after all and knows it."""
    _start_anew(calls, _("Planned anew."))
    _plan(session, [(call, None) for call in calls])


def plan_again(calls: Sequence[Call]) -> None:
    """Plan the reminders of these people anew, as their desks and they have them now. What they were told stands."""
    now = clock.now()
    notices.supersede(ref=[ref(call) for call in calls], kinds=[REMINDER], reason=_("Planned anew."))
    rows: dict[int, list[notices.Row]] = {}
    wishes = telling.wishes_of(calls)
    for call in calls:
        of_call = _reminders(call, wishes[call.contributor_id], now, told=False)
        rows.setdefault(call.session.desk_id, []).extend(of_call)
    for desk_id, of_desk in rows.items():
        notices.plan(desk=desk_id, rows=of_desk, now=now)


def follow_rules(session: StudioSession, calls: Sequence[Call]) -> None:
    """Plan reminders anew where the desk's differ by kind of session or role, and one of these is another now."""
    if session.desk.reminder_rules and session.state == StudioSession.State.CONFIRMED:
        plan_again(calls)


def coming() -> QuerySet[Call]:
    """Return the calls that people are reminded of."""
    found = Call.objects.filter(
        session__state=StudioSession.State.CONFIRMED, call_at__gt=clock.now(), removed_at=None
    ).exclude(answer=Call.Answer.DECLINED)
    return found.select_related("session__desk", "contributor").order_by("pk")


def stop(calls: Sequence[Call], reason: str) -> None:
    """Send these people nothing more of what is planned."""
    notices.cancel(ref=[ref(call) for call in calls], reason=reason)


def stop_reminding(call: Call, reason: str) -> None:
    """Do not remind this person."""
    notices.cancel(ref=ref(call), kinds=[REMINDER], reason=reason)


def tell_producer(session: StudioSession, call: Call, *, by: int | None) -> None:
    """Tell who booked the session of an answer, unless it is that person who wrote it down. A yes is no mail."""
    producer = session.booked_by
    if producer.pk == by:
        return
    channels = [Channel.BELL] if call.answer == Call.Answer.CONFIRMED else [Channel.BELL, Channel.EMAIL]
    now = clock.now()
    rows = [
        notices.Row(
            kind=ANSWER,
            ref=ref(call),
            recipient=f"user:{producer.pk}",
            recipient_name=producer.name,
            channel=channel,
            due_at=now,
            generation=call.version,
            expires_at=session.ends_at,
            project=session.project_id,
        )
        for channel in channels
    ]
    notices.plan(desk=session.desk_id, rows=rows, now=now)


def asked_since(call: Call, moment: datetime) -> bool:
    """Return whether the person was asked, or is just being asked, since then. What failed to leave does not count."""
    rows = Delivery.objects.about([ref(call)]).filter(kind__in=ASKING, created_at__gt=moment)
    return rows.filter(state__in=(*Delivery.OPEN, State.SENT)).exists()


def told_before(rows: Sequence[Delivery]) -> dict[str, datetime]:
    """Return by `ref` for when the person was called by what was told last, before each of these messages.

    What came the same way counts: the bell may have told of a time that no mail did. Else what came another way.
    """
    asked = {row.ref: row for row in rows}
    found = Delivery.objects.about(asked).filter(
        kind__in=ASKING, recipient__in={row.recipient for row in rows}, state=State.SENT, tells_at__isnull=False
    )
    heard = [each for each in found.order_by("generation") if each.generation < asked[each.ref].generation]
    heard.sort(key=lambda each: each.channel == asked[each.ref].channel)
    return {each.ref: each.tells_at for each in heard if each.tells_at}


def _told(calls: Sequence[Call]) -> set[str]:
    """Return the refs of the calls whose people have heard of the session."""
    rows = Delivery.objects.about([ref(call) for call in calls])
    heard = rows.filter(kind__in=(INVITATION, MOVED), state__in=(State.SENDING, State.SENT))
    return set(heard.values_list("ref", flat=True))


def _start_anew(calls: Sequence[Call], reason: str) -> None:
    if not calls:
        return
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(generation=F("generation") + 1)
    for call in calls:
        call.generation += 1
    notices.supersede(ref=[ref(call) for call in calls], kinds=TO_THE_PERSON, reason=reason)


def _plan(
    session: StudioSession, kinds: Sequence[tuple[Call, str | None]], *, remind: bool = True, new: bool = False
) -> None:
    """Write the deliveries: the kind at once, if any, and the reminders. Nobody needs to hear of what is over."""
    now = clock.now()
    if session.ends_at <= now:
        return
    wishes = telling.wishes_of(call for call, _kind in kinds)
    rows = [
        row
        for call, kind in kinds
        for row in _rows(session, call, kind, wishes[call.contributor_id], now, remind=remind)
    ]
    notices.plan(desk=session.desk_id, rows=rows, now=now, first=new)


def _rows(
    session: StudioSession, call: Call, kind: str | None, wish: Wishes, now: datetime, *, remind: bool
) -> Iterable[notices.Row]:
    call.session = session
    if kind is not None:
        yield from each_channel(call, kind, now, wish=wish, now=now, expires_at=session.ends_at)
    if remind:
        yield from _reminders(call, wish, now)


def _reminders(call: Call, wish: Wishes, now: datetime, *, told: bool = True) -> Iterable[notices.Row]:
    """Return the reminders that still lie ahead. Two that quiet hours push to one moment are one.

    `told` says that the person hears of the call now anyway, or knows of it: then what falls into quiet hours that have
    begun, and would be too late after them, is skipped; else it leaves now.
    """
    leaving: set[tuple[str, datetime]] = set()
    options: dict[str, Any] = {"wish": wish, "now": now, "expires_at": call.call_at, "told": told}
    for offset in wish.offsets(call):
        due_at = call.call_at - timedelta(minutes=offset)
        if due_at > now:
            for row in each_channel(call, REMINDER, due_at, offset=offset, **options):
                if (row.channel, row.due_at) not in leaving:
                    leaving.add((row.channel, row.due_at))
                    yield row


def each_channel(
    call: Call,
    kind: str,
    due_at: datetime,
    *,
    wish: Wishes,
    now: datetime,
    expires_at: datetime,
    offset: int = 0,
    generation: int | None = None,
    told: bool = True,
) -> Iterable[notices.Row]:
    """Return one message to the person called by each way that reaches: a mail, and the bell for who has an account.

    A mail that would fall into quiet hours waits for their end, or leaves before them where that is too late; what is
    told at once and can do neither leaves all the same. The bell makes no noise. What the person does not want by mail
    stands as skipped from the start, so that the producer sees it.
    """
    person = call.contributor
    for channel in (Channel.EMAIL, Channel.BELL) if person.user_id else (Channel.EMAIL,):
        leaves, dropped = due_at, ""
        if channel == Channel.EMAIL:
            found = leaves_at(due_at, wish.quiet(call, kind), before=call.call_at, now=now)
            leaves = found or (due_at if told else now)
            dropped = telling.QUIET if found is None and told and kind == REMINDER else ""
            dropped = dropped if wish.mailed(kind) else telling.UNSUBSCRIBED
        yield notices.Row(
            kind=kind,
            ref=ref(call),
            recipient=f"contributor:{person.pk}",
            recipient_name=person.name,
            channel=channel,
            due_at=leaves,
            offset=offset,
            generation=call.generation if generation is None else generation,
            expires_at=expires_at,
            dropped=dropped,
            project=call.session.project_id,
            bundle=_bundle(call, kind, channel),
            tells_at=call.call_at if kind in ASKING else None,
        )
