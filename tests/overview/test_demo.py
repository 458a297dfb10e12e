"""The demo desk: made by the actions people use, and its well-known passwords open nothing elsewhere."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from budgets.models import BudgetEntry
from contributors.models import Engagement
from producerdesk.accounts.models import User
from producerdesk.kit import clock
from producerdesk.notices.models import Delivery
from producerdesk.overview import demo
from projects.models import Project
from sessions.models import Call, StudioSession
from tests.kept import kept


@kept
def _today() -> list[dict[str, str]]:
    return demo.make(clock.now().date())


@pytest.fixture
def logins(db: None) -> list[dict[str, str]]:
    """The demo's logins; the desk stands in the database."""
    return _today()


def _sign_in(login: dict[str, str]) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": login["email"], "password": login["password"]})
    return client


def test_the_demo_is_a_believable_business(logins: list[dict[str, str]]) -> None:
    assert Project.objects.count() >= 3
    states = set(StudioSession.objects.values_list("state", flat=True))
    assert states == {"hold", "confirmed", "wrapped", "cancelled"}
    assert set(Call.objects.values_list("answer", flat=True)) == {"pending", "confirmed", "declined", "proposed"}
    assert Engagement.objects.filter(state="needed").exists()
    assert Delivery.objects.filter(state="pending").exists()
    assert BudgetEntry.objects.filter(kind="actual").exists()
    drums = StudioSession.objects.get(state="wrapped", title="Drums: four songs")
    taken = drums.takes.values_list("taken_at", flat=True)
    assert len(taken) > 10
    assert drums.starts_at < min(taken) <= max(taken) < drums.ends_at


def test_everything_was_made_before_anybody_heard_of_it(logins: list[dict[str, str]]) -> None:
    """A session says who booked it when: not today, weeks after its invitations."""
    sessions = {session.pk: session for session in StudioSession.objects.all()}
    calls = Call.objects.in_bulk()
    invited = Delivery.objects.filter(kind="session.invitation")
    assert invited.count() > 20
    for mail in invited:
        call = calls[int(mail.ref.removeprefix("call:"))]
        booked = sessions[call.session_id].created_at
        assert booked <= call.created_at <= mail.created_at, mail
    assert len({f"{session.created_at:%Y-%m-%d}" for session in sessions.values()}) > 5
    for session in sessions.values():
        assert session.created_at <= session.updated_at <= clock.now()
        assert session.project.created_at <= session.created_at
    for project in Project.objects.all():
        for told in (project.activities.order_by("pk"), BudgetEntry.objects.filter(budget__project=project)):
            moments = list(told.values_list("at", flat=True))
            assert moments == sorted(moments), f"{project}: what is told in the order of its keys happened in it"


@pytest.mark.once
@pytest.mark.parametrize("day", [dt.date(2027, 3, 27), dt.date(2027, 10, 30), dt.date(2028, 2, 28)])
def test_it_can_be_made_on_any_day(db: None, day: dt.date, time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC))
    assert len(demo.make(day)) == 5


def test_its_people_sign_in_on_a_demo_desk(logins: list[dict[str, str]], settings: Any) -> None:
    settings.DEMO = True
    for login in logins:
        assert _sign_in(login).get("/me/").status_code == 200, login["email"]


def test_its_people_cannot_sign_in_elsewhere(logins: list[dict[str, str]], settings: Any) -> None:
    settings.DEMO = False
    for login in logins:
        assert _sign_in(login).get("/me/").status_code == 302, login["email"]


def test_a_login_from_a_demo_ends_when_the_desk_is_none_any_more(logins: list[dict[str, str]], settings: Any) -> None:
    settings.DEMO = True
    client = _sign_in(logins[0])
    settings.DEMO = False
    assert client.get("/me/").status_code == 302
    assert User.objects.filter(is_demo=True).count() == len(logins)
