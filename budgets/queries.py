"""Reading budgets: the one door to their rows, and every sum over the ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from producerdesk.accounts.roles import BUDGET_READ
from producerdesk.kit.viewer import Viewer


class BudgetQuerySet(models.QuerySet):
    """Budgets."""

    def visible_to(self, viewer: Viewer) -> "BudgetQuerySet":
        """Return the budgets this viewer may read."""
        return self.filter(viewer.reach(BUDGET_READ).q(project="project_id", desk="project__desk_id"))


@dataclass(frozen=True, slots=True)
class Level:
    """What the ledger adds up to, in minor units of the budget's currency."""

    open: int  # agreed and not yet spent
    actual: int  # spent

    @property
    def committed(self) -> int:
        """All that is booked or agreed, spent or not."""
        return self.open + self.actual


_OPEN = Coalesce(Sum("amount_minor", filter=Q(kind__in=("commit", "release"))), 0)
_ACTUAL = Coalesce(Sum("amount_minor", filter=Q(kind="actual")), 0)


class EntryQuerySet(models.QuerySet):
    """Ledger entries. They can be read and appended, nothing else."""

    def visible_to(self, viewer: Viewer) -> "EntryQuerySet":
        """Return the entries of the budgets this viewer may read."""
        reach = viewer.reach(BUDGET_READ)
        return self.filter(reach.q(project="budget__project_id", desk="budget__project__desk_id"))

    def of_source(self, kind: str, source_id: int) -> "EntryQuerySet":
        """Return what one session, engagement or expense has written."""
        return self.filter(source_kind=kind, source_id=source_id)

    def until(self, moment: datetime) -> "EntryQuerySet":
        """Return the ledger as it stood at that moment."""
        return self.filter(at__lte=moment)

    def level(self) -> Level:
        """Return the sum of these entries."""
        return Level(**self.aggregate(open=_OPEN, actual=_ACTUAL))

    def levels_by_account(self) -> dict[int, Level]:
        """Return the sums of these entries, {account: level}, lowest account first."""
        rows = self.order_by("account").values("account").annotate(open=_OPEN, actual=_ACTUAL)
        return {row["account"]: Level(row["open"], row["actual"]) for row in rows}

    def update(self, **values: object) -> NoReturn:
        raise TypeError("an entry is never changed: append another")

    def delete(self) -> NoReturn:
        raise TypeError("an entry is never deleted: append a release")

    def bulk_update(self, *args: object, **options: object) -> NoReturn:
        raise TypeError("an entry is never changed: append another")
