"""Who plans a project sees what is sent about it, also from outside the desk's staff; of other projects nothing."""

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import User
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.notices import actions as notices
from producerdesk.notices.models import Delivery, OutboxMail
from projects.models import Project
from projects.tokens import make_token
from sessions import actions
from sessions.models import DatePoll, StudioSession
from sessions.notices import reply_ref
from tests import makers, services
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.polling import PATH, propose, said

pytestmark = pytest.mark.usefixtures("noon")
SPAN = ("2027-04-10T10:00", "2027-04-10T12:00")


@pytest.fixture
def pia(cast: Cast) -> User:
    """Co-produces the record, and is not on the desk's staff."""
    user = makers.make_user("pia")
    makers.make_member(cast.project, user, "co_producer")
    return user


@pytest.fixture
def other(cast: Cast) -> StudioSession:
    """A session of another project of the desk, to which Wren is called, too."""
    calls = [{"contributor": cast.wren_called, "role": "Violin"}]
    return makers.make_session(makers.make_project(cast.desk, "Second"), cast.ana, *SPAN, calls=calls)


@pytest.fixture
def asked(cast: Cast, ana: Caller) -> dict[str, Any]:
    """Nora and Wren are asked about two days."""
    slots = [{"day": f"2027-04-{n}", "starts": "10:00", "ends": "12:00"} for n in (20, 21)]
    return propose(ana, cast, slots=slots).json()


def fail(session: StudioSession) -> Delivery:
    """Let an invitation to a session fail."""
    row = Delivery.objects.filter(ref__in=[f"call:{call.pk}" for call in session.calls.all()], channel="email")[0]
    Delivery.objects.filter(pk=row.pk).update(state="failed", reason="No such mailbox")
    return row


def seen(caller: Caller, **asked: Any) -> set[int]:
    answer = caller.get("deliveries/", page_size=100, **asked)
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


def of(project: Project) -> set[int]:
    return set(Delivery.objects.filter(project_id=project.pk).values_list("pk", flat=True))


def test_who_plans_a_project_sees_what_is_sent_about_it(
    cast: Cast, pia: User, session: StudioSession, other: StudioSession
) -> None:
    caller, failed = Caller(pia), fail(session)
    assert seen(caller) == of(cast.project) == seen(Caller(cast.ana), ref=f"session:{session.pk}")
    page = caller.page(f"/sessions/{session.pk}/")
    assert {row["id"] for row in page.context["deliveries"]["results"]} == of(cast.project)
    assert "No such mailbox" in page.text and "/outbox/" not in page.text
    assert caller.post(f"deliveries/{failed.pk}/retry/").status_code == 200
    assert Delivery.objects.get(pk=failed.pk).state == "pending"


def test_nothing_of_another_project_of_the_desk_or_of_the_desk_itself(
    cast: Cast, pia: User, session: StudioSession, other: StudioSession
) -> None:
    caller, failed, now = Caller(pia), fail(other), clock.now()
    row = notices.Row("x", "morning:1", "user:1", "email", due_at=now)
    notices.plan(desk=cast.desk, rows=[row], now=now)
    theirs = {failed.pk, Delivery.objects.get(ref="morning:1").pk}
    assert not theirs & seen(caller) and theirs <= seen(Caller(cast.ana))
    assert seen(caller, ref=[failed.ref, f"session:{other.pk}"]) == set()
    for answer in (caller.get(f"deliveries/{failed.pk}/"), caller.post(f"deliveries/{failed.pk}/retry/")):
        assert answer.status_code == 404
    today = caller.get("today/").json()
    assert today["stuck"] == []
    ours = fail(session)
    assert [row["id"] for row in caller.get("today/").json()["stuck"]] == [ours.pk]
    assert len(Caller(cast.ana).get("today/").json()["stuck"]) == 2


def test_mails_are_read_whole_by_the_desks_staff_alone(cast: Cast, pia: User, session: StudioSession) -> None:
    """A private link in them opens all that a person has at the desk."""
    row = fail(session)
    mail = OutboxMail.objects.create(
        desk=cast.desk, delivery=row, to="a@x.org", subject="x", text="x", message_id="<1>"
    )
    assert Caller(pia).get("outbox/").json()["count"] == 0
    assert Caller(pia).get(f"outbox/{mail.pk}/").status_code == 404


def test_an_outbox_is_named_where_the_mails_of_that_desk_are_read(
    cast: Cast, pia: User, session: StudioSession
) -> None:
    makers.make_staff(cast.other_desk, pia)
    assert "/outbox/" in Caller(cast.ana).page(f"/sessions/{session.pk}/").text.partition('id="sent"')[2]
    assert "/outbox/" not in Caller(pia).page(f"/sessions/{session.pk}/").text.partition('id="sent"')[2]


def test_who_invites_to_a_project_sees_that_the_mail_did_not_leave(cast: Cast, pia: User) -> None:
    caller = Caller(pia)
    said: dict[str, Any] = {"project": cast.project.pk, "email": "new@example.com", "role": "artist"}
    assert caller.post("invitations/", **said).status_code == 201
    assert seen(caller) == set(Delivery.objects.filter(kind="project.invitation").values_list("pk", flat=True)) != set()


def test_who_reads_a_schedule_sees_no_delivery(cast: Cast, session: StudioSession) -> None:
    for reader in (cast.nora, cast.lena, cast.xavi, cast.emil):
        assert Caller(reader).get("deliveries/").status_code == 403
    assert seen(Caller(cast.cleo)) == set()


def test_a_token_for_one_project_sees_that_ones(cast: Cast, session: StudioSession, other: StudioSession) -> None:
    said: dict[str, Any] = {"name": "Wall", "scopes": (SCHEDULE_WRITE,), "days": 30}
    secret = make_token(owner=cast.ana, project_ids=(cast.project.pk,), **said)[1]
    caller, failed = Caller(authorization=f"Bearer {secret}"), fail(session)
    assert seen(caller) == of(cast.project)
    assert caller.post(f"deliveries/{failed.pk}/retry/").status_code == 200


def test_whatever_is_planned_about_sessions_names_its_project(
    cast: Cast, ana: Caller, wren: Caller, session: StudioSession, asked: dict[str, Any]
) -> None:
    viewer = cast.viewer("ana")
    wren.post(f"{PATH}{asked['id']}/answer/", **said(asked, "yes", "no"))
    wren.post(f"calls/{session.calls.get(contributor=cast.wren_called).pk}/decline/", reason="Ill")
    actions.move_session(viewer=viewer, session=session, starts_local="2027-03-20T10:00", ends_local="2027-03-20T12:00")
    first, second = (makers.make_session(cast.project, cast.ana, *SPAN, room=cast.room, hold=True) for _n in range(2))
    actions.challenge_hold(viewer=viewer, session=second)
    actions.release_hold(viewer=viewer, session=first)
    actions.save_sheet(viewer=viewer, session=session, expected=0, parking="In the yard.")
    session.refresh_from_db()
    actions.publish_sheet(viewer=viewer, session=session, expected=1)
    ana.post(f"{PATH}{asked['id']}/cancel/")
    rows = Delivery.objects.values_list("kind", "project_id")
    assert {project for _kind, project in rows} == {cast.project.pk}
    assert {kind for kind, _project in rows} >= {
        "session.invitation",
        "session.reminder",
        "session.call_sheet",
        "call.answer",
        "hold.challenged",
        "hold.answered",
        "poll.asked",
        "poll.answered",
    }


def test_what_was_planned_before_is_told_its_project(
    cast: Cast, session: StudioSession, other: StudioSession, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = makers.make_session(cast.project, cast.ana, *SPAN, room=cast.room, hold=True)
    now, reply = clock.now(), DatePoll.objects.get().replies.all()[0]
    refs = {f"hold:{held.pk}": cast.project.pk, "call:999999": None, "call:x": None, "morning:1:2027-03-01": None}
    for ref in refs:
        notices.plan(desk=cast.desk, rows=[notices.Row("x", ref, "user:1", "bell", due_at=now)], now=now)
    before = dict(Delivery.objects.values_list("pk", "project_id"))
    refs[reply_ref(reply)] = cast.project.pk
    Delivery.objects.update(project_id=None)
    migration = importlib.import_module("sessions.migrations.0020_fill_project_of_deliveries")
    monkeypatch.setattr(migration, "AT_ONCE", max(before) - 3)  # these rows fall into two batches
    migration.fill(apps, SimpleNamespace(connection=connection))
    found = dict(Delivery.objects.exclude(kind="x").values_list("pk", "project_id"))
    assert found == {key: project for key, project in before.items() if key in found}
    for ref, project in refs.items():
        assert set(Delivery.objects.filter(ref=ref).values_list("project_id", flat=True)) == {project}, ref


if services.on_postgres():  # SQLite plans by no statistics

    def test_of_a_large_desk_only_the_projects_own_deliveries_are_read(cast: Cast, pia: User) -> None:
        now = clock.now()
        Delivery.objects.bulk_create(
            Delivery(
                desk=cast.desk, project_id=cast.project.pk if n % 100 == 0 else 10**6, kind="x", ref=f"call:{n}",
                recipient="user:1", channel="bell", due_at=now, try_at=now, state="sent", message_id=str(n),
            )
            for n in range(10**6, 10**6 + 4000)
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE notices_delivery")
        plan = Delivery.objects.visible_to(viewer_of_user(pia)).order_by("-due_at", "-pk")[:50].explain()
        assert "deliveries_of_a_project" in plan and "Seq Scan" not in plan, plan
