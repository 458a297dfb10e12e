"""The API of comp maps and of what is to be edited."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.once import once
from producerdesk.kit.api import DeskViewSet
from projects.models import Song
from sessions import permissions, serializers
from sessions.actions import editing
from sessions.filters import EditTaskFilter
from sessions.models import CompSection, EditTask


class CompMapViewSet(DeskViewSet):
    """Which takes are used where in a song, by the song's id: for its producers."""

    queryset = Song.objects
    row = serializers.CompMapRow
    needs = permissions.COMP_MAPS

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("project").order_by("pk")

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object().pk)


class CompSectionViewSet(DeskViewSet):
    """Sections of songs. The whole map stands at `comp-maps/<song>/`."""

    queryset = CompSection.objects
    row = serializers.SectionRow
    needs = permissions.COMP_SECTIONS
    inputs = {
        "create": serializers.NewSectionInput,
        "rename": serializers.NameInput,
        "move": serializers.PlaceInput,
        "use": serializers.UseInput,
        "restore": serializers.NothingInput,
    }

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("song__project").order_by("position", "pk")

    def place_of(self, found: CompSection | Song) -> tuple[int, int]:
        song = found if isinstance(found, Song) else found.song
        return song.project.desk_id, song.project_id

    @once
    def create(self, request: Any) -> Response:
        section = editing.add_section(**self.said())
        return self.answer(section.pk, status=201)

    @action(detail=True, methods=["post"])
    def rename(self, request: Any, pk: str) -> Response:
        """Call the section otherwise."""
        editing.rename_section(section=self.get_object(), **self.said())
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def move(self, request: Any, pk: str) -> Response:
        """Put the section at another place of the song."""
        editing.move_section(section=self.get_object(), **self.said())
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def use(self, request: Any, pk: str) -> Response:
        """Use a take in the section, or, with `used` false, no more. Said twice, it is as said once."""
        editing.use_take(section=self.get_object(), **self.said())
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        """Take the section out. `restore/` brings it back with its takes."""
        editing.set_section_removed(section=self.get_object(), removed=True)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Bring a section back that was taken out."""
        editing.set_section_removed(section=self.get_object(), removed=False)
        return self.answer(pk)


class EditTaskViewSet(DeskViewSet):
    """What is to be edited: for the producers of the song, and for whoever is to do it."""

    queryset = EditTask.objects
    row = serializers.EditTaskRow
    filterset_class = EditTaskFilter
    needs = permissions.EDIT_TASKS
    steady = True
    inputs = {
        "create": serializers.NewTaskInput,
        "done": serializers.NothingInput,
        "reopen": serializers.NothingInput,
        "assign": serializers.AssignInput,
    }

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset().select_related("song__project", "take", "section")
        return found.order_by("song__position", "song_id", "pk")

    def place_of(self, found: EditTask) -> tuple[int, int]:
        return found.song.project.desk_id, found.song.project_id

    def form_narrow(self, action: str, found: EditTask | None) -> dict[str, Q]:
        return {"assigned_to": Q(desk_id=found.song.project.desk_id, active=True)} if found else {}

    def form_values(self, found: EditTask, action: str = "update") -> dict[str, Any]:
        return {"assigned_to": found.assigned_to_id} if action == "assign" else {}

    @extend_schema(responses={201: serializers.EditTaskRow})
    @once
    def create(self, request: Any) -> Response:
        task = editing.add_task(**self.said())
        return self.answer(task.pk, status=201)

    @action(detail=True, methods=["post"])
    def done(self, request: Any, pk: str) -> Response:
        """Note that it is done."""
        who = request.user.name if self.viewer.user_id else self._own_name()
        editing.set_done(task=self.get_object(), done=True, who=who)
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, pk: str) -> Response:
        """Take back that it is done."""
        task = self.get_object()
        editing.set_done(task=task, done=False)
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def assign(self, request: Any, pk: str) -> Response:
        """Say who does it."""
        editing.assign(task=self.get_object(), person=self.said()["assigned_to"])
        return self.answer(pk)

    def _own_name(self) -> str:
        assigned = self.get_object().assigned_to
        return assigned.name if assigned else ""
