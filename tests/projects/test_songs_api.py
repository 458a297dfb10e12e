"""Songs over the API: made, changed, moved through stages, put in order, deleted."""

import pytest

from projects.models import Song
from projects.stages import Stage
from tests import makers
from tests.cast import Cast
from tests.projects.conftest import Api, set_due

pytestmark = pytest.mark.usefixtures("noon")


def order(cast: Cast) -> list[str]:
    rows = Api(cast.ana).get("songs/", {"project": cast.project.pk}).json()["results"]
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["title"] for row in rows]


@pytest.fixture
def songs(cast: Cast) -> list[Song]:
    """Four songs called A, B, C, D."""
    return [makers.make_song(cast.project, title) for title in "ABCD"]


def test_everything_that_is_said_of_a_song_comes_back(cast: Cast) -> None:
    said = {
        "project": cast.project.pk,
        "title": "Harbour Lights",
        "tempo": "96.5",
        "key": "F# minor",
        "length": "4:34",
        "stage": "tracking",
        "notes": "Breath before “harbour” stays.",
        "due": {"mixing": "2026-12-06"},
    }
    answer = Api(cast.ana).post("songs/", said)
    found = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert found["due"] == [{"stage": "mixing", "due_on": "2026-12-06", "own": True}]
    kept = {name: value for name, value in said.items() if name not in ("project", "due")}
    assert {name: found[name] for name in kept} == kept
    assert found["project"] == {"id": cast.project.pk, "title": "Salt & Neon", "artist": "Nora Vale"}


def test_a_length_is_minutes_and_seconds_or_seconds(cast: Cast) -> None:
    for typed, told in (
        ("3:45", "3:45"),
        (225, "3:45"),
        ("225", "3:45"),
        ("0:07", "0:07"),
        ("360:00", "360:00"),
        (None, None),
    ):
        answer = Api(cast.ana).post("songs/", {"project": cast.project.pk, "title": "A", "length": typed})
        assert answer.json()["length"] == told


def test_what_is_no_length_is_refused_by_the_field(cast: Cast) -> None:
    for typed in ("3:60", "3.45", "-1", "1:2:3", "360:01", True, 1.5, ["3:45"], {"m": 3}, "9" * 40):
        answer = Api(cast.ana).post("songs/", {"project": cast.project.pk, "title": "A", "length": typed})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["length"]), typed


def test_a_song_form_sent_back_unchanged_changes_nothing(cast: Cast) -> None:
    api = Api(cast.ana)
    said = {
        "project": cast.project.pk,
        "title": "A",
        "length": "4:34",
        "tempo": "96.5",
        "due": {"mixing": "2026-12-06"},
    }
    made = api.post("songs/", said).json()
    form = api.options(f"songs/{made['id']}/").json()
    saved = api.put(f"songs/{made['id']}/", form["forms"]["PUT"]["values"], form["etag"]).json()
    same = [name for name in made if name not in ("version", "updated_at")]
    assert {name: saved[name] for name in same} == {name: made[name] for name in same}


def test_an_own_date_is_taken_away_and_the_projects_counts_again(cast: Cast) -> None:
    song = makers.make_song(cast.project)
    set_due(cast.project, mixing=5)
    set_due(song, mixing=9)
    answer = Api(cast.ana).put(f"songs/{song.pk}/", {"title": "A", "due": {"mixing": None}}, '"1"')
    assert answer.json()["due"] == [{"stage": "mixing", "due_on": "2026-11-22", "own": False}]


def test_a_song_stays_with_its_project(cast: Cast) -> None:
    song, other = makers.make_song(cast.project), makers.make_project(cast.desk)
    answer = Api(cast.ana).put(f"songs/{song.pk}/", {"title": "A", "project": other.pk}, '"1"')
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["project"])


def test_a_stage_is_set_by_one_small_request(cast: Cast) -> None:
    song = makers.make_song(cast.project)
    answer = Api(cast.ana).post(f"songs/{song.pk}/stage/", {"stage": "mixing"})
    assert (answer.json()["stage"], answer.json()["version"]) == ("mixing", 2)


# --- order ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "to", "then"), [(0, 3, "BCAD"), (3, 1, "DABC"), (1, 2, "ABCD"), (2, 400, "ABDC"), (1, 1, "BACD")]
)
def test_a_song_is_put_at_another_place_and_the_others_close_ranks(
    cast: Cast, songs: list[Song], which: int, to: int, then: str
) -> None:
    answer = Api(cast.ana).post(f"songs/{songs[which].pk}/move/", {"position": to})
    assert answer.status_code == 200
    assert "".join(order(cast)) == then


def test_the_order_closes_ranks_after_a_song_is_deleted(cast: Cast, songs: list[Song]) -> None:
    assert Api(cast.ana).delete(f"songs/{songs[1].pk}/").status_code == 204
    assert "".join(order(cast)) == "ACD"


def test_a_new_song_comes_last(cast: Cast, songs: list[Song]) -> None:
    Api(cast.ana).post("songs/", {"project": cast.project.pk, "title": "E"})
    assert "".join(order(cast)) == "ABCDE"


def test_a_place_that_makes_no_sense_is_refused(cast: Cast, songs: list[Song]) -> None:
    for to in (0, -1, 501, "two", None, [1], 10**30):
        answer = Api(cast.ana).post(f"songs/{songs[0].pk}/move/", {"position": to})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["position"]), to


def test_a_project_holds_five_hundred_songs_and_not_one_more(cast: Cast) -> None:
    Song.objects.bulk_create(Song(project=cast.project, title=str(n), position=n + 1) for n in range(499))
    api, said = Api(cast.ana), {"project": cast.project.pk, "title": "One more"}
    assert api.post("songs/", said).status_code == 201
    assert api.post("songs/", said).json()["code"] == "conflict"


# --- rights and filters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [
        ("asa", 200, 200),
        ("nora", 200, 403),
        ("cara", 200, 403),
        ("lena", 200, 403),
        ("cleo", 404, 404),
        (None, 401, 401),
    ],
)
def test_who_reads_a_song_and_who_writes_it(cast: Cast, who: str | None, read: int, write: int) -> None:
    song = makers.make_song(cast.project)
    api, path = Api(getattr(cast, who) if who else None), f"songs/{song.pk}/"
    assert api.get(path).status_code == read
    assert api.put(path, {"title": "A"}, '"1"').status_code == write
    assert api.post(f"{path}stage/", {"stage": "mixing"}).status_code == write
    assert api.post(f"{path}move/", {"position": 1}).status_code == write
    assert api.delete(path).status_code == (204 if write == 200 else write)


@pytest.mark.parametrize(("who", "status"), [("ana", 201), ("nora", 403), ("cleo", 400), (None, 401)])
def test_who_adds_a_song(cast: Cast, who: str | None, status: int) -> None:
    api = Api(getattr(cast, who) if who else None)
    answer = api.post("songs/", {"project": cast.project.pk, "title": "A"})
    assert answer.status_code == status
    if status == 400:  # with a desk of the own, a project one cannot see is as good as none
        assert list(answer.json()["fields"]) == ["project"]


def test_songs_are_filtered(cast: Cast) -> None:
    early = makers.make_song(cast.project, "Early", stage=Stage.TRACKING)
    makers.make_song(cast.project, "Far", stage=Stage.MIXING)
    set_due(early, tracking=-1)
    api = Api(cast.ana)
    for query, found in (
        ({"late": "true"}, ["Early"]),
        ({"stage": "mixing"}, ["Far"]),
        ({"search": "ar"}, ["Early", "Far"]),
    ):
        assert [row["title"] for row in api.get("songs/", query).json()["results"]] == found
    assert api.get("songs/", {"project": cast.other_project.pk}).json()["count"] == 0
    assert [row["title"] for row in api.get("songs/", {"ordering": "-due_on"}).json()["results"]] == ["Early", "Far"]
