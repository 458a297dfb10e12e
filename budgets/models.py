"""A project's budget: its lines, and the ledger that is never rewritten."""

import hashlib
import json
from datetime import UTC
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from budgets.queries import BudgetQuerySet, EntryQuerySet
from producerdesk.accounts.models import User
from producerdesk.kit.models import CurrencyField, MinorField, Versioned
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

    class Meta:
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "currency"], name="one_rate_a_currency"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"


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

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="entries")
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
    prev_hash = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["budget", "seq"]
        constraints = [models.UniqueConstraint(fields=["budget", "seq"], name="ledger_without_gaps")]
        indexes = [models.Index(fields=["budget", "source_kind", "source_id"], name="open_of_a_source")]

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
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()
