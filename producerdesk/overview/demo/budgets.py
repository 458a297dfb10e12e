"""What the records may cost and what was paid: plans, the yes to them, and a few receipts' worth of expenses."""

from decimal import Decimal
from typing import Any

from budgets.actions import open_budget, set_exchange_rate
from budgets.actions.expenses import add_expense
from budgets.actions.plan import add_line, approve, set_controller, update_line
from budgets.models import Budget
from budgets.standing import standings
from producerdesk.kit.money import parse
from producerdesk.overview.demo.hands import Demo, sum_of
from projects.models import Project

PlanLine = tuple[int, str, str, str, str]  # account, unit, how many, each, what for


def plan(demo: Demo, project: Project, lines: tuple[PlanLine, ...], *, controller: str) -> None:
    """Say who controls the budget, and write its plan."""
    budget = open_budget(project)
    set_controller(budget=budget, expected=budget.version, controller=demo.users[controller], by=demo.mara.pk)
    for line in lines:
        add(demo, project, line)


def add(demo: Demo, project: Project, line: PlanLine) -> None:
    """Put one line into the plan."""
    account, unit, quantity, rate, note = line
    said = {"account": account, "unit": unit, "quantity": Decimal(quantity), "note": note}
    add_line(budget=open_budget(project), by=demo.mara.pk, rate_minor=sum_of(rate).minor, **said)


def change(demo: Demo, project: Project, account: int, rate: str) -> None:
    """Give the line of an account another rate."""
    line = open_budget(project).lines.standing().get(account=account)
    update_line(line=line, expected=line.version, by=demo.mara.pk, rate_minor=sum_of(rate).minor)


def say_yes(demo: Demo, project: Project, name: str, note: str = "") -> None:
    """Let somebody approve the plan as it stands."""
    budget = open_budget(project)
    approve(budget=budget, plan=standings([budget.pk])[budget.pk].version, by=demo.users[name], note=note)


def exchange(demo: Demo, project: Project, currency: str, rate: str) -> None:
    """Say what another currency is worth."""
    set_exchange_rate(project=project, currency=currency, rate=Decimal(rate), by=demo.mara.pk)


def pay(demo: Demo, project: Project, offset: int, account: int, vendor: str, title: str, amount: str) -> None:
    """Enter what was paid on a day: "96.40 EUR"."""
    number, currency = amount.split()
    said: dict[str, Any] = {"vendor": vendor, "title": title, "spent_on": demo.day(offset), "account": account}
    add_expense(budget=_budget(project), by=demo.mara.pk, amount=parse(number, currency), **said)


def _budget(project: Project) -> Budget:
    return Budget.objects.select_related("project").get(project=project)
