"""Every way a plan changes: who controls it, its lines, its approval.

Each change of a sum is kept beside it, with its moment.
"""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from budgets import chart
from budgets.models import Approval, Budget, BudgetLine, PlanChange
from budgets.standing import standings
from producerdesk.accounts.models import User
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused, Stale
from producerdesk.kit.models import bump
from producerdesk.kit.money import round_half_up
from projects import activity as deeds

MOST_LINES = 500
LARGEST = 10**13  # minor units of one line or expense; so many of them still add up within 64 bits


@transaction.atomic
def set_controller(*, budget: Budget, expected: int, controller: User | None, by: int | None) -> Budget:
    """Say who controls the budget. `by` is a user's id. Raises Stale when somebody was faster."""
    bump(budget, expected)
    if budget.controller != controller:
        budget.controller = controller
        budget.save(update_fields=["controller", "updated_at"])
        deeds.note(budget.project_id, "budget", "controller", by=by, title=controller.name if controller else "")
    return budget


@transaction.atomic
def approve(*, budget: Budget, plan: int, by: User, note: str = "") -> Approval:
    """Approve the plan as it stands. `plan` is the version that was looked at.

    Raises Stale when it was changed since, Conflict when nothing of it waits for a yes.
    """
    _hold(budget)
    standing = standings([budget.pk])[budget.pk]
    if standing.version != plan:
        raise Stale
    if not standing.total.planned:
        raise Conflict(_("Nothing is planned yet."))
    if standing.is_approved and budget.approvals.exists():
        raise Conflict(_("This plan is approved already."))
    change = PlanChange.objects.get(pk=standing.version)
    found = Approval.objects.create(budget=budget, change=change, at=clock.now(), by=by, note=note)
    deeds.note(budget.project_id, "budget", "approved", by=by)
    return found


@transaction.atomic
def start_from_chart(*, budget: Budget, by: int | None) -> int:
    """Give an empty plan the usual lines of this kind of production, all at nought, and return how many."""
    _hold(budget)
    if budget.lines.standing().exists():
        raise Conflict(_("This plan has lines already."))
    project = budget.project
    songs = max(1, project.songs.count())
    lines = [
        BudgetLine(budget=budget, account=account, unit=unit, quantity=songs if unit == BudgetLine.Unit.SONG else 1)
        for account, unit in chart.first_lines(project.producer_type)
    ]
    deeds.note(project, "budget", "planned", by=by)
    return len(BudgetLine.objects.bulk_create(lines))


@transaction.atomic
def add_line(*, budget: Budget, by: int | None, **said: Any) -> BudgetLine:
    """Return a new line of the plan. `by` is a user's id."""
    _hold(budget)
    if budget.lines.standing().count() >= MOST_LINES:
        raise Conflict(_("A plan holds up to %(most)d lines.") % {"most": MOST_LINES})
    line = BudgetLine(budget=budget)
    _say(line, said)
    line.save()
    _note(line, by, None)
    deeds.note(budget.project_id, "budget", "line_added", by=by, about=line)
    return line


@transaction.atomic
def update_line(*, line: BudgetLine, expected: int, by: int | None, **said: Any) -> BudgetLine:
    """Change what was said. Raises Stale when somebody was faster."""
    bump(line, expected)
    if line.removed_at:
        raise Conflict(_("This line was removed. Bring it back first."))
    before = _sums(line)
    _say(line, said)
    line.save()
    _note(line, by, before)
    if _sums(line) != before:
        deeds.note(line.budget.project_id, "budget", "line_changed", by=by, about=line)
    return line


@transaction.atomic
def remove_line(*, line: BudgetLine, by: int | None) -> None:
    """Take a line out of the plan; `restore_line` brings it back. Done twice it is done once."""
    bump(line)
    if line.removed_at is None:
        before = _sums(line)
        line.removed_at = clock.now()
        line.save(update_fields=["removed_at", "updated_at"])
        _note(line, by, before)
        deeds.note(line.budget.project_id, "budget", "line_removed", by=by, about=line)


@transaction.atomic
def restore_line(*, line: BudgetLine, by: int | None) -> None:
    """Bring a removed line back."""
    bump(line)
    if line.removed_at is not None:
        line.removed_at = None
        line.save(update_fields=["removed_at", "updated_at"])
        _note(line, by, None)
        deeds.note(line.budget.project_id, "budget", "line_added", by=by, about=line)


def planned(quantity: Decimal, rate_minor: int) -> int:
    """Return what a line comes to, in minor units, rounded once."""
    return round_half_up(quantity * rate_minor)


def _hold(budget: Budget) -> None:
    """Let one change of a plan wait for the other, so that what was read of it is still true when ours is written."""
    Budget.objects.select_for_update().get(pk=budget.pk)


def _say(line: BudgetLine, said: dict[str, Any]) -> None:
    for name, value in said.items():
        setattr(line, name, value)
    line.planned_minor = planned(Decimal(line.quantity), line.rate_minor)
    for name, minor in (("rate", line.planned_minor), ("expected", line.expected_minor or 0)):
        if minor > LARGEST:
            raise Refused({name: _("This amount is too large.")})
    line.full_clean()


Sums = tuple[int, int, int]  # account, planned, expected


def _sums(line: BudgetLine) -> Sums:
    expected = line.planned_minor if line.expected_minor is None else line.expected_minor
    return line.account, line.planned_minor, expected


def _note(line: BudgetLine, by: int | None, before: Sums | None) -> None:
    """Keep what the change took from one account and added to another, or the difference within one."""
    after = None if line.removed_at else _sums(line)
    changes: dict[int, list[int]] = {}
    for sums, sign in ((before, -1), (after, 1)):
        if sums:
            found = changes.setdefault(sums[0], [0, 0])
            found[0] += sign * sums[1]
            found[1] += sign * sums[2]
    # under the budget's lock their keys grow in the order in which they are seen: an approval names the last it covers
    _hold(line.budget)
    at = clock.now()
    PlanChange.objects.bulk_create(
        PlanChange(budget_id=line.budget_id, line=line, at=at, by_id=by, account=account, **_named(sums))
        for account, sums in changes.items()
        if any(sums)
    )


def _named(sums: list[int]) -> dict[str, int]:
    return {"planned_minor": sums[0], "expected_minor": sums[1]}
