"""Prepared queries: the SQL of one viewer serves another of the same shape, and nothing else of the first is kept."""

import contextlib
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.db.models import F, Func, QuerySet, TextField, Value
from django.test.utils import CaptureQueriesContext

from producerdesk.accounts.models import Desk
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock
from producerdesk.kit.prepared import Ready, plans, prepared, ready
from producerdesk.kit.viewer import Grant, Viewer
from producerdesk.overview import day, glance, questions
from projects.models import Project, Song, StageDate
from projects.serializers import today
from sessions.models import Call
from tests import makers, services
from tests.cast import Cast

EVERYBODY = ("ana", "ben", "asa", "nora", "emil", "cara", "lena", "xavi", "cleo")


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    ready.forget()


def kept() -> list[Any]:
    """Return the statements of this file's queries."""
    return [key for key in ready._kept if getattr(key[0], "__module__", "") == __name__]


def titles(viewer: Viewer) -> QuerySet:
    return Project.objects.visible_to(viewer).order_by("title")


def told(viewer: Viewer, **given: Any) -> list[str]:
    return [title for (title,) in prepared(titles)(viewer, **given).values_list("title")]


def test_the_sql_of_one_owner_serves_another(cast: Cast) -> None:
    makers.make_project(cast.other_desk, "Glass Teeth")
    assert told(cast.viewer("ana")) == ["Salt & Neon"]
    assert told(cast.viewer("cleo")) == sorted(["Glass Teeth", cast.other_project.title])
    assert len(kept()) == 1
    assert told(cast.viewer("nora")) == ["Salt & Neon"]  # by a grant on the project
    assert len(kept()) == 2


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
                    columns = ("asking", "waiting", "edits") if build is day._three_lists else ("pk",)
                    expected = ready._build(viewer, **given).values_list(*columns)
                    assert ready.values_list(*columns) == list(expected), (name, ready._build.__name__)


def _parts(cast: Cast, span: dict[str, Any]) -> list[tuple[Callable[..., Ready], dict[str, Any]]]:
    one = {"pk": cast.project.pk}
    return [
        (day._next_sessions, span),
        (day._three_lists, span),
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
    assert len(kept()) == 1


def test_somebody_in_several_desks_keeps_the_roles_apart(cast: Cast) -> None:
    makers.make_staff(cast.other_desk, cast.ben, Role.ASSISTANT)
    makers.make_member(cast.other_project, cast.nora, Role.LABEL)
    for name in ("ben", "nora"):
        viewer = cast.viewer(name)
        assert told(viewer) == [project.title for project in titles(viewer)]
        budgets = day._budgets(viewer)
        assert budgets.values_list("pk") == list(budgets._build(viewer).values_list("pk"))


def test_a_list_of_ids_may_have_any_length(cast: Cast) -> None:
    songs = [makers.make_song(cast.project, f"Song {number}").pk for number in range(3)]

    @prepared
    def of(viewer: Viewer, keys: list[int]) -> QuerySet:
        return Song.objects.filter(pk__among=keys).order_by("pk")

    for count in (2, 3, 0, 1):
        assert of(cast.viewer("ana"), keys=songs[:count]).values_list("pk") == [(key,) for key in songs[:count]]
    assert len(kept()) == 1


def test_a_text_is_put_in_anew(cast: Cast) -> None:
    @prepared
    def called(viewer: Viewer, title: str) -> QuerySet:
        return Project.objects.visible_to(viewer).filter(title=title)

    makers.make_project(cast.desk, "Field Notes")
    for title in ("Field Notes", "Salt & Neon", "100 % of '%s'"):
        found = called(cast.viewer("ana"), title=title).values_list("title")
        assert found == ([(title,)] if "%" not in title else [])
    assert len(kept()) == 1


def test_the_first_of_several_desks_stays_the_first(cast: Cast) -> None:
    """Whose grants came in another order is of the same kind, and has another first desk."""

    def home(viewer: Viewer) -> QuerySet:
        return Desk.objects.filter(pk=viewer.home_desk_id or 0)

    both = (cast.desk.pk, cast.other_desk.pk)
    for desks in (both, both[::-1]):
        grants = {key: Grant(key, None, "owner", frozenset({"project:read"})) for key in desks}
        viewer = Viewer(via="login", user_id=cast.ana.pk, desks=grants)
        assert prepared(home)(viewer).values_list("pk") == [(min(both),)]


def test_what_is_asked_often_is_planned_once(cast: Cast) -> None:
    """On PostgreSQL: with each viewer's own values all the same, and in a transaction that fails."""
    makers.make_project(cast.other_desk, "Glass Teeth")
    for _turn in range(2 * plans.OFTEN):
        assert told(cast.viewer("ana")) == ["Salt & Neon"]
        assert told(cast.viewer("cleo")) == sorted(["Glass Teeth", cast.other_project.title])
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            assert told(cast.viewer("ana")) == ["Salt & Neon"]
            raise ZeroDivisionError
    if services.on_postgres():
        ours = [statement for key, statement in ready._kept.items() if key in kept() and statement]
        names = {statement.plan.name for statement in ours if statement.plan}
        assert names <= plans._planned[connection.connection]


def test_a_first_use_that_fails_is_in_nobodys_way(cast: Cast) -> None:
    if not services.on_postgres():
        return  # a time limit is PostgreSQL's

    @prepared
    def nap(viewer: Viewer, seconds: int) -> QuerySet:
        napped = Func(Value(seconds), function="pg_sleep", output_field=TextField())
        return Desk.objects.filter(pk=viewer.home_desk_id or 0).annotate(napped=napped).values_list("pk", "napped")

    ana = cast.viewer("ana")
    for _turn in range(plans.OFTEN):
        assert nap(ana, seconds=0).rows()
    with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 50")
        nap(ana, seconds=2).rows()
    assert nap(ana, seconds=0).rows()


def test_plans_are_let_go_where_there_are_too_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "PLANS_AT_MOST", 2)
    monkeypatch.setattr(plans, "OFTEN", 0)
    builds = [lambda viewer, number=number: titles(viewer).filter(pk__gt=-number) for number in range(1, 5)]
    for _turn in range(2):
        for build in builds:
            assert prepared(build)(cast.viewer("ana")).values_list("title") == [("Salt & Neon",)]
    if services.on_postgres():
        assert len(plans._planned[connection.connection]) <= 2


# --- mistakes that would be kept ------------------------------------------------------------------------
def test_a_day_that_is_looked_up_and_not_given_is_refused(cast: Cast) -> None:
    def late(viewer: Viewer) -> QuerySet:
        return Project.objects.filter(deadline__lt=clock.now().date())

    with pytest.raises(AssertionError, match="would be kept"):
        prepared(late)(cast.viewer("ana")).values_list("pk")


def test_the_viewers_own_day_is_given(cast: Cast) -> None:
    def late(viewer: Viewer) -> QuerySet:
        return Project.objects.filter(deadline__lt=today(viewer))

    Project.objects.update(deadline=dt.date(2020, 1, 1))
    assert len(prepared(late)(cast.viewer("ana")).values_list("pk")) == Project.objects.count()


def test_what_is_reckoned_from_a_value_is_refused(cast: Cast) -> None:
    def beside(viewer: Viewer, pk: int) -> QuerySet:
        return Project.objects.filter(pk=pk + 1)

    def before(viewer: Viewer, now: dt.datetime) -> QuerySet:
        return Project.objects.filter(updated_at__lt=now - dt.timedelta(days=1))

    def named(viewer: Viewer, pk: int) -> QuerySet:
        return Project.objects.filter(title=f"Record {pk}")

    for build, given in ((beside, {"pk": 1}), (before, {"now": clock.now()}), (named, {"pk": 1})):
        with pytest.raises(AssertionError, match="would be kept"):
            prepared(build)(cast.viewer("ana"), **given).values_list("pk")


def test_a_query_asked_while_it_is_made_is_refused(cast: Cast) -> None:
    def first(viewer: Viewer) -> QuerySet:
        return Project.objects.filter(pk__gte=titles(viewer)[0].pk)

    with pytest.raises(AssertionError, match="asks nothing"):
        prepared(first)(cast.viewer("ana")).values_list("pk")


def test_name_and_address_are_no_part_of_a_kind(cast: Cast) -> None:
    def own(viewer: Viewer) -> QuerySet:
        return Project.objects.filter(title__icontains=viewer.email)

    with pytest.raises(AssertionError, match="would be kept"):
        prepared(own)(cast.viewer("ana")).values_list("pk")


def test_what_has_no_stand_in_is_not_given(cast: Cast) -> None:
    with pytest.raises(TypeError, match="no stand-in"):
        told(cast.viewer("ana"), share=0.5)


def test_ids_of_a_list_stand_after_among(cast: Cast) -> None:
    def of(viewer: Viewer, keys: list[int]) -> QuerySet:
        return Song.objects.filter(pk__in=keys)

    with pytest.raises(AssertionError, match="would be kept"):
        prepared(of)(cast.viewer("ana"), keys=[1, 2]).values_list("pk")


def test_words_of_a_request_that_look_like_a_mistake_are_asked_and_not_kept(cast: Cast) -> None:
    def due(viewer: Viewer) -> QuerySet:
        return Project.objects.visible_to(viewer).filter(deadline=dt.date(2027, 3, 1))

    Project.objects.update(deadline=dt.date(2027, 3, 1))
    for _turn in range(2):
        assert len(Ready(due, cast.viewer("ana"), {}, key=("due", "2027-03-01")).values_list("pk")) == 1
    assert [made for key, made in ready._kept.items() if key[0] == ("due", "2027-03-01")] == [None]


def test_nobody_has_no_rows_and_asks_nothing(cast: Cast) -> None:
    nobody = Viewer(via="login", user_id=cast.nora.pk)
    with CaptureQueriesContext(connection) as asked:
        assert told(nobody) == told(nobody) == []
    assert not asked


def test_values_are_read_as_the_columns_are(cast: Cast) -> None:
    def dated(viewer: Viewer) -> QuerySet:
        return titles(viewer).annotate(again=F("deadline"))

    Project.objects.filter(pk=cast.project.pk).update(deadline=dt.date(2027, 3, 1))
    (row,) = prepared(dated)(cast.viewer("ana")).values("deadline", "again", "created_at")
    assert row["deadline"] == row["again"] == dt.date(2027, 3, 1)
    assert row["created_at"].tzinfo is not None
