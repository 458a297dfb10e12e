"""Two hundred clients in four processes want the same time: exactly one gets it, the rest a clean 409.

Without the lock on resources these fail on PostgreSQL. On SQLite they cannot: there each transaction that will write is
alone from its first statement on (`transaction_mode=IMMEDIATE`), so the lock has nothing left to do. What stands behind
both there is the trigger, which tests/sessions/test_booking.py tries alone.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from budgets.audit import chain_break
from budgets.models import Budget, BudgetEntry
from contributors.models import Contributor
from desklib.paths import PYTHON
from producerdesk.accounts.models import ApiToken
from producerdesk.kit import clock
from sessions import actions
from sessions.models import BookingSlot, StudioSession
from sessions.pricing import SOURCE
from tests import makers, services
from tests.cast import Cast, make_cast
from tests.live import Live

pytestmark = [pytest.mark.heavy, pytest.mark.soak]

PROCESSES, CLIENTS = 4, 50
FEW = services.rounds(12, 50)  # clients of the smaller races
THREADS = 10  # a process; PostgreSQL takes a hundred connections as it comes, and other tests hold some
ROUNDS = services.rounds(2, 20)
HTTP_ROUNDS = services.rounds(1, 20)
FEW_ROUNDS = services.rounds(3, 20)
WORST_WAIT = 60.0  # seconds; far above what was measured, to notice a lock that is given back late


@dataclass
class Outcome:
    """What became of all clients of a round."""

    won: list[int]
    clashes: list[list[str]]
    errors: list[str]
    worst: float


class Racers:
    """The four processes."""

    def __init__(self, env: dict[str, str]) -> None:
        command = [str(PYTHON), "-m", "tests.sessions.racing"]
        self._processes = [
            subprocess.Popen(
                command, cwd=services.ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            for _ in range(PROCESSES)
        ]

    def race(self, viewer: int, wishes: list[dict], *, seed: int, clients: int = CLIENTS, **over: object) -> Outcome:
        """Let all clients go at once and wait for the last. `over` says by which port and tokens they go."""
        job = {"clients": clients, "threads": THREADS, "viewer": viewer, "wishes": wishes} | over
        for number, process in enumerate(self._processes):
            self._say(process, json.dumps(job | {"seed": seed * 10 + number}))
        for process in self._processes:
            assert self._hear(process) == "ready"
        for process in self._processes:
            self._say(process, "go")
        found = [each for process in self._processes for each in json.loads(self._hear(process))]
        return Outcome(
            won=[each["won"] for each in found if "won" in each],
            clashes=[each["clash"] for each in found if "clash" in each],
            errors=[each["error"] for each in found if "error" in each],
            worst=max(each["seconds"] for each in found),
        )

    def stop(self) -> None:
        """End them."""
        for process in self._processes:
            assert process.stdin and process.stdout
            process.stdin.close()
            process.wait(timeout=30)
            process.stdout.close()

    def _say(self, process: subprocess.Popen, line: str) -> None:
        assert process.stdin
        process.stdin.write(line + "\n")
        process.stdin.flush()

    def _hear(self, process: subprocess.Popen) -> str:
        assert process.stdout
        return process.stdout.readline().strip()


@pytest.fixture(scope="module")
def racers(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Racers]:
    """The processes, on the tests' database."""
    with django_db_blocker.unblock():
        env = Live().env
    running = Racers(env | {"DJANGO_SETTINGS_MODULE": "producerdesk.settings"})
    yield running
    running.stop()


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, where other processes see it."""
    return make_cast()


def people_of(cast: Cast) -> list[Contributor]:
    return [cast.nora_called, cast.emil_called, cast.wren_called, makers.make_contributor(cast.desk)]


def wish(cast: Cast, day: int, people: list[Contributor], *, hours: tuple[str, str] = ("10:00", "11:00")) -> dict:
    return {
        "project": cast.project.pk,
        "room": cast.room.pk,
        "people": [person.pk for person in people],
        "starts": f"2027-05-{day:02}T{hours[0]}",
        "ends": f"2027-05-{day:02}T{hours[1]}",
    }


def assert_sound(cast: Cast) -> None:
    """No resource is taken twice at a time, and the ledger says what stands."""
    slots = BookingSlot.objects.filter(state__in=BookingSlot.EXCLUDING).order_by("resource", "starts_at")
    for one, other in combinations(slots, 2):
        assert one.resource_id != other.resource_id or one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
    budget = Budget.objects.filter(project=cast.project).first()
    assert budget is None or chain_break(budget) is None
    standing = StudioSession.objects.filter(state=StudioSession.State.CONFIRMED)
    sources = BudgetEntry.objects.values_list("source_id", flat=True).distinct()
    open_ = {key for key in sources if BudgetEntry.objects.of_source(SOURCE, key).level().open}
    assert open_ == set(standing.values_list("pk", flat=True))


def tokens_of(cast: Cast) -> list[str]:
    """Return tokens of as many people as together stay under the limit of requests a minute."""
    scopes = ["project:read", "people:read", "schedule:read", "schedule:write"]
    tokens = []
    for _ in range(8):
        user = makers.make_user()
        makers.make_staff(cast.desk, user)
        tokens.append(ApiToken.objects.create(user=user, name="race", scopes=scopes)[1])
    return tokens


def test_one_of_two_hundred_gets_the_room(racers: Racers, cast: Cast) -> None:
    worst = 0.0
    for day in range(1, ROUNDS + 1):
        outcome = racers.race(cast.ana.pk, [wish(cast, day, [])], seed=day)
        assert outcome.errors == []
        assert (len(outcome.won), len(outcome.clashes)) == (1, PROCESSES * CLIENTS - 1)
        assert {tuple(fields) for fields in outcome.clashes} == {("room",)}
        worst = max(worst, outcome.worst)
    print(f"worst wait of {ROUNDS} rounds: {worst:.2f} s")
    assert worst < WORST_WAIT
    assert StudioSession.objects.count() == ROUNDS
    assert_sound(cast)


def test_one_gets_room_and_people_whatever_the_order(racers: Racers, cast: Cast) -> None:
    people = people_of(cast)
    worst = 0.0
    for day in range(1, ROUNDS + 1):
        wishes = [
            wish(cast, day, people, hours=hours)
            for hours in (("10:00", "12:00"), ("10:30", "12:30"), ("11:00", "13:00"), ("11:45", "14:00"))
        ]
        outcome = racers.race(cast.ana.pk, wishes, seed=day)
        assert outcome.errors == []
        assert (len(outcome.won), len(outcome.clashes)) == (1, PROCESSES * CLIENTS - 1)
        worst = max(worst, outcome.worst)
    print(f"worst wait of {ROUNDS} rounds: {worst:.2f} s")
    assert worst < WORST_WAIT
    assert_sound(cast)


def test_who_shares_only_one_person_still_never_meets(racers: Racers, cast: Cast) -> None:
    """Rooms differ, people overlap in chains: locks are taken in one order, so nobody waits in a circle."""
    people = people_of(cast)
    rooms = [makers.make_room(cast.room.studio, f"Room {letter}", hour="50.00") for letter in "BCDE"]
    wishes = [
        wish(cast, 1, [people[number], people[(number + 1) % 4]]) | {"room": room.pk}
        for number, room in enumerate(rooms)
    ]
    outcome = racers.race(cast.ana.pk, wishes, seed=1, clients=FEW)
    assert outcome.errors == []
    assert 1 <= len(outcome.won) <= 2
    assert_sound(cast)


def test_touching_hours_are_both_booked(racers: Racers, cast: Cast) -> None:
    people = people_of(cast)
    wishes = [wish(cast, 1, people, hours=hours) for hours in (("10:00", "11:00"), ("11:00", "12:00"))]
    outcome = racers.race(cast.ana.pk, wishes, seed=1, clients=FEW)
    assert outcome.errors == []
    assert len(outcome.won) == 2
    assert_sound(cast)


def test_holds_line_up_and_only_the_first_is_confirmed(racers: Racers, cast: Cast) -> None:
    people = people_of(cast)
    held = racers.race(cast.ana.pk, [wish(cast, 1, people) | {"hold": True}], seed=1, clients=6)
    assert held.errors == [] and len(held.won) == 4 * 6
    ranks = BookingSlot.objects.order_by("rank").values_list("resource", "rank")
    assert len(set(ranks)) == len(ranks) == 24 * 5  # on each resource, everybody has a place of the own

    outcome = racers.race(cast.ana.pk, [{"session": key} for key in held.won], seed=2, clients=24)
    assert outcome.errors == []
    first = StudioSession.objects.get(state=StudioSession.State.CONFIRMED)
    assert set(outcome.won) == {first.pk}
    assert set(first.slots.values_list("rank", flat=True)) == {1}
    assert_sound(cast)


def test_one_of_two_hundred_gets_room_and_people_over_http(racers: Racers, live: Live, cast: Cast) -> None:
    """The whole way: web server, viewer, serializers, action. Nobody gets a 5xx."""
    live.web(workers=2)
    tokens = tokens_of(cast)
    people = people_of(cast)
    worst = 0.0
    for day in range(1, HTTP_ROUNDS + 1):
        wishes = [wish(cast, day, people), wish(cast, day, people[:1]), wish(cast, day, [])]
        outcome = racers.race(cast.ana.pk, wishes, seed=day, port=live.port, tokens=tokens)
        assert outcome.errors == []
        assert (len(outcome.won), len(outcome.clashes)) == (1, PROCESSES * CLIENTS - 1)
        worst = max(worst, outcome.worst)
    print(f"worst wait of {HTTP_ROUNDS} rounds over HTTP: {worst:.2f} s")
    assert_sound(cast)


def held(cast: Cast, day: int, *, people: list[Contributor] | None = None, room: bool = True) -> StudioSession:
    calls = [{"contributor": person} for person in people or []]
    where: dict[str, Any] = {"room": cast.room} if room else {}
    return makers.make_session(cast.project, cast.ana, f"2027-06-{day:02}T10:00", hold=True, calls=calls, **where)


def test_of_two_expired_holds_confirmed_at_once_one_is(racers: Racers, live: Live, cast: Cast) -> None:
    live.web(workers=4)
    over: dict[str, Any] = {"port": live.port, "tokens": tokens_of(cast), "clients": 6}
    for day in range(1, FEW_ROUNDS + 1):
        both = [held(cast, day), held(cast, day)]
        StudioSession.objects.filter(state="hold").update(hold_until="2026-01-01T00:00:00Z")
        deeds = [{"session": each.pk, "deed": "confirm"} for each in both]
        outcome = racers.race(cast.ana.pk, deeds, seed=day, **over)
        assert outcome.errors == []
        confirmed = StudioSession.objects.get(pk__in=[each.pk for each in both], state="confirmed")
        assert set(outcome.won) == {confirmed.pk}
        assert_sound(cast)


def test_challenges_and_confirms_from_all_sides_wait_for_nobody_in_a_circle(
    racers: Racers, live: Live, cast: Cast
) -> None:
    """One is first in the room, the other first with a player: each challenges the other, both are confirmed."""
    live.web(workers=4)
    wren = cast.wren_called
    over: dict[str, Any] = {"port": live.port, "tokens": tokens_of(cast), "clients": 6}
    for day in range(1, FEW_ROUNDS + 1):
        one = held(cast, day)
        other = held(cast, day, people=[wren], room=False)
        viewer = cast.viewer("ana")
        actions.call_person(viewer=viewer, session=one, contributor=wren)
        actions.move_session(
            viewer=viewer,
            session=other,
            room=cast.room,
            remote_place="",
            starts_local=other.starts_local,
            ends_local=other.ends_local,
        )
        deeds = [
            {"session": each.pk, "deed": deed} for deed in ("challenge", "confirm", "release") for each in (one, other)
        ]
        outcome = racers.race(cast.ana.pk, deeds, seed=day, **over)
        assert outcome.errors == []
        for each in (one, other):
            each.refresh_from_db()
            assert each.state in ("confirmed", "cancelled") and each.answer_by is None, each.state
        assert_sound(cast)


def test_a_series_against_singles_is_booked_whole_or_not_at_all(racers: Racers, live: Live, cast: Cast) -> None:
    live.web(workers=4)
    over: dict[str, Any] = {"port": live.port, "tokens": tokens_of(cast), "clients": 5}
    dates = 4
    for number in range(FEW_ROUNDS):
        day = 1 + number % 20
        people = [] if number % 2 else people_of(cast)[:2]
        whole = wish(cast, day, people) | {"more": {"repeats": "daily", "repeat_times": dates}}
        singles = [wish(cast, day + after, people[:1], hours=("10:30", "11:30")) for after in (0, 2, 3)]
        outcome = racers.race(cast.ana.pk, [whole, *singles], seed=number, **over)
        assert outcome.errors == []
        assert_sound(cast)
        series = list(StudioSession.objects.filter(series__isnull=False, state="confirmed").values_list("series"))
        assert len(series) in (0, dates)
        clear(cast)


def test_of_the_slots_of_a_poll_confirmed_at_once_one_is_booked(racers: Racers, cast: Cast) -> None:
    people = people_of(cast)[:2]
    for day in range(1, FEW_ROUNDS + 1):
        poll = actions.propose_dates(
            viewer=cast.viewer("ana"),
            project=cast.project,
            title="Vocals",
            room=cast.room,
            calls=[{"contributor": person} for person in people],
            answer_by=clock.now() + timedelta(hours=1),
            slots=[
                {"starts_local": f"2027-07-{day:02}T{hour}:00", "ends_local": f"2027-07-{day:02}T{hour + 1}:00"}
                for hour in (10, 11, 12)
            ],
        )
        slots = [slot.session_id for slot in poll.slots.all()]
        outcome = racers.race(cast.ana.pk, [{"session": key} for key in slots], seed=day, clients=6)
        assert outcome.errors == []
        assert len(set(outcome.won)) == 1
        poll.refresh_from_db()
        assert (poll.state, poll.decided_id) == ("decided", outcome.won[0])
        states = StudioSession.objects.filter(pk__in=slots).values_list("state", flat=True)
        assert sorted(states) == ["cancelled", "cancelled", "confirmed"]
        assert_sound(cast)


def test_one_person_in_two_desks_is_booked_once(racers: Racers, cast: Cast) -> None:
    """The desks know nothing of each other: what they share is the player's own resource."""
    makers.make_staff(cast.other_desk, cast.ana)
    theirs = makers.make_contributor(cast.other_desk, user=cast.nora)
    for day in range(1, FEW_ROUNDS + 1):
        ours = wish(cast, day, [cast.nora_called])
        others = wish(cast, day, [theirs], hours=("10:30", "11:30"))
        others |= {"project": cast.other_project.pk, "room": cast.other_room.pk}
        outcome = racers.race(cast.ana.pk, [ours, others], seed=day, clients=FEW)
        assert outcome.errors == []
        assert len(outcome.won) == 1
        assert_sound(cast)


def clear(cast: Cast) -> None:
    """Cancel what was booked, so that the next round begins with nothing."""
    for session in StudioSession.objects.filter(state="confirmed"):
        actions.cancel_session(viewer=cast.viewer("ana"), session=session)
