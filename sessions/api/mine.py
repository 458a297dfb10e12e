"""Whose schedule it is that somebody opens by login or private link."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from rest_framework.response import Response

from contributors.models import Contributor
from contributors.queries import is_me
from producerdesk.accounts.models import DeskStaff
from producerdesk.accounts.roles import Role
from producerdesk.kit.api import DeskViewSet
from sessions import permissions, serializers


class ScheduleViewSet(DeskViewSet):
    """Oneself, as the desks know one: the own name and clock, and whom to ask."""

    queryset = Contributor.objects
    row = serializers.ScheduleRow
    needs = permissions.SCHEDULE

    def get_queryset(self) -> QuerySet:
        owners = DeskStaff.objects.filter(desk=OuterRef("desk"), role=Role.OWNER).order_by("pk")
        found = Contributor.objects.filter(is_me(self.viewer), active=True).order_by("desk__name", "desk_id")
        return found.annotate(
            desk_name=F("desk__name"),
            quiet_from=F("desk__quiet_from"),
            quiet_until=F("desk__quiet_until"),
            owner=Subquery(owners.values("user__name")[:1]),
            owner_email=Subquery(owners.values("user__email")[:1]),
        )

    def retrieve(self, request: Any) -> Response:
        desks = serializers.HostRow.read(self.get_queryset(), self.viewer)
        return Response({"name": self.viewer.name, "time_zone": self.viewer.time_zone, "desks": desks})
