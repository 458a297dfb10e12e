"""How a person wants to be told of the own sessions."""

from django.db import models
from django.db.models import Q

from contributors.models import Contributor
from producerdesk.accounts.models import User
from producerdesk.kit.viewer import Viewer


class NoticeSettingsQuerySet(models.QuerySet):
    """People's settings."""

    def visible_to(self, viewer: Viewer) -> "NoticeSettingsQuerySet":
        """Return the viewer's own settings."""
        if viewer.scopes is not None:
            return self.none()
        if viewer.user_id:
            return self.filter(user_id=viewer.user_id)
        return self.filter(Q(contributor_id=viewer.contributor_id) if viewer.contributor_id else Q(pk__in=()))


class NoticeSettings(models.Model):
    """What somebody wants otherwise than the desks have it. Who never said anything has no row.

    `mail_*` are the topics (telling.py): what is switched off still stands under the bell of who has an account.
    `offsets` and quiet hours count where `own_offsets` and `own_quiet` say so, at every desk.
    """

    user = models.OneToOneField(User, models.CASCADE, null=True, blank=True, related_name="notice_settings")
    contributor = models.OneToOneField(
        Contributor, models.CASCADE, null=True, blank=True, related_name="notice_settings"
    )
    mail_invitations = models.BooleanField(default=True)
    mail_reminders = models.BooleanField(default=True)
    mail_call_sheets = models.BooleanField(default=True)
    mail_answers = models.BooleanField(default=True)
    # the mail each morning; unsaid, it is for who plans sessions
    mail_digest = models.BooleanField(null=True, blank=True)
    own_offsets = models.BooleanField(default=False)
    offsets = models.JSONField(default=list, blank=True)
    own_quiet = models.BooleanField(default=False)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = NoticeSettingsQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "notice settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, contributor=None) | Q(user=None, contributor__isnull=False),
                name="settings_are_one_persons",
            )
        ]

    def __str__(self) -> str:
        return f"settings of {self.user or self.contributor}"
