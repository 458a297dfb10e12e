"""A studio's terms: the deposit it wants, and what cancelling costs. They are money, so they stand apart from it."""

from datetime import timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from producerdesk.kit.models import CurrencyField, MinorField
from sessions.models.studio import Studio

PERCENT: list[Any] = [MinValueValidator(1), MaxValueValidator(100)]


class StudioTerms(models.Model):
    """What a studio wants ahead: a part of the room's price or a sum, so many days before the session."""

    studio = models.OneToOneField(Studio, models.CASCADE, related_name="terms")
    deposit_percent = models.PositiveSmallIntegerField(
        _("percent of the room"), null=True, blank=True, validators=PERCENT
    )
    deposit_minor = MinorField(_("or a sum"), null=True, blank=True, validators=[MinValueValidator(1)])
    currency = CurrencyField(verbose_name=_("currency"), blank=True)
    deposit_days = models.PositiveSmallIntegerField(
        _("due so many days before"), default=0, validators=[MaxValueValidator(365)]
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit_percent=None) | Q(deposit_minor=None), name="a_deposit_is_a_part_or_a_sum"
            )
        ]

    def __str__(self) -> str:
        return f"terms of {self.studio_id}"


class CancellationTier(models.Model):
    """Cancelling with less notice than this costs so much of the room's price."""

    class Unit(models.TextChoices):
        DAYS = "days", _("days")
        HOURS = "hours", _("hours")

    studio = models.ForeignKey(Studio, models.CASCADE, related_name="tiers")
    notice = models.PositiveSmallIntegerField(
        _("less notice than"), validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    unit = models.CharField(_("unit"), max_length=5, choices=Unit, default=Unit.DAYS)
    percent = models.PositiveSmallIntegerField(_("percent"), validators=PERCENT)

    class Meta:
        ordering = ["percent", "pk"]

    def __str__(self) -> str:
        return f"{self.notice} {self.unit}: {self.percent} %"

    @property
    def span(self) -> timedelta:
        """How long before the session this tier begins."""
        return timedelta(**{self.unit: self.notice})
