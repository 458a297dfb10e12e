"""Bad input to projects and songs: a clear 4xx that names the field, nothing half written, never a 500."""

from typing import Any
from urllib.parse import urlencode

import pytest

from projects.models import Project, Song, StageDate
from tests import makers
from tests.cast import Cast
from tests.projects.conftest import Api

pytestmark = pytest.mark.usefixtures("noon")

GOOD = {"title": "Salt", "artist": "Nora"}
HUGE = 10**30


def fields(answer: Any) -> set[str]:
    assert answer.status_code == 400, (answer.status_code, answer.content)
    assert answer.json()["code"] in ("invalid", "parse_error")
    return set(answer.json().get("fields", {}))


PROJECTS: list[tuple[dict[str, Any], set[str]]] = [
    ({"title": ""}, {"title"}),
    ({"title": "   "}, {"title"}),
    ({"title": None}, {"title"}),
    ({"title": ["Salt"]}, {"title"}),
    ({"title": {"a": 1}}, {"title"}),
    ({"title": True}, {"title"}),
    ({"title": "x" * 121}, {"title"}),
    ({"title": "a\x00b"}, {"title"}),
    ({"brief": "x" * 10_001}, {"brief"}),
    ({"brief": ["a"]}, {"brief"}),
    ({"kind": "opera"}, {"kind"}),
    ({"kind": ["album"]}, {"kind"}),
    ({"kind": {}}, {"kind"}),
    ({"producer_type": ""}, {"producer_type"}),
    ({"deadline": "2026-02-30"}, {"deadline"}),
    ({"deadline": "soon"}, {"deadline"}),
    ({"deadline": 20261218}, {"deadline"}),
    ({"deadline": ["2026-12-18"]}, {"deadline"}),
    ({"deadline": "2026-12-18T10:00:00Z"}, {"deadline"}),
    ({"deadline": "10000-01-01"}, {"deadline"}),
    ({"time_zone": "Mars/Olympus"}, {"time_zone"}),
    ({"time_zone": "europe/berlin"}, {"time_zone"}),
    ({"time_zone": "../../etc/passwd"}, {"time_zone"}),
    ({"time_zone": 5.5}, {"time_zone"}),
    ({"currency": "EURO"}, {"currency"}),
    ({"currency": "XXX"}, {"currency"}),
    ({"currency": "eur"}, {"currency"}),
    ({"currency": ["EUR"]}, {"currency"}),
    ({"desk": HUGE}, {"desk"}),
    ({"desk": "1 OR 1=1"}, {"desk"}),
    ({"desk": [1]}, {"desk"}),
    ({"desk": True}, {"desk"}),
    ({"desk": -1}, {"desk"}),
    ({"due": "2026-12-18"}, {"due"}),
    ({"due": ["tracking"]}, {"due"}),
    ({"due": {"tracking": "never"}}, {"due.tracking"}),
    ({"due": {"singing": "2026-12-18"}}, {"due.singing"}),
    ({"reference_tracks": {"title": "a"}}, {"reference_tracks"}),
    ({"reference_tracks": "a"}, {"reference_tracks"}),
    ({"reference_tracks": ["a"]}, {"reference_tracks.0"}),
    ({"reference_tracks": [{"title": "a", "url": "javascript:alert(1)"}]}, {"reference_tracks.0.url"}),
    ({"reference_tracks": [{"title": "a", "url": "https://" + "x" * 600}]}, {"reference_tracks.0.url"}),
    ({"reference_tracks": [{"title": "a"}]}, {"reference_tracks.0.url"}),
    ({"reference_tracks": [{"title": "a", "url": "https://example.com"}] * 51}, {"reference_tracks"}),
    ({"reference_tracks": [{"title": "a", "url": "https://a.example", "id": 4}]}, {"reference_tracks.0.id"}),
    ({"stage": "mixing"}, {"stage"}),  # set by an action of its own
    ({"version": 3, "id": 9, "late_on": None}, {"version", "id", "late_on"}),
    ({"__proto__": {}, "is_staff": True}, {"__proto__", "is_staff"}),
]
SONGS: list[tuple[dict[str, Any], set[str]]] = [
    ({"project": HUGE}, {"project"}),
    ({"project": 0}, {"project"}),
    ({"project": None}, {"project"}),
    ({"project": {"id": 1}}, {"project"}),
    ({"project": "1; DROP TABLE"}, {"project"}),
    ({"title": []}, {"title"}),
    ({"title": "a\x00b"}, {"title"}),
    ({"tempo": "fast"}, {"tempo"}),
    ({"tempo": "NaN"}, {"tempo"}),
    ({"tempo": "Infinity"}, {"tempo"}),
    ({"tempo": "1e309"}, {"tempo"}),
    ({"tempo": 19}, {"tempo"}),
    ({"tempo": 401}, {"tempo"}),
    ({"tempo": "96.555"}, {"tempo"}),
    ({"tempo": [96]}, {"tempo"}),
    ({"tempo": "-0"}, {"tempo"}),
    ({"key": "x" * 25}, {"key"}),
    ({"key": {"a": 1}}, {"key"}),
    ({"stage": "late"}, {"stage"}),
    ({"stage": None}, {"stage"}),
    ({"notes": 10_001 * "x"}, {"notes"}),
    ({"position": 1}, {"position"}),  # moved by an action of its own
    ({"due": {"tracking": 5}}, {"due.tracking"}),
    ({"due": None}, {"due"}),
]
NO_NUMBERS = ["0", "-1", str(10**9), str(HUGE), "1.5", "two", "", "١", "1 "]
QUESTIONS: list[tuple[str, dict[str, str]]] = [
    *(
        (path, {name: value})
        for path in ("projects/", "songs/")
        for name in ("page", "page_size")
        for value in NO_NUMBERS
    ),
    ("projects/", {"desk": str(HUGE)}),
    ("projects/", {"desk": "1.5"}),
    ("projects/", {"desk": "NaN"}),
    ("projects/", {"stage": "late"}),
    ("projects/", {"ordering": "brief"}),
    ("projects/", {"ordering": "desk__owner"}),
    ("projects/", {"search": "a\x00b"}),
    ("projects/", {"search": "x" * 10_000}),
    ("projects/", {"title__regex": "(a+)+$"}),
    ("projects/", {"format": "api"}),
    ("projects/summary/", {"late": "true"}),
    ("songs/", {"project": str(HUGE)}),
    ("songs/", {"project": "1e309"}),
    ("songs/", {"project": "-1"}),
    ("songs/", {"ordering": "project__desk"}),
]
NO_IDS = ["0", "999999999", str(10**18 - 1), str(HUGE), "-1", "1.5", "x", "%00", "1%20"]
NO_JSON = [b"{broken", b"[1, 2]", b"null", b'"text"', b"\xff\xfe", b'{"a":' * 200, b'{"title":"\\ud800"}', b"NaN"]


def test_a_project_that_makes_no_sense_is_refused_by_the_field(cast: Cast) -> None:
    api, before = Api(cast.ana), Project.objects.count()
    for said, named in PROJECTS:
        assert fields(api.post("projects/", GOOD | said)) == named, said
    assert Project.objects.count() == before


def test_a_song_that_makes_no_sense_is_refused_by_the_field(cast: Cast) -> None:
    api = Api(cast.ana)
    for said, named in SONGS:
        assert fields(api.post("songs/", {"project": cast.project.pk, "title": "A"} | said)) == named, said
    assert not Song.objects.exists()


def test_a_question_that_makes_no_sense_is_refused_by_its_name(cast: Cast) -> None:
    api = Api(cast.ana)
    for path, query in QUESTIONS:
        assert fields(api.get(path, query)) == set(query), (path, query)


def test_an_id_that_leads_nowhere_is_not_found(cast: Cast) -> None:
    api = Api(cast.ana)
    for pk in NO_IDS:
        for path in (f"projects/{pk}/", f"projects/{pk}/stage/", f"songs/{pk}/", f"songs/{pk}/move/"):
            assert api.get(path).status_code in (404, 405), path
            assert api.post(path, {"stage": "mixing", "position": 1}).status_code in (404, 405), path


def test_a_page_of_an_id_that_leads_nowhere_is_not_found(cast: Cast) -> None:
    client, mine = Api(cast.ana).client, cast.project.pk
    for pk in NO_IDS:
        for tail in ("", "edit/", "songs/", f"songs/{mine}/"):
            assert client.get(f"/projects/{pk}/{tail}").status_code == 404, (pk, tail)
        for tail in ("", "edit/"):
            assert client.get(f"/projects/{mine}/songs/{pk}/{tail}").status_code == 404, (pk, tail)


def test_a_body_that_is_no_json_object_is_refused(cast: Cast) -> None:
    client = Api(cast.ana).client
    for body in NO_JSON:
        for path in ("/api/v1/projects/", "/api/v1/songs/"):
            answer = client.post(path, body, content_type="application/json")
            assert (answer.status_code, answer.json()["code"]) == (400, "parse_error"), body
    assert client.post("/api/v1/projects/", b"<a/>", content_type="text/xml").status_code == 415


def test_another_desks_project_cannot_be_reached_by_any_way(cast: Cast) -> None:
    api, mine = Api(cast.ana), makers.make_song(cast.project)
    theirs, song = cast.other_project, makers.make_song(cast.other_project)
    assert api.get("projects/", {"desk": cast.other_desk.pk}).json()["count"] == 0
    assert api.get("songs/", {"project": theirs.pk}).json()["count"] == 0
    assert fields(api.post("songs/", {"project": theirs.pk, "title": "A"})) == {"project"}
    assert fields(api.post("projects/", GOOD | {"desk": cast.other_desk.pk})) == {"desk"}
    for path in (f"projects/{theirs.pk}/", f"songs/{song.pk}/"):
        assert (
            api.get(path).status_code == api.put(path, GOOD, '"1"').status_code == api.delete(path).status_code == 404
        )
    # the song is mine, the project in the address is not, and the other way round
    for path in (f"/projects/{theirs.pk}/songs/{mine.pk}/", f"/projects/{cast.project.pk}/songs/{song.pk}/"):
        for tail in ("", "edit/", "delete/"):
            assert api.client.get(path + tail).status_code == 404
        for tail, said in (("stage/", {"stage": "mixing"}), ("move/", {"position": 1}), ("delete/", {})):
            assert api.client.post(path + tail, said).status_code == 404
    assert Song.objects.filter(stage="brief").count() == 2


def test_a_song_of_one_project_has_no_page_in_another_of_the_same_desk(cast: Cast) -> None:
    other = makers.make_project(cast.desk)
    song = makers.make_song(cast.project)
    client = Api(cast.ana).client
    assert client.get(f"/projects/{other.pk}/songs/{song.pk}/").status_code == 404
    assert client.post(f"/projects/{other.pk}/songs/{song.pk}/delete/").status_code == 404
    said = {"project": cast.project.pk, "title": "A"}
    assert client.post(f"/projects/{other.pk}/songs/new/", said).status_code == 404
    assert Song.objects.count() == 1


def test_a_version_that_makes_no_sense_is_refused(cast: Cast) -> None:
    for etag in ("3", '"x"', "*", '"1", "2"', '"' + "9" * 30 + '"', "\x00"):
        assert fields(Api(cast.ana).put(f"projects/{cast.project.pk}/", GOOD, etag)) == {"If-Match"}, etag


def test_a_refused_change_leaves_nothing_half_written(cast: Cast) -> None:
    path = f"projects/{cast.project.pk}/"
    said = GOOD | {"due": {"tracking": "2026-12-01"}, "reference_tracks": [{"title": "a", "url": "no link"}]}
    assert fields(Api(cast.ana).put(path, said, '"1"')) == {"reference_tracks.0.url"}
    stale = Api(cast.ana).put(path, GOOD | {"due": {"tracking": "2026-12-01"}}, '"7"')
    assert stale.status_code == 412
    assert not StageDate.objects.exists()
    cast.project.refresh_from_db()
    assert (cast.project.title, cast.project.version) == ("Salt & Neon", 1)


def test_text_that_looks_like_markup_is_only_text(cast: Cast) -> None:
    evil = "<script>alert(1)</script>\"'{{7*7}}"
    made = Api(cast.ana).post("projects/", GOOD | {"title": evil, "brief": evil, "label": evil}).json()
    assert made["title"] == evil
    song = Api(cast.ana).post("songs/", {"project": made["id"], "title": evil, "notes": evil, "key": "<b>"}).json()
    for path in ("", "brief/", "edit/", "songs/", f"songs/{song['id']}/", f"songs/{song['id']}/edit/", "delete/"):
        page = Api(cast.ana).client.get(f"/projects/{made['id']}/{path}").content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
    for view in ("board", "list"):
        assert "<script>alert" not in Api(cast.ana).client.get("/projects/", {"view": view}).content.decode()


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart"])
def test_a_form_says_nothing_that_is_not_known(cast: Cast, kind: str) -> None:
    client, said = Api(cast.ana).client, {"title": "Hourglass", "artist": "Nora", "currency": "EUR"}
    said |= {
        "time_zone": "Europe/Lisbon",
        "reference_tracks[0]title": "A",
        "reference_tracks[0]url": "https://a.example/",
    }

    def send(**more: str) -> Any:
        if kind == "multipart":
            return client.post("/api/v1/projects/", said | more)
        return client.post("/api/v1/projects/", urlencode(said | more), content_type=kind)

    for wrong in ({"zzz": "3"}, {"zzz[0]title": "3"}, {"id": "9"}, {"can.edit": "true"}):
        answer = send(**wrong)
        assert (answer.status_code, len(answer.json()["fields"])) == (400, 1), wrong
    assert send(_once="k", csrfmiddlewaretoken="x").status_code == 201
