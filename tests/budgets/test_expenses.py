"""Expenses: what they add, what they use up, and what is refused."""

from typing import Any

import pytest
import time_machine

from budgets import actions
from budgets.actions import Line, Source
from budgets.audit import chain_break
from budgets.models import Budget, BudgetEntry, Expense, Payee
from producerdesk.kit.money import Money
from tests.budgets.conftest import an_expense, committed, eur, settled, spend
from tests.calling import Caller
from tests.cast import Cast

ROOM = "session:7:room:hour"


@pytest.fixture(autouse=True)
def _november() -> Any:
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        yield


def change(ana: Caller, expense: dict[str, Any], **said: Any) -> dict[str, Any]:
    answer = ana.put(f"expenses/{expense['id']}/", version=expense["version"], **an_expense(**said))
    assert answer.status_code == 200, answer.content
    return answer.json()


def level(budget: Budget) -> tuple[int, int]:
    assert chain_break(budget) is None
    found = BudgetEntry.objects.filter(budget=budget).level()
    return found.open, found.actual


# --- what they add ------------------------------------------------------------------------------------
def test_an_expense_on_its_own_is_spent_and_says_who_and_why(cast: Cast, ana: Caller, budget: Budget) -> None:
    expense = spend(ana, budget)
    assert level(budget) == (0, 14_050)
    assert expense["worth"] == expense["amount"] == eur("140.50")
    assert (expense["vendor"]["name"], expense["by"]["name"], expense["commitment"]) == ("Lucho Ferrand", "Ana", None)
    entry = BudgetEntry.objects.get()
    assert (entry.source_kind, entry.source_id, entry.account) == ("expense", expense["id"], 620)
    assert entry.label == "Lucho Ferrand: Drum tuning"


def test_a_vendor_is_found_again_whatever_its_case(ana: Caller, budget: Budget) -> None:
    first, second = spend(ana, budget, vendor="Foxglove  Studios"), spend(ana, budget, vendor="foxglove studios ")
    assert first["vendor"] == second["vendor"] and Payee.objects.count() == 1
    assert spend(ana, budget, vendor="")["vendor"] is None
    assert [row["name"] for row in ana.get(f"budgets/{budget.pk}/payees/").json()["results"]] == ["Foxglove Studios"]


def test_a_change_appends_the_difference_and_a_removal_takes_it_back(ana: Caller, budget: Budget) -> None:
    expense = spend(ana, budget)
    expense = change(ana, expense, amount=eur("150.00"))
    assert list(BudgetEntry.objects.order_by("seq").values_list("amount_minor", flat=True)) == [14_050, 950]
    expense = change(ana, expense, amount=eur("150.00"), account=610)
    assert BudgetEntry.objects.all().levels_by_account()[620].actual == 0 and level(budget) == (0, 15_000)
    assert ana.delete(f"expenses/{expense['id']}/").status_code == 204
    assert level(budget) == (0, 0)
    assert ana.get(f"budgets/{budget.pk}/expenses/").json()["count"] == 0
    kept = ana.get(f"expenses/{expense['id']}/").json()
    assert kept["removed"] is True
    refused = ana.put(f"expenses/{expense['id']}/", version=kept["version"], **an_expense())
    assert refused.status_code == 409
    assert ana.post(f"expenses/{expense['id']}/restore/").json()["removed"] is False
    assert level(budget) == (0, 15_000)


def test_removing_twice_removes_once(ana: Caller, budget: Budget) -> None:
    expense = spend(ana, budget)
    for _ in range(2):
        assert ana.delete(f"expenses/{expense['id']}/").status_code == 204
    for _ in range(2):
        assert ana.post(f"expenses/{expense['id']}/restore/").status_code == 200
    assert level(budget) == (0, 14_050)


def test_the_same_key_spends_once(ana: Caller, budget: Budget) -> None:
    for _ in range(3):
        assert ana.post(f"budgets/{budget.pk}/expenses/", once="k", **an_expense()).status_code == 201
    assert level(budget) == (0, 14_050) and Expense.objects.count() == 1
    other = ana.post(f"budgets/{budget.pk}/expenses/", once="k", **an_expense(title="Other"))
    assert other.status_code == 422


def test_the_rate_of_the_day_is_frozen(ana: Caller, budget: Budget) -> None:
    usd = {"amount": "100.00", "currency": "USD"}
    refused = ana.post(f"budgets/{budget.pk}/expenses/", **an_expense(amount=usd))
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["exchange_rate"])
    assert not Expense.objects.exists() and not Payee.objects.exists(), "nothing half written"
    rates = f"budgets/{budget.pk}/exchange-rates/"
    ana.post(rates, currency="USD", rate="0.92")
    expense = spend(ana, budget, amount=usd)
    assert (expense["worth"], expense["rate"]) == (eur("92.00"), "0.92")
    ana.post(rates, currency="USD", rate="0.5")
    expense = change(ana, expense, amount=usd | {"amount": "200.00"})
    assert expense["worth"] == eur("184.00") and level(budget) == (0, 18_400)
    ana.delete(f"expenses/{expense['id']}/")
    ana.post(f"expenses/{expense['id']}/restore/")
    assert level(budget) == (0, 18_400)


# --- what they use up -----------------------------------------------------------------------------------
def test_an_expense_against_a_commitment_releases_as_much(cast: Cast, ana: Caller, budget: Budget) -> None:
    committed(cast, 37_200)
    offered = ana.get(f"budgets/{budget.pk}/commitments/").json()["results"]
    assert [(row["key"], row["open"]["amount"]) for row in offered] == [(ROOM, "372.00")]
    expense = spend(ana, budget, amount=eur("300.00"), commitment=ROOM)
    assert level(budget) == (7_200, 30_000)
    expense = change(ana, expense, amount=eur("350.00"), commitment=ROOM)
    assert level(budget) == (2_200, 35_000)
    change(ana, expense, amount=eur("350.00"), commitment=None)
    assert level(budget) == (37_200, 35_000)


def test_more_than_was_committed_uses_up_all_of_it(cast: Cast, ana: Caller, budget: Budget) -> None:
    committed(cast, 37_200)
    expense = spend(ana, budget, amount=eur("400.00"), commitment=ROOM)
    assert level(budget) == (0, 40_000)
    again = ana.post(f"budgets/{budget.pk}/expenses/", **an_expense(commitment=ROOM))
    assert (again.status_code, list(again.json()["fields"])) == (400, ["commitment"])
    ana.delete(f"expenses/{expense['id']}/")
    assert level(budget) == (37_200, 0)


def test_what_is_paid_is_not_counted_again_when_the_session_is_wrapped(cast: Cast, ana: Caller, budget: Budget) -> None:
    committed(cast, 37_200)
    expense = spend(ana, budget, amount=eur("300.00"), commitment=ROOM)
    settled(cast, 40_000)
    assert level(budget) == (0, 40_000), "300 by invoice, 100 by the wrap"
    settled(cast, 20_000)
    assert level(budget) == (0, 30_000), "less than was paid: what was paid stands"
    settled(cast, 40_000)
    ana.delete(f"expenses/{expense['id']}/")
    assert level(budget) == (0, 40_000), "the invoice is gone, what the session cost stands"
    settled(cast, 40_000)
    assert level(budget) == (0, 40_000)


def test_an_invoice_after_the_wrap_is_not_counted_twice(cast: Cast, ana: Caller, budget: Budget) -> None:
    committed(cast, 37_200)
    settled(cast, 37_200)
    form = ana.options(f"budgets/{budget.pk}/expenses/").json()["forms"]["POST"]["fields"]["commitment"]
    expense = spend(ana, budget, amount=eur("372.00"), commitment=ROOM)
    assert level(budget) == (0, 37_200)
    again = ana.options(f"expenses/{expense['id']}/").json()["forms"]["PUT"]["fields"]["commitment"]
    assert again["choices"] == form["choices"], "what it pays is told in the words in which it was chosen"
    settled(cast, 37_200)
    assert level(budget) == (0, 37_200)
    ana.delete(f"expenses/{expense['id']}/")
    assert level(budget) == (0, 37_200)


def test_a_booking_that_changes_or_ends_keeps_what_was_paid(cast: Cast, ana: Caller, budget: Budget) -> None:
    committed(cast, 37_200)
    spend(ana, budget, amount=eur("100.00"), commitment=ROOM)
    committed(cast, 49_600)
    assert level(budget) == (39_600, 10_000)
    committed(cast, 0)
    assert level(budget) == (0, 10_000), "cancelled: only what was paid is left"
    committed(cast, 37_200)
    assert level(budget) == (27_200, 10_000)


def test_a_deposit_pays_the_room_whatever_rate_it_is_booked_at(cast: Cast, ana: Caller, budget: Budget) -> None:
    committed(cast, 37_200)
    spend(ana, budget, amount=eur("300.00"), commitment=ROOM)
    committed(cast, 48_000, part="room:day")  # moved to a longer day
    assert level(budget) == (18_000, 30_000)
    settled(cast, 52_000, part="room:day")
    assert level(budget) == (0, 52_000)


def test_one_persons_invoice_pays_nobody_else(cast: Cast, ana: Caller, budget: Budget) -> None:
    two = [Line(400, f"person:{number}", Money(20_000, "EUR"), "Player") for number in (7, 9)]
    actions.commit(project=cast.project, source=Source("session", 7, "Vocals"), lines=two, by=cast.ana.pk)
    spend(ana, budget, amount=eur("500.00"), commitment="session:7:person:7", account=400)
    assert level(budget) == (20_000, 50_000)


def test_an_account_under_another_head_than_the_commitments_is_refused(cast: Cast, ana: Caller, budget: Budget) -> None:
    committed(cast, 37_200)
    path = f"budgets/{budget.pk}/expenses/"
    refused = ana.post(path, **an_expense(commitment=ROOM, account=620))
    assert refused.status_code == 400 and "310 Tracking rooms" in refused.json()["fields"]["account"][0]
    expense = spend(ana, budget, commitment=ROOM, account=330)
    assert expense["pays"] == {"kind": "session", "id": 7, "title": "Vocals", "label": "Room A, 6 h"}
    said = an_expense(commitment=ROOM, account=620)
    assert ana.put(f"expenses/{expense['id']}/", version=1, **said).status_code == 400
    Expense.objects.update(account=620)  # as it could be entered once
    kept = ana.put(f"expenses/{expense['id']}/", version=1, **said | {"note": "Paid in two parts"})
    assert (kept.status_code, kept.json()["account"]) == (200, 620)
    assert spend(ana, budget)["pays"] is None


def test_a_foreign_commitment_is_used_up_in_its_own_share(cast: Cast, ana: Caller, budget: Budget) -> None:
    ana.post(f"budgets/{budget.pk}/exchange-rates/", currency="USD", rate="0.9")
    committed(cast, 10_000, currency="USD")
    expense = spend(ana, budget, amount=eur("45.00"), commitment=ROOM)
    assert level(budget) == (4_500, 4_500)
    use = BudgetEntry.objects.get(used_by=expense["id"])
    assert (use.amount_minor, use.foreign_minor, use.foreign_currency) == (-4_500, -5_000, "USD")
    spend(ana, budget, amount=eur("45.00"), commitment=ROOM)
    assert BudgetEntry.objects.of_source("session", 7).level().open == 0


@pytest.mark.parametrize("key", ["session:99:room:hour", "session:7", "x", ":", "expense:1:paid", 7, [], {}, "a" * 300])
def test_a_commitment_that_is_none_is_refused(cast: Cast, ana: Caller, budget: Budget, key: Any) -> None:
    committed(cast, 37_200)
    answer = ana.post(f"budgets/{budget.pk}/expenses/", **an_expense(commitment=key))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["commitment"])


# --- bad input ----------------------------------------------------------------------------------------
AMOUNTS: list[Any] = [
    "1e309",
    "NaN",
    "-0",
    "-1",
    "0",
    "0.00",
    "1,000",
    "0.005",
    str(2**63),
    [],
    ["1"],
    None,
    True,
    1.5,
    "",
]


@pytest.mark.parametrize("amount", AMOUNTS, ids=repr)
def test_an_amount_that_is_none_is_refused_by_its_field(ana: Caller, budget: Budget, amount: Any) -> None:
    said = an_expense(amount={"amount": amount, "currency": "EUR"})
    answer = ana.post(f"budgets/{budget.pk}/expenses/", **said)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["amount"])
    assert not BudgetEntry.objects.exists() and not Payee.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": {"amount": "90071992547409.91", "currency": "EUR"}}, "amount"),
        ({"amount": {"amount": "1.5", "currency": "JPY"}}, "amount"),
        ({"amount": {"amount": "1", "currency": "XXX"}}, "amount"),
        ({"spent_on": "2026-11-22"}, "spent_on"),
        ({"spent_on": "14.11.2026"}, "spent_on"),
        ({"spent_on": "0001-01-01"}, "spent_on"),
        ({"spent_on": "1989-12-31"}, "spent_on"),
        ({"title": " "}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"account": 1}, "account"),
        ({"vendor": ["x"]}, "vendor"),
        ({"worth": eur("1")}, "worth"),
    ],
    ids=repr,
)
def test_an_expense_that_makes_no_sense_is_refused(
    ana: Caller, budget: Budget, said: dict[str, Any], field: str
) -> None:
    answer = ana.post(f"budgets/{budget.pk}/expenses/", **an_expense(**said))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not Expense.objects.exists()


def test_only_producers_spend_and_nobody_else_looks(cast: Cast, ana: Caller, budget: Budget) -> None:
    expense = spend(ana, budget)
    for name, read, write in (("lena", 200, 403), ("xavi", 200, 403), ("nora", 403, 403), ("cleo", 404, 404)):
        caller = Caller(getattr(cast, name))
        assert caller.get(f"expenses/{expense['id']}/").status_code == read
        assert caller.delete(f"expenses/{expense['id']}/").status_code == write
        assert caller.post(f"budgets/{budget.pk}/expenses/", **an_expense()).status_code == write
    assert level(budget) == (0, 14_050)
