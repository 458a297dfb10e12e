"""How many SQL statements each address takes, in one table (queries.txt): the same for ten rows as for a thousand.

`DESK_WRITE_QUERIES=1 bin/desk test tests/law/test_query_counts.py -k write` writes the table; a person reads what
changed in it. A route without a row fails.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from producerdesk.kit import throttles
from tests.law.crowd import crowd
from tests.law.routes import Route, args_of, walk
from tests.law.world import World, make_world
from tests.services import BROAD, rounds

pytestmark = BROAD

TABLE = Path(__file__).with_name("queries.txt")
FEW, MANY = 10, rounds(100, 1_000)
NOT_COUNTED = {
    "healthz": "asks the database whether it is well",
    "sessions:feed-ics": "reads page after page of the API: one more statement for each hundred rows",
}
LARGEST_PAGE = "?page_size=100"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world, its clock standing still: what is noted once a minute is noted once."""
    monkeypatch.setattr(throttles._PerRequest, "allow_request", lambda self, request, view: True)
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        yield make_world()


def test_every_address_takes_as_many_queries_for_many_rows_as_for_ten(world: World) -> None:
    crowd(world, FEW)
    few = _counts(world)
    crowd(world, MANY - FEW)
    many = _counts(world)
    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}
    pinned = _read()
    assert few.keys() - pinned.keys() == set(), "routes without a row"
    assert pinned.keys() - few.keys() == set(), "rows without a route"
    assert {name: (pinned[name], few[name]) for name in few if few[name] != pinned[name]} == {}


def _routes() -> list[Route]:
    return [route for route in walk() if "get" in route.methods and route.name not in NOT_COUNTED]


def _counts(world: World) -> dict[str, int]:
    """Return what each takes once content types and the like are kept: what took more than it should is asked again."""
    pinned = _read()
    found = {}
    for route in _routes():
        found[route.name] = _count(world, route)
        if found[route.name] != pinned.get(route.name):
            found[route.name] = _count(world, route)
    return found


def _count(world: World, route: Route) -> int:
    client, _headers = world.callers["ana"]
    address = reverse(route.name, kwargs=args_of(world, route)) + (LARGEST_PAGE if route.name.endswith("-list") else "")
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(address)
    assert answer.status_code < 500, address
    return len(caught)


def _read() -> dict[str, int]:
    rows = (line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {name: int(count) for name, count in rows}


if os.environ.get("DESK_WRITE_QUERIES"):

    def test_write_the_table(world: World) -> None:
        crowd(world, FEW)
        lines = [f"{name:<44}{count}" for name, count in _counts(world).items()]
        TABLE.write_text("# SQL statements of a GET by the owner of a desk\n" + "\n".join(lines) + "\n")
