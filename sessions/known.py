"""What sessions can be narrowed by: projects, rooms and people, all in one query."""

from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from contributors.models import Contributor
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from sessions.models import Room

AT_MOST = 500  # of each: beyond it one searches
FEW = 12  # what is offered before anything is typed
WORDS_AT_MOST = 8
KINDS = {"projects": "title", "rooms": "name", "people": "name"}


def things(viewer: Viewer) -> dict[str, list[dict[str, Any]]]:
    """Return the projects the viewer sees, and the rooms and people in use where the viewer plans."""
    return _shaped(_union(**_all(viewer)))


def called(viewer: Viewer, search: str) -> dict[str, list[dict[str, Any]]]:
    """Return a few of each kind that are called so. Every word must be found."""
    found = _all(viewer)
    for word in search.split()[:WORDS_AT_MOST]:
        found = {kind: rows.filter(**{f"{KINDS[kind]}__icontains": word}) for kind, rows in found.items()}
    return {kind: listed[:FEW] for kind, listed in _shaped(_union(**found)).items()}


def few(viewer: Viewer, project: int | None, person: int | None) -> dict[str, list[dict[str, Any]]]:
    """Return the projects and people that were worked on last, these two in any case, and all rooms."""
    return _shaped(_few(viewer, project=project, person=person).rows())


@prepared
def _few(viewer: Viewer, project: int | None, person: int | None) -> QuerySet:
    found = _all(viewer)
    for kind, wanted in (("projects", project), ("people", person)):
        # a list of keys: SQLite cannot cut the parts of a union
        latest = found[kind].order_by("-updated_at", "-pk").values("pk")[:FEW]
        found[kind] = found[kind].filter(Q(pk__in=latest) | Q(pk=wanted or 0))
    return _union(**found)


def _all(viewer: Viewer) -> dict[str, QuerySet]:
    return {
        "projects": Project.objects.visible_to(viewer),
        "rooms": Room.objects.visible_to(viewer).filter(active=True, studio__active=True),
        "people": Contributor.objects.filter(desk_id__in=viewer.reach_desks(SCHEDULE_WRITE), active=True),
    }


def _union(projects: QuerySet, rooms: QuerySet, people: QuerySet) -> QuerySet:
    return _rows("projects", projects).union(
        _rows("rooms", rooms, "studio_id", "studio__name", "studio__time_zone"),
        _rows("people", people, zone="time_zone"),
        all=True,
    )


def _rows(kind: str, queryset: QuerySet, studio_id: str = "", studio: str = "", zone: str = "") -> QuerySet:
    """Return (what, id, name, id and name of the studio, zone), of one type in every part of the union."""
    return queryset.order_by().values_list(
        Value(kind, output_field=CharField()),
        "pk",
        Cast(KINDS[kind], CharField()),
        F(studio_id) if studio_id else Value(0),
        *(Cast(name, CharField()) if name else Value("", output_field=CharField()) for name in (studio, zone)),
    )


def _shaped(rows: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for kind, key, name, studio_id, studio, zone in sorted(
        rows, key=lambda row: (row[4].casefold(), row[2].casefold(), row[1])
    ):
        thing = {"id": key, "name": name}
        of_room = {"studio": {"id": studio_id, "name": studio}, "time_zone": zone}
        more = {"rooms": of_room, "people": {"time_zone": zone}}
        found[kind].append(thing | more.get(kind, {}))
    return {kind: listed[:AT_MOST] for kind, listed in found.items()}
