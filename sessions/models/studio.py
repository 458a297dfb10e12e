"""Where sessions happen: studios, their rooms and what the rooms cost."""

import datetime as dt
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import Desk
from producerdesk.kit.models import CurrencyField, MinorField, Versioned, ZoneField
from producerdesk.kit.money import Money
from sessions.queries import RoomQuerySet, StudioQuerySet


class Studio(Versioned):
    """A studio a desk books. Its zone is the one its sessions are planned in."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="studios")
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=240, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    time_zone = ZoneField(verbose_name=_("time zone"))
    access_notes = models.TextField(
        _("access"), max_length=2_000, blank=True, help_text=_("How people get in: door, code, parking, load-in.")
    )
    # rules that every booking asks for, so they come with the studio; booking/hours.py reads them
    opening_hours = models.JSONField(_("opening hours"), default=list, blank=True)
    closed_days = models.JSONField(_("closed days"), default=list, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects = StudioQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Room(Versioned):
    """A room that one session at a time can have, with the minutes it needs before and after."""

    class Step(models.IntegerChoices):
        QUARTER = 15, _("15 minutes")
        HALF = 30, _("30 minutes")
        HOUR = 60, _("an hour")

    class Kind(models.TextChoices):
        LIVE = "live", _("Live room")
        CONTROL = "control", _("Control room")
        BOOTH = "booth", _("Vocal booth")
        MIX = "mix", _("Mix room")
        MASTERING = "mastering", _("Mastering room")
        WRITING = "writing", _("Writing room")
        REHEARSAL = "rehearsal", _("Rehearsal room")

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind, blank=True, help_text=_("So that a time is found in rooms of a kind.")
    )
    setup_minutes = models.PositiveSmallIntegerField(
        _("set-up"), default=0, validators=[MaxValueValidator(720)], help_text=_("Minutes kept free before a session.")
    )
    reset_minutes = models.PositiveSmallIntegerField(
        _("reset"), default=0, validators=[MaxValueValidator(720)], help_text=_("Minutes kept free after a session.")
    )
    billing_step = models.PositiveSmallIntegerField(
        _("billed in steps of"), choices=Step, default=Step.QUARTER, help_text=_("A step that was begun is paid.")
    )
    active = models.BooleanField(_("active"), default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["studio__name", "name", "pk"]

    def __str__(self) -> str:
        return f"{self.studio}, {self.name}"


class RoomRate(models.Model):
    """What a room costs: an hour, a half-day or a day of so many hours; at least `minimum_hours` are paid.

    An hour of overtime is one that comes after `hours` of a session: it has a rate of its own, or costs `factor` times
    the hour. A rate is valid for sessions that start from `valid_from` to `valid_until`, both days included.
    """

    class Unit(models.TextChoices):
        HOUR = "hour", _("an hour")
        HALF_DAY = "half_day", _("a half-day")
        DAY = "day", _("a day")
        OVERTIME = "overtime", _("an hour of overtime")

    room = models.ForeignKey(Room, models.CASCADE, related_name="rates")
    unit = models.CharField(_("unit"), max_length=8, choices=Unit)
    amount_minor = MinorField(_("rate"), null=True, blank=True, validators=[MinValueValidator(0)])
    currency = CurrencyField(verbose_name=_("currency"), blank=True)
    factor = models.DecimalField(
        _("times the hour"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    hours = models.DecimalField(
        _("hours in it"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.25")), MaxValueValidator(24)],
    )
    minimum_hours = models.DecimalField(
        _("minimum hours"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(24)],
    )

    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        ordering = ["hours", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=False, factor=None)
                | Q(amount_minor=None, factor__isnull=False, unit="overtime"),
                name="a_room_rate_is_a_sum_or_a_factor",
                violation_error_message=_("Give a rate, or for overtime how many times the hour it costs."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="a_room_rate_ends_after_it_begins",
                violation_error_message=_("A rate is valid until a day after the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor or self.factor} {self.currency} {self.unit}"

    @property
    def amount(self) -> Money | None:
        """The rate as money; None for overtime that costs a factor of the hour."""
        return None if self.amount_minor is None else Money(self.amount_minor, self.currency)

    def is_valid_on(self, day: dt.date) -> bool:
        """Return whether sessions that start this day are priced by it."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)

    def overlaps(self, other: "RoomRate") -> bool:
        """Return whether both are rates of one unit that are valid on the same day."""
        first, last = dt.date.min, dt.date.max
        return (
            self.unit == other.unit
            and (self.valid_from or first) <= (other.valid_until or last)
            and (other.valid_from or first) <= (self.valid_until or last)
        )
