"""The pages of projects without any script: what they show is what the API says, and every form works."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from projects.models import Project, Song
from projects.stages import Stage
from tests import makers
from tests.cast import Cast
from tests.projects.conftest import Api, day, set_due

pytestmark = [pytest.mark.usefixtures("noon"), pytest.mark.once]


def text(answer: Any) -> str:
    """Return what a page says, without its markup."""
    assert answer.status_code == 200, answer.status_code
    body = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    words = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))
    return re.sub(r" ([,.])", r"\1", words)


@pytest.fixture
def ana(cast: Cast) -> Client:
    return Api(cast.ana).client


@pytest.fixture
def url(cast: Cast) -> str:
    return f"/projects/{cast.project.pk}/"


def form_of(answer: Any) -> dict[str, Any]:
    """Return what the page's form would send if it were sent as it is."""
    form = answer.context["form"]
    sent: dict[str, Any] = {"_once": form["once"]} | ({"_etag": form["etag"]} if form["etag"] else {})
    for field in form["fields"].values():
        for part in _inputs(field):
            sent[part["name"]] = "" if part["value"] is None else part["value"]
    return sent


def _inputs(field: dict[str, Any]) -> list[dict[str, Any]]:
    if field["type"] == "rows":
        return [part for row in field["rows"] for part in row.values()]
    return list(field["parts"].values()) if field["type"] == "group" else [field]


# --- board and list ---------------------------------------------------------------------------------------


def test_the_pages_show_what_the_api_says(cast: Cast, ana: Client, url: str) -> None:
    song = makers.make_song(cast.project, tempo=112)
    api = Api(cast.ana)
    board, listed = ana.get("/projects/"), ana.get("/projects/?view=list")
    assert board.context["summary"] == listed.context["summary"] == api.get("projects/summary/").json()
    asked = {"open": "true", "ordering": "deadline"}
    assert listed.context["projects"] == api.get("projects/", asked).json()
    assert board.context["projects"] == api.get("projects/", asked | {"page_size": 100}).json()
    detail, songs = ana.get(url), ana.get(f"{url}songs/")
    glance = detail.context["glance"]
    assert glance == api.get(f"projects/{cast.project.pk}/glance/").json()
    assert glance["project"] == api.get(f"projects/{cast.project.pk}/").json()
    assert glance["questions"] == api.get(f"projects/{cast.project.pk}/questions/").json()
    query = {"project": cast.project.pk, "page_size": 100, "ordering": "position"}
    listed = api.get("songs/", query).json()
    assert songs.context["songs"] == listed
    assert glance["songs"]["count"] == listed["count"]
    for short, whole in zip(glance["songs"]["results"], listed["results"], strict=True):
        assert short == {name: whole[name] for name in short}
    assert ana.get(f"{url}songs/{song.pk}/").context["song"] == api.get(f"songs/{song.pk}/").json()


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("ana", True),
        ("ben", True),
        ("asa", True),
        *((name, False) for name in ("nora", "emil", "cara", "lena", "xavi")),
    ],
)
@pytest.mark.parametrize("view", ["board", "list"])
def test_only_who_produces_is_asked_to_start_a_project(cast: Cast, who: str, asked: bool, view: str) -> None:
    page = Api(getattr(cast, who)).client.get(f"/projects/?view={view}")
    assert ("New project" in text(page)) is asked


def test_a_player_still_finds_the_way_to_a_desk_of_her_own(cast: Cast) -> None:
    client = Api(cast.nora).client
    assert 'href="/projects/start/"' in client.get("/me/").content.decode()
    assert 'href="/projects/start/"' in client.get("/desk/").content.decode()
    started = client.post("/projects/start/", {"title": "Own", "artist": "Nora", "kind": "single"})
    assert started.status_code == 302
    assert "New project" in text(client.get("/projects/"))


def test_the_head_says_in_one_sentence_how_things_stand(cast: Cast, ana: Client) -> None:
    cast.project.delete()
    for number in range(8):
        makers.make_project(cast.desk, f"Record {number}", stage=Stage.MIXING)
    makers.make_project(cast.desk, "Slow Cathedral", deadline=day(-3))
    makers.make_project(cast.desk, "Tin Moon", deadline=day(7))
    for view in ("board", "list"):
        page = text(ana.get(f"/projects/?view={view}"))
        assert "Ten open, one late. Tin Moon is next to deliver, in 7 days." in page


def test_a_card_carries_who_when_how_far_and_what_is_late(cast: Cast, ana: Client) -> None:
    makers.make_song(cast.project, stage=Stage.TRACKING)
    makers.make_song(cast.project, stage=Stage.DELIVERED)
    set_due(cast.project, tracking=-4)
    Project.objects.update(stage=Stage.MIXING, deadline=day(31))
    page = text(ana.get("/projects/"))
    assert "Salt & Neon Nora Vale 18 Dec, 31 days Songs 1 of 2 1 song is 4 days late" in page


def test_a_late_stage_is_named_beside_late_songs_where_none_of_them_says_it(cast: Cast, ana: Client) -> None:
    song = makers.make_song(cast.project, stage=Stage.TRACKING)
    set_due(song, tracking=-3)
    set_due(cast.project, tracking=-9)
    Project.objects.update(stage=Stage.TRACKING)
    for view, songs, stage in (
        ("board", "1 song is 3 days late", "Tracking is 9 days late"),
        ("list", "1 song late", "Tracking late"),
    ):
        page = text(ana.get(f"/projects/?view={view}"))
        assert songs in page and stage in page
    song.stage_dates.all().delete()  # it inherits the stage's date now, so both would say the same
    for view, songs, stage in (
        ("board", "1 song is 9 days late", "Tracking is 9"),
        ("list", "1 song late", "Tracking late"),
    ):
        page = text(ana.get(f"/projects/?view={view}"))
        assert songs in page and stage not in page


def test_the_board_shows_a_hundred_and_says_so(cast: Cast, ana: Client) -> None:
    Project.objects.bulk_create(Project(desk=cast.desk, title=f"R {n}", artist="N") for n in range(120))
    page = text(ana.get("/projects/"))
    assert "The board shows 100 of 121 open projects" in page
    assert page.count("to…") == 0  # the button's words are for readers, in an attribute


def test_a_column_head_sorts_and_says_how(cast: Cast, ana: Client) -> None:
    page = ana.get("/projects/?view=list&ordering=-artist&late=false").content.decode()
    head = page.split("<thead>")[1].split("</thead>")[0]
    assert re.findall(r'aria-sort="(\w+)"', head) == ["descending"]
    assert "ordering=artist" in head  # the same column the other way round
    assert "ordering=title" in head
    assert "late=false" in unescape(head)  # a sorted list stays narrowed


def test_an_empty_field_of_the_filter_asks_nothing(cast: Cast, ana: Client) -> None:
    sent = "/projects/?view=list&search=&open=&stage=&kind=&ordering="
    assert "Salt & Neon" in text(ana.get(sent))
    assert "No project fits" in text(ana.get("/projects/?view=list&search=nothing+like+it"))


def test_a_question_the_list_does_not_know_is_told_in_words(ana: Client) -> None:
    answer = ana.get("/projects/?view=list&stage=dancing")
    assert answer.status_code == 400
    assert "dancing" in answer.content.decode()


def test_pages_of_the_list_keep_what_was_asked(cast: Cast, ana: Client) -> None:
    Project.objects.bulk_create(Project(desk=cast.desk, title=f"R {n}", artist="N") for n in range(70))
    answer = ana.get("/projects/?view=list&search=R&kind=album&page_size=30")
    assert "Page 1 of 3, 71 in all" in text(answer)
    following = re.search(r'rel="next" href="([^"]+)"', answer.content.decode())
    assert following
    assert set(unescape(following[1]).strip("?").split("&")) >= {"view=list", "search=R", "kind=album", "page=2"}
    assert ana.get("/projects/?view=list&page=99").status_code == 400


# --- starting ---------------------------------------------------------------------------------------------


def test_an_empty_desk_starts_its_first_record_with_three_words(db: None) -> None:
    client = Api(makers.make_user("Nina", time_zone="Europe/Lisbon")).client
    first = client.get("/projects/", follow=True)
    assert first.redirect_chain == [("/projects/start/", 302)]
    assert "Your desk is empty. Start a record." in text(first)
    sent = {"title": "Sundial", "artist": "Nina", "kind": "ep", "_once": "a"}
    done = client.post("/projects/start/", sent, follow=True)
    project = Project.objects.get()
    assert done.redirect_chain == [(f"/projects/{project.pk}/", 302)]
    assert (project.kind, project.time_zone, project.desk.name) == ("ep", "Europe/Lisbon", "Nina’s desk")
    assert client.get("/projects/").status_code == 200


def test_a_form_posted_twice_leads_to_the_same_project(ana: Client) -> None:
    sent = form_of(ana.get("/projects/new/")) | {"title": "Sundial", "artist": "Nina"}
    first, again = (ana.post("/projects/new/", sent) for _ in range(2))
    assert (first.status_code, first.headers["Location"]) == (302, again.headers["Location"])
    assert Project.objects.filter(title="Sundial").count() == 1


def test_a_refused_form_comes_back_with_all_that_was_typed(ana: Client) -> None:
    sent = form_of(ana.get("/projects/new/")) | {
        "title": "Sundial",
        "artist": "",
        "deadline": "2020-01-01",
        "brief": "Close voices.",
        "due.tracking": "2026-12-01",
        "reference_tracks[0]title": "",
        "reference_tracks[0]url": "",
        "reference_tracks[3]title": "Low Tide",
        "reference_tracks[3]url": "no link",
    }
    answer = ana.post("/projects/new/", sent)
    assert answer.status_code == 422
    fields = answer.context["form"]["fields"]
    assert (fields["title"]["value"], fields["brief"]["value"]) == ("Sundial", "Close voices.")
    assert fields["due"]["parts"]["tracking"]["value"] == "2026-12-01"
    assert [fields[name]["errors"] != [] for name in ("title", "artist", "deadline")] == [False, True, True]
    (row,) = fields["reference_tracks"]["rows"]  # the row left empty is none
    assert (row["title"]["value"], row["url"]["errors"] != []) == ("Low Tide", True)
    assert not Project.objects.filter(title="Sundial").exists()


# --- one project ------------------------------------------------------------------------------------------


def test_the_matrix_shows_done_running_late_and_to_come(cast: Cast, ana: Client, url: str) -> None:
    makers.make_song(cast.project, "Harbour Lights", stage=Stage.TRACKING)
    own = makers.make_song(cast.project, "Ninety Below", stage=Stage.TRACKING)
    makers.make_song(cast.project, "Last Ferry", stage=Stage.DELIVERED)
    set_due(cast.project, tracking=10, mixing=20)
    set_due(own, tracking=-4)
    page = ana.get(url)
    assert "Songs 1 delivered, 2 moving, 1 late" in text(page)
    rows = re.findall(r"<tr data-song.*?</tr>", page.content.decode(), re.S)
    cells = [re.findall(r'class="pd-cell pd-cell--(\w+) is-(\w+)', row) for row in rows]
    order = ["pre", "track", "edit", "mix", "master"]
    assert cells[0] == list(zip(order, ["done", "now", "none", "none", "none"], strict=True))
    assert cells[1] == list(zip(order, ["done", "late", "none", "none", "none"], strict=True))
    assert cells[2] == list(zip(order, ["done"] * 5, strict=True))
    assert "10 days left" in rows[0]
    assert "4 days late" in rows[1]
    assert "the song's own date" in unescape(rows[1])
    assert "as the project" in rows[0]


def test_a_new_stage_is_taken_back_by_the_note_that_tells_of_it(cast: Cast, ana: Client, url: str) -> None:
    before = cast.project.stage
    page = ana.post(f"{url}stage/", {"stage": "mixing", "_was": before}, follow=True).content.decode()
    assert f'action="{url}stage/"' in page and f'name="stage" value="{before}"' in page
    page = ana.post(f"{url}stage/", {"stage": before}, follow=True).content.decode()
    cast.project.refresh_from_db()
    assert cast.project.stage == before and ">Undo<" not in page
    page = ana.post(f"{url}stage/", {"stage": before, "_was": before}, follow=True).content.decode()
    assert ">Undo<" not in page, "what is as it was has nothing to undo"


def test_a_cell_sets_its_stage_without_any_script(cast: Cast, ana: Client, url: str) -> None:
    song = makers.make_song(cast.project)
    done = ana.post(f"{url}songs/{song.pk}/stage/", {"stage": "mixing", "next": f"{url}#songs"})
    assert (done.status_code, done.headers["Location"]) == (302, f"{url}#songs")
    song.refresh_from_db()
    assert song.stage == Stage.MIXING


def test_a_script_that_asks_for_json_gets_the_apis_answer(cast: Cast, ana: Client, url: str) -> None:
    headers = {"Accept": "application/json"}
    done = ana.post(f"{url}stage/", {"stage": "mixing"}, headers=headers)
    assert (done.status_code, done.json()["stage"]) == (200, "mixing")
    wrong = ana.post(f"{url}stage/", {"stage": "late"}, headers=headers)
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["stage"])
    ana.logout()
    assert ana.post(f"{url}stage/", {"stage": "brief"}, headers=headers).status_code == 401
    nora = Api(cast.nora).client
    assert nora.post(f"{url}stage/", {"stage": "brief"}, headers=headers).status_code == 403
    cast.project.refresh_from_db()
    assert cast.project.stage == Stage.MIXING


def test_who_only_reads_gets_no_button_and_no_form(cast: Cast, url: str) -> None:
    song = makers.make_song(cast.project)
    for user in (cast.nora, cast.lena):
        client = Api(user).client
        for path in (
            "/projects/",
            "/projects/?view=list",
            url,
            f"{url}songs/",
            f"{url}brief/",
            f"{url}songs/{song.pk}/",
        ):
            page = client.get(path)
            assert page.status_code == 200
            assert "<form" not in page.content.decode().split("<main", 1)[1].split("</main>")[0].replace(
                '<form class="pd-filters" method="get"', ""
            )
            assert "data-card=" not in page.content.decode()
        for path in ("edit/", "delete/", "songs/new/", f"songs/{song.pk}/edit/", f"songs/{song.pk}/delete/"):
            assert client.get(url + path).status_code == 403, path


def test_a_stranger_is_told_that_there_is_nothing_and_nobody_that_one_signs_in(cast: Cast, url: str) -> None:
    assert Api(cast.cleo).client.get(url).status_code == 404
    answer = Api().client.get(url)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={url}")


def test_every_form_sent_back_unchanged_changes_nothing(cast: Cast, ana: Client, url: str) -> None:
    song = makers.make_song(cast.project, seconds=274, tempo="96.5", notes="Soft.")
    set_due(cast.project, tracking=3)
    set_due(song, mixing=9)
    cast.project.reference_tracks.create(title="Low Tide", url="https://example.com/low")
    api = Api(cast.ana)
    for page, path in (
        (f"{url}edit/", f"projects/{cast.project.pk}/"),
        (f"{url}songs/{song.pk}/edit/", f"songs/{song.pk}/"),
    ):
        before = api.get(path).json()
        assert ana.post(page, form_of(ana.get(page))).status_code == 302
        after = api.get(path).json()
        for volatile in ("version", "updated_at"):
            assert before.pop(volatile) != after.pop(volatile) or volatile == "updated_at"
        assert before == after


def test_dates_and_links_left_out_of_the_form_are_taken_away(cast: Cast, ana: Client, url: str) -> None:
    set_due(cast.project, tracking=3, mixing=9)
    cast.project.reference_tracks.create(title="Low Tide", url="https://example.com/low")
    sent = form_of(ana.get(f"{url}edit/")) | {"due.mixing": ""}
    kept = {name: value for name, value in sent.items() if not name.startswith("reference_tracks")}
    assert ana.post(f"{url}edit/", kept).status_code == 302
    found = Api(cast.ana).get(f"projects/{cast.project.pk}/").json()
    assert [due["stage"] for due in found["due"]] == ["tracking"]
    assert found["reference_tracks"] == []


def test_two_who_edit_at_once_both_see_what_the_other_wrote(cast: Cast, ana: Client, url: str) -> None:
    sent = form_of(ana.get(f"{url}edit/"))
    Api(cast.ben).client.post(f"{url}edit/", sent | {"label": "Tidewater", "_once": "b"})
    answer = ana.post(f"{url}edit/", sent | {"label": "Foghorn"})
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    assert answer.status_code == 412
    assert "Somebody changed this while you were writing" in page
    assert "Foghorn Tidewater" in page
    again = form_of(answer)
    assert ana.post(f"{url}edit/", again).status_code == 302  # keeps mine over theirs
    cast.project.refresh_from_db()
    assert cast.project.label == "Foghorn"


def test_the_overview_tells_the_next_sessions_and_who_is_on_board(cast: Cast, ana: Client, url: str) -> None:
    makers.make_engagement(cast.project, cast.emil_called, "Recording engineer")
    makers.make_engagement(cast.project, role="Cello")
    song = makers.make_song(cast.project, "Undertow")
    calls = [{"contributor": cast.wren_called}]
    makers.make_session(cast.project, cast.ana, title="Strings", room=cast.room, songs=[song], calls=calls)
    makers.make_session(cast.project, cast.ana, "2027-03-12T10:00", title="Vocals", hold=True)
    makers.make_session(cast.other_project, cast.cleo, title="Elsewhere")
    page = text(ana.get(url))
    assert re.search(
        r"10 Mar Strings Wed, 10:00 – 18:00 [^:]*Foxglove.*? 1 not answered 12 Mar Vocals Fri, .*? 1st hold", page
    )
    assert "Nobody yet Cello Needed EM Emil Recording engineer" in page
    assert "Elsewhere" not in page
    assert "Strings" in text(ana.get(f"{url}songs/{song.pk}/"))
    assert "Vocals" not in text(ana.get(f"{url}songs/{song.pk}/"))
    nora = text(Api(cast.nora).client.get(url))
    assert "Strings" in nora  # an artist sees the plan, but neither who has answered nor who is hired
    assert "not answered" not in nora
    assert "Recording engineer" not in nora


def test_the_brief_page_holds_brief_links_and_facts(cast: Cast, ana: Client, url: str) -> None:
    Project.objects.update(brief="Close voices.\n\nDry drums.", label="Tidewater")
    cast.project.reference_tracks.create(title="Low Tide", url="https://www.example.com/low")
    page = text(ana.get(f"{url}brief/"))
    assert "Close voices. Dry drums." in page
    assert "Low Tide example.com" in page
    assert "Tidewater" in page


# --- songs ------------------------------------------------------------------------------------------------


def test_a_song_is_added_by_its_title_alone(cast: Cast, ana: Client, url: str) -> None:
    sent = {"project": cast.project.pk, "title": "Undertow", "_from": "overview"}
    done = ana.post(f"{url}songs/new/", sent)
    assert (done.status_code, done.headers["Location"]) == (302, f"{url}#songs")
    assert Song.objects.get().title == "Undertow"
    refused = ana.post(f"{url}songs/new/", sent | {"title": " "})
    assert refused.status_code == 422
    assert "This field may not be blank" in refused.content.decode()


def test_the_songs_page_lists_what_is_known_and_how_long_it_runs(cast: Cast, ana: Client, url: str) -> None:
    makers.make_song(cast.project, "Harbour Lights", seconds=274, tempo="112", key="E minor")
    makers.make_song(cast.project, "Undertow", seconds=66)
    page = text(ana.get(f"{url}songs/"))
    assert "Songs 2, 5:40 so far" in page
    assert "1 Harbour Lights Brief 112 E minor 4:34 –" in page


def test_the_order_is_changed_without_any_script(cast: Cast, ana: Client, url: str) -> None:
    first, second = (makers.make_song(cast.project, title) for title in "AB")
    done = ana.post(f"{url}songs/{first.pk}/move/", {"position": 2, "next": f"{url}songs/"})
    assert (done.status_code, done.headers["Location"]) == (302, f"{url}songs/")
    assert list(cast.project.songs.values_list("title", flat=True)) == ["B", "A"]
    assert second.pk


def test_a_songs_page_tells_facts_stage_and_which_dates_are_its_own(cast: Cast, ana: Client, url: str) -> None:
    song = makers.make_song(cast.project, "Ninety Below", seconds=188, stage=Stage.TRACKING, notes="Needs a cello?")
    makers.make_song(cast.project, "Undertow")
    set_due(cast.project, mixing=20)
    set_due(song, tracking=-4)
    page = text(ana.get(f"{url}songs/{song.pk}/"))
    assert "Due Fri 13 Nov, 4 days late" in page
    assert "Fri 13 Nov own date" in page
    assert "Mon 7 Dec" in page
    assert "Needs a cello?" in page
    assert "Is the studio booked?" in page and "on time?" in page  # as every page of a project opens
    assert "3:08" in page


# --- deleting ---------------------------------------------------------------------------------------------


def test_deleting_is_asked_first_and_then_done(cast: Cast, ana: Client, url: str) -> None:
    song = makers.make_song(cast.project, "Undertow")
    assert "Delete “Undertow”?" in text(ana.get(f"{url}songs/{song.pk}/delete/"))
    assert Song.objects.count() == 1  # asking deletes nothing
    assert ana.post(f"{url}songs/{song.pk}/delete/").headers["Location"] == f"{url}songs/"
    assert "1 song would be deleted" not in text(ana.get(f"{url}delete/"))
    done = ana.post(f"{url}delete/", follow=True)
    assert "“Salt &amp; Neon” is deleted." in done.content.decode()
    assert not Project.objects.filter(pk=cast.project.pk).exists()


def test_what_cannot_be_deleted_says_why(cast: Cast, ana: Client, url: str) -> None:
    makers.make_engagement(cast.project, cast.wren_called)
    answer = ana.post(f"{url}delete/")
    assert answer.status_code == 409
    assert "Sessions, people or money hang on this project" in answer.content.decode()
    assert Project.objects.filter(pk=cast.project.pk).exists()


def test_a_stage_that_is_late_from_the_start_is_told_once(cast: Cast, ana: Client, url: str) -> None:
    Project.objects.update(stage=Stage.TRACKING)
    sent = form_of(ana.get(f"{url}edit/"))
    for day_given, said in ((day(-3), "Saved. Mixing was due on Sat 14 Nov: it counts as late."), (day(-3), "Saved.")):
        sent |= {"due.mixing": day_given.isoformat()}
        page = ana.post(f"{url}edit/", sent, follow=True)
        assert [str(message) for message in page.context["messages"]] == [said]
        sent = form_of(ana.get(f"{url}edit/"))
    Project.objects.update(stage=Stage.MASTERING)  # beyond it a past date is only a fact
    sent = form_of(ana.get(f"{url}edit/")) | {"due.mixing": day(-5).isoformat()}
    page = ana.post(f"{url}edit/", sent, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["Saved."]
