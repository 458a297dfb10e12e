"""One's own calendar feeds."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response

from producerdesk.kit.api import DeskViewSet, NoPages
from sessions import feeds, permissions, serializers
from sessions.models import CalendarFeed


class FeedViewSet(NoPages, DeskViewSet):
    """Secret addresses that a calendar app reads. The address is in the answer that made it, and never again."""

    queryset = CalendarFeed.objects
    row = serializers.FeedRow
    needs = permissions.FEEDS
    inputs = {"create": serializers.NothingInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().standing()

    def create(self, request: Any) -> Response:
        self.said()
        feed, text = feeds.mint(self.viewer)
        row = self.row.read_one(self.get_queryset(), feed.pk, self.viewer)
        return Response({**(row or {}), "address": feeds.address(text)}, status=201)

    def destroy(self, request: Any, pk: str) -> Response:
        feeds.revoke(self.get_object())
        return Response(status=204)
