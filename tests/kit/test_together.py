"""Statements that nobody waits for travel with the next one: in their order, in its transaction, and never lost."""

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from producerdesk.kit.inserting import change, insert, new
from producerdesk.kit.prepared import plans, prepared
from producerdesk.kit.together import go, number_ahead, together
from producerdesk.kit.viewer import NOBODY, Viewer
from projects.models import Project, Song
from tests import services
from tests.cast import Cast


def songs(cast: Cast, *titles: str) -> list[Song]:
    """Return new songs of a record, at places that no other has."""
    taken = Song.objects.count()
    return [new(Song, project_id=cast.project.pk, title=title, position=taken + n) for n, title in enumerate(titles, 1)]


def titles(cast: Cast) -> list[str]:
    return list(Song.objects.filter(project=cast.project).order_by("pk").values_list("title", flat=True))


def test_what_is_told_travels_with_what_is_asked_next(cast: Cast) -> None:
    one, two = songs(cast, "Ninety Below", "Salt")
    with transaction.atomic(), CaptureQueriesContext(connection) as asked, together():
        insert([one], keys=False)
        insert([two], keys=False)
        assert titles(cast) == ["Ninety Below", "Salt"]
    assert len(asked) == (1 if services.on_postgres() else 3)


@prepared
def _records(viewer: Viewer) -> QuerySet:
    return Project.objects.order_by().values_list("title", "pk")


@prepared
def _in_order(viewer: Viewer) -> QuerySet:
    return Project.objects.order_by("title").values_list("title", "pk")


def test_who_has_an_id_ahead_is_not_waited_for(cast: Cast) -> None:
    rows = songs(cast, "Ninety Below", "Salt")
    alone = sorted(_records(NOBODY).rows())
    with transaction.atomic(), CaptureQueriesContext(connection) as asked, together():
        number_ahead(rows)
        assert sorted(_records(NOBODY).rows()) == alone
        insert(rows)
        assert titles(cast) == ["Ninety Below", "Salt"]
    assert len(asked) == (2 if services.on_postgres() else 3)
    assert [Song.objects.get(pk=row.pk).title for row in rows] == ["Ninety Below", "Salt"]


def test_who_has_none_yet_learns_it_as_ever(cast: Cast) -> None:
    """What comes in an order is not asked together with anything, nor is what Django asks by itself."""
    rows = songs(cast, "Ninety Below", "Salt")
    with transaction.atomic(), together():
        number_ahead(rows)
        assert _in_order(NOBODY).rows() == sorted(_in_order(NOBODY).rows())
        assert titles(cast) == []
        assert [row.pk for row in rows] == [None, None]
        insert(rows)
        ids = [row.pk for row in rows]
        _records(NOBODY).rows()
        assert [row.pk for row in rows] == ids
    assert titles(cast) == ["Ninety Below", "Salt"]


def test_what_is_left_goes_at_the_end(cast: Cast) -> None:
    with transaction.atomic(), together():
        insert(songs(cast, "Ninety Below"), keys=False)
    assert titles(cast) == ["Ninety Below"]
    song = Song.objects.get(project=cast.project)
    song.title = "Salt"
    with transaction.atomic(), together():
        change(song, "title")
    assert titles(cast) == ["Salt"]


def test_outside_it_is_done_at_once(cast: Cast) -> None:
    rows = songs(cast, "Ninety Below")
    with CaptureQueriesContext(connection) as asked:
        insert(rows, keys=False)
    assert len(asked) == 1
    assert titles(cast) == ["Ninety Below"]


def test_what_fails_takes_all_of_it_back(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), together():
        insert(songs(cast, "Ninety Below"), keys=False)
        raise ZeroDivisionError
    assert titles(cast) == []
    insert(songs(cast, "Salt"))
    assert titles(cast) == ["Salt"], "and nothing of it waits any more"


def test_a_broken_rule_is_met_in_the_same_transaction(cast: Cast) -> None:
    broken = new(Song, project_id=cast.project.pk, title=None, position=9)
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        insert(songs(cast, "Ninety Below"), keys=False)
        insert([broken], keys=False)
    assert titles(cast) == []


def test_who_catches_a_fault_does_not_go_on_without_what_waited(cast: Cast) -> None:
    # SQLite did at once what it was told
    stopped = pytest.raises(transaction.TransactionManagementError) if services.on_postgres() else nullcontext()
    unsayable: Any = object()
    with stopped, transaction.atomic(), together():
        insert(songs(cast, "Ninety Below"), keys=False)
        with pytest.raises(Error), connection.cursor() as cursor:
            cursor.execute("SELECT %s", [unsayable])  # it never reaches the database
        assert titles(cast) == ["Ninety Below"]
    assert titles(cast) == ([] if services.on_postgres() else ["Ninety Below"])


def test_a_step_that_is_undone_leaves_what_came_before(cast: Cast) -> None:
    one, two, three = songs(cast, "Ninety Below", "Salt", "Neon")
    with transaction.atomic(), together():
        insert([one], keys=False)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            insert([two], keys=False)
            raise ZeroDivisionError
        insert([three], keys=False)
    assert titles(cast) == ["Ninety Below", "Neon"]


def test_many_at_once_and_what_takes_no_values_come_after_it(cast: Cast) -> None:
    for ask in (_many, _plain):
        insert(songs(cast, "Ninety Below"))
        with transaction.atomic(), together():
            insert(songs(cast, "Salt"), keys=False)
            ask()
        assert titles(cast) == ["Later", "Later"], ask.__name__
        Song.objects.all().delete()


def _many() -> None:
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE projects_song SET title = %s WHERE position > %s", [("Later", 0)])


def _plain() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_song SET title = 'Later' WHERE title LIKE '%l%'")


def test_plans_are_let_go_after_what_goes_by_them(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "PLANS_AT_MOST", 1)
    monkeypatch.setattr(plans, "OFTEN", 0)
    with transaction.atomic(), together():
        insert(songs(cast, "Ninety Below"), keys=False)
        change(Song(pk=0, title="Nobody's"), "title")  # a further plan: the first is let go
        insert(songs(cast, "Salt"), keys=False)
    assert titles(cast) == ["Ninety Below", "Salt"]
    go(connection)  # with nothing that waits it does nothing


def test_a_new_row_is_what_django_would_make(cast: Cast) -> None:
    said: dict[str, Any] = {"project_id": cast.project.pk, "title": "Salt", "position": 3}
    one, two = new(Song, **said), Song(**said)
    names = [field.attname for field in Song._meta.concrete_fields]
    assert [getattr(one, name) for name in names] == [getattr(two, name) for name in names]
    assert one._state.adding and one.project == cast.project
    with pytest.raises(TypeError, match="Song has no such columns: project"):
        new(Song, project=cast.project)
