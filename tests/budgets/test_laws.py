"""Laws: parts add up to their whole, and every way to a sum leads to the same one, whatever happened before."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets import actions
from budgets.actions import Line, Part, Source, expenses, plan
from budgets.audit import chain_break
from budgets.models import Approval, Budget, BudgetEntry, BudgetLine, Expense, PlanChange
from budgets.standing import SUM_COLUMNS, figures_of, over_of, standings, with_sums
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.money import Money, digits, parse
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.services import rounds

SUMS = ("planned", "approved", "committed", "actual", "forecast", "left")
ACCOUNTS = (100, 300, 310, 330, 500, 530, 990)
COMMITTED = (310, 500)

line_deeds = st.tuples(
    st.just("line"),
    st.sampled_from(ACCOUNTS),
    st.decimals("0", "500", places=2),
    st.integers(0, 10**7),
    st.none() | st.integers(0, 10**8),
)
change_deeds = st.tuples(
    st.sampled_from(["change", "remove", "restore"]),
    st.integers(0, 9),
    st.sampled_from(ACCOUNTS),
    st.integers(0, 10**6),
)
source_deeds = st.tuples(
    st.sampled_from(["commit", "settle"]), st.integers(1, 3), st.sampled_from(COMMITTED), st.integers(0, 10**7)
)
spend_deeds = st.tuples(
    st.just("spend"), st.none() | st.integers(1, 3), st.sampled_from(ACCOUNTS), st.integers(1, 10**7)
)
undo_deeds = st.tuples(st.sampled_from(["take back", "count again"]), st.integers(0, 9))
approve_deeds = st.just(("approve",))
histories = st.lists(
    st.one_of(line_deeds, change_deeds, source_deeds, spend_deeds, undo_deeds, approve_deeds), max_size=14
)


class History:
    """A budget to which things happen."""

    def __init__(self, cast: Cast, currency: str) -> None:
        self.project = makers.make_project(cast.desk, currency=currency)
        self.budget = actions.open_budget(self.project)
        self.currency, self.ana = currency, cast.ana
        self.approved: dict[int, int] | None = None  # by account, as it stood when it was approved last
        self.lines: list[BudgetLine] = []
        self.expenses: list[Expense] = []

    def do(self, deed: tuple) -> None:
        """Let one thing happen."""
        name, *said = deed
        getattr(self, f"_{name.replace(' ', '_')}")(*said)

    def _line(self, account: int, quantity: Decimal, rate: int, expected: int | None) -> None:
        said = {"account": account, "quantity": quantity, "rate_minor": rate, "expected_minor": expected}
        self.lines.append(plan.add_line(budget=self.budget, by=None, **said))

    def _pick(self, rows: list[Any], number: int) -> Any:
        row = rows[number % len(rows)] if rows else None
        if row:
            row.refresh_from_db()
        return row

    def _change(self, number: int, account: int, rate: int) -> None:
        line = self._pick(self.lines, number)
        if line and not line.removed_at:
            plan.update_line(line=line, expected=line.version, by=None, account=account, rate_minor=rate)

    def _remove(self, number: int, *_rest: Any) -> None:
        if line := self._pick(self.lines, number):
            plan.remove_line(line=line, by=None)

    def _restore(self, number: int, *_rest: Any) -> None:
        if line := self._pick(self.lines, number):
            plan.restore_line(line=line, by=None)

    def planned(self) -> dict[int, int]:
        """Return what the lines come to, by account."""
        standing = BudgetLine.objects.standing().filter(budget=self.budget).order_by()
        return dict(standing.values_list("account").annotate(models.Sum("planned_minor")))

    def _approve(self) -> None:
        version = standings([self.budget.pk])[self.budget.pk].version
        try:
            plan.approve(budget=self.budget, plan=version, by=self.ana)
        except Conflict:  # nothing waits for a yes
            return
        self.approved = self.planned()

    def _written(self, write: Any, id: int, account: int, amount: int) -> None:
        line = Line(account, "room", Money(amount, self.currency), "Room")
        write(project=self.project, source=Source("session", id, "Vocals"), lines=[line], by=None)

    def _commit(self, *said: int) -> None:
        self._written(actions.commit, *said)

    def _settle(self, *said: int) -> None:
        self._written(actions.settle, *said)

    def _spend(self, against: int | None, account: int, amount: int) -> None:
        part = Part("session", against, "room") if against else None
        said: dict[str, Any] = {"title": "Strings", "spent_on": "2026-11-14", "account": account, "commitment": part}
        try:
            spent = expenses.add_expense(budget=self.budget, by=None, amount=Money(amount, self.currency), **said)
        except Refused:  # nothing of it is left to be paid
            return
        self.expenses.append(spent)

    def _take_back(self, number: int) -> None:
        if expense := self._pick(self.expenses, number):
            expenses.remove_expense(expense=expense, by=None)

    def _count_again(self, number: int) -> None:
        if expense := self._pick(self.expenses, number):
            try:
                expenses.restore_expense(expense=expense, by=None)
            except Refused:
                return


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=rounds(12, 200))
@given(histories, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_parts_add_up_and_every_way_to_a_sum_is_the_same(cast: Cast, deeds: list[tuple], currency: str) -> None:
    history = History(cast, currency)
    for deed in deeds:
        history.do(deed)
    budget = Budget.objects.get(pk=history.budget.pk)
    ana = Caller(cast.ana)

    said = ana.get(f"budgets/{budget.pk}/summary/").json()
    planless = said["total"]["left"] is None
    for name in SUMS[:-1] if planless else SUMS:
        heads = [head[name] for head in said["heads"]]
        assert _sum(heads) == _minor(said["total"][name])
        for head in said["heads"]:
            assert _sum(account[name] for account in head["accounts"]) == _minor(head[name])

    total = {name: _minor(said["total"][name]) for name in (SUMS[:-1] if planless else SUMS)}
    level = BudgetEntry.objects.filter(budget=budget).level()
    assert (total["committed"], total["actual"]) == (level.committed, level.actual)
    assert level.open >= 0, "an expense never uses up more than is there"
    lines = ana.get(f"budgets/{budget.pk}/lines/").json()["results"]
    assert total["planned"] == _sum(line["planned"] for line in lines) == sum(history.planned().values())
    approved = history.planned() if history.approved is None else history.approved
    accounts = {row["account"]: _minor(row["approved"]) for head in said["heads"] for row in head["accounts"]}
    assert _told(accounts) == _told(approved) and total["approved"] == sum(approved.values())
    assert planless == (not total["approved"]), "nothing is left of no plan"
    assert planless or total["left"] == total["approved"] - total["committed"]
    assert total["forecast"] >= total["committed"]
    (listed,) = ana.get("budgets/", project=budget.project_id).json()["results"]
    assert (listed["total"], listed["plan"]) == (said["total"], said["plan"])
    by_column = with_sums(Budget.objects.filter(pk=budget.pk)).values(*SUM_COLUMNS, "to_approve", "over_heads").get()
    assert figures_of(*(by_column[name] for name in SUM_COLUMNS)).as_json(currency) == said["total"] | {
        "forecast": listed["total"]["committed"]
    }
    over = over_of(by_column["approved_minor"], by_column["over_heads"])
    assert dict(over) == {head["account"]: _minor(head["over"]) for head in said["heads"] if head["over"]}
    assert len(over) == said["over_lines"] == listed["over_lines"]
    assert by_column["to_approve"] == (said["plan"]["state"] in ("proposed", "changed"))
    assert (said["plan"]["state"] == "approved") == (
        history.approved is not None and _told(approved) == _told(history.planned())
    )

    table = csv.DictReader(io.StringIO(ana.get(f"budgets/{budget.pk}/export/").content.decode("utf-8-sig")))
    rows = list(table)
    for name in SUMS:
        column = {level: _rows(rows, level, name, currency) for level in ("head", "account", "total")}
        assert column["head"] == column["account"] == column["total"] == total.get(name, 0)
    assert _rows(rows, "line", "planned", currency) == total["planned"]

    entries, since = [], 0
    while page := ana.get(f"budgets/{budget.pk}/entries/", since=since, page_size=3).json()["results"]:
        entries += page
        since = page[-1]["seq"]
    assert [entry["seq"] for entry in entries] == list(range(1, budget.last_seq + 1)), "none missed, none twice"
    assert _sum(entry["amount"] for entry in entries) == total["committed"]
    assert chain_break(budget) is None


def _told(sums: dict[int, int]) -> dict[int, int]:
    return {account: minor for account, minor in sums.items() if minor}


def _minor(sum_: dict[str, str]) -> int:
    return parse(sum_["amount"], sum_["currency"]).minor


def _sum(sums: Any) -> int:
    return sum(_minor(each) for each in sums)


def _rows(rows: list[dict[str, str]], level: str, name: str, currency: str) -> int:
    found = sum((Decimal(row[name] or 0) for row in rows if row["level"] == level), Decimal(0))
    return int(found.scaleb(digits(currency)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=rounds(10, 100))
@given(histories)
def test_the_history_of_the_plan_ends_at_the_plan(cast: Cast, deeds: list[tuple]) -> None:
    history = History(cast, "EUR")
    for deed in deeds:
        history.do(deed)
    by_account = history.planned()
    approved = Approval.objects.all().last_change("budget")
    changes = PlanChange.objects.all().planned([history.budget.pk], approved)
    assert _told({account: plan.planned for (_budget, account), plan in changes.items()}) == _told(by_account)
    assert standings([history.budget.pk])[history.budget.pk].total.planned == sum(by_account.values())


words = st.text(max_size=20) | st.floats() | st.integers() | st.booleans() | st.none() | st.lists(st.text(), max_size=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=rounds(40, 500))
@given(amount=words, quantity=words, field=st.sampled_from(["rate", "expected"]))
def test_whatever_is_sent_as_a_number_is_taken_or_refused_by_name(
    cast: Cast, budget: Budget, amount: Any, quantity: Any, field: str
) -> None:
    said = {"account": 310, "quantity": quantity, "rate": {"amount": "1", "currency": "EUR"}}
    said[field] = {"amount": amount, "currency": "EUR"}
    if _unsendable(amount) or _unsendable(quantity):
        return
    before = BudgetLine.objects.count()
    answer = Caller(cast.ana).post(f"budgets/{budget.pk}/lines/", **said)
    assert answer.status_code in (201, 400), answer.content
    if answer.status_code == 400:
        assert set(answer.json()["fields"]) <= {"quantity", field} and answer.json()["fields"]
        assert BudgetLine.objects.count() == before


def _unsendable(value: Any) -> bool:
    """Say whether JSON itself cannot carry it: then it never comes to a field."""
    return value != value or value in (float("inf"), float("-inf")) or _surrogates(value)


def _surrogates(value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return any(isinstance(text, str) and any(0xD800 <= ord(sign) < 0xE000 for sign in text) for text in texts)


@pytest.mark.parametrize("since", ["", "0", "3", "1000000000", "1e9"])
def test_a_cursor_beyond_the_end_stays_where_it_is(cast: Cast, budget: Budget, since: str) -> None:
    answer = Caller(cast.lena).get(f"budgets/{budget.pk}/entries/", since=since).json()
    assert (answer["results"], answer["cursor"]) == ([], int(Decimal(since or 0)))


def test_what_came_after_a_cursor_is_not_read_from_its_end(cast: Cast, budget: Budget) -> None:
    reader = Caller(cast.lena)
    answer = reader.get(f"budgets/{budget.pk}/entries/", since=0, ordering="-seq", page_size=1)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["ordering"])
    for said in ({"since": 0, "ordering": "seq"}, {"ordering": "-seq"}, {"since": "", "ordering": "-seq"}):
        assert reader.get(f"budgets/{budget.pk}/entries/", **said).status_code == 200, said


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "1e309", "9" * 40, "NaN"])
def test_a_cursor_that_is_none_is_refused(cast: Cast, budget: Budget, since: str) -> None:
    answer = Caller(cast.lena).get(f"budgets/{budget.pk}/entries/", since=since)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["since"])
