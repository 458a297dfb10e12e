"""How budgets stand: planned, approved, committed, actual, forecast and left, by account and in all.

*planned*: the lines. *approved*: the plan as it was when somebody approved it last; until then its planned sums count
as approved. *committed*: all that is booked or agreed, spent or not. *actual*: spent. *left*: approved less committed.
*forecast*: committed and what is still to come, which is what the lines expect (their plan unless said otherwise)
beyond what is committed, never below nought. What is still to come is reckoned for a head (300 Studio) with all that
stands below it, so that a plan made for the head covers its rooms, and shared out to its accounts: parts add up to
their whole, heads to the total.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from budgets import chart
from budgets.models import Approval, BudgetEntry, PlanChange
from budgets.queries import OverHeads, Plan, approved_sum
from producerdesk.kit.money import as_json, share_out


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of an account, a head or a budget, in minor units."""

    planned: int = 0
    approved: int = 0
    committed: int = 0
    actual: int = 0
    to_come: int = 0
    planless: bool = False  # of a budget without any plan: there is nothing to be over, and nothing is left of it

    @property
    def left(self) -> int | None:
        """What of the approved is not committed; None where nothing was ever planned: nothing is left of no plan."""
        return None if self.planless else self.approved - self.committed

    @property
    def forecast(self) -> int:
        return self.committed + self.to_come

    @property
    def over(self) -> int:
        """By how much the committed goes over the approved; 0 within it, and where nothing was ever planned."""
        return max(0, -(self.left or 0))

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.planned + other.planned,
            self.approved + other.approved,
            self.committed + other.committed,
            self.actual + other.actual,
            self.to_come + other.to_come,
        )

    def as_json(self, currency: str) -> dict[str, Any]:
        """Return the sums as the API writes them: `left` null of no plan, `over` null where nothing is over."""
        names = ("planned", "approved", "committed", "actual", "forecast")
        sums: dict[str, Any] = {name: as_json(getattr(self, name), currency) for name in names}
        sums["left"] = None if self.left is None else as_json(self.left, currency)
        return sums | {"over": as_json(self.over, currency) if self.over else None}


@dataclass(frozen=True, slots=True)
class Head:
    """A head with its accounts, lowest first."""

    number: int
    figures: Figures
    accounts: list[tuple[int, Figures]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one budget stands."""

    total: Figures = Figures()
    heads: list[Head] = field(default_factory=list)
    version: int = 0  # of the plan: the key of its last change

    @property
    def is_approved(self) -> bool:
        """Whether all that is planned is what counts as approved, account by account."""
        return all(figures.planned == figures.approved for head in self.heads for _number, figures in head.accounts)

    @property
    def over_lines(self) -> int:
        """How many heads are over what was approved for them."""
        return sum(1 for head in self.heads if head.figures.over)


def standings(budgets: Collection[int], until: datetime | None = None) -> dict[int, Standing]:
    """Return {budget: standing}, as it is or as it was at that moment. Two queries, however many budgets."""
    approved = Approval.objects.all().until(until).last_change("budget")
    plan = PlanChange.objects.all().until(until).planned(budgets, approved)
    spent = BudgetEntry.objects.all().spent(budgets, until)
    accounts: dict[int, set[int]] = defaultdict(set)
    for budget, account in (*plan, *spent):
        accounts[budget].add(account)
    return {budget: _standing(budget, sorted(accounts[budget]), plan, spent) for budget in budgets}


def _standing(budget: int, accounts: Iterable[int], plan: dict, spent: dict) -> Standing:
    by_head: dict[int, list[int]] = defaultdict(list)
    for account in accounts:
        by_head[chart.head_of(account)].append(account)
    heads = [_head(budget, number, below, plan, spent) for number, below in sorted(by_head.items())]
    total = sum((head.figures for head in heads), Figures())
    version = max((found.last for (of, _account), found in plan.items() if of == budget), default=0)
    return Standing(total, heads, version) if total.approved else _without_plan(total, heads, version)


def _without_plan(total: Figures, heads: list[Head], version: int) -> Standing:
    """Return a standing in which nothing is over: bookings came before the plan."""
    heads = [
        Head(
            head.number,
            replace(head.figures, planless=True),
            [(number, replace(figures, planless=True)) for number, figures in head.accounts],
        )
        for head in heads
    ]
    return Standing(replace(total, planless=True), heads, version)


def _head(budget: int, number: int, accounts: list[int], plan: dict, spent: dict) -> Head:
    plans = [plan.get((budget, account), Plan()) for account in accounts]
    levels = [spent.get((budget, account), (0, 0)) for account in accounts]
    wanting = [line.expected - sum(level) for line, level in zip(plans, levels, strict=True)]
    to_come = max(0, sum(wanting))
    shares = share_out(to_come, [max(0, want) for want in wanting]) if to_come else [0] * len(accounts)
    figures = [
        Figures(line.planned, line.approved, sum(level), level[1], share)
        for line, level, share in zip(plans, levels, shares, strict=True)
    ]
    return Head(number, sum(figures, Figures()), list(zip(accounts, figures, strict=True)))


# --- many at once, in somebody else's query ---------------------------------------------------------------
SUM_COLUMNS = ("planned_minor", "approved_minor", "committed_minor", "actual_minor")


def with_sums(budgets: QuerySet) -> QuerySet:
    """Add what each budget comes to: planned, approved, committed and actual, in minor units.

    `to_approve` says that the plan is not, or is no longer, what was approved. `figures_of` says what is left of it,
    `over_of` reads which heads are over.
    """
    entries = BudgetEntry.objects.filter(budget=OuterRef("pk")).order_by().values("budget")
    spent = entries.filter(kind=BudgetEntry.Kind.ACTUAL)
    changes = PlanChange.objects.filter(budget=OuterRef("pk")).order_by().values("budget")
    approved = Approval.objects.all().last_change("budget")
    beyond = PlanChange.objects.filter(budget=OuterRef("pk"), pk__gt=Coalesce(approved, 0)).order_by()
    moved = beyond.values("account").annotate(sum=Sum("planned_minor")).exclude(sum=0)
    return budgets.annotate(
        planned_minor=_sum(changes, Sum("planned_minor")),
        approved_minor=_sum(changes, approved_sum(approved)),
        # open commitments and what was spent are both committed: design.md, Money
        committed_minor=_sum(entries, Sum("amount_minor")),
        actual_minor=_sum(spent, Sum("amount_minor")),
        to_approve=Exists(moved),
        over_heads=OverHeads(
            BudgetEntry.objects.filter(budget=OuterRef("pk")).by_head(F("amount_minor")),
            PlanChange.objects.filter(budget=OuterRef("pk")).approved(approved).by_head(-F("planned_minor")),
        ),
    )


def _sum(rows: QuerySet, of: Any) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(sum=of).values("sum")), 0)


def figures_of(planned: int, approved: int, committed: int, actual: int) -> Figures:
    """Return the figures of the columns that `with_sums` adds: what is left of them, and by how much they are over."""
    return Figures(planned, approved, committed, actual, planless=not approved)


def over_of(approved: int, over_heads: str | None) -> list[tuple[int, int]]:
    """Return (head, by how much) of the heads that are over, the furthest first, from what `with_sums` adds."""
    if not approved or not over_heads:  # nothing is over where nothing was ever planned
        return []
    found = [tuple(map(int, one.split(":"))) for one in over_heads.split(",")]
    return sorted(((head, over) for head, over in found), key=lambda one: (-one[1], one[0]))
