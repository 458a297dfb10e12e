"""By whose clock the lines of a timeline are drawn: a room's, a person's, else the calendar's; each says by which."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sessions.booking import imported
from sessions.models import ImportedCalendar, ImportedSpan, Room, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.paging import text

pytestmark = [pytest.mark.usefixtures("noon"), pytest.mark.once]
DAY = "/calendar/?view=timeline&span=day&date=2027-03-10"
BUSY = datetime(2027, 3, 10, 13, tzinfo=UTC), datetime(2027, 3, 10, 15, tzinfo=UTC)


@pytest.fixture
def two_places(cast: Cast) -> StudioSession:
    """Berlin from 10 to 12 and Porto from 16 to 18, both with Wren and Nora; who are busy from 13 to 15 UTC.

    Wren lives in Tokyo, as the desk knows. Ana, who reads it, is in New York.
    """
    cast.ana.time_zone = "America/New_York"
    cast.ana.save()
    cast.wren_called.time_zone = "Asia/Tokyo"
    cast.wren_called.save()
    calls = [{"contributor": cast.wren_called, "role": "Violin"}, {"contributor": cast.nora_called, "role": "Voice"}]
    porto = makers.make_room(makers.make_studio(cast.desk, name="Tin Roof", time_zone="Europe/Lisbon"), "Loft")
    at: dict[str, Any] = {"calls": calls}
    makers.make_session(cast.project, cast.ana, "2027-03-10T16:00", "2027-03-10T18:00", title="Porto", room=porto, **at)
    for person in (cast.wren_called, cast.nora_called):
        read = makers.make_import(person)
        imported.replace(calendar_id=read.pk, contributor_id=person.pk, spans=[BUSY])
    read = makers.make_import(porto)
    imported.replace(calendar_id=read.pk, room_id=porto.pk, spans=[BUSY])
    return makers.make_session(
        cast.project, cast.ana, "2027-03-10T10:00", "2027-03-10T12:00", title="Berlin", room=cast.room, **at
    )


def lines(page: Any) -> dict[str, dict[str, Any]]:
    """Return the lines by their title."""
    return {row["title"]: row for group in page.context["grid"]["groups"] for row in group["rows"]}


def spans(row: dict[str, Any]) -> dict[str, str]:
    return {bar["title"]: bar["span"] for bar in row["bars"]}


def test_all_of_a_persons_line_is_on_one_clock_which_it_names(cast: Cast, ana: Caller, two_places: Any) -> None:
    page = ana.page(f"{DAY}&rows=people&hours=all")
    found = lines(page)
    wren, nora = found["Wren Castellan"], found["Nora"]
    # Tokyo is eight hours before Berlin, New York five behind UTC
    assert spans(wren) == {"Berlin": "18:00 – 20:00"}, "Porto is on the eleventh there"
    assert spans(nora) == {"Berlin": "04:00 – 06:00", "Porto": "11:00 – 13:00"}
    assert [each["at"] for each in wren["busy_at"]] == ["ah-22 zh-24"]
    assert [each["at"] for each in nora["busy_at"]] == ["ah-8 zh-10"]
    assert (wren["place"], nora["place"]) == ("Tokyo", "New York")
    assert wren["bars"][0]["note"] == "10:00 in Berlin", "and what its studio's clock says stands beside it"
    drawn = text(page)
    assert "Tokyo time" in drawn and "New York time" in drawn
    assert "Each line is drawn by its own clock, which it names." in drawn
    assert 'data-clock="Asia/Tokyo"' in page.content.decode()
    next_day = lines(ana.page(DAY.replace("03-10", "03-11") + "&rows=people"))
    assert spans(next_day["Wren Castellan"]) == {"Porto": "01:00 – 03:00"}


def test_who_is_called_on_a_day_goes_by_the_clock_of_the_line(cast: Cast, ana: Caller, two_places: Any) -> None:
    groups = ana.page(DAY.replace("03-10", "03-11") + "&rows=people").context["grid"]["groups"]
    told = {row["title"]: (group["title"], row["sub"]) for group in groups for row in group["rows"]}
    assert told["Wren Castellan"] == ("Called", "Violin"), "in Tokyo it is the eleventh"
    assert told["Nora"] == ("Free in this time", "")
    alone = lines(ana.page(DAY.replace("03-10", "03-11") + f"&rows=people&person={cast.wren_called.pk}"))
    assert spans(alone["Wren Castellan"]) == {"Porto": "01:00 – 03:00"}


@pytest.mark.parametrize("day", ["2027-03-09", "2027-03-11"])
def test_gear_is_drawn_also_beside_a_day_with_a_session(cast: Cast, ana: Caller, two_places: Any, day: str) -> None:
    item = makers.make_gear(two_places.room.studio, "Upright piano")
    two_places.gear.add(item)
    page = ana.page(DAY.replace("2027-03-10", day) + "&rows=gear")
    assert page.status_code == 200 and not lines(page)["Upright piano"]["bars"]
    assert lines(ana.page(f"{DAY}&rows=gear"))["Upright piano"]["bars"]


def test_rooms_are_on_their_own_and_say_so(cast: Cast, ana: Caller, two_places: Any) -> None:
    page = ana.page(f"{DAY}&rows=rooms")
    found = lines(page)
    assert spans(found["Room A"]) == {"Berlin": "10:00 – 12:00"} and spans(found["Loft"]) == {"Porto": "16:00 – 18:00"}
    assert [each["at"] for each in found["Loft"]["busy_at"]] == ["ah-13 zh-15"]
    assert (found["Room A"]["place"], found["Loft"]["place"]) == ("Berlin", "Lisbon")
    assert 'data-clock="' not in page.content.decode()


def test_on_the_readers_clock_every_line_is(cast: Cast, ana: Caller, two_places: Any) -> None:
    for rows in ("people", "rooms"):
        page = ana.page(f"{DAY}&rows={rows}&clock=mine")
        told = [spans(row) for row in lines(page).values() if row["bars"]]
        assert {"04:00 – 06:00", "11:00 – 13:00"} == {span for each in told for span in each.values()}
        assert not any(row["place"] for row in lines(page).values())


def test_in_one_place_no_line_names_a_clock(cast: Cast, ana: Caller) -> None:
    calls = [{"contributor": cast.nora_called, "role": "Voice"}]
    makers.make_session(cast.project, cast.ana, "2027-03-10T10:00", "2027-03-10T12:00", room=cast.room, calls=calls)
    page = ana.page(f"{DAY}&rows=people")
    assert not any(row["place"] for row in lines(page).values())
    assert "Hours are those in Berlin." in text(page)


def test_where_somebody_lives_is_told_to_who_plans(cast: Cast, ana: Caller, two_places: Any) -> None:
    span = {"since": "2027-03-10T00:00:00Z", "until": "2027-03-11T00:00:00Z"}

    def told(caller: Caller) -> str:
        return caller.get("sessions/calendar/", **span).content.decode()

    assert "Asia/Tokyo" in told(ana)
    assert "Asia/Tokyo" not in told(Caller(cast.nora)) and "Asia/Tokyo" not in told(Caller(cast.lena))


@pytest.mark.parametrize("view", ["day", "week"])
def test_a_room_is_shaded_at_the_height_of_a_session_at_that_hour(
    cast: Cast, ana: Caller, two_places: Any, view: str
) -> None:
    """Of people, who are in no place, it is the reader's clock; either says by which where there are several."""
    loft = Room.objects.get(name="Loft")
    at = "2027-03-10T13:00", "2027-03-10T15:00"
    ImportedSpan.objects.filter(resource__room=loft).delete()  # so that it can be booked
    makers.make_session(cast.project, cast.ana, *at, title="Same", room=loft)
    imported.replace(calendar_id=ImportedCalendar.objects.get(room=loft).pk, room_id=loft.pk, spans=[BUSY])

    def shown(**asked: str) -> tuple[dict[str, str], dict[str, str], str]:
        page = ana.page("/calendar/", view=view, date="2027-03-10", hours="all", **asked)
        (column,) = [each for each in page.context["grid"]["columns"] if each["iso"] == "2027-03-10"]
        bars = {part["title"]: part["at"] for part in column["parts"]}
        return bars, {band["names"]: band["at"] for band in column["busy"]}, text(page)

    bars, bands, said = shown()
    assert bars["Same"] == bands["Loft"] == "ah-13 zh-15"
    assert bands["Nora, Wren Castellan"] == "ah-8 zh-10"
    assert "Loft 13:00 – 15:00, Lisbon time (House)" in said and "Nora 08:00 – 10:00, New York time (House)" in said
    bars, bands, said = shown(clock="mine")
    assert bars["Same"] == bands["Loft, Nora, Wren Castellan"] == "ah-8 zh-10"
    assert "New York time" not in said
    # where all that is shown is in one place, that is the clock of the people, too
    bars, bands, said = shown(clock="studio", room=str(loft.pk))
    assert (bars["Same"], bands["Loft"]) == ("ah-13 zh-15", "ah-13 zh-15") and "Lisbon time" not in said


def test_an_hour_that_comes_twice_is_told_apart_where_a_room_is_busy(cast: Cast, ana: Caller) -> None:
    # from 02:30 to 02:10, by the clocks of Berlin
    spans = [(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 10, tzinfo=UTC))]
    imported.replace(calendar_id=makers.make_import(cast.room).pk, room_id=cast.room.pk, spans=spans)
    said = text(ana.page("/calendar/?view=day&date=2027-10-31&hours=all"))
    assert "Room A 02:30 UTC+2 – 02:10 UTC+1 (House)" in said
