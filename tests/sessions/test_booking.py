"""Taking time: who keeps whom out, what a clash tells, and what is free instead."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from producerdesk.kit import clock
from producerdesk.kit.errors import Clash
from sessions import actions
from sessions.booking.free import Wish, free_spans
from sessions.booking.models import LONGEST_SLOT, BookingSlot
from sessions.booking.resources import resources_for
from sessions.booking.slots import Want, claim
from sessions.models import StudioSession
from tests import makers, services
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.taking import book, clash, move

NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("january")


# --- who keeps whom out ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("starts", "ends"),
    [("09:00", "10:15"), ("17:45", "20:00"), ("12:00", "13:00"), ("09:00", "19:00"), ("10:00", "18:00")],
)
def test_a_room_is_taken_once_at_a_time(cast: Cast, starts: str, ends: str) -> None:
    book(cast)
    refused = clash(cast, starts, ends)
    assert refused.status_code == 409
    assert [each["field"] for each in refused.clashes] == ["room"]
    assert StudioSession.objects.count() == BookingSlot.objects.count() == 1


def test_hours_that_touch_do_not_clash(cast: Cast) -> None:
    book(cast, "10:00", "12:00")
    book(cast, "12:00", "14:00")
    book(cast, "08:00", "10:00")


def test_a_room_needs_its_minutes_before_and_after(cast: Cast) -> None:
    cast.room.setup_minutes, cast.room.reset_minutes = 15, 30
    cast.room.save()
    session = book(cast, "10:00", "12:00")
    slot = session.slots.get()
    assert (slot.starts_at, slot.ends_at) == (
        session.starts_at - timedelta(minutes=15),
        session.ends_at + timedelta(minutes=30),
    )
    text = clash(cast, "12:30", "14:00").clashes[0]["text"]
    assert text == "Foxglove, Room A is taken 10:00 – 12:00 by Salt & Neon. It needs 45 min between two sessions."
    book(cast, "12:45", "14:00")


def test_a_person_is_kept_from_the_call_to_the_end(cast: Cast) -> None:
    book(cast, "10:00", "18:00", room=None, calls=[{"contributor": cast.wren_called, "call": time(14)}])
    other = makers.make_room(cast.room.studio, "Room B")
    book(cast, "10:00", "14:00", cast.wren_called, room=other)
    assert clash(cast, "17:00", "19:00", cast.wren_called, room=other).clashes[0]["label"] == "Wren Castellan"


def test_everything_that_is_taken_is_named_at_its_field(cast: Cast) -> None:
    book(cast, "10:00", "18:00", cast.emil_called, cast.wren_called)
    refused = clash(cast, "12:00", "16:00", cast.nora_called, cast.wren_called, cast.emil_called)
    assert str(refused.detail) == "3 things are taken at that time. Nothing was saved or sent."
    assert [(each["field"], each["label"]) for each in refused.clashes] == [
        ("room", "Foxglove, Room A"),
        ("calls.1.contributor", "Wren Castellan"),
        ("calls.2.contributor", "Emil"),
    ]
    assert refused.clashes[1]["text"] == "Wren Castellan is booked 10:00 – 18:00 for Salt & Neon."
    assert not StudioSession.objects.filter(starts_local__contains="12:00").exists()


def test_who_said_no_is_free_for_others(cast: Cast) -> None:
    session = book(cast, "10:00", "18:00", cast.wren_called)
    actions.decline_call(viewer=cast.viewer("ana"), call=session.calls.get())
    other = makers.make_room(cast.room.studio, "Room B")
    book(cast, "10:00", "18:00", cast.wren_called, room=other)


def test_a_session_is_never_in_its_own_way(cast: Cast) -> None:
    session = book(cast, "10:00", "18:00", cast.wren_called)
    move(cast, session, "11:00", "19:00")
    assert [slot.starts_at.hour for slot in session.slots.all()] == [10, 10]


def test_a_slot_longer_than_the_longest_is_a_mistake_in_the_code(cast: Cast) -> None:
    resource = resources_for(room_id=cast.room.pk).room
    assert resource
    want = Want(resource, NOON, NOON + LONGEST_SLOT + timedelta(minutes=1), "room", "Room A")
    with pytest.raises(ValueError):
        claim([want], confirmed=True)


# --- holds ----------------------------------------------------------------------------------------
def confirm(cast: Cast, session: StudioSession) -> StudioSession:
    return actions.confirm_session(viewer=cast.viewer("ana"), session=session)


def test_a_hold_over_a_confirmed_session_is_refused(cast: Cast) -> None:
    book(cast)
    clash(cast, hold=True)


def test_holds_over_holds_line_up(cast: Cast) -> None:
    first, second, third = (book(cast, "10:00", "18:00", cast.wren_called, hold=True) for _ in range(3))
    assert [session.slots.order_by("pk")[0].rank for session in (first, second, third)] == [1, 2, 3]
    assert book(cast, "18:00", "20:00", hold=True).slots.get().rank == 1


def test_only_the_first_in_line_is_confirmed(cast: Cast) -> None:
    first, second = (book(cast, hold=True) for _ in range(2))
    with pytest.raises(Clash) as refused:
        confirm(cast, second)
    assert refused.value.clashes[0]["text"] == "Foxglove, Room A is held 10:00 – 18:00 for Salt & Neon."
    confirm(cast, first)
    with pytest.raises(Clash) as refused:
        confirm(cast, second)
    assert "is taken" in refused.value.clashes[0]["text"]


def test_the_next_in_line_moves_up_when_the_first_is_given_back(cast: Cast) -> None:
    first, second = (book(cast, hold=True) for _ in range(2))
    actions.cancel_session(viewer=cast.viewer("ana"), session=first)
    assert confirm(cast, second).state == StudioSession.State.CONFIRMED


def test_a_booking_does_not_pass_over_a_hold_that_was_there_before(cast: Cast) -> None:
    book(cast, hold=True)
    assert "is held" in clash(cast).clashes[0]["text"]


def test_a_hold_made_shorter_keeps_its_place_and_made_longer_goes_to_the_end(cast: Cast) -> None:
    first, second = (book(cast, hold=True) for _ in range(2))
    move(cast, first, "12:00", "18:00")
    assert first.slots.get().rank == 1
    move(cast, first, "10:00", "18:00")
    assert first.slots.get().rank == 3
    assert confirm(cast, second).state == StudioSession.State.CONFIRMED


def test_a_confirmed_session_made_shorter_is_not_kept_from_it_by_a_hold(cast: Cast) -> None:
    first, _second = (book(cast, hold=True) for _ in range(2))
    confirm(cast, first)
    move(cast, first, "11:00", "17:00")
    with pytest.raises(Clash):
        move(cast, first, "10:00", "18:00")  # the hold has come before it there


# --- what a clash tells ---------------------------------------------------------------------------
def test_another_desk_learns_that_a_shared_player_is_busy_and_no_more(cast: Cast) -> None:
    emil_elsewhere = makers.make_contributor(cast.other_desk, user=cast.emil)
    book(cast, "10:00", "18:00", cast.emil_called, title="A secret record")
    with pytest.raises(Clash) as refused:
        makers.make_session(
            cast.other_project,
            cast.cleo,
            "2027-03-10T12:00",
            "2027-03-10T20:00",
            calls=[{"contributor": emil_elsewhere}],
        )
    assert refused.value.clashes == [
        {
            "field": "calls.0.contributor",
            "label": "Emil",
            # not since when the other desk has him
            "starts_at": "2027-03-10T11:00:00Z",
            "ends_at": "2027-03-10T17:00:00Z",
            "session": None,
            "text": "Emil is busy 12:00 – 18:00.",
        }
    ]


def test_two_desks_may_call_people_of_one_name(cast: Cast) -> None:
    wren_elsewhere = makers.make_contributor(cast.other_desk, "Wren Castellan", email=cast.wren_called.email)
    book(cast, "10:00", "18:00", cast.wren_called)
    makers.make_session(cast.other_project, cast.cleo, "2027-03-10T10:00", calls=[{"contributor": wren_elsewhere}])


def test_a_co_producer_of_one_project_learns_no_other_projects_name(cast: Cast) -> None:
    guest = makers.make_user("Gil")
    project = makers.make_project(cast.desk, "Field Notes")
    makers.make_member(project, guest, "co_producer")
    book(cast)
    with pytest.raises(Clash) as refused:
        makers.make_session(project, guest, "2027-03-10T12:00", "2027-03-10T14:00", room=cast.room)
    assert refused.value.clashes[0]["text"] == "Foxglove, Room A is busy 12:00 – 14:00."


def test_a_clash_through_midnight_names_the_day(cast: Cast) -> None:
    makers.make_session(cast.project, cast.ana, "2027-03-09T20:00", "2027-03-10T04:00", room=cast.room)
    text = clash(cast, "02:00", "08:00").clashes[0]["text"]
    assert text == "Foxglove, Room A is taken Tue 9 Mar 20:00 – 04:00 Wed 10 by Salt & Neon."


# --- what is free instead -------------------------------------------------------------------------
def offered(refused: Clash) -> list[tuple[str, str]]:
    return [(each["starts_local"], each["ends_local"]) for each in refused.free]


def test_three_times_are_offered_each_day_the_nearest_to_the_wished_hour(cast: Cast) -> None:
    book(cast, "14:00", "18:00")
    makers.make_session(cast.project, cast.ana, "2027-03-11T11:00", "2027-03-11T22:00", room=cast.room)
    refused = clash(cast, "12:00", "18:00")
    assert offered(refused) == [
        ("2027-03-10T08:00", "2027-03-10T14:00"),
        ("2027-03-12T12:00", "2027-03-12T18:00"),
        ("2027-03-13T12:00", "2027-03-13T18:00"),
    ]
    assert refused.free[0] == {
        "starts_at": "2027-03-10T07:00:00Z",
        "ends_at": "2027-03-10T13:00:00Z",
        "time_zone": "Europe/Berlin",
        "starts_local": "2027-03-10T08:00",
        "ends_local": "2027-03-10T14:00",
        "starts_fold": 0,
        "ends_fold": 0,
    }


def test_what_is_offered_can_be_booked(cast: Cast) -> None:
    cast.room.setup_minutes, cast.room.reset_minutes = 30, 45
    cast.room.save()
    for hour in ("08:00", "15:00"):
        book(cast, hour, f"{int(hour[:2]) + 3:02}:00", cast.wren_called)
    for _ in range(6):
        refused = clash(cast, "10:15", "12:15", cast.wren_called, cast.emil_called)
        for starts, ends in offered(refused):
            makers.make_session(
                cast.project,
                cast.ana,
                starts,
                ends,
                room=cast.room,
                calls=[{"contributor": cast.wren_called}, {"contributor": cast.emil_called}],
            )


def test_nothing_past_is_offered_and_nothing_beyond_a_fortnight(cast: Cast) -> None:
    book(cast)
    with time_machine.travel("2027-03-12T11:10:00Z", tick=False):  # ten past twelve in Berlin
        assert offered(clash(cast, "10:00", "12:00"))[0] == ("2027-03-12T12:30", "2027-03-12T14:30")
    for day in range(1, 32):
        makers.make_session(
            cast.other_project,
            cast.cleo,
            f"2027-04-{min(day, 30):02}T00:00" if day < 31 else "2027-05-01T00:00",
            f"2027-04-{day + 1:02}T00:00" if day < 30 else "2027-05-01T00:00" if day == 30 else "2027-05-02T00:00",
            room=cast.other_room,
        )
    with pytest.raises(Clash) as refused:
        makers.make_session(cast.other_project, cast.cleo, "2027-04-01T10:00", room=cast.other_room)
    assert refused.value.free == []


def test_a_night_session_is_offered_at_night(cast: Cast) -> None:
    makers.make_session(cast.project, cast.ana, "2027-03-10T22:00", "2027-03-11T04:00", room=cast.room)
    with pytest.raises(Clash) as refused:
        makers.make_session(cast.project, cast.ana, "2027-03-10T23:00", "2027-03-11T05:00", room=cast.room)
    assert offered(refused.value)[1:] == [
        ("2027-03-11T23:00", "2027-03-12T05:00"),
        ("2027-03-12T23:00", "2027-03-13T05:00"),
    ]


def test_no_time_that_does_not_exist_is_offered(cast: Cast) -> None:
    midnight = datetime(2027, 9, 4, 4, tzinfo=UTC)
    wish = Wish((), midnight, midnight + timedelta(hours=6), "America/Santiago", confirmed=True)
    found = [each["starts_local"] for each in free_spans(wish, now=clock.now())]
    assert found == ["2027-09-04T00:30", "2027-09-05T01:00", "2027-09-06T00:00"]


def test_a_refusal_costs_the_same_however_much_is_booked(cast: Cast) -> None:
    book(cast, "10:00", "18:00", cast.wren_called)
    with CaptureQueriesContext(connection) as few:
        clash(cast, "12:00", "14:00", cast.wren_called)
    for day in range(11, 28):
        makers.make_session(
            cast.project, cast.ana, f"2027-03-{day}T09:00", room=cast.room, calls=[{"contributor": cast.wren_called}]
        )
    with CaptureQueriesContext(connection) as many:
        clash(cast, "12:00", "14:00", cast.wren_called)
    assert len(many) == len(few) <= 14


def test_a_booking_is_few_ways_to_the_database(cast: Cast) -> None:
    """What nobody waits for travels along: a statement that goes by itself again is seen here."""
    book(cast, "10:00", "12:00", cast.wren_called)
    with CaptureQueriesContext(connection) as asked:
        book(cast, "14:00", "16:00", cast.wren_called)
    ways = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(ways) <= (8 if services.on_postgres() else 16), "\n".join(sql[:90] for sql in ways)


def _said(cast: Cast, day: int, **said: object) -> dict:
    hours = {"day": f"2027-03-{day}", "starts": "10:00", "ends": "12:00"}
    return {"project": cast.project.pk, "title": "Strings", "room": cast.room.pk} | hours | said


def test_a_booking_by_the_api_is_few_ways_to_the_database(cast: Cast) -> None:
    """All that a form names is looked up at once, and nobody waits for an id."""
    calls = [{"contributor": cast.wren_called.pk}, {"contributor": cast.nora_called.pk}]
    songs = [makers.make_song(cast.project).pk]
    ana = Caller(cast.ana)
    ana.post("sessions/", **_said(cast, 10, calls=calls, songs=songs))
    with CaptureQueriesContext(connection) as asked:
        answer = ana.post("sessions/", **_said(cast, 11, calls=calls, songs=songs))
    assert answer.status_code == 201
    ways = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(ways) <= (8 if services.on_postgres() else 24), "\n".join(sql[:90] for sql in ways)


def test_a_refusal_by_the_api_is_fewer(cast: Cast) -> None:
    """Whom it meets and what is free instead is asked by plans that are kept."""
    said = _said(cast, 10, calls=[{"contributor": cast.wren_called.pk}])
    ana = Caller(cast.ana)
    assert [ana.post("sessions/", **said).status_code for _ in range(2)] == [201, 409]
    with CaptureQueriesContext(connection) as asked:
        assert ana.post("sessions/", **said).status_code == 409
    ways = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    assert len(ways) <= (6 if services.on_postgres() else 12), "\n".join(sql[:90] for sql in ways)


def test_what_a_booking_answers_is_what_its_address_says(cast: Cast) -> None:
    item, songs = makers.make_gear(cast.room), [makers.make_song(cast.project).pk for _ in range(2)]
    makers.make_gear(cast.room, "Steinway D", bookable=False)
    people = [{"contributor": cast.wren_called.pk, "role": "Engineer"}, {"contributor": cast.nora_called.pk}]
    series = {"repeats": "weekly", "repeat_times": 3}
    away = {"room": None, "remote_place": "By phone", "time_zone": "Asia/Tokyo"}
    said = [
        _said(cast, 10, calls=people, songs=songs[::-1], gear=[item.pk], notes="Bring tea", prepare="The score"),
        _said(cast, 11, calls=people[:1], hold=True),
        _said(cast, 11, hold=True),
        _said(cast, 12, calls=people, **away),
        _said(cast, 13, calls=people, songs=songs, gear=[item.pk], **series),
        _said(cast, 14, hold=True, **series),
    ]
    ana = Caller(cast.ana)
    for each in said:
        answer = ana.post("sessions/", **each)
        assert answer.status_code == 201, answer.json()
        read = ana.get(f"sessions/{answer.json()['id']}/")
        assert answer.json() == read.json()
        assert answer.headers["ETag"] == read.headers["ETag"]
