"""One project, read the same way by everybody: by its own address and at a glance."""

from typing import Any

from django.db.models import QuerySet

from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from projects.serializers import ProjectDetail, today


def project_of(viewer: Viewer, pk: int) -> dict[str, Any] | None:
    """Return the project as `ProjectDetail` describes it, or None if the viewer may not open it. One query."""
    return next(iter(ProjectDetail.read_folded(_one(viewer, pk=pk), viewer)), None)


@prepared
def _one(viewer: Viewer, pk: int) -> QuerySet:
    return Project.objects.visible_to(viewer).filter(pk=pk).with_lateness(today(viewer)).order_by()
