"""The call sheet of a session: what is being written, what was sent as which version, and who has read it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import User
from producerdesk.kit.models import Versioned
from sessions.models.session import Call, StudioSession
from sessions.queries import SheetCopyQuerySet


class Audience(models.TextChoices):
    """Who reads a contact on the call sheet. "Production" are those who plan the session."""

    PRODUCTION = "production", _("Production only")
    EVERYONE = "everyone", _("Everyone called")
    NOBODY = "nobody", _("Nobody")


class GearSource(models.TextChoices):
    """Where gear comes from."""

    BRING = "bring", _("Bring")
    HIRED = "hired", _("Hired")


RESERVED = "reserved"  # gear of the desk that the session has: nobody writes it on the sheet
SHEET_GEAR = [*GearSource.choices, (RESERVED, _("Reserved"))]


class CallSheet(Versioned):
    """The call sheet as it is being written: one of a session, edited whole.

    What it says of time, place, people and songs is read from the session when it is looked at. `running_order` rows
    are `{at, minutes, what, songs, who, is_break}`: a row without a time follows the one above. `sharing` says by
    contributor who reads that person's phone and e-mail; whoever is not named there is for production only.
    """

    session = models.OneToOneField(StudioSession, models.CASCADE, primary_key=True, related_name="call_sheet")
    running_order = models.JSONField(default=list)
    wrap = models.CharField(max_length=5, blank=True)  # wall time; empty is the session's end
    access = models.TextField(blank=True)  # empty is what the studio says
    parking = models.TextField(blank=True)
    gear = models.JSONField(default=list)
    contacts = models.JSONField(default=list)
    sharing = models.JSONField(default=dict)
    emergency = models.TextField(blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"call sheet of {self.session_id}"


class CallSheetVersion(models.Model):
    """A call sheet as it was sent: frozen, so that what changed since can be said. Times in it are UTC."""

    session = models.ForeignKey(StudioSession, models.CASCADE, related_name="call_sheets")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["session", "-number"]
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="one_call_sheet_a_number")]

    def __str__(self) -> str:
        return f"call sheet {self.number} of {self.session_id}"


class SheetCopy(models.Model):
    """The call sheet that one called person has: `number` was sent, `opened_number` read, `confirmed_number` agreed.

    `known_number` is what was read before `opened_number`: from there what changed is told, until it is confirmed.
    """

    call = models.OneToOneField(Call, models.CASCADE, primary_key=True, related_name="sheet_copy")
    number = models.PositiveIntegerField()
    given_at = models.DateTimeField(default=timezone.now)
    known_number = models.PositiveIntegerField(null=True, blank=True)
    opened_number = models.PositiveIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    confirmed_number = models.PositiveIntegerField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = SheetCopyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"call sheet {self.number} of {self.call}"

    @property
    def told_from(self) -> int | None:
        """The version from which on this person is told what changed; None where there is nothing to tell."""
        if self.confirmed_number == self.number:
            return None
        return self.known_number if self.opened_number == self.number else self.opened_number
