"""Calendars of other houses that say when a room or a person is busy."""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.once import once
from producerdesk.kit.api import DeskViewSet
from sessions import actions, permissions, serializers
from sessions.filters import ImportedCalendarFilter
from sessions.models import ImportedCalendar


class ImportedCalendarViewSet(DeskViewSet):
    """Imported calendars. What they say counts as busy wherever something is booked, found or drawn."""

    queryset = ImportedCalendar.objects
    row = serializers.ImportedCalendarRow
    filterset_class = ImportedCalendarFilter
    needs = permissions.IMPORTED_CALENDARS
    steady = True
    inputs = {
        "create": serializers.NewImportedCalendarInput,
        "update": serializers.ImportedCalendarInput,
        "refresh": serializers.NothingInput,
    }

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().order_by("name", "pk")

    def form_narrow(self, action: str, found: ImportedCalendar | None) -> dict[str, Q]:
        return {"room": Q(active=True, studio__active=True), "contributor": Q(active=True)}

    @once
    def create(self, request: Any) -> Response:
        """Take in a calendar of a room or a person, from an address or a file (multipart). Workers read it at once."""
        return self.answer(actions.import_calendar(**self.said()).pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        calendar = self.get_object()
        actions.change_calendar(calendar=calendar, expected=self.expected_version(), **self.said(calendar))
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def refresh(self, request: Any, pk: str) -> Response:
        """Read it at once, within moments."""
        actions.refresh_calendar(calendar=self.get_object())
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        actions.end_calendar(calendar=self.get_object())
        return Response(status=204)
