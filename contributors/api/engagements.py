"""The API of hires and open roles."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from contributors import permissions
from contributors.actions import engagements as actions
from contributors.filters import WORDS_AT_MOST, EngagementFilter
from contributors.models import Contributor, Engagement, FeeUnit
from contributors.serializers import engagements as serializers
from contributors.serializers.people import CandidateRow, Candidates
from producerdesk.accounts.once import once
from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.errors import Refused
from producerdesk.kit.filters import asked_id
from projects.models import Project

CANDIDATES_AT_MOST = 20
LONGEST_SEARCH = 200


class EngagementViewSet(DeskViewSet):
    """Roles of projects: who is needed, asked, hired."""

    queryset = Engagement.objects
    row = serializers.EngagementRow
    detail_row = serializers.EngagementDetail
    filterset_class = EngagementFilter
    needs = permissions.ENGAGEMENTS
    steady = True
    inputs = {
        "create": serializers.NewEngagementInput,
        "update": serializers.EngagementInput,
        "audition": serializers.WhoInput,
        "offer": serializers.WhoInput,
        "confirm": serializers.WhoInput,
        "decline": serializers.NothingInput,
        "end": serializers.NothingInput,
        "reopen": serializers.NothingInput,
    }

    def get_queryset(self) -> QuerySet:
        found = Engagement.objects.visible_to(self.viewer).with_songs_counted()
        return found if self.action in ("list", "retrieve") else found.select_related("project", "contributor", "fee")

    def known_params(self) -> frozenset[str]:
        return frozenset({"search"}) if self.action == "candidates" else super().known_params()

    # --- forms --------------------------------------------------------------------------------------

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        return context | {"currency": self._project_currency()} if self.action == "metadata" else context

    def form_start(self, action: str) -> dict[str, Any]:
        return {"project": self._asked_project(), "fee": {"unit": FeeUnit.FLAT}}

    def form_narrow(self, action: str, found: Engagement | None) -> dict[str, Q]:
        project_id = found.project_id if found else self._asked_project()
        desk_id = Project.objects.filter(pk=project_id or 0).values("desk_id")
        return {
            "songs": Q(project_id=project_id or 0),
            "contributor": Q(active=True) & (Q(desk_id__in=desk_id) if project_id else Q()),
        }

    def _asked_project(self) -> int | None:
        return asked_id(self.request.query_params, "project")

    def _project_currency(self) -> str | None:
        if "pk" in self.kwargs:
            mine = Project.objects.filter(engagements=self.kwargs["pk"])
        else:
            mine = Project.objects.filter(pk=self._asked_project() or 0)
        return mine.visible_to(self.viewer).values_list("currency", flat=True).first()

    # --- reading ------------------------------------------------------------------------------------

    @extend_schema(responses=Candidates, parameters=[OpenApiParameter("search", description=_lazy("A name."))])
    @action(detail=True)
    def candidates(self, request: Any, pk: str) -> Response:
        """Who of the network could fill this role: those who do exactly it first, then those hired most often.

        `?search=` looks for anybody by name instead.
        """
        engagement = self.get_object()
        people = Contributor.objects.visible_to(self.viewer).filter(desk=engagement.project.desk_id, active=True)
        people = people.with_fits(engagement.role, engagement.part).for_role(
            project_id=engagement.project_id, but=engagement.pk, viewer=self.viewer
        )
        wanted = self._searched()
        for word in wanted:
            people = people.filter(name__icontains=word)
        if not wanted:
            people = people.filter(fits__gt=0)
        best = people.order_by("-fits", "-hired", "name", "pk")[:CANDIDATES_AT_MOST]
        rows = CandidateRow.read(best, self.viewer)
        return Response({"count": len(rows), "results": rows})

    def _searched(self) -> list[str]:
        text = self.request.query_params.get("search", "")
        if len(text) > LONGEST_SEARCH or "\x00" in text:
            raise Refused({"search": _("Give at most %(most)d characters.") % {"most": LONGEST_SEARCH}})
        return text.split()[:WORDS_AT_MOST]

    # --- changes ------------------------------------------------------------------------------------

    @once
    def create(self, request: Any) -> Response:
        engagement = actions.create_engagement(by=self.viewer.user_id, **self.said())
        return self.answer(engagement.pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        engagement = self.get_object()
        actions.update_engagement(
            engagement=engagement, expected=self.expected_version(), by=self.viewer.user_id, **self.said(engagement)
        )
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def audition(self, request: Any, pk: str) -> Response:
        """Hear somebody, or several, for this role."""
        return self._move()

    @action(detail=True, methods=["post"])
    def offer(self, request: Any, pk: str) -> Response:
        """Offer the role to somebody and wait for the answer."""
        return self._move()

    @action(detail=True, methods=["post"])
    @once
    def confirm(self, request: Any, pk: str) -> Response:
        """Hire: a song or flat fee is committed to the budget with it."""
        return self._move()

    @action(detail=True, methods=["post"])
    def decline(self, request: Any, pk: str) -> Response:
        """The person does not come; what was committed is released."""
        return self._move()

    @action(detail=True, methods=["post"])
    def end(self, request: Any, pk: str) -> Response:
        """The role is over, or not needed any more; what is still open of its fee is released."""
        return self._move()

    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, pk: str) -> Response:
        """Look for somebody anew."""
        return self._move()

    def _move(self) -> Response:
        actions.move(engagement=self.get_object(), name=self.action, by=self.viewer.user_id, **self.said())
        return self.answer(self.kwargs["pk"])

    def destroy(self, request: Any, pk: str) -> Response:
        actions.delete_engagement(engagement=self.get_object(), by=self.viewer.user_id)
        return Response(status=204)
