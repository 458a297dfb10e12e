"""Date polls: several slots are held, people say which work for them, and one is booked."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from contributors.models import Contributor
from producerdesk.accounts.models import Desk, User
from producerdesk.kit.models import Versioned
from projects.models import Project
from sessions.models.session import StudioSession
from sessions.queries import DatePollQuerySet, PollReplyQuerySet


class DatePoll(Versioned):
    """The question which of some slots works. Each slot is a held session with the same room and people.

    It is open until one slot is confirmed (`decided`) or it is cancelled; from `answer_by` on nobody answers any more,
    and the producer still decides.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DECIDED = "decided", _("Decided")
        CANCELLED = "cancelled", _("Cancelled")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, related_name="date_polls")
    title = models.CharField(_("what will be done"), max_length=160)
    message = models.TextField(_("message"), max_length=1000, blank=True)
    answer_by = models.DateTimeField(_("answer by"))
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided = models.ForeignKey(StudioSession, models.SET_NULL, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = DatePollQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    def takes_answers(self, now: dt.datetime) -> bool:
        """Return whether people may still say which slots work."""
        return self.state == self.State.OPEN and self.answer_by > now


class PollSlot(models.Model):
    """One of the slots of a poll."""

    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="slots")
    session = models.OneToOneField(StudioSession, models.CASCADE, related_name="poll_slot")

    class Meta:
        ordering = ["session__starts_at", "pk"]

    def __str__(self) -> str:
        return f"{self.poll} {self.session_id}"


class PollReply(Versioned):
    """What one person says of the slots: `answers` by the slot's id. Only the desk's staff and that person read it.

    Its version is its own: two who enter for two people are not in each other's way. `entered_by` is who plans and
    wrote it down for that person, who told them otherwise; what one says oneself wins.
    """

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        MAYBE = "maybe", _("If need be")
        NO = "no", _("No")

    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="replies")
    contributor = models.ForeignKey(Contributor, models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PollReplyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["poll", "contributor"], name="one_poll_reply_a_person")]

    def __str__(self) -> str:
        return f"{self.contributor} · {self.poll}"
