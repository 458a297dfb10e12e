"""The API of the bell, of deliveries, and of the outbox."""

from typing import Any

from django.db.models import Case, QuerySet, Value, When
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet
from producerdesk.notices import actions, permissions, serializers
from producerdesk.notices.filters import DeliveryFilter, NoticeFilter, OutboxFilter
from producerdesk.notices.models import Delivery, Notice, OutboxMail


class NoticeViewSet(DeskViewSet):
    """What the bell tells the viewer, unread first."""

    queryset = Notice.objects
    row = serializers.NoticeRow
    filterset_class = NoticeFilter
    needs = permissions.NOTICES

    def get_queryset(self) -> QuerySet:
        read = Case(When(read_at=None, then=Value(0)), default=Value(1))
        return super().get_queryset().order_by(read, "-pk")

    @action(detail=True, methods=["post"])
    def read(self, request: Any, pk: str) -> Response:
        """Mark one as read."""
        actions.mark_read(notices=Notice.objects.filter(pk=self.get_object().pk), now=clock.now())
        return self.answer(pk)

    @extend_schema(responses=serializers.Unread)
    @action(detail=False, methods=["post"], url_path="read-all", url_name="read-all")
    def read_all(self, request: Any) -> Response:
        """Mark all as read."""
        actions.mark_read(notices=self.get_queryset(), now=clock.now())
        return Response({"unread": self.get_queryset().unread().count()})


class DeliveryViewSet(DeskViewSet):
    """What is or was to be sent, when, and what became of it."""

    queryset = Delivery.objects
    row = serializers.DeliveryRow
    filterset_class = DeliveryFilter
    needs = permissions.DELIVERIES

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().order_by("-due_at", "-pk")

    def place_of(self, found: Delivery) -> tuple[int, int | None]:
        return found.desk_id, found.project_id

    @action(detail=True, methods=["post"])
    def retry(self, request: Any, pk: str) -> Response:
        """Send what failed once more."""
        actions.retry(self.get_object(), now=clock.now())
        return self.answer(pk)


class OutboxViewSet(DeskViewSet):
    """Mails of a desk without a mail server."""

    queryset = OutboxMail.objects
    row = serializers.OutboxRow
    detail_row = serializers.OutboxDetail
    filterset_class = OutboxFilter
    needs = permissions.OUTBOX
