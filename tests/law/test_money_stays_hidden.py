"""Money stays hidden: who may not see it gets, byte for byte, the same answers when all of it is changed.

The second world is the first with other money in it: same ids and times, the own fee kept (tests/law/twins.py). Every
route is asked in both, with every filter and order that its list declares, by each who may not see sums. Who is turned
away at the door of a list reaches none of its filters.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

import django_filters
import pytest
from django.db import transaction
from django.urls import resolve, reverse

from producerdesk.kit import throttles
from tests import services
from tests.law import twins
from tests.law.routes import Route, args_of, walk
from tests.law.test_doors import open_to
from tests.law.twins import ASKED, BOUGHT, HIDDEN_FROM, SUMS, Dice
from tests.law.world import World

NONCE = re.compile(rb"nonce-[\w+/=]+|nonce=\"[\w+/=]+\"")
WORDS = ("Nora", "Day", "USD", "62", "240.00", "session:1")
SEARCHED = (BOUGHT, "Drums", "Hire", "Line", "Salt")  # expenses, whom they paid, lines of the plan, their project
MOMENTS = (ASKED, ASKED + dt.timedelta(days=11))
# in a small round one of each kind, of whom the artist tries every filter and order: a link reaches no list that she
# does not
WHO = services.rounds(("nora", "cara", "link", "feed"), tuple(HIDDEN_FROM))
ASKING_MUCH = services.rounds(("nora",), tuple(HIDDEN_FROM))
SPAN = {"since": "2027-03-01T00:00:00Z", "until": "2027-04-01T00:00:00Z"}
# what a request of the person's own needs to be more than refused
BODIES: dict[str, dict[str, Any]] = {
    "api:call-propose": {"day": "2027-03-15", "at": "10:00"},
    "api:call-decline": {"reason": "Away"},
    "api:me": {"name": "Nora", "time_zone": "Europe/Berlin"},
    "sessions:call-propose": {"day": "2027-03-15", "at": "10:00"},
    "sessions:my-call-propose": {"day": "2027-03-15", "at": "10:00"},
}
Answer = tuple[int, tuple[tuple[str, str], ...], bytes]  # status, headers, body
Answers = dict[str, Answer]
# the worlds have the same ids only where a number that was taken back is given again
pytestmark = [pytest.mark.once, pytest.mark.soak]


@pytest.fixture
def dice(db: None, monkeypatch: pytest.MonkeyPatch) -> Dice:
    """The same chance in both worlds, and nobody is told to slow down."""
    for throttle in (throttles._PerRequest, throttles.Counted):
        monkeypatch.setattr(throttle, "allow_request", lambda self, request, view: True)
    return Dice(monkeypatch)


@pytest.mark.parametrize("who", WHO)
def test_whoever_may_not_see_money_sees_no_trace_of_it(dice: Dice, who: str) -> None:
    with twins.built(who, dice, twin=False) as world:
        first = _ask_everything(world, who, dice, filters=who in ASKING_MUCH)
    with twins.built(who, dice, twin=True) as world:
        second = _ask_everything(world, who, dice, filters=who in ASKING_MUCH)
    assert first.keys() == second.keys()
    assert {asked: (first[asked], second[asked]) for asked in first if first[asked] != second[asked]} == {}
    assert [asked for asked, answer in first.items() if answer[0] >= 500 and "healthz" not in asked] == []
    assert sum(status == 200 for status, _headers, _body in first.values()) > 50  # it did see something


def test_no_letter_to_others_tells_of_money_or_how_to_reach_anybody_else(dice: Dice) -> None:
    with twins.built("nora", dice, twin=False) as world:
        letters = twins.letters_to_others(world)
        contacts = twins.contacts(world)
    with twins.built("nora", dice, twin=True) as world:
        assert twins.letters_to_others(world) == letters
    assert len({to for to, *_rest in letters}) > 3
    assert len(contacts) > 8
    for to, *said in letters:
        assert [found for found, whose in contacts.items() if whose != to and found in "".join(said)] == [], to


def test_who_may_see_money_sees_other_money(dice: Dice) -> None:
    names = {"session-costs", "engagement-list", "engagement-detail", "contributor-detail", "room-detail"}
    names |= {"studio-detail", "session-cancellation"}
    routes = [route for route in walk() if route.name.removeprefix("api:") in names]
    with twins.built("nora", dice, twin=False) as world:
        first = _ask_everything(world, "ana", dice, routes=routes) | _search(world, dice)
    with twins.built("nora", dice, twin=True) as world:
        second = _ask_everything(world, "ana", dice, routes=routes) | _search(world, dice)
    other = {asked for asked in first if first[asked] != second[asked]}
    assert {f"get {route.name}" for route in routes} | {BOUGHT} <= other


def test_there_is_money_in_every_table_that_can_hold_it(dice: Dice) -> None:
    with twins.built("nora", dice, twin=True):
        empty = [model.__name__ for model in twins.money_columns() if not model._default_manager.exists()]
    assert empty == [], "tests/law/twins.py does not make any of these"


def _search(world: World, dice: Dice) -> Answers:
    return {BOUGHT: _ask(world, "ana", dice, BOUGHT, "get", reverse("api:search"), {"q": BOUGHT})}


# --- asking ---------------------------------------------------------------------------------------------
def _ask_everything(
    world: World, who: str, dice: Dice, *, filters: bool = False, routes: Iterable[Route] = ()
) -> Answers:
    found: Answers = {}
    for route in routes or walk():
        path = reverse(route.name, kwargs=args_of(world, route))
        for method in _methods(route, who):
            asked = f"{method} {route.name}"
            found[asked] = _ask(world, who, dice, asked, method, path, BODIES.get(route.name, {}))
        if filters and route.name.startswith("api:") and _let_in(found.get(f"get {route.name}")):
            for query in _questions(route, path):
                asked = f"get {route.name} {query}"
                found[asked] = _ask(world, who, dice, asked, "get", path, query)
    return found


def _methods(route: Route, who: str) -> set[str]:
    """Return what a route is asked by: in a small round what is open to them, and of the API its description."""
    if services.rounds(0, 1):
        return {*route.methods, "options"} - {"head"}
    open_ = {method for method in route.methods if f"{method} {route.name}" in open_to(who)}
    return open_ | {"options"} if open_ and route.name.startswith("api:") else open_


def _let_in(answer: Answer | None) -> bool:
    return answer is not None and answer[0] not in (401, 403, 404)


def _ask(world: World, who: str, dice: Dice, asked: str, method: str, path: str, said: dict[str, Any]) -> Answer:
    client, headers = world.callers[who]
    options: dict[str, Any] = {"headers": headers}
    if path.startswith("/api/") and method in ("post", "put"):
        options["content_type"] = "application/json"
    dice.start(asked)
    with transaction.atomic():
        response = getattr(client, method)(path, *([said] if method in ("get", "post", "put") else []), **options)
        transaction.set_rollback(True)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    told = tuple(sorted((name, NONCE.sub(b"", value.encode()).decode()) for name, value in response.headers.items()))
    return response.status_code, told, NONCE.sub(b"", body)


# --- what a list may be asked ---------------------------------------------------------------------------
def _questions(route: Route, path: str) -> Iterator[dict[str, Any]]:
    """Yield a query for every value worth asking of every filter that the route's view declares, allowed or not."""
    filterset = getattr(getattr(resolve(path).func, "cls", None), "filterset_class", None)
    base = SPAN if route.name.endswith("-calendar") else {}
    if base:
        yield base
    lists = route.name.endswith(("-list", "-calendar"))
    for name, kind in (filterset.base_filters if filterset and lists else {}).items():
        for value in _values(kind):
            yield base | {name: value}
    if lists and not base:
        yield {"page_size": 1, "page": 2}
    if route.name == "api:search":
        yield from ({"q": word} for word in SEARCHED)


def _values(kind: django_filters.Filter) -> list[Any]:
    match kind:
        case django_filters.OrderingFilter():
            return [param for param, _label in kind.extra["choices"]]
        case django_filters.BooleanFilter():
            return ["true", "false"]
        case django_filters.ChoiceFilter() | django_filters.MultipleChoiceFilter():
            return [value for value, _label in kind.extra["choices"]][: services.rounds(2, 100)]
        case django_filters.NumberFilter():
            return [2, 3, *SUMS]
        case django_filters.IsoDateTimeFilter() | django_filters.DateTimeFilter():
            return [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in MOMENTS]
        case django_filters.DateFilter():
            return [moment.date().isoformat() for moment in MOMENTS]
    return list(WORDS)  # texts, and whatever kind of filter comes next
