"""Who did what: noted with the deed, told by role, in the reader's words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from producerdesk.kit.errors import Conflict
from producerdesk.kit.viewer import Viewer
from producerdesk.overview.templatetags.deeds import SENTENCES, sentence
from projects import actions as projects
from projects.activity import note
from projects.models import Activity
from sessions import actions
from sessions.models import Call
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import by_link, mint

As = Callable[[str], Caller]
DAY = "2027-03-10T10:00"


def deeds_of(caller: Caller, cast: Cast, **query: Any) -> list[dict[str, Any]]:
    answer = caller.get("activity/", project=cast.project.pk, **query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def told(caller: Caller, cast: Cast, **query: Any) -> list[str]:
    return [f"{row['kind']}.{row['deed']}" for row in deeds_of(caller, cast, **query)]


@pytest.fixture
def story(cast: Cast, as_: As) -> Caller:
    """Ana starts a song, hires, books, calls; Nora answers. All through the API. Returns Ana."""
    ana = as_("ana")
    pk = cast.project.pk
    song = ana.post("songs/", project=pk, title="Glass Teeth").json()
    ana.post(f"songs/{song['id']}/stage/", stage="mixing")
    ana.post(f"projects/{pk}/stage/", stage="tracking")
    role = ana.post("engagements/", project=pk, role="Violin").json()
    ana.post(f"engagements/{role['id']}/confirm/", contributor=cast.wren_called.pk)
    session = makers.make_session(cast.project, cast.ana, DAY, room=cast.room)
    actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=cast.nora_called, role="Vocals")
    call = Call.objects.get(session=session)
    as_("nora").post(f"calls/{call.pk}/confirm/")
    ana.post(f"sessions/{session.pk}/cancel/", reason="The organ is being tuned")
    note(cast.project, "budget", "rate", by=cast.viewer("ana"), title="GBP")
    return ana


def test_every_deed_stands_there_the_newest_first(cast: Cast, story: Caller) -> None:
    assert told(story, cast) == [
        "budget.rate",
        "session.cancelled",
        "call.confirmed",
        "call.called",
        "session.booked",
        "hire.confirm",
        "hire.opened",
        "project.stage",
        "song.stage",
        "song.added",
    ]
    rows = deeds_of(story, cast)
    assert {row["by"] for row in rows} == {"Ana", "Nora"}
    (stage,) = [row for row in rows if row["kind"] == "song" and row["deed"] == "stage"]
    assert (stage["title"], stage["facts"]) == ("Glass Teeth", {"was": "brief", "now": "mixing"})


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ben", {"project", "song", "session", "call", "hire", "budget"}),
        ("asa", {"project", "song", "session", "call", "hire", "budget"}),
        ("nora", {"project", "song", "session", "call"}),
        ("emil", {"project", "song"}),
        ("cara", {"project", "song"}),
        ("lena", {"project", "song", "session", "budget"}),
        ("xavi", {"project", "song", "session", "budget"}),
        ("cleo", set()),
    ],
)
def test_each_role_is_told_of_what_it_sees(cast: Cast, as_: As, story: Caller, name: str, kinds: set[str]) -> None:
    assert {row["kind"] for row in deeds_of(as_(name), cast)} == kinds


def test_an_artist_reads_own_answers_and_nobody_elses(cast: Cast, as_: As, story: Caller) -> None:
    assert [row["by"] for row in deeds_of(as_("nora"), cast, kind="call")] == ["Nora"]
    nora = as_("nora").page(f"/projects/{cast.project.pk}/activity/").content.decode()
    assert "said yes to" in nora
    for hidden in ("GBP", "Wren", "Violin", "called <"):
        assert hidden not in nora


def test_an_artists_list_is_the_same_whatever_the_money(cast: Cast, as_: As, story: Caller) -> None:
    path = f"/api/v1/activity/?project={cast.project.pk}"
    doers = f"/api/v1/activity/doers/?project={cast.project.pk}"
    before = [as_("nora").client.get(each).content for each in (path, doers)]
    for _ in range(3):
        note(cast.project, "budget", "rate", by=cast.viewer("asa"), title="USD")
    after = [as_("nora").client.get(each).content for each in (path, doers)]
    assert after == before
    assert len(deeds_of(as_("lena"), cast, kind="budget")) == 4


def test_by_private_link(cast: Cast, as_: As) -> None:
    session = makers.make_session(cast.project, cast.ana, DAY)
    call = actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=cast.wren_called, role="Violin")
    by_link(mint(cast.wren_called)).post(f"calls/{call.pk}/decline/", reason="A wedding")
    (row,) = [row for row in deeds_of(as_("ana"), cast) if row["deed"] == "declined"]
    assert (row["by"], row["by_id"], row["by_link"]) == ("Wren Castellan", None, True)
    assert "wedding" not in str(row)
    page = as_("ana").page(f"/projects/{cast.project.pk}/activity/").content.decode()
    assert "by private link" in page and "said no to" in page


def test_what_a_producer_notes_for_somebody_reads_otherwise(cast: Cast, as_: As) -> None:
    session = makers.make_session(cast.project, cast.ana, DAY)
    call = actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=cast.wren_called, role="Violin")
    actions.propose_time(viewer=cast.viewer("ana"), call=call, proposed_local="2027-03-10T11:30")
    actions.accept_proposal(viewer=cast.viewer("ana"), call=call)
    page = as_("ana").page(f"/projects/{cast.project.pk}/activity/").content.decode()
    assert "noted that Wren Castellan asks for 11:30" in page
    assert "took the 11:30 of Wren Castellan" in page


def test_a_deed_that_fails_leaves_no_word(cast: Cast, as_: As) -> None:
    song = makers.make_song(cast.project)
    makers.make_session(cast.project, cast.ana, DAY, songs=[song])
    before = Activity.objects.count()
    with pytest.raises(Conflict):
        projects.delete_song(song=song, by=cast.ana)
    makers.make_session(cast.project, cast.ana, "2027-03-12T10:00", room=cast.room)
    booked = as_("ana").post(
        "sessions/", project=cast.project.pk, title="Clash", room=cast.room.pk, when={"day": "2027-03-12"}
    )
    assert booked.status_code in (400, 409)
    assert Activity.objects.count() == before + 1


def test_what_did_not_change_is_no_deed(cast: Cast) -> None:
    projects.set_project_stage(project=cast.project, stage="brief", by=cast.ana)
    assert not Activity.objects.exists()


def test_members_come_and_go(cast: Cast, as_: As) -> None:
    from projects.models import Membership

    member = Membership.objects.get(project=cast.project, user=cast.nora)
    as_("ana").post(f"members/{member.pk}/role/", role="engineer")
    as_("ana").delete(f"members/{member.pk}/")
    rows = deeds_of(as_("ana"), cast)
    assert [(row["deed"], row["title"], row["facts"]) for row in rows] == [
        ("removed", "Nora", {"was": "engineer"}),
        ("role", "Nora", {"was": "artist", "now": "engineer"}),
    ]
    assert told(as_("lena"), cast) == []


# --- asking -----------------------------------------------------------------------------------------------


def test_narrowed_by_kind_and_person(cast: Cast, as_: As, story: Caller) -> None:
    assert set(told(story, cast, kind="song")) == {"song.added", "song.stage"}
    assert told(story, cast, by=cast.nora.pk) == ["call.confirmed"]
    doers = story.get("activity/doers/", project=cast.project.pk).json()["results"]
    assert [row["name"] for row in doers] == ["Ana", "Nora"]
    page = story.page(f"/projects/{cast.project.pk}/activity/", kind="song")
    assert page.context["deeds"] == story.get("activity/", project=cast.project.pk, kind="song", page_size=40).json()


@pytest.mark.parametrize("query", [{"kind": "nonsense"}, {"by": "x"}, {"amount": "1"}, {"since": "yesterday"}])
def test_nonsense_is_refused_by_name(cast: Cast, as_: As, query: dict[str, str]) -> None:
    answer = as_("ana").get("activity/", **query)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, list(query))


@pytest.mark.parametrize("project", ["", "x", "9" * 30, "-1"])
def test_doers_of_nonsense_are_refused(cast: Cast, as_: As, project: str) -> None:
    assert as_("ana").get("activity/doers/", project=project).status_code == 400


def test_it_comes_in_pages_and_takes_as_many_queries_for_much(cast: Cast, as_: As) -> None:
    ana = as_("ana")
    path = f"/projects/{cast.project.pk}/activity/"
    counts = []
    for more in (5, 200):
        for number in range(more):
            note(cast.project, "song", "added", by=cast.viewer("ana"), title=f"Song {number}")
        ana.page(path)
        with CaptureQueriesContext(connection) as caught:
            assert ana.page(path).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert "Page 2 of 6" in ana.page(path, page="2").content.decode()


# --- words ------------------------------------------------------------------------------------------------


def test_every_deed_has_words_and_none_trips_over_missing_facts(cast: Cast) -> None:
    for kind, deed in [*SENTENCES, ("session", "something new")]:
        row = {"kind": kind, "deed": deed, "about": 1, "title": "<i>T</i>", "project": {"id": 1}, "facts": {}}
        assert "%" not in sentence(row) and "<i>" not in sentence(row)


def test_words_are_found_when_they_are_read(cast: Cast, as_: As, story: Caller) -> None:
    row = deeds_of(story, cast, kind="song")[0]
    with translation.override("de"):
        assert str(sentence(row))
    assert "moved" not in str(row)


def test_names_and_titles_are_escaped(cast: Cast, as_: As) -> None:
    note(cast.project, "call", "called", by=Viewer(name="<b>x", via="link"), title="<script>", person="<script>p")
    page = as_("ana").page(f"/projects/{cast.project.pk}/activity/").content.decode()
    assert "<script>p" not in page and "<b>x" not in page.replace("<b>&lt;", "")
