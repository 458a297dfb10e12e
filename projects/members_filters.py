"""What the lists of members and invitations may be asked."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from producerdesk.kit.filters import DeskFilterSet, IdFilter, YesNoFilter
from projects.models import Invitation, Membership


class MemberFilter(DeskFilterSet):
    """`?project=7`."""

    project = IdFilter(field_name="project_id", label=_("Project"))

    class Meta:
        model = Membership
        fields: list[str] = []


class StaffInvitationFilter(DeskFilterSet):
    """`?desk=3&waiting=true`: neither accepted nor taken back, though it may have run out."""

    desk = IdFilter(field_name="desk_id", label=_("Desk"))
    waiting = YesNoFilter(method="only_waiting", label=_("Neither accepted nor taken back"))

    class Meta:
        model = Invitation
        fields: list[str] = []

    def only_waiting(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        waiting = Invitation.objects.open()
        return queryset.filter(pk__in=waiting) if value else queryset.exclude(pk__in=waiting)


class InvitationFilter(StaffInvitationFilter):
    """`?project=7&waiting=true`."""

    project = IdFilter(field_name="project_id", label=_("Project"))
