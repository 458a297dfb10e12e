"""Calendar feeds: a secret address that a calendar app reads."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from contributors.models import Contributor, PrivateLink
from producerdesk.accounts.models import User
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from sessions.models.studio import Room


class FeedQuerySet(models.QuerySet):
    """Calendar feeds."""

    def visible_to(self, viewer: Viewer) -> "FeedQuerySet":
        """Return the viewer's own feeds. A token and a feed have none: whoever has only those makes no new way in."""
        if viewer.scopes is not None:
            return self.none()
        if viewer.user_id:
            return self.filter(user_id=viewer.user_id)
        return self.filter(Q(contributor_id=viewer.contributor_id) if viewer.contributor_id else Q(pk__in=()))

    def standing(self) -> "FeedQuerySet":
        """Return the feeds that still show something.

        A feed made through a private link ends when a link of that person is revoked later: whoever should not have
        had the link may have made it.
        """
        revoked = PrivateLink.objects.filter(
            contributor=OuterRef("contributor"), revoked_at__gte=OuterRef("created_at")
        )
        return self.filter(~Exists(revoked), revoked_at=None)


class CalendarFeed(models.Model):
    """One person's feed: a user's whole schedule, or a contributor's own calls. The secret is kept only as a hash.

    With a project or a room it shows that one's sessions, as far as the user may still read them, and nothing else.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="calendar_feeds")
    contributor = models.ForeignKey(Contributor, models.CASCADE, null=True, blank=True, related_name="calendar_feeds")
    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="+")
    room = models.ForeignKey(Room, models.CASCADE, null=True, blank=True, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, contributor=None)
                | models.Q(user=None, contributor__isnull=False),
                name="a_feed_is_one_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(project=None, room=None)
                | (models.Q(user__isnull=False) & (models.Q(project=None) | models.Q(room=None))),
                name="a_feed_is_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"

    @property
    def title(self) -> str:
        """What the project or room is called; nothing for a person's own."""
        if self.project:
            return self.project.title
        return f"{self.room.studio.name}, {self.room.name}" if self.room else ""
