"""What can be booked, and when it is."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from contributors.models import Contributor
from producerdesk.accounts.models import User

# no slot is longer: a session's limit, both buffers, the earliest call. The search for overlaps relies on it, so that
# it reads a few rows of a resource and not all of its past
LONGEST_SLOT = timedelta(days=3)


class Resource(models.Model):
    """Something that one session at a time can have: a room, or a person.

    A contributor who has a user is booked through that user's resource, so two desks cannot take one person twice.
    `lock_seq` is bumped to take the row lock, on PostgreSQL and SQLite alike.
    """

    room = models.OneToOneField("studio_sessions.Room", models.CASCADE, null=True, related_name="resource")
    contributor = models.OneToOneField(Contributor, models.CASCADE, null=True, related_name="resource")
    user = models.OneToOneField(User, models.CASCADE, null=True, related_name="resource")
    lock_seq = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(room__isnull=False, contributor=None, user=None)
                | Q(room=None, contributor__isnull=False, user=None)
                | Q(room=None, contributor=None, user__isnull=False),
                name="a_resource_is_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"resource {self.pk}"


class BookingSlot(models.Model):
    """A half-open span [starts_at, ends_at) in which a resource is held or taken, buffers included."""

    class State(models.TextChoices):
        HOLD = "hold"
        CONFIRMED = "confirmed"
        IN_PROGRESS = "in_progress"

    EXCLUDING = (State.CONFIRMED, State.IN_PROGRESS)  # only these keep others out

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="slots", db_index=False)
    session = models.ForeignKey("studio_sessions.StudioSession", models.CASCADE, related_name="slots", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State)
    rank = models.SmallIntegerField(default=1)  # of a hold: the lower goes first; what people are shown is counted
    # found when two desks' bookings of one person became one calendar: both stand until somebody moves one
    reported_clash = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            # overlap: starts before the wish ends, ends after it starts
            models.Index(fields=["resource", "starts_at", "ends_at"], name="slots_of_a_resource"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session", "resource"], name="one_slot_a_resource_and_session"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_slot_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.starts_at:%F %H:%M} {self.state}"
