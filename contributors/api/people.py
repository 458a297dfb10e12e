"""The API of the network."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from contributors import importing, permissions, sheets
from contributors.actions import people as actions
from contributors.filters import ContributorFilter
from contributors.models import Contributor, Skill
from contributors.serializers import people as serializers
from contributors.serializers.engagements import NothingInput
from contributors.serializers.imports import ImportAnswer, ImportInput
from producerdesk.accounts.authentication import renew_viewer
from producerdesk.accounts.models import Desk
from producerdesk.accounts.once import once
from producerdesk.accounts.roles import PEOPLE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.errors import Refused
from producerdesk.kit.filters import AllowListFilter
from projects.actions import open_first_desk

LISTS = {Skill.Kind.ROLE: "roles", Skill.Kind.INSTRUMENT: "instruments", Skill.Kind.GENRE: "genres"}


class ContributorViewSet(DeskViewSet):
    """The people a desk works with. Only producers see them."""

    queryset = Contributor.objects
    row = serializers.ContributorRow
    detail_row = serializers.ContributorDetail
    filterset_class = ContributorFilter
    needs = permissions.CONTRIBUTORS
    steady = True
    inputs = {
        "create": serializers.NewContributorInput,
        "update": serializers.ContributorInput,
        "archive": NothingInput,
        "restore": NothingInput,
        "import_sheet": ImportInput,
    }

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if self.action != "metadata":
            return context
        desk = self._home_desk()
        return context | {"currency": desk.currency if desk else None}

    def form_start(self, action: str) -> dict[str, Any]:
        return {"desk": self.viewer.home_desk_id}

    def known_params(self) -> frozenset[str]:
        return frozenset(ContributorFilter.allowed(self.viewer)) if self.action == "export" else super().known_params()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if self.action == "export":
            return AllowListFilter().filter_queryset(self.request, queryset, self)
        return super().filter_queryset(queryset)

    # --- reading ------------------------------------------------------------------------------------

    @extend_schema(responses=serializers.KnownWords)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def known(self, request: Any) -> Response:
        """Every role, instrument, genre and city of the network, once: what one may filter by."""
        found: dict[str, dict[str, str]] = {name: {} for name in LISTS.values()}
        skills = Skill.objects.visible_to(self.viewer).order_by("key", "name")
        for kind, key, name in skills.values_list("kind", "key", "name").distinct():
            found[LISTS[kind]].setdefault(key, name)
        cities = self.get_queryset().exclude(city="").order_by("city").values_list("city", flat=True).distinct()
        return Response({name: list(names.values()) for name, names in found.items()} | {"cities": list(cities)})

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR}, filters=True)
    @action(detail=False)
    def export(self, request: Any) -> HttpResponse:
        """The network as CSV, as the list's filters say; what `import/` reads back."""
        people = self.row.read(self.filter_queryset(self.get_queryset()), self.viewer)
        notes = dict(self.get_queryset().values_list("pk", "notes"))
        text = sheets.write([person | {"notes": notes[person["id"]]} for person in people])
        answer = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="people-{clock.now():%Y-%m-%d}.csv"'
        return answer

    # --- changes ------------------------------------------------------------------------------------

    @once
    def create(self, request: Any) -> Response:
        said = self.said()
        desk = said.pop("desk", None) or self._desk()
        person = actions.create_contributor(by=request.user, desk=desk, **said)
        if desk is None:
            renew_viewer(request)  # the person has become a producer with this very request
        return self.answer(person.pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        person = self.get_object()
        actions.update_contributor(contributor=person, expected=self.expected_version(), **self.said(person))
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def archive(self, request: Any, pk: str) -> Response:
        """Keep the person, but offer nothing new."""
        actions.set_active(contributor=self.get_object(), active=False)
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Bring an archived person back."""
        actions.set_active(contributor=self.get_object(), active=True)
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        actions.delete_contributor(contributor=self.get_object())
        return Response(status=204)

    @extend_schema(responses=ImportAnswer)
    @action(detail=False, methods=["post"], url_path="import", url_name="import")
    def import_sheet(self, request: Any) -> Response:
        """Read people from a CSV. A dry run says what would happen, row by row, and writes nothing.

        Send the file as multipart `file`, or its text as `text`. Rows with an address that is known update that person.
        """
        return self._import_once(request) if not self._is_dry(request) else self._import(request)

    @once
    def _import_once(self, request: Any) -> Response:
        return self._import(request)

    def _import(self, request: Any) -> Response:
        said = self.said()
        desk = said["desk"] or self._desk()
        sheet = said["sheet"]
        if said["dry_run"]:
            return Response(importing.preview(sheet, desk, request).as_json())
        done = importing.apply(sheet, desk or open_first_desk(request.user), request)
        if desk is None:
            renew_viewer(request)
        return Response(done.as_json())

    def _is_dry(self, request: Any) -> bool:
        return str(request.data.get("dry_run", "true")).lower() not in ("false", "0", "off", "no")

    def _home_desk(self) -> Desk | None:
        return Desk.objects.filter(pk=self.viewer.home_desk_id or 0).first()

    def _desk(self) -> Desk | None:
        """Return the desk that new people belong to: one's own, or the only one whose project one co-produces."""
        home = self._home_desk()
        if home:
            return home
        others = list(Desk.objects.filter(pk__in=self.viewer.reach_desks(PEOPLE_WRITE)).order_by("pk"))
        if len(others) > 1:
            raise Refused({"desk": _("Say for which desk.")})
        return others[0] if others else None
