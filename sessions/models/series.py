"""A session that repeats: what its dates have in common."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import Desk
from projects.models import Project


class SessionSeries(models.Model):
    """Sessions that were booked as one, every so many days or weeks. Each is a session of its own in every other way.

    `count` is how many dates it was booked with. What a date has become stands in its session.
    """

    class Rule(models.TextChoices):
        DAILY = "daily", _("Daily")
        WEEKLY = "weekly", _("Weekly")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    rule = models.CharField(_("repeats"), max_length=8, choices=Rule)
    every = models.PositiveSmallIntegerField(
        _("every"), default=1, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    weekdays = models.JSONField(_("on"), default=list, blank=True)  # 0 for Monday
    count = models.PositiveSmallIntegerField(_("dates"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "session series"

    def __str__(self) -> str:
        return f"{self.rule} {self.count}"
