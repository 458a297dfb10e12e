"""Ledgers of before: what a source had written kept what expenses had paid of it, whatever was agreed."""

import importlib
from typing import Any

import pytest
from django.apps import apps

from budgets.actions import Part, Source, expenses
from budgets.actions.book import Kind, Pen
from budgets.audit import chain_break
from budgets.models import Budget, BudgetEntry, Expense
from producerdesk.kit.money import Money
from sessions.models import StudioSession
from tests import makers
from tests.cast import Cast

migration = importlib.import_module("budgets.migrations.0004_own_entries_say_what_is_agreed")
KEY = (310, "room:hour", "")
COMMIT, RELEASE, ACTUAL = Kind.COMMIT, Kind.RELEASE, Kind.ACTUAL
# of 496 booked 300 were paid, then it was cancelled for nothing, or wrapped at 496
BOOKED = [(COMMIT, 49_600, False), (RELEASE, -30_000, True), (RELEASE, -19_600, False)]
WRAPPED = [*BOOKED, (ACTUAL, 19_600, False)]
TAKEN_BACK = (COMMIT, 30_000, True)


@pytest.fixture
def paid(cast: Cast, budget: Budget) -> Expense:
    """An expense of 300."""
    said: dict[str, Any] = {"title": "Deposit", "spent_on": "2026-11-14", "account": 310}
    return expenses.add_expense(budget=budget, by=cast.ana.pk, amount=Money(30_000, "EUR"), **said)


def made(cast: Cast, paid: Expense, state: str, entries: list[tuple[Kind, int, bool]]) -> StudioSession:
    """Return a session in this state of which the ledger tells this."""
    session = makers.make_session(cast.project, cast.ana)
    StudioSession.objects.filter(pk=session.pk).update(state=state)
    pen = Pen(Budget.objects.get(), cast.ana.pk)
    for kind, amount, by_expense in entries:
        used_by = paid.pk if by_expense else None
        pen.append(kind, KEY, amount, 0, "Room A", source=Source("session", session.pk, "Vocals"), used_by=used_by)
    pen.write()
    part = Part("session", session.pk, KEY[1])
    Expense.objects.filter(pk=paid.pk).update(against_kind=part.kind, against_id=part.id, against_part=part.part)
    return session


def totals() -> tuple[int, int]:
    found = BudgetEntry.objects.all().level()
    return found.open, found.actual


def taken_back(paid: Expense) -> tuple[int, int]:
    expenses.remove_expense(expense=Expense.objects.select_related("budget__project").get(pk=paid.pk), by=None)
    return totals()


@pytest.mark.parametrize(
    ("state", "entries", "before", "after"),
    [("cancelled", BOOKED, (0, 30_000), (0, 0)), ("wrapped", WRAPPED, (0, 49_600), (0, 49_600))],
)
def test_no_figure_moves_and_what_was_paid_can_be_taken_back(
    cast: Cast, paid: Expense, state: str, entries: list[Any], before: tuple[int, int], after: tuple[int, int]
) -> None:
    made(cast, paid, state, entries)
    assert totals() == before
    for _ in range(2):
        migration.bring_up_to_date(apps, None)
        assert totals() == before
    assert taken_back(paid) == after
    assert chain_break(Budget.objects.get()) is None


def test_what_stands_open_again_though_nothing_is_agreed_is_released(cast: Cast, paid: Expense) -> None:
    made(cast, paid, "cancelled", [*BOOKED, TAKEN_BACK])
    assert totals() == (30_000, 30_000)
    migration.bring_up_to_date(apps, None)
    assert totals() == (0, 30_000)


def test_what_is_booked_is_left_alone(cast: Cast, paid: Expense) -> None:
    made(cast, paid, "confirmed", BOOKED[:2])
    count = BudgetEntry.objects.count()
    migration.bring_up_to_date(apps, None)
    assert BudgetEntry.objects.count() == count
    assert taken_back(paid) == (49_600, 0)
