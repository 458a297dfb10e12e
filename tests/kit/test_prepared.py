"""Prepared queries: the SQL of one viewer serves another of the same shape, and nothing else of the first is kept."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from producerdesk.accounts.roles import Role
from producerdesk.kit import clock, prepared
from producerdesk.kit.prepared import Ready
from producerdesk.kit.viewer import Viewer
from producerdesk.overview import day, glance, questions
from projects.models import Project, Song, StageDate
from projects.serializers import today
from sessions.models import Call
from tests import makers
from tests.cast import Cast

EVERYBODY = ("ana", "ben", "asa", "nora", "emil", "cara", "lena", "xavi", "cleo")


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    prepared._kept.clear()


def titles(viewer: Viewer) -> QuerySet:
    return Project.objects.visible_to(viewer).order_by("title")


def told(viewer: Viewer, **given: Any) -> list[str]:
    return [title for (title,) in Ready(titles, viewer, given).values_list("title")]


def test_the_sql_of_one_owner_serves_another(cast: Cast) -> None:
    makers.make_project(cast.other_desk, "Glass Teeth")
    assert told(cast.viewer("ana")) == ["Salt & Neon"]
    assert told(cast.viewer("cleo")) == sorted(["Glass Teeth", cast.other_project.title])
    assert len(prepared._kept) == 1
    assert told(cast.viewer("nora")) == ["Salt & Neon"]  # by a grant on the project
    assert len(prepared._kept) == 2


def test_every_part_of_a_day_and_a_glance_is_what_its_query_says(cast: Cast) -> None:
    """Whoever asks, and whoever asked before: the same rows as the query made anew."""
    _make_a_day(cast)
    with time_machine.travel("2027-03-08T08:00:00Z", tick=False):
        now = clock.now()
        span = {"now": now, "begun": now - day.LONGEST}
        for _turn in range(2):
            for name in EVERYBODY:
                viewer = cast.viewer(name)
                for build, given in _parts(cast, span):
                    ready = build(viewer, **given)
                    expected = ready._build(viewer, **given).values_list("pk")
                    assert ready.values_list("pk") == list(expected), (name, ready._build.__name__)


def _parts(cast: Cast, span: dict[str, Any]) -> list[tuple[Callable[..., Ready], dict[str, Any]]]:
    one = {"pk": cast.project.pk}
    return [
        (day._next_sessions, span),
        (day._open_calls, span | {"asking": True}),
        (day._open_calls, span | {"asking": False}),
        *((build, {}) for build in (day._roles, day._late_projects, day._late_songs, day._projects, day._budgets)),
        *((build, one) for build in (questions._standing, glance._songs, glance._people)),
        *((build, one | span) for build in (questions._with_engineer, glance._sessions)),
    ]


def _make_a_day(cast: Cast) -> None:
    song = makers.make_song(cast.project, "Ninety Below")
    StageDate.objects.create(project=cast.project, song=song, stage="tracking", due_on=dt.date(2027, 3, 1))
    for number, person in enumerate((cast.nora_called, cast.wren_called)):
        makers.make_engagement(cast.project, person, "Violin")
        session = makers.make_session(cast.project, cast.ana, f"2027-03-1{number}T10:00", room=cast.room)
        Call.objects.create(session=session, contributor=person, call_at=session.starts_at, answer="pending")
    Call.objects.filter(contributor=cast.wren_called).update(answer="declined")
    makers.make_session(cast.other_project, cast.cleo, "2027-03-12T10:00")


def test_it_follows_the_day_and_the_moment(cast: Cast) -> None:
    song = makers.make_song(cast.project, "Ninety Below")
    StageDate.objects.create(project=cast.project, song=song, stage="tracking", due_on=dt.date(2027, 3, 1))
    late = []
    for moment in ("2027-02-28T12:00:00Z", "2027-03-02T12:00:00Z"):
        with time_machine.travel(moment, tick=False):
            late.append(len(day._late_songs(cast.viewer("ana")).values_list("pk")))
    assert late == [0, 1]
    assert len(prepared._kept) == 1


def test_a_limited_token_reaches_its_projects_and_no_more(cast: Cast) -> None:
    other = makers.make_project(cast.desk, "Field Notes")
    found = []
    for project in (cast.project, other):
        viewer = cast.viewer("ana")
        limited = Viewer(
            via="token",
            user_id=viewer.user_id,
            desks=viewer.desks,
            projects=viewer.projects,
            scopes=frozenset({"project:read"}),
            project_limit=frozenset({project.pk}),
        )
        found.append(told(limited))
    assert found == [["Salt & Neon"], ["Field Notes"]]
    assert len(prepared._kept) == 1


def test_somebody_in_several_desks_keeps_the_roles_apart(cast: Cast) -> None:
    makers.make_staff(cast.other_desk, cast.ben, Role.ASSISTANT)
    makers.make_member(cast.other_project, cast.nora, Role.LABEL)
    for name in ("ben", "nora"):
        viewer = cast.viewer(name)
        assert told(viewer) == [project.title for project in titles(viewer)]
        budgets = day._budgets(viewer)
        assert budgets.values_list("pk") == list(budgets._build(viewer).values_list("pk"))


def test_ids_in_a_row_are_asked_for_in_a_few_lengths(cast: Cast) -> None:
    songs = [makers.make_song(cast.project, f"Song {number}").pk for number in range(7)]

    def of(viewer: Viewer, keys: Any) -> QuerySet:
        return Song.objects.filter(pk__in=keys).order_by("pk")

    for count in (5, 6, 7):
        rows = Ready(of, cast.viewer("ana"), {"keys": songs[:count]}).values_list("pk")
        assert rows == [(key,) for key in songs[:count]]
    assert len(prepared._kept) == 1
    assert Ready(of, cast.viewer("ana"), {"keys": []}).values_list("pk") == []


# --- mistakes that would be kept ------------------------------------------------------------------------
def test_a_day_that_is_looked_up_and_not_given_is_refused(cast: Cast) -> None:
    def late(viewer: Viewer) -> QuerySet:
        return Project.objects.filter(deadline__lt=clock.now().date())

    with pytest.raises(AssertionError, match="would be kept"):
        Ready(late, cast.viewer("ana"), {}).values_list("pk")


def test_the_viewers_own_day_is_given(cast: Cast) -> None:
    def late(viewer: Viewer) -> QuerySet:
        return Project.objects.filter(deadline__lt=today(viewer))

    Project.objects.update(deadline=dt.date(2020, 1, 1))
    assert len(Ready(late, cast.viewer("ana"), {}).values_list("pk")) == Project.objects.count()


def test_what_is_reckoned_from_a_value_is_refused(cast: Cast) -> None:
    def beside(viewer: Viewer, pk: int) -> QuerySet:
        return Project.objects.filter(pk=pk + 1)

    def before(viewer: Viewer, now: dt.datetime) -> QuerySet:
        return Project.objects.filter(updated_at__lt=now - dt.timedelta(days=1))

    def named(viewer: Viewer, pk: int) -> QuerySet:
        return Project.objects.filter(title=f"Record {pk}")

    for build, given in ((beside, {"pk": 1}), (before, {"now": clock.now()}), (named, {"pk": 1})):
        with pytest.raises(AssertionError, match="would be kept"):
            Ready(build, cast.viewer("ana"), given).values_list("pk")


def test_a_query_asked_while_it_is_made_is_refused(cast: Cast) -> None:
    def first(viewer: Viewer) -> QuerySet:
        return Project.objects.filter(pk__gte=titles(viewer)[0].pk)

    with pytest.raises(AssertionError, match="asks nothing"):
        Ready(first, cast.viewer("ana"), {}).values_list("pk")


def test_texts_are_not_given(cast: Cast) -> None:
    with pytest.raises(TypeError, match="no stand-in"):
        told(cast.viewer("ana"), title="Salt & Neon")


def test_nobody_has_no_rows_and_asks_nothing(cast: Cast) -> None:
    nobody = Viewer(via="login", user_id=cast.nora.pk)
    with CaptureQueriesContext(connection) as asked:
        assert told(nobody) == told(nobody) == []
    assert not asked


def test_values_are_read_as_the_columns_are(cast: Cast) -> None:
    def dated(viewer: Viewer) -> QuerySet:
        return titles(viewer).annotate(again=F("deadline"))

    Project.objects.filter(pk=cast.project.pk).update(deadline=dt.date(2027, 3, 1))
    (row,) = Ready(dated, cast.viewer("ana"), {}).values("deadline", "again", "created_at")
    assert row["deadline"] == row["again"] == dt.date(2027, 3, 1)
    assert row["created_at"].tzinfo is not None
