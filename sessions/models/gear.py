"""Gear that a desk owns or has in its rooms: what it is, when it is out for repair, and what was wrong with it."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import Desk, User
from producerdesk.kit.models import Versioned
from sessions.models.studio import Room, Studio
from sessions.queries import GearQuerySet, OfGearQuerySet


class Gear(Versioned):
    """One item: this microphone, that amplifier. `bookable`: a session reserves it; else it comes with its room."""

    class Kind(models.TextChoices):
        MICROPHONE = "microphone", _("Microphone")
        PREAMP = "preamp", _("Preamp")
        COMPRESSOR = "compressor", _("Compressor")
        OUTBOARD = "outboard", _("Outboard")
        INSTRUMENT = "instrument", _("Instrument")
        BACKLINE = "backline", _("Backline")
        OTHER = "other", _("Other")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="gear")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MICROPHONE)
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    # where it lives; of a room also the room's studio, so that one column answers for both
    studio = models.ForeignKey(
        Studio, models.SET_NULL, null=True, blank=True, related_name="gear", verbose_name=_("home studio")
    )
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="gear", verbose_name=_("home room")
    )
    bookable = models.BooleanField(
        _("bookable by itself"),
        default=True,
        help_text=_("One session at a time reserves it. Otherwise it comes with its room."),
    )
    notes = models.TextField(_("notes"), max_length=2_000, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects = GearQuerySet.as_manager()

    class Meta:
        ordering = ["name", "serial", "pk"]
        verbose_name_plural = "gear"

    def __str__(self) -> str:
        return f"{self.name} ({self.serial})" if self.serial else self.name


class GearRepair(Versioned):
    """Days on which an item is away, both included, by the clock of whatever place would want it.

    Without a last day nobody knows yet when it is back.
    """

    gear = models.ForeignKey(Gear, models.CASCADE, related_name="repairs")
    first = models.DateField(_("from"))
    last = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)  # taken back: kept for undo

    objects = OfGearQuerySet.as_manager()

    class Meta:
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last=None) | Q(last__gte=F("first")), name="a_repair_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.gear_id}: {self.first} – {self.last or ''}"

    def takes(self, first: dt.date, last: dt.date) -> bool:
        """Return whether the item is away on one of these days."""
        return self.first <= last and (self.last is None or first <= self.last)


class GearFault(Versioned):
    """Something wrong with an item: noted when and by whom, and when it was put right."""

    gear = models.ForeignKey(Gear, models.CASCADE, related_name="faults")
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.CharField(_("what is wrong"), max_length=400)
    fixed_at = models.DateTimeField(null=True, blank=True)

    objects = OfGearQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_at", "-pk"]

    def __str__(self) -> str:
        return self.text
