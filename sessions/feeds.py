"""Calendar feeds: secret addresses, each one person's. The secret is shown once and kept only as a hash."""

import secrets
from urllib.parse import urljoin

from django.conf import settings

from producerdesk.kit import clock, secret
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from sessions.models import CalendarFeed, Room

LAST_USED_STEP_SECONDS = 60


def mint(viewer: Viewer, *, project: Project | None = None, room: Room | None = None) -> tuple[CalendarFeed, str]:
    """Make a feed for the viewer: a user's, or a contributor's who came by a private link. Return it and its secret.

    A user's may be about one project or one room alone.
    """
    text = secrets.token_urlsafe(32)
    owner = {"user_id": viewer.user_id} if viewer.user_id else {"contributor_id": viewer.contributor_id}
    return CalendarFeed.objects.create(secret_hash=secret.hash_of(text), project=project, room=room, **owner), text


def find(text: str) -> CalendarFeed | None:
    """Return the feed with this secret, if it stands and its person is still there. One query, found or not."""
    feeds = CalendarFeed.objects.standing().select_related("user", "contributor__desk", "project", "room__studio")
    feed = feeds.filter(secret_hash=secret.hash_of(text)).first()
    if feed is None or (feed.user and not feed.user.is_active) or (feed.contributor and not feed.contributor.active):
        return None
    return feed


def note_use(feed: CalendarFeed) -> None:
    """Remember that the feed was read, at most once a minute."""
    now = clock.now()
    if feed.last_used_at is None or (now - feed.last_used_at).total_seconds() > LAST_USED_STEP_SECONDS:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=now)


def revoke(feed: CalendarFeed) -> None:
    """End a feed at once."""
    CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=clock.now())


def address(text: str) -> str:
    """Return the whole address of a feed."""
    return urljoin(settings.SITE_URL, f"/feeds/{text}.ics")
