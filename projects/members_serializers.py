"""What the API says of who may see a project and who is invited, and what one may tell it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers

from producerdesk.accounts.models import Desk
from producerdesk.accounts.permissions import may_give
from producerdesk.accounts.roles import DESK_MANAGE, PEOPLE_WRITE, STAFF_CHOICES, Role
from producerdesk.accounts.serializers import DeskRef, PersonRow
from producerdesk.kit import clock
from producerdesk.kit.fields import Choice, InputSerializer, VisibleField
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.rows import Computed, RowSerializer
from producerdesk.kit.viewer import Viewer
from producerdesk.notices.models import Delivery
from producerdesk.notices.reasons import worded
from projects.models import Project
from projects.serializers import ProjectRef

STATES = [
    ("open", _lazy("Waiting for an answer")),
    ("expired", _lazy("Has run out")),
    ("accepted", _lazy("Accepted")),
    ("revoked", _lazy("Taken back")),
]


# --- out ----------------------------------------------------------------------------------------------
def _may_change(viewer: Viewer, desk_id: int, project_id: int | None, role: str) -> bool:
    place = {"desk_id": desk_id, "project_id": project_id}
    return viewer.can(PEOPLE_WRITE, **place) and may_give(viewer, role, **place)


def _may_become(viewer: Viewer, desk_id: int, project_id: int, role: str) -> list[str]:
    if not _may_change(viewer, desk_id, project_id, role):
        return []
    place = {"desk_id": desk_id, "project_id": project_id}
    return [other.value for other in Role if other != role and may_give(viewer, other, **place)]


class MemberRow(RowSerializer):
    """Somebody who may see a project. The desk's own staff are not members: they see all of its projects."""

    id = serializers.IntegerField()
    project = ProjectRef()
    user = PersonRow()
    role = serializers.ChoiceField(Role.choices)
    created_at = serializers.DateTimeField()
    is_me = Computed(
        lambda viewer, user_id: viewer.user_id == user_id,
        "user_id",
        kind=serializers.BooleanField(),
        for_viewer=True,
    )
    may_change = Computed(
        _may_change,
        *("project__desk_id", "project_id", "role"),
        kind=serializers.BooleanField(),
        for_viewer=True,
    )
    may_become = Computed(
        _may_become,
        *("project__desk_id", "project_id", "role"),
        kind=serializers.ListField(child=serializers.ChoiceField(Role)),
        for_viewer=True,
    )


def _state(accepted_at: datetime | None, revoked_at: datetime | None, expires_at: datetime) -> str:
    if accepted_at:
        return "accepted"
    if revoked_at:
        return "revoked"
    return "open" if expires_at > clock.now() else "expired"


class StaffInvitationRow(RowSerializer):
    """An invitation to the staff of a desk. Its secret stands only in its mail."""

    id = serializers.IntegerField()
    desk = DeskRef()
    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.choices)
    state = Computed(_state, "accepted_at", "revoked_at", "expires_at", kind=serializers.ChoiceField(STATES))
    invited_by = PersonRow()
    created_at = serializers.DateTimeField()
    mailed_at = serializers.DateTimeField()
    mail_state = serializers.ChoiceField(Delivery.State.choices, allow_null=True)
    mail_reason = Computed(worded, "mail_reason", kind=serializers.CharField(allow_null=True))
    expires_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    may_change = Computed(
        _may_change, "desk_id", "project_id", "role", kind=serializers.BooleanField(), for_viewer=True
    )


class InvitationRow(StaffInvitationRow):
    """An invitation to a project. Its secret stands only in its mail."""

    project = ProjectRef()


class JoinRow(RowSerializer):
    """An invitation as the person sees it who has its secret. Once it is not open, only its state is told."""

    state = serializers.ChoiceField(STATES)
    email = serializers.EmailField(allow_null=True)
    role = serializers.ChoiceField(Role.choices, allow_null=True)
    desk = DeskRef(allow_null=True)
    project = ProjectRef(allow_null=True)
    invited_by = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    proves_address = serializers.BooleanField(help_text="Whether the secret can only have come by mail.")
    is_mine = serializers.BooleanField(help_text="Whether the viewer may accept it, or did.")


class WaitingJoinRow(JoinRow):
    """An open invitation to an address that the viewer has proved."""

    secret = serializers.CharField(help_text="What its own address here ends with.")


# --- in -----------------------------------------------------------------------------------------------
class PlaceField(VisibleField):
    """Where somebody is invited to. A form knows it from its page, so there is nothing to choose from."""

    def __init__(self, rows: Any = None, **options: Any) -> None:
        super().__init__(rows, style={"input_type": "hidden"}, **options)

    def options(self) -> list[dict[str, Any]]:
        return []


class _Invites(InputSerializer):
    """Whom to invite, and as what."""

    email = serializers.EmailField(label=_lazy("E-mail"), max_length=254)

    def may_give(self, role: str, **place: int) -> None:
        """Refuse a role that reaches further than the viewer's own."""
        if not may_give(viewer_of(self.context["request"]), role, **place):
            raise serializers.ValidationError({"role": _("You can give only what you may do yourself.")})


class InvitationInput(_Invites):
    """Whom to invite to which project, and as what."""

    project = PlaceField(
        Project.objects.select_related("desk"),
        may=lambda viewer, project: viewer.can(PEOPLE_WRITE, desk_id=project.desk_id, project_id=project.pk),
        label=_lazy("Project"),
    )
    role = Choice(Role.choices, label=_lazy("Role"))

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        project = said["project"]
        self.may_give(said["role"], desk_id=project.desk_id, project_id=project.pk)
        return said | {"desk": project.desk}


class StaffInvitationInput(_Invites):
    """Whom to invite to the staff of which desk, and as what."""

    desk = PlaceField(
        Desk.objects, may=lambda viewer, desk: viewer.can(DESK_MANAGE, desk_id=desk.pk), label=_lazy("Desk")
    )
    role = Choice(STAFF_CHOICES, label=_lazy("Role"))

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        self.may_give(said["role"], desk_id=said["desk"].pk)
        return said | {"project": None}


class MemberRoleInput(InputSerializer):
    """The role somebody gets in a project."""

    role = Choice(Role.choices, label=_lazy("Role"))
