"""Wrapping a session: settled to the real hours, its time given back; then, as after a cancellation, it stays."""

from datetime import datetime, time

import pytest
import time_machine

from budgets.models import BudgetEntry
from budgets.queries import Level
from producerdesk.kit.errors import Clash, Conflict, Refused
from sessions import actions
from sessions.models import StudioSession
from sessions.notices import REMINDER
from tests import makers
from tests.cast import Cast
from tests.sessions.lives import JANUARY, book, level, move, pending, stands

State = StudioSession.State
AFTER = "2027-03-10T19:00:00Z"


@pytest.fixture(autouse=True)
def _in_january() -> object:
    with time_machine.travel(JANUARY, tick=False):
        yield


def wrap(cast: Cast, session: StudioSession, starts: str = "", ends: str = "") -> StudioSession:
    return actions.wrap_session(
        viewer=cast.viewer("ana"),
        session=session,
        real_starts_at=datetime.fromisoformat(f"2027-03-10T{starts}+01:00") if starts else None,
        real_ends_at=datetime.fromisoformat(f"2027-03-10T{ends}+01:00") if ends else None,
    )


def test_wrapping_settles_to_the_real_hours(cast: Cast) -> None:
    makers.make_rate(cast.emil_called, "hour", "40")
    session = book(cast, calls=[{"contributor": cast.emil_called, "call": time(9)}, {"contributor": cast.nora_called}])
    with time_machine.travel(AFTER, tick=False):
        wrapped = wrap(cast, session, "10:30", "19:10")
    assert wrapped.state == State.WRAPPED
    # the room from 10:30 to 19:10, in started quarters; Emil came an hour before, as he was called
    assert level() == Level(0, int(8.75 * 6_200) + int(9.75 * 4_000))
    assert stands(session)[1] == 0
    assert not pending(REMINDER)


def test_wrapped_as_planned_unless_said(cast: Cast) -> None:
    session = book(cast)
    with time_machine.travel(AFTER, tick=False):
        wrapped = wrap(cast, session)
    assert (wrapped.real_starts_at, wrapped.real_ends_at) == (session.starts_at, session.ends_at)
    assert level() == Level(0, 49_600)


def test_wrapped_again_the_difference_is_written(cast: Cast) -> None:
    session = book(cast)
    with time_machine.travel(AFTER, tick=False):
        wrap(cast, session)
        wrap(cast, session, ends="17:00")
    assert level() == Level(0, 7 * 6_200)
    assert list(BudgetEntry.objects.order_by("seq").values_list("kind", "amount_minor")) == [
        ("commit", 49_600),
        ("release", -49_600),
        ("actual", 49_600),
        ("actual", -6_200),
    ]


def test_a_session_that_ended_early_leaves_the_rest_to_others(cast: Cast) -> None:
    cast.room.reset_minutes = 30
    cast.room.save()
    session = book(cast, cast.wren_called)
    with time_machine.travel("2027-03-10T13:00:00Z", tick=False):
        wrap(cast, session, ends="13:30")
        with pytest.raises(Clash):
            book(cast, starts="2027-03-10T13:45", ends="2027-03-10T18:00")
        book(cast, cast.wren_called, starts="2027-03-10T14:00", ends="2027-03-10T18:00")


def test_wrapped_again_it_keeps_what_it_really_took(cast: Cast) -> None:
    cast.room.reset_minutes = 30
    cast.room.save()
    session = book(cast, cast.wren_called)
    with time_machine.travel("2027-03-10T14:00:00Z", tick=False):
        wrap(cast, session, ends="13:30")
        for ends in ("13:30", "14:45", "13:30"):  # the same once more, longer, and back
            wrap(cast, session, ends=ends)
            with pytest.raises(Clash):
                book(cast, cast.wren_called, starts="2027-03-10T13:15", ends="2027-03-10T13:30")
        with pytest.raises(Clash):
            book(cast, starts="2027-03-10T13:45", ends="2027-03-10T18:00")
        book(cast, cast.wren_called, starts="2027-03-10T14:00", ends="2027-03-10T18:00")


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        ("10:00", "20:30", "real_ends_at"),  # it is eight in the evening
        ("10:00", "10:00", "real_ends_at"),
        ("20:30", "21:00", "real_starts_at"),
    ],
)
def test_real_hours_that_make_no_sense_are_refused(cast: Cast, starts: str, ends: str, field: str) -> None:
    session = book(cast)
    with time_machine.travel(AFTER, tick=False), pytest.raises(Refused) as refused:
        wrap(cast, session, starts, ends)
    assert refused.value.fields.keys() == {field}
    assert level() == Level(49_600, 0)


def test_a_session_to_come_and_a_hold_are_not_wrapped(cast: Cast) -> None:
    session, hold = book(cast), book(cast, starts="2027-03-11T10:00", hold=True)
    with pytest.raises(Conflict) as refused:
        wrap(cast, session)
    assert str(refused.value.detail) == "This session is still to come."
    with time_machine.travel("2027-04-01T09:00:00Z", tick=False):
        with pytest.raises(Conflict) as refused:
            wrap(cast, hold)
        with pytest.raises(Refused) as wrong_day:
            wrap(cast, book(cast, starts="2027-03-30T10:00"), "10:00", "18:00")
    assert "only a hold" in str(refused.value.detail)
    assert wrong_day.value.fields.keys() == {"real_starts_at"}


def test_what_is_wrapped_or_cancelled_does_not_change_any_more(cast: Cast) -> None:
    wrapped, cancelled = book(cast, cast.nora_called), book(cast, cast.wren_called, starts="2027-03-11T10:00")
    actions.cancel_session(viewer=cast.viewer("ana"), session=cancelled)
    with time_machine.travel(AFTER, tick=False):
        wrap(cast, wrapped)
    viewer = cast.viewer("ana")
    for session in (wrapped, cancelled):
        call = session.calls.get()
        for change in (
            lambda session=session: move(cast, session, "2027-03-12T10:00", "2027-03-12T18:00"),
            lambda session=session: actions.confirm_session(viewer=viewer, session=session),
            lambda session=session: actions.call_person(viewer=viewer, session=session, contributor=cast.emil_called),
            lambda session=session: actions.update_session(viewer=viewer, session=session, kind="mixing"),
            lambda call=call: actions.remove_call(viewer=viewer, call=call),
            lambda call=call: actions.change_call(viewer=viewer, call=call, role="Boss"),
            lambda call=call: actions.swap_call(viewer=viewer, call=call, contributor=cast.emil_called),
            lambda call=call: actions.confirm_call(viewer=viewer, call=call),
        ):
            with pytest.raises(Conflict):
                change()
    with pytest.raises(Conflict):
        actions.cancel_session(viewer=viewer, session=wrapped)
    for session in (wrapped, book(cast, starts="2027-03-13T10:00")):
        with pytest.raises(Conflict):
            actions.restore_session(viewer=viewer, session=session)
    with pytest.raises(Conflict):
        actions.wrap_session(viewer=viewer, session=cancelled)
