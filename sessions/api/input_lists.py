"""The API of input lists: what comes in on which channel, for who is in the room."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.once import once
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.api import DeskViewSet, NoPages
from producerdesk.kit.errors import Stale
from producerdesk.kit.permissions import SIGNED_IN
from producerdesk.kit.rows import utc
from sessions import input_sheet, permissions, serializers
from sessions.actions import inputs
from sessions.models import InputTemplate, StudioSession


class InputListViewSet(DeskViewSet):
    """The input list of a session, by the session's id. There always is one: unsaved, it is what one starts with."""

    queryset = StudioSession.objects
    row = serializers.SessionRow  # of the session whose list it is; answers are input lists
    needs = permissions.INPUT_LISTS
    inputs = {
        "update": serializers.InputListInput,
        "recall": serializers.RecallInput,
        "put_back": serializers.NothingInput,
        "keep": serializers.KeepInput,
    }

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("project").with_presence(self.viewer).order_by("pk")

    def place_of(self, found: StudioSession) -> tuple[int, int]:
        return found.desk_id, found.project_id

    def has_right(self, right: Any, found: StudioSession) -> bool:
        if not super().has_right(right, found):
            return False
        place = self.place_of(found)
        if right == SIGNED_IN:
            return permissions.is_in_room(self.viewer, *place, found.is_there)
        return permissions.may_log(self.viewer, *place, found.engineers)

    def form_values(self, found: StudioSession, action: str = "update") -> dict[str, Any]:
        return serializers.InputListInput.typed(inputs.list_of(found)) if action == "update" else {}

    def form_narrow(self, action: str, found: StudioSession | None) -> dict[str, Q]:
        if found is None:
            return {}
        here = Q(session__desk_id=found.desk_id) & ~Q(pk=found.pk)
        return {"template": Q(desk_id=found.desk_id), "session": here}

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().options(request, *args, **kwargs)
        if "etag" in response.data:  # the list's version, not the session's
            found = inputs.list_of(StudioSession.objects.get(pk=kwargs["pk"]))
            response.data["etag"] = f'"{found.version}"'
        return response

    @extend_schema(responses=serializers.InputListDetail)
    def retrieve(self, request: Any, pk: str) -> Response:
        """What comes in on which channel, and how the session is recorded."""
        return self._list(self.get_object())

    @extend_schema(responses=serializers.InputListDetail)
    def update(self, request: Any, pk: str) -> Response:
        """Write it whole."""
        session = self.get_object()
        expected, said = self.expected_version(), self.said()
        try:
            inputs.save_inputs(viewer=self.viewer, session=session, expected=expected, **said)
        except Stale:
            now = inputs.list_of(session)
            raise Stale(serializers.InputListInput.typed(now) | {"version": now.version}) from None
        return self._list(session)

    @extend_schema(responses=serializers.InputListDetail)
    @action(detail=True, methods=["post"])
    @once
    def recall(self, request: Any, pk: str) -> Response:
        """Take over a template or another session's list. `put_back/` puts back what stood before."""
        session = self.get_object()
        inputs.recall_inputs(viewer=self.viewer, session=session, **self.said())
        return self._list(session)

    @extend_schema(responses=serializers.InputListDetail)
    @action(detail=True, methods=["post"])
    def put_back(self, request: Any, pk: str) -> Response:
        """Put back what stood before a list was taken over, for as long as nobody has written it since."""
        session = self.get_object()
        self.said()
        inputs.put_back_inputs(viewer=self.viewer, session=session)
        return self._list(session)

    @extend_schema(responses={201: serializers.InputTemplateRow})
    @action(detail=True, methods=["post"])
    @once
    def keep(self, request: Any, pk: str) -> Response:
        """Keep the list as a template of the desk."""
        kept = inputs.keep_template(session=self.get_object(), **self.said())
        rows = InputTemplate.objects.visible_to(self.viewer)
        return Response(serializers.InputTemplateRow.read_one(rows, kept.pk, self.viewer), status=201)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    @action(detail=True)
    def table(self, request: Any, pk: str) -> HttpResponse:
        """The list as CSV."""
        body = input_sheet.write(inputs.list_of(self.get_object()).channels)
        answer = HttpResponse(body.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="input-list-{pk}.csv"'
        return answer

    def _list(self, session: StudioSession) -> Response:
        found, place = inputs.list_of(session), self.place_of(session)
        on = session.state != StudioSession.State.CANCELLED
        said = {
            "session": session.pk,
            "title": session.title,
            "project": session.project.title,
            "time_zone": session.time_zone,
            "starts_at": utc(session.starts_at),
            "version": found.version,
            **serializers.InputListInput.typed(found),
            "can_put_back": found.before is not None,
            "can": {
                "edit": on and permissions.may_log(self.viewer, *place, session.engineers),
                "keep": self.viewer.can(SCHEDULE_WRITE, desk_id=place[0], project_id=place[1]),
            },
        }
        return Response(said, headers={"ETag": f'"{found.version}"'})


class InputTemplateViewSet(NoPages, DeskViewSet):
    """Input lists that a desk keeps to start from. They are made from a session's list (`input-lists/<id>/keep/`)."""

    queryset = InputTemplate.objects
    row = serializers.InputTemplateRow
    needs = permissions.INPUT_TEMPLATES
    inputs = {"restore": serializers.NothingInput}

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset().order_by("name", "pk")
        return found.standing() if self.action == "list" else found  # one that was removed can be brought back

    def destroy(self, request: Any, pk: str) -> Response:
        inputs.set_template_removed(template=self.get_object(), removed=True)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Bring a template back that was removed."""
        inputs.set_template_removed(template=self.get_object(), removed=False)
        return self.answer(pk)
