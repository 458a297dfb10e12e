"""A project's budget: its plan, the ledger that is never rewritten, and expenses with their receipts."""

import hashlib
import json
from datetime import UTC
from typing import Any, NoReturn

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from budgets import chart
from budgets.queries import (
    ApprovalQuerySet,
    BudgetQuerySet,
    EntryQuerySet,
    ExchangeRateQuerySet,
    ExpenseQuerySet,
    LineQuerySet,
    PayeeQuerySet,
    PlanChangeQuerySet,
)
from producerdesk.accounts.models import Desk, User
from producerdesk.kit.models import CurrencyField, MinorField, Versioned
from producerdesk.kit.money import Money
from projects.models import Project

NO_HASH = "0" * 64  # before the first entry


class Budget(Versioned):
    """What a project may cost. Made when money is first spoken of; its currency is the project's of that moment."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="budget")
    currency = CurrencyField(verbose_name=_("currency"))
    controller = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who controls it")
    )
    last_seq = models.PositiveIntegerField(default=0, editable=False)
    last_hash = models.CharField(max_length=64, default=NO_HASH, editable=False)  # a ledger cut off at its end shows

    objects = BudgetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.project} ({self.currency})"


class ExchangeRate(models.Model):
    """What one unit of a foreign currency is worth in the budget's, for this project. Frozen into each entry."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="exchange_rates")
    currency = CurrencyField(verbose_name=_("currency"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "currency"], name="one_rate_a_currency"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"


# --- the plan -----------------------------------------------------------------------------------------
class BudgetLine(Versioned):
    """A line of the plan: so many units at such a rate, in the budget's currency, paid from one account."""

    class Unit(models.TextChoices):
        HOUR = "hour", _("Hour")
        HALF_DAY = "half_day", _("Half-day")
        DAY = "day", _("Day")
        SONG = "song", _("Song")
        FLAT = "flat", _("Flat")

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="lines")
    account = models.PositiveSmallIntegerField(_("account"))
    note = models.CharField(_("what for"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit, default=Unit.FLAT)
    quantity = models.DecimalField(
        _("quantity"), max_digits=9, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )
    rate_minor = MinorField(_("rate"), default=0)
    planned_minor = MinorField(default=0, editable=False)  # quantity x rate, rounded once
    # what it will really cost, where that is known to differ from the plan; it makes the forecast
    expected_minor = MinorField(_("expected in the end"), null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering = ["account", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(rate_minor__gte=0), name="rate_not_below_zero"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="quantity_not_below_zero"),
        ]

    def __str__(self) -> str:
        return self.note or chart.title_of(self.account)


class PlanChange(models.Model):
    """What one change added to the plan of an account, or took from it: so the plan can be read as it was.

    Only ever appended to. The plan of a moment is the sum of the changes until then.
    """

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="plan_changes")
    line = models.ForeignKey(BudgetLine, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    account = models.PositiveSmallIntegerField()
    planned_minor = MinorField()
    expected_minor = MinorField()

    objects = PlanChangeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["budget", "at"], name="plan_of_a_day")]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.account} {self.planned_minor}"


class Approval(models.Model):
    """Somebody's yes to a plan as it stood after one of its changes. Only ever appended to: the last one counts."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="approvals")
    change = models.ForeignKey(PlanChange, models.RESTRICT, related_name="+")  # the last one that it covers
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.budget_id} up to {self.change_id}"


# --- the ledger ---------------------------------------------------------------------------------------
class LedgerIsFinal(TypeError):
    """Somebody's code tried to rewrite the ledger. That is a mistake in the code, never an answer to a person."""


class BudgetEntry(models.Model):
    """One line of the ledger. Never changed: a release and a settlement are further entries.

    `amount_minor` is in the budget's currency: above zero in a commit, below in a release, either in what was spent
    (a correction may give back). What was agreed in another currency keeps it beside, with the rate of that moment.
    Open commitments of a source are the sum of its commits and releases. `prev_hash` chains each entry to the one
    before it, so that a line changed behind our back shows.
    """

    class Kind(models.TextChoices):
        COMMIT = "commit", _("Committed")
        RELEASE = "release", _("Released")
        ACTUAL = "actual", _("Spent")

    COMMITMENT = (Kind.COMMIT, Kind.RELEASE)

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    account = models.PositiveSmallIntegerField(_("account"))
    kind = models.CharField(max_length=8, choices=Kind)
    amount_minor = MinorField()
    foreign_minor = MinorField(null=True)
    foreign_currency = models.CharField(max_length=3, blank=True)
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    source_kind = models.CharField(max_length=16)  # "session", "engagement": the word of its page, "<word>:detail"
    source_id = models.BigIntegerField()
    part = models.CharField(max_length=40)  # what of the source it pays: "room:hour", "person:7", "fee"
    label = models.CharField(max_length=200, blank=True)  # the same in the words of that day: "Room A, 6 h"
    source_title = models.CharField(max_length=200)
    # the expense that paid this much of what the source has committed or spent
    used_by = models.PositiveBigIntegerField(null=True)
    prev_hash = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["budget", "seq"]
        constraints = [models.UniqueConstraint(fields=["budget", "seq"], name="ledger_without_gaps")]
        indexes = [
            models.Index(fields=["budget", "source_kind", "source_id"], name="open_of_a_source"),
            models.Index(
                fields=["budget", "used_by"], condition=models.Q(used_by__isnull=False), name="used_by_an_expense"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id}/{self.seq} {self.kind} {self.amount_minor}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise LedgerIsFinal("an entry is never changed: append another")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise LedgerIsFinal("an entry is never deleted: append a release")

    def digest(self) -> str:
        """Return the hash that the next entry keeps: of everything this one says, the hash before it included."""
        said = [
            *(self.budget_id, self.seq, self.at.astimezone(UTC).isoformat(), self.by_id, self.account, self.kind),
            *(self.amount_minor, self.foreign_minor, self.foreign_currency),
            None if self.rate is None else f"{self.rate:.8f}",
            *(self.source_kind, self.source_id, self.part, self.label, self.source_title, self.prev_hash),
        ]
        if self.used_by is not None:
            said.append(self.used_by)
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


# --- expenses -----------------------------------------------------------------------------------------
class Payee(models.Model):
    """Whom a desk pays: a studio, a shop, a person. Found again by name, whatever its case."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="payees")
    name = models.CharField(_("name"), max_length=120)
    key = models.CharField(max_length=120, editable=False)  # the name, folded
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PayeeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["desk", "key"], name="one_payee_a_name")]

    def __str__(self) -> str:
        return self.name


class Expense(Versioned):
    """What was paid, to whom and when. Its sums in the budget are entries of the ledger.

    `rate` is what one unit of its currency was worth on the day it was entered. `against_...` names what it pays of a
    booking or a hire; without, it stands on its own.
    """

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="expenses")
    payee = models.ForeignKey(Payee, models.PROTECT, null=True, blank=True, related_name="expenses")
    title = models.CharField(_("what for"), max_length=160)
    spent_on = models.DateField(_("date"))
    account = models.PositiveSmallIntegerField(_("account"))
    amount_minor = MinorField()
    currency = CurrencyField(verbose_name=_("currency"))
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True, blank=True)
    against_kind = models.CharField(max_length=16, blank=True)
    against_id = models.BigIntegerField(null=True, blank=True)
    against_part = models.CharField(max_length=40, blank=True)
    note = models.TextField(_("note"), max_length=2_000, blank=True)
    worth_minor = MinorField(default=0, editable=False)  # in the budget's currency, as the ledger has it
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        ordering = ["-spent_on", "-pk"]
        indexes = [models.Index(fields=["budget", "-spent_on", "-id"], name="expenses_latest_first")]
        constraints = [models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="expense_above_zero")]

    def __str__(self) -> str:
        return self.title

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Receipt(models.Model):
    """The picture or PDF that proves an expense. Private: served only by a view that asks who may see it."""

    expense = models.OneToOneField(Expense, models.CASCADE, related_name="receipt")
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=120)  # as it was called, made safe
    media_type = models.CharField(max_length=40)  # as its content says, never as the sender does
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
