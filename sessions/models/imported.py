"""Calendars of other houses that say when a room or a person is busy."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contributors.models import Contributor
from producerdesk.accounts.models import Desk
from producerdesk.kit.models import Versioned
from sessions.models.studio import Room
from sessions.queries import ImportedCalendarQuerySet


class ImportedCalendar(Versioned):
    """A calendar that a desk reads for a room or a person: from an address again and again, or once from a file.

    Its `address` is as good as a password and is never shown. `content` is what was read last, packed: the days that
    it is spread over move on though it stays the same. `next_at` is when it is read next, `lease_until` who is at it.
    """

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("room"))
    contributor = models.ForeignKey(
        Contributor, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=2000, blank=True)
    file_name = models.CharField(_("file"), max_length=100, blank=True)
    content = models.BinaryField(default=bytes, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)  # since it was read last
    read_at = models.DateTimeField(null=True, blank=True)  # and found in order
    failed_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=240, blank=True)  # why it failed, as long as it does
    spans = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)  # events that nobody can make sense of

    objects = ImportedCalendarQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["next_at"], name="imported_calendars_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(room__isnull=False, contributor=None) | Q(room=None, contributor__isnull=False),
                name="an_imported_calendar_is_of_one",
                violation_error_message=_("Say whose it is: a room or a person."),
            )
        ]

    def __str__(self) -> str:
        return self.name
