"""What must be told to whom and when: deliveries, the bell, and a desk's outbox."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import Desk, User
from producerdesk.notices.queries import DeliveryQuerySet, NoticeQuerySet, OutboxQuerySet


class Delivery(models.Model):
    """One message to one person by one channel, written in the transaction of its cause.

    `ref` names what it is about ("call:7"), `recipient` whom it goes to ("user:5", "contributor:9"); the app that
    registered the `kind` reads both. `generation` rises when the plan changes: open rows of an older one are
    superseded. Rows with the same `bundle` leave as one message (the dates of a series): the first that is open takes
    the others with it. `project_id` says whose producers see the row besides the desk's staff, and is no key: projects
    stand above us. What is the desk's alone has none. `offset` is minutes before the event (0 for what leaves at once).
    `due_at` is the plan and stays; `try_at` is when a dispatcher looks at the row next. The way of a row
    (dispatcher.py):

        pending -> claimed -> sending -> sent        a bell goes from claimed to sent: its effect is a row, too
        claimed, sending -> pending                  put back, or tried again later
        pending, claimed -> cancelled, superseded    its cause changed
        claimed -> cancelled, superseded, expired    asked at send time, it is not due any more
        claimed, sending -> failed                   refused for good, or tried too often; a producer may retry
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Due")
        CLAIMED = "claimed", _("Claimed")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Skipped")
        SUPERSEDED = "superseded", _("Replaced")
        EXPIRED = "expired", _("Too late")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        BELL = "bell", _("Bell")

    OPEN = (State.PENDING, State.CLAIMED, State.SENDING)
    STOPPABLE = (State.PENDING, State.CLAIMED)  # a mail that is being sent cannot be called back
    DROPPED = (State.CANCELLED, State.SUPERSEDED)

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="deliveries", db_index=False)
    project_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    ref = models.CharField(max_length=40)
    recipient = models.CharField(max_length=40)
    recipient_name = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=8, choices=Channel)
    offset = models.PositiveIntegerField(default=0)
    generation = models.PositiveIntegerField(default=1)
    bundle = models.CharField(max_length=60, blank=True)
    tells_at = models.DateTimeField(null=True)  # the time that it tells of, where it tells of one
    due_at = models.DateTimeField()
    try_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)  # after this it is no use to anybody
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=240, blank=True)  # as reasons.py keeps it
    lease_until = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=120)  # made with the row: a repeat after a crash carries the same
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ref", "kind", "recipient", "channel", "offset", "generation"], name="one_delivery_each"
            )
        ]
        indexes = [
            # the dispatcher's sweep: what is due, and what a dead worker left behind
            models.Index(fields=["channel", "try_at"], condition=models.Q(state="pending"), name="due_deliveries"),
            models.Index(fields=["lease_until"], condition=models.Q(state__in=["claimed", "sending"]), name="leases"),
            models.Index(fields=["bundle"], condition=~models.Q(bundle=""), name="deliveries_in_bundles"),
            models.Index(fields=["desk", "state", "due_at"], name="deliveries_of_a_desk"),
            # what who plans one project reads, and is not on the desk's staff
            models.Index(fields=["project_id", "due_at"], name="deliveries_of_a_project"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} {self.state}"


class Notice(models.Model):
    """A line under the bell."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    delivery = models.OneToOneField(Delivery, models.CASCADE, null=True, related_name="notice")
    text = models.CharField(max_length=240)
    path = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user"], condition=models.Q(read_at=None), name="unread_notices")]

    def __str__(self) -> str:
        return self.text


class OutboxMail(models.Model):
    """A mail of the desk that had no mail server to go to; it stands on the outbox page instead."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="outbox")
    delivery = models.OneToOneField(Delivery, models.CASCADE, related_name="outbox_mail")
    to = models.EmailField()
    subject = models.CharField(max_length=240)
    text = models.TextField()
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject


class DispatcherTick(models.Model):
    """When a dispatcher last swept, for /healthz. One row a way of running (worker or command)."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()
    sent = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
