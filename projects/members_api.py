"""The API of who may see a project, of invitations, and of accepting one."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.actions import has_proved
from producerdesk.accounts.authentication import renew_viewer
from producerdesk.accounts.once import once
from producerdesk.accounts.permissions import in_person, may_give
from producerdesk.accounts.roles import DESK_MANAGE, PEOPLE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet, NoPages
from producerdesk.kit.errors import Refused
from producerdesk.kit.permissions import Right
from producerdesk.kit.rows import utc
from projects import joining
from projects import members_permissions as permissions
from projects import members_serializers as serializers
from projects.members_filters import InvitationFilter, MemberFilter, StaffInvitationFilter
from projects.models import Invitation, Membership


class MemberViewSet(DeskViewSet):
    """Who may see a project, beside the desk's own staff. New people come by an invitation."""

    queryset = Membership.objects
    row = serializers.MemberRow
    filterset_class = MemberFilter
    needs = permissions.MEMBERS
    inputs = {"role": serializers.MemberRoleInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("project").order_by("project__title", "project", "pk")

    @action(detail=True, methods=["post"])
    def role(self, request: Any, pk: str) -> Response:
        """Give somebody another role."""
        member, said = self.get_object(), self.said()
        for role in (member.role, said["role"]):
            self._may_give(role, member)
        joining.set_member_role(member=member, by=self.viewer, **said)
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        """Remove somebody from a project, or leave it oneself."""
        member = self.get_object()
        leaves = member.user_id == self.viewer.user_id and in_person(self.viewer)
        if not leaves:
            self.require(PEOPLE_WRITE, member)
            self._may_give(member.role, member)
        joining.remove_member(member=member, by=self.viewer)
        return Response(status=204)

    def _may_give(self, role: str, member: Membership) -> None:
        if not may_give(self.viewer, role, desk_id=member.project.desk_id, project_id=member.project_id):
            raise Refused({"role": _("You can give and take only what you may do yourself.")})


class InvitationViewSet(DeskViewSet):
    """Invitations to projects."""

    queryset = Invitation.objects
    row = serializers.InvitationRow
    filterset_class = InvitationFilter
    needs = permissions.INVITATIONS
    inputs = {"create": serializers.InvitationInput}

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset().filter(project__isnull=False)
        return found.with_mail().select_related("project", "desk").order_by("-pk")

    @once
    def create(self, request: Any) -> Response:
        """Ask somebody to join. Whether the address has an account makes no difference to the answer."""
        invitation = joining.invite(by=request.user, now=clock.now(), **self.said())
        return self.answer(invitation.pk, status=201)

    @action(detail=True, methods=["post"])
    def resend(self, request: Any, pk: str) -> Response:
        """Send the mail again; the days of the invitation count anew."""
        joining.send_again(invitation=self._changeable(), now=clock.now())
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        """Take the invitation back."""
        joining.take_back(invitation=self._changeable(), now=clock.now())
        return Response(status=204)

    def _changeable(self) -> Invitation:
        found = self.get_object()
        if not may_give(self.viewer, found.role, desk_id=found.desk_id, project_id=found.project_id):
            raise Refused({"role": _("You can give and take only what you may do yourself.")})
        return found


class StaffInvitationViewSet(InvitationViewSet):
    """Invitations to the staff of a desk."""

    row = serializers.StaffInvitationRow
    filterset_class = StaffInvitationFilter
    needs = permissions.STAFF_INVITATIONS
    inputs = {"create": serializers.StaffInvitationInput}

    def get_queryset(self) -> QuerySet:
        found = DeskViewSet.get_queryset(self).filter(project=None)
        return found.with_mail().select_related("desk").order_by("-pk")

    def has_right(self, right: Right, found: Invitation) -> bool:
        if right == DESK_MANAGE:
            return self.viewer.can(right, desk_id=found.desk_id)
        return super().has_right(right, found)


class JoinViewSet(NoPages, DeskViewSet):
    """An invitation as the invited person sees it, by its secret; and those that wait for who is signed in."""

    queryset = Invitation.objects
    row = serializers.WaitingJoinRow
    detail_row = serializers.JoinRow
    needs = permissions.JOINS
    inputs = {}
    lookup_value_regex = "[^/]{1,200}"

    def list(self, request: Any) -> Response:
        waiting = joining.waiting_for(request.user, clock.now())
        rows = [self._said(each, "open", mine=True) | {"secret": text} for each, text in waiting]
        return Response({"count": len(rows), "results": rows})

    def retrieve(self, request: Any, pk: str) -> Response:
        return Response(self._told(self._find(pk)))

    @action(detail=True, methods=["post"])
    def accept(self, request: Any, pk: str) -> Response:
        """Join. The account must have proved the address that was invited."""
        invitation = joining.accept(invitation=self._find(pk), user=request.user, now=clock.now())
        renew_viewer(request)
        return Response(self._told(invitation))

    def _find(self, text: str) -> Invitation:
        found = joining.find(text)
        if found is None:
            raise Http404
        return found

    def _told(self, found: Invitation) -> dict[str, Any]:
        state = joining.state_of(found, clock.now())
        mine = found.accepted_by_id is not None and found.accepted_by_id == self.viewer.user_id
        told = dict.fromkeys(serializers.JoinRow().fields) | {"state": state, "proves_address": False, "is_mine": mine}
        if state != "open" and not mine:
            return told
        return self._said(found, state, mine=mine or self._is_mine(found))

    def _said(self, found: Invitation, state: str, *, mine: bool) -> dict[str, Any]:
        project = found.project
        return {
            "state": state,
            "email": found.email,
            "role": found.role,
            "desk": {"id": found.desk_id, "name": found.desk.name},
            "project": {"id": project.pk, "title": project.title, "artist": project.artist} if project else None,
            "invited_by": found.invited_by.name or found.invited_by.email,
            "expires_at": utc(found.expires_at),
            "proves_address": state == "open" and joining.proves_address(found),
            "is_mine": mine,
        }

    def _is_mine(self, found: Invitation) -> bool:
        return in_person(self.viewer) and has_proved(self.request.user, found.email)
