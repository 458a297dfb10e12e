"""The API against its own description: whatever is sent, no error of ours and no answer that the description lacks.

Requests are made from the OpenAPI document, half of them on things that are there, and go to a real server. Chance
leaves out what may be left out, so every parameter of a query is asked for by name as well, rightly and wrongly.
"""

import contextlib
from collections import Counter
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from django.core.cache import cache as requests_counted
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from producerdesk.accounts.roles import BUDGET_READ, PROJECT_READ, SCHEDULE_READ
from projects.tokens import make_token
from tests import services
from tests.law.world import World, make_world

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ROUNDS = services.rounds(1, 30)  # of each kind, on each operation; the small round takes the kinds in turn
ORDER = ("get", "post", "put", "delete")  # what is deleted is asked for no more
UNTHROTTLED = 100  # requests; then the counts of the rate limits are forgotten, or we would test nothing else
# of how many operations each tries one in a small round: most of what the last two try is refused by the same code
WHO = {"producer": 1, "artist": 2, "label": 3, "nobody": 4}
# how many of them ask for each parameter; what others may ask for is less, and the same code refuses it
ASKING = services.rounds(1, 3)
FITS = {"boolean": "true", "integer": "1", "number": "1", "date": "2027-03-10", "date-time": "2027-03-10T10:00:00Z"}
NONSENSE = "'%;--"
TEXT = "glass"
BY_NAME = {"as_of": "2026-11-03", "until": "2027-03-31"}  # a day as text; an end after the beginning
# what such an id must be of, where an unknown one is refused
IDS = {
    "project": "api:project",
    "studio": "api:studio",
    "rooms": "api:room",
    "people": "api:contributor",
    "gear": "api:gear",
}
# kinds whose ids are those of other things
KNOWN_AS = {
    "call-sheets": "session",
    "take-logs": "session",
    "call-sheet-copies": "call",
    "deliveries": "delivery",
    "private-links": "link",
}
# things that are had one at a time: an invitation by its secret, others by the id of what they are part of
ONE_BY_ONE = "joins call-sheets call-sheet-copies take-logs unsubscribe comp-maps comp-sections input-lists gear-faults"
NO_LIST = {f"GET /api/v1/{kind}/" for kind in [*ONE_BY_ONE.split(), "gear-repairs"]}
pytestmark = [pytest.mark.heavy, *services.BROAD]


@pytest.fixture
def world(site: str) -> World:
    """The cast with something behind every route, in the server's database."""
    return make_world()


@pytest.mark.parametrize("who", WHO)
def test_whatever_is_sent_is_answered_as_documented(site: str, world: World, who: str) -> None:
    caller = _Caller(site, world, who)
    operations = _operations()
    if caller.turn < ASKING:  # first, for later things are deleted
        for operation in operations:
            caller.ask_each(operation)
        assert len(caller.asked) > 300
    for number in range(len(operations))[:: services.rounds(WHO[who], 1)]:
        caller.fuzz(number)
    assert not caller.problems, "\n\n".join(caller.problems.values())
    if who == "producer":  # others are refused more
        assert caller.wrongly_taken() == []
    assert len(operations) > 100
    assert caller.answered.keys() >= ({401, 404} if who == "nobody" else {200, 400, 404})


@cache
def _operations() -> tuple[Any, ...]:
    """Return what the API describes. It is the same to all, and making something of it takes longer than asking."""
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    found = [cast(Ok, result).ok() for result in schema.get_all_operations()]
    return tuple(sorted(found, key=lambda operation: ORDER.index(operation.method.lower())))


def _takes_anything(operation: Any) -> bool:
    return any(any(True for _each in part) for part in (operation.query, operation.path_parameters, operation.body))


@cache
def _cases(number: int, mode: GenerationMode) -> Any:
    return _operations()[number].as_strategy(generation_mode=mode)


def _fitting(parameter: Any, ids: dict[str, Any]) -> str:
    """Return a value that the description allows."""
    if parameter.name in IDS:
        return str(ids[IDS[parameter.name]])
    said = parameter.definition["schema"]
    said = said.get("items", said)
    if "enum" in said:
        return str(said["enum"][0])
    if said.get("minimum", 0) > 1:
        return str(said["minimum"])
    return BY_NAME.get(parameter.name) or FITS.get(said.get("format", said["type"]), TEXT)


class _Caller:
    """Somebody who sends what the description allows, and what it does not."""

    def __init__(self, site: str, world: World, who: str) -> None:
        self.site, self.ids = site, world.ids
        self.session = requests.Session()
        self.sent = 0
        self.turn = list(WHO).index(who)
        self.answered: Counter[int] = Counter()
        self.asked: dict[tuple[str, str, str], int] = {}  # operation, parameter, value: status
        self.problems: dict[str, str] = {}  # the first of each operation
        if who in ("producer", "artist"):
            self._sign_in(Client(), world.cast.ana if who == "producer" else world.cast.nora)
        if who == "label":
            scopes = [PROJECT_READ, SCHEDULE_READ, BUDGET_READ]
            _token, secret = make_token(owner=world.cast.lena, name="books", scopes=scopes, days=30)
            self.session.headers["Authorization"] = f"Bearer {secret}"

    def _sign_in(self, browser: Client, user: Any) -> None:
        browser.force_login(user)
        browser.get("/me/")
        for name, morsel in browser.cookies.items():
            self.session.cookies.set(name, morsel.value)
        self.session.headers["X-CSRFToken"] = browser.cookies["csrftoken"].value
        self.session.headers["Origin"] = self.site

    def fuzz(self, number: int) -> None:
        """Send some requests of the operation of this number, and note what is not as documented."""
        self.turn += 1
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        operation = _operations()[number]
        for mode in modes if services.rounds(0, 1) else (modes[self.turn % 2],):
            if mode is GenerationMode.NEGATIVE and not _takes_anything(operation):
                continue
            with contextlib.suppress(Unsatisfiable):  # nothing in it that could be wrong
                self._fuzz(operation, _cases(number, mode))

    def ask_each(self, operation: Any) -> None:
        """Ask for each parameter of the query alone, with a value that fits and with one that means nothing."""
        path = {part.name: str(self._known_id(operation.path)) for part in operation.path_parameters}
        path |= {"number": "1"} if "number" in path else {}  # of a version
        usual = {each.name: _fitting(each, self.ids) for each in operation.query if each.is_required}
        for each in operation.query:
            for value in (_fitting(each, self.ids), NONSENSE):
                case = operation.Case(path_parameters=path, query=usual | {each.name: value})
                self.asked[operation.label, each.name, value] = self._send(f"{operation.label} ?{each.name}", case)

    def wrongly_taken(self) -> list[str]:
        """Return what fitted and was refused, and what meant nothing and was taken. As a text anything may fit."""
        texts = {(label, name) for label, name, value in self.asked if value == TEXT}
        return [
            f"{label} ?{name}={value}: {status}"
            for (label, name, value), status in self.asked.items()
            if label not in NO_LIST and (status == 200) == (value == NONSENSE) and (label, name) not in texts
        ]

    def _fuzz(self, operation: Any, cases: Any) -> None:
        known = self._known_id(operation.path)

        @settings(
            max_examples=ROUNDS,
            derandomize=not services.rounds(0, 1),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, on_known=st.booleans())
        def send(case: Any, on_known: bool) -> None:
            if on_known and known is not None:
                case.path_parameters = dict.fromkeys(case.path_parameters, str(known))
            self._send(operation.label, case)

        send()

    def _send(self, name: str, case: Any) -> int:
        self.sent += 1
        if self.sent % UNTHROTTLED == 0:
            requests_counted.clear()
        response = case.call(base_url=self.site, session=self.session, headers=dict(self.session.headers))
        self.answered[response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except BaseExceptionGroup as found:
            told = "\n".join(str(each) for each in found.exceptions)
            self.problems.setdefault(name, f"{name}\n{told}\n{response.text[:800]}")
        return response.status_code

    def _known_id(self, path: str) -> Any:
        """Return the id of something of this kind that is there, if the path takes one."""
        parts = urlsplit(path).path.removeprefix("/api/v1/").split("/")
        if len(parts) < 2 or not parts[1].startswith("{"):
            return None
        kind = parts[0]
        singular = {"staff": "staff", "outbox": "outbox"} | KNOWN_AS
        return self.ids.get(f"api:{singular.get(kind, kind.removesuffix('s'))}")
