"""Finding a time: what is offered is free, and what is free is offered."""

import datetime as dt
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.booking.finding import STEP, Search, starts
from sessions.booking.hours import Hours
from sessions.booking.slots import Person, wants_of
from sessions.models import BookingSlot, StudioSession
from tests import makers, services
from tests.calling import Caller
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("noon")
NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
FIRST = dt.date(2027, 3, 27)  # the clocks of Berlin go on in the night to the 28th
MINUTES = st.integers(0, 4 * 96 - 1).map(lambda quarters: 15 * quarters)


def asked(cast: Cast, **said: Any) -> dict[str, Any]:
    usual = {"project": cast.project.pk, "minutes": 120, "first": "2027-03-09", "last": "2027-03-10"}
    return usual | {"opens": "10:00", "closes": "14:00"} | said


def times(answer: Any) -> list[tuple[str, str, list[str]]]:
    return [(row["room"]["name"], row["day"], [s["starts"] for s in row["starts"]]) for row in answer.json()["results"]]


def book(cast: Cast, day: int, starts: str, ends: str, *people: Any, **said: Any) -> StudioSession:
    said = {"room": cast.room, "calls": [{"contributor": person} for person in people]} | said
    return makers.make_session(cast.project, cast.ana, f"2027-03-{day:02}T{starts}", f"2027-03-{day:02}T{ends}", **said)


def test_what_is_taken_is_left_out_time_first_or_room_first(cast: Cast, ana: Caller) -> None:
    cast.room.name = "A"
    cast.room.save()
    makers.make_room(cast.room.studio, "B")
    book(cast, 9, "10:00", "11:30")
    whole = ["10:00", "10:30", "11:00", "11:30", "12:00"]
    by_time = times(ana.get("sessions/find/", **asked(cast)))
    left = ["11:30", "12:00"]
    assert by_time == [
        ("B", "2027-03-09", whole),
        ("A", "2027-03-09", left),
        ("A", "2027-03-10", whole),
        ("B", "2027-03-10", whole),
    ]
    by_room = times(ana.get("sessions/find/", **asked(cast, by="room")))
    assert [(room, day[-2:]) for room, day, _starts in by_room] == [("A", "09"), ("A", "10"), ("B", "09"), ("B", "10")]
    only = times(ana.get("sessions/find/", **asked(cast, rooms=[cast.room.pk], last="2027-03-09")))
    assert only == [("A", "2027-03-09", left)]


def test_a_time_is_found_in_rooms_of_a_kind(cast: Cast, ana: Caller) -> None:
    booth = makers.make_room(cast.room.studio, "Booth", kind="booth")
    put = ana.put(f"rooms/{cast.room.pk}/", version=1, name="A", kind="live")
    assert put.json()["kind"] == "live"
    day = {"last": "2027-03-09"}
    assert [room for room, *_ in times(ana.get("sessions/find/", **asked(cast, kind="booth", **day)))] == ["Booth"]
    assert len(times(ana.get("sessions/find/", **asked(cast, kind="", **day)))) == 2
    both = asked(cast, kind="live", rooms=[booth.pk, cast.room.pk], **day)
    assert [room for room, *_ in times(ana.get("sessions/find/", **both))] == ["A"]
    assert "kind" in ana.get("sessions/find/", **asked(cast, kind="cellar")).json()["fields"]


def test_the_page_says_what_is_missing_where_there_is_no_room(cast: Cast, ana: Caller) -> None:
    form = ana.page("/sessions/find/").content.decode()
    assert ">Any kind</option>" in form
    assert 'action="#found"' in form
    cast.room.delete()
    empty = ana.page("/sessions/find/").content.decode()
    assert "First a room" in empty
    assert 'href="/studios/"' in empty


def test_people_of_any_desk_buffers_and_hours_count(cast: Cast, ana: Caller) -> None:
    cara = makers.make_contributor(cast.desk, user=cast.cara)
    elsewhere = makers.make_contributor(cast.other_desk, user=cast.cara)
    makers.make_session(
        cast.other_project, cast.cleo, "2027-03-09T09:00", "2027-03-09T11:00", calls=[{"contributor": elsewhere}]
    )
    said = asked(cast, people=[cara.pk, cast.wren_called.pk], last="2027-03-09")
    assert times(ana.get("sessions/find/", **said))[0][2] == ["11:00", "11:30", "12:00"]
    book(cast, 9, "14:30", "16:00")
    cast.room.reset_minutes = 45
    cast.room.save()
    assert times(ana.get("sessions/find/", **said))[0][2] == ["11:00", "11:30"]
    cast.room.studio.closed_days = [{"first": "2027-03-09", "last": "2027-03-09", "reason": ""}]
    cast.room.studio.save()
    assert times(ana.get("sessions/find/", **said)) == []


def test_holds_of_others_count_unless_a_hold_is_looked_for(cast: Cast, ana: Caller) -> None:
    book(cast, 9, "10:00", "14:00", hold=True)
    said = asked(cast, last="2027-03-09")
    assert times(ana.get("sessions/find/", **said)) == []
    assert len(times(ana.get("sessions/find/", **said, hold="true"))[0][2]) == 5
    StudioSession.objects.update(hold_until=NOON)
    assert len(times(ana.get("sessions/find/", **said))[0][2]) == 5


def test_a_night_may_go_on_to_the_next_day_and_nothing_past_is_offered(cast: Cast, ana: Caller) -> None:
    said = asked(cast, first="2027-03-01", last="2027-03-01", opens="12:30", closes="14:30", minutes=60)
    assert times(ana.get("sessions/find/", **said))[0][2] == ["13:30"]  # it is 13:00 in Berlin
    night = ana.get("sessions/find/", **asked(cast, last="2027-03-09", opens="22:00", closes="01:00", minutes=180))
    start = night.json()["results"][0]["starts"][0]
    assert (start["starts"], start["ends"], start["ends_on"]) == ("22:00", "01:00", None)
    long = ana.get("sessions/find/", **asked(cast, last="2027-03-09", minutes=2880)).json()["results"][0]["starts"]
    assert long[0]["ends_on"] == "2027-03-11"


def test_it_takes_a_handful_of_queries(cast: Cast, ana: Caller, django_assert_max_num_queries: Any) -> None:
    people = [makers.make_contributor(cast.desk) for _ in range(6)]
    for number in range(5):
        makers.make_room(cast.room.studio, f"R{number}")
        book(cast, 9 + number, "10:00", "11:00", *people[:number])
    said = asked(cast, people=[person.pk for person in people], last="2027-04-08")
    with django_assert_max_num_queries(10):
        assert len(ana.get("sessions/find/", **said).json()["results"]) == 100


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"minutes": 10}, "minutes"),
        ({"minutes": 10**20}, "minutes"),
        ({"minutes": "x"}, "minutes"),
        ({"last": "2027-03-08"}, "last"),
        ({"last": "2027-04-09"}, "last"),
        ({"first": "9999-12-31", "last": "9999-12-31"}, "first"),
        ({"opens": "10:00Z"}, "opens"),
        ({"people": ["0"]}, "people"),
        ({"rooms": ["999999"]}, "rooms"),
        ({"project": ""}, "project"),
        ({"by": "price"}, "by"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(cast: Cast, ana: Caller, said: Any, field: str) -> None:
    answer = ana.get("sessions/find/", **asked(cast, **said))
    assert answer.status_code == 400 and field in answer.json()["fields"], answer.content
    page = ana.page("/sessions/find/", **asked(cast, **said))
    assert page.status_code == 422


def test_nobody_looks_into_a_strangers_rooms_and_people(cast: Cast, ana: Caller) -> None:
    stranger = makers.make_contributor(cast.other_desk)
    for said, field in (
        ({"project": cast.other_project.pk}, "project"),
        ({"rooms": [cast.other_room.pk]}, "rooms"),
        ({"people": [stranger.pk]}, "people"),
    ):
        answer = ana.get("sessions/find/", **asked(cast, **said))
        assert answer.status_code == 400 and list(answer.json()["fields"]) == [field]
    for user in (cast.nora, cast.lena):
        assert Caller(user).get("sessions/find/", **asked(cast)).status_code in (400, 403)
    # somebody of two desks does not mix them either
    makers.make_staff(cast.other_desk, cast.ana)
    mixed = ana.get("sessions/find/", **asked(cast, rooms=[cast.other_room.pk]))
    assert mixed.status_code == 400 and "another desk" in mixed.json()["fields"]["rooms"][0]


def test_a_free_time_is_booked_with_one_press(cast: Cast, ana: Caller) -> None:
    book(cast, 9, "10:00", "11:30")
    said = asked(cast, people=[cast.wren_called.pk], last="2027-03-09", hold="true")
    page = unescape(ana.page("/sessions/find/", **said).content.decode())
    links = [part.split('"')[0] for part in page.split('href="') if part.startswith("/sessions/new/?project=")]
    assert len(links) == 2 and "starts=11%3A30" in links[0]
    form = ana.page(links[0]).content.decode()
    assert 'value="2027-03-09"' in form and 'value="11:30"' in form and 'value="13:30"' in form
    assert 'name="calls[0]contributor"' in form and f'value="{cast.wren_called.pk}" selected' in form
    assert ana.page("/sessions/find/").status_code == 200
    assert "Nothing is free" in ana.page("/sessions/find/", **asked(cast, minutes=600)).content.decode()


# --- against looking at every time ---------------------------------------------------------------------

spans = st.lists(st.tuples(MINUTES, st.integers(1, 40).map(lambda quarters: 15 * quarters)), max_size=8)


@settings(
    suppress_health_check=list(HealthCheck), deadline=None, max_examples=services.rounds(12, 400), derandomize=True
)
@given(
    spans,
    spans,
    st.integers(1, 20).map(lambda quarters: 15 * quarters),
    st.tuples(st.integers(0, 23), st.integers(0, 23)),
    st.booleans(),
    st.booleans(),
)
def test_it_finds_what_looking_at_every_time_finds(
    cast: Cast, in_room: list, of_wren: list, minutes: int, hours: tuple[int, int], hold: bool, nightly: bool
) -> None:
    BookingSlot.objects.all().delete()
    room, wren = cast.room, cast.wren_called
    room.setup_minutes, room.reset_minutes = 30, 15
    room.studio.opening_hours = [{"weekday": day, "opens": "09:00", "closes": "03:00"} for day in range(0, 7, 2)]
    room.studio.closed_days = []
    if nightly:
        room.studio.opening_hours = []
    begins = dt.datetime(2027, 3, 26, 23, tzinfo=dt.UTC)
    for number, (after, length) in enumerate([*in_room, *of_wren]):
        starts_at = begins + dt.timedelta(minutes=after)
        ends_at = starts_at + dt.timedelta(minutes=length)
        fresh = StudioSession.objects.create(
            project=cast.project,
            desk=cast.desk,
            title="Busy",
            state="hold" if number % 3 == 2 else "confirmed",
            time_zone="Europe/Berlin",
            starts_local="2027-03-27T10:00",
            ends_local="2027-03-27T11:00",
            starts_at=starts_at,
            ends_at=ends_at,
            booked_by=cast.ana,
            hold_until=NOON if number % 2 else None,
        )
        people = [] if number < len(in_room) else [Person(wren.pk, wren.name, starts_at)]
        wants = wants_of(room=room if not people else None, people=people, starts_at=starts_at, ends_at=ends_at)
        rows = [
            BookingSlot(
                resource_id=want.resource_id,
                session=fresh,
                starts_at=want.starts_at,
                ends_at=want.ends_at,
                state=fresh.state,
                reported_clash=True,
            )
            for want in wants
        ]
        BookingSlot.objects.bulk_create(rows)
    opens, closes = dt.time(hours[0]), dt.time(hours[1], 15)
    length = dt.timedelta(minutes=minutes)
    search = Search(length, FIRST, FIRST + dt.timedelta(days=2), opens, closes, hold)
    assert starts(search, [room], [wren.pk], NOON)[room.pk] == list(every_time(search, room))
    StudioSession.objects.all().delete()


def every_time(search: Search, room: Any) -> Any:
    place, length = ZoneInfo("Europe/Berlin"), search.length
    taken = [
        (slot.starts_at, slot.ends_at, slot.resource.room_id)
        for slot in BookingSlot.objects.select_related("resource", "session")
        if slot.state == "confirmed" or (not search.hold and not slot.session.has_lapsed(NOON))
    ]
    for number in range(3):
        day = search.first + dt.timedelta(days=number)
        wall = dt.datetime.combine(day, search.opens)
        last = dt.datetime.combine(day + dt.timedelta(days=search.closes <= search.opens), search.closes)
        while wall < last:
            at = wall.replace(tzinfo=place).astimezone(dt.UTC)
            wall += STEP
            if at.astimezone(place).replace(tzinfo=None) != wall - STEP:
                continue
            ends = at + length
            if ends > last.replace(tzinfo=place) or not Hours(room.studio).covers(at, ends):
                continue
            around = (at - dt.timedelta(minutes=30), ends + dt.timedelta(minutes=15))
            if not any(
                (one < (around if mine else (at, ends))[1] and (around if mine else (at, ends))[0] < other)
                for one, other, mine in taken
            ):
                yield at
