"""A session's life: booked, held, confirmed, moved, changed."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.models import BudgetEntry
from budgets.queries import Level
from producerdesk.kit.errors import Clash, Refused, Stale
from producerdesk.notices.models import Delivery
from sessions import actions
from sessions.models import BookingSlot, Call, StudioSession
from sessions.notices import INVITATION, MOVED
from tests import makers
from tests.cast import Cast
from tests.sessions.lives import book, level, move, pending, send_all, stands

State, Answer = StudioSession.State, Call.Answer


pytestmark = pytest.mark.usefixtures("january")


# --- booking --------------------------------------------------------------------------------------
def test_booking_does_everything_at_once(cast: Cast) -> None:
    makers.make_rate(cast.emil_called, "hour", "40")
    songs = [makers.make_song(cast.project) for _ in range(2)]
    session = makers.make_session(
        cast.project,
        cast.ana,
        "2027-03-10T10:00",
        "2027-03-10T16:00",
        room=cast.room,
        title=" Vocals: Glass Teeth ",
        kind="vocal",
        songs=songs,
        calls=[
            {"contributor": cast.emil_called, "role": "Recording engineer", "call": time(9, 30)},
            {"contributor": cast.nora_called, "role": "Artist"},
        ],
        prepare="Glass Teeth by heart",
        notes="She was tired last time",
    )
    session.refresh_from_db()
    assert (session.title, session.kind, session.state) == ("Vocals: Glass Teeth", "vocal", State.CONFIRMED)
    assert (session.starts_at, session.time_zone) == (datetime(2027, 3, 10, 9, tzinfo=UTC), "Europe/Berlin")
    assert (session.version, session.sequence, session.booked_by) == (1, 0, cast.ana)
    assert list(session.songs.all()) == songs
    assert [(call.contributor, call.call_local, call.answer) for call in session.calls.all()] == [
        (cast.emil_called, "2027-03-10T09:30", Answer.PENDING),
        (cast.nora_called, "2027-03-10T10:00", Answer.PENDING),
    ]
    assert session.slots.count() == 3
    entries = BudgetEntry.objects.order_by("seq").values_list("part", "label", "amount_minor", "source_id")
    assert list(entries) == [
        ("room:hour", "Room A, 6 h at €62.00", 37_200, session.pk),
        (f"person:{cast.emil_called.pk}", "Emil, 6 h 30 at €40.00", 26_000, session.pk),
    ]
    assert len(pending(INVITATION)) == 4  # two people, by mail and under the bell


def test_a_hold_keeps_the_time_and_nothing_else(cast: Cast) -> None:
    session = book(cast, cast.nora_called, hold=True)
    assert session.state == State.HOLD
    assert set(session.slots.values_list("state", flat=True)) == {"hold"}
    assert not BudgetEntry.objects.exists()
    assert not Delivery.objects.exists()


def test_a_session_may_cross_midnight(cast: Cast) -> None:
    session = makers.make_session(
        cast.project,
        cast.ana,
        "2027-03-10T20:00",
        "2027-03-11T04:00",
        room=cast.room,
        calls=[
            {"contributor": cast.wren_called, "call": time(1)},
            {"contributor": cast.nora_called, "call": time(19, 30)},
        ],
    )
    assert session.ends_at - session.starts_at == timedelta(hours=8)
    assert list(session.calls.order_by("pk").values_list("call_local", flat=True)) == [
        "2027-03-11T01:00",
        "2027-03-10T19:30",
    ]


def test_a_call_before_midnight_for_a_session_after_it(cast: Cast) -> None:
    session = makers.make_session(
        cast.project,
        cast.ana,
        "2027-03-10T00:30",
        "2027-03-10T06:00",
        calls=[{"contributor": cast.wren_called, "call": time(23, 45)}],
    )
    assert session.calls.get().call_local == "2027-03-09T23:45"


@pytest.mark.parametrize(
    ("said", "field", "text"),
    [
        ({"ends": "2027-03-10T09:00"}, "ends_local", "It ends before it starts."),
        ({"ends": "2027-03-10T10:00"}, "ends_local", "It ends before it starts."),
        ({"ends": "2027-03-10T10:14"}, "ends_local", "A session lasts a quarter of an hour at least."),
        ({"ends": "2027-03-12T10:01"}, "ends_local", "A session lasts 48 hours at most."),
        ({"ends": "2037-03-10T10:00"}, "ends_local", "A session lasts 48 hours at most."),
        ({"ends": "9999-12-31T23:59"}, "ends_local", "Give a year from 1990 to 2100."),
        ({"room": None, "remote_place": " "}, "room", "Choose a room, or say where it is if it is remote."),
        ({"room": None, "remote_place": "here", "time_zone": "Mars/X"}, "time_zone", "“Mars/X” is no time zone."),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_its_field(cast: Cast, said: dict, field: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        book(cast, **said)
    assert refused.value.fields[field][0].startswith(text)
    assert refused.value.fields.keys() == {field}
    assert not StudioSession.objects.exists()


def test_the_limits_themselves_are_fine(cast: Cast) -> None:
    book(cast, ends="2027-03-10T10:15")
    makers.make_session(cast.project, cast.ana, "2027-03-12T10:00", "2027-03-13T22:00", room=cast.room)


@pytest.mark.parametrize("said", [{"title": "  "}, {"title": "x" * 161}, {"kind": "party"}])
def test_what_a_column_cannot_hold_is_refused_by_its_field(cast: Cast, said: dict) -> None:
    with pytest.raises(ValidationError) as refused:
        book(cast, **said)
    assert refused.value.message_dict.keys() == said.keys()


def test_songs_are_of_the_same_project(cast: Cast) -> None:
    strange = makers.make_song(makers.make_project(cast.desk), "Not ours")
    with pytest.raises(Refused) as refused:
        book(cast, songs=[makers.make_song(cast.project), strange])
    assert refused.value.fields == {"songs": ["Not of this project: Not ours."]}


def test_nobody_is_called_twice_and_nobody_after_the_end(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        book(cast, cast.nora_called, cast.nora_called)
    assert refused.value.fields == {"calls.1.contributor": ["Nora is called twice."]}
    with pytest.raises(Refused) as refused:
        book(cast, calls=[{"contributor": cast.nora_called, "call": time(19)}])
    assert refused.value.fields.keys() == {"calls.0.call_local"}


def test_a_booking_without_a_rate_of_exchange_is_not_made_at_all(cast: Cast) -> None:
    makers.make_rate(cast.wren_called, "hour", "50", "USD")
    with pytest.raises(Refused) as refused:
        book(cast, cast.wren_called)
    assert "Wren Castellan, 8 h at US$50.00 is in USD" in refused.value.fields["exchange_rate"][0]
    assert not StudioSession.objects.exists() and not BookingSlot.objects.exists() and not Delivery.objects.exists()


def test_booking_takes_few_statements_however_many_are_called(cast: Cast) -> None:
    people = [makers.make_contributor(cast.desk) for _ in range(12)]
    book(cast, *people)  # makes the resources and the budget
    counts = []
    for number, called in enumerate(([people[0]], people)):
        songs = [makers.make_song(cast.project) for _ in called]
        viewer = cast.viewer("ana")
        with CaptureQueriesContext(connection) as queries:
            actions.book_session(
                viewer=viewer,
                project=cast.project,
                title="Counted",
                starts_local=f"2027-04-0{number + 1}T10:00",
                ends_local=f"2027-04-0{number + 1}T18:00",
                room=cast.room,
                songs=songs,
                calls=[{"contributor": person} for person in called],
            )
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


# --- confirming -----------------------------------------------------------------------------------
def test_confirming_a_hold_commits_its_cost_and_invites(cast: Cast) -> None:
    session = book(cast, cast.nora_called, hold=True)
    confirmed = actions.confirm_session(viewer=cast.viewer("ana"), session=session)
    assert confirmed.state == State.CONFIRMED
    assert stands(session) == (2, 1)
    assert level().open == 49_600
    assert len(pending(INVITATION)) == 2
    assert set(session.slots.values_list("state", flat=True)) == {"confirmed"}


def test_confirming_twice_is_confirming_once(cast: Cast) -> None:
    session = book(cast, hold=True)
    for _ in range(2):
        actions.confirm_session(viewer=cast.viewer("ana"), session=session)
    assert stands(session)[1] == 1
    assert BudgetEntry.objects.count() == 1


def test_a_hold_on_a_room_that_closed_is_not_confirmed(cast: Cast) -> None:
    session = book(cast, hold=True)
    cast.room.active = False
    cast.room.save()
    with pytest.raises(Refused) as refused:
        actions.confirm_session(viewer=cast.viewer("ana"), session=session)
    assert refused.value.fields == {"room": ["This room is not booked any more."]}


# --- moving ---------------------------------------------------------------------------------------
def test_moving_takes_everybody_along_and_asks_again(cast: Cast) -> None:
    makers.make_rate(cast.emil_called, "hour", "40")
    session = makers.make_session(
        cast.project,
        cast.ana,
        room=cast.room,
        calls=[{"contributor": cast.emil_called, "call": time(9)}, {"contributor": cast.nora_called}],
    )
    emil, _nora = session.calls.order_by("pk")
    actions.confirm_call(viewer=cast.viewer("emil"), call=emil)
    send_all()
    moved = move(cast, session, "2027-03-11T12:00", "2027-03-11T18:00")
    assert moved.starts_at == datetime(2027, 3, 11, 11, tzinfo=UTC)
    assert stands(session) == (2, 1)
    emil.refresh_from_db()
    assert (emil.call_local, emil.answer, emil.answered_at) == ("2027-03-11T11:00", Answer.PENDING, None)
    assert session.slots.get(resource__room=cast.room).starts_at == moved.starts_at
    assert level().open == 6 * 6_200 + 7 * 4_000
    assert {row[:2] for row in pending(MOVED)} == {
        (name, channel) for name in ("Emil", "Nora") for channel in ("email", "bell")
    }


def test_a_move_that_clashes_changes_nothing(cast: Cast) -> None:
    book(cast, starts="2027-03-11T10:00")
    session = book(cast, cast.nora_called)
    before = stands(session)
    with pytest.raises(Clash):
        move(cast, session, "2027-03-11T12:00", "2027-03-11T14:00")
    assert stands(session) == before
    assert session.starts_local == "2027-03-10T10:00"
    assert not pending(MOVED)


def test_a_move_to_the_same_time_and_place_tells_nobody(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    move(cast, session, "2027-03-10T10:00", "2027-03-10T18:00", room=cast.room)
    assert stands(session)[1] == 0
    assert not pending(MOVED)


def test_another_room_at_the_same_time_asks_nobody_again_but_tells(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    actions.confirm_call(viewer=cast.viewer("nora"), call=session.calls.get())
    send_all()
    other = makers.make_room(cast.room.studio, "Room B")
    move(cast, session, "2027-03-10T10:00", "2027-03-10T18:00", room=other)
    assert session.calls.get().answer == Answer.CONFIRMED
    assert stands(session)[1] == 1
    assert len(pending(MOVED)) == 2
    assert session.slots.filter(resource__room=other).exists()
    assert not session.slots.filter(resource__room=cast.room).exists()
    assert level().open == 0  # Room B has no rate


def test_a_session_moves_out_of_a_room_to_somewhere_else(cast: Cast) -> None:
    session = book(cast, starts="2027-06-01T10:00")
    moved = move(
        cast,
        session,
        "2027-06-01T10:00",
        "2027-06-01T18:00",
        room=None,
        remote_place="Zoom",
        time_zone="America/New_York",
    )
    assert (moved.room, moved.remote_place, moved.time_zone) == (None, "Zoom", "America/New_York")
    assert moved.starts_at == datetime(2027, 6, 1, 14, tzinfo=UTC)
    assert not session.slots.exists()


def test_a_no_stays_a_no_when_the_session_moves(cast: Cast) -> None:
    session = book(cast, cast.nora_called, cast.wren_called)
    wren = session.calls.get(contributor=cast.wren_called)
    actions.decline_call(viewer=cast.viewer("ana"), call=wren, reason="On tour")
    move(cast, session, "2027-03-11T10:00", "2027-03-11T18:00")
    wren.refresh_from_db()
    assert (wren.answer, wren.reason, wren.call_local) == (Answer.DECLINED, "On tour", "2027-03-11T10:00")
    assert not session.slots.filter(resource__contributor=cast.wren_called).exists()


def test_nobody_is_left_called_after_the_end(cast: Cast) -> None:
    session = book(cast, calls=[{"contributor": cast.wren_called, "call": time(15)}])
    with pytest.raises(Refused) as refused:
        move(cast, session, "2027-03-10T10:00", "2027-03-10T14:00")
    assert refused.value.fields == {"ends_local": ["Wren Castellan would be called after the end."]}


def test_moving_a_hold_tells_nobody(cast: Cast) -> None:
    session = book(cast, cast.nora_called, hold=True)
    move(cast, session, "2027-03-11T10:00", "2027-03-11T18:00")
    assert stands(session)[1] == 1
    assert not Delivery.objects.exists()


def test_of_two_who_change_one_session_the_second_is_told(cast: Cast) -> None:
    session = book(cast)
    move(cast, session, "2027-03-11T10:00", "2027-03-11T18:00", expected=1)
    for change in (
        lambda: move(cast, session, "2027-03-12T10:00", "2027-03-12T18:00", expected=1),
        lambda: actions.update_session(viewer=cast.viewer("ben"), session=session, title="Other", expected=1),
        lambda: actions.cancel_session(viewer=cast.viewer("ben"), session=session, expected=1),
        lambda: actions.wrap_session(viewer=cast.viewer("ben"), session=session, expected=1),
    ):
        with pytest.raises(Stale):
            change()
    session.refresh_from_db()
    assert (session.starts_local, session.title) == ("2027-03-11T10:00", "Tracking")


# --- what it is about -----------------------------------------------------------------------------
def test_what_a_session_is_about_changes_without_a_word_to_anybody(cast: Cast) -> None:
    song = makers.make_song(cast.project)
    session = book(cast, cast.nora_called)
    actions.update_session(
        viewer=cast.viewer("ana"),
        session=session,
        title=" Drums ",
        songs=[song],
        prepare="Sticks",
        notes="",
        expected=1,
    )
    assert stands(session) == (2, 0)
    assert (session.title, session.prepare, list(session.songs.all())) == ("Drums", "Sticks", [song])
    assert len(pending(INVITATION)) == 2 and not pending(MOVED)
    assert BudgetEntry.objects.count() == 1


def test_another_kind_of_session_is_paid_from_another_account(cast: Cast) -> None:
    session = book(cast)
    actions.update_session(viewer=cast.viewer("ana"), session=session, kind="mixing")
    assert BudgetEntry.objects.all().levels_by_account() == {310: Level(0, 0), 350: Level(49_600, 0)}


def test_songs_of_another_project_are_refused_later_too(cast: Cast) -> None:
    session = book(cast)
    with pytest.raises(Refused):
        actions.update_session(
            viewer=cast.viewer("ana"), session=session, songs=[makers.make_song(makers.make_project(cast.desk))]
        )
