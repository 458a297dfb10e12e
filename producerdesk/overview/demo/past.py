"""Makes of what was entered this moment what a desk looks like that has been at work for weeks.

The actions write everything as of now: invitations that leave at once, deeds of this second. Here they get the past
that a producer would find: who was asked days ago, what was sent, what could not be, and when each thing was done.
The ledger stays as it was written; nobody rewrites that.
"""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

from django.db.models import F

from producerdesk.kit import clock
from producerdesk.notices import actions as notices
from producerdesk.notices.models import Delivery
from producerdesk.notices.reasons import SERVER_SAID, about
from producerdesk.overview.demo.hands import Demo
from projects.models import Activity
from sessions.models import Call, CallSheetVersion, SheetCopy, StudioSession
from sessions.notices import ANSWER, CALL_SHEET, INVITATION, REMINDER, ref
from sessions.queries import CallQuerySet

State = Delivery.State
ASKED_DAYS_AGO = 4
HOURS = (time(16, 20), time(10, 40))  # of a day's deeds, the later first
A_WEEK = 7 * 24 * 60  # minutes: what the desk reminded at before somebody changed it
FULL = about(SERVER_SAID, "452 4.2.2 The mailbox is full")


def as_if_it_had_been(demo: Demo) -> None:
    """Give the desk its past."""
    now = clock.now()
    salt = demo.projects["Salt & Neon"]
    told = Call.objects.filter(session__project=salt, session__state=StudioSession.State.CONFIRMED)
    _were_asked(told, now)
    _were_reminded(demo, told, now)
    _call_sheets_were_sent(told, now)
    _wren_has_seen_it(demo, now)
    _a_mailbox_was_full(demo)
    _deeds_were_done_over_weeks(now)


def _were_asked(calls: CallQuerySet, now: datetime) -> None:
    """Let the invitations to these calls, and the news of their answers, have left days ago. The others leave today."""
    then = now - timedelta(days=ASKED_DAYS_AGO)
    rows = Delivery.objects.about([ref(call) for call in calls])
    rows.filter(kind__in=(INVITATION, ANSWER), state=State.PENDING).update(
        state=State.SENT, due_at=then, try_at=then, sent_at=then, created_at=then
    )
    Call.objects.filter(pk__in=[call.pk for call in calls], answered_at__gte=then).update(
        answered_at=now - timedelta(days=1)
    )


def _were_reminded(demo: Demo, calls: CallQuerySet, now: datetime) -> None:
    """Let the reminders whose time has passed have been sent; those to come are planned already."""
    rows = [
        notices.Row(
            kind=REMINDER,
            ref=ref(call),
            recipient=f"contributor:{call.contributor_id}",
            recipient_name=call.contributor.name,
            channel=Delivery.Channel.EMAIL,
            due_at=due_at,
            offset=offset,
            generation=call.generation,
            expires_at=call.call_at,
        )
        for call in calls.exclude(answer=Call.Answer.DECLINED)
        for offset in sorted({*demo.desk.reminder_offsets, A_WEEK})
        if (due_at := call.call_at - timedelta(minutes=offset)) <= now
    ]
    notices.plan(desk=demo.desk, rows=rows, now=now)
    past = Delivery.objects.filter(desk=demo.desk, kind=REMINDER, state=State.PENDING, due_at__lte=now)
    past.update(state=State.SENT, sent_at=F("due_at"), try_at=F("due_at"), created_at=F("due_at"))


def _call_sheets_were_sent(calls: CallQuerySet, now: datetime) -> None:
    """Let the first version have gone out the day before yesterday, the second yesterday, and been read since."""
    sent = {1: now - timedelta(days=2), 2: now - timedelta(days=1)}
    for number, then in sent.items():
        CallSheetVersion.objects.filter(session__calls__in=calls, number=number).update(published_at=then)
        rows = Delivery.objects.about([ref(call) for call in calls]).filter(kind=CALL_SHEET, generation=number)
        rows.update(state=State.SENT, reason="", due_at=then, try_at=then, sent_at=then, created_at=then)
    copies = SheetCopy.objects.filter(call__in=calls)
    copies.update(given_at=sent[2])
    for number, then in sent.items():
        copies.filter(opened_number=number).update(opened_at=then + timedelta(hours=1))
        copies.filter(confirmed_number=number).update(confirmed_at=then + timedelta(hours=1))


def _wren_has_seen_it(demo: Demo, now: datetime) -> None:
    Call.objects.filter(contributor=demo.people["Wren Castellan"]).update(seen_at=now - timedelta(days=2))


def _a_mailbox_was_full(demo: Demo) -> None:
    """One invitation did not arrive, so that Today has something to try again."""
    call = Call.objects.get(session__title="Drums and bass, live", contributor=demo.people["Lucho Ferrand"])
    rows = Delivery.objects.about([ref(call)]).filter(kind=INVITATION, channel=Delivery.Channel.EMAIL)
    rows.update(state=State.FAILED, reason=FULL, attempts=5)


def _deeds_were_done_over_weeks(now: datetime) -> None:
    """Give each project's deeds days and hours of work, two a day, in their order, the last of them yesterday."""
    deeds = list(Activity.objects.order_by("-pk"))
    seen: Counter[int] = Counter()
    for deed in deeds:
        days, turn = divmod(seen[deed.project_id], len(HOURS))
        seen[deed.project_id] += 1
        deed.at = datetime.combine(now.date() - timedelta(days=1 + days), HOURS[turn], tzinfo=UTC)
    Activity.objects.bulk_update(deeds, ["at"])
