"""What the pages of sessions refuse, in words, and how much they ask of the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.models import StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.paging import FRAME, SIGNED_IN, typed

pytestmark = [pytest.mark.usefixtures("noon"), pytest.mark.once]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"ends": "10:05"}, 422),
        ({"starts": ""}, 422),
        ({"day": "2027-13-40"}, 422),
        ({"day": "9999-12-31"}, 422),
        ({"starts": "25:99"}, 422),
        ({"title": "x" * 5000}, 422),
        ({"title": "\x00"}, 422),
        ({"room": "10" * 30}, 422),
        ({"room": "-1"}, 422),
        ({"songs": "7000"}, 422),
        ({"calls[0]contributor": "99999999999999999999"}, 422),
        ({"calls[x]contributor": "1", "calls[99999999999]role": "a"}, 422),
        ({"calls[0]call": "midnight"}, 422),
        ({"time_zone": "Mars/Base", "room": "", "remote_place": "Mars"}, 422),
        ({"pick": "[1, 2"}, 302),
        ({"pick": '{"day": {"a": 1}, "starts": 7}'}, 422),
        ({"redraw": "add:999999999999999999999:x"}, 200),
        ({"_once": "x" * 500}, 422),
    ],
)
def test_hostile_input_is_refused_in_words(cast: Cast, ana: Caller, said: dict[str, str], status: int) -> None:
    assert ana.send("/sessions/new/", **typed(cast, **said)).status_code == status
    assert ana.send("/sessions/price/", **typed(cast, **said)).status_code == 200


def test_rooms_people_and_songs_of_others_are_refused(cast: Cast, ana: Caller) -> None:
    song = makers.make_song(cast.other_project)
    stranger = makers.make_contributor(cast.other_desk)
    for said in (
        {"room": cast.other_room.pk},
        {"project": cast.other_project.pk},
        {"songs": song.pk},
        {"calls[0]contributor": stranger.pk},
    ):
        assert ana.send("/sessions/new/", **typed(cast, **said)).status_code == 422
    assert not StudioSession.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/calendar/?date=nonsense",
        "/calendar/?date=0001-01-01",
        "/calendar/?date=9999-12-31",
        "/calendar/?project=x",
        "/calendar/?person=10000000000000000000000",
        "/sessions/?page=0",
        "/sessions/?state=gone",
        "/sessions/?page_size=1000000000",
        "/sessions/?foo=1",
    ],
)
def test_a_question_that_makes_no_sense_is_told_so(ana: Caller, path: str) -> None:
    assert ana.page(path).status_code == 400


@pytest.mark.parametrize(
    "path", ["/sessions/999999/", "/sessions/999999999999999999/edit/", "/calls/1/edit/", "/rooms/0/edit/"]
)
def test_what_is_not_there_is_not_found(ana: Caller, path: str) -> None:
    assert ana.page(path).status_code == 404


def test_without_scripts_the_list_is_narrowed_by_what_was_worked_on_last(cast: Cast, ana: Caller) -> None:
    makers.make_project(cast.desk)
    page = ana.page(f"/sessions/?person={cast.wren_called.pk}").content.decode()
    assert f'<option value="{cast.project.pk}">{cast.project.title}</option>'.replace("&", "&amp;") in page
    assert f'<option value="{cast.wren_called.pk}" selected>' in page


def test_what_sessions_are_narrowed_by_is_found_by_name(cast: Cast, ana: Caller) -> None:
    for number in range(20):
        makers.make_project(cast.desk, f"Record {number:02}")
    few = ana.get("sessions/known/", few="true", project=cast.project.pk).json()
    assert len(few["projects"]) == 13
    assert cast.project.pk in {each["id"] for each in few["projects"]}
    assert len(ana.get("sessions/known/").json()["projects"]) == 21
    found = ana.get("sessions/known/", search="cord 1").json()["projects"]
    assert [each["name"] for each in found] == ["Record 01", *(f"Record {number}" for number in range(10, 20))]
    assert not ana.get("sessions/known/", search="elsewhere").json()["projects"]
    strange = Caller(cast.cleo).get("sessions/known/", few="true", project=cast.project.pk, person=cast.wren_called.pk)
    assert cast.project.pk not in {each["id"] for each in strange.json()["projects"]}
    assert not strange.json()["people"]
    assert Caller(cast.nora).get("sessions/known/", search="wren").json()["people"] == []
    assert ana.get("sessions/known/", few="perhaps").status_code == 400
    assert ana.get("sessions/known/", of="projects").status_code == 400


COUNTS = {
    "/api/v1/sessions/?page_size=100": SIGNED_IN + 3,  # rows with their count, calls, songs
    "/api/v1/sessions/calendar/?since=2027-03-01T00:00:00Z&until=2027-04-01T00:00:00Z": SIGNED_IN + 2,  # rows, calls
    "/api/v1/sessions/known/": SIGNED_IN + 1,
    "/api/v1/sessions/known/?few=true": SIGNED_IN + 1,
    "/calendar/?view=month&date=2027-03-01": SIGNED_IN + 3 + FRAME,  # rows, what narrows them, who is busy elsewhere
    "/sessions/?when=all": SIGNED_IN + 4 + FRAME,
}


@pytest.mark.parametrize("path", COUNTS)
def test_a_list_takes_as_many_queries_for_40_rows_as_for_8(cast: Cast, ana: Caller, path: str) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert ana.client.get(path).status_code == 200
        return len(caught)

    def fill(first: int, many: int) -> None:
        for n in range(first, first + many):
            makers.make_session(
                cast.project,
                cast.ana,
                starts=f"2027-03-{1 + n % 30:02}T{n % 12:02}:00",
                ends=f"2027-03-{1 + n % 30:02}T{n % 12:02}:30",
                calls=[{"contributor": makers.make_contributor(cast.desk)}],
            )

    fill(2, 8)
    ana.client.get(path)
    few = counted()
    fill(10, 30)
    assert (few, counted()) == (COUNTS[path], COUNTS[path])


def test_a_room_stands_once_in_its_studio(cast: Cast) -> None:
    """A second row of the same name would be the same room, free to be booked twice."""
    ana, studio = Caller(cast.ana), cast.room.studio.pk
    refused = ana.post("rooms/", studio=studio, name=f" {cast.room.name.upper()} ")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["name"])
    other = ana.post("rooms/", studio=studio, name="Booth").json()
    renamed = ana.put(f"rooms/{other['id']}/", version=other["version"], name=cast.room.name)
    assert (renamed.status_code, list(renamed.json()["fields"])) == (400, ["name"])
    same = ana.put(f"rooms/{other['id']}/", version=other["version"], name="Booth", setup_minutes=15)
    assert same.status_code == 200
    elsewhere = makers.make_studio(cast.desk)
    assert ana.post("rooms/", studio=elsewhere.pk, name=cast.room.name).status_code == 201
