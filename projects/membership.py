"""Which grants a person holds: desk staff and project memberships in one query."""

from collections.abc import Iterator

from django.db.models import BigIntegerField, F, Value

from producerdesk.accounts.models import DeskStaff
from producerdesk.accounts.roles import RIGHTS_OF
from producerdesk.kit.viewer import Grant
from projects.models import Membership

NONE = Value(None, output_field=BigIntegerField())


def grants(user_id: int) -> Iterator[Grant]:
    """Yield every role of the user, with its rights. One query."""
    staff = DeskStaff.objects.filter(user_id=user_id).order_by().values_list("desk_id", NONE, "role")
    members = Membership.objects.filter(user_id=user_id).order_by()
    rows = staff.union(members.values_list(F("project__desk_id"), "project_id", "role"), all=True)
    for desk_id, project_id, role in rows:
        yield Grant(desk_id, project_id, role, RIGHTS_OF[role])
