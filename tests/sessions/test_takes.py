"""The take log: who writes it, who reads it, numbers that are given once."""

import csv
import io
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from contributors import links
from producerdesk.kit import clock
from projects.models import Song
from projects.tokens import make_token
from sessions import actions, feeds
from sessions.models import StudioSession, Take
from tests import makers
from tests.cast import Cast

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def song(cast: Cast) -> Song:
    return makers.make_song(cast.project, "Last Ferry", tempo="92.50", key="F# minor")


@pytest.fixture
def session(cast: Cast, song: Song) -> StudioSession:
    """Nora sings, Emil engineers, Wren plays."""
    calls = [
        {"contributor": cast.nora_called, "role": "Lead vocals"},
        {"contributor": cast.emil_called, "role": "Engineer"},
        {"contributor": cast.wren_called, "role": "Violin"},
    ]
    return makers.make_session(cast.project, cast.ana, room=cast.room, songs=[song], calls=calls)


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def log(client: Client, session: StudioSession, song: Song, **said: Any) -> Any:
    body = {"key": str(uuid.uuid4()), "song": song.pk} | said
    return client.post(f"/api/v1/take-logs/{session.pk}/takes/", body, "application/json")


def read(client: Client, session: StudioSession, **headers: str) -> Any:
    return client.get(f"/api/v1/take-logs/{session.pk}/", headers=headers)


def put(client: Client, take: dict[str, Any], etag: str = "", **said: Any) -> Any:
    whole = {name: take[name] for name in ("rating", "keeper", "reason", "note")} | said
    headers = {"If-Match": etag or f'"{take["version"]}"'}
    return client.put(f"/api/v1/takes/{take['id']}/", whole, "application/json", headers=headers)


def test_numbers_are_the_songs_own_and_come_in_order(cast: Cast, session: StudioSession, song: Song) -> None:
    other = makers.make_song(cast.project, "Undertow")
    session.songs.add(other)
    ana = browser(cast.ana)
    given = [log(ana, session, each).json()["number"] for each in (song, song, other, song)]
    assert given == [1, 2, 1, 3]
    row = read(ana, session).json()
    assert [(take["song"], take["number"]) for take in row["takes"]] == [
        (song.pk, 1),
        (song.pk, 2),
        (other.pk, 1),
        (song.pk, 3),
    ]
    assert row["songs"][0] == {
        "id": song.pk,
        "title": "Last Ferry",
        "tempo": "92.5",
        "key": "F# minor",
        "chart_url": "",
    }


def test_what_is_sent_twice_is_logged_once(cast: Cast, session: StudioSession, song: Song) -> None:
    ana, key = browser(cast.ana), str(uuid.uuid4())
    first = log(ana, session, song, key=key, rating=3)
    again = log(ana, session, song, key=key, rating=5)  # changed meanwhile: an edit of its own says so
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert Take.objects.count() == 1


def test_a_take_that_waited_keeps_its_time_and_its_place(cast: Cast, session: StudioSession, song: Song) -> None:
    ana = browser(cast.ana)
    log(ana, session, song)
    late = log(ana, session, song, taken_at="2027-03-10T10:30:00.250Z").json()
    assert (late["number"], late["taken_at"]) == (2, "2027-03-10T10:30:00Z")
    assert [take["number"] for take in read(ana, session).json()["takes"]] == [2, 1]
    ahead = log(ana, session, song, taken_at="2031-01-01T00:00:00Z").json()
    assert ahead["taken_at"] == "2027-03-10T12:00:00Z"  # a wrong clock costs no take


def test_a_removed_take_keeps_its_number_and_comes_back(cast: Cast, session: StudioSession, song: Song) -> None:
    ana = browser(cast.ana)
    first = log(ana, session, song).json()
    assert ana.delete(f"/api/v1/takes/{first['id']}/").status_code == 204
    assert read(ana, session).json()["takes"] == []
    assert log(ana, session, song).json()["number"] == 2
    back = ana.post(f"/api/v1/takes/{first['id']}/restore/", {}, "application/json")
    assert back.json()["number"] == 1
    assert [take["number"] for take in read(ana, session).json()["takes"]] == [1, 2]


def test_an_edit_takes_the_version_that_was_read(cast: Cast, session: StudioSession, song: Song) -> None:
    ana, emil = browser(cast.ana), browser(cast.emil)
    take = log(ana, session, song).json()
    assert ana.put(f"/api/v1/takes/{take['id']}/", {}, "application/json").status_code == 428
    assert put(emil, take, keeper=True).json()["version"] == 2
    stale = put(ana, take, note="The one")
    assert stale.status_code == 412
    assert stale.json()["current"]["keeper"] is True
    log(ana, session, song)  # a new take never conflicts
    assert put(ana, take, '"2"', keeper=True, note="The one").json()["note"] == "The one"


def test_everything_noted_is_told_and_nothing_else_is_taken(cast: Cast, session: StudioSession, song: Song) -> None:
    ana = browser(cast.ana)
    who = [cast.nora_called.pk, cast.wren_called.pk]
    said: dict[str, Any] = {"rating": 4, "keeper": True, "reason": "pitch", "note": "=1+1 <b>\u2028", "performers": who}
    take = log(ana, session, song, **said).json()
    assert take["performers"] == [
        {"id": pk, "name": name} for pk, name in zip(who, ["Nora", "Wren Castellan"], strict=True)
    ]
    assert {name: take[name] for name in ("rating", "keeper", "reason", "note")} == {
        name: said[name] for name in ("rating", "keeper", "reason", "note")
    }
    assert take["logged_by"] == "Ana"
    for wrong in ({"rating": 6}, {"rating": 0}, {"reason": "x" * 161}, {"performers": [cast.cara.pk + 999]}):
        assert put(ana, take, **wrong).status_code == 400, wrong
    for wrong in ({"key": "no"}, {"number": 7}, {"taken_at": "yesterday"}, {"performers": "all"}):
        assert log(ana, session, song, **wrong).status_code == 400, wrong
    assert log(ana, session, makers.make_song(cast.project)).json()["fields"]["song"]
    assert put(ana, take, performers=[]).json()["performers"] == []


def test_producers_and_the_engineer_log_who_plays_reads(cast: Cast, session: StudioSession, song: Song) -> None:
    take = log(browser(cast.emil), session, song).json()
    for who in ("ana", "ben", "asa", "emil"):
        assert read(browser(getattr(cast, who)), session).json()["can"]["log"] is True, who
        assert log(browser(getattr(cast, who)), session, song).status_code == 201, who
    nora = browser(cast.nora)
    answer = read(nora, session).json()
    assert answer["can"] == {"log": False, "edit": False}
    assert len(answer["takes"]) == 5
    assert log(nora, session, song).status_code == 403
    assert put(nora, take).status_code == 403
    assert nora.delete(f"/api/v1/takes/{take['id']}/").status_code == 403
    assert nora.get("/api/v1/takes/?keeper=false").json()["count"] == 5


def test_who_only_reads_the_schedule_is_not_in_the_room(cast: Cast, session: StudioSession, song: Song) -> None:
    take = log(browser(cast.ana), session, song).json()
    for who, status in (("lena", 403), ("xavi", 403), ("cara", 404), ("cleo", 404)):
        client = browser(getattr(cast, who))
        assert read(client, session).status_code == status, who
        assert log(client, session, song).status_code == status, who
        assert client.get(f"/api/v1/takes/{take['id']}/").status_code == 404, who
        assert client.get(f"/api/v1/takes/?session={session.pk}").json()["results"] == [], who
        assert client.get(f"/sessions/{session.pk}/room/").status_code == status, who


def test_who_said_no_or_was_taken_off_reads_no_more(cast: Cast, session: StudioSession, song: Song) -> None:
    log(browser(cast.ana), session, song)
    call = session.calls.get(contributor=cast.nora_called)
    with time_machine.travel("2027-03-09T12:00:00Z", tick=False):
        actions.decline_call(viewer=cast.viewer("nora"), call=call)
    nora = browser(cast.nora)
    assert read(nora, session).status_code == 403  # the artist still reads the schedule
    assert nora.get("/api/v1/takes/").json()["count"] == 0
    emil = session.calls.get(contributor=cast.emil_called)
    actions.remove_call(viewer=cast.viewer("ana"), call=emil)
    assert read(browser(cast.emil), session).status_code == 404


def test_a_link_reads_a_feed_does_not_and_a_token_as_far_as_its_scopes(
    cast: Cast, session: StudioSession, song: Song
) -> None:
    log(browser(cast.ana), session, song)
    _link, secret = links.mint(cast.wren_called, now=clock.now())
    assert len(read(Client(), session, Authorization=f"Link {secret}").json()["takes"]) == 1
    _feed, secret = feeds.mint(cast.viewer("nora"))
    assert read(Client(), session, Authorization=f"Feed {secret}").status_code == 403
    assert Client().get("/api/v1/takes/", headers={"Authorization": f"Feed {secret}"}).json()["count"] == 0
    for scopes, status in ((["schedule:read"], 403), (["schedule:read", "schedule:write"], 201)):
        _token, secret = make_token(owner=cast.emil, name="pad", scopes=scopes, days=1)
        bearer = {"Authorization": f"Bearer {secret}"}
        assert read(Client(), session, **bearer).status_code == 200
        body = {"key": str(uuid.uuid4()), "song": song.pk}
        sent = Client().post(f"/api/v1/take-logs/{session.pk}/takes/", body, "application/json", headers=bearer)
        assert sent.status_code == status, scopes


def test_a_wrapped_session_takes_what_was_kept_a_cancelled_one_nothing(
    cast: Cast, session: StudioSession, song: Song
) -> None:
    ana = browser(cast.ana)
    take = log(ana, session, song).json()
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    assert log(ana, session, song).status_code == 409
    assert put(ana, take, note="x").status_code == 409
    assert read(ana, session).json()["can"]["log"] is False
    actions.restore_session(viewer=cast.viewer("ana"), session=session)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        actions.wrap_session(viewer=cast.viewer("ana"), session=session)
        assert log(ana, session, song, taken_at="2027-03-10T11:00:00Z").json()["number"] == 2


def test_a_song_with_takes_stays(cast: Cast, session: StudioSession, song: Song) -> None:
    ana = browser(cast.ana)
    log(ana, session, song)
    session.songs.clear()
    assert [take["song_title"] for take in read(ana, session).json()["takes"]] == ["Last Ferry"]
    assert ana.delete(f"/api/v1/songs/{song.pk}/").status_code == 409
    assert log(ana, session, song).json()["fields"]["song"]


def test_who_looks_again_hears_only_of_what_is_new(cast: Cast, session: StudioSession, song: Song) -> None:
    ana = browser(cast.ana)
    etag = read(ana, session).headers["ETag"]
    assert read(ana, session, **{"If-None-Match": etag}).status_code == 304
    log(ana, session, song)
    assert len(read(ana, session, **{"If-None-Match": etag}).json()["takes"]) == 1


def test_the_page_is_for_who_is_in_the_room(cast: Cast, session: StudioSession, song: Song) -> None:
    page = browser(cast.nora).get(f"/sessions/{session.pk}/room/")
    assert page.status_code == 200
    assert b"Remove this take" not in page.content
    page = browser(cast.emil).get(f"/sessions/{session.pk}/room/")
    assert b"Remove this take" in page.content
    assert page.context["log"] == read(browser(cast.emil), session).json()


def test_the_take_sheet_stands_on_the_rooms_clock_and_runs_no_formula(
    cast: Cast, session: StudioSession, song: Song
) -> None:
    ana, who = browser(cast.ana), [cast.nora_called.pk, cast.wren_called.pk]
    log(ana, session, song, performers=who, rating=2, reason="pitch", note='=HYPERLINK("x")\nline two')
    gone = log(ana, session, song).json()
    ana.delete(f"/api/v1/takes/{gone['id']}/")
    log(ana, session, song, keeper=True, taken_at="2027-03-10T11:59:30Z")
    answer = browser(cast.nora).get(f"/api/v1/take-logs/{session.pk}/sheet/")
    assert answer["Content-Disposition"] == f'attachment; filename="take-sheet-{session.pk}.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[1:] == [
        ["Last Ferry", "3", "2027-03-10", "12:59:30", "", "", "yes", "", "", "Ana"],
        [
            *("Last Ferry", "1", "2027-03-10", "13:00:00", "Nora, Wren Castellan", "2", "", "pitch"),
            *('\'=HYPERLINK("x")\nline two', "Ana"),
        ],
    ]
    assert browser(cast.lena).get(f"/api/v1/take-logs/{session.pk}/sheet/").status_code == 403
