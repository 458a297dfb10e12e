"""Pages as they are opened, with all that they asked the API for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpRequest
from django.urls import reverse

from producerdesk.kit import ask as asking
from producerdesk.kit import throttles
from tests.law.routes import Route, args_of, walk
from tests.law.world import World

NO_PAGES = {
    "healthz": "JSON for machines",
    "sessions:call-ics": "a file",
    "sessions:my-call-ics": "a file",
    "sessions:call_sheet_pdf": "a file",
    "sessions:call_sheet_version_pdf": "a file",
    "sessions:sheet-pdf": "a file",
    "sessions:my-sheet-pdf": "a file",
    "sessions:session-ics": "a file",
    "sessions:take_sheet_pdf": "a file",
    "sessions:feed-ics": "a file",
    "sessions:room_worker": "a script",
}
MOST_STEPS = 2  # a page may lead to itself once, with its first question in the address


@dataclass
class Asked:
    """One question to the API and its answer."""

    method: str
    address: str
    data: Any = None


@dataclass
class Seen:
    """What came of opening a page."""

    status: int
    path: str
    html: str
    asked: list[Asked]
    context: dict[str, Any]
    templates: set[str]


def pages() -> Iterator[Route]:
    """Yield every route that a browser opens."""
    return (route for route in walk() if not route.name.startswith("api:") and route.name not in NO_PAGES)


class Reader:
    """Opens pages, and notes what they ask."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.world = world
        self._asked: list[Asked] = []
        patch.setattr(throttles._PerRequest, "allow_request", lambda self, request, view: True)
        patch.setattr(asking, "_inner", self._noting_questions(asking._inner))
        patch.setattr(asking, "Answer", self._noting_answers(asking.Answer))

    def open(self, role: str, route: Route, query: str = "") -> Seen:
        """Open a page as this role; it may lead to itself."""
        client, headers = self.world.callers[role]
        path = reverse(route.name, kwargs=args_of(self.world, route))
        address = path + query
        for _step in range(MOST_STEPS):
            self._asked.clear()
            response = client.get(address, headers={} if role == "link" else headers)
            if response.status_code != 302 or not response.headers["Location"].startswith(f"{path}?"):
                break
            address = response.headers["Location"]
        return Seen(
            status=response.status_code,
            path=address,
            html=response.content.decode(),
            asked=list(self._asked),
            context=_flat(response.context),
            templates={template.name or "" for template in response.templates},
        )

    def says(self, role: str, asked: Asked) -> Any:
        """Return what the API says to the same question over HTTP."""
        client, headers = self.world.callers[role]
        return getattr(client, asked.method.lower())(asked.address, headers=headers).json()

    def _noting_questions(self, inner: Any) -> Any:
        def noting(*args: Any) -> HttpRequest:
            request = inner(*args)
            query = request.META["QUERY_STRING"]
            self._asked.append(Asked(request.method, request.path + (f"?{query}" if query else "")))
            return request

        return noting

    def _noting_answers(self, answer: type[asking.Answer]) -> type[asking.Answer]:
        asked = self._asked

        class Noted(answer):  # type: ignore[valid-type, misc]
            def __init__(self, *said: Any) -> None:
                super().__init__(*said)
                asked[-1].data = self.data

        return Noted


def _flat(context: Any) -> dict[str, Any]:
    """Return the page's context by name, the outermost last."""
    if context is None:
        return {}
    layers = [layer for each in (context if isinstance(context, list) else [context]) for layer in each.dicts]
    return {name: value for layer in reversed(layers) for name, value in layer.items()}
