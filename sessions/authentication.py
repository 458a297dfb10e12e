"""The way in that belongs to sessions: a calendar feed. Its viewer reads the schedule and nothing else."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.roles import SCHEDULE_READ
from producerdesk.kit.viewer import Viewer
from sessions import feeds
from sessions.models import CalendarFeed

SCOPES = frozenset({SCHEDULE_READ})


def viewer_of_feed(feed: CalendarFeed) -> Viewer:
    """Return the viewer that a feed is. One of a project or room reads its own events (`api:feed-events`) alone."""
    if feed.project_id or feed.room_id:
        return Viewer(via="feed", scopes=SCOPES)
    if feed.user:
        return viewer_of_user(feed.user, via="feed", scopes=SCOPES)
    person = feed.contributor
    if person is None:  # a constraint says that a feed is one person's
        raise AuthenticationFailed
    zone = person.time_zone or person.desk.time_zone
    return Viewer(via="feed", contributor_id=person.pk, name=person.name, time_zone=zone, scopes=SCOPES)


def found_by(text: str) -> tuple[CalendarFeed, Viewer]:
    """Return the feed with this secret and its viewer; notes that it was read. Raises AuthenticationFailed."""
    feed = feeds.find(text)
    if feed is None:
        raise AuthenticationFailed(_("This feed is not there any more."))
    feeds.note_use(feed)
    return feed, viewer_of_feed(feed)


class FeedAuthentication(BaseAuthentication):
    """`Authorization: Feed <secret>`: the secret of a feed's address."""

    scheme = {
        "feed": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Feed <secret>`, of a feed.",
        }
    }

    def authenticate(self, request: Any) -> tuple[Viewer, Viewer] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"feed":
            return None
        text = parts[1].decode("latin-1") if len(parts) == 2 else ""
        # looked up once, and shared with every `ask` made from one request
        kept = request._request.__dict__.setdefault("viewer_kept", {})
        feed, viewer = kept.get(("feed", text)) or found_by(text)
        kept["feed", text] = feed, viewer
        request._request.feed = feed  # whose events `api:feed-events` tells
        return viewer, viewer

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
