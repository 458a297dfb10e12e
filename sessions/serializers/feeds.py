"""Calendar feeds, and what those of one project or room tell."""

from rest_framework import serializers

from producerdesk.kit.rows import Computed, RowSerializer
from projects.serializers import ProjectRef
from sessions.serializers.rows import HOLD, SessionInBrief, is_expired
from sessions.serializers.studios import RoomRef


class FeedEvent(SessionInBrief):
    """A session as the feed of a project or room tells it: when, where and what, and nobody by name."""

    expired = Computed(is_expired, *HOLD, kind=serializers.BooleanField())
    remote_place = serializers.CharField()
    sequence = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class FeedEvents(serializers.Serializer):
    """The events of a feed of one project or room; `narrow` is false for a person's own, which is read elsewhere."""

    narrow = serializers.BooleanField()
    name = serializers.CharField()
    results = FeedEvent(many=True)


class FeedRow(RowSerializer):
    """A calendar feed, perhaps of one project or room alone. Its address is told once, by the answer that made it."""

    id = serializers.IntegerField()
    project = ProjectRef(allow_null=True)
    room = RoomRef(allow_null=True)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewFeed(FeedRow):
    """A feed just made, with its address: told this once, null to a request that comes again."""

    address = serializers.CharField(allow_null=True)
