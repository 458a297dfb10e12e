"""Reading budgets: the one door to their rows, and every sum over the ledger and the plan."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

from django.db import models
from django.db.models import Case, F, Func, Max, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce, TruncDate

from producerdesk.accounts.roles import BUDGET_READ
from producerdesk.kit.viewer import Viewer


class BudgetQuerySet(models.QuerySet):
    """Budgets."""

    def visible_to(self, viewer: Viewer) -> "BudgetQuerySet":
        """Return the budgets this viewer may read."""
        return self.filter(viewer.reach(BUDGET_READ).q(project="project_id", desk="project__desk_id"))


class _OfBudget(models.QuerySet):
    """Rows that belong to a budget."""

    def visible_to(self, viewer: Viewer) -> "_OfBudget":
        """Return the rows of the budgets this viewer may read."""
        reach = viewer.reach(BUDGET_READ)
        return self.filter(reach.q(project="budget__project_id", desk="budget__project__desk_id"))


class ExchangeRateQuerySet(_OfBudget):
    """Rates of exchange."""


class LineQuerySet(_OfBudget):
    """Lines of plans."""

    def standing(self) -> "LineQuerySet":
        """Return those that were not removed."""
        return self.filter(removed_at=None)


class ExpenseQuerySet(_OfBudget):
    """Expenses."""

    def standing(self) -> "ExpenseQuerySet":
        """Return those that were not taken back."""
        return self.filter(removed_at=None)


class PayeeQuerySet(models.QuerySet):
    """Whom desks pay."""

    def visible_to(self, viewer: Viewer) -> "PayeeQuerySet":
        """Return whom the desks pay whose budgets this viewer reads."""
        return self.filter(desk_id__in=viewer.reach_desks(BUDGET_READ))


@dataclass(frozen=True, slots=True)
class Level:
    """What the ledger adds up to, in minor units of the budget's currency."""

    open: int  # agreed and not yet spent
    actual: int  # spent

    @property
    def committed(self) -> int:
        """All that is booked or agreed, spent or not."""
        return self.open + self.actual


class Agreed(NamedTuple):
    """What a source has agreed to or spent itself, and what expenses have paid of that, in minor units."""

    open: int = 0  # agreed and not yet settled
    spent: int = 0
    paid: int = 0

    @property
    def all(self) -> int:
        """Return all that it will cost, paid or not."""
        return self.open + self.spent


_OPEN = Coalesce(Sum("amount_minor", filter=Q(kind__in=("commit", "release"))), 0)
_ACTUAL = Coalesce(Sum("amount_minor", filter=Q(kind="actual")), 0)
Sums = dict[tuple[int, int], tuple[int, int]]  # (budget, account): two sums


class Plan(NamedTuple):
    """What the changes of a plan add up to, in minor units, and the key of the last of them."""

    planned: int = 0
    expected: int = 0
    approved: int = 0
    last: int = 0


# as chart.head_of
_HEAD = Case(
    When(account__lt=900, then=F("account") / 100 * 100), default=F("account"), output_field=models.IntegerField()
)


class _Rows(Subquery):
    """Rows of several columns, as part of a larger statement."""

    template = "%(subquery)s"


class OverHeads(Func):
    """The heads whose sums come to more than nought, as "300:18000,500:400", NULL if none does.

    It takes querysets `by_head`: what is committed counts for it, what is approved against it.
    """

    arg_joiner = " UNION ALL "
    function = "STRING_AGG"
    template = (
        "(SELECT %(function)s(over_head.head || ':' || over_head.beyond, ',') FROM ("
        "SELECT moved.head, SUM(moved.beyond) AS beyond FROM (%(expressions)s) moved "
        "GROUP BY moved.head HAVING SUM(moved.beyond) > 0) over_head)"
    )

    def __init__(self, *rows: models.QuerySet) -> None:
        parts = [_Rows(found, output_field=models.IntegerField()) for found in rows]
        super().__init__(*parts, output_field=models.TextField(null=True))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


class ApprovalQuerySet(_OfBudget):
    """Approvals of plans."""

    def until(self, moment: datetime | None) -> "ApprovalQuerySet":
        """Return those that stood at that moment; None for now."""
        return self if moment is None else self.filter(at__lte=moment)

    def last_change(self, budget: str) -> Subquery:
        """Return the last change that is approved of the budget in this column, NULL if none is."""
        return Subquery(self.filter(budget=OuterRef(budget)).order_by("-pk").values("change")[:1])

    def standing(self, budgets: Collection[int]) -> "ApprovalQuerySet":
        """Return the approval that counts of each of these budgets."""
        newest = self.filter(budget__in=budgets).order_by().values("budget").annotate(newest=Max("pk"))
        return self.filter(pk__in=newest.values("newest"))

    def by_day(self, zone: Any) -> list[tuple[Any, int]]:
        """Return (day, last change approved) of each, the last one last. One query."""
        return list(self.annotate(day=TruncDate("at", tzinfo=zone)).order_by("pk").values_list("day", "change"))

    def with_sums(self) -> "ApprovalQuerySet":
        """Add `approved_minor`: what the plan came to that was approved."""
        changes: Any = self.model._meta.get_field("change").related_model
        covered = (
            changes.objects.filter(budget=OuterRef("budget"), pk__lte=OuterRef("change")).order_by().values("budget")
        )
        return self.annotate(approved_minor=Subquery(covered.annotate(sum=Sum("planned_minor")).values("sum")))


class PlanChangeQuerySet(models.QuerySet):
    """Changes of plans."""

    def until(self, moment: datetime | None) -> "PlanChangeQuerySet":
        """Return the changes until that moment; None for all."""
        return self if moment is None else self.filter(at__lte=moment)

    def planned(self, budgets: Collection[int], approved: Subquery) -> dict[tuple[int, int], Plan]:
        """Return {(budget, account): plan} of these changes. `approved` is the last approved change. One query."""
        rows = self.filter(budget__in=budgets).order_by().values_list("budget", "account")
        found = rows.annotate(
            Sum("planned_minor"), Sum("expected_minor"), sum_approved=approved_sum(approved), last=Max("pk")
        )
        return {(budget, account): Plan(*sums) for budget, account, *sums in found}

    def by_line(self) -> dict[tuple[int, int], int]:
        """Return {(account, line): planned} of the lines for which anything is planned, lowest first. One query."""
        rows = self.order_by("account", "line").values_list("account", "line").annotate(sum=Sum("planned_minor"))
        return {(account, line): planned for account, line, planned in rows.exclude(sum=0)}

    def approved(self, approved: Subquery) -> "PlanChangeQuerySet":
        """Return the changes up to the approved one; all of them where none is approved."""
        return self.filter(_covered(approved))

    def by_head(self, beyond: Any) -> models.QuerySet:
        """Return (head, beyond) of each change, for `OverHeads`."""
        return _by_head(self, beyond)

    def by_day(self, zone: Any) -> list[tuple[Any, int, int]]:
        """Return (day, key, sum) of each change, the first one first. One query."""
        days = self.annotate(day=TruncDate("at", tzinfo=zone)).order_by("pk")
        return list(days.values_list("day", "pk", "planned_minor"))


def approved_sum(approved: Subquery) -> Coalesce:
    """Return the sum of the changes up to the approved one; of all of them where none is approved."""
    return Coalesce(Sum("planned_minor", filter=_covered(approved)), 0)


def _covered(approved: Subquery) -> Q:
    return Q(pk__lte=Coalesce(approved, F("pk")))


def _by_head(rows: models.QuerySet, beyond: Any) -> models.QuerySet:
    return rows.order_by().annotate(head=_HEAD, beyond=beyond).values_list("head", "beyond")


class EntryQuerySet(models.QuerySet):
    """Ledger entries. They can be read and appended, nothing else."""

    def visible_to(self, viewer: Viewer) -> "EntryQuerySet":
        """Return the entries of the budgets this viewer may read."""
        reach = viewer.reach(BUDGET_READ)
        return self.filter(reach.q(project="budget__project_id", desk="budget__project__desk_id"))

    def of_source(self, kind: str, source_id: int) -> "EntryQuerySet":
        """Return what one session, engagement or expense has written."""
        return self.filter(source_kind=kind, source_id=source_id)

    def by_head(self, beyond: Any) -> models.QuerySet:
        """Return (head, beyond) of each entry, for `OverHeads`."""
        return _by_head(self, beyond)

    def until(self, moment: datetime) -> "EntryQuerySet":
        """Return the ledger as it stood at that moment."""
        return self.filter(at__lte=moment)

    def level(self) -> Level:
        """Return the sum of these entries."""
        return Level(**self.aggregate(open=_OPEN, actual=_ACTUAL))

    def agreed(self) -> Agreed:
        """Return what the sources of these entries say themselves, and what expenses have paid of it. One query."""
        own = Q(used_by=None)
        found = self.aggregate(
            open=Coalesce(Sum("amount_minor", filter=own & Q(kind__in=("commit", "release"))), 0),
            spent=Coalesce(Sum("amount_minor", filter=own & Q(kind="actual")), 0),
            paid=-Coalesce(Sum("amount_minor", filter=~own), 0),
        )
        return Agreed(**found)

    def levels_by_account(self) -> dict[int, Level]:
        """Return the sums of these entries, {account: level}, lowest account first."""
        rows = self.order_by("account").values("account").annotate(open=_OPEN, actual=_ACTUAL)
        return {row["account"]: Level(row["open"], row["actual"]) for row in rows}

    def spent(self, budgets: Collection[int], until: datetime | None = None) -> Sums:
        """Return {(budget, account): (open, actual)} as it stands, or as it stood at that moment. One query."""
        rows = self.filter(budget__in=budgets)
        rows = rows if until is None else rows.until(until)
        found = rows.order_by().values_list("budget", "account").annotate(open=_OPEN, actual=_ACTUAL)
        return {(budget, account): (open_, actual) for budget, account, open_, actual in found}

    def by_day(self, zone: Any) -> list[tuple[Any, int, int]]:
        """Return (day, open, actual) that each day brought, the first day first. One query."""
        days = self.annotate(day=TruncDate("at", tzinfo=zone)).order_by("day")
        return list(days.values_list("day").annotate(open=_OPEN, actual=_ACTUAL))

    def payable(self) -> list[dict[str, Any]]:
        """Return what is open, or counted as spent by its source, a row for each part: what an expense may pay."""
        keys = ("source_kind", "source_id", "part", "account")
        found = self.exclude(source_kind="expense").order_by(*keys).values(*keys)
        rows = found.annotate(open=_OPEN, actual=_ACTUAL, last=Max("seq"))
        return [row for row in rows if row["open"] > 0 or row["actual"] > 0]

    def update(self, **values: object) -> NoReturn:
        raise TypeError("an entry is never changed: append another")

    def delete(self) -> NoReturn:
        raise TypeError("an entry is never deleted: append a release")

    def bulk_update(self, *args: object, **options: object) -> NoReturn:
        raise TypeError("an entry is never changed: append another")
