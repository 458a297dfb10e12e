"""The desk's network of people, what they charge, who is hired for which project, and their private links."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributors.queries import (
    ContributorQuerySet,
    EngagementQuerySet,
    LinkQuerySet,
    RateQuerySet,
    SkillQuerySet,
    StepQuerySet,
)
from producerdesk.accounts.models import Desk, User
from producerdesk.kit.models import CurrencyField, MinorField, Versioned, ZoneField
from producerdesk.kit.money import Money
from projects.models import Project, Song


class Contributor(Versioned):
    """A person a desk works with. Gains a `user` only when that person accepts an invitation.

    The address is kept in lower case and is one person's within a desk: imports know people by it.
    """

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="contributors")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="contributors")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    time_zone = ZoneField(verbose_name=_("time zone"), blank=True, default="")
    notes = models.TextField(_("private notes"), max_length=10_000, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects = ContributorQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["desk", "name"], name="network_by_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["desk", "user"], condition=models.Q(user__isnull=False), name="one_contributor_a_user"
            ),
            models.UniqueConstraint(
                fields=["desk", "email"], condition=~models.Q(email=""), name="one_contributor_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """What a person does: a role (Mixing engineer), an instrument (cello) or a genre (folk).

    `key` is the name without its case: by it people are found, on every database alike.
    """

    class Kind(models.TextChoices):
        ROLE = "role", _("Role")
        INSTRUMENT = "instrument", _("Instrument")
        GENRE = "genre", _("Genre")

    contributor = models.ForeignKey(Contributor, models.CASCADE, related_name="skills")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=120)  # casefolding makes some letters two

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]  # as the producer wrote them: the main one first
        constraints = [models.UniqueConstraint(fields=["contributor", "kind", "key"], name="one_skill_a_name")]
        indexes = [models.Index(fields=["kind", "key"], name="people_by_skill")]

    def __str__(self) -> str:
        return self.name


class FeeUnit(models.TextChoices):
    """What a fee is paid for."""

    HOUR = "hour", _("an hour")
    DAY = "day", _("a day")
    SONG = "song", _("a song")
    FLAT = "flat", _("flat")


class ContributorRate(models.Model):
    """What a person usually charges."""

    contributor = models.ForeignKey(Contributor, models.CASCADE, related_name="rates")
    unit = models.CharField(_("unit"), max_length=8, choices=FeeUnit)
    amount_minor = MinorField(_("amount"), validators=[MinValueValidator(0)])
    currency = CurrencyField(verbose_name=_("currency"))

    objects = RateQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["contributor", "unit"], name="one_rate_a_unit")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} {self.unit}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Engagement(Versioned):
    """A role on a project and who fills it, if anyone yet. `actions/engagements.py` says how its state moves."""

    class State(models.TextChoices):
        NEEDED = "needed", _("Needed")
        AUDITIONING = "auditioning", _("Auditioning")
        OFFERED = "offered", _("Offered")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        ENDED = "ended", _("Ended")

    project = models.ForeignKey(Project, models.PROTECT, related_name="engagements")
    contributor = models.ForeignKey(
        Contributor, models.PROTECT, null=True, blank=True, related_name="engagements", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=60)
    part = models.CharField(_("part"), max_length=60, blank=True, help_text=_("Instrument or voice, like cello."))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEEDED)
    songs = models.ManyToManyField(Song, blank=True, related_name="engagements", verbose_name=_("songs"))
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    notes = models.TextField(_("private notes"), max_length=4_000, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ["role", "pk"]
        indexes = [models.Index(fields=["project", "state"], name="hires_of_a_project")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contributor__isnull=False, state__in=["offered", "confirmed", "declined"])
                | models.Q(contributor=None, state="needed")
                | models.Q(state__in=["auditioning", "ended"]),
                name="an_offer_goes_to_somebody",
                violation_error_message=_("Choose the person first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.role}, {self.contributor}" if self.contributor else self.role

    @property
    def account(self) -> int | None:
        """The account that pays the fee, None without one."""
        fee = getattr(self, "fee", None)
        return fee and fee.account


class EngagementStep(models.Model):
    """One move of an engagement, kept for good: where it came to, with whom, who said so. Reopened, a role still tells
    who was asked and who declined."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=12, choices=Engagement.State)
    contributor = models.ForeignKey(Contributor, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("entry in the history of a role")
        verbose_name_plural = _("entries in the history of roles")

    def __str__(self) -> str:
        return f"{self.engagement_id}: {self.state}"


class EngagementFee(models.Model):
    """What is agreed with the person of an engagement. Hour and day fees are committed with each session called to,
    song and flat fees when the engagement is confirmed."""

    engagement = models.OneToOneField(Engagement, models.CASCADE, related_name="fee")
    unit = models.CharField(_("unit"), max_length=8, choices=FeeUnit)
    amount_minor = MinorField(_("fee"), validators=[MinValueValidator(0)])
    currency = CurrencyField(verbose_name=_("currency"))
    account = models.PositiveSmallIntegerField(_("account"), default=400, validators=[MaxValueValidator(999)])

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} {self.unit}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class PrivateLink(models.Model):
    """A long secret address that shows one person the own schedule without an account.

    Kept only as a hash. The secret comes of the salt and the server's key (kit/secret.py), so that mails can carry it.
    """

    contributor = models.ForeignKey(Contributor, models.CASCADE, related_name="private_links")
    salt = models.CharField(max_length=43)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"link of {self.contributor}"
