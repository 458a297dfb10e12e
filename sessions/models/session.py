"""A studio session and the people called to it."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contributors.models import Contributor
from producerdesk.accounts.models import Desk, User
from producerdesk.kit.models import Versioned, ZoneField
from projects.models import Project, Song
from sessions.models.gear import Gear
from sessions.models.series import SessionSeries
from sessions.models.studio import Room
from sessions.queries import CallQuerySet, SessionQuerySet


class StudioSession(Versioned):
    """Time that a project has in a room, or remote.

    The plan is wall time and a zone (`starts_local`, `ends_local`, `time_zone`, `*_fold` where an hour comes twice);
    the instants are computed from it and never typed. `sequence` is iCalendar's: it rises with each change that
    people must hear of, of time, place or state.
    """

    class Kind(models.TextChoices):
        WRITING = "writing", _("Writing")
        PRE_PRODUCTION = "pre_production", _("Pre-production")
        REHEARSAL = "rehearsal", _("Rehearsal")
        TRACKING = "tracking", _("Tracking")
        OVERDUB = "overdub", _("Overdub")
        VOCAL = "vocal", _("Vocal")
        EDITING = "editing", _("Editing")
        MIXING = "mixing", _("Mixing")
        MASTERING = "mastering", _("Mastering")
        PLAYBACK = "playback", _("Playback")
        AUDITION = "audition", _("Audition")

    class State(models.TextChoices):
        HOLD = "hold", _("Hold")
        CONFIRMED = "confirmed", _("Confirmed")
        WRAPPED = "wrapped", _("Wrapped")
        CANCELLED = "cancelled", _("Cancelled")

    # the project's: for an index below. Which of them begin with a key make up for the key's own
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="sessions", db_index=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.TRACKING)
    title = models.CharField(_("what will be done"), max_length=160)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.CONFIRMED)
    room = models.ForeignKey(
        Room,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("room"),
        db_index=False,
    )
    remote_place = models.CharField(
        _("where, if remote"), max_length=240, blank=True, help_text=_("A video link or an address.")
    )
    # the studio opens for it, or stays open: agreed with it by whoever booked
    outside_hours = models.BooleanField(_("book outside opening hours"), default=False)
    time_zone = ZoneField(verbose_name=_("time zone"))
    starts_local = models.CharField(max_length=16)  # 2027-03-28T10:00: wall time, no zone
    ends_local = models.CharField(max_length=16)
    starts_fold = models.PositiveSmallIntegerField(default=0)
    ends_fold = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    real_starts_at = models.DateTimeField(null=True, blank=True)
    real_ends_at = models.DateTimeField(null=True, blank=True)
    songs = models.ManyToManyField(Song, blank=True, related_name="sessions", verbose_name=_("songs"))
    gear = models.ManyToManyField(Gear, blank=True, related_name="sessions", verbose_name=_("gear"))
    prepare = models.TextField(
        _("to prepare and bring"), max_length=4_000, blank=True, help_text=_("Everybody called can read this.")
    )
    notes = models.TextField(
        _("private notes"), max_length=10_000, blank=True, help_text=_("Only producers read these.")
    )
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=240, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    restores_to = models.CharField(max_length=12, choices=State, blank=True)  # what a cancelled session was
    # of a hold: it stands until then, and until it is released where nothing is said; booking/holds.py asks
    hold_until = models.DateTimeField(_("hold until"), null=True, blank=True)
    # a hold that a later one challenges lapses at `answer_by`, unless it is confirmed by then
    challenged_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="challenges")
    answer_by = models.DateTimeField(null=True, blank=True)
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    series = models.ForeignKey(SessionSeries, models.SET_NULL, null=True, blank=True, related_name="sessions")
    series_number = models.PositiveSmallIntegerField(null=True, blank=True)  # 3, of the dates it was booked with
    apart = models.BooleanField(default=False)  # moved alone: what later dates of its series do, it does not do

    objects = SessionQuerySet.as_manager()

    reserves: list[Gear] | None = None  # the gear that it is to have, where that is not stored yet

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["desk", "starts_at"], name="sessions_of_a_desk"),
            models.Index(fields=["project", "starts_at"], name="sessions_of_a_project"),
            models.Index(fields=["room", "starts_at"], name="sessions_of_a_room"),
            # a page of the list in its order, without sorting all that the viewer may see
            models.Index(fields=["starts_at", "id"], name="sessions_in_order"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="a_session_ends_after_it_starts",
                violation_error_message=_("A session ends after it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def reserved(self) -> list[Gear]:
        """Return the gear it has or is to have. Asked once: one query."""
        if self.reserves is None:
            self.reserves = list(self.gear.order_by("pk")) if self.pk else []
        return self.reserves

    def has_lapsed(self, now: dt.datetime) -> bool:
        """Return whether it is a hold that stands no more: its time is up, or a challenge was not answered."""
        return self.state == self.State.HOLD and is_up(now, self.hold_until, self.answer_by)


def is_up(now: dt.datetime, hold_until: dt.datetime | None, answer_by: dt.datetime | None) -> bool:
    """Return whether a hold with these ends stands no more."""
    return any(end is not None and end <= now for end in (hold_until, answer_by))


class Call(Versioned):
    """A person called to a session, from a call time on, and the answer.

    `generation` numbers what this person is told: it rises when that changes, and deliveries of an older one are void.
    For the person's calendar, SEQUENCE is the session's `sequence` plus this `generation`.
    """

    class Answer(models.TextChoices):
        PENDING = "pending", _("No answer yet")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        PROPOSED = "proposed", _("Proposed another time")

    session = models.ForeignKey(StudioSession, models.CASCADE, related_name="calls", db_index=False)
    contributor = models.ForeignKey(
        Contributor, models.PROTECT, related_name="calls", verbose_name=_("person"), db_index=False
    )
    role = models.CharField(_("role"), max_length=60, blank=True)
    call_local = models.CharField(max_length=16)  # wall time in the session's zone
    call_fold = models.PositiveSmallIntegerField(default=0)
    call_at = models.DateTimeField()
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, default=Answer.PENDING)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    proposed_local = models.CharField(max_length=16, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)  # taken off: kept, so that calendars hear of it
    generation = models.PositiveIntegerField(default=1)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["call_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "contributor"], name="one_call_a_person")]
        indexes = [
            models.Index(fields=["contributor", "call_at"], name="calls_of_a_person"),
            # the producer's day: few are declined or ask for another time, of all that ever were made
            models.Index(
                fields=["session"],
                condition=Q(answer__in=("declined", "proposed"), removed_at=None),
                name="calls_that_ask_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contributor} · {self.session}"
