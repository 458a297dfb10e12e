"""The comp map, and what is to be edited: it comes from keeper takes and sections, is done, and is somebody's."""

import uuid
from typing import Any

import pytest
from django.test import Client

from contributors import links
from producerdesk.kit import clock
from projects.models import Song
from sessions.models import CompSection, EditTask, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.paging import text

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def song(session: StudioSession) -> Song:
    return session.songs.get()


def take(ana: Caller, session: StudioSession, song: Song, **said: Any) -> dict[str, Any]:
    return ana.post(f"take-logs/{session.pk}/takes/", key=str(uuid.uuid4()), song=song.pk, **said).json()


def section(ana: Caller, song: Song, name: str) -> dict[str, Any]:
    return ana.post("comp-sections/", song=song.pk, name=name).json()


def texts(who: Caller, **query: Any) -> list[str]:
    return [row["text"] for row in who.get("edit-tasks/", **query).json()["results"]]


def test_keepers_and_sections_are_to_be_edited_and_go_with_their_cause(
    ana: Caller, session: StudioSession, song: Song
) -> None:
    first, second = take(ana, session, song, keeper=True), take(ana, session, song)
    assert texts(ana) == ["Edit take 1"]
    verse = section(ana, song, "Verse\r\n1 <script>\u2028🥁")
    assert texts(ana) == ["Edit take 1"]  # nothing is chosen for it yet
    for each in (first, second):
        ana.post(f"comp-sections/{verse['id']}/use/", take=each["id"])
    assert texts(ana) == ["Edit take 1", "Verse 1 <script> 🥁 from takes 1, 2"]
    whole = {name: first[name] for name in ("rating", "reason", "note")}
    ana.put(f"takes/{first['id']}/", version=1, **whole, keeper=False)
    ana.delete(f"takes/{second['id']}/")
    assert texts(ana) == ["Verse 1 <script> 🥁 from take 1"]
    ana.post(f"comp-sections/{verse['id']}/use/", take=first["id"], used=False)
    assert texts(ana) == []
    ana.post(f"takes/{second['id']}/restore/")
    assert texts(ana) == ["Verse 1 <script> 🥁 from take 2"]
    page = ana.page(f"/songs/{song.pk}/comp/").content.decode()
    assert "Verse 1 &lt;script&gt;" in page
    assert "<script>\u2028" not in page


def test_what_is_done_stays_done_and_can_be_taken_back(ana: Caller, session: StudioSession, song: Song) -> None:
    kept = take(ana, session, song, keeper=True)
    task = EditTask.objects.get()
    assert ana.post(f"edit-tasks/{task.pk}/done/").json()["done_by"] == "Ana"
    ana.delete(f"takes/{kept['id']}/")
    assert texts(ana, open="false") == ["Edit take 1"]
    assert ana.post(f"edit-tasks/{task.pk}/reopen/").json()["done_at"] is None
    written = ana.post("edit-tasks/", song=song.pk, title="=1+1\r\ntune the bass")
    assert written.json()["text"] == "=1+1 tune the bass"
    assert ana.send(f"/edit-tasks/{task.pk}/done/", next=f"/songs/{song.pk}/comp/").status_code == 302
    assert f"/edit-tasks/{task.pk}/reopen/" in ana.page(f"/songs/{song.pk}/comp/").content.decode()  # undo


def test_sections_stand_in_their_order_and_come_back(ana: Caller, session: StudioSession, song: Song) -> None:
    one = take(ana, session, song)
    names = [section(ana, song, name) for name in ("Intro", "Verse", "Chorus")]
    ana.post(f"comp-sections/{names[2]['id']}/move/", position=1)
    ana.post(f"comp-sections/{names[1]['id']}/rename/", name="Verse 1")
    ana.post(f"comp-sections/{names[0]['id']}/use/", take=one["id"])
    ana.delete(f"comp-sections/{names[0]['id']}/")

    def found() -> list[tuple[str, int, list[int]]]:
        rows = ana.get(f"comp-maps/{song.pk}/").json()["sections"]
        return [(row["name"], row["position"], row["takes"]) for row in rows]

    assert found() == [("Chorus", 1, []), ("Verse 1", 2, [])]
    assert ana.post(f"comp-sections/{names[0]['id']}/use/", take=one["id"]).status_code == 409
    ana.post(f"comp-sections/{names[0]['id']}/restore/")
    assert sorted(found()) == [("Chorus", 1, []), ("Intro", 2, [one["id"]]), ("Verse 1", 3, [])]
    for wrong in ({"take": one["id"] + 99}, {"take": "x"}, {}):
        assert ana.post(f"comp-sections/{names[0]['id']}/use/", **wrong).json()["fields"]["take"], wrong
    assert ana.post("comp-sections/", song=song.pk, name="x" * 61).json()["fields"]["name"]
    assert ana.post("comp-sections/", song=999, name="x").json()["fields"]["song"]


def test_whoever_is_to_do_it_reads_it_and_nobody_else(
    cast: Cast, ana: Caller, session: StudioSession, song: Song
) -> None:
    take(ana, session, song, keeper=True)
    verse = section(ana, song, "Verse")
    task = EditTask.objects.get()
    _link, secret = links.mint(cast.wren_called, now=clock.now())
    wren, emil, nora = Caller(authorization=f"Link {secret}"), Caller(cast.emil), Caller(cast.nora)
    for who in (wren, emil, nora, Caller(cast.lena), Caller(cast.cleo)):
        assert texts(who) == []
        assert who.post(f"edit-tasks/{task.pk}/done/").status_code == 404
        assert who.get(f"comp-maps/{song.pk}/").status_code in (403, 404)
        assert who.post(f"comp-sections/{verse['id']}/use/", take=1).status_code in (403, 404)
    ana.post(f"edit-tasks/{task.pk}/assign/", assigned_to=cast.emil_called.pk)
    assert texts(emil) == ["Edit take 1"]
    assert emil.post(f"edit-tasks/{task.pk}/assign/", assigned_to=None).status_code == 403
    assert emil.post(f"edit-tasks/{task.pk}/done/").json()["done_by"] == "Emil"
    ana.post(f"edit-tasks/{task.pk}/assign/", assigned_to=cast.wren_called.pk)
    assert wren.post(f"edit-tasks/{task.pk}/reopen/").status_code == 200
    assert wren.post(f"edit-tasks/{task.pk}/done/").json()["done_by"] == "Wren Castellan"


def test_the_pages_show_it_by_song_and_by_project(cast: Cast, ana: Caller, session: StudioSession, song: Song) -> None:
    take(ana, session, song, keeper=True, note="Bars 33 to 40")
    ana.send("/comp-sections/new/", song=str(song.pk), name="Verse 1")
    verse = CompSection.objects.get()
    ana.send(f"/comp-sections/{verse.pk}/use/", take=str(song.takes.get().pk), used="true")
    for page in (f"/projects/{cast.project.pk}/songs/{song.pk}/", f"/projects/{cast.project.pk}/songs/"):
        content = ana.page(page).content.decode()
        assert 'id="edit-tasks"' in content and "Edit take 1" in content
        assert "Verse 1 from take 1" in content
    assert b'id="edit-tasks"' not in Caller(cast.nora).page(f"/projects/{cast.project.pk}/songs/{song.pk}/").content
    page = ana.page(f"/songs/{song.pk}/comp/")
    assert page.context["found"] == ana.get(f"comp-maps/{song.pk}/").json()
    assert 'aria-pressed="true"' in page.content.decode()
    ana.send(f"/comp-sections/{verse.pk}/use/", take=str(song.takes.get().pk), used="false")
    ana.send(f"/comp-sections/{verse.pk}/remove/")
    assert "Verse 1 from take" not in ana.page(f"/songs/{song.pk}/comp/").content.decode()


def test_the_project_says_how_much_is_to_be_edited_as_far_as_one_reads_it(
    cast: Cast, ana: Caller, session: StudioSession, song: Song
) -> None:
    for _number in range(8):
        take(ana, session, song, keeper=True)
    first = EditTask.objects.order_by("pk")[0]
    ana.post(f"edit-tasks/{first.pk}/assign/", assigned_to=cast.emil_called.pk)
    glance, emil = f"projects/{cast.project.pk}/glance/", Caller(cast.emil)
    found = ana.get(glance).json()
    assert (found["edits"]["count"], len(found["edits"]["results"]), found["questions"]["due"]["to_edit"]) == (8, 6, 8)
    assert found["edits"]["results"] == ana.get("edit-tasks/", project=cast.project.pk).json()["results"][:6]
    page = ana.page(f"/projects/{cast.project.pk}/").content.decode()
    assert "8 things to edit" in page and "All of it" in page
    for who, count in ((emil, 1), (Caller(cast.nora), 0), (Caller(cast.lena), 0)):
        assert who.get(glance).json()["questions"]["due"]["to_edit"] == count
        assert who.get(glance).json()["edits"]["count"] == count
    assert "1 thing to edit" in emil.page(f"/projects/{cast.project.pk}/").content.decode()
    assert "to edit" not in Caller(cast.nora).page(f"/projects/{cast.project.pk}/").content.decode()
    ana.post(f"edit-tasks/{first.pk}/done/")
    assert ana.get(glance).json()["questions"]["due"]["to_edit"] == 7


def test_who_plans_and_edits_reads_the_own_on_today(
    cast: Cast, ana: Caller, session: StudioSession, song: Song, django_assert_max_num_queries: Any
) -> None:
    """Among all else that waits for Ana, and no more than what is hers: as the list of what is to edit says it."""
    herself = makers.make_contributor(cast.desk, "Ana", user=cast.ana)
    for note in ("Hers", "Wrens"):
        take(ana, session, song, keeper=True, note=note)
    hers, wrens = EditTask.objects.order_by("pk")
    part = section(ana, song, "Bridge")["id"]
    ana.post(f"comp-sections/{part}/use/", take=hers.take_id)
    bridge = EditTask.objects.get(section=part)
    for task, person in ((hers, herself), (wrens, cast.wren_called), (bridge, herself)):
        ana.post(f"edit-tasks/{task.pk}/assign/", assigned_to=person.pk)
    listed = ana.get("edit-tasks/", mine="true", open="true").json()["results"]
    ana.page("/")
    with django_assert_max_num_queries(14):
        page = ana.page("/")
    assert sorted(page.context["day"]["edits"], key=str) == sorted(listed, key=str)
    assert {row["text"] for row in listed} == {"Edit take 1", "Bridge from take 1"}
    drawn = text(page)
    assert "You are to edit" in drawn and "Wrens" not in drawn and "two things are yours to edit" in drawn.lower()
    for task in (hers, bridge):
        ana.send(f"/schedule/edit-tasks/{task.pk}/done/", next="/")
    assert ana.get("today/").json()["edits"] == []


def test_who_is_to_edit_reads_it_on_the_own_pages_and_notes_it_there(
    cast: Cast, ana: Caller, session: StudioSession, song: Song
) -> None:
    """Emil has a login and Wren a link; of what is nobody's, or the other's, neither reads."""
    for note in ("Emils", "Wrens", "Nobodys"):
        take(ana, session, song, keeper=True, note=note)
    emils, wrens, _nobodys = EditTask.objects.order_by("pk")
    for task, person in ((emils, cast.emil_called), (wrens, cast.wren_called)):
        ana.post(f"edit-tasks/{task.pk}/assign/", assigned_to=person.pk)
    _link, secret = links.mint(cast.wren_called, now=clock.now())
    link, emil = Client(), Caller(cast.emil)

    assert [row["id"] for row in emil.get("today/").json()["edits"]] == [emils.pk]
    assert ana.get("today/").json()["edits"] == []
    own = {name: emil.page(path).content.decode() for name, path in (("today", "/"), ("schedule", "/schedule/"))}
    own["link"] = link.get(f"/my/{secret}/").content.decode()
    for name, content in own.items():
        mine, other = ("Wrens", "Emils") if name == "link" else ("Emils", "Wrens")
        assert "You are to edit" in content and mine in content, name
        assert other not in content and "Nobodys" not in content, name
    assert "You are to edit" not in ana.page("/schedule/").content.decode()
    assert "You are to edit" not in Caller(cast.nora).page("/").content.decode()

    assert link.post(f"/my/{secret}/edit-tasks/{emils.pk}/done/").status_code == 404
    said = link.post(f"/my/{secret}/edit-tasks/{wrens.pk}/done/", follow=True).content.decode()
    assert "You are to edit" not in said and f"/my/{secret}/edit-tasks/{wrens.pk}/reopen/" in said
    wrens.refresh_from_db()
    assert wrens.done_by == "Wren Castellan"
    link.post(f"/my/{secret}/edit-tasks/{wrens.pk}/reopen/")
    wrens.refresh_from_db()
    assert wrens.done_at is None
    emil.send(f"/schedule/edit-tasks/{emils.pk}/done/", next="/")
    assert emil.get("today/").json()["edits"] == []
