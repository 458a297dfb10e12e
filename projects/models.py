"""Projects, their songs, the dates of their stages, and who may see them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import Desk, User
from producerdesk.accounts.roles import STAFF_ROLES, Role
from producerdesk.kit.models import CurrencyField, Versioned, ZoneField
from projects.members_queries import InvitationQuerySet, MembershipQuerySet
from projects.queries import ActivityQuerySet, ProjectQuerySet, SongQuerySet, StageDateQuerySet
from projects.stages import Stage


class Project(Versioned):
    """A record, from first idea to delivered master."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("Single")
        EP = "ep", _("EP")
        ALBUM = "album", _("Album")
        BEAT = "beat", _("Beat")
        REMIX = "remix", _("Remix")
        SCORE = "score", _("Score")
        STAGE = "stage", _("Stage")

    class ProducerType(models.TextChoices):
        """What producing means here; it chooses the budget's chart of accounts."""

        BEAT = "beat", _("Beat maker")
        BAND = "band", _("Band producer")
        ELECTRONIC = "electronic", _("Electronic producer")
        STUDIO = "studio", _("Studio producer")
        EXECUTIVE = "executive", _("Executive producer")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="projects")
    title = models.CharField(_("title"), max_length=120)
    artist = models.CharField(_("artist"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ALBUM)
    producer_type = models.CharField(
        _("kind of production"), max_length=12, choices=ProducerType, default=ProducerType.BAND
    )
    label = models.CharField(_("label"), max_length=120, blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    time_zone = ZoneField(verbose_name=_("time zone"))
    currency = CurrencyField(verbose_name=_("currency"), default="EUR")
    brief = models.TextField(_("brief"), max_length=10_000, blank=True)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage, default=Stage.BRIEF)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["desk", "stage"], name="board_of_a_desk")]

    def __str__(self) -> str:
        return self.title


class ReferenceTrack(models.Model):
    """A recording that shows where the project wants to go."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="reference_tracks")
    title = models.CharField(_("title"), max_length=120)
    url = models.URLField(_("link"), max_length=500)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title


class Song(Versioned):
    """A song of a project (or a cue, or a beat)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="songs")
    position = models.PositiveSmallIntegerField(_("number"), default=1)
    title = models.CharField(_("title"), max_length=120)
    tempo = models.DecimalField(
        _("tempo"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(20), MaxValueValidator(400)],
        help_text=_("Beats a minute."),
    )
    key = models.CharField(_("key"), max_length=24, blank=True, help_text=_("Like F# minor."))
    seconds = models.PositiveIntegerField(
        _("length"), null=True, blank=True, validators=[MaxValueValidator(6 * 3600)], help_text=_("In seconds.")
    )
    stage = models.CharField(_("stage"), max_length=16, choices=Stage, default=Stage.BRIEF)
    chart_url = models.URLField(
        _("chart"), max_length=500, blank=True, help_text=_("A link to the chart or the lyrics, for who plays on it.")
    )
    notes = models.TextField(_("notes"), max_length=10_000, blank=True)
    # what the project had due before that day was never this song's to keep; None: it was there from the start
    added_on = models.DateField(null=True, editable=False)

    objects = SongQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class StageDate(models.Model):
    """When a stage is due: the project's, or a song's own that goes before it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="stage_dates")
    song = models.ForeignKey(Song, models.CASCADE, null=True, blank=True, related_name="stage_dates")
    stage = models.CharField(_("stage"), max_length=16, choices=Stage)
    due_on = models.DateField(_("due"))

    objects = StageDateQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "stage"], condition=models.Q(song=None), name="one_date_a_project_stage"
            ),
            models.UniqueConstraint(
                fields=["song", "stage"], condition=models.Q(song__isnull=False), name="one_date_a_song_stage"
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="late_stages")]

    def __str__(self) -> str:
        return f"{self.stage} {self.due_on}"


class Membership(models.Model):
    """Who may see a project, in which role. Desk staff need none."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="one_membership_a_person")]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class Invitation(models.Model):
    """An e-mail that asks a person to join a project in a role, or, without a project, the staff of a desk.

    Its secret is kept only as a hash (kit/secret.py).
    """

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="invitations")
    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=24, choices=Role)
    salt = models.CharField(max_length=43)
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField()  # when its mail was last asked for
    generation = models.PositiveSmallIntegerField(default=1)  # of that mail
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "email"],
                condition=models.Q(project__isnull=False, accepted_at=None, revoked_at=None),
                name="one_open_invitation_to_a_project",
            ),
            models.UniqueConstraint(
                fields=["desk", "email"],
                condition=models.Q(project=None, accepted_at=None, revoked_at=None),
                name="one_open_invitation_to_a_desk",
            ),
            models.CheckConstraint(
                condition=models.Q(project__isnull=False) | models.Q(role__in=STAFF_ROLES),
                name="staff_have_a_staff_role",
                violation_error_message=_("Staff of a desk are owner, co-producer or assistant."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.role}"


class TokenProject(models.Model):
    """A project that a limited API token reaches, within what its owner may see."""

    token = models.ForeignKey("accounts.ApiToken", models.CASCADE, related_name="project_limits")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["token", "project"], name="one_limit_a_project")]

    def __str__(self) -> str:
        return f"{self.token_id} · {self.project_id}"


class Activity(models.Model):
    """Who did what to a project, and when: a row written in the transaction of the deed (projects/activity.py).

    It keeps words of the product (`kind`, `deed`) and plain facts, no sentence: how it reads is said when it is shown,
    in the reader's language. No sum ever stands in it; who may read a row goes by its kind (queries.py).
    """

    class Kind(models.TextChoices):
        PROJECT = "project", _("Project")
        SONG = "song", _("Songs")
        SESSION = "session", _("Sessions")
        CALL = "call", _("Answers and calls")
        HIRE = "hire", _("People")
        MEMBER = "member", _("Access")
        BUDGET = "budget", _("Budget")

    project = models.ForeignKey(Project, models.CASCADE, related_name="activities", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    deed = models.CharField(max_length=16)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120, blank=True)  # of who has no account
    by_link = models.BooleanField(default=False)  # came by a private link
    about_id = models.BigIntegerField(null=True)  # of the song, session, hire: what `kind` says
    title = models.CharField(max_length=200, blank=True)  # what that was called then
    facts = models.JSONField(default=dict)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["project", "kind", "-id"], name="deeds_of_a_project")]

    def __str__(self) -> str:
        return f"{self.kind} {self.deed}: {self.title}"
