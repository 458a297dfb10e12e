"""The take log: what was played in a session, pass by pass."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contributors.models import Contributor
from producerdesk.accounts.models import User
from producerdesk.kit.models import Versioned
from projects.models import Song
from sessions.models.session import StudioSession
from sessions.queries import TakeQuerySet

BEST = 5


class Take(Versioned):
    """One pass at a song in a session. Its number is said aloud, so it is given once: a removed take keeps its own.

    `key` is made by whoever logs it, before it is sent: a take that is sent twice stands here once.
    """

    session = models.ForeignKey(StudioSession, models.CASCADE, related_name="takes")
    song = models.ForeignKey(Song, models.PROTECT, related_name="takes", verbose_name=_("song"))
    number = models.PositiveSmallIntegerField(_("take"))
    key = models.UUIDField(editable=False)
    taken_at = models.DateTimeField(_("time of day"))
    performers = models.ManyToManyField(Contributor, blank=True, related_name="takes", verbose_name=_("who plays"))
    rating = models.PositiveSmallIntegerField(
        _("rating"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(BEST)]
    )
    keeper = models.BooleanField(_("keeper"), default=False)
    reason = models.CharField(_("once more because"), max_length=160, blank=True)
    note = models.TextField(_("note"), max_length=2_000, blank=True)
    logged_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = TakeQuerySet.as_manager()

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "song", "number"], name="a_take_number_is_given_once"),
            models.UniqueConstraint(fields=["session", "key"], name="a_take_is_logged_once"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=BEST), name="a_rating_is_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.song} · {self.number}"
