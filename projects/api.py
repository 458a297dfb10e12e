"""The API of projects and songs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.authentication import renew_viewer
from producerdesk.accounts.models import Desk
from producerdesk.accounts.once import once
from producerdesk.kit.api import DeskViewSet
from projects import actions, permissions, serializers
from projects.filters import ProjectFilter, SongFilter
from projects.models import Project, Song
from projects.stages import Stage


class ProjectViewSet(DeskViewSet):
    """Records, from first idea to delivered master."""

    queryset = Project.objects
    row = serializers.ProjectRow
    detail_row = serializers.ProjectDetail
    filterset_class = ProjectFilter
    needs = permissions.PROJECTS
    steady = True
    inputs = {
        "create": serializers.NewProjectInput,
        "update": serializers.ProjectInput,
        "stage": serializers.StageInput,
    }

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().with_lateness(serializers.today(self.viewer))

    def place_of(self, found: Project) -> tuple[int, int]:
        return found.desk_id, found.pk

    def form_start(self, action: str) -> dict[str, Any]:
        desk = self._home_desk()
        return self._usual(desk) | {"desk": desk.pk if desk else None}

    def _home_desk(self) -> Desk | None:
        return Desk.objects.filter(pk=self.viewer.home_desk_id).first()

    def _usual(self, desk: Desk | None) -> dict[str, str]:
        """Return what a project has unless something else is said: the desk's, else the person's."""
        if desk:
            return {"time_zone": desk.time_zone, "currency": desk.currency}
        return {"time_zone": self.viewer.time_zone, "currency": "EUR"}

    @extend_schema(responses=serializers.ProjectSummary)
    @action(detail=False, methods=["get"])
    def summary(self, request: Any) -> Response:
        """All projects in a few numbers: open, late, delivered, and which is next to deliver."""
        projects = self.get_queryset()
        stages = projects.count_by_stage()
        ahead = projects.next_to_deliver(serializers.today(self.viewer))[:1]
        return Response(
            {
                "produces": permissions.produces(self.viewer),
                "open": sum(stages.values()) - stages[Stage.DELIVERED],
                "late": projects.late().count(),
                "delivered": stages[Stage.DELIVERED],
                "stages": [{"stage": str(stage), "count": count} for stage, count in stages.items()],
                "next": next(iter(serializers.DeadlineRow.read(ahead, self.viewer)), None),
            }
        )

    @once
    def create(self, request: Any) -> Response:
        said = self.said()
        desk = said.pop("desk", None) or self._home_desk()
        project = actions.create_project(by=request.user, desk=desk, **self._usual(desk) | said)
        if desk is None:
            renew_viewer(request)  # the person has become a producer with this very request
        return self.answer(project.pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        project = self.get_object()
        actions.update_project(project=project, expected=self.expected_version(), by=self.viewer, **self.said(project))
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def stage(self, request: Any, pk: str) -> Response:
        """Move the project to a stage."""
        actions.set_project_stage(project=self.get_object(), by=self.viewer, **self.said())
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        actions.delete_project(project=self.get_object())
        return Response(status=204)


class SongViewSet(DeskViewSet):
    """Songs of projects, in their order."""

    queryset = Song.objects
    row = serializers.SongRow
    filterset_class = SongFilter
    needs = permissions.SONGS
    steady = True
    inputs = {
        "create": serializers.NewSongInput,
        "update": serializers.SongInput,
        "stage": serializers.StageInput,
        "move": serializers.PositionInput,
    }

    def get_queryset(self) -> QuerySet:
        songs = super().get_queryset().with_lateness(serializers.today(self.viewer)).select_related("project")
        return songs.order_by("project__title", "project_id", "position", "pk")

    @once
    def create(self, request: Any) -> Response:
        song = actions.create_song(by=self.viewer, **self.said())
        return self.answer(song.pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        song = self.get_object()
        actions.update_song(song=song, expected=self.expected_version(), by=self.viewer, **self.said(song))
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def stage(self, request: Any, pk: str) -> Response:
        """Move the song to a stage."""
        actions.set_song_stage(song=self.get_object(), by=self.viewer, **self.said())
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def move(self, request: Any, pk: str) -> Response:
        """Put the song at another place in the order."""
        actions.move_song(song=self.get_object(), **self.said())
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        actions.delete_song(song=self.get_object(), by=self.viewer)
        return Response(status=204)
