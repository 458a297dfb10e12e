"""Which grants a person holds: desk staff and project memberships, read beside the user in one query."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.db.models import OuterRef

from producerdesk.accounts.models import DeskStaff
from producerdesk.accounts.roles import RIGHTS_OF
from producerdesk.kit.folded import JsonRows
from producerdesk.kit.viewer import Grant
from projects.models import Membership

COLUMNS = ("staff_grants", "member_grants")


def columns() -> dict[str, Any]:
    """Return what users are annotated with: their roles in desks and in projects."""
    staff = DeskStaff.objects.filter(user=OuterRef("pk")).order_by("pk").values_list("desk_id", "role")
    members = Membership.objects.filter(user=OuterRef("pk")).order_by("pk")
    of_projects = members.values_list("project__desk_id", "project_id", "role")
    return dict(zip(COLUMNS, (JsonRows(staff), JsonRows(of_projects)), strict=True))


def grants(staff: str, members: str) -> Iterator[Grant]:
    """Yield every role that these columns hold, with its rights."""
    for desk_id, role in orjson.loads(staff):
        yield Grant(desk_id, None, role, RIGHTS_OF[role])
    for desk_id, project_id, role in orjson.loads(members):
        yield Grant(desk_id, project_id, role, RIGHTS_OF[role])
