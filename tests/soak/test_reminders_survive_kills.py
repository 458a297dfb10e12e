"""Reminders fall due while workers, beat and broker are killed with -9 and sessions are moved and cancelled.

None is lost. One is repeated only where a worker died between handing a mail over and marking it, at most one for each
worker killed, with the same Message-ID. None leaves that is wrong.
"""

import contextlib
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from contributors.models import Contributor
from desklib import programs
from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock
from producerdesk.kit.viewer import Viewer
from producerdesk.notices.models import Delivery, Notice
from projects.models import Project
from sessions import actions, notices
from sessions.models import Call, Room, Studio, StudioSession
from tests import makers
from tests.live import Live, Running
from tests.services import RedisServer, SmtpSink, on_postgres, rounds, wait_for

PEOPLE_A_SESSION = 20
IN_FLIGHT = 1.0  # seconds: a mail on its way to the server cannot be called back
State = Delivery.State

EMBEDDED, REDIS, NONE = "embedded", "redis", "no broker"
# in a small round each database meets its usual broker
BROKERS = {EMBEDDED: not on_postgres(), REDIS: on_postgres(), NONE: False}

pytestmark = [pytest.mark.heavy, pytest.mark.soak]


@dataclass
class Schedule:
    """A desk whose people are all to be reminded now, and what was changed while it happened."""

    viewer: Viewer
    sessions: list[StudioSession]
    room: Room
    changed: dict[str, float] = field(default_factory=dict)  # ref of a call -> when its change was committed
    moved: set[str] = field(default_factory=set)
    off: set[str] = field(default_factory=set)

    def change_one(self) -> None:
        """Move or cancel a session, or take somebody off, as a producer would."""
        session = self.sessions.pop()
        calls = list(session.calls.all())
        what = random.choice([self._move, self._cancel, self._remove])
        refs = [notices.ref(call) for call in what(session, calls)]
        committed = time.time()
        self.changed |= dict.fromkeys(refs, committed)

    def _move(self, session: StudioSession, calls: list[Call]) -> list[Call]:
        starts = session.starts_at + timedelta(days=7)
        actions.move_session(
            viewer=self.viewer,
            session=session,
            starts_local=clock.wall(starts, "UTC").local,
            ends_local=clock.wall(starts + timedelta(hours=4), "UTC").local,
        )
        self.moved |= {notices.ref(call) for call in calls}
        return calls

    def _cancel(self, session: StudioSession, calls: list[Call]) -> list[Call]:
        actions.cancel_session(viewer=self.viewer, session=session, reason="The desk is in repair.")
        self.off |= {notices.ref(call) for call in calls}
        return calls

    def _remove(self, session: StudioSession, calls: list[Call]) -> list[Call]:
        actions.remove_call(viewer=self.viewer, call=calls[0])
        self.off.add(notices.ref(calls[0]))
        return calls[:1]


def make_schedule(reminders: int) -> Schedule:
    """Return a schedule with so many people to remind. Every tenth has an account, and so a bell."""
    mara = User.objects.create_user("mara@example.com", name="Mara Ellison")
    desk = makers.make_desk(name="Lowlight", reminder_offsets=[120])
    DeskStaff.objects.create(desk=desk, user=mara, role=Role.OWNER)
    project = Project.objects.create(desk=desk, title="Salt & Neon", artist="Juno Vale")
    studio = Studio.objects.create(desk=desk, name="Foxglove Studios", time_zone="UTC")
    viewer = viewer_of_user(mara)
    starts = (clock.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    sessions = []
    for number in range(reminders // PEOPLE_A_SESSION):
        room = Room.objects.create(studio=studio, name=f"Room {number}")
        sessions.append(
            actions.book_session(
                viewer=viewer,
                project=project,
                title=f"Session {number}",
                room=room,
                starts_local=clock.wall(starts, "UTC").local,
                ends_local=clock.wall(starts + timedelta(hours=4), "UTC").local,
                calls=[{"contributor": person} for person in _people(desk, number)],
            )
        )
    # everybody was invited long ago
    Delivery.objects.filter(kind=notices.INVITATION).update(state=State.SENT, sent_at=clock.now())
    return Schedule(viewer, sessions, room)


def _people(desk: Desk, number: int) -> list[Contributor]:
    names = [f"p{number}x{n}" for n in range(PEOPLE_A_SESSION)]
    users = [User.objects.create_user(f"{name}@own.example.com", name=name) for name in names[::10]]
    people = [Contributor(desk=desk, name=name, email=f"{name}@example.com") for name in names]
    for person, user in zip(people[::10], users, strict=True):
        person.user = user
    return Contributor.objects.bulk_create(people)


class Killer:
    """Ends programs as a power cut would, and starts them again. Each kind of death comes as often as the others."""

    def __init__(self, workers: list[Running], others: list[Callable[[], None]]) -> None:
        self.workers = workers
        self.workers_killed = 0
        self._deaths = [self._kill_worker, self._kill_pool, *others]
        self._to_come: list[Callable[[], None]] = []

    def kill_one(self) -> None:
        """Kill one program."""
        if not self._to_come:
            self._to_come = random.sample(self._deaths, len(self._deaths))
        self._to_come.pop()()

    def _kill_worker(self) -> None:
        worker = random.choice(self.workers)
        self.workers_killed += 1
        worker.kill9()
        worker.start()

    def _kill_pool(self) -> None:
        """Kill the process that does a worker's tasks; the worker itself makes a new one."""
        for child in _children(random.choice(self.workers).pid)[:1]:
            self.workers_killed += 1
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@pytest.fixture
def seed() -> Iterator[int]:
    """The seed of this run's dice, printed if it fails."""
    number = random.SystemRandom().randrange(10**6)
    random.seed(number)
    print("seed", number)
    yield number


@pytest.mark.parametrize("broker", [name for name, small in BROKERS.items() if rounds(small, True)])
def test_reminders_survive_kills(
    broker: str, live: Live, smtp_sink: SmtpSink, redis_server: RedisServer, seed: int
) -> None:
    schedule = make_schedule(rounds(1_000, 10_000))
    live.env |= {"DJANGO_SETTINGS_MODULE": "tests.soak.quick", "EMAIL_URL": smtp_sink.url}
    killer = _start(live, broker, redis_server)
    smtp_sink.delay = 0.02  # most of a worker's time, so that most kills hit between the mail and its mark
    due_at = clock.now()
    Delivery.objects.filter(kind=notices.REMINDER).update(due_at=due_at, try_at=due_at)

    _kill_and_change(killer, schedule, smtp_sink)
    wait_for(lambda: not _still_due(), rounds(60, 300), every=0.5, what="the last reminders")

    _none_is_lost(schedule, smtp_sink)
    _repeats_are_rare(killer, smtp_sink)
    _none_is_wrong(schedule, smtp_sink)


def _start(live: Live, broker: str, redis_server: RedisServer) -> Killer:
    if broker == NONE:
        command = (sys.executable, "manage.py", "dispatch", "--every", "1")
        return Killer([live._start(programs.Program(name, command)) for name in ("dispatch1", "dispatch2")], [])
    if broker == REDIS:
        live.env["REDIS_URL"] = redis_server.url
    workers = [live.worker(name) for name in ("worker1", "worker2")]
    beat = live.beat()

    def kill_beat() -> None:
        beat.kill9()
        beat.start()

    def kill_broker() -> None:
        if broker == REDIS:
            redis_server.kill9()
            redis_server.start()
        else:
            for folder in ("queue", "control"):
                shutil.rmtree(live.data / "broker" / folder, ignore_errors=True)
            (live.data / "broker" / "queue").mkdir(exist_ok=True)

    return Killer(workers, [kill_beat, kill_broker])


def _kill_and_change(killer: Killer, schedule: Schedule, sink: SmtpSink) -> None:
    """Each time some more mails have left, kill something and change a few sessions."""
    total = len(schedule.sessions) * PEOPLE_A_SESSION
    kills = rounds(6, 40)
    step = total // (kills + 2)
    for target in range(step, step * kills + 1, step):
        wait_for(lambda: len(sink.mails) >= target, 60, what=f"{target} mails")  # noqa: B023 - asked at once
        killer.kill_one()
        for _ in range(2):
            schedule.change_one()


def _still_due() -> bool:
    return Delivery.objects.filter(state__in=Delivery.OPEN, try_at__lte=clock.now()).exists()


def _none_is_lost(schedule: Schedule, sink: SmtpSink) -> None:
    arrived = {mail.message_id for mail in sink.mails}
    told = Delivery.objects.exclude(kind=notices.INVITATION).filter(channel="email")
    assert not Delivery.objects.filter(state=State.FAILED).exists()
    lost = [row for row in told.filter(state=State.SENT) if row.message_id not in arrived]
    assert lost == []
    untouched = told.filter(kind=notices.REMINDER).exclude(ref__in=schedule.changed)
    assert set(untouched.values_list("state", flat=True)) == {State.SENT}
    # whoever was to come and need not, or at another time, was told so
    for kind, refs in ((notices.MOVED, schedule.moved), (notices.CANCELLED, schedule.off)):
        assert set(told.filter(kind=kind, state=State.SENT).values_list("ref", flat=True)) == refs
    coming = told.filter(kind=notices.REMINDER, state=State.PENDING)
    assert set(coming.values_list("ref", flat=True)) == schedule.moved
    bells = Delivery.objects.filter(channel="bell", state=State.SENT).exclude(kind=notices.INVITATION)
    assert set(Notice.objects.values_list("delivery", flat=True)) == set(bells.values_list("pk", flat=True))


def _repeats_are_rare(killer: Killer, sink: SmtpSink) -> None:
    times = Counter(mail.message_id for mail in sink.mails)
    repeats = sum(times.values()) - len(times)
    print("mails", len(sink.mails), "repeats", repeats, "workers killed", killer.workers_killed)
    assert repeats <= killer.workers_killed
    # the same words to the same person under two numbers would be two messages
    said = Counter((mail.recipients, mail.subject) for mail in {mail.message_id: mail for mail in sink.mails}.values())
    assert max(said.values()) == 1


def _none_is_wrong(schedule: Schedule, sink: SmtpSink) -> None:
    rows = {row.message_id: row for row in Delivery.objects.filter(channel="email")}
    for mail in sink.mails:
        row = rows[mail.message_id]
        committed = schedule.changed.get(row.ref)
        if row.kind == notices.REMINDER and committed is not None:
            assert mail.at <= committed + IN_FLIGHT, f"{row} left {mail.at - committed:.1f} s after the change"
