"""Search: what is found by whom, in which order, alike on every database; and what it refuses."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.actions import open_budget
from budgets.actions.expenses import add_expense, remove_expense
from budgets.actions.plan import add_line
from budgets.models import Expense
from contributors.models import Contributor, Skill
from producerdesk.accounts.roles import RIGHTS, Role
from producerdesk.kit.money import Money
from producerdesk.overview import searching
from producerdesk.overview.folding import Fold, fold
from projects.models import Project, ReferenceTrack, Song
from projects.tokens import make_token
from sessions.actions import editing
from sessions.models import EditTask
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import by_link, mint

As = Callable[[str], Caller]


def found(caller: Caller, q: str) -> list[tuple[str, str]]:
    answer = caller.get("search/", q=q)
    assert answer.status_code == 200, answer.content
    return [(row["kind"], row["title"]) for group in answer.json()["groups"] for row in group["results"]]


def said_beside(caller: Caller, q: str) -> dict[tuple[str, str], str]:
    groups = caller.get("search/", q=q).json()["groups"]
    return {(row["kind"], row["title"]): row["of"] for group in groups for row in group["results"]}


def spend(cast: Cast, project: Project, title: str, vendor: str, note: str = "") -> Expense:
    """Pay for something, and plan more of it."""
    budget = open_budget(project, cast.ana)
    add_line(budget=budget, by=cast.ana.pk, account=600, note=f"More {title}", rate_minor=5_000)
    amount, day = Money(4_321, "EUR"), dt.date(2027, 3, 1)
    said: dict[str, Any] = {"spent_on": day, "account": 620, "amount": amount, "note": note}
    return add_expense(budget=budget, by=cast.ana.pk, vendor=vendor, title=title, **said)


@pytest.fixture
def glass(cast: Cast) -> Cast:
    """One of each kind called after glass."""
    song = makers.make_song(cast.project, "Glass Teeth")
    session = makers.make_session(cast.project, cast.ana, title="Vocals for Glass Teeth", room=cast.room)
    makers.make_contributor(cast.desk, "Philippa Glass")
    studio = makers.make_studio(cast.desk, name="Glasshouse", city="Porto")
    makers.make_room(studio, "The glass booth")
    makers.make_engagement(cast.project, role="Glass harp")
    makers.make_gear(cast.room, "Glass marimba", serial="GM-77")
    makers.make_poll(session, [cast.nora_called], title="Strings on glass")
    makers.make_import(cast.room, "Glass house calendar")
    makers.make_member(cast.project, makers.make_user("Gitta Glass", email="gitta@example.com"), Role.LABEL)
    editing.add_task(song=song, title="Comp the glass choir")
    spend(cast, cast.project, "Glass harp strings", "Bow & Co")
    makers.make_project(cast.desk, "Heart of Glass")
    makers.make_project(cast.other_desk, "Glass Elsewhere")
    return cast


def test_everything_is_found_by_its_name(glass: Cast, as_: As) -> None:
    assert sorted(found(as_("ana"), "glass")) == [
        ("calendar", "Glass house calendar"),
        ("expense", "Glass harp strings"),
        ("gear", "Glass marimba"),
        ("hire", "Glass harp"),
        ("line", "More Glass harp strings"),
        ("member", "Gitta Glass"),
        ("person", "Philippa Glass"),
        ("poll", "Strings on glass"),
        ("project", "Heart of Glass"),
        ("room", "The glass booth"),
        ("session", "Vocals for Glass Teeth"),
        ("song", "Glass Teeth"),
        ("studio", "Glasshouse"),
        ("task", "Comp the glass choir"),
    ]


def test_each_leads_to_a_page_that_opens(glass: Cast, as_: As) -> None:
    for group in as_("ana").get("search/", q="glass").json()["groups"]:
        (row,) = group["results"]
        assert as_("ana").page(row["path"]).status_code == 200, row


# --- who finds what -----------------------------------------------------------------------------------------

PLANNED = {"project", "song", "session", "person", "hire", "member", "studio", "room", "gear", "poll", "task"}
MONEY = {"expense", "line"}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ben", PLANNED | MONEY | {"calendar"}),
        ("asa", PLANNED | MONEY | {"calendar"}),
        ("nora", {"song", "session", "poll"}),
        ("lena", {"song", "session"} | MONEY),
        ("xavi", {"song", "session"} | MONEY),
        ("emil", {"song"}),
        ("cara", {"song"}),
    ],
)
def test_each_role_finds_what_it_sees(glass: Cast, as_: As, name: str, kinds: set[str]) -> None:
    assert {kind for kind, _title in found(as_(name), "glass")} == kinds
    told = as_(name).get("search/", q="").json()["kinds"]
    assert kinds <= set(told) and MONEY & set(told) in (set(), MONEY)


def test_a_token_finds_what_its_scopes_and_its_projects_allow(glass: Cast) -> None:
    other = makers.make_project(glass.desk, "Else")
    spend(glass, other, "Glass for else", "Bow & Co")

    def kinds(scopes: Any, **said: Any) -> set[tuple[str, str]]:
        _token, secret = make_token(owner=glass.ana, name="t", scopes=scopes, days=3, **said)
        return set(found(Caller(authorization=f"Bearer {secret}"), "glass"))

    assert {kind for kind, _title in kinds(["budget:read"])} == MONEY
    assert {kind for kind, _title in kinds(set(RIGHTS) - {"budget:read"})} == PLANNED | {"calendar"}
    seen = kinds(RIGHTS, project_ids=[other.pk])
    assert {kind for kind, _title in seen} == MONEY
    assert ("expense", "Glass harp strings") not in seen


def test_ones_own_hire_is_found_and_nobody_elses(glass: Cast, as_: As) -> None:
    makers.make_engagement(glass.project, glass.nora_called, "Glass voice", fee="240")
    makers.make_engagement(glass.project, glass.wren_called, "Glass violin", fee="240")
    hires = {"Glass harp", "Glass voice", "Glass violin"}
    assert {title for kind, title in found(as_("ana"), "glass") if kind == "hire"} == hires
    assert [row for row in found(as_("nora"), "glass") if row[0] == "hire"] == [("hire", "Glass voice")]
    assert found(by_link(mint(glass.wren_called)), "glass") == [("hire", "Glass violin")]
    for sum_ in ("240", "24000", "43.21", "4321"):
        assert found(as_("ana"), sum_) == found(as_("nora"), sum_) == [], "no sum is searched"


def test_what_is_to_edit_is_found_where_its_song_may_be_opened(glass: Cast, as_: As) -> None:
    task = EditTask.objects.get()
    for name, kinds in (("emil", {"song", "task"}), ("cleo", {"project"})):
        user = getattr(glass, name)
        person = Contributor.objects.filter(user=user).first() or makers.make_contributor(glass.desk, user=user)
        editing.assign(task=task, person=person)
        assert {kind for kind, _title in found(as_(name), "glass")} == kinds


def test_an_expense_that_was_taken_back_is_not_found(glass: Cast, as_: As) -> None:
    remove_expense(expense=Expense.objects.get(), by=glass.ana.pk)
    assert found(as_("ana"), "harp strings") == [("line", "More Glass harp strings")]


def test_a_stranger_finds_only_the_own(glass: Cast, as_: As) -> None:
    assert found(as_("cleo"), "glass") == [("project", "Glass Elsewhere")]
    assert ("project", "Glass Elsewhere") not in found(as_("ana"), "glass")
    assert found(by_link(mint(glass.wren_called)), "glass") == []


def test_an_artist_finds_the_same_whatever_the_money(glass: Cast, as_: As) -> None:
    """Nor does anybody else who reads no money: the answer and the page, counts and `more` in them, stay the same."""
    callers = [by_link(mint(glass.wren_called)), *(as_(name) for name in ("nora", "emil", "cara", "cleo"))]
    nora, label = callers[1], as_("lena")

    def answers() -> list[Any]:
        said = [caller.get("search/", q=word).content for caller in callers for word in ("harp", "wax")]
        return [*said, nora.page("/search/", q="wax").context["found"]]

    before, seen = answers(), found(label, "wax")
    makers.make_room_rate(glass.room, "day", "990.00")
    makers.make_engagement(glass.project, glass.wren_called, "Glass harp", fee="240", unit="flat").delete()
    for number in range(8):
        spend(glass, glass.project, f"Glass wax {number}", "Wax & Sons", note="For the harp")
    assert answers() == before
    assert (seen, len(found(label, "wax"))) == ([], 6 + 6)


def test_what_is_not_the_viewers_is_found_by_no_word_beside_it(cast: Cast, as_: As) -> None:
    """A label reads the schedule, and neither the network nor gear, nor who else is hired."""
    Skill.objects.create(contributor=cast.wren_called, kind="instrument", name="Theremin", key="theremin")
    makers.make_gear(cast.room, "Theremin")
    makers.make_engagement(cast.project, cast.wren_called, "Player", part="Theremin")
    assert len(found(as_("ana"), "theremin")) == 3
    for name in ("lena", "nora", "emil", "cara", "cleo"):
        assert found(as_(name), "theremin") == []


# --- why it is found ----------------------------------------------------------------------------------------


def test_a_thing_is_found_by_what_stands_beside_it_and_says_so(glass: Cast, as_: As) -> None:
    song = makers.make_song(glass.project, "Ninety Below")
    away = makers.make_session(glass.project, glass.ana, title="Mix", remote_place="Rua Nova 9", songs=[song])
    ReferenceTrack.objects.create(project=glass.project, title="Roads by Portishead", url="https://example.com/1")
    Skill.objects.create(contributor=glass.wren_called, kind="instrument", name="Viola d'amore", key="viola d'amore")
    studio = makers.make_studio(glass.desk, name="Tin Roof", city="Braga", address="Avenida Central 12")
    note = "Nine sets of strings " + "and more " * 40 + "from the luthier in Cremona, paid in cash on the day"
    spend(glass, glass.project, "Strings", "Bow & Co", note=note)
    ana = as_("ana")
    beside = {
        "rua": {("session", away.title): "Salt & Neon · Rua Nova 9"},
        "foxglove vocals": {("session", "Vocals for Glass Teeth"): "Salt & Neon · Foxglove"},
        "amore": {("person", "Wren Castellan"): "Viola d'amore"},
        "portishead": {("project", "Salt & Neon"): f"{glass.project.artist} · Roads by Portishead"},
        "avenida": {("studio", studio.name): "Braga · Avenida Central 12"},
        "gm-77": {("gear", "Glass marimba"): "GM-77 · Foxglove · Room A"},
        "cremona": {
            ("expense", "Strings"): "Bow & Co · Salt & Neon · … from the luthier in Cremona, paid in cash on the day"
        },
        "bow harp": {("expense", "Glass harp strings"): "Bow & Co · Salt & Neon"},
        "ninety mix": {("session", "Mix"): "Salt & Neon · Ninety Below"},
        "gitta@": {("member", "Gitta Glass"): "Salt & Neon · Label · gitta@example.com"},
        "harp needed": {},  # how it stands is told, and not searched
    }
    for typed, expected in beside.items():
        assert said_beside(ana, typed) == expected, typed
    by_project = {kind for kind, _title in found(ana, "salt")}
    assert {"hire", "expense"} <= by_project and not {"line", "member"} & by_project, "they come with the project"
    assert ("line", "More Glass harp strings") in found(ana, "salt strings")
    assert said_beside(ana, "glass harp")["hire", "Glass harp"] == "Salt & Neon · Needed"
    assert said_beside(as_("nora"), "rua") == beside["rua"]  # a place is told to whoever sees the session
    assert said_beside(as_("nora"), "ninety mix") == beside["ninety mix"]


def test_whoever_is_in_the_network_is_found_as_a_person_alone(cast: Cast, as_: As) -> None:
    assert found(as_("ana"), "nora@") == [("person", "Nora")]
    assert found(as_("ana"), "lena@") == [("member", "Lena")]
    assert found(as_("lena"), "lena") == []


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


def test_kinds_with_something_called_exactly_so_come_first(cast: Cast, as_: As) -> None:
    makers.make_project(cast.desk, "Other", label="U 87 Records")
    makers.make_song(cast.project, "U 87 blues")
    makers.make_gear(cast.room, "U 87")
    assert [kind for kind, _title in found(as_("ana"), "u 87")] == ["gear", "song", "project"]


def test_roles_that_are_open_or_filled_stand_before_what_is_over(cast: Cast, as_: As) -> None:
    for role, state in (("Alto", "declined"), ("Alto two", "confirmed")):
        makers.make_engagement(cast.project, cast.wren_called, role, state=state)
    assert found(as_("ana"), "wren salt") == [("hire", "Alto two"), ("hire", "Alto")]


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
    assert counts == [2 + len(searching.KINDS)] * 2  # login, and one for each kind
    nora = as_("nora")
    with CaptureQueriesContext(connection) as caught:
        found(nora, "glass")
    assert not [query["sql"] for query in caught if "budgets_" in query["sql"]], "what nobody sees is not looked for"
    assert len(caught) == 2 + len(nora.get("search/", q="").json()["kinds"])
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
    start = as_("ana").page("/search/").content.decode()
    assert "Find anything" in start and "Gear · Date polls · Expenses" in start
    assert "Expenses" not in as_("nora").page("/search/").content.decode()


def test_what_was_typed_is_escaped(cast: Cast, as_: As) -> None:
    text = as_("ana").page("/search/", q='"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in text
