"""Idempotency-Key: a POST that comes twice leads to the same thing; with another body it is refused."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contributors.models import Contributor, PrivateLink
from producerdesk.accounts.models import OnceKey
from producerdesk.accounts.once import LEASE, sweep
from producerdesk.kit import clock
from projects.models import Project, ReferenceTrack, Song
from sessions.models import CalendarFeed, CompSection, EditTask
from tests import makers
from tests.calling import Caller
from tests.cast import Cast, make_cast

SAID = {"title": "Hourglass Weather", "artist": "Nadia Sorel", "time_zone": "Europe/Lisbon", "currency": "EUR"}


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


@pytest.fixture
def ana(cast: Cast) -> Caller:
    """The owner, at the API."""
    return Caller(cast.ana)


def test_the_same_key_leads_to_the_same_project(ana: Caller) -> None:
    first = ana.post("projects/", once="k-1", **SAID)
    second = ana.post("projects/", once="k-1", **SAID)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.headers["ETag"] == second.headers["ETag"]
    assert Project.objects.filter(title="Hourglass Weather").count() == 1


def test_the_same_key_with_another_body_is_refused(ana: Caller) -> None:
    ana.post("projects/", once="k-1", **SAID)
    other = ana.post("projects/", once="k-1", **SAID | {"title": "Other"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert not Project.objects.filter(title="Other").exists()


def test_a_refused_request_gives_its_key_back(ana: Caller) -> None:
    assert ana.post("projects/", once="k-1", **SAID | {"currency": "XXX"}).status_code == 400
    assert ana.post("projects/", once="k-1", **SAID).status_code == 201


def test_two_people_may_use_the_same_key(cast: Cast, ana: Caller) -> None:
    assert ana.post("projects/", once="k-1", **SAID).status_code == 201
    assert Caller(cast.cleo).post("projects/", once="k-1", **SAID).status_code == 201


def test_a_first_try_that_still_runs_is_waited_for(cast: Cast, ana: Caller) -> None:
    ana.post("projects/", once="k-1", **SAID)
    OnceKey.objects.update(status=None, answer=None, claimed_at=clock.now())
    again = ana.post("projects/", once="k-1", **SAID)
    assert (again.status_code, again.json()["code"]) == (409, "in_progress")
    assert again.headers["Retry-After"]


def test_the_claim_of_a_dead_worker_is_taken_over(cast: Cast, ana: Caller) -> None:
    ana.post("projects/", once="k-1", **SAID)
    Project.objects.filter(title="Hourglass Weather").delete()
    OnceKey.objects.update(status=None, answer=None, claimed_at=clock.now() - LEASE - timedelta(seconds=1))
    assert ana.post("projects/", once="k-1", **SAID).status_code == 201
    assert Project.objects.filter(title="Hourglass Weather").count() == 1


@pytest.mark.parametrize("key", ["x" * 81, "tab\there"])
def test_a_key_that_is_none_is_refused_by_name(ana: Caller, key: str) -> None:
    answer = ana.post("projects/", once=key, **SAID)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["fields"]


def test_old_keys_are_forgotten(ana: Caller) -> None:
    ana.post("projects/", once="k-1", **SAID)
    OnceKey.objects.update(claimed_at=clock.now() - timedelta(days=3))
    assert sweep() == 1


def test_a_key_and_its_project_stand_or_fall_together(ana: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("producerdesk.accounts.once._finish", broken)
    with pytest.raises(RuntimeError):
        ana.post(
            "projects/", once="k-1", **SAID | {"reference_tracks": [{"title": "A", "url": "https://example.com/"}]}
        )
    assert not Project.objects.filter(title="Hourglass Weather").exists()
    assert not ReferenceTrack.objects.exists()
    assert not OnceKey.objects.exists()


def sheet(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", text.encode(), "text/csv")


def send_file(ana: Caller, once: str, text: str) -> Any:
    said = {"file": sheet(text), "dry_run": "false"}
    return ana.client.post("/api/v1/contributors/import/", said, headers={"Idempotency-Key": once})


def test_the_same_file_twice_is_the_same_request(ana: Caller) -> None:
    first, second = (send_file(ana, "f-1", "name\nKai Lund\n") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Contributor.objects.filter(name="Kai Lund").count() == 1


def test_another_file_of_the_same_name_is_another_request(ana: Caller) -> None:
    send_file(ana, "f-1", "name\nKai Lund\n")
    other = send_file(ana, "f-1", "name\nIda Storm\n")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert not Contributor.objects.filter(name="Ida Storm").exists()


@pytest.mark.parametrize("path", ["private-links/", "feeds/"])
def test_an_address_told_once_is_not_told_again(cast: Cast, path: str) -> None:
    ana = Caller(cast.ana)
    said = {"contributor": cast.wren_called.pk} if path == "private-links/" else {}
    first, second = (ana.post(path, once="k-1", **said) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json() | {"address": None} and first.json()["address"]
    assert first.headers["Cache-Control"] == "no-store"
    assert ana.post(path, once="k-2", **said).json()["id"] != first.json()["id"]


def test_a_page_that_is_sent_twice_makes_one(cast: Cast) -> None:
    client = Caller(cast.ana).client
    project = cast.project.pk
    song = makers.make_song(cast.project, "Ninety Below")
    pages: dict[Any, str] = {
        Song: f"/projects/{project}/songs/",
        EditTask: f"/projects/{project}/songs/{song.pk}/",
        CompSection: f"/songs/{song.pk}/comp/",
    }
    for path, made, said in [
        (f"/people/{cast.wren_called.pk}/links/", PrivateLink, {}),
        ("/schedule/calendar/", CalendarFeed, {}),
        (f"/projects/{project}/songs/new/", Song, {"title": "Undertow", "project": project, "_from": "songs"}),
        ("/edit-tasks/new/", EditTask, {"title": "Tune the middle eight", "song": song.pk}),
        ("/comp-sections/new/", CompSection, {"name": "Verse 1", "song": song.pk}),
    ]:
        before = made.objects.count()  # type: ignore[attr-defined] # each has one
        where = pages.get(made, path)
        page = client.get(where).content.decode()
        form = page.split(f'action="{path}"')[1].split("</form>")[0] if made in pages else page
        key = re.findall(r'name="_once" value="([^"]+)"', form)[-1]
        answers = [client.post(path, said | {"_once": key}) for _ in range(2)]
        assert made.objects.count() == before + 1, path  # type: ignore[attr-defined] # see above
        assert all(answer.status_code in (200, 302) for answer in answers), path
        assert made in pages or "made already" in answers[1].content.decode(), path
