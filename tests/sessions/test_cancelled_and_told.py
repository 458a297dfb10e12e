"""A session's life: cancelled, restored, booked again, and what people are told of it when."""

from datetime import time

import pytest
import time_machine

from budgets.models import BudgetEntry
from budgets.queries import Level
from producerdesk.kit.errors import Clash
from producerdesk.notices.models import Delivery
from sessions import actions
from sessions.models import Call, StudioSession
from sessions.notices import CANCELLED, INVITATION, MOVED, REMINDER
from tests import makers
from tests.cast import Cast
from tests.sessions.lives import book, level, move, pending, send_all, stands

State, Answer = StudioSession.State, Call.Answer


pytestmark = pytest.mark.usefixtures("january")


# --- cancelling and restoring ---------------------------------------------------------------------
def test_cancelling_gives_everything_back_and_tells(cast: Cast) -> None:
    session = book(cast, cast.nora_called, cast.wren_called)
    send_all()
    cancelled = actions.cancel_session(viewer=cast.viewer("ana"), session=session, reason=" Rain ")
    assert (cancelled.state, cancelled.cancel_reason) == (State.CANCELLED, "Rain")
    assert stands(session) == (2, 1)
    assert not session.slots.exists()
    assert level() == Level(0, 0)
    assert {name for name, _channel, _due in pending(CANCELLED)} == {"Nora", "Wren Castellan"}
    assert not pending(REMINDER)
    book(cast, cast.nora_called)


def test_who_was_never_told_of_a_session_is_not_told_of_its_end(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    assert not Delivery.objects.filter(state=Delivery.State.PENDING).exists()


def test_cancelling_twice_is_cancelling_once(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    send_all()
    for _ in range(2):
        actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    assert stands(session)[1] == 1
    assert BudgetEntry.objects.count() == 2
    assert len(pending(CANCELLED)) == 2


def test_a_cancelled_session_is_restored_as_it_was(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    send_all()
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    restored = actions.restore_session(viewer=cast.viewer("ana"), session=session)
    assert (restored.state, restored.cancel_reason, restored.restores_to) == (State.CONFIRMED, "", "")
    assert stands(session) == (3, 2)
    assert level().open == 49_600
    assert session.slots.count() == 2
    assert len(pending(INVITATION)) == 2 and not pending(CANCELLED)


def test_a_cancelled_hold_is_restored_as_a_hold(cast: Cast) -> None:
    session = book(cast, hold=True)
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    assert actions.restore_session(viewer=cast.viewer("ana"), session=session).state == State.HOLD
    assert not BudgetEntry.objects.exists()


def test_what_was_booked_since_keeps_a_session_from_being_restored(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    book(cast, cast.nora_called)
    with pytest.raises(Clash) as refused:
        actions.restore_session(viewer=cast.viewer("ana"), session=session)
    assert [each["label"] for each in refused.value.clashes] == ["Foxglove, Room A", "Nora"]
    session.refresh_from_db()
    assert session.state == State.CANCELLED


# --- booked again ---------------------------------------------------------------------------------
def test_a_copy_has_the_same_place_people_and_songs_and_no_answers(cast: Cast) -> None:
    session = book(
        cast,
        calls=[{"contributor": cast.nora_called, "role": "Artist"}, {"contributor": cast.emil_called, "call": time(9)}],
        songs=[makers.make_song(cast.project)],
        prepare="Sticks",
    )
    actions.confirm_call(viewer=cast.viewer("nora"), call=session.calls.get(contributor=cast.nora_called))
    copy = actions.duplicate_session(
        viewer=cast.viewer("ben"), session=session, starts_local="2027-03-17T12:00", ends_local="2027-03-17T18:00"
    )
    assert copy.pk != session.pk
    assert (copy.room, copy.title, copy.prepare, copy.booked_by) == (cast.room, "Tracking", "Sticks", cast.ben)
    assert list(copy.songs.all()) == list(session.songs.all())
    assert [(call.role, call.call_local[11:], call.answer) for call in copy.calls.order_by("pk")] == [
        ("Artist", "12:00", Answer.PENDING),
        ("", "11:00", Answer.PENDING),
    ]
    assert level().open == 49_600 + 6 * 6_200


def test_a_copy_leaves_out_who_was_taken_off_and_needs_its_time_free(cast: Cast) -> None:
    session = book(cast, cast.nora_called, cast.wren_called)
    actions.remove_call(viewer=cast.viewer("ana"), call=session.calls.get(contributor=cast.wren_called))
    with pytest.raises(Clash):
        actions.duplicate_session(
            viewer=cast.viewer("ana"), session=session, starts_local="2027-03-10T12:00", ends_local="2027-03-10T13:00"
        )
    copy = actions.duplicate_session(
        viewer=cast.viewer("ana"),
        session=session,
        starts_local="2027-03-11T10:00",
        ends_local="2027-03-11T11:00",
        hold=True,
    )
    assert copy.state == State.HOLD
    assert [call.contributor for call in copy.calls.all()] == [cast.nora_called]


# --- what people are told, and when ---------------------------------------------------------------
def due(kind: str, name: str = "Nora", channel: str = "email") -> list[str]:
    return [f"{at:%d %b %H:%M}" for who, by, at in pending(kind) if (who, by) == (name, channel)]


def test_reminders_leave_before_the_call_time_and_not_the_start(cast: Cast) -> None:
    book(cast, calls=[{"contributor": cast.nora_called, "call": time(9)}])
    assert due(REMINDER) == ["03 Mar 08:00", "09 Mar 08:00", "10 Mar 06:00"]
    assert due(INVITATION) == ["04 Jan 09:00"]
    assert due(REMINDER, channel="bell") == due(REMINDER)


def test_who_has_no_account_gets_mail_alone(cast: Cast) -> None:
    book(cast, cast.wren_called)
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"email"}
    assert set(Delivery.objects.values_list("recipient", flat=True)) == {f"contributor:{cast.wren_called.pk}"}


def test_a_desk_has_offsets_of_its_own(cast: Cast) -> None:
    cast.desk.reminder_offsets = [60]
    cast.desk.save()
    cast.project.refresh_from_db()
    book(cast, cast.nora_called)
    assert due(REMINDER) == ["10 Mar 08:00"]


def test_reminders_that_would_be_past_are_what_the_invitation_says(cast: Cast) -> None:
    with time_machine.travel("2027-03-09T20:00:00Z", tick=False):
        book(cast, cast.nora_called)
        assert due(INVITATION) == ["09 Mar 20:00"]
        assert due(REMINDER) == ["10 Mar 07:00"]


def test_nobody_is_told_of_what_is_over(cast: Cast) -> None:
    with time_machine.travel("2027-03-11T09:00:00Z", tick=False):
        session = book(cast, cast.nora_called)
        actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    assert not Delivery.objects.exists()


def test_moving_replaces_all_that_was_planned(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    send_all()
    move(cast, session, "2027-03-20T10:00", "2027-03-20T18:00")
    assert due(MOVED) == ["04 Jan 09:00"]
    assert due(REMINDER) == ["13 Mar 09:00", "19 Mar 09:00", "20 Mar 07:00"]
    move(cast, session, "2027-03-10T10:00", "2027-03-10T18:00")
    assert due(REMINDER) == ["03 Mar 09:00", "09 Mar 09:00", "10 Mar 07:00"]
    assert session.calls.get().generation == 3
    generations = Delivery.objects.filter(state=Delivery.State.PENDING).values_list("generation", flat=True)
    assert set(generations) == {3}


def test_whose_invitation_has_not_left_yet_is_invited_to_the_new_time(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    move(cast, session, "2027-03-20T10:00", "2027-03-20T18:00")
    assert due(INVITATION) == ["04 Jan 09:00"] and not due(MOVED)


def test_who_said_no_is_not_told_of_a_move(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    send_all()
    actions.decline_call(viewer=cast.viewer("nora"), call=session.calls.get())
    assert due(REMINDER) == []
    move(cast, session, "2027-03-20T10:00", "2027-03-20T18:00")
    assert due(MOVED) == [] and due(REMINDER) == []
