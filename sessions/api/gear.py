"""Gear, its repairs and its faults."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.once import once
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet
from sessions import permissions, serializers
from sessions.actions import gear as gear_actions
from sessions.api.in_use import InUse
from sessions.filters import GearFilter
from sessions.models import Gear, GearFault, GearRepair, StudioSession


class GearViewSet(InUse):
    """What a desk records with: microphones, preamps, instruments. Retired, an item cannot be booked any more."""

    queryset = Gear.objects
    row = serializers.GearRow
    detail_row = serializers.GearDetail
    filterset_class = GearFilter
    needs = permissions.GEAR
    inputs = {
        "create": serializers.NewGearItemInput,
        "update": serializers.GearItemInput,
        "archive": serializers.NothingInput,
        "restore": serializers.NothingInput,
    }

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset().with_state(clock.today(self.viewer.time_zone))
        return found.order_by("name", "serial", "pk")

    def form_start(self, action: str) -> dict[str, Any]:
        asked = {name: self.request.query_params.get(name) for name in ("studio", "room")}
        home = {name: text for name, text in asked.items() if text}
        return {"desk": self.viewer.home_desk_id, "kind": Gear.Kind.MICROPHONE, "bookable": True} | home

    @once
    def create(self, request: Any) -> Response:
        return self.make(gear_actions.create_gear)

    def update(self, request: Any, pk: str) -> Response:
        gear = self.get_object()
        gear_actions.update_gear(gear=gear, expected=self.expected_version(), **self.said(gear))
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        """Delete an item that no session ever reserved."""
        gear_actions.delete_gear(gear=self.get_object())
        return Response(status=204)

    @extend_schema(responses=serializers.CalendarRows)
    @action(detail=True, methods=["get"])
    def needed(self, request: Any, pk: str) -> Response:
        """The sessions to come that have reserved the item for days on which it is out for repair."""
        keys = gear_actions.needed(gear=self.get_object())
        found = StudioSession.objects.visible_to(self.viewer).filter(pk__in=keys).order_by("starts_at", "pk")
        rows = serializers.CalendarRow.read(found, self.viewer)
        return Response({"count": len(rows), "results": rows})


class _OfGear(DeskViewSet):
    """What belongs to an item."""

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("gear").order_by("pk")

    def place_of(self, found: Any) -> tuple[int, None]:
        return found.gear.desk_id, None

    def form_start(self, action: str) -> dict[str, Any]:
        return {"gear": self.request.query_params.get("gear")}


class GearRepairViewSet(_OfGear):
    """Days on which gear is out for repair: it cannot be booked on them."""

    queryset = GearRepair.objects
    row = serializers.RepairRow
    needs = permissions.GEAR_REPAIRS
    inputs = {
        "create": serializers.NewRepairInput,
        "update": serializers.RepairInput,
        "back": serializers.NothingInput,
        "restore": serializers.NothingInput,
    }

    def form_start(self, action: str) -> dict[str, Any]:
        return super().form_start(action) | {"first": clock.today(self.viewer.time_zone).isoformat()}

    @once
    def create(self, request: Any) -> Response:
        return self.answer(gear_actions.send_to_repair(**self.said()).pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        repair = self.get_object()
        gear_actions.change_repair(repair=repair, expected=self.expected_version(), **self.said(repair))
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        """Take the days back. `restore` lets them count again."""
        gear_actions.remove_repair(repair=self.get_object())
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Let days that were taken back count again."""
        gear_actions.restore_repair(repair=self.get_object())
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def back(self, request: Any, pk: str) -> Response:
        """The item is back: it can be booked from today on."""
        gear_actions.bring_back(repair=self.get_object(), today=clock.today(self.viewer.time_zone))
        return self.answer(pk)


class GearFaultViewSet(_OfGear):
    """The fault log of gear. An item with a fault can still be booked."""

    queryset = GearFault.objects
    row = serializers.FaultRow
    needs = permissions.GEAR_FAULTS
    inputs = {
        "create": serializers.NewFaultInput,
        "fix": serializers.NothingInput,
        "reopen": serializers.NothingInput,
    }

    @once
    def create(self, request: Any) -> Response:
        return self.answer(gear_actions.log_fault(viewer=self.viewer, **self.said()).pk, status=201)

    def destroy(self, request: Any, pk: str) -> Response:
        """Take an entry out of the log: nothing was wrong."""
        gear_actions.remove_fault(fault=self.get_object())
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def fix(self, request: Any, pk: str) -> Response:
        """It was put right, now."""
        gear_actions.fix_fault(fault=self.get_object())
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, pk: str) -> Response:
        """It is still there, or there again."""
        gear_actions.reopen_fault(fault=self.get_object())
        return self.answer(pk)
