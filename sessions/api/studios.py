"""Studios and their rooms."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.once import once
from producerdesk.accounts.roles import BUDGET_READ, BUDGET_WRITE
from producerdesk.kit import money
from producerdesk.kit.viewer import Viewer
from sessions import permissions, serializers
from sessions.actions import studios
from sessions.api.in_use import InUse
from sessions.filters import RoomFilter, StudioFilter
from sessions.models import Room, Studio, StudioSession, StudioTerms


class _Place(InUse):
    """A studio or a room."""

    steady = True

    def destroy(self, request: Any, pk: str) -> Response:
        studios.delete(row=self.get_object())
        return Response(status=204)


class StudioViewSet(_Place):
    """Where the desk records."""

    queryset = Studio.objects
    row = serializers.StudioRow
    detail_row = serializers.StudioDetail
    filterset_class = StudioFilter
    needs = permissions.STUDIOS
    inputs = {
        "create": serializers.NewStudioInput,
        "update": serializers.StudioInput,
        "terms": serializers.TermsInput,
        "hours": serializers.HoursInput,
        "archive": serializers.NothingInput,
        "restore": serializers.NothingInput,
    }

    def form_start(self, action: str) -> dict[str, Any]:
        desk = self.home_desk()
        return {"desk": desk.pk, "time_zone": desk.time_zone} if desk else {"time_zone": self.viewer.time_zone}

    @once
    def create(self, request: Any) -> Response:
        return self.make(studios.create_studio)

    def update(self, request: Any, pk: str) -> Response:
        studio = self.get_object()
        studios.update_studio(studio=studio, expected=self.expected_version(), **self.said(studio))
        return self.answer(pk)

    @extend_schema(responses=serializers.StudioWithHours)
    @action(detail=True, methods=["put"])
    def hours(self, request: Any, pk: str) -> Response:
        """Say when the studio is open: all of it, as it is to stand.

        What is booked outside of it stands; the answer lists it.
        """
        studios.set_hours(studio=self.get_object(), expected=self.expected_version(), **self.said())
        answer = self.answer(pk)
        answer.data["outside"] = self._outside()
        return answer

    @extend_schema(responses=serializers.CalendarRows)
    @action(detail=True, methods=["get"])
    def outside(self, request: Any, pk: str) -> Response:
        """What is still to come and lies outside the opening hours, without having been agreed."""
        rows = self._outside()
        return Response({"count": len(rows), "results": rows})

    def _outside(self) -> list[dict[str, Any]]:
        found = StudioSession.objects.visible_to(self.viewer).filter(pk__in=studios.outside(studio=self.get_object()))
        return serializers.CalendarRow.read(found.order_by("starts_at", "pk"), self.viewer)

    @action(detail=True, methods=["put"])
    def terms(self, request: Any, pk: str) -> Response:
        """Say what deposit the studio wants, and what cancelling costs: all of it, as it is to stand."""
        studio = self.get_object()
        _refuse_without_money(self.viewer)
        studios.set_terms(studio=studio, expected=self.expected_version(), **self.said())
        return self.answer(pk)

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if self.action == "metadata" and "pk" in self.kwargs:
            own = Studio.objects.visible_to(self.viewer).filter(pk=self.kwargs["pk"])
            context["currency"] = own.values_list("desk__currency", flat=True).first()
        return context

    def form_values(self, found: Studio, action: str = "update") -> dict[str, Any]:
        if action == "hours":
            return {"opening_hours": found.opening_hours, "closed_days": found.closed_days}
        if action != "terms":
            return super().form_values(found, action)
        if not self.viewer.can_in_desk(BUDGET_READ, found.desk_id):
            return {}
        terms = StudioTerms.objects.filter(studio=found).first() or StudioTerms()
        tiers = found.tiers.values("notice", "unit", "percent")
        return {
            "deposit_percent": terms.deposit_percent,
            "deposit": money.as_json(terms.deposit_minor, terms.currency) if terms.deposit_minor else None,
            "deposit_days": terms.deposit_days,
            "tiers": list(tiers),
        }


class RoomViewSet(_Place):
    """The rooms of studios, each for one session at a time."""

    queryset = Room.objects
    row = serializers.RoomRow
    detail_row = serializers.RoomDetail
    filterset_class = RoomFilter
    needs = permissions.ROOMS
    inputs = {
        "create": serializers.NewRoomInput,
        "update": serializers.RoomInput,
        "archive": serializers.NothingInput,
        "restore": serializers.NothingInput,
    }

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("studio__desk").order_by("studio__name", "name", "pk")

    def place_of(self, found: Room) -> tuple[int, None]:
        return found.studio.desk_id, None

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if self.action == "metadata":
            context["currency"] = self._currency()
        return context

    def _currency(self) -> str | None:
        """Return what the desk of the room, of the studio asked for, or of the viewer counts in."""
        studios = Studio.objects.visible_to(self.viewer)
        if "pk" in self.kwargs:
            studios = studios.filter(rooms=self.kwargs["pk"])
        elif (asked := self.request.query_params.get("studio", "")).isdecimal() and len(asked) <= 18:
            studios = studios.filter(pk=asked)
        return studios.values_list("desk__currency", flat=True).first()

    def form_start(self, action: str) -> dict[str, Any]:
        studio = self.request.query_params.get("studio")
        return {"studio": studio} if studio else {}

    @once
    def create(self, request: Any) -> Response:
        said = self._with_rates(self.said())
        return self.answer(studios.create_room(**said).pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        room = self.get_object()
        said = self._with_rates(self.said(room))
        studios.update_room(room=room, expected=self.expected_version(), **said)
        return self.answer(pk)

    def _with_rates(self, said: dict[str, Any]) -> dict[str, Any]:
        if "rates" in said:
            _refuse_without_money(self.viewer)
        return said


def _refuse_without_money(viewer: Viewer) -> None:
    """What a studio charges is money: a token that may only plan cannot set it."""
    if not viewer.allows(BUDGET_WRITE):
        raise PermissionDenied
