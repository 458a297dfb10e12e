"""One thing read alone, its children folded into one query, is what a list would say of it, to the last byte."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from django.db import connection, models
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from producerdesk.api_urls import router
from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.folded import JsonRows, decoders_of, unfold
from producerdesk.overview.serializers.today import OpenCall
from projects.models import Project, Song, StageDate
from projects.serializers import ProjectDetail, SongRow
from sessions.models import Call, EditTask, StudioSession
from sessions.serializers import EditTaskRow
from tests import makers
from tests.law.world import ROLES, World, make_world

# an invitation is read by its secret, by whoever holds it: it is in no list
VIEWSETS = {
    basename: viewset
    for _prefix, viewset, basename in router.registry
    if issubclass(viewset, DeskViewSet) and basename != "join"
}


@pytest.fixture
def world(db: None) -> World:
    """Everything there is to see."""
    world = make_world()
    for number, title in enumerate(("Ünter “Tow”", 'Quo"te\\', "Glass\nTeeth")):
        song = makers.make_song(world.cast.project, title, position=number + 5)
        StageDate.objects.create(project=world.cast.project, song=song, stage="mixing", due_on=dt.date(2027, 3, 28))
        world.session.songs.add(song)
    StageDate.objects.create(project=world.cast.project, stage="tracking", due_on=dt.date(2027, 1, 1))
    # who was taken off a session reads less of it, alone or in a list
    Call.objects.filter(contributor=world.cast.emil_called).update(removed_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    return world


@pytest.mark.parametrize("name", ["ana", "nora", "emil", "lena"])
@pytest.mark.parametrize("basename", VIEWSETS)
def test_alone_or_in_a_list_a_thing_is_the_same(world: World, basename: str, name: str) -> None:
    assert world.ids and name in ROLES
    viewer = world.cast.viewer(name)
    view: Any = VIEWSETS[basename]()
    view.request, view.action, view.kwargs = SimpleNamespace(auth=viewer, query_params={}), "retrieve", {}
    rows = view.detail_row or view.row
    found = view.get_queryset()
    for pk in found.values_list("pk", flat=True)[:20]:
        (listed,) = rows.read(found.filter(pk=pk).order_by(), viewer)
        assert orjson.dumps(rows.read_one(found, pk, viewer)) == orjson.dumps(listed)


def test_a_list_in_another_query_is_what_it_is_alone(world: World) -> None:
    viewer = world.cast.viewer("ana")
    for row, rows in (
        (EditTaskRow, EditTask.objects.order_by("-pk")),
        (OpenCall, Call.objects.annotate(asked_at=F("created_at")).order_by("pk")[:3]),
    ):
        one = world.cast.desk.__class__.objects.filter(pk=world.cast.desk.pk)
        (text,) = one.values_list(row.as_json(rows), flat=True)
        told = row.from_json(text, viewer)
        assert told and orjson.dumps(told) == orjson.dumps(row.read(rows, viewer))
    with pytest.raises(TypeError, match="JSON would bend"):
        SongRow.as_json(Song.objects.with_lateness(dt.date(2027, 2, 1)))
    with pytest.raises(TypeError, match="were asked"):
        SongRow.from_json("[]")
    with pytest.raises(TypeError, match="JSON would bend"):
        OpenCall.as_json(Call.objects.annotate(asked_at=Value(Decimal("1.50"))))
    assert OpenCall.from_json(text, viewer) == told  # what is read already stays so


def test_a_project_and_all_that_is_its_own_is_one_query(world: World) -> None:
    viewer, projects = world.cast.viewer("ana"), Project.objects.with_lateness(dt.date(2027, 2, 1))
    ProjectDetail.read_one(projects, world.cast.project.pk, viewer)  # finds out once what folds
    with CaptureQueriesContext(connection) as asked:
        row = ProjectDetail.read_one(projects, world.cast.project.pk, viewer)
    assert len(asked) == 1
    assert row and len(row["songs"]) == Song.objects.filter(project=world.cast.project).count()
    assert row["due"] == [{"stage": "tracking", "due_on": "2027-01-01"}]


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (Song, ("pk", "title", "stage", "project_id", "seconds")),
        (StageDate, ("due_on", "song_id")),
        (StudioSession, ("pk", "starts_at", "room_id")),
    ],
)
def test_what_comes_out_of_json_is_what_went_in(world: World, model: type[models.Model], columns: tuple) -> None:
    rows = model._default_manager.order_by("pk").values_list(*columns)
    decoders = decoders_of(rows)
    assert decoders is not None
    text = world.cast.desk.__class__.objects.annotate(rows=JsonRows(rows)).values_list("rows", flat=True)[0]
    assert unfold(text, decoders) == list(rows)


def test_a_column_that_json_would_bend_does_not_fold(db: None) -> None:
    assert decoders_of(Song.objects.values_list("pk", "tempo")) is None  # a decimal loses its digits on SQLite
