"""Projects over the API: made, changed, moved, listed, counted, deleted."""

import pytest

from producerdesk.accounts.models import ApiToken, Desk, DeskStaff
from projects.filters import ProjectFilter, SongFilter
from projects.models import Project, Song, StageDate
from projects.stages import Stage
from tests import makers
from tests.cast import Cast
from tests.projects.conftest import Api, day, set_due

pytestmark = pytest.mark.usefixtures("noon")

WHOLE = {
    "title": "Salt & Neon",
    "artist": "Juno Vale",
    "kind": "album",
    "producer_type": "studio",
    "label": "Tidewater Records",
    "deadline": "2026-12-18",
    "time_zone": "Europe/Lisbon",
    "currency": "GBP",
    "brief": "Close voices, dry drums.",
    "due": {"tracking": "2026-11-27", "mixing": "2026-12-06"},
    "reference_tracks": [{"title": "Low Tide Signal", "url": "https://example.com/low-tide"}],
}


def body_of(project: dict) -> dict:
    """Return a project as PUT wants it: what its form would send back."""
    names = ("title", "artist", "kind", "producer_type", "label", "deadline", "time_zone", "currency", "brief")
    return {name: project[name] for name in names}


# --- made -------------------------------------------------------------------------------------------------


def test_everything_that_is_said_of_a_project_comes_back(cast: Cast) -> None:
    answer = Api(cast.ana).post("projects/", WHOLE)
    found = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    due = [{"stage": "tracking", "due_on": "2026-11-27"}, {"stage": "mixing", "due_on": "2026-12-06"}]
    assert found | WHOLE | {"due": due} == found
    assert (found["stage"], found["desk"]["name"]) == ("brief", "Lowlight")
    assert Api(cast.ana).get(f"projects/{found['id']}/").json() == found


def test_three_words_are_enough_and_the_desk_says_the_rest(cast: Cast) -> None:
    cast.desk.time_zone, cast.desk.currency = "America/New_York", "USD"
    cast.desk.save()
    found = Api(cast.ana).post("projects/", {"title": "Sundial", "artist": "Nora"}).json()
    assert (found["time_zone"], found["currency"], found["kind"]) == ("America/New_York", "USD", "album")


def test_the_first_record_of_a_person_without_a_desk_makes_one(db: None) -> None:
    nina = makers.make_user("Nina", time_zone="Asia/Tokyo")
    answer = Api(nina).post("projects/", {"title": "First", "artist": "Nina", "kind": "beat"})
    assert answer.status_code == 201
    assert (answer.json()["time_zone"], answer.json()["can"]["edit"]) == ("Asia/Tokyo", True)
    assert list(DeskStaff.objects.filter(user=nina).values_list("desk__name", "role")) == [("Nina’s desk", "owner")]
    assert Api(nina).post("projects/", {"title": "Second", "artist": "Nina"}).json()["desk"] == answer.json()["desk"]


def test_an_artist_who_starts_a_record_gets_a_desk_of_the_own_and_not_a_place_in_the_producers(cast: Cast) -> None:
    found = Api(cast.nora).post("projects/", {"title": "Mine", "artist": "Nora"}).json()
    assert found["desk"]["id"] != cast.desk.pk
    assert Api(cast.ana).get(f"projects/{found['id']}/").status_code == 404


def test_a_desk_of_somebody_else_is_refused_by_the_field(cast: Cast) -> None:
    answer = Api(cast.ana).post("projects/", {"title": "X", "artist": "Y", "desk": cast.other_desk.pk})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["desk"])
    assert not Project.objects.filter(title="X").exists()


def test_the_same_form_sent_twice_leads_to_the_same_project(cast: Cast) -> None:
    first = Api(cast.ana).post("projects/", WHOLE, Idempotency_Key="press-1")
    again = Api(cast.ana).post("projects/", WHOLE, Idempotency_Key="press-1")
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 201, first.json()["id"])
    assert Api(cast.ana).post("projects/", WHOLE | {"title": "Other"}, Idempotency_Key="press-1").status_code == 422
    assert Project.objects.filter(title=WHOLE["title"], label=WHOLE["label"]).count() == 1


# --- the deadline -----------------------------------------------------------------------------------------


def test_a_deadline_that_has_passed_is_refused_when_it_is_set(cast: Cast) -> None:
    answer = Api(cast.ana).post("projects/", WHOLE | {"deadline": "2026-11-16"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["deadline"])
    assert Api(cast.ana).post("projects/", WHOLE | {"deadline": "2026-11-17"}).status_code == 201


def test_a_deadline_that_has_passed_is_refused_when_it_is_changed(cast: Cast) -> None:
    api = Api(cast.ana)
    made = api.post("projects/", WHOLE).json()
    answer = api.put(f"projects/{made['id']}/", body_of(made) | {"deadline": "2026-11-16"}, '"1"')
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["deadline"])
    assert Project.objects.get(pk=made["id"]).version == 1


def test_a_deadline_that_passed_meanwhile_never_blocks_other_edits(cast: Cast) -> None:
    api = Api(cast.ana)
    cast.project.deadline = day(-30)
    cast.project.save()
    path = f"projects/{cast.project.pk}/"
    found = api.get(path).json()
    saved = api.put(path, body_of(found) | {"label": "Tidewater"}, '"1"')
    assert (saved.status_code, saved.json()["label"], saved.json()["deadline"]) == (200, "Tidewater", "2026-10-18")
    assert api.put(path, {"title": "Salt", "artist": "Nora"}, '"2"').status_code == 200  # not said at all
    other = api.put(path, body_of(found) | {"deadline": "2026-10-19"}, '"3"')
    assert (other.status_code, list(other.json()["fields"])) == (400, ["deadline"])
    assert api.put(path, body_of(found) | {"deadline": None}, '"3"').json()["deadline"] is None


# --- changed ----------------------------------------------------------------------------------------------


def test_dates_of_stages_are_set_kept_and_taken_away(cast: Cast) -> None:
    api, path = Api(cast.ana), f"projects/{cast.project.pk}/"
    about = body_of(api.get(path).json())
    api.put(path, about | {"due": {"tracking": "2026-11-27", "mixing": "2026-12-06"}}, '"1"')
    api.put(path, about | {"due": {"tracking": None, "mastering": "2026-12-10"}}, '"2"')
    assert api.get(path).json()["due"] == [
        {"stage": "mixing", "due_on": "2026-12-06"},
        {"stage": "mastering", "due_on": "2026-12-10"},
    ]


def test_a_project_form_sent_back_unchanged_changes_nothing(cast: Cast) -> None:
    api = Api(cast.ana)
    made = api.post("projects/", WHOLE).json()
    path = f"projects/{made['id']}/"
    form = api.options(path).json()
    values = form["forms"]["PUT"]["values"]
    saved = api.put(path, values, form["etag"]).json()
    assert {name: saved[name] for name in saved if name not in ("version", "updated_at")} == {
        name: made[name] for name in made if name not in ("version", "updated_at")
    }


def test_who_changes_an_old_version_sees_how_it_stands_now(cast: Cast) -> None:
    path = f"projects/{cast.project.pk}/"
    about = body_of(Api(cast.ana).get(path).json())
    assert Api(cast.ben).put(path, about | {"title": "Ben's"}, '"1"').status_code == 200
    answer = Api(cast.ana).put(path, about | {"title": "Ana's"}, '"1"')
    assert (answer.status_code, answer.json()["current"]["title"]) == (412, "Ben's")
    assert answer.json()["current"]["version"] == 2
    assert Api(cast.ana).put(path, about).status_code == 428
    assert Project.objects.get(pk=cast.project.pk).title == "Ben's"


def test_the_desk_of_a_project_cannot_be_changed(cast: Cast) -> None:
    path = f"projects/{cast.project.pk}/"
    answer = Api(cast.ana).put(path, {"title": "A", "artist": "B", "desk": cast.desk.pk}, '"1"')
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["desk"])


def test_a_project_moves_through_its_stages_both_ways(cast: Cast) -> None:
    api, path = Api(cast.ana), f"projects/{cast.project.pk}/stage/"
    for stage in [*Stage.values, "brief"]:
        assert api.post(path, {"stage": stage}).json()["stage"] == stage
    assert api.post(path, {"stage": "mixed"}).json()["fields"].keys() == {"stage"}


# --- rights -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [
        *((who, 200, 200) for who in ("ana", "ben", "asa")),
        *((who, 200, 403) for who in ("nora", "emil", "cara", "lena", "xavi")),
        ("cleo", 404, 404),
        (None, 401, 401),
    ],
)
def test_who_reads_a_project_and_who_writes_it(cast: Cast, who: str | None, read: int, write: int) -> None:
    api = Api(getattr(cast, who) if who else None)
    path = f"projects/{cast.project.pk}/"
    assert api.get(path).status_code == read
    assert api.put(path, {"title": "A", "artist": "B"}, '"1"').status_code == write
    assert api.post(f"{path}stage/", {"stage": "mixing"}).status_code == write
    assert api.delete(path).status_code == (204 if write == 200 else write)


def test_what_one_may_do_is_told_with_the_project(cast: Cast) -> None:
    path = f"projects/{cast.project.pk}/"
    assert all(Api(cast.ana).get(path).json()["can"].values())
    assert Api(cast.nora).get(path).json()["can"] == {
        "edit": False,
        "book": False,
        "see_sessions": True,
        "see_people": False,
        "see_budget": False,
    }
    assert Api(cast.lena).get(path).json()["can"]["see_budget"] is True


def test_a_token_reaches_only_what_its_scopes_say(cast: Cast) -> None:
    _token, secret = ApiToken.objects.create(user=cast.ana, name="reader")
    _token.scopes = ["project:read"]
    _token.save()
    headers = {"Authorization": f"Bearer {secret}"}
    client = Api().client
    assert client.get("/api/v1/projects/", headers=headers).json()["count"] == 1
    made = client.post("/api/v1/projects/", WHOLE, "application/json", headers=headers)
    assert made.status_code == 403


# --- listed -----------------------------------------------------------------------------------------------


@pytest.fixture
def records(cast: Cast) -> Cast:
    """Six records beside the cast's own: from brief to delivered, one without a deadline."""
    cast.project.delete()
    for title, artist, stage, deadline, kind in (
        ("Kingfisher", "Dorian", Stage.EDITING, 6, "single"),
        ("Tin Moon", "Calla", Stage.MASTERING, 3, "ep"),
        ("Slow Cathedral", "Ivo", Stage.MIXING, -3, "album"),
        ("Small Hours", "Rosa", Stage.BRIEF, None, "single"),
        ("Afterglow", "Nadia", Stage.DELIVERED, -40, "album"),
        ("Ochre Season", "Linden Park", Stage.MIXING, 20, "score"),
    ):
        makers.make_project(
            cast.desk,
            title,
            artist=artist,
            stage=stage,
            kind=kind,
            deadline=None if deadline is None else day(deadline),
        )
    return cast


def titles(cast: Cast, **query: str) -> list[str]:
    return [row["title"] for row in Api(cast.ana).get("projects/", query).json()["results"]]


def test_by_deadline_what_has_none_comes_last_in_both_directions(records: Cast) -> None:
    ahead = ["Afterglow", "Slow Cathedral", "Tin Moon", "Kingfisher", "Ochre Season"]
    assert titles(records, ordering="deadline") == [*ahead, "Small Hours"]
    assert titles(records, ordering="-deadline") == [*reversed(ahead), "Small Hours"]


def test_by_stage_the_order_is_that_of_the_work(records: Cast) -> None:
    assert titles(records, ordering="stage,-title") == [
        "Small Hours",
        "Kingfisher",
        "Slow Cathedral",
        "Ochre Season",
        "Tin Moon",
        "Afterglow",
    ]


@pytest.mark.parametrize("ordering", [",", "title,", ",title", "title,,stage", "-", "--title", " "])
def test_an_order_without_a_name_is_refused(cast: Cast, ordering: str) -> None:
    for path in ("projects/", "songs/"):
        answer = Api(cast.ana).get(path, {"ordering": ordering})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["ordering"])


def test_every_order_ends_in_the_key() -> None:
    for filterset, rows in ((ProjectFilter, Project.objects.all()), (SongFilter, Song.objects.with_next_due())):
        for ordering in filterset.base_filters["ordering"].param_map.values():
            assert filterset({"ordering": ordering}, rows).qs.query.order_by[-1] == "pk"


def test_equal_rows_never_shuffle_between_pages(cast: Cast) -> None:
    for _ in range(30):
        makers.make_project(cast.desk, "Same", artist="Same")
    seen: list[int] = []
    for page in range(1, 5):
        answer = Api(cast.ana).get("projects/", {"ordering": "artist", "page_size": 8, "page": page}).json()
        seen += [row["id"] for row in answer["results"]]
    assert len(seen) == len(set(seen)) == 31


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"stage": "mixing"}, {"Slow Cathedral", "Ochre Season"}),
        ({"stage": ["mixing", "brief"]}, {"Slow Cathedral", "Ochre Season", "Small Hours"}),
        ({"kind": "single"}, {"Kingfisher", "Small Hours"}),
        ({"late": "true"}, {"Slow Cathedral"}),
        ({"late": "false", "kind": "album"}, {"Afterglow"}),
        ({"open": "false"}, {"Afterglow"}),
        ({"open": "true", "search": "season linden"}, {"Ochre Season"}),
        ({"search": "100%"}, set()),
    ],
)
def test_the_list_is_filtered(records: Cast, query: dict, found: set[str]) -> None:
    assert set(titles(records, **query)) == found


def test_the_summary_counts_what_its_viewer_may_see(records: Cast) -> None:
    makers.make_song(Project.objects.get(title="Ochre Season"), stage=Stage.TRACKING)
    set_due(Project.objects.get(title="Ochre Season"), tracking=-2)
    found = Api(records.ana).get("projects/summary/").json()
    assert (found["open"], found["late"], found["delivered"]) == (5, 2, 1)
    assert [row["stage"] for row in found["stages"]] == Stage.values
    assert [row["count"] for row in found["stages"]] == [1, 0, 0, 1, 2, 1, 1]
    assert found["next"]["title"] == "Tin Moon"
    assert Api(records.nora).get("projects/summary/").json()["open"] == 0
    assert Api(records.cleo).get("projects/summary/").json() | {"stages": []} == {
        "produces": True,
        "open": 1,
        "late": 0,
        "delivered": 0,
        "stages": [],
        "next": None,
    }


def test_the_summary_equals_the_lists_it_sums_up(records: Cast) -> None:
    api = Api(records.ana)
    found = api.get("projects/summary/").json()
    for name, query in (("open", {"open": "true"}), ("late", {"late": "true"}), ("delivered", {"open": "false"})):
        assert api.get("projects/", query).json()["count"] == found[name]


# --- deleted ----------------------------------------------------------------------------------------------


def test_a_project_goes_with_its_songs_and_dates(cast: Cast) -> None:
    set_due(makers.make_song(cast.project), tracking=3)
    assert Api(cast.ana).delete(f"projects/{cast.project.pk}/").status_code == 204
    assert not StageDate.objects.exists()


def test_a_project_that_somebody_is_hired_for_stays(cast: Cast) -> None:
    makers.make_engagement(cast.project, cast.wren_called)
    answer = Api(cast.ana).delete(f"projects/{cast.project.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Project.objects.filter(pk=cast.project.pk).exists()


def test_a_desk_without_projects_has_an_empty_list_and_not_an_error(db: None) -> None:
    nina = makers.make_user("Nina")
    assert Api(nina).get("projects/").json()["results"] == []
    assert Api(nina).get("projects/summary/").json()["next"] is None
    assert not Desk.objects.exists()  # looking makes no desk
