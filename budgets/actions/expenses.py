"""Every way an expense changes, and its receipt. What it costs is settled in the ledger, in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from budgets.actions import ledger
from budgets.actions.book import Line, Part, Source
from budgets.actions.plan import LARGEST
from budgets.exchange import exchange_in
from budgets.models import Budget, Expense, Payee, Receipt
from budgets.receipts import Checked, stored_name
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.files import stored
from producerdesk.kit.models import bump
from producerdesk.kit.money import Money
from producerdesk.kit.text import one_line
from projects.activity import note

SOURCE = "expense"  # the ledger's word for what we write
PART = "paid"


def add_expense(*, budget: Budget, by: int | None, receipt: Checked | None = None, **said: Any) -> Expense:
    """Return a new expense, counted as spent. `by` is a user's id.

    `vendor` is a name, `amount` Money, `commitment` the Part it pays or None. Raises Refused at `exchange_rate` for a
    currency without a rate, at `commitment` where nothing is left to be paid.
    """
    with _file(budget, receipt) as path, transaction.atomic():
        expense = Expense(budget=budget, by_id=by)
        _say(expense, said)
        expense.save()
        _settle(expense, by)
        if receipt:
            _keep(expense, receipt, path, by)
        _note(expense, "spent", by)
        return expense


@transaction.atomic
def update_expense(*, expense: Expense, expected: int, by: int | None, **said: Any) -> Expense:
    """Change what was said; the ledger gets the differences. Raises Stale when somebody was faster."""
    bump(expense, expected)
    if expense.removed_at:
        raise Conflict(_("This expense was taken back. Restore it first."))
    before = _facts(expense)
    _say(expense, said)
    expense.save()
    _settle(expense, by)
    if _facts(expense) != before:
        _note(expense, "spent_changed", by)
    return expense


@transaction.atomic
def remove_expense(*, expense: Expense, by: int | None) -> None:
    """Take an expense back: what it had written is written off again. Done twice it is done once."""
    bump(expense)
    if expense.removed_at is None:
        expense.removed_at = clock.now()
        _settle(expense, by)
        expense.save(update_fields=["removed_at", "updated_at"])
        _note(expense, "taken_back", by)


@transaction.atomic
def restore_expense(*, expense: Expense, by: int | None) -> None:
    """Count a removed expense again, at the rate it came with."""
    bump(expense)
    if expense.removed_at is not None:
        expense.removed_at = None
        _settle(expense, by)
        expense.save(update_fields=["removed_at", "updated_at"])
        _note(expense, "spent", by)


def attach(*, expense: Expense, receipt: Checked, by: int | None) -> None:
    """Keep this receipt with the expense, in the place of one it may have."""
    with _file(expense.budget, receipt) as path, transaction.atomic():
        bump(expense)
        _drop(expense)
        _keep(expense, receipt, path, by)


@transaction.atomic
def detach(*, expense: Expense) -> None:
    """Delete the receipt."""
    bump(expense)
    _drop(expense)


# --- the parts --------------------------------------------------------------------------------------


def payee_of(desk_id: int, name: str) -> Payee | None:
    """Return whom the desk pays by this name, made now if it is a new one; None for no name."""
    name = one_line(name)
    if not name:
        return None
    rows = Payee.objects.filter(desk_id=desk_id, key=name.casefold()[:120])
    if found := rows.first():
        return found
    try:
        with transaction.atomic():
            return Payee.objects.create(desk_id=desk_id, name=name, key=name.casefold()[:120])
    except IntegrityError:  # somebody entered the same name a moment ago
        return rows.get()


def _say(expense: Expense, said: dict[str, Any]) -> None:
    if "vendor" in said:
        expense.payee = payee_of(expense.budget.project.desk_id, said.pop("vendor") or "")
    if "amount" in said:
        _set_amount(expense, said.pop("amount"))
    if "commitment" in said:
        part: Part | None = said.pop("commitment")
        expense.against_kind, expense.against_id = (part.kind, part.id) if part else ("", None)
        expense.against_part = part.part if part else ""
    for name, value in said.items():
        setattr(expense, name, value)
    expense.full_clean(exclude=["budget", "by"])


def _facts(expense: Expense) -> dict[str, Any]:
    # a sum that came with zeros behind the point is the same sum: compare as stored
    passing = ("version", "updated_at")
    fields = [field for field in Expense._meta.concrete_fields if field.name not in passing]
    return {field.name: str(field.value_from_object(expense)) for field in fields}


def _note(expense: Expense, deed: str, by: int | None) -> None:
    note(expense.budget.project_id, "budget", deed, by=by, about=expense)


def _set_amount(expense: Expense, amount: Money) -> None:
    """Set the sum. The rate of its currency is frozen with the first sum in it."""
    if amount.currency != expense.currency:
        exchange = exchange_in(expense.budget)
        if not exchange.knows(amount.currency):
            raise Refused({"exchange_rate": exchange.missing(amount.currency, _("This expense"))})
        expense.rate = exchange.rate(amount.currency)
    expense.amount_minor, expense.currency = amount.minor, amount.currency
    if amount.minor > LARGEST:
        raise Refused({"amount": _("This amount is too large.")})


def _settle(expense: Expense, by: int | None) -> None:
    """Bring the ledger to what the expense says now."""
    title = str(expense.payee or expense.title)
    label = f"{title}: {expense.title}" if expense.payee else expense.title
    rate = Decimal(expense.rate) if expense.rate is not None else None
    line = Line(expense.account, PART, expense.amount, label, rate)
    gone = expense.removed_at is not None
    against = (
        Part(expense.against_kind, expense.against_id or 0, expense.against_part) if expense.against_kind else None
    )
    worth = ledger.pay(
        project=expense.budget.project,
        expense=Source(SOURCE, expense.pk, expense.title),
        line=None if gone else line,
        against=None if gone else against,
        by=by,
    )
    if worth > LARGEST:
        raise Refused({"amount": _("This amount is too large.")})
    if not gone and worth != expense.worth_minor:
        expense.worth_minor = worth
        Expense.objects.filter(pk=expense.pk).update(worth_minor=worth)


@contextmanager
def _file(budget: Budget, receipt: Checked | None) -> Iterator[str]:
    """Store the file, if there is one, with what is saved meanwhile. Gives where it is kept."""
    if receipt is None:
        yield ""
        return
    with stored(stored_name(budget.pk, receipt.suffix), receipt.file) as path:
        yield path


def _keep(expense: Expense, receipt: Checked, path: str, by: int | None) -> None:
    Receipt.objects.create(
        expense=expense,
        file=path,
        name=receipt.name,
        media_type=receipt.media_type,
        size=receipt.file.size,
        added_at=clock.now(),
        added_by_id=by,
    )


def _drop(expense: Expense) -> None:
    for found in Receipt.objects.filter(expense=expense):
        path = str(found.file.name)
        found.delete()
        transaction.on_commit(partial(default_storage.delete, path))
