"""What the API says of notices, deliveries and the outbox."""

from rest_framework import serializers

from producerdesk.accounts.serializers import DeskRef
from producerdesk.kit.rows import Computed, RowSerializer
from producerdesk.notices.models import Delivery
from producerdesk.notices.reasons import worded


class NoticeRow(RowSerializer):
    """A line under the bell. `path` is the page it leads to."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    path = serializers.CharField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class Unread(serializers.Serializer):
    """How many notices wait."""

    unread = serializers.IntegerField()


class DeliveryRow(RowSerializer):
    """One message to one person by one channel: the plan, and what became of it."""

    id = serializers.IntegerField()
    desk = DeskRef()
    kind = serializers.CharField()
    ref = serializers.CharField()
    recipient = serializers.CharField()
    recipient_name = serializers.CharField()
    channel = serializers.ChoiceField(Delivery.Channel)
    offset = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    try_at = serializers.DateTimeField()
    state = serializers.ChoiceField(Delivery.State)
    reason = Computed(worded, "reason", kind=serializers.CharField())
    attempts = serializers.IntegerField()
    sent_at = serializers.DateTimeField(allow_null=True)
    may_retry = Computed(lambda state: state == Delivery.State.FAILED, "state", kind=serializers.BooleanField())


class OutboxRow(RowSerializer):
    """A mail that had no mail server to go to."""

    id = serializers.IntegerField()
    desk = DeskRef()
    kind = serializers.CharField(source="delivery.kind")
    to = serializers.EmailField()
    subject = serializers.CharField()
    created_at = serializers.DateTimeField()


class OutboxDetail(OutboxRow):
    """The mail whole, as plain text."""

    text = serializers.CharField()
