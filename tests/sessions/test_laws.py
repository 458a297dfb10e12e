"""Whatever is booked, held, moved and cancelled in any order: nothing overlaps, and time and money say what stands."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.audit import chain_break
from budgets.models import Budget, BudgetEntry
from producerdesk.kit import clock
from producerdesk.kit.errors import Clash, Conflict, Refused
from sessions import actions
from sessions.actions.standing import called, work_of
from sessions.booking.holds import ahead_of, booked_over
from sessions.booking.models import BookingSlot
from sessions.models import Call, StudioSession
from sessions.pricing import SOURCE, price
from sessions.recurring import Repeat
from tests import makers, services
from tests.cast import Cast

State = StudioSession.State
EXAMPLES = services.rounds(15, 150)

hours = st.tuples(st.integers(8, 18), st.integers(1, 4)).map(lambda each: (each[0], each[0] + each[1]))
rooms = st.integers(0, 1)
people = st.sets(st.integers(0, 2), max_size=2)
which = st.integers(0, 5)
deeds = st.one_of(
    st.tuples(st.just("book"), hours, rooms, people, st.booleans()),
    st.tuples(st.just("move"), which, hours, rooms),
    st.tuples(st.sampled_from(["confirm", "cancel", "restore", "copy"]), which, hours),
    st.tuples(st.sampled_from(["decline", "yes", "remove", "call"]), which, st.integers(0, 2)),
    st.tuples(st.sampled_from(["challenge", "promote", "keep", "release"]), which, hours),
    st.tuples(st.just("wait"), st.integers(1, 72)),
    st.tuples(st.just("series"), hours, rooms, people, st.booleans()),
    st.tuples(st.sampled_from(["all", "later", "end"]), which, hours),
)


@dataclass
class World:
    """Two rooms with buffers, three people, one day."""

    cast: Cast
    rooms: list[Any]
    people: list[Any]

    now: dt.datetime = dt.datetime(2087, 3, 1, tzinfo=dt.UTC)

    def __post_init__(self) -> None:
        self.project = makers.make_project(self.cast.desk)
        self.viewer = self.cast.viewer("ana")

    def sessions(self) -> list[StudioSession]:
        return list(StudioSession.objects.filter(project=self.project).order_by("pk"))

    def do(self, deed: tuple) -> None:
        """Try it. What is refused, for a clash or a state that does not allow it, must leave all as it was."""
        if deed[0] == "wait":
            self.now += dt.timedelta(hours=deed[1])
        with clock.standing_at(self.now):
            before = self.picture()
            try:
                self.act(deed)
            except (Clash, Conflict, Refused):
                assert self.picture() == before
            self.check()

    def act(self, deed: tuple) -> None:
        match deed:
            case ("wait", _hours):
                pass
            case ("book", span, room, called_people, hold):
                self.book(span, room, called_people, hold=hold)
            case ("series", span, room, called_people, hold):
                self.book(span, room, called_people, hold=hold, repeat=Repeat("daily", times=3))
            case (name, number, *said):
                known = self.sessions()
                if known:
                    self.change(name, known[number % len(known)], *said)

    def book(
        self, span: tuple[int, int], room: int, called_people: set[int], *, hold: bool, repeat: Repeat | None = None
    ) -> None:
        calls: list[actions.CallSpec] = [{"contributor": self.people[number]} for number in sorted(called_people)]
        actions.book_session(
            viewer=self.viewer,
            project=self.project,
            title="Any",
            room=self.rooms[room],
            calls=calls,
            hold=hold,
            repeat=repeat,
            **self.when(span),
        )

    def change(self, name: str, session: StudioSession, *said: Any) -> None:
        viewer = self.viewer
        simple: dict[str, Callable] = {
            "confirm": actions.confirm_session,
            "cancel": actions.cancel_session,
            "restore": actions.restore_session,
            "challenge": actions.challenge_hold,
            "promote": actions.promote_hold,
            "keep": actions.keep_hold,
            "release": actions.release_hold,
        }
        match name, *said:
            case "move", span, room:
                actions.move_session(viewer=viewer, session=session, room=self.rooms[room], **self.when(span))
            case "copy", span:
                actions.duplicate_session(viewer=viewer, session=session, **self.when(span))
            case (_, _span) if name in simple:
                simple[name](viewer=viewer, session=session)
            case (("all" | "later"), span):
                actions.move_dates(viewer=viewer, session=session, scope=name, **self.when(span, session))
            case "end", _span:
                actions.cancel_dates(viewer=viewer, session=session, scope="later")
            case "call", number:
                if not called(session) or self.people[number] not in [call.contributor for call in called(session)]:
                    actions.call_person(viewer=viewer, session=session, contributor=self.people[number])
            case _, number:
                calls = called(session)
                if calls:
                    answers: dict[str, Callable] = {
                        "decline": actions.decline_call,
                        "yes": actions.confirm_call,
                        "remove": actions.remove_call,
                    }
                    answers[name](viewer=viewer, call=calls[number % len(calls)])

    @staticmethod
    def when(span: tuple[int, int], session: StudioSession | None = None) -> dict[str, Any]:
        day = session.starts_local[:10] if session else "2087-03-10"
        return {"starts_local": f"{day}T{span[0]:02}:00", "ends_local": f"{day}T{span[1]:02}:00"}

    def picture(self) -> list:
        """Return everything that a refused deed must leave alone."""
        return [
            list(model.order_by("pk").values_list())
            for model in (
                StudioSession.objects.filter(project=self.project),
                Call.objects.filter(session__project=self.project),
                BookingSlot.objects.filter(session__project=self.project),
                BudgetEntry.objects.filter(budget__project=self.project),
            )
        ]

    def check(self) -> None:
        self.check_line()
        slots = list(BookingSlot.objects.select_related("resource", "session").order_by("resource", "starts_at"))
        for one, other in combinations(slots, 2):
            if one.resource_id == other.resource_id and one.starts_at < other.ends_at and other.starts_at < one.ends_at:
                # two holds, each with a place of its own in line; or a hold that somebody before it confirmed
                assert "hold" in (one.state, other.state)
                gone = [slot.session.has_lapsed(self.now) for slot in (one, other)]
                assert one.state != other.state or one.rank != other.rank or any(gone)
        total = 0
        for session in self.sessions():
            self.check_slots(session, [slot for slot in slots if slot.session_id == session.pk])
            entries = BudgetEntry.objects.of_source(SOURCE, session.pk)
            expected = sum(line.amount.minor for line in price(work_of(session, called(session))))
            assert entries.level().open == (expected if session.state == State.CONFIRMED else 0)
            total += entries.level().open
        assert BudgetEntry.objects.filter(budget__project=self.project).level().open == total
        budget = Budget.objects.filter(project=self.project).first()
        assert budget is None or chain_break(budget) is None

    def check_line(self) -> None:
        """A hold can be confirmed if nobody is before it and nothing is booked, and only then."""
        held = [each for each in self.sessions() if each.state == State.HOLD and not each.has_lapsed(self.now)]
        for session in held[-2:]:
            free = not ahead_of(session, self.now) and not booked_over(session)
            assert self.can_confirm(session) == free
        for session in self.sessions():
            if session.answer_by is not None:
                assert session.state != State.CONFIRMED
            if session.answer_by is not None and session.answer_by > self.now:
                assert session.challenged_by and session.challenged_by.state == State.HOLD
                assert session.pk in {slot.session_id for slot in ahead_of(session.challenged_by, self.now)}

    def can_confirm(self, session: StudioSession) -> bool:
        try:
            with transaction.atomic():
                actions.confirm_session(viewer=self.viewer, session=StudioSession.objects.get(pk=session.pk))
                transaction.set_rollback(True)
        except Clash:
            return False
        return True

    def check_slots(self, session: StudioSession, slots: list[BookingSlot]) -> None:
        """What a session needs is what it has."""
        if session.state not in (State.HOLD, State.CONFIRMED):
            assert slots == []
            return
        coming = [call for call in called(session) if call.answer != Call.Answer.DECLINED]
        expected = {call.contributor_id: (call.call_at, session.ends_at) for call in coming}
        found = {slot.resource.contributor_id: (slot.starts_at, slot.ends_at) for slot in slots}
        room = found.pop(None)
        assert found == expected
        assert session.room is not None
        assert (session.starts_at - room[0]).seconds == session.room.setup_minutes * 60
        assert (room[1] - session.ends_at).seconds == session.room.reset_minutes * 60
        assert {slot.state for slot in slots} == {session.state}


@pytest.mark.soak
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=EXAMPLES)
@given(st.lists(deeds, min_size=4, max_size=14))
def test_whatever_happens_nothing_overlaps_and_the_ledger_says_what_stands(cast: Cast, history: list[tuple]) -> None:
    studio = makers.make_studio(cast.desk)
    rooms = [
        makers.make_room(studio, "A", hour="50", setup_minutes=30),
        makers.make_room(studio, "B", hour="31.35", reset_minutes=45),
    ]
    people = [makers.make_contributor(cast.desk) for _ in range(3)]
    for person, fee in zip(people, ("40", "33.33", "0"), strict=True):
        makers.make_rate(person, "hour", fee)
    world = World(cast, rooms, people)
    for deed in history:
        world.do(deed)
