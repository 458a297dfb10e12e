"""Two hundred clients in four processes want the same time: exactly one gets it, the rest a clean 409.

Without the lock on resources these fail on PostgreSQL. On SQLite they cannot: there each transaction that will write is
alone from its first statement on (`transaction_mode=IMMEDIATE`), so the lock has nothing left to do. What stands behind
both there is the trigger, which tests/sessions/test_booking.py tries alone.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from budgets.audit import chain_break
from budgets.models import Budget, BudgetEntry
from contributors.models import Contributor
from producerdesk.accounts.models import ApiToken
from sessions import actions
from sessions.models import BookingSlot, CallSheet, CallSheetVersion, StudioSession
from sessions.pricing import SOURCE
from tests import makers, services
from tests.cast import Cast, make_cast
from tests.live import Live
from tests.sessions.racers import PROCESSES, Racers, poll_of, tokens_of

pytestmark = [pytest.mark.heavy, pytest.mark.soak]

CLIENTS = 50
FEW = services.rounds(12, 50)  # clients of the smaller races
ROUNDS = services.rounds(2, 20)
HTTP_ROUNDS = services.rounds(1, 20)
DEED_ROUNDS = services.rounds(2, 20)
FEW_ROUNDS = services.rounds(3, 20)
WORST_WAIT = 60.0  # seconds; far above what was measured, to notice a lock that is given back late


@pytest.fixture(scope="module")
def served(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Live]:
    """Four web processes on the tests' database, for all races over HTTP: they start only once."""
    with django_db_blocker.unblock():
        desk = Live()
    desk.web(workers=4)
    yield desk
    desk.stop()


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
    # here rooms with a rate cost something, people and remote sessions do not
    standing = StudioSession.objects.filter(state=StudioSession.State.CONFIRMED, room__rates__isnull=False)
    sources = BudgetEntry.objects.values_list("source_id", flat=True).distinct()
    open_ = {key for key in sources if BudgetEntry.objects.of_source(SOURCE, key).level().open}
    assert open_ == set(standing.values_list("pk", flat=True))


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


def test_one_of_many_gets_the_gear(racers: Racers, cast: Cast) -> None:
    """In four rooms at overlapping hours everybody wants the same two items, named in any order."""
    items = [makers.make_gear(cast.desk).pk, makers.make_gear(cast.desk).pk]
    rooms = [cast.room, *(makers.make_room(cast.room.studio, f"Room {each}", hour="50") for each in "BCD")]
    spans = (("10:00", "12:00"), ("10:30", "12:30"), ("11:00", "13:00"), ("11:45", "14:00"))
    for day in range(1, ROUNDS + 1):
        wishes = [
            wish(cast, day, [], hours=hours) | {"room": room.pk, "gear": items}
            for room, hours in zip(rooms, spans, strict=True)
        ]
        outcome = racers.race(cast.ana.pk, wishes, seed=day, clients=FEW)
        assert outcome.errors == []
        assert (len(outcome.won), len(outcome.clashes)) == (1, PROCESSES * FEW - 1)
        assert all("gear" in fields for fields in outcome.clashes)
    assert BookingSlot.objects.filter(resource__gear__in=items).count() == 2 * ROUNDS
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


def test_one_of_two_hundred_gets_room_and_people_over_http(racers: Racers, served: Live, cast: Cast) -> None:
    """The whole way: web server, viewer, serializers, action. Nobody gets a 5xx."""
    tokens = tokens_of(cast)
    people = people_of(cast)
    worst = 0.0
    for day in range(1, HTTP_ROUNDS + 1):
        wishes = [wish(cast, day, people), wish(cast, day, people[:1]), wish(cast, day, [])]
        outcome = racers.race(cast.ana.pk, wishes, seed=day, port=served.port, tokens=tokens)
        assert outcome.errors == []
        assert (len(outcome.won), len(outcome.clashes)) == (1, PROCESSES * CLIENTS - 1)
        worst = max(worst, outcome.worst)
    print(f"worst wait of {HTTP_ROUNDS} rounds over HTTP: {worst:.2f} s")
    assert_sound(cast)


def held(cast: Cast, day: int, *, people: list[Contributor] | None = None, room: bool = True) -> StudioSession:
    calls = [{"contributor": person} for person in people or []]
    where: dict[str, Any] = {"room": cast.room} if room else {}
    return makers.make_session(cast.project, cast.ana, f"2027-06-{day:02}T10:00", hold=True, calls=calls, **where)


def test_of_two_expired_holds_confirmed_at_once_one_is(racers: Racers, served: Live, cast: Cast) -> None:
    over: dict[str, Any] = {"port": served.port, "tokens": tokens_of(cast), "clients": 6}
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
    racers: Racers, served: Live, cast: Cast
) -> None:
    """One is first in the room, the other first with a player: each challenges the other, both are confirmed."""
    wren = cast.wren_called
    over: dict[str, Any] = {"port": served.port, "tokens": tokens_of(cast), "clients": 6}
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


def test_a_series_against_singles_is_booked_whole_or_not_at_all(racers: Racers, served: Live, cast: Cast) -> None:
    over: dict[str, Any] = {"port": served.port, "tokens": tokens_of(cast), "clients": 5}
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


class Stage:
    """What the races of one day need: for each a room of its own, so that all of them run at once."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rooms = {
            name: makers.make_room(cast.room.studio, name, hour="50") for name in ("edges", "move", "restore")
        }
        self.rooms["buffers"] = makers.make_room(
            cast.room.studio, "buffers", hour="50", setup_minutes=30, reset_minutes=45
        )
        self.second = makers.make_project(cast.desk, "Second")
        self.nora_elsewhere = makers.make_contributor(cast.other_desk, user=cast.nora)
        scopes = ["project:read", "people:read", "schedule:read", "schedule:write"]
        self.cleo = [ApiToken.objects.create(user=cast.cleo, name="race", scopes=scopes)[1]]

    def wishes(self, day: int) -> list[dict]:
        """Prepare the day; return what all want of it."""
        viewer, on = self.cast.viewer("ana"), f"2027-05-{day:02}"
        to_move = self._booked("move", f"2027-07-{day:02}T10:00")
        off = self._booked("restore", f"{on}T10:00")
        actions.cancel_session(viewer=viewer, session=off)
        holds = [held(self.cast, day), held(self.cast, day)]
        person, nora = makers.make_contributor(self.cast.desk), self.cast.nora_called
        moved = {"day": on, "starts": "10:00", "ends": "12:00", "room": self.rooms["move"].pk}
        sheet = makers.make_session(
            self.cast.project, self.cast.ana, f"2027-08-{day:02}T10:00", calls=[{"contributor": self.cast.wren_called}]
        )
        actions.save_sheet(viewer=viewer, session=sheet, expected=0, parking="First")
        to_sheet = {"path": f"/api/v1/call-sheets/{sheet.pk}/", "version": 1, "method": "PUT"}
        self.today = {"move": to_move.pk, "restore": off.pk, "sheet": sheet.pk}
        self.holds = [hold.pk for hold in holds]
        return [
            *(self._wish(day, None, hours) for hours in ("10:00-12:00", "11:00-11:30", "10:30-13:00", "09:00-18:00")),
            *(self._wish(day, "edges", hours) for hours in ("10:00-11:00", "11:00-12:00")),
            *(self._wish(day, "buffers", hours) for hours in ("10:00-11:00", "11:00-12:00", "12:30-13:30")),
            {"session": to_move.pk, "deed": "move", "more": moved, "version": to_move.version},
            self._wish(day, "move", "11:30-13:00"),
            {"session": off.pk, "deed": "restore"},
            self._wish(day, "restore", "09:00-10:30"),
            *({"session": hold, "deed": "confirm"} for hold in self.holds),
            self._wish(day, "", "14:00-16:00", people=[person]),
            self._wish(day, "", "15:00-17:00", people=[person], project=self.second),
            self._wish(day, "", "18:00-20:00", people=[nora]),
            self._wish(day, "", "19:00-21:00", people=[self.nora_elsewhere], project=self.cast.other_project)
            | {"tokens": self.cleo},
            *(to_sheet | {"more": {"parking": text}} for text in ("Left", "Right")),
            *(to_sheet | {"path": f"{to_sheet['path']}publish/", "method": "POST"} for _ in range(2)),
        ]

    def check(self, day: int) -> None:
        """Say for each race of the day how it must have ended."""
        standing = StudioSession.objects.filter(state="confirmed", starts_local__startswith=f"2027-05-{day:02}")

        def booked(**where: Any) -> int:
            return standing.filter(**where).count()

        assert booked(room=self.cast.room) == 1  # all of them want eleven o'clock
        assert booked(room=self.rooms["edges"]) == 2
        assert booked(room=self.rooms["buffers"]) in (1, 2)
        assert booked(room=self.rooms["move"]) == booked(room=self.rooms["restore"]) == 1
        assert StudioSession.objects.filter(pk__in=self.holds, state="confirmed").count() == 1
        assert booked(calls__contributor__in=[self.cast.nora_called, self.nora_elsewhere]) == 1
        assert booked(title="The same hour", starts_local__gte=f"2027-05-{day:02}T14", room=None) == 2
        sheet, sent = CallSheet.objects.get(), list(CallSheetVersion.objects.values_list("number", "content__parking"))
        assert (sheet.version, sheet.parking in ("Left", "Right")) == (2, True)
        assert sent in ([], [(1, "First")])  # what was read is what was sent, and once
        CallSheet.objects.all().delete()
        CallSheetVersion.objects.all().delete()

    def _booked(self, room: str, starts: str) -> StudioSession:
        return makers.make_session(
            self.cast.project, self.cast.ana, starts, f"{starts[:11]}12:00", room=self.rooms[room]
        )

    def _wish(
        self, day: int, room: str | None, hours: str, *, people: Sequence[Contributor] = (), project: Any = None
    ) -> dict:
        begins, _dash, ends = hours.partition("-")
        found = wish(self.cast, day, list(people), hours=(begins, ends))
        where: dict[str, Any] = {"room": self.rooms[room].pk} if room else {"room": None, "remote_place": "At home"}
        found["project"] = (project or self.cast.project).pk
        return found if room is None else found | {"more": where}


def test_every_deed_meets_every_other_over_http(racers: Racers, served: Live, cast: Cast) -> None:
    """Other lengths, touching edges, buffers, a move, a restore, two holds, a person in two projects and in two desks,
    and a call sheet that two write and two send.
    """
    stage = Stage(cast)
    over: dict[str, Any] = {"port": served.port, "tokens": tokens_of(cast)}
    for day in range(1, DEED_ROUNDS + 1):
        wishes = stage.wishes(day)
        outcome = racers.race(cast.ana.pk, wishes, seed=day, clients=len(wishes), **over)
        assert outcome.errors == []
        stage.check(day)


def test_of_the_slots_of_a_poll_confirmed_at_once_one_is_booked(racers: Racers, cast: Cast) -> None:
    people = people_of(cast)[:2]
    for day in range(1, FEW_ROUNDS + 1):
        poll = poll_of(cast, day, people, hours=(10, 11, 12))
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
