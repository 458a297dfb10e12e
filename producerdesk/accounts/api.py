"""The API of desks, their staff and oneself."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts import actions, permissions, serializers
from producerdesk.accounts.filters import StaffFilter
from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.roles import DESK_MANAGE
from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.errors import Refused
from producerdesk.kit.permissions import Right


class OwnDeskViewSet(DeskViewSet):
    """The desks one works at. Whoever starts a first project gets one."""

    queryset = Desk.objects
    row = serializers.DeskRow
    needs = permissions.DESKS
    inputs = {"update": serializers.DeskInput}

    def has_right(self, right: Right, found: Desk) -> bool:
        if right == DESK_MANAGE:
            # on the desk itself: who owns one of its projects does not manage the desk
            return self.viewer.can(right, desk_id=found.pk)
        return super().has_right(right, found)

    def update(self, request: Any, pk: str) -> Response:
        desk = self.get_object()
        actions.update_desk(desk=desk, expected=self.expected_version(), **self.said(desk))
        return self.answer(pk)


class StaffViewSet(DeskViewSet):
    """Who works at a desk. New people come by an invitation."""

    queryset = DeskStaff.objects
    row = serializers.StaffRow
    filterset_class = StaffFilter
    needs = permissions.STAFF
    inputs = {"role": serializers.StaffRoleInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("desk").order_by("desk__name", "desk", "pk")

    def has_right(self, right: Right, found: DeskStaff) -> bool:
        if right == DESK_MANAGE:
            return self.viewer.can(right, desk_id=found.desk_id)
        return super().has_right(right, found)

    @action(detail=True, methods=["post"])
    def role(self, request: Any, pk: str) -> Response:
        """Give somebody another role."""
        row, said = self.get_object(), self.said()
        if not permissions.may_give(self.viewer, said["role"], desk_id=row.desk_id):
            raise Refused({"role": _("You can give only what you may do yourself.")})
        actions.set_staff_role(row=row, **said)
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        """Remove somebody, or leave oneself."""
        row = self.get_object()
        leaves = row.user_id == self.viewer.user_id and permissions.in_person(self.viewer)
        if not leaves:
            self.require(DESK_MANAGE, row)
        actions.remove_staff(row=row)
        return Response(status=204)


class MeViewSet(DeskViewSet):
    """Oneself: name, time zone, keys."""

    queryset = User.objects
    row = serializers.MeRow
    needs = permissions.ME
    inputs = {"update": serializers.ProfileInput}

    def get_queryset(self) -> QuerySet:
        return User.objects.filter(pk=self.viewer.user_id)

    def form_start(self, action: str) -> dict[str, Any]:
        return self.form_values(self.request.user, action)

    def retrieve(self, request: Any) -> Response:
        return self.answer(self.viewer.user_id)

    def update(self, request: Any) -> Response:
        actions.update_profile(user=request.user, **self.said(request.user))
        return self.answer(self.viewer.user_id)
