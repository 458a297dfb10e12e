"""What the lists of desks and staff may be asked."""

from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import DeskStaff
from producerdesk.kit.filters import DeskFilterSet, IdFilter


class StaffFilter(DeskFilterSet):
    """`?desk=3`."""

    desk = IdFilter(field_name="desk_id", label=_("Desk"))

    class Meta:
        model = DeskStaff
        fields: list[str] = []
