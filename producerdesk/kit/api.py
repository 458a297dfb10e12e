"""The base of every API resource: rights by table, rows out, versions checked."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers, status, viewsets
from rest_framework.response import Response

from producerdesk.kit.errors import Refused, Stale, VersionNeeded
from producerdesk.kit.filters import refuse_unknown
from producerdesk.kit.pagination import Pages, Whole
from producerdesk.kit.permissions import ANYONE, SIGNED_IN, Right, viewer_of
from producerdesk.kit.prepared import Ready
from producerdesk.kit.rows import RowSerializer
from producerdesk.kit.viewer import Viewer

_ETAG = re.compile(r'^(?:W/)?"(\d{1,9})(?:-[0-9a-f]{16})?"$')  # kit.fresh adds a digest
MOMENTS = ("since", "until")  # what a query says of time: as long as one looks on, it is another each second
NO_MOMENTS: Mapping[str, dt.datetime] = MappingProxyType({})
LAST_YEAR = 3000  # far before the moments that stand in for others


class DeskViewSet(viewsets.GenericViewSet):
    """Subclasses name their `queryset`, `row` (and `detail_row`), `needs` and `inputs`, and write through actions.

    `needs` maps each action to a right, `inputs` each writing action to the serializer of its body.
    """

    needs: ClassVar[Mapping[str, Right]] = {}
    inputs: ClassVar[Mapping[str, type[serializers.Serializer]]] = {}
    row: ClassVar[type[RowSerializer]]
    detail_row: ClassVar[type[RowSerializer] | None] = None
    # what is read depends on nothing but viewer, place and query, so its SQL is prepared (kit.prepared)
    steady: ClassVar[bool] = False
    lookup_value_regex = r"\d{1,18}"

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return viewer_of(self.request)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer, and let go of it: view and request hold each other, so all that was read would stay with them."""
        answer = super().dispatch(request, *args, **kwargs)
        del self.response
        return answer

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action not in ("list", "metadata", None) and request.method in ("GET", "HEAD"):
            refuse_unknown(request, self.known_params())

    def perform_authentication(self, request: Any) -> None:
        """Find out who asks, and count it. REST framework counts later, and so never whom it refuses."""
        try:
            super().perform_authentication(request)
        finally:
            super().check_throttles(request)

    def check_throttles(self, request: Any) -> None:
        """Do nothing: it was counted when it came."""

    def known_params(self) -> frozenset[str]:
        """Return the query parameters that this action (not a list) understands."""
        return frozenset()

    @property
    def pages(self) -> Pages:
        """How a list is cut into pages."""
        return cast(Pages, self.paginator)

    # --- rows out -----------------------------------------------------------------------------------

    def get_queryset(self) -> QuerySet:
        """Return the rows this viewer may see: the one door."""
        return self.queryset.all().visible_to(self.viewer)  # type: ignore[union-attr] # every view set names one

    def seen_by(self, viewer: Viewer, moments: Mapping[str, dt.datetime] = NO_MOMENTS) -> QuerySet:
        """Return the rows that this action is about as `viewer` sees them: who asks, or a stand-in for such people.

        `moments` take the place of those that the query says.
        """
        request, inner = self.request, self.request._request
        who_asks, said = request.auth, inner.GET
        request.auth = viewer
        if moments:
            inner.GET = said.copy()
            inner.GET.update({name: moment.isoformat() for name, moment in moments.items()})
        try:
            return self.filter_queryset(self.get_queryset())
        finally:
            request.auth, inner.GET = who_asks, said

    def ready(self, cut: Callable[..., QuerySet], **given: Any) -> Ready:
        """Return what `cut` makes of the rows that this action is about, and of what is given; prepared if `steady`."""
        query = self.request.query_params
        # nearly every search is for other words, so its SQL would be kept for nothing
        moments = _moments_in(query) if self.steady and "search" not in query else None

        def build(viewer: Viewer, **given: Any) -> QuerySet:
            return cut(self.seen_by(viewer, {name: given.pop(name) for name in moments or ()}), **given)

        if moments is None:
            return Ready(build, self.viewer, given)
        place = tuple((name, text) for name, text in self.kwargs.items() if name != "pk")
        words = tuple((name, tuple(texts)) for name, texts in query.lists() if name not in moments)
        key = (type(self), self.action, cut.__qualname__, place, words)
        return Ready(build, self.viewer, moments | given, key=key)

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        self.pages.turn_to(request)
        rows, count = self.row.read_page(self.ready(self.pages.cut), self.viewer)
        return self.pages.answer(rows, count, lambda: self.seen_by(self.viewer))

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.kwargs["pk"])

    def answer(self, pk: Any, status: int = status.HTTP_200_OK) -> Response:
        """Return the thing as it stands now, with its version as ETag."""
        found = (self.detail_row or self.row).read_folded(self.ready(only, pk=int(pk)), self.viewer)
        if not found:
            raise Http404
        row = found[0]
        headers = {"ETag": f'"{row["version"]}"'} if "version" in row else {}
        return Response(row, status=status, headers=headers)

    # --- writing ------------------------------------------------------------------------------------

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return self.inputs[self.action]

    def said(self, instance: Model | None = None) -> dict[str, Any]:
        """Return what the request's body says, validated by the action's input serializer."""
        serializer = self.get_serializer(instance, data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def get_object(self) -> Any:
        """Return the row for this action. Not visible: 404. Visible, but the role is too small: 403."""
        found = super().get_object()
        self.require(self.needs[self.action], found)
        return found

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def require(self, right: Right, found: Any) -> None:
        """Raise 403 unless the viewer has the right where this row belongs."""
        if not self.has_right(right, found):
            raise PermissionDenied

    def has_right(self, right: Right, found: Any) -> bool:
        """Return whether the viewer has the right where this row belongs."""
        if right in (ANYONE, SIGNED_IN):
            return True
        if callable(right):
            return right(self.viewer)
        desk_id, project_id = self.place_of(found)
        if project_id is None:
            return self.viewer.can_in_desk(right, desk_id)
        return self.viewer.can(right, desk_id=desk_id, project_id=project_id)

    def place_of(self, found: Any) -> tuple[int, int | None]:
        """Return the desk and the project (or None) that a row belongs to."""
        if hasattr(found, "project"):
            return found.project.desk_id, found.project_id
        return found.desk_id, None

    def expected_version(self) -> int:
        """Return the version that If-Match names. Missing: 428."""
        text = self.request.headers.get("If-Match", "")
        if not text:
            raise VersionNeeded
        match = _ETAG.match(text)
        if not match:
            raise Refused({"If-Match": _('Give the ETag as you read it, like "3".')})
        return int(match[1])

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Stale) and exc.current is None and "pk" in self.kwargs:
            found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
            exc.current = self.current(found) if found else None
        return super().handle_exception(exc)

    def current(self, found: Any) -> dict[str, Any]:
        """Return how the thing stands, for whom somebody was faster than."""
        return self._as_typed(found) | {"version": found.version}

    def etag_of(self, found: Any) -> str:
        """Return what If-Match is to say of the thing, or "" where it has no version."""
        return f'"{found.version}"' if hasattr(found, "version") else ""

    # --- forms --------------------------------------------------------------------------------------

    def _as_typed(self, found: Any) -> dict[str, Any]:
        """Return how the row stands, in the words of what was just sent."""
        return (self.form_values(found, self.action) if self.action in self.inputs else {}) or self.form_values(found)

    def form_values(self, found: Any, action: str = "update") -> dict[str, Any]:
        """Return what a form of this action starts with: how the row stands, in the words of its input."""
        serializer_class = self.inputs.get(action)
        return dict(serializer_class(found, context=self.get_serializer_context()).data) if serializer_class else {}

    def form_narrow(self, action: str, found: Any) -> dict[str, Q]:
        """Return, by field, which of the visible rows a form offers (the songs of the project in question)."""
        return {}

    def form_start(self, action: str) -> dict[str, Any]:
        """Return what a form of a creating action starts with, beyond the fields' own defaults."""
        return {}


class NoPages:
    """A list that is short by nature (the songs of a project) comes whole; `results` and `count` all the same."""

    pagination_class = Whole

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        rows = self.row.read(self.filter_queryset(self.get_queryset()), self.viewer)
        return Response({"count": len(rows), "results": rows})


def only(rows: QuerySet, pk: int) -> QuerySet:
    """Return the row with this key."""
    return rows.filter(pk=pk).order_by()


def _moments_in(query: QueryDict) -> dict[str, dt.datetime] | None:
    """Return the moments that a query says, or None if it says what is not quite one: it is then asked as it is."""
    found = {}
    for name in MOMENTS:
        for text in query.getlist(name):
            try:
                moment = parse_datetime(text)
                if moment is None or timezone.is_naive(moment) or moment.year > LAST_YEAR or name in found:
                    return None
                found[name] = moment.astimezone(dt.UTC)
            except (ValueError, OverflowError):
                return None
    return found
