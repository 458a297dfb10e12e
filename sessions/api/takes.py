"""The API of the take log: what was played in the room."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.fresh import Fresh
from producerdesk.kit.permissions import SIGNED_IN
from sessions import permissions, serializers, take_paper, take_sheet
from sessions.actions import takes
from sessions.api.call_sheet import PDF
from sessions.filters import TakeFilter
from sessions.models import CallSheetVersion, StudioSession, Take


class TakeLogViewSet(Fresh, DeskViewSet):
    """The take log of a session, by the session's id: for who plans it, and for who is called and comes."""

    queryset = StudioSession.objects
    row = serializers.TakeLogRow
    needs = permissions.TAKE_LOGS
    inputs = {"log": serializers.NewTakeInput}

    def get_queryset(self) -> QuerySet:
        sent = CallSheetVersion.objects.filter(session=OuterRef("pk")).order_by("-number").values("content")[:1]
        found = super().get_queryset().with_presence(self.viewer).annotate(sent_sheet=Subquery(sent))
        return found.order_by("pk")

    def known_params(self) -> frozenset[str]:
        return frozenset({"paper"}) if self.action == "pdf" else frozenset()

    def place_of(self, found: StudioSession) -> tuple[int, int]:
        return found.desk_id, found.project_id

    def form_values(self, found: StudioSession, action: str = "update") -> dict[str, Any]:
        return {}  # what is logged here is a new take

    def get_object(self) -> StudioSession:
        """Return the session if the viewer is in the room. Who only reads the schedule is not."""
        found = super().get_object()
        if not permissions.is_in_room(self.viewer, *self.place_of(found), found.is_there):
            raise PermissionDenied
        return found

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object().pk)

    @extend_schema(request=serializers.NewTakeInput, responses={201: serializers.TakeRow})
    @action(detail=True, methods=["post"], url_path="takes")
    def log(self, request: Any, pk: str) -> Response:
        """Log a take. Its number is the next of its song; sent again with the same key, it answers with the same."""
        session = self.get_object()
        if not permissions.may_log(self.viewer, *self.place_of(session), session.engineers):
            raise PermissionDenied
        take = takes.log_take(viewer=self.viewer, session=session, **self.said())
        row = serializers.TakeRow.read_one(Take.objects.visible_to(self.viewer), take.pk, self.viewer)
        return Response(row, status=201, headers={"ETag": f'"{take.version}"'})

    @extend_schema(responses=serializers.ReportRow)
    @action(detail=True)
    def report(self, request: Any, pk: str) -> Response:
        """What the session came to: its hours, overtime, songs with their takes."""
        found = serializers.ReportRow.read_one(self.get_queryset(), self.get_object().pk, self.viewer)
        return Response(found)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    @action(detail=True)
    def sheet(self, request: Any, pk: str) -> HttpResponse:
        """The take sheet as CSV."""
        log = self.row.read_one(self.get_queryset(), self.get_object().pk, self.viewer)
        if log is None:
            raise Http404
        answer = HttpResponse(take_sheet.write(log).encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="take-sheet-{pk}.csv"'
        return answer

    @extend_schema(responses=PDF, parameters=[serializers.PaperInput])
    @action(detail=True)
    def pdf(self, request: Any, pk: str) -> HttpResponse:
        """The take sheet on paper."""
        asked = serializers.PaperInput(data=request.query_params)
        asked.is_valid(raise_exception=True)
        log = serializers.ReportRow.read_one(self.get_queryset(), self.get_object().pk, self.viewer)
        session = serializers.SessionRow.read_one(self.get_queryset(), int(pk), self.viewer)
        if log is None or session is None:
            raise Http404
        address = urljoin(settings.SITE_URL, reverse("sessions:room", args=[pk]))
        return take_paper.answer(log, session, asked.validated_data["paper"], address=address)


class TakeViewSet(DeskViewSet):
    """Takes of all sessions that one plans or comes to."""

    queryset = Take.objects
    row = serializers.TakeRow
    filterset_class = TakeFilter
    needs = permissions.TAKES
    inputs = {"update": serializers.TakeInput, "restore": serializers.NothingInput}

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset().select_related("session").order_by("taken_at", "pk")
        return found.standing() if self.action == "list" else found  # one that was removed can be brought back

    def place_of(self, found: Take) -> tuple[int, int]:
        return found.session.desk_id, found.session.project_id

    def has_right(self, right: Any, found: Take) -> bool:
        if not super().has_right(right, found):
            return False
        return right == SIGNED_IN or self._may_log(found.session_id)

    def _may_log(self, session_id: int) -> bool:
        session = StudioSession.objects.all().with_presence(self.viewer).get(pk=session_id)
        return permissions.may_log(self.viewer, session.desk_id, session.project_id, session.engineers)

    def update(self, request: Any, pk: str) -> Response:
        take = self.get_object()
        takes.change_take(take=take, expected=self.expected_version(), **self.said(take))
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        takes.set_removed(take=self.get_object(), removed=True)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Bring a take back that was removed."""
        takes.set_removed(take=self.get_object(), removed=False)
        return self.answer(pk)
