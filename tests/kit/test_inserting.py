"""Rows inserted the short way are what Django would have stored."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext, isolate_apps

from budgets.models import BudgetEntry
from producerdesk.kit import inserting
from producerdesk.kit.inserting import insert
from producerdesk.notices.models import Delivery
from projects.models import Activity, Song
from sessions.actions import book_session
from sessions.booking.models import BookingSlot
from sessions.models import Call, ImportedCalendar, StudioSession
from tests import makers
from tests.cast import Cast

MODELS = (StudioSession, Call, BookingSlot, BudgetEntry, Delivery, Activity)
MADE = ("id", "created_at", "updated_at")  # with each row anew


@pytest.fixture
def booked(cast: Cast) -> StudioSession:
    """A session with all that a booking writes."""
    makers.make_rate(cast.nora_called, "hour", "50")
    return book_session(
        viewer=cast.viewer("ana"),
        project=cast.project,
        title="Tracking",
        starts_local="2099-01-01T10:00",
        ends_local="2099-01-01T14:00",
        room=cast.room,
        calls=[{"contributor": cast.nora_called}],
    )


def columns(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("model", MODELS)
def test_a_row_is_stored_as_django_would(booked: StudioSession, model: type[Model]) -> None:
    """A copy of each row that a booking wrote, stored both ways in turn, reads back the same."""
    assert inserting._is_simple(model), "or it goes Django's way, and this says nothing"
    original = model._default_manager.order_by("pk").last()
    assert original is not None
    found = []
    for store in (insert, model._default_manager.bulk_create):
        with transaction.atomic():
            row = model(**{name: value for name, value in columns(original).items() if name != "id"})
            model._default_manager.filter(pk=original.pk)._raw_delete("default")
            store([row])
            assert not row._state.adding and row.pk is not None
            found.append(columns(model._default_manager.get(pk=row.pk)))
            transaction.set_rollback(True)
    one, two = ({name: value for name, value in row.items() if name not in MADE} for row in found)
    assert one == two


def test_rows_of_one_kind_take_one_statement_and_learn_their_ids(cast: Cast) -> None:
    songs = [Song(project=cast.project, title=f"Song {number}", position=number + 50) for number in range(3)]
    with CaptureQueriesContext(connection) as asked:
        insert(songs)
        insert([])
    assert len(asked) == 1
    assert [Song.objects.get(pk=song.pk).title for song in songs] == ["Song 0", "Song 1", "Song 2"]


def test_more_than_a_few_go_djangos_way(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inserting, "FEW", 1)
    songs = [Song(project=cast.project, title=f"Song {number}", position=number + 50) for number in range(3)]
    insert(songs)
    assert all(song.pk for song in songs)


def test_a_broken_rule_is_djangos_own_error(booked: StudioSession) -> None:
    call = Call.objects.get(session=booked)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([Call(session=booked, contributor_id=call.contributor_id, call_at=call.call_at, answer=None)])  # type: ignore[misc] # that is the broken rule


def test_bytes_are_stored_as_they_are(cast: Cast) -> None:
    content = bytes(range(256))
    calendar = makers.make_import(cast.room)
    copy = ImportedCalendar(**{name: value for name, value in columns(calendar).items() if name != "id"})
    copy.content = content
    insert([copy])
    assert bytes(ImportedCalendar.objects.get(pk=copy.pk).content) == content


@pytest.mark.once
def test_what_json_would_bend_goes_djangos_way() -> None:
    for field in (models.FloatField(), models.BinaryField()):
        meta = type("Meta", (), {"app_label": "measured"})
        with isolate_apps():
            model = type("Measured", (Model,), {"__module__": __name__, "Meta": meta, "measure": field})
        assert not inserting._is_simple(model), field


def test_a_moment_without_a_zone_is_refused_by_name(cast: Cast) -> None:
    now = dt.datetime.fromisoformat("2027-03-10T12:00")
    row = Delivery(desk=cast.desk, kind="x", ref="x:1", recipient="x:1", channel="bell", due_at=now, try_at=now)
    with pytest.raises(ValueError, match=r"Delivery\.due_at got a moment without a time zone"):
        insert([row])
    assert not Delivery.objects.exists()
