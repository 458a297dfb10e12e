"""Where sessions happen: studios, their rooms and what the rooms cost."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
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

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=80)
    setup_minutes = models.PositiveSmallIntegerField(
        _("set-up"), default=0, validators=[MaxValueValidator(720)], help_text=_("Minutes kept free before a session.")
    )
    reset_minutes = models.PositiveSmallIntegerField(
        _("reset"), default=0, validators=[MaxValueValidator(720)], help_text=_("Minutes kept free after a session.")
    )
    active = models.BooleanField(_("active"), default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["studio__name", "name", "pk"]

    def __str__(self) -> str:
        return f"{self.studio}, {self.name}"


class RoomRate(models.Model):
    """What a room costs: an hour, a half-day or a day of so many hours; at least `minimum_hours` are paid."""

    class Unit(models.TextChoices):
        HOUR = "hour", _("an hour")
        HALF_DAY = "half_day", _("a half-day")
        DAY = "day", _("a day")

    room = models.ForeignKey(Room, models.CASCADE, related_name="rates")
    unit = models.CharField(_("unit"), max_length=8, choices=Unit)
    amount_minor = MinorField(_("rate"), validators=[MinValueValidator(0)])
    currency = CurrencyField(verbose_name=_("currency"))
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

    class Meta:
        ordering = ["hours", "pk"]
        constraints = [models.UniqueConstraint(fields=["room", "unit"], name="one_room_rate_a_unit")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} {self.unit}"

    @property
    def amount(self) -> Money:
        """The rate as money."""
        return Money(self.amount_minor, self.currency)
