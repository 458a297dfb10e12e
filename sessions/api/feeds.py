"""One's own calendar feeds, and what the feed of a project or room tells."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.once import once, told_once
from producerdesk.accounts.roles import SCHEDULE_READ, SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet, NoPages
from sessions import feeds, permissions, serializers
from sessions.models import CalendarFeed, StudioSession

EVENTS_AT_MOST = 2000
KEPT = timedelta(days=60)  # cancelled and past events stay that long, so that every app hears of the end


class FeedViewSet(NoPages, DeskViewSet):
    """Secret addresses that a calendar app reads. The address is in the answer that made it, and never again."""

    queryset = CalendarFeed.objects
    row = serializers.FeedRow
    needs = permissions.FEEDS
    inputs = {"create": serializers.FeedInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().standing()

    @extend_schema(responses={201: serializers.NewFeed})
    @once
    def create(self, request: Any) -> Response:
        """Make a feed. The same Idempotency-Key again gets the same feed, its `address` null: nobody keeps it."""
        feed, text = feeds.mint(self.viewer, **self.said())
        row = self.row.read_one(self.get_queryset(), feed.pk, self.viewer)
        return told_once(row or {}, address=feeds.address(text))

    def destroy(self, request: Any, pk: str) -> Response:
        feeds.revoke(self.get_object())
        return Response(status=204)

    @extend_schema(responses=serializers.FeedEvents)
    @action(detail=False)
    def events(self, request: Any) -> Response:
        """What the feed whose secret is sent tells, if it is one of a project or room: as its owner may read now."""
        feed: CalendarFeed = request._request.feed
        if not (feed.project or feed.room):
            return Response({"narrow": False, "name": _("Studio sessions"), "results": []})
        # the owner's present rights, as by login: who left the project has an empty feed from then on
        owner = viewer_of_user(feed.user)
        right = SCHEDULE_READ if feed.project else SCHEDULE_WRITE
        found = StudioSession.objects.visible_to(owner).filter(
            owner.reach(right).q(project="project_id", desk="desk_id"), ends_at__gt=clock.now() - KEPT
        )
        found = found.filter(Q(project=feed.project_id) if feed.project else Q(room=feed.room_id))
        rows = serializers.FeedEvent.read(found.order_by("starts_at", "pk")[:EVENTS_AT_MOST], self.viewer)
        return Response({"narrow": True, "name": feed.title, "results": rows})
