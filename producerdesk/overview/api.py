"""The API of what spans all apps."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.models import User
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.errors import Refused
from producerdesk.overview import day, glance, permissions, questions, searching
from producerdesk.overview.filters import ActivityFilter
from producerdesk.overview.serializers.activity import DeedRow, Doer, Doers
from producerdesk.overview.serializers.glance import Glance
from producerdesk.overview.serializers.questions import Questions
from producerdesk.overview.serializers.search import SearchAnswer
from producerdesk.overview.serializers.today import Today
from projects.models import Activity

LONGEST_ID = 15  # digits
DOERS_AT_MOST = 100  # what a select lists


class TodayViewSet(DeskViewSet):
    """The viewer's day: what comes, who waits for whom, what is late, over or stuck."""

    row = Today
    needs = permissions.TODAY

    def retrieve(self, request: Any) -> Response:
        return Response(day.of(self.viewer, clock.now()))


class QuestionsViewSet(DeskViewSet):
    """The five questions of a project, each with a fact. What the viewer's role does not see is not among them."""

    row = Questions
    needs = permissions.QUESTIONS

    def retrieve(self, request: Any, pk: str) -> Response:
        found = questions.of(self.viewer, int(pk), clock.now())
        if found is None:
            raise Http404
        return Response(found)


class GlanceViewSet(DeskViewSet):
    """A project at a glance: the five questions, its songs by stage, the next sessions, who is aboard."""

    row = Glance
    needs = permissions.GLANCE

    def retrieve(self, request: Any, pk: str) -> Response:
        found = glance.of(self.viewer, int(pk), clock.now())
        if found is None:
            raise Http404
        return Response(found)


class ActivityViewSet(DeskViewSet):
    """Who did what, the newest first; what the viewer's role does not see is not told."""

    queryset = Activity.objects
    row = DeedRow
    filterset_class = ActivityFilter
    needs = permissions.ACTIVITY

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().order_by("-pk")

    def known_params(self) -> frozenset[str]:
        return frozenset({"project"}) if self.action == "doers" else super().known_params()

    @extend_schema(responses=Doers, parameters=[OpenApiParameter("project", int)])
    @action(detail=False)
    def doers(self, request: Any) -> Response:
        """Who did anything in a project, to narrow the list by."""
        asked = request.query_params.get("project", "")
        if not asked.isascii() or not asked.isdecimal() or len(asked) > LONGEST_ID:
            raise Refused({"project": _("Give the id, a whole number.")})
        deeds = self.get_queryset().filter(project_id=int(asked), user__isnull=False)
        people = User.objects.filter(pk__in=deeds.order_by().values("user_id")).order_by("name", "pk")
        return Response({"results": Doer.read(people[:DOERS_AT_MOST])})


class SearchViewSet(DeskViewSet):
    """Everything the viewer may see, by its name and what stands beside it.

    Projects, songs, sessions, people, roles, studios, rooms, gear, date polls, expenses, lines of plans and the like;
    what the viewer's role does not see is not among them.
    """

    row = SearchAnswer
    needs = permissions.SEARCH

    def known_params(self) -> frozenset[str]:
        return frozenset({"q"})

    @extend_schema(parameters=[OpenApiParameter("q", str, description="What to look for, at most 120 characters.")])
    def retrieve(self, request: Any) -> Response:
        """What is called so. Case and accents make no difference; every word must be found."""
        typed = request.query_params.get("q", "").strip()
        if len(typed) > searching.LONGEST:
            raise Refused({"q": _("Give up to %(most)d characters.") % {"most": searching.LONGEST}})
        if not typed.isprintable():
            raise Refused({"q": _("There are characters in it that nothing is called by.")})
        kinds = [kind.name for kind in searching.kinds_of(self.viewer)]
        return Response({"q": typed, "kinds": kinds, "groups": searching.find(self.viewer, typed, clock.now())})
