"""What forms that plan sessions offer: of the project that is asked for, and of its desk."""

from typing import Any

from django.db.models import Q

from producerdesk.kit.filters import asked_id
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from sessions.models import Call


def asked_project(request: Any) -> int | None:
    """Return the project that the address names: `?project=7`."""
    return asked_id(request.query_params, "project")


def desk_of(viewer: Viewer, project_id: int | None) -> int | None:
    """Return the desk of a project that the viewer sees; without a project the viewer's own."""
    if not project_id:
        return viewer.home_desk_id
    return Project.objects.visible_to(viewer).filter(pk=project_id).values_list("desk_id", flat=True).first()


def narrowed(project_id: int | None, desk_id: int | None) -> dict[str, Q]:
    """Return, by field, what of songs, rooms, people and gear comes into question."""
    of_desk = {"room": "studio__desk_id", "contributor": "desk_id", "gear": "desk_id"}
    narrow = {
        "songs": Q(project_id=project_id or 0),
        "room": Q(active=True, studio__active=True),
        "contributor": Q(active=True),
        "gear": Q(active=True, bookable=True),
    }
    return narrow | {name: narrow[name] & Q(**{column: desk_id}) for name, column in of_desk.items() if desk_id}


def not_called(session_id: int, instead_of: int = 0) -> Q:
    """Return who is not called to the session yet, or has said no: the people of a form that calls one more.

    `instead_of` is who is to be replaced, and no choice either.
    """
    there = Call.objects.filter(session=session_id, removed_at=None).exclude(answer=Call.Answer.DECLINED)
    return ~Q(pk__in=there.values("contributor")) & ~Q(pk=instead_of)
