"""Call sheets: written and sent by who plans a session, read and confirmed by who is called to it."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from contributors.queries import is_me
from producerdesk.accounts.once import once
from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.errors import Stale
from sessions import actions, permissions, serializers
from sessions.models import Call, SheetCopy, StudioSession
from sessions.sheets import content, files, paper, reading

PDF = {(200, "application/pdf"): OpenApiTypes.BINARY}


class CallSheetViewSet(DeskViewSet):
    """The call sheet of a session, by the session's id. There always is one: unsaved, it is what one starts with."""

    queryset = StudioSession.objects
    row = serializers.SessionRow  # of the session whose sheet it is; answers are call sheets
    needs = permissions.CALL_SHEETS
    inputs = {"update": serializers.CallSheetInput, "publish": serializers.NothingInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("project", "desk", "room__studio").order_by("pk")

    def known_params(self) -> frozenset[str]:
        return {"version": frozenset({"since"}), "pdf": frozenset({"number", "paper"})}.get(self.action, frozenset())

    def place_of(self, found: StudioSession) -> tuple[int, int]:
        return found.desk_id, found.project_id

    def form_values(self, found: StudioSession, action: str = "update") -> dict[str, Any]:
        if action != "update":
            return {}
        people = [call.contributor for call in content.called_to(found)]
        return serializers.CallSheetInput.typed(content.sheet_of(found), people)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().options(request, *args, **kwargs)
        if "etag" in response.data:  # the sheet's version, not the session's
            sheet = content.sheet_of(StudioSession.objects.get(pk=kwargs["pk"]))
            response.data["etag"] = f'"{sheet.version}"'
        return response

    @extend_schema(responses=serializers.CallSheetDetail)
    def retrieve(self, request: Any, pk: str) -> Response:
        """What the sheet says as it stands, what of it was not sent yet, and who has read what."""
        return self._sheet(self.get_object())

    @extend_schema(responses=serializers.CallSheetDetail)
    def update(self, request: Any, pk: str) -> Response:
        """Write it. Nobody hears of it before it is sent."""
        session = self.get_object()
        expected, said = self.expected_version(), self.said()
        try:
            actions.save_sheet(viewer=self.viewer, session=session, expected=expected, **said)
        except Stale:
            raise self._stale(session) from None
        return self._sheet(self.get_object())

    @extend_schema(responses=serializers.CallSheetDetail)
    @action(detail=True, methods=["post"])
    @once
    def publish(self, request: Any, pk: str) -> Response:
        """Freeze it as the next version and send it to everybody called. If-Match names the sheet that was read."""
        session = self.get_object()
        self.said()
        try:
            actions.publish_sheet(viewer=self.viewer, session=session, expected=self.expected_version())
        except Stale:
            raise self._stale(session) from None
        return self._sheet(self.get_object())

    @extend_schema(responses=serializers.VersionDetail, parameters=[serializers.SinceInput])
    @action(detail=True, url_path=r"versions/(?P<number>\d{1,9})")
    def version(self, request: Any, pk: str, number: str) -> Response:
        """A version that was sent, whole, and what changed to it from the one before, or `since` any other."""
        since = _asked(request, serializers.SinceInput)["since"]
        found = reading.of_version(self.get_object(), int(number), since)
        if found is None:
            raise Http404
        return Response(found)

    @extend_schema(responses=PDF, parameters=[serializers.SheetPaperInput])
    @action(detail=True)
    def pdf(self, request: Any, pk: str) -> HttpResponse:
        """The sheet on paper as it stands, or a `number` that was sent."""
        session, asked = self.get_object(), _asked(request, serializers.SheetPaperInput)
        if asked["number"]:
            found = reading.of_version(session, asked["number"])
            if found is None:
                raise Http404
            return _printed(found, asked["number"], asked["paper"], paper.superseded(found))
        found = reading.for_planner(session, content.sheet_of(session))
        return _printed(found, found["number"] if found["is_sent"] else 0, asked["paper"])

    def _sheet(self, session: StudioSession) -> Response:
        sheet = content.sheet_of(session)
        return Response(reading.for_planner(session, sheet), headers={"ETag": f'"{sheet.version}"'})

    def _stale(self, session: StudioSession) -> Stale:
        return Stale(self.form_values(session) | {"version": content.sheet_of(session).version})


def _asked(request: Any, wanted: type[serializers.PaperInput | serializers.SinceInput]) -> dict[str, Any]:
    """Return what the query says."""
    asked = wanted(data=request.query_params)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


def _printed(found: dict[str, Any], number: int, size: str, warning: str = "") -> HttpResponse:
    address = urljoin(settings.SITE_URL, reverse("sessions:call_sheet", args=[found["session"]]))
    return files.answer(found, number, size, address=address, warning=warning)


class SheetCopyViewSet(DeskViewSet):
    """The call sheet as somebody called has it, by the id of the call."""

    queryset = SheetCopy.objects
    row = serializers.SheetRef
    needs = permissions.SHEET_COPIES
    inputs = {"opened": serializers.SheetNumberInput, "confirm": serializers.SheetNumberInput}

    def get_queryset(self) -> QuerySet:
        found = (
            super()
            .get_queryset()
            .select_related("call__session__room__studio", "call__session__desk", "call__contributor")
        )
        return found.order_by("pk")

    def known_params(self) -> frozenset[str]:
        return frozenset({"paper"}) if self.action == "pdf" else frozenset()

    def place_of(self, found: SheetCopy) -> tuple[int, int]:
        return found.call.session.desk_id, found.call.session.project_id

    @extend_schema(responses=serializers.CopyDetail)
    def retrieve(self, request: Any, pk: str) -> Response:
        """The newest version that was sent to this person, with the contacts that are meant for everyone."""
        return self._copy()

    @extend_schema(responses=serializers.CopyDetail)
    @action(detail=True, methods=["post"])
    def opened(self, request: Any, pk: str) -> Response:
        """The person has this version before the eyes. Notes nothing when a producer looks, or for an older version."""
        copy = self.get_object()
        if self.said()["number"] == copy.number and self._is_own():
            actions.open_sheet(call=copy.call)
        return self._copy()

    @extend_schema(responses=serializers.CopyDetail)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Any, pk: str) -> Response:
        """I have read version `number` and will do as it says. A producer may note it for somebody."""
        copy = self.get_object()
        actions.confirm_sheet(viewer=self.viewer, call=copy.call, **self.said())
        return self._copy()

    @extend_schema(responses=PDF, parameters=[serializers.PaperInput])
    @action(detail=True)
    def pdf(self, request: Any, pk: str) -> HttpResponse:
        """The same on paper."""
        size = _asked(request, serializers.PaperInput)["paper"]
        copy = reading.for_person(self.get_object(), mine=self._is_own())
        address = urljoin(settings.SITE_URL, reverse("sessions:sheet", args=[pk]))
        return files.answer(copy, copy["number"], size, address=address, warning=paper.warning_of(copy))

    def _copy(self) -> Response:
        return Response(reading.for_person(self.get_object(), mine=self._is_own()))

    def _is_own(self) -> bool:
        return Call.objects.filter(is_me(self.viewer, "contributor__"), pk=self.kwargs["pk"]).exists()
