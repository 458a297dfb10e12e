"""Hours where clocks change: Berlin, New York, Lord Howe, Kathmandu and Santiago round their changes of 2027."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producerdesk.kit import clock
from producerdesk.kit.clock import HourComesTwice, Wall
from producerdesk.kit.errors import Refused
from sessions import actions
from sessions.models import StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
KATHMANDU, SANTIAGO = "Asia/Kathmandu", "America/Santiago"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- wall time to an instant ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2027-03-27T10:00", BERLIN, "2027-03-27T09:00"),
        ("2027-03-28T10:00", BERLIN, "2027-03-28T08:00"),
        ("2027-03-13T22:00", NEW_YORK, "2027-03-14T03:00"),
        ("2027-03-14T22:00", NEW_YORK, "2027-03-15T02:00"),
        ("2027-10-02T10:00", LORD_HOWE, "2027-10-01T23:30"),
        ("2027-10-03T10:00", LORD_HOWE, "2027-10-02T23:00"),
        ("2027-06-01T10:00", KATHMANDU, "2027-06-01T04:15"),
        ("2027-04-03T10:00", SANTIAGO, "2027-04-03T13:00"),
        ("2027-04-04T10:00", SANTIAGO, "2027-04-04T14:00"),
        ("1990-01-01T00:00", "UTC", "1990-01-01T00:00"),
        ("2100-12-31T23:59", "UTC", "2100-12-31T23:59"),
    ],
)
def test_a_wall_time_means_an_instant(local: str, zone: str, instant: str) -> None:
    assert clock.resolve(local, zone) == utc(instant)
    assert clock.wall(utc(instant), zone) == Wall(local, 0)


@pytest.mark.parametrize(
    ("local", "zone", "next_valid"),
    [
        ("2027-03-28T02:00", BERLIN, "03:00"),
        ("2027-03-28T02:59", BERLIN, "03:00"),
        ("2027-03-14T02:30", NEW_YORK, "03:00"),
        ("2027-10-03T02:10", LORD_HOWE, "02:30"),  # half an hour
        ("2027-09-05T00:00", SANTIAGO, "01:00"),  # midnight itself
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-31T00:00"),  # a whole day
    ],
)
def test_an_hour_the_clocks_skip_is_refused_and_the_next_one_named(local: str, zone: str, next_valid: str) -> None:
    for fold in (None, 0, 1):
        with pytest.raises(Refused) as refused:
            clock.resolve(local, zone, fold, field="ends_local")
        text = refused.value.fields["ends_local"][0]
        assert f"The next time that exists is {next_valid}." in text
        assert zone in text


@pytest.mark.parametrize(
    ("local", "zone", "first", "second", "words"),
    [
        ("2027-10-31T02:30", BERLIN, "2027-10-31T00:30", "2027-10-31T01:30", ("UTC+2", "UTC+1")),
        ("2027-11-07T01:00", NEW_YORK, "2027-11-07T05:00", "2027-11-07T06:00", ("UTC-4", "UTC-5")),
        ("2027-04-04T01:45", LORD_HOWE, "2027-04-03T14:45", "2027-04-03T15:15", ("UTC+11", "UTC+10:30")),
        ("2027-04-03T23:30", SANTIAGO, "2027-04-04T02:30", "2027-04-04T03:30", ("UTC-3", "UTC-4")),
    ],
)
def test_an_hour_that_comes_twice_asks_which(
    local: str, zone: str, first: str, second: str, words: tuple[str, str]
) -> None:
    with pytest.raises(HourComesTwice) as asked:
        clock.resolve(local, zone, field="calls.0.call_local")
    assert asked.value.get_codes() == "hour_comes_twice"
    assert asked.value.fields.keys() == {"calls.0.call_fold"}
    text = asked.value.fields["calls.0.call_fold"][0]
    assert f"the first (summer time, {words[0]}), or the second (standard time, {words[1]})" in text
    assert [choice["fold"] for choice in asked.value.choices] == [0, 1]
    assert clock.resolve(local, zone, 0) == utc(first)
    assert clock.resolve(local, zone, 1) == utc(second)
    assert clock.wall(utc(first), zone) == Wall(local, 0)
    assert clock.wall(utc(second), zone) == Wall(local, 1)


def test_where_winter_is_the_exception_only_the_offset_is_said() -> None:
    with pytest.raises(HourComesTwice) as asked:
        clock.resolve("2027-10-31T01:30", "Europe/Dublin")
    assert "the first (UTC+1), or the second (UTC+0)" in asked.value.fields["starts_fold"][0]


@pytest.mark.parametrize("local", ["", "tomorrow", "2027-03-01", "2027-03-01T24:00", "٢٠٢٧-03-01T10:00"])
def test_what_is_no_time_is_refused(local: str) -> None:
    with pytest.raises(Refused) as refused:
        clock.resolve(local, BERLIN)
    assert refused.value.fields == {"starts_local": ["Give a day and a time, like 2027-03-28T10:00."]}


@pytest.mark.parametrize(
    ("said", "field", "text"),
    [
        ({"day": "2027-02-30"}, "day", "There is no 30 February 2027."),
        ({"ends_on": "2027-04-31"}, "ends_on", "There is no 31 April 2027."),
        ({"day": "2027-13-01"}, "day", "There is no month 13."),
        ({"hold": True, "hold_until": "2027-02-29T10:00"}, "hold_until", "There is no 29 February 2027."),
        ({"hold": True, "hold_until": "2027-02-29T10:00:00Z"}, "hold_until", "There is no 29 February 2027."),
        ({"starts": "25:61"}, "starts", "There is no 25:61 on a clock: a day goes from 00:00 to 23:59."),
        ({"starts": "24:00"}, "starts", "There is no 24:00 on a clock: a day goes from 00:00 to 23:59."),
    ],
)
def test_a_day_or_hour_that_does_not_exist_is_no_wrong_format(cast: Cast, said: dict, field: str, text: str) -> None:
    when = {"day": "2027-02-10", "starts": "10:00", "ends": "18:00", "remote_place": "Here"} | said
    refused = Caller(cast.ana).post("sessions/", project=cast.project.pk, title="Try", kind="tracking", **when)
    assert refused.json()["fields"] == {field: [text]}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("projects/", {"title": "X", "artist": "Y", "deadline": "2027-02-30"}),  # a model's own column
        ("projects/", {"title": "X", "artist": "Y", "due": {"mixing": "2027-02-30"}}),
    ],
)
def test_so_it_is_of_every_date(cast: Cast, path: str, said: dict) -> None:
    refused = Caller(cast.ana).post(path, **said).json()
    assert "There is no 30 February 2027." in str(refused["fields"])
    asked = Caller(cast.ana).get("sessions/", since="2027-02-30T00:00:00Z").json()
    assert asked["fields"] == {"since": ["There is no 30 February 2027."]}
    assert "There is no 30 February 2027." in Caller(cast.ana).page("/calendar/?date=2027-02-30").content.decode()


@pytest.mark.parametrize("year", ["0001", "1989", "2101", "9999"])
def test_a_year_out_of_bounds_is_refused(year: str) -> None:
    with pytest.raises(Refused) as refused:
        clock.resolve(f"{year}-12-31T23:59", BERLIN)
    assert refused.value.fields == {"starts_local": ["Give a year from 1990 to 2100."]}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "EST5EDT", "Etc/GMT+3"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(Refused) as refused:
        clock.resolve("2027-03-01T10:00", zone)
    assert "no time zone" in refused.value.fields["time_zone"][0]


def test_how_far_one_zone_is_ahead_of_another_changes_with_the_year() -> None:
    assert clock.ahead(utc("2027-01-10T12:00"), BERLIN, NEW_YORK) == timedelta(hours=6)
    assert clock.ahead(utc("2027-03-20T12:00"), BERLIN, NEW_YORK) == timedelta(hours=5)
    assert clock.ahead(utc("2027-03-20T12:00"), NEW_YORK, BERLIN) == timedelta(hours=-5)
    assert clock.ahead(utc("2027-03-20T12:00"), BERLIN, "Europe/Paris") == timedelta()


zones = st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, KATHMANDU, SANTIAGO, "Pacific/Apia", "Africa/Casablanca"])


@given(st.integers(0, 110 * 366 * 24 * 60 - 10**6), zones)
def test_every_instant_has_a_wall_time_that_leads_back_to_it(minutes: int, zone: str) -> None:
    instant = datetime(1990, 1, 2, tzinfo=UTC) + timedelta(minutes=minutes)
    wall = clock.wall(instant, zone)
    assert clock.resolve(wall.local, zone, wall.fold) == instant


@given(st.integers(0, 365 * 24 * 60), zones)
def test_a_wall_time_exists_or_the_next_one_does(minutes: int, zone: str) -> None:
    local = (datetime.fromisoformat("2027-01-01T00:00") + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")
    place = ZoneInfo(zone)
    try:
        instant = clock.resolve(local, zone, 0)
    except Refused:
        after = clock.next_valid(datetime.fromisoformat(local), place)
        assert after > datetime.fromisoformat(local)
        assert clock.exists(after, place) and not clock.exists(after - timedelta(minutes=1), place)
    else:
        assert instant.astimezone(place).strftime("%Y-%m-%dT%H:%M") == local


# --- sessions -------------------------------------------------------------------------------------
def test_a_session_through_the_night_of_a_change_is_as_long_as_it_really_is(cast: Cast) -> None:
    spring = makers.make_session(cast.project, cast.ana, "2027-03-27T22:00", "2027-03-28T06:00", room=cast.room)
    autumn = makers.make_session(cast.project, cast.ana, "2027-10-30T22:00", "2027-10-31T06:00", room=cast.room)
    assert spring.ends_at - spring.starts_at == timedelta(hours=7)
    assert autumn.ends_at - autumn.starts_at == timedelta(hours=9)
    assert (autumn.starts_local, autumn.ends_local) == ("2027-10-30T22:00", "2027-10-31T06:00")


def test_a_session_in_an_hour_that_does_not_exist_is_refused_by_its_field(cast: Cast) -> None:
    for starts, ends, field in (
        ("2027-03-28T02:30", "2027-03-28T08:00", "starts_local"),
        ("2027-03-27T22:00", "2027-03-28T02:30", "ends_local"),
    ):
        with pytest.raises(Refused) as refused:
            makers.make_session(cast.project, cast.ana, starts, ends, room=cast.room)
        assert refused.value.fields.keys() == {field}


def test_both_hours_of_one_name_can_be_booked_one_after_the_other(cast: Cast) -> None:
    with pytest.raises(HourComesTwice):
        makers.make_session(cast.project, cast.ana, "2027-10-31T02:00", "2027-10-31T08:00", room=cast.room)
    first = makers.make_session(
        cast.project, cast.ana, "2027-10-31T02:00", "2027-10-31T02:00", room=cast.room, starts_fold=0, ends_fold=1
    )
    second = makers.make_session(
        cast.project, cast.ana, "2027-10-31T02:00", "2027-10-31T03:00", room=cast.room, starts_fold=1
    )
    assert first.ends_at == second.starts_at == utc("2027-10-31T01:00")
    assert (first.ends_fold, second.starts_fold) == (1, 1)
    ana = Caller(cast.ana)
    for session, hours in ((first, "02:00 UTC+2 – 02:00 UTC+1"), (second, "02:00 UTC+1 – 03:00")):
        assert hours in ana.page(f"/sessions/{session.pk}/").content.decode()
    week = ana.page("/calendar/?view=week&date=2027-10-31").content.decode()
    assert "02:00 UTC+2 – 02:00 UTC+1" in week


def test_a_night_that_ends_in_an_hour_that_comes_twice_says_in_which(cast: Cast) -> None:
    """A week begins on a Monday: Baghdad is where, in 2007, the clocks last went back on one in the night."""
    makers.make_session(
        cast.project, cast.ana, "2007-09-30T20:00", "2007-10-01T03:30", ends_fold=1, time_zone="Asia/Baghdad"
    )
    week = Caller(cast.ana).page("/calendar/?view=week&date=2007-10-01").content.decode()
    assert "Tracking until 03:30 UTC+3</a>" in week


@pytest.mark.parametrize(
    ("zone", "day", "call", "called_at"),
    [
        (BERLIN, "2027-03-28", time(1, 30), "2027-03-28T00:30"),
        (NEW_YORK, "2027-03-14", time(1, 30), "2027-03-14T06:30"),
        (LORD_HOWE, "2027-10-03", time(1, 45), "2027-10-02T15:15"),
        (SANTIAGO, "2027-09-05", time(23, 30), "2027-09-05T03:30"),
        (KATHMANDU, "2027-03-28", time(1, 30), "2027-03-27T19:45"),
    ],
)
def test_a_call_before_the_change_for_a_session_after_it(
    cast: Cast, zone: str, day: str, call: time, called_at: str
) -> None:
    room = makers.make_room(makers.make_studio(cast.desk, time_zone=zone))
    session = makers.make_session(
        cast.project, cast.ana, f"{day}T04:00", room=room, calls=[{"contributor": cast.wren_called, "call": call}]
    )
    called = session.calls.get()
    assert called.call_at == utc(called_at)
    assert called.call_local.endswith(call.strftime("T%H:%M"))
    assert session.slots.get(resource__contributor=cast.wren_called).starts_at == called.call_at


def test_a_session_moved_over_a_change_keeps_how_long_before_it_people_are_called(cast: Cast) -> None:
    session = makers.make_session(
        cast.project,
        cast.ana,
        "2027-03-20T10:00",
        room=cast.room,
        calls=[{"contributor": cast.wren_called, "call": time(9)}],
    )
    actions.move_session(
        viewer=cast.viewer("ana"), session=session, starts_local="2027-03-28T03:00", ends_local="2027-03-28T11:00"
    )
    call = session.calls.get()
    # an hour before three is one o'clock that night
    assert (call.call_local, call.call_at) == ("2027-03-28T01:00", utc("2027-03-28T00:00"))


def test_a_copy_has_the_same_hours_on_the_wall_in_the_other_season(cast: Cast) -> None:
    session = makers.make_session(
        cast.project, cast.ana, "2027-03-20T10:00", calls=[{"contributor": cast.wren_called, "call": time(9, 30)}]
    )
    copy = actions.duplicate_session(
        viewer=cast.viewer("ana"), session=session, starts_local="2027-04-03T10:00", ends_local="2027-04-03T18:00"
    )
    assert copy.starts_at == utc("2027-04-03T08:00")
    assert copy.calls.get().call_local == "2027-04-03T09:30"


def test_a_remote_session_has_the_projects_zone_unless_it_has_its_own(cast: Cast) -> None:
    at_home = makers.make_session(cast.project, cast.ana, "2027-06-01T10:00")
    abroad = makers.make_session(cast.project, cast.ana, "2027-06-01T10:00", time_zone=KATHMANDU)
    assert (at_home.time_zone, at_home.starts_at) == (BERLIN, utc("2027-06-01T08:00"))
    assert (abroad.time_zone, abroad.starts_at) == (KATHMANDU, utc("2027-06-01T04:15"))


def test_a_rooms_zone_goes_before_any_that_is_given(cast: Cast) -> None:
    session = makers.make_session(cast.project, cast.ana, room=cast.room, time_zone=KATHMANDU)
    assert session.time_zone == BERLIN


def test_moved_to_a_room_in_another_zone_a_session_is_planned_on_its_clock(cast: Cast) -> None:
    session = makers.make_session(cast.project, cast.ana, "2027-06-01T10:00", room=cast.room)
    room = makers.make_room(makers.make_studio(cast.desk, time_zone=NEW_YORK))
    moved = actions.move_session(
        viewer=cast.viewer("ana"),
        session=session,
        starts_local="2027-06-01T10:00",
        ends_local="2027-06-01T18:00",
        room=room,
    )
    assert (moved.time_zone, moved.starts_at) == (NEW_YORK, utc("2027-06-01T14:00"))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"ends": "09:00"}, "ends"),  # 23 hours are no night
        ({"ends": "10:00"}, "ends"),
        ({"ends": "04:01"}, "ends"),
        ({"starts": "10:00Z"}, "starts"),
        ({"starts": "10:00+02:00"}, "starts"),
        ({"ends": "18:00:30"}, "ends"),
        ({"day": "9999-12-31"}, "day"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"ends_on": "2037-03-10"}, "ends"),  # ten years
        ({"day": "0001-01-01"}, "day"),
        ({"calls": [{"contributor": 0, "call": "09:00Z"}]}, "calls.0.call"),
    ],
)
def test_a_time_that_is_a_slip_is_refused_where_it_was_typed(cast: Cast, said: dict, field: str) -> None:
    when = {"day": "2027-03-10", "starts": "10:00", "ends": "18:00"} | said
    if "calls" in when:
        when["calls"][0]["contributor"] = cast.wren_called.pk
    refused = Caller(cast.ana).post(
        "sessions/", project=cast.project.pk, title="Try", kind="tracking", remote_place="Here", **when
    )
    assert (refused.status_code, list(refused.json()["fields"])) == (400, [field])
    assert not StudioSession.objects.exists()


def test_a_night_is_no_slip(cast: Cast) -> None:
    said: dict[str, Any] = {"project": cast.project.pk, "title": "Night", "kind": "tracking", "remote_place": "Here"}
    booked = Caller(cast.ana).post("sessions/", **said, day="2027-03-10", starts="20:00:00", ends="06:00")
    assert (booked.status_code, booked.json()["ends_local"]) == (201, "2027-03-11T06:00")
    longest = Caller(cast.ana).post("sessions/", **said, day="2027-03-12", starts="10:00", ends="04:00")
    assert longest.status_code == 201


SPANS = [f"sessions/calendar/{part}" for part in ("", "month/", "busy/", "open/", "gear/")]


@pytest.mark.parametrize("path", ["sessions/", *SPANS, "calls/"])
def test_a_moment_is_read_by_any_zone_that_can_be_written(cast: Cast, path: str) -> None:
    ana = Caller(cast.ana)
    for since, until in [
        ("2027-03-01T00:00:00+23:59", "2027-03-20T00:00:00-23:59"),
        ("2027-03-01T00:00:00Z", "2027-03-20T00:00:00.5+20:30"),
    ]:
        assert ana.get(path, since=since, until=until).status_code == 200, (since, until)
    for far in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00"):
        answer = ana.get(path, since=far, until=far)
        assert (answer.status_code, sorted(answer.json()["fields"])) == (400, ["since", "until"]), far


def test_so_is_a_moment_of_the_activity(cast: Cast) -> None:
    assert Caller(cast.ana).get("activity/", since="2027-03-01T00:00:00+23:59").status_code == 200
