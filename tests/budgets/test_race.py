"""Many at the same moment: one line is changed once, each expense counts once, and no reader misses an entry."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from budgets import actions
from budgets.audit import chain_break
from budgets.models import Approval, Budget, BudgetEntry, BudgetLine, PlanChange
from tests.budgets.conftest import a_line, an_expense, committed, eur
from tests.calling import Caller, at_once
from tests.cast import Cast, make_cast
from tests.services import rounds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]

MANY = rounds(12, 50)
AT_ONCE = 6


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, where every thread sees it."""
    return make_cast()


@pytest.fixture
def budget(cast: Cast) -> Budget:
    """The budget of the cast's project."""
    return actions.open_budget(cast.project, cast.ana)


def together(cast: Cast, deed: Callable[[Caller, int], Any]) -> list[Any]:
    """Return what came of this deed done many times at once."""
    return at_once([Caller(cast.ana) for _ in range(MANY)], deed, threads=AT_ONCE)


def test_of_many_editors_of_one_line_one_wins_and_the_others_are_told(cast: Cast, budget: Budget) -> None:
    line = Caller(cast.ana).post(f"budgets/{budget.pk}/lines/", **a_line()).json()["id"]
    path = f"budgets/{budget.pk}/lines/{line}/"
    found = together(
        cast, lambda caller, number: caller.put(path, version=1, **a_line(quantity=str(number + 1))).status_code
    )
    assert sorted(found) == [200] + [412] * (MANY - 1)
    assert BudgetLine.objects.get().version == 2


def test_what_many_pay_at_once_of_one_commitment_is_never_more_than_there_is(cast: Cast, budget: Budget) -> None:
    committed(cast, 100_000)
    path = f"budgets/{budget.pk}/expenses/"
    said = an_expense(amount=eur("100.00"), commitment="session:7:room:hour")
    found = together(cast, lambda caller, number: caller.post(path, **said).status_code)
    level = BudgetEntry.objects.filter(budget=budget).level()
    assert found.count(201) == min(MANY, 10) and set(found) <= {201, 400}
    assert level.committed == 100_000 and level.open == 100_000 - 10_000 * min(MANY, 10)
    assert chain_break(budget) is None


def test_the_same_key_many_times_at_once_spends_once(cast: Cast, budget: Budget) -> None:
    path = f"budgets/{budget.pk}/expenses/"
    found = together(cast, lambda caller, number: caller.post(path, once="k", **an_expense()).status_code)
    assert set(found) <= {201, 409} and 201 in found
    assert BudgetEntry.objects.filter(budget=budget).level().actual == 14_050


def test_a_reader_who_follows_the_cursor_misses_nothing_and_reads_nothing_twice(cast: Cast, budget: Budget) -> None:
    read: list[int] = []
    over = threading.Event()
    reader = Caller(cast.lena)

    def follow() -> None:
        cursor = 0
        try:
            while True:
                last_look = over.is_set()
                page = reader.get(f"budgets/{budget.pk}/entries/", since=cursor, page_size=5).json()
                read.extend(entry["seq"] for entry in page["results"])
                if last_look and page["cursor"] == cursor:
                    return
                cursor = page["cursor"]
        finally:
            connections.close_all()

    following = threading.Thread(target=follow)
    following.start()
    path = f"budgets/{budget.pk}/expenses/"
    try:
        found = together(cast, lambda caller, number: caller.post(path, **an_expense()).status_code)
    finally:
        over.set()
        following.join()
    assert found == [201] * MANY
    assert read == list(range(1, MANY + 1))


def test_of_many_who_approve_the_same_plan_one_does(cast: Cast, budget: Budget) -> None:
    Caller(cast.ana).post(f"budgets/{budget.pk}/lines/", **a_line())
    seen = Caller(cast.ana).get(f"budgets/{budget.pk}/").json()["plan"]["version"]
    path = f"budgets/{budget.pk}/approvals/"
    found = together(cast, lambda caller, number: caller.post(path, plan=seen).status_code)
    assert sorted(found) == [201] + [409] * (MANY - 1)
    assert Approval.objects.count() == 1


def test_a_yes_covers_what_was_read_however_many_change_the_plan(cast: Cast, budget: Budget) -> None:
    Caller(cast.ana).post(f"budgets/{budget.pk}/lines/", **a_line())
    path = f"budgets/{budget.pk}"

    def deed(caller: Caller, number: int) -> tuple[int, bool]:
        if number % 3:
            return caller.post(f"{path}/lines/", **a_line()).status_code, True
        seen = caller.get(f"{path}/summary/").json()
        answer = caller.post(f"{path}/approvals/", plan=seen["plan"]["version"])
        told = answer.json().get("approved")
        return answer.status_code, answer.status_code != 201 or told == seen["total"]["planned"]

    found = together(cast, deed)
    assert {status for status, _as_read in found} <= {201, 409, 412}
    assert all(as_read for _status, as_read in found)
    changes = list(PlanChange.objects.order_by("pk").values_list("at", flat=True))
    assert changes == sorted(changes), "their keys grow in the order in which they were written"
