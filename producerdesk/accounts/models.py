"""People who sign in, the desk (a producer's business) and its staff, API tokens, and keys of POSTs that may repeat."""

from datetime import time

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from producerdesk.accounts.queries import DeskQuerySet, StaffQuerySet
from producerdesk.accounts.roles import STAFF_CHOICES, Role
from producerdesk.kit import papers
from producerdesk.kit.models import CurrencyField, Versioned, ZoneField


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail; an address is kept in lower case, so one person has one account."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """Return a new user. Without a password the person can sign in only after a reset."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """Return a new user who may open the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    time_zone = ZoneField(verbose_name=_("time zone"))
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    single_keys = models.BooleanField(_("single-key shortcuts"), default=True)
    # its password is printed on the login page, so it opens nothing where others could reach the desk
    is_demo = models.BooleanField(default=False, editable=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


NIGHT = time(22), time(7)  # quiet hours of a new desk, on the clock of whom a mail goes to


def default_offsets() -> list[int]:
    """Return when reminders leave before the call time, in minutes: 7 days, 24 hours, 2 hours."""
    return [7 * 24 * 60, 24 * 60, 2 * 60]


class Desk(Versioned):
    """A producer's business: it owns projects, studios and a network of people."""

    name = models.CharField(_("name"), max_length=120)
    time_zone = ZoneField(verbose_name=_("time zone"))
    currency = CurrencyField(verbose_name=_("currency"), default="EUR")
    reminder_offsets = models.JSONField(
        _("reminders before call time, in minutes"), default=default_offsets, blank=True
    )
    hold_days = models.PositiveSmallIntegerField(
        _("days a hold stands"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("Where nothing else is said. It ends when the session would begin, at the latest."),
    )
    challenge_hours = models.PositiveSmallIntegerField(
        _("hours to answer a challenge"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(336)],
        help_text=_("A hold of yours that a later one challenges is confirmed or released by then, or it lapses."),
    )
    travel_minutes = models.PositiveSmallIntegerField(
        _("minutes between two places"),
        default=60,
        validators=[MaxValueValidator(600)],
        help_text=_("Less than that between two calls of one person at different places is warned of. 0 for never."),
    )
    paper = models.CharField(
        _("paper"),
        max_length=6,
        choices=papers.CHOICES,
        blank=True,
        help_text=_("Of call sheets and take sheets. Left empty, what is usual where the clock above is."),
    )
    # exceptions from these: [{"kind": "vocal", "role": "engineer", "offsets": [2880]}], see reminding.py
    reminder_rules = models.JSONField(_("other reminders for some"), default=list, blank=True)
    # nobody's phone rings at night unless the desk says so; both empty: mails come at any hour
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=NIGHT[0])
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=NIGHT[1])
    staff = models.ManyToManyField(User, through="DeskStaff", related_name="desks")

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def prints_on(self) -> str:
        """The paper that is chosen, or what is usual where the desk is."""
        return papers.of_desk(self.paper, self.time_zone)


class DeskStaff(models.Model):
    """A person who works on every project of a desk."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="staff_rows")
    user = models.ForeignKey(User, models.CASCADE, related_name="staff_rows")
    role = models.CharField(max_length=24, choices=STAFF_CHOICES, default=Role.OWNER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["desk", "user"], name="one_staff_row_a_person")]

    def __str__(self) -> str:
        return f"{self.user} · {self.desk}"


class ApiToken(AbstractAuthToken):
    """A token for the REST API: hashed, scoped, revocable. Its right is its scopes and the owner's present right."""

    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    # to chosen projects (projects.TokenProject): if the last of them is deleted, the token reaches nothing, not all
    limited = models.BooleanField(default=False)
    last_used_at = models.DateTimeField(null=True)

    class Meta(AbstractAuthToken.Meta):
        swappable = "KNOX_TOKEN_MODEL"


class OnceKey(models.Model):
    """An Idempotency-Key that somebody sent: claimed first, finished in the transaction of what it made."""

    principal = models.CharField(max_length=80)  # who sent it: "user:5", "link:9"
    key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    claimed_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(200), MaxValueValidator(299)])
    answer = models.JSONField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="one_answer_a_key")]
        indexes = [models.Index(fields=["claimed_at"], name="once_key_sweep")]

    def __str__(self) -> str:
        return self.key
