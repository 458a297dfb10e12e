"""Who answers is who REST framework itself would choose."""

from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import StaticHTMLRenderer
from rest_framework.request import Request

from producerdesk.kit.json import JSONRenderer
from producerdesk.kit.negotiation import Negotiation

SAID = (None, "", "*/*", "application/json", "application/*;q=0.5", "text/html", "text/html,*/*;q=0.1", "image/png")


@pytest.mark.parametrize("accept", SAID)
@pytest.mark.parametrize("renderers", [[JSONRenderer()], [JSONRenderer(), StaticHTMLRenderer()]])
def test_the_same_renderer_answers(accept: str | None, renderers: list[Any]) -> None:
    said: dict[str, Any] = {} if accept is None else {"headers": {"Accept": accept}}
    request = Request(RequestFactory().get("/api/v1/sessions/", **said))
    found = []
    for negotiation in (Negotiation(), DefaultContentNegotiation()):
        try:
            found.append(negotiation.select_renderer(request, renderers))
        except NotAcceptable:
            found.append(None)
    assert found[0] == found[1]
