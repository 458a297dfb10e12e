"""What late means: the deadline, a stage's date of the project, a song's own date or the one it inherits."""

import datetime as dt
import random

import pytest
import time_machine

from projects.models import Project, Song, StageDate
from projects.stages import ORDER, Stage
from tests import makers
from tests.cast import Cast
from tests.projects.conftest import TODAY, Api, day, set_due

pytestmark = pytest.mark.usefixtures("noon")


def project_of(cast: Cast, **said: object) -> dict:
    """Return the project as Ana's list shows it."""
    rows = Api(cast.ana).get("projects/", said).json()["results"]
    return next(row for row in rows if row["id"] == cast.project.pk)


def song_of(cast: Cast, song: Song) -> dict:
    return Api(cast.ana).get(f"songs/{song.pk}/").json()


def stand(thing: Project | Song, stage: str) -> None:
    thing.stage = stage
    thing.save()


# --- the deadline -----------------------------------------------------------------------------------------


def test_a_project_is_late_the_day_after_its_deadline(cast: Cast) -> None:
    cast.project.deadline = day(0)
    cast.project.save()
    assert project_of(cast)["late_on"] is None
    cast.project.deadline = day(-1)
    cast.project.save()
    assert project_of(cast)["late_on"] == "2026-11-16"


def test_what_is_delivered_is_never_late(cast: Cast) -> None:
    song = makers.make_song(cast.project, stage=Stage.TRACKING)
    set_due(cast.project, tracking=-5, delivered=-1)
    set_due(song, mixing=-3)
    cast.project.deadline = day(-9)
    stand(cast.project, Stage.DELIVERED)
    row = project_of(cast)
    assert (row["late_on"], row["late_stage"], row["songs"][0]["late_on"]) == (None, None, None)
    assert song_of(cast, song)["due_on"] is None


# --- the project's own stage ------------------------------------------------------------------------------


def test_a_projects_stage_is_late_until_the_project_is_beyond_it(cast: Cast) -> None:
    set_due(cast.project, tracking=-2, mixing=9)
    stand(cast.project, Stage.TRACKING)
    row = project_of(cast)
    assert (row["late_on"], row["late_stage"], row["late_stage_on"]) == ("2026-11-15", "tracking", "2026-11-15")
    stand(cast.project, Stage.EDITING)
    row = project_of(cast)
    assert (row["late_on"], row["late_stage"]) == (None, None)


def test_of_two_missed_stages_the_earlier_date_is_told(cast: Cast) -> None:
    set_due(cast.project, tracking=-2, pre_production=-8)
    row = project_of(cast)
    assert (row["late_on"], row["late_stage"]) == ("2026-11-09", "pre_production")


def test_a_missed_date_of_delivery_is_late_up_to_mastering(cast: Cast) -> None:
    set_due(cast.project, delivered=-1)
    stand(cast.project, Stage.MASTERING)
    assert project_of(cast)["late_stage"] == "delivered"


# --- songs ------------------------------------------------------------------------------------------------


def test_a_song_inherits_the_projects_date(cast: Cast) -> None:
    song = makers.make_song(cast.project, stage=Stage.TRACKING)
    set_due(cast.project, tracking=-4)
    stand(cast.project, Stage.MIXING)
    row = project_of(cast)
    assert (row["late_on"], row["late_stage"]) == ("2026-11-13", None)  # late by its song, not by its own stage
    assert row["songs"][0]["late_on"] == "2026-11-13"
    assert song_of(cast, song)["due"] == [{"stage": "tracking", "due_on": "2026-11-13", "own": False}]


def test_a_songs_own_date_goes_before_the_projects(cast: Cast) -> None:
    song = makers.make_song(cast.project, stage=Stage.TRACKING)
    set_due(cast.project, tracking=-4)
    set_due(song, tracking=3)
    stand(cast.project, Stage.MIXING)
    assert project_of(cast)["late_on"] is None
    found = song_of(cast, song)
    assert (found["late_on"], found["due_on"]) == (None, "2026-11-20")
    assert found["due"] == [{"stage": "tracking", "due_on": "2026-11-20", "own": True}]


def test_an_own_date_of_one_song_leaves_the_others_with_the_projects(cast: Cast) -> None:
    first, second = (makers.make_song(cast.project, stage=Stage.TRACKING) for _ in range(2))
    set_due(cast.project, tracking=-4)
    set_due(first, tracking=3)
    stand(cast.project, Stage.MIXING)
    row = project_of(cast)
    assert [song["late_on"] for song in row["songs"]] == [None, "2026-11-13"]
    assert row["late_on"] == "2026-11-13"
    assert song_of(cast, second)["late_on"] == "2026-11-13"


def test_a_songs_own_missed_date_makes_the_project_late(cast: Cast) -> None:
    song = makers.make_song(cast.project, stage=Stage.PRE_PRODUCTION)
    set_due(song, tracking=-1)  # it is not even there yet
    assert project_of(cast)["late_on"] == "2026-11-16"
    stand(song, Stage.EDITING)
    assert project_of(cast)["late_on"] is None


def test_a_delivered_song_is_not_late_though_its_record_is_open(cast: Cast) -> None:
    song = makers.make_song(cast.project, stage=Stage.DELIVERED)
    set_due(song, delivered=-6)
    assert project_of(cast)["late_on"] is None
    assert song_of(cast, song)["due_on"] is None


def test_the_next_date_of_a_song_is_the_earliest_it_has_still_to_keep(cast: Cast) -> None:
    song = makers.make_song(cast.project, stage=Stage.EDITING)
    set_due(cast.project, tracking=-9, editing=8, mixing=5)
    assert song_of(cast, song)["due_on"] == "2026-11-22"


def test_another_projects_songs_and_dates_play_no_part(cast: Cast) -> None:
    makers.make_song(cast.other_project, stage=Stage.TRACKING)
    set_due(cast.other_project, tracking=-4)
    neighbour = makers.make_project(cast.desk, "Neighbour")
    makers.make_song(neighbour, stage=Stage.TRACKING)
    set_due(neighbour, tracking=-4)
    makers.make_song(cast.project, stage=Stage.TRACKING)
    assert project_of(cast)["late_on"] is None


# --- whose day it is --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "late"), [("Pacific/Auckland", True), ("Europe/Berlin", False), ("UTC", False)])
def test_the_day_is_the_one_that_has_begun_where_the_viewer_is(cast: Cast, zone: str, late: bool) -> None:
    cast.project.deadline = TODAY
    cast.project.save()
    cast.ana.time_zone = zone
    cast.ana.save()
    with time_machine.travel(dt.datetime(2026, 11, 17, 12, 30, tzinfo=dt.UTC), tick=False):
        assert bool(project_of(cast)["late_on"]) is late
        assert Api(cast.ana).get("projects/", {"late": "true"}).json()["count"] == int(late)
        page = Api(cast.ana).client.get("/projects/").content.decode()
        assert ("1 day late" in page) is late


# --- the same by a plain model ----------------------------------------------------------------------------


def test_sql_agrees_with_a_plain_model_on_random_records(cast: Cast) -> None:
    dice = random.Random(7)
    for _ in range(60):
        _random_project(cast, dice)
    rows = {row["id"]: row for row in Api(cast.ana).get("projects/", {"page_size": 100}).json()["results"]}
    late = {row["id"] for row in Api(cast.ana).get("projects/", {"page_size": 100, "late": "true"}).json()["results"]}
    assert len(rows) == 61
    for project in Project.objects.filter(desk=cast.desk):
        songs = {song.pk: _late_on(song) for song in project.songs.all()}
        stages = [] if project.stage == Stage.DELIVERED else _missed(project.stage, _dates(project, None))
        missed = [on for on in songs.values() if on] + stages
        if project.deadline and project.deadline < TODAY and project.stage != Stage.DELIVERED:
            missed.append(project.deadline)
        row = rows[project.pk]
        assert row["late_on"] == (min(missed).isoformat() if missed else None)
        assert (project.pk in late) is bool(missed)
        assert {song["id"]: song["late_on"] for song in row["songs"]} == {
            pk: on.isoformat() if on else None for pk, on in songs.items()
        }
    assert 0 < len(late) < 61


def _random_project(cast: Cast, dice: random.Random) -> None:
    stages = list(ORDER)
    deadline = dice.choice([None, day(dice.randint(-9, 9))])
    project = makers.make_project(cast.desk, stage=dice.choice(stages), deadline=deadline)
    set_due(project, **{stage: dice.randint(-6, 20) for stage in stages if dice.random() < 0.3})
    for _ in range(dice.randint(0, 3)):
        song = makers.make_song(project, stage=dice.choice(stages))
        set_due(song, **{stage: dice.randint(-6, 20) for stage in stages if dice.random() < 0.2})


def _dates(project: Project, song: Song | None) -> dict[str, dt.date]:
    return dict(StageDate.objects.filter(project=project, song=song).values_list("stage", "due_on"))


def _missed(stands: str, dates: dict[str, dt.date]) -> list[dt.date]:
    return [on for stage, on in dates.items() if on < TODAY and ORDER[stage] >= ORDER[stands]]


def _late_on(song: Song) -> dt.date | None:
    if Stage.DELIVERED in (song.stage, song.project.stage):
        return None
    return min(_missed(song.stage, _dates(song.project, None) | _dates(song.project, song)), default=None)


# --- a song that comes later --------------------------------------------------------------------------------


def test_a_song_added_to_a_running_record_keeps_to_what_lies_ahead(cast: Cast) -> None:
    set_due(cast.project, pre_production=-20, tracking=-2, editing=0, mixing=9)
    stand(cast.project, Stage.EDITING)
    ana = Api(cast.ana)
    song = ana.post("songs/", {"project": cast.project.pk, "title": "Late Bloom"}).json()
    assert [(date["stage"], date["due_on"]) for date in song["due"]] == [
        ("editing", day(0).isoformat()),
        ("mixing", day(9).isoformat()),
    ]
    assert (song["due_on"], song["late_on"]) == (day(0).isoformat(), None)
    assert project_of(cast)["late_on"] is None
    assert ana.get("songs/", {"late": "true"}).json()["results"] == []


def test_what_passes_after_it_came_makes_it_late_like_any_other(cast: Cast) -> None:
    set_due(cast.project, tracking=-2, mixing=1)
    stand(cast.project, Stage.MIXING)
    song = Api(cast.ana).post("songs/", {"project": cast.project.pk, "title": "Late Bloom"}).json()
    with time_machine.travel(TODAY + dt.timedelta(days=2), tick=False):
        late = Api(cast.ana).get(f"songs/{song['id']}/").json()
        assert late["late_on"] == day(1).isoformat()
        assert project_of(cast)["late_on"] == day(1).isoformat()
