"""How plan and spending of a budget grew, day by day."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from budgets.models import Budget


@dataclass(frozen=True, slots=True)
class Day:
    """What stood at the end of a day, in minor units."""

    on: dt.date
    planned: int
    approved: int
    committed: int
    actual: int


def days_of(budget: Budget, zone: ZoneInfo, until: dt.datetime | None = None) -> list[Day]:
    """Return the days on which anything changed, the first one first. Three queries."""
    changes = budget.plan_changes.all().until(until).by_day(zone)
    approvals = dict(budget.approvals.all().until(until).by_day(zone))
    entries = budget.entries.all() if until is None else budget.entries.until(until)
    spent = {day: (open_, actual) for day, open_, actual in entries.by_day(zone)}
    found: list[Day] = []
    open_ = actual = 0
    covered: int | None = None  # the last change that is approved
    for on in sorted({day for day, _key, _sum in changes} | approvals.keys() | spent.keys()):
        more_open, more_actual = spent.get(on, (0, 0))
        open_, actual = open_ + more_open, actual + more_actual
        covered = approvals.get(on, covered)
        planned = sum(minor for day, _key, minor in changes if day <= on)
        approved = planned if covered is None else sum(minor for _day, key, minor in changes if key <= covered)
        found.append(Day(on, planned, approved, open_ + actual, actual))
    return found
