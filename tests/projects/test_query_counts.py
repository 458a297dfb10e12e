"""How many queries the lists and pages of projects take, and that it does not grow with the rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Project, Song, StageDate
from projects.stages import Stage
from tests import makers
from tests.cast import Cast
from tests.projects.conftest import Api, day

pytestmark = pytest.mark.once

# login: session, and the user with all grants
SIGNED_IN = 2
COUNTS = {
    "/api/v1/projects/?page_size=100": SIGNED_IN + 2,  # rows with their count, songs
    "/api/v1/projects/?page_size=100&late=true&ordering=stage": SIGNED_IN + 2,
    "/api/v1/projects/summary/": SIGNED_IN + 3,  # stages, late ones, the next
    "/api/v1/songs/?page_size=100": SIGNED_IN + 2,  # rows with their count, dates
    "/projects/": SIGNED_IN + 3 + 2 + 2 + 1,  # summary, open, delivered; and the frame
    "/projects/?view=list": SIGNED_IN + 3 + 2 + 1,
}


def counted(api: Api, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        answer = api.client.get(path)
    assert answer.status_code == 200, answer.content
    return len(caught)


def fill(cast: Cast, projects: int) -> None:
    made = Project.objects.bulk_create(
        Project(desk=cast.desk, title=f"Record {n}", artist="Nora", stage=list(Stage)[n % 7], deadline=day(n % 40))
        for n in range(projects)
    )
    songs = Song.objects.bulk_create(Song(project=made[n % projects], title=f"Song {n}") for n in range(projects * 2))
    StageDate.objects.bulk_create(
        StageDate(project=song.project, song=song if song.pk % 2 else None, stage="tracking", due_on=day(-1))
        for song in songs[:projects]
    )


@pytest.mark.usefixtures("noon")
def test_a_list_takes_as_many_queries_for_1000_rows_as_for_10(cast: Cast) -> None:
    fill(cast, 10)
    api = Api(cast.ana)
    for path in COUNTS:
        api.client.get(path)  # content types and the like are kept from the first request on
    few = {path: counted(api, path) for path in COUNTS}
    fill(cast, 990)
    many = {path: counted(api, path) for path in COUNTS}
    assert few == COUNTS
    assert many == COUNTS


# the project, its songs, sessions, people and what is to be edited, with all that is their own; the five questions 2;
# and the frame
PROJECT_PAGE = SIGNED_IN + 4 + 2 + 2


def people_and_plan(cast: Cast, count: int) -> None:
    Song.objects.bulk_create(Song(project=cast.project, title=f"Song {n}", position=n) for n in range(count))
    for number in range(count):
        makers.make_engagement(cast.project, cast.wren_called)
        session = makers.make_session(cast.project, cast.ana, f"2027-03-{number % 27 + 1:02}T10:00")
        session.songs.set(cast.project.songs.all()[:2])


def test_a_projects_page_takes_as_many_queries_for_much_as_for_little(cast: Cast) -> None:
    people_and_plan(cast, 1)
    api, path = Api(cast.ana), f"/projects/{cast.project.pk}/"
    api.client.get(path)
    few = counted(api, path)
    people_and_plan(cast, 25)
    assert (few, counted(api, path)) == (PROJECT_PAGE, PROJECT_PAGE)
