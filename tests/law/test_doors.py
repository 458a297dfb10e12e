"""Every door: role x method x path -> status, in one table (doors.txt). A route without a row fails.

`DESK_WRITE_DOORS=1 bin/desk test tests/law/test_doors.py -k write` writes the table; a person reads it before it is
committed: what changed in it is what changed in who may do what. A write is sent empty, so who may gets a 400 (a page's
form 422, or 302 for a small action), who may not 401, 403 or 404 (a page leads to the login, 302>).
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from producerdesk.kit import throttles
from producerdesk.notices import health
from tests import services
from tests.law.routes import Route, args_of, walk
from tests.law.world import ROLES, World, make_world

HEALTH = "get healthz"  # red in a test: no dispatcher ticks
TABLE = Path(__file__).with_name("doors.txt")
WIDTH = 44
SHUT = ("401", "403", "404", "405", "302>")
# pages that a form draws again, or one of whose buttons stays on the page
DRAWN_FROM_A_FORM = {
    "accounts:desk",
    "accounts:own_desk",
    "accounts:staff",
    "budgets:settings",
    "contributors:links",
    "sessions:feeds",
    "sessions:find",
    "sessions:inputs",
    "sessions:my-feeds",
    "sessions:price",
    "sessions:unsubscribe",
}
# a page lets in whom the API lets in, of which it asks everything: in a small round the others stay at the API's doors
AT_PAGES = services.rounds(("nobody", "cleo", "ana", "nora", "lena", "link"), ROLES)


pytestmark = services.BROAD


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Everything there is to open, and nobody is told to slow down."""
    for throttle in (throttles._PerRequest, throttles.Counted):
        monkeypatch.setattr(throttle, "allow_request", lambda self, request, view: True)
    monkeypatch.setattr(health, "_started", -1_000.0)  # long ago: a desk that just started is not red yet
    return make_world()


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    doors = {f"{method} {route.name}" for route, method in _doors()}
    assert doors - _read().keys() == set(), "routes without a row"
    assert _read().keys() - doors == set(), "rows without a route"


@pytest.mark.parametrize("role", ROLES)
def test_every_door_is_as_the_table_says(world: World, role: str) -> None:
    asked = [(route, method) for route, method in _doors() if role in AT_PAGES or route.name.startswith("api:")]
    seen = {f"{method} {route.name}": _status(world, role, route, method) for route, method in asked}
    table = {door: found[ROLES.index(role)] for door, found in _read().items()}
    wrong = {door: (table[door], found) for door, found in seen.items() if table[door] != found}
    assert not wrong


def test_a_page_that_only_shows_takes_nothing() -> None:
    answers = {door: found for door, found in _read().items() if door.startswith("post ") and " api:" not in door}
    assert {door.removeprefix("post ") for door, found in answers.items() if "200" in found} == DRAWN_FROM_A_FORM


def test_no_door_leads_to_an_error_of_ours() -> None:
    doors = _read()
    assert not [door for door in doors if door != HEALTH and any(status.startswith("5") for status in doors[door])]


def test_nobody_and_strangers_open_nothing_of_a_desk() -> None:
    public = {"api:schema", "api_docs", "healthz", "api:join-detail", "api:join-accept"}
    public |= {f"api:unsubscribe-{name}" for name in ("detail", "stop", "resume")}  # who has the mail has its secret
    for door, found in _read().items():
        method, name = door.split()
        if name.startswith("api:") and name not in public:
            assert found[0] in ("401", "405"), door
            if name.endswith("-detail") or (method == "post" and "-list" not in name):
                assert found[1] in ("403", "404", "400", "200", "428"), door


def _doors() -> list[tuple[Route, str]]:
    return [(route, method) for route in walk() for method in route.methods if method != "head"]


def _status(world: World, role: str, route: Route, method: str) -> str:
    client, headers = world.callers[role]
    path = reverse(route.name, kwargs=args_of(world, route))
    options: dict[str, Any] = {"headers": headers}
    if route.name.startswith("api:") and method in ("post", "put"):
        options |= {"data": {}, "content_type": "application/json"}
    with transaction.atomic():
        response = getattr(client, method)(path, **options)
        transaction.set_rollback(True)
    to_login = response.status_code == 302 and "/accounts/login/" in response.headers["Location"]
    return f"{response.status_code}{'>' if to_login else ''}"


@cache
def open_to(role: str) -> set[str]:
    """Return the doors that are not shut to the role, as "method route", by the table."""
    column = ROLES.index(role)
    return {door for door, found in _read().items() if found[column] not in SHUT}


def _read() -> dict[str, list[str]]:
    rows = (line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {f"{row[0]} {row[1]}": row[2:] for row in rows}


def write(world: World) -> None:
    """Write the table anew."""
    lines = [f"# {'method and route':<{WIDTH}}" + "".join(f"{role:<7}" for role in ROLES)]
    for route, method in _doors():
        found = [_status(world, role, route, method) for role in ROLES]
        lines.append(f"{method + ' ' + route.name:<{WIDTH + 2}}" + "".join(f"{status:<7}" for status in found))
    TABLE.write_text("\n".join(line.rstrip() for line in lines) + "\n")


if os.environ.get("DESK_WRITE_DOORS"):

    def test_write_the_table(world: World) -> None:
        write(world)
