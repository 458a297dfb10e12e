"""The API of what spans all apps."""

from typing import Any

from django.http import Http404
from rest_framework.response import Response

from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet
from producerdesk.overview import day, permissions, questions
from producerdesk.overview.serializers.questions import Questions
from producerdesk.overview.serializers.today import Today


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
