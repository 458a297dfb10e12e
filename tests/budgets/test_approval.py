"""A plan becomes the sum that may be spent by somebody's yes: whose, to what, and what holds afterwards."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from budgets.models import Approval, Budget
from projects.models import Activity
from projects.tokens import make_token
from tests.budgets.conftest import a_line, committed, eur
from tests.calling import Caller
from tests.cast import Cast

MONDAY = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def planned(budget: Budget, ana: Caller) -> Budget:
    """The budget with six days of tracking: 2880.00."""
    ana.post(f"budgets/{budget.pk}/lines/", **a_line())
    Budget.objects.filter(pk=budget.pk).update(controller=None)
    return budget


def plan_of(caller: Caller, budget: Budget, **query: Any) -> dict[str, Any]:
    return caller.get(f"budgets/{budget.pk}/summary/", **query).json()["plan"]


def total_of(caller: Caller, budget: Budget, **query: Any) -> dict[str, str]:
    total = caller.get(f"budgets/{budget.pk}/summary/", **query).json()["total"]
    return {name: total[name]["amount"] for name in ("planned", "approved", "left")}


def approve(caller: Caller, budget: Budget, **said: Any) -> Any:
    seen = plan_of(caller, budget)["version"]
    return caller.post(f"budgets/{budget.pk}/approvals/", **{"plan": seen, **said})


# --- what it means ----------------------------------------------------------------------------------------


def test_until_somebody_says_yes_the_planned_sums_count(planned: Budget, ana: Caller) -> None:
    assert plan_of(ana, planned) | {"version": 0} == {"state": "proposed", "version": 0, "approval": None}
    assert total_of(ana, planned) == {"planned": "2880.00", "approved": "2880.00", "left": "2880.00"}


def test_a_yes_is_kept_with_who_when_and_how_much(planned: Budget, cast: Cast) -> None:
    answer = approve(Caller(cast.lena), planned, note="  As agreed\nin Lisbon ")
    assert answer.status_code == 201
    said = answer.json()
    assert (said["by"]["name"], said["note"], said["approved"]) == ("Lena", "As agreed in Lisbon", eur("2880.00"))
    plan = plan_of(Caller(cast.lena), planned)
    assert (plan["state"], plan["approval"]) == ("approved", said)
    (listed,) = Caller(cast.ana).get(f"budgets/{planned.pk}/approvals/").json()["results"]
    assert listed == said


def test_what_changes_afterwards_waits_for_another_yes(planned: Budget, ana: Caller, cast: Cast) -> None:
    committed(cast, 300_000)
    approve(ana, planned)
    ana.post(f"budgets/{planned.pk}/lines/", **a_line(account=500, quantity="1", rate=eur("500.00")))
    assert plan_of(ana, planned)["state"] == "changed"
    assert total_of(ana, planned) == {"planned": "3380.00", "approved": "2880.00", "left": "-120.00"}
    approve(ana, planned)
    assert plan_of(ana, planned)["state"] == "approved"
    assert total_of(ana, planned) == {"planned": "3380.00", "approved": "3380.00", "left": "380.00"}
    sums = [row["approved"]["amount"] for row in ana.get(f"budgets/{planned.pk}/approvals/").json()["results"]]
    assert sums == ["3380.00", "2880.00"]


def test_a_sum_that_only_moves_between_accounts_waits_for_a_yes_too(planned: Budget, ana: Caller) -> None:
    approve(ana, planned)
    (line,) = ana.get(f"budgets/{planned.pk}/lines/").json()["results"]
    ana.put(f"budgets/{planned.pk}/lines/{line['id']}/", version=line["version"], **a_line(account=330))
    assert plan_of(ana, planned)["state"] == "changed"
    assert total_of(ana, planned)["approved"] == "2880.00"


def test_a_change_that_is_taken_back_leaves_nothing_to_approve(planned: Budget, ana: Caller) -> None:
    approve(ana, planned)
    line = ana.post(f"budgets/{planned.pk}/lines/", **a_line(account=500)).json()["id"]
    ana.delete(f"budgets/{planned.pk}/lines/{line}/")
    assert plan_of(ana, planned)["state"] == "approved"
    again = approve(ana, planned)
    assert (again.status_code, again.json()["detail"]) == (409, "This plan is approved already.")


def test_a_day_of_the_past_knows_what_was_approved_then(budget: Budget, cast: Cast) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        ana = Caller(cast.ana)
        ana.post(f"budgets/{budget.pk}/lines/", **a_line())
        clock.shift(dt.timedelta(days=1))
        approve(ana, budget)
        clock.shift(dt.timedelta(days=1))
        ana.post(f"budgets/{budget.pk}/lines/", **a_line(account=500, quantity="1"))
        clock.shift(dt.timedelta(days=1))
        states = [plan_of(ana, budget, as_of=f"2027-03-0{day}")["state"] for day in range(1, 5)]
        assert states == ["proposed", "approved", "changed", "changed"]
        assert plan_of(ana, budget, as_of="2027-02-28")["state"] == "empty"
        (listed,) = ana.get("budgets/", as_of="2027-03-01").json()["results"]
        assert listed["plan"]["state"] == "proposed"
        days = ana.get(f"budgets/{budget.pk}/history/").json()["results"]
        told = [(day["on"], day["planned"]["amount"], day["approved"]["amount"]) for day in days]
        assert told == [
            ("2027-03-01", "2880.00", "2880.00"),
            ("2027-03-02", "2880.00", "2880.00"),
            ("2027-03-03", "3360.00", "2880.00"),
        ]


# --- whose yes counts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ana", 201),
        ("lena", 201),
        ("xavi", 201),
        ("ben", 201),
        ("asa", 403),
        ("nora", 403),
        ("emil", 403),
        ("cleo", 404),
    ],
)
def test_the_owner_the_label_and_the_executive_producer_say_yes(
    planned: Budget, cast: Cast, name: str, status: int
) -> None:
    seen = plan_of(Caller(cast.ana), planned)["version"]
    answer = Caller(getattr(cast, name)).post(f"budgets/{planned.pk}/approvals/", plan=seen)
    assert answer.status_code == status, answer.content
    assert Approval.objects.count() == (status == 201)


def test_whoever_controls_the_budget_says_yes_whatever_the_role(planned: Budget, cast: Cast) -> None:
    Budget.objects.filter(pk=planned.pk).update(controller=cast.ben)
    assert Caller(cast.ben).get(f"budgets/{planned.pk}/").json()["can"]["approve"]
    assert approve(Caller(cast.ben), planned).status_code == 201


def test_who_controls_it_and_reads_it_no_more_says_nothing(planned: Budget, cast: Cast) -> None:
    Budget.objects.filter(pk=planned.pk).update(controller=cast.cleo)
    assert Caller(cast.cleo).post(f"budgets/{planned.pk}/approvals/", plan=1).status_code == 404


@pytest.mark.parametrize(("scopes", "status"), [(["budget:read"], 403), (["budget:read", "budget:approve"], 201)])
def test_a_token_approves_only_with_that_scope(planned: Budget, cast: Cast, scopes: list[str], status: int) -> None:
    Budget.objects.filter(pk=planned.pk).update(controller=cast.lena)
    secret = make_token(owner=cast.lena, name="Table", scopes=scopes, days=1)[1]
    seen = plan_of(Caller(cast.ana), planned)["version"]
    answer = Caller(authorization=f"Bearer {secret}").post(f"budgets/{planned.pk}/approvals/", plan=seen)
    assert answer.status_code == status, answer.content


# --- to what ----------------------------------------------------------------------------------------------


def test_a_yes_to_a_plan_that_was_changed_meanwhile_is_none(planned: Budget, ana: Caller, cast: Cast) -> None:
    seen = plan_of(Caller(cast.lena), planned)["version"]
    ana.post(f"budgets/{planned.pk}/lines/", **a_line(account=500))
    answer = Caller(cast.lena).post(f"budgets/{planned.pk}/approvals/", plan=seen)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert not Approval.objects.exists()


def test_nothing_planned_is_nothing_to_approve(budget: Budget, ana: Caller) -> None:
    answer = ana.post(f"budgets/{budget.pk}/approvals/", plan=1)
    assert answer.status_code == 412
    line = ana.post(f"budgets/{budget.pk}/lines/", **a_line()).json()["id"]
    ana.delete(f"budgets/{budget.pk}/lines/{line}/")
    answer = approve(ana, budget)
    assert (answer.status_code, answer.json()["detail"]) == (409, "Nothing is planned yet.")


@pytest.mark.parametrize("plan", [None, 0, -1, "x", 10**20, [1], True])
def test_a_version_that_is_none_is_refused(planned: Budget, ana: Caller, plan: Any) -> None:
    answer = ana.post(f"budgets/{planned.pk}/approvals/", plan=plan)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["plan"])


def test_pressed_twice_it_is_one_yes(planned: Budget, ana: Caller) -> None:
    seen = plan_of(ana, planned)["version"]
    first, second = (ana.post(f"budgets/{planned.pk}/approvals/", once="k", plan=seen) for _ in range(2))
    assert (first.status_code, second.json()) == (201, first.json())
    assert Approval.objects.count() == 1


# --- what is noted ----------------------------------------------------------------------------------------


def test_a_yes_and_a_new_controller_are_deeds_without_a_sum(planned: Budget, ana: Caller, cast: Cast) -> None:
    approve(ana, planned)
    found = ana.get(f"budgets/{planned.pk}/")
    ana.put(f"budgets/{planned.pk}/", version=found.json()["version"], controller=cast.lena.pk)
    said = ana.get(f"budgets/{planned.pk}/").json()
    ana.put(f"budgets/{planned.pk}/", version=said["version"], controller=cast.lena.pk)
    deeds = Activity.objects.filter(kind="budget").exclude(deed="line_added").order_by("pk")
    assert list(deeds.values_list("deed", "title", "facts")) == [("approved", "", {}), ("controller", "Lena", {})]
    page = ana.page(f"/projects/{cast.project.pk}/activity/").content.decode()
    assert "approved the plan of the budget" in page
    assert "gave the budget into the hands of Lena" in page


# --- the page ---------------------------------------------------------------------------------------------


def test_the_label_says_yes_on_the_page(planned: Budget, cast: Cast) -> None:
    lena, path = Caller(cast.lena), f"/projects/{cast.project.pk}/budget/"
    page = lena.page(path).content.decode()
    assert "This waits for your yes" in page
    seen = plan_of(lena, planned)["version"]
    answer = lena.client.post(f"/budgets/{planned.pk}/plan/approve/", {"plan": seen}, follow=True)
    assert "The plan is approved." in answer.content.decode()
    page = lena.page(path).content.decode()
    assert "This waits for your yes" not in page and "approved by Lena" in page


def test_who_may_not_say_yes_reads_whom_it_waits_for(planned: Budget, cast: Cast) -> None:
    page = Caller(cast.asa).page(f"/projects/{cast.project.pk}/budget/").content.decode()
    assert "Not approved yet" in page and "This waits for your yes" not in page


def test_it_waits_for_who_controls_the_budget_though_others_may_say_yes_too(planned: Budget, cast: Cast) -> None:
    Budget.objects.filter(pk=planned.pk).update(controller=cast.lena)
    page = Caller(cast.ana).page(f"/projects/{cast.project.pk}/budget/").content.decode()
    assert "This waits for the yes of Lena" in page and "Approve</button>" in page
    asked = {
        name: Caller(getattr(cast, name)).get("today/").json()["budgets"][0]["approve"] for name in ("ana", "lena")
    }
    assert asked == {"ana": False, "lena": True}
    approve(Caller(cast.lena), planned)
    assert not Caller(cast.lena).get("today/").json()["budgets"][0]["approve"]


def test_a_changed_plan_shows_what_was_approved_and_what_is_asked(planned: Budget, ana: Caller, cast: Cast) -> None:
    approve(ana, planned)
    ana.post(f"budgets/{planned.pk}/lines/", **a_line(account=500, quantity="1", rate=eur("500.00")))
    page = Caller(cast.lena).page(f"/projects/{cast.project.pk}/budget/").content.decode()
    assert "The plan was changed" in page and "This waits for your yes" in page
    assert "pd-diff" in page
