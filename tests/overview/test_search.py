"""Search: what is found by whom, in which order, alike on every database; and what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from producerdesk.overview.folding import Fold, fold
from projects.models import Project, Song
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import by_link, mint

As = Callable[[str], Caller]


def found(caller: Caller, q: str) -> list[tuple[str, str]]:
    answer = caller.get("search/", q=q)
    assert answer.status_code == 200, answer.content
    return [(row["kind"], row["title"]) for group in answer.json()["groups"] for row in group["results"]]


@pytest.fixture
def glass(cast: Cast) -> Cast:
    """One of each kind called after glass."""
    makers.make_song(cast.project, "Glass Teeth")
    makers.make_session(cast.project, cast.ana, title="Vocals for Glass Teeth", room=cast.room)
    makers.make_contributor(cast.desk, "Philippa Glass")
    studio = makers.make_studio(cast.desk, name="Glasshouse", city="Porto")
    makers.make_room(studio, "The glass booth")
    makers.make_project(cast.desk, "Heart of Glass")
    makers.make_project(cast.other_desk, "Glass Elsewhere")
    return cast


def test_everything_is_found_by_its_name(glass: Cast, as_: As) -> None:
    assert sorted(found(as_("ana"), "glass")) == [
        ("person", "Philippa Glass"),
        ("project", "Heart of Glass"),
        ("room", "The glass booth"),
        ("session", "Vocals for Glass Teeth"),
        ("song", "Glass Teeth"),
        ("studio", "Glasshouse"),
    ]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ben", {"project", "song", "session", "person", "studio", "room"}),
        ("nora", {"song", "session"}),
        ("lena", {"song", "session"}),
        ("emil", {"song"}),
        ("cara", {"song"}),
    ],
)
def test_each_role_finds_what_it_sees(glass: Cast, as_: As, name: str, kinds: set[str]) -> None:
    assert {kind for kind, _title in found(as_(name), "glass")} == kinds


def test_a_stranger_finds_only_the_own(glass: Cast, as_: As) -> None:
    assert found(as_("cleo"), "glass") == [("project", "Glass Elsewhere")]
    assert ("project", "Glass Elsewhere") not in found(as_("ana"), "glass")
    assert found(by_link(mint(glass.wren_called)), "glass") == []


def test_an_artist_finds_the_same_whatever_the_money(glass: Cast, as_: As) -> None:
    before = as_("nora").get("search/", q="glass").content
    makers.make_room_rate(glass.room, "day", "990.00")
    makers.make_engagement(glass.project, glass.wren_called, "Glass harp", fee="240", unit="flat")
    assert as_("nora").get("search/", q="glass").content == before


# --- how words are compared ---------------------------------------------------------------------------------


NAMES = [
    ("Ålesund", "alesund"),
    ("ALESUND", "Ålesund"),
    ("Łódź", "lodz"),
    ("Sinéad O’Connor", "sinead"),
    ("São Tomé", "SAO TOME"),
    ("Bjørk", "bjork"),
    ("Ночь", "ночь"),
    ("ΟΔΟΣ", "οδο"),
    ("B♭ major", "b♭"),
    ("e\u0301tude", "étude"),
    ("夜の港", "港"),
]


@pytest.mark.parametrize(("name", "typed"), NAMES)
def test_case_and_accents_make_no_difference(cast: Cast, as_: As, name: str, typed: str) -> None:
    makers.make_project(cast.desk, name)
    assert ("project", name) in found(as_("ana"), typed)


@pytest.mark.parametrize(
    "name", sorted({name for pair in NAMES for name in pair} | {"Œuvre ﬁn", "ÀÉÎÕÜ ñ ç", "İzmir ı"})
)
def test_the_database_folds_as_python_does(cast: Cast, name: str) -> None:
    project = makers.make_project(cast.desk, name)
    assert Project.objects.annotate(folded=Fold("title")).get(pk=project.pk).folded == fold(name)


@pytest.mark.parametrize("typed", ["%", "_", "G_ass", "%lass", "\\", "*", "'", '"; DROP TABLE', "[a-z]", "(", "^G"])
def test_no_sign_stands_for_others(glass: Cast, as_: As, typed: str) -> None:
    assert found(as_("ana"), typed) == []


def test_a_sign_is_found_as_itself(cast: Cast, as_: As) -> None:
    for title in ("100% Cotton", "snake_case", "back\\slash", "it's", 'say "no"'):
        makers.make_project(cast.desk, title)
        assert found(as_("ana"), title) == [("project", title)]


def test_every_word_must_be_found_wherever_it_stands(glass: Cast, as_: As) -> None:
    assert ("song", "Glass Teeth") in found(as_("ana"), "teeth salt")  # a song of Salt & Neon
    assert found(as_("ana"), "teeth porto") == []
    assert ("studio", "Glasshouse") in found(as_("ana"), "porto glass")


# --- order and size -----------------------------------------------------------------------------------------


def test_what_is_called_exactly_so_comes_first(cast: Cast, as_: As) -> None:
    for title in ("Overtone", "My tone", "Tone poem", "Tone", "Stones"):
        makers.make_project(cast.desk, title)
    titles = [title for _kind, title in found(as_("ana"), "tone")]
    assert titles == ["Tone", "Tone poem", "My tone", "Overtone", "Stones"]


def test_sessions_to_come_stand_before_those_that_were(cast: Cast, as_: As, time_machine: Any) -> None:
    time_machine.move_to("2027-03-08T08:00:00Z")
    makers.make_session(cast.project, cast.ana, "2027-03-20T10:00", title="Strings")
    makers.make_session(cast.project, cast.ana, "2027-03-10T10:00", title="Strings")
    time_machine.move_to("2027-03-12T08:00:00Z")
    groups = as_("ana").get("search/", q="strings").json()["groups"]
    assert [row["at"][:10] for row in groups[0]["results"]] == ["2027-03-20", "2027-03-10"]


def test_many_are_cut_and_it_says_so(cast: Cast, as_: As) -> None:
    Song.objects.bulk_create(Song(project=cast.project, title=f"Take {n}") for n in range(50))
    (group,) = as_("ana").get("search/", q="take").json()["groups"]
    assert (len(group["results"]), group["more"]) == (6, True)


def test_it_takes_as_many_queries_for_much_as_for_little(glass: Cast, as_: As) -> None:
    ana = as_("ana")
    counts = []
    for more in (1, 300):
        Song.objects.bulk_create(Song(project=glass.project, title=f"Glass {n}") for n in range(more))
        with CaptureQueriesContext(connection) as caught:
            found(ana, "glass")
        counts.append(len(caught))
    assert counts == [2 + 6, 2 + 6]  # login, and one for each kind
    with CaptureQueriesContext(connection) as caught:
        assert found(ana, "  ") == []
    assert len(caught) == 2


# --- what it refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["x" * 121, "x" * 10_000, "é" * 10_000, "a\x00b", "a\nb", "\x1b[0m"])
def test_what_no_name_can_be_is_refused_by_name(cast: Cast, as_: As, typed: str) -> None:
    answer = as_("ana").get("search/", q=typed)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["q"])
    page = as_("ana").page("/search/", q=typed)
    assert page.status_code == 400 and 'id="q-error"' in page.content.decode()
    assert len(page.content) < 60_000


def test_what_else_is_asked_is_refused(cast: Cast, as_: As) -> None:
    assert as_("ana").get("search/", q="x", kind="song").status_code == 400
    assert Caller().get("search/", q="x").status_code == 401


# --- the page -----------------------------------------------------------------------------------------------


def test_the_page_works_without_scripts(glass: Cast, as_: As) -> None:
    page = as_("ana").page("/search/", q="glass")
    assert page.context["found"] == as_("ana").get("search/", q="glass").json()
    text = page.content.decode()
    assert "Glass Teeth" in text and "Philippa Glass" in text
    assert 'href="/search/"' in text  # on every page, for who has no scripts
    assert "Nothing is called" in as_("ana").page("/search/", q="zzz").content.decode()
    assert "Find anything" in as_("ana").page("/search/").content.decode()


def test_what_was_typed_is_escaped(cast: Cast, as_: As) -> None:
    text = as_("ana").page("/search/", q='"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in text
