"""What sessions can be narrowed by: projects, rooms and people, all in one query."""

from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from contributors.models import Contributor
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from sessions.models import Room

AT_MOST = 500  # of each: beyond it one searches


def things(viewer: Viewer) -> dict[str, list[dict[str, Any]]]:
    """Return the projects the viewer sees, and the rooms and people in use where the viewer plans. One query."""
    rooms = Room.objects.visible_to(viewer).filter(active=True, studio__active=True)
    people = Contributor.objects.filter(desk_id__in=viewer.reach_desks(SCHEDULE_WRITE), active=True)
    rows = _rows("projects", Project.objects.visible_to(viewer), "title").union(
        _rows("rooms", rooms, "name", "studio_id", "studio__name"), _rows("people", people, "name"), all=True
    )
    found: dict[str, list[dict[str, Any]]] = {"projects": [], "rooms": [], "people": []}
    for what, key, name, studio_id, studio in sorted(
        rows, key=lambda row: (row[4].casefold(), row[2].casefold(), row[1])
    ):
        thing = {"id": key, "name": name}
        found[what].append(thing | ({"studio": {"id": studio_id, "name": studio}} if what == "rooms" else {}))
    return {what: listed[:AT_MOST] for what, listed in found.items()}


def _rows(what: str, queryset: QuerySet, name: str, studio_id: str = "", studio: str = "") -> QuerySet:
    """Return (what, id, name, id and name of the studio), of one type in every part of the union."""
    return queryset.order_by().values_list(
        Value(what, output_field=CharField()),
        "pk",
        Cast(name, CharField()),
        F(studio_id) if studio_id else Value(0),
        Cast(studio, CharField()) if studio else Value("", output_field=CharField()),
    )
