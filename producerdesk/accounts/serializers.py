"""What the API says of desks, their staff and oneself, and what one may tell it."""

import copy
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.accounts import reminding
from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.offsets import OffsetsField, OffsetsLine
from producerdesk.accounts.permissions import may_give
from producerdesk.accounts.reminding import check_quiet
from producerdesk.accounts.roles import DESK_MANAGE, STAFF_CHOICES, STAFF_ROLES
from producerdesk.kit import papers
from producerdesk.kit.fields import Choice, FormRows, InputSerializer, ModelInputSerializer, TimeOfDay
from producerdesk.kit.rows import Children, Computed, RowSerializer
from producerdesk.kit.text import one_line
from producerdesk.kit.viewer import Viewer


# --- out ----------------------------------------------------------------------------------------------
class PersonRow(RowSerializer):
    """Somebody with an account, for those who work with him or her."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class ReminderRuleRow(serializers.Serializer):
    """When else reminders leave: for sessions of a kind, for people called in a role, or both; minutes before."""

    kind = serializers.CharField(allow_blank=True)
    role = serializers.CharField(allow_blank=True)
    offsets = serializers.ListField(child=serializers.IntegerField())


class DeskRow(RowSerializer):
    """A desk. `role` is the viewer's own.

    `reminder_offsets` are minutes before the call time; `reminder_rules` say where it is otherwise. In the quiet hours,
    on the clock of whom it goes to, no mail leaves that can wait. `paper` is empty where none is chosen,
    `prints_on` then what is usual in the country of the time zone.
    """

    id = serializers.IntegerField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    currency = serializers.CharField()
    reminder_offsets = serializers.ListField(child=serializers.IntegerField())
    hold_days = serializers.IntegerField()
    challenge_hours = serializers.IntegerField()
    travel_minutes = serializers.IntegerField()
    paper = serializers.ChoiceField(papers.CHOICES, allow_blank=True)
    prints_on = Computed(papers.of_desk, "paper", "time_zone", kind=serializers.ChoiceField(papers.CHOICES))
    reminder_rules = Computed(list, "reminder_rules", kind=ReminderRuleRow(many=True))
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
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
class KindField(Choice):
    """A kind of session. Sessions tell them once they are loaded, which is after this."""

    def __copy__(self) -> "KindField":
        return copy.deepcopy(self)  # REST framework makes it anew, and so it knows them


class ReminderRuleInput(InputSerializer):
    """When else reminders leave, and for whom."""

    kind = KindField(choices=reminding.KINDS, required=False, allow_blank=True, default="", label=_("Kind of session"))
    role = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=60, label=_("Called as, like engineer")
    )
    offsets = OffsetsLine(label=_("Reminders, like 7 days, 2 hours"))

    class Meta:
        list_serializer_class = FormRows

    def validate_role(self, text: str) -> str:
        return one_line(text)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if not said["kind"] and not said["role"]:
            raise serializers.ValidationError({"kind": _("Say for which kind of session, or for whom.")})
        return said


class DeskInput(ModelInputSerializer):
    """What one may say of a desk."""

    quiet_from = TimeOfDay(required=False, allow_null=True, label=_("No mail from"))
    quiet_until = TimeOfDay(
        required=False,
        allow_null=True,
        label=_("until"),
        help_text=_("On the clock of whom it goes to. Who is told of a move or cancellation is told at once."),
    )

    reminder_offsets = OffsetsField(
        label=_("Reminders before the call time"),
        help_text=_("Like 7 days, 24 hours or 90 minutes. They go to everybody who is called to a session."),
    )

    reminder_rules = ReminderRuleInput(
        many=True,
        required=False,
        max_length=reminding.RULES_AT_MOST,
        label=_("Other reminders for some"),
        help_text=_("For a kind of session, for people called as something, or both. The closest one counts."),
    )

    class Meta:
        model = Desk
        fields = [
            *("name", "time_zone", "currency", "reminder_offsets", "reminder_rules", "quiet_from", "quiet_until"),
            *("hold_days", "challenge_hours", "travel_minutes", "paper"),
        ]

    def validate_name(self, text: str) -> str:
        return one_line(text)

    def validate_reminder_rules(self, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = [dict(rule) for rule in rules]
        whose = [(rule["kind"], rule["role"].casefold()) for rule in found]
        if len(set(whose)) < len(whose):
            raise serializers.ValidationError(_("Two of these are for the same people."))
        return found

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        check_quiet(said, self.instance)
        return said


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
