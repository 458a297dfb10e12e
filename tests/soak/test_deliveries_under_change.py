"""Five thousand deliveries pending while a desk changes its mind, sent by three workers that two beats wake.

None leaves for a time, a person or a wish that is not so any more; none leaves twice; and a Redis that is wiped half a
minute before a thousand fall due delays none of them.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet

from contributors.actions import people
from contributors.models import Contributor
from producerdesk.kit import clock
from producerdesk.notices.models import Delivery
from sessions import actions, notices
from sessions.actions.telling import set_notices
from sessions.models import Call, StudioSession
from tests.live import Live
from tests.services import RedisServer, SmtpSink, rounds, wait_for
from tests.soak.test_reminders_survive_kills import PEOPLE_A_SESSION, Schedule, make_schedule

PENDING, AT_ONCE = rounds(200, 5_000), rounds(60, 1_000)  # reminders in the storm, and those that fall due together
WIPED_BEFORE = rounds(3, 30)  # seconds before they fall due, Redis forgets everything
LATE = 120  # seconds
# seconds after its commit, nothing leaves any more that a change made wrong: what was on its way then is no more
TOO_LATE_FOR_A_CHANGE = 2
State = Delivery.State

pytestmark = [pytest.mark.heavy, pytest.mark.soak, pytest.mark.production]


@dataclass
class Storm(Schedule):
    """A schedule that is changed in all the ways there are, each change with the moment of its commit."""

    done: Counter = field(default_factory=Counter)

    def change_one(self) -> None:
        """Change a session, or one of its calls."""
        session = self.sessions.pop()
        calls = list(session.calls.select_related("contributor__desk"))
        ways: list[Callable[[StudioSession, list[Call]], list[Call]]] = [
            *(self._move, self._cancel, self._remove),
            *(self._swap, self._own_offsets, self._deactivate),
        ]
        # each way as often as the others, whatever the dice say
        way = min(ways, key=lambda each: (self.done[each.__name__], random.random()))
        changed = way(session, calls)
        committed = time.time()
        self.changed |= {notices.ref(call): committed for call in changed}
        self.done[way.__name__] += 1

    def _swap(self, session: StudioSession, calls: list[Call]) -> list[Call]:
        stand_in = Contributor.objects.create(
            desk=session.desk, name=f"for {calls[0].contributor.name}", email=f"for-{calls[0].pk}@example.com"
        )
        actions.swap_call(viewer=self.viewer, call=calls[0], contributor=stand_in)
        self.off.add(notices.ref(calls[0]))
        return calls[:1]

    def _own_offsets(self, session: StudioSession, calls: list[Call]) -> list[Call]:
        person = calls[1].contributor  # has no account
        set_notices(owner=person, own_offsets=True, offsets=[60])
        return calls[1:2]

    def _deactivate(self, session: StudioSession, calls: list[Call]) -> list[Call]:
        people.set_active(contributor=calls[1].contributor, active=False)
        return calls[1:2]


def test_what_changes_in_the_storm_is_told_right_and_once(
    live: Live, smtp_sink: SmtpSink, redis_server: RedisServer
) -> None:
    schedule = make_schedule(PENDING + AT_ONCE)
    storm = Storm(schedule.viewer, schedule.sessions, schedule.room)
    kept = [storm.sessions.pop() for _ in range(AT_ONCE // PEOPLE_A_SESSION)]
    held_back = Delivery.objects.filter(
        kind=notices.REMINDER, ref__in=[notices.ref(call) for call in Call.objects.filter(session__in=kept)]
    )
    due_at = clock.now()
    rows = Delivery.objects.filter(kind=notices.REMINDER).exclude(pk__in=held_back)
    rows.update(due_at=due_at, try_at=due_at)
    smtp_sink.delay = 0.02  # so that changes meet what is being sent
    live.env |= {"EMAIL_URL": smtp_sink.url, "REDIS_URL": redis_server.url}
    running = [live.worker(f"worker{number}") for number in range(3)]
    running += [live.beat(f"beat{number}") for number in range(2)]

    _change_until_all_is_sent(storm, smtp_sink)
    _nothing_wrong_left(storm, smtp_sink)
    _nothing_lost(storm, held_back.values_list("pk", flat=True))

    falls_due = _wipe_before(held_back, redis_server)
    sent = list(held_back.filter(channel="email").values_list("message_id", flat=True))
    arrived = {mail.message_id: mail.at for mail in smtp_sink.mails}
    assert set(sent) <= set(arrived)
    times = [arrived[number] - falls_due for number in sent]
    assert min(times) >= 0, "none leaves early"
    assert max(times) <= LATE
    assert max(Counter(mail.message_id for mail in smtp_sink.mails).values()) == 1
    for program in running:  # nothing is left to do, and to ask them nicely takes its time
        program.kill9()
    print(f"{len(sent)} due at once: all sent {max(times):.1f} s after; {dict(storm.done)}")


def _change_until_all_is_sent(storm: Storm, sink: SmtpSink) -> None:
    total = len(storm.sessions) * PEOPLE_A_SESSION
    storm.change_one()  # some before the first is sent
    wait_for(lambda: sink.mails, 60, what="the first mail")
    changes = len(storm.sessions) * 3 // 4
    for number in range(1, changes + 1):
        storm.change_one()
        # spread over the whole of it
        wait_for(lambda: len(sink.mails) >= number * total // changes or not _due(), 300, what="more mails")  # noqa: B023
    wait_for(lambda: not _due(), 300, every=0.5, what="the last of the storm")


def _due() -> bool:
    return Delivery.objects.filter(state__in=Delivery.OPEN, try_at__lte=clock.now()).exists()


def _nothing_wrong_left(storm: Storm, sink: SmtpSink) -> None:
    rows = {row.message_id: row for row in Delivery.objects.filter(channel="email")}
    worst = 0.0
    for mail in sink.mails:
        row = rows.get(mail.message_id)
        assert row is not None, "one that was planned anew after it had left"
        committed = storm.changed.get(row.ref)
        if row.kind == notices.REMINDER and committed is not None:
            worst = max(worst, mail.at - committed)
    print(f"the last mail of an old time left {worst:.1f} s after the change")
    assert worst <= TOO_LATE_FOR_A_CHANGE
    said = Counter((mail.recipients, mail.subject) for mail in sink.mails)
    assert max(said.values()) == 1
    assert max(Counter(mail.message_id for mail in sink.mails).values()) == 1


def _nothing_lost(storm: Storm, held_back: Iterable[int]) -> None:
    reminders = Delivery.objects.filter(kind=notices.REMINDER).exclude(pk__in=held_back)
    untouched = reminders.exclude(ref__in=storm.changed).exclude(due_at__gt=clock.now())
    assert set(untouched.values_list("state", flat=True)) == {State.SENT}
    for kind, refs in ((notices.MOVED, storm.moved), (notices.CANCELLED, storm.off)):
        told = Delivery.objects.filter(kind=kind, channel="email", state=State.SENT)
        assert set(told.values_list("ref", flat=True)) == refs, kind
    assert not Delivery.objects.filter(state=State.FAILED).exists()


def _wipe_before(rows: QuerySet[Delivery], redis: RedisServer) -> float:
    """Let the rows fall due soon, wipe Redis now, and wait for the last. Return when they fell due."""
    due_at: datetime = clock.now() + timedelta(seconds=WIPED_BEFORE)
    rows.update(due_at=due_at, try_at=due_at)
    redis.flush()
    wait_for(lambda: clock.now() > due_at and not _due(), WIPED_BEFORE + LATE, every=0.2, what="all of them")
    return due_at.timestamp()
