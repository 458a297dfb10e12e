"""What the API says of desks, their staff and oneself, and what one may tell it."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.offsets import OffsetsField
from producerdesk.accounts.permissions import may_give
from producerdesk.accounts.roles import DESK_MANAGE, STAFF_CHOICES, STAFF_ROLES
from producerdesk.kit.fields import Choice, InputSerializer, ModelInputSerializer
from producerdesk.kit.rows import Children, Computed, RowSerializer
from producerdesk.kit.text import one_line
from producerdesk.kit.viewer import Viewer


# --- out ----------------------------------------------------------------------------------------------
class PersonRow(RowSerializer):
    """Somebody with an account, for those who work with him or her."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class DeskRow(RowSerializer):
    """A desk. `reminder_offsets` are minutes before the call time; `role` is the viewer's own."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    currency = serializers.CharField()
    reminder_offsets = serializers.ListField(child=serializers.IntegerField())
    hold_days = serializers.IntegerField()
    challenge_hours = serializers.IntegerField()
    role = Computed(
        lambda viewer, pk: viewer.desks[pk].role, "pk", kind=serializers.ChoiceField(STAFF_CHOICES), for_viewer=True
    )
    may_manage = Computed(
        lambda viewer, pk: viewer.can(DESK_MANAGE, desk_id=pk),
        "pk",
        kind=serializers.BooleanField(),
        for_viewer=True,
    )
    version = serializers.IntegerField()


class DeskRef(RowSerializer):
    """The desk something belongs to."""

    id = serializers.IntegerField()
    name = serializers.CharField()


def _may_change(viewer: Viewer, desk_id: int, role: str) -> bool:
    return viewer.can(DESK_MANAGE, desk_id=desk_id) and may_give(viewer, role, desk_id=desk_id)


def _may_become(viewer: Viewer, desk_id: int, role: str) -> list[str]:
    if not _may_change(viewer, desk_id, role):
        return []
    return [other.value for other in STAFF_ROLES if other != role and may_give(viewer, other, desk_id=desk_id)]


class StaffRow(RowSerializer):
    """Somebody who works at a desk."""

    id = serializers.IntegerField()
    desk = DeskRef()
    user = PersonRow()
    role = serializers.ChoiceField(STAFF_CHOICES)
    created_at = serializers.DateTimeField()
    is_me = Computed(
        lambda viewer, user_id: viewer.user_id == user_id,
        "user_id",
        kind=serializers.BooleanField(),
        for_viewer=True,
    )
    may_change = Computed(_may_change, "desk_id", "role", kind=serializers.BooleanField(), for_viewer=True)
    may_become = Computed(
        _may_become,
        *("desk_id", "role"),
        kind=serializers.ListField(child=serializers.ChoiceField(STAFF_CHOICES)),
        for_viewer=True,
    )


class MyDeskRow(RowSerializer):
    """A desk one works at."""

    id = serializers.IntegerField(source="desk_id")
    name = serializers.CharField(source="desk.name")
    role = serializers.ChoiceField(STAFF_CHOICES)


class MeRow(RowSerializer):
    """Oneself."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    time_zone = serializers.CharField()
    single_keys = serializers.BooleanField()
    desks = Children(MyDeskRow, "user_id", lambda viewer: DeskStaff.objects.filter(desk_id__in=viewer.desks))


# --- in -----------------------------------------------------------------------------------------------
class DeskInput(ModelInputSerializer):
    """What one may say of a desk."""

    reminder_offsets = OffsetsField(
        label=_("Reminders before the call time"),
        help_text=_("Like 7 days, 24 hours or 90 minutes. They go to everybody who is called to a session."),
    )

    class Meta:
        model = Desk
        fields = ["name", "time_zone", "currency", "reminder_offsets", "hold_days", "challenge_hours"]

    def validate_name(self, text: str) -> str:
        return one_line(text)


class StaffRoleInput(InputSerializer):
    """The role somebody gets at a desk."""

    role = Choice(STAFF_CHOICES, label=_("Role"))


class ProfileInput(ModelInputSerializer):
    """What one may say of oneself."""

    single_keys = serializers.BooleanField(
        required=False,
        label=_("Single-key shortcuts"),
        help_text=_("Off: letters alone do nothing, for who steers by voice."),
    )

    class Meta:
        model = User
        fields = ["name", "time_zone", "single_keys"]

    def validate_name(self, text: str) -> str:
        return one_line(text)
