"""Prepared queries say, to every kind of viewer, exactly what their querysets say; nobody gets another's."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from contributors.api import ContributorViewSet, EngagementViewSet
from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.prepared import Ready, at_once, kinds, prepared, ready
from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import NOBODY, Grant, Viewer
from projects.api import ProjectViewSet, SongViewSet
from projects.models import Project, Song
from sessions.actions.plans import LONGEST
from sessions.api import (
    CallViewSet,
    DatePollViewSet,
    EditTaskViewSet,
    ImportedCalendarViewSet,
    RoomViewSet,
    SessionViewSet,
    StudioViewSet,
)
from sessions.models import StudioSession
from tests import makers, services
from tests.calling import Caller
from tests.law.world import World, make_world

# what is prepared beside sessions, and its list
STEADY: dict[type[DeskViewSet], str] = {
    CallViewSet: "calls/",
    ContributorViewSet: "contributors/",
    DatePollViewSet: "date-polls/",
    EditTaskViewSet: "edit-tasks/",
    EngagementViewSet: "engagements/",
    ImportedCalendarViewSet: "imported-calendars/",
    ProjectViewSet: "projects/",
    RoomViewSet: "rooms/",
    SongViewSet: "songs/",
    StudioViewSet: "studios/",
}
PEOPLE = ("ana", "nora", "emil", "lena", "cleo")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    ready.forget()
    yield
    ready.forget()


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def titles(viewer: Viewer) -> QuerySet:
    return Project.objects.visible_to(viewer).order_by("pk").values_list("pk", "title")


def sessions_of(viewer: Viewer) -> QuerySet:
    return StudioSession.objects.visible_to(viewer).order_by("pk").values_list("pk", "title", "starts_at")


@prepared
def _records(viewer: Viewer, keys: list[int]) -> QuerySet:
    return Project.objects.visible_to(viewer).filter(pk__among=keys).select_related("desk").order_by()


@prepared
def _booked(viewer: Viewer) -> QuerySet:
    return StudioSession.objects.visible_to(viewer).select_related("room__studio").order_by()


@prepared
def _titles(viewer: Viewer) -> QuerySet:
    return titles(viewer).order_by()


def test_what_is_asked_at_once_is_what_each_says_alone(world: World) -> None:
    """In one statement, where PostgreSQL answers and each of them can find anything at all."""
    records = list(Project.objects.values_list("pk", flat=True))
    for name in PEOPLE:
        viewer = world.cast.viewer(name)
        for keys in (records, records[:1], []):
            asked = [_records(viewer, keys=keys), _booked(viewer), _records(viewer, keys=records)]
            alone = [[_read(thing) for thing in each.objects()] for each in asked]
            with CaptureQueriesContext(connection) as ways:
                found, [told] = at_once(asked, [_titles(viewer)])
            assert [sorted(map(_read, things)) for things in found] == [sorted(each) for each in alone], name
            assert sorted(told) == sorted(titles(viewer)), name
            assert len(ways) <= 4
            if name == "ana":
                assert len(ways) == (1 if services.on_postgres() else 4)


def _read(thing: Any) -> tuple:
    """Return what was read of a row, what came along included."""
    along = thing.desk.name if isinstance(thing, Project) else str(thing.room)
    return (thing.pk, thing.title, along)


@pytest.mark.parametrize("build", [titles, sessions_of])
def test_each_viewer_reads_what_the_queryset_says(world: World, build: Any) -> None:
    viewers = [world.cast.viewer(name) for name in PEOPLE]
    viewers += [replace(viewers[0], scopes=frozenset()), replace(viewers[0], project_limit=frozenset({1, 2}))]
    viewers += [replace(viewers[0], project_limit=frozenset({world.cast.project.pk})), NOBODY]
    for viewer in [*viewers, *reversed(viewers)]:
        assert prepared(build)(viewer).rows() == list(build(viewer)), viewer.via


def test_viewers_of_one_kind_share_the_sql_and_not_the_rows(db: None) -> None:
    desks = [makers.make_desk(makers.make_user(f"Owner {n}"), name=f"Desk {n}") for n in range(2)]
    projects = [makers.make_project(desk, f"Of {desk.name}") for desk in desks]
    viewers = [makers.viewer_of(desk.staff.get()) for desk in desks]
    built: list[Viewer] = []

    def build(viewer: Viewer) -> QuerySet:
        built.append(viewer)
        return titles(viewer)

    found = [prepared(build)(viewer).rows() for viewer in viewers]
    assert found == [[(project.pk, project.title)] for project in projects]
    assert len(built) == 1, "the second was served by what was compiled for the first"
    assert built[0].user_id is not None and built[0].user_id >= kinds.FIRST_ID, "and that for nobody real"
    assert built[0].email == kinds.NAME


def test_other_roles_are_another_kind() -> None:
    own = Viewer(via="login", user_id=1, desks={5: Grant(5, None, "owner", frozenset({"project:read"}))})
    same = Viewer(via="login", user_id=9, desks={7: Grant(7, None, "owner", frozenset({"project:read"}))})
    keys = [viewer.kind.key for viewer in (own, same) if viewer.kind]
    assert keys[0] == keys[1]
    others = [
        replace(own, scopes=frozenset({"project:read"})),
        replace(own, project_limit=frozenset()),
        replace(own, via="token"),
        replace(own, contributor_id=3),
        replace(own, desks={5: Grant(5, None, "owner", frozenset())}),
        replace(own, desks={}, projects={5: Grant(5, 5, "owner", frozenset({"project:read"}))}),
    ]
    for other in others:
        assert other.kind is not None and other.kind.key != keys[0]


def test_who_holds_a_great_many_roles_is_asked_for_anew(world: World) -> None:
    many = {n: Grant(1, n, "artist", frozenset({"project:read"})) for n in range(1, kinds.MOST_IDS + 2)}
    viewer = Viewer(via="login", user_id=world.cast.nora.pk, projects=many)
    assert viewer.kind is None
    assert prepared(titles)(viewer).rows() == list(titles(viewer))


def test_what_is_kept_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "KEPT_AT_MOST", 3)
    viewer = world.cast.viewer("ana")
    for number in range(10):
        assert Ready(titles, viewer, {}, key=("page", number)).rows() == list(titles(viewer))
        assert len(ready._kept) <= 3


def test_objects_come_with_what_select_related_names(world: World) -> None:
    def build(viewer: Viewer, keys: list[int]) -> QuerySet:
        return Song.objects.visible_to(viewer).filter(pk__among=keys).select_related("project__desk").order_by("pk")

    viewer = world.cast.viewer("ana")
    wanted = list(Song.objects.visible_to(viewer).order_by("pk").values_list("pk", flat=True))
    for keys in (wanted, wanted[:1], []):
        found = prepared(build)(viewer, keys=keys).objects()
        with CaptureQueriesContext(connection) as asked:
            assert [(song.pk, song.project.desk.name) for song in found] == [
                (song.pk, world.cast.desk.name) for song in found
            ]
        assert [song.pk for song in found] == keys and not asked


def test_a_moment_is_put_in_anew_each_time(world: World) -> None:
    def build(viewer: Viewer, since: dt.datetime) -> QuerySet:
        return StudioSession.objects.filter(starts_at__gte=since).order_by("pk").values_list("pk")

    starts_at = world.session.starts_at
    for moment in (starts_at, starts_at + dt.timedelta(seconds=1), starts_at - dt.timedelta(days=1)):
        assert prepared(build)(NOBODY, since=moment).rows() == list(build(NOBODY, moment))


def test_a_list_from_now_on_is_made_once_and_follows_the_moment(world: World) -> None:
    """A page asks for what is to come, and each second that is another moment."""
    ana, starts_at, ends_at = Caller(world.cast.ana), world.session.starts_at, world.session.ends_at
    second = dt.timedelta(seconds=1)
    kept = set()
    for since, until, found in (
        (ends_at - second, ends_at, True),
        (ends_at, ends_at + second, False),
        (starts_at - 9 * LONGEST, starts_at, False),
        (starts_at - LONGEST + second, starts_at + second, True),
        (starts_at - 9 * LONGEST, starts_at + second, True),
    ):
        asked = {"since": utc(since), "until": utc(until), "project": world.session.project_id}
        for address in ("sessions/", "sessions/calendar/"):
            ids = [row["id"] for row in ana.get(address, **asked).json()["results"]]
            assert (world.session.pk in ids) is found, (address, since, until)
        kept.add(len(ready._kept))
    assert len(kept) == 1, "the first time made the statements, and the others no more"


@pytest.mark.parametrize("said", ["since=2027-02-30T00:00:00Z", "since=2027-03-01", "since=x", "since="])
def test_what_is_not_quite_a_moment_is_asked_as_it_is(world: World, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = Caller(world.cast.ana)
    answers = [ana.client.get(f"/api/v1/sessions/?{said}") for _again in range(2)]
    monkeypatch.setattr(SessionViewSet, "steady", False)
    answers.append(ana.client.get(f"/api/v1/sessions/?{said}"))
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1


@pytest.mark.parametrize("text", ["[2305843000000000003]", "2305843000000000003", "%s", "8001-01-01 01:17:00"])
def test_what_somebody_types_is_never_taken_for_a_stand_in(world: World, text: str) -> None:
    ana = Caller(world.cast.ana)
    StudioSession.objects.filter(pk=world.session.pk).update(title=text)
    for _again in range(2):
        assert ana.get("sessions/", search=text).json()["count"] == 1
        assert ana.get("sessions/", since="8001-01-01T01:17:00Z").json()["count"] == 0
        assert ana.get("sessions/", project=text).status_code == 400


@pytest.mark.parametrize("view", STEADY)
def test_what_a_view_reads_is_the_same_compiled_or_not(
    world: World, view: type[DeskViewSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    callers = [Caller(getattr(world.cast, name)) for name in PEOPLE]
    compiled = [_told(caller, STEADY[view]) for caller in callers * 2]
    assert ready._kept
    assert max(map(len, compiled)) > 1, "nobody has a row of it"
    monkeypatch.setattr(view, "steady", False)
    assert [_told(caller, STEADY[view]) for caller in callers] * 2 == compiled


def _told(caller: Caller, address: str) -> list[bytes]:
    """Return the list as it came, and each thing in it."""
    listed = caller.get(address)
    ids = [row["id"] for row in listed.json().get("results", ())]
    return [listed.content, *(caller.get(f"{address}{pk}/").content for pk in ids)]


def test_every_view_that_is_prepared_is_compared() -> None:
    views, found = [DeskViewSet], set()
    while views:
        views += (view := views.pop()).__subclasses__()
        if view.steady and not view.__name__.startswith("_"):  # those are for others to build on
            found.add(view)
    assert found - {SessionViewSet} == STEADY.keys()


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("query", ["", "mine=true", "state=hold&state=confirmed", "ordering=-starts_at&search=a"])
def test_a_list_is_the_same_compiled_or_not(
    world: World, name: str, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(getattr(world.cast, name))
    bodies = [caller.client.get(f"/api/v1/sessions/?{query}").content for _again in range(2)]
    monkeypatch.setattr(SessionViewSet, "steady", False)
    assert [caller.client.get(f"/api/v1/sessions/?{query}").content] * 2 == bodies


def test_a_statement_asks_no_queryset_a_second_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    view: Any = SessionViewSet()
    said = SimpleNamespace(GET=QueryDict())
    view.request = SimpleNamespace(auth=world.cast.viewer("ana"), query_params=said.GET, _request=said)
    view.action = "retrieve"
    view.kwargs = {"pk": str(world.session.pk)}
    first = orjson.dumps(view.answer(world.session.pk).data)
    monkeypatch.setattr(SessionViewSet, "get_queryset", None)
    assert orjson.dumps(view.answer(world.session.pk).data) == first


def test_a_list_counts_a_thousand_rows_behind_its_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producerdesk.kit.pagination.COUNTED_AHEAD", 4)
    Song.objects.bulk_create(Song(project=world.cast.project, title=f"Take {n}", position=n + 50) for n in range(12))
    ana, everything = Caller(world.cast.ana), Song.objects.visible_to(world.cast.viewer("ana")).count()
    first = ana.get("songs/", page_size=2).json()
    assert (first["count"], first["more"], first["pages"]) == (6, True, 3)
    seen, page = len(first["results"]), first
    while page["next"]:
        page = ana.client.get(page["next"]).json()
        seen += len(page["results"])
    assert (seen, page["count"], page["more"]) == (everything, everything, False)
    assert ana.get("songs/", page_size=2, page=99).status_code == 400
