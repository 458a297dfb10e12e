"""What a producer keeps to herself about a session: coaching notes and voice notes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contributors.models import Contributor
from producerdesk.accounts.models import User
from producerdesk.kit.models import Versioned
from projects.models import Song
from sessions.models.session import StudioSession
from sessions.queries import PrivateQuerySet


class CoachingNote(Versioned):
    """How to bring the best out of somebody. Only who plans the session ever reads it: it is told nowhere else."""

    session = models.ForeignKey(StudioSession, models.CASCADE, related_name="coaching_notes")
    song = models.ForeignKey(Song, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("song"))
    about = models.ForeignKey(
        Contributor, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("about whom")
    )
    text = models.TextField(_("note"), max_length=4_000)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PrivateQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"coaching note {self.pk}"


class VoiceNote(models.Model):
    """A note that was spoken or hummed. Private: its file is served only by a view that asks who may hear it."""

    session = models.ForeignKey(StudioSession, models.CASCADE, related_name="voice_notes")
    song = models.ForeignKey(Song, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("song"))
    title = models.CharField(_("what it is about"), max_length=160, blank=True)
    file = models.FileField(max_length=200)
    media_type = models.CharField(max_length=40)  # as its content says, never as the sender does
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PrivateQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"voice note {self.pk}"
