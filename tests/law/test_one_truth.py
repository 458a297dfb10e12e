"""One truth: a page draws what the API says to the same viewer; a form sent back unchanged changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from producerdesk.kit import throttles
from tests.law.world import World, make_world

# page, its id; the name in its context, the API route, its id, its query
PAGES: list[tuple[str, str | None, str, str, str | None, dict[str, Any]]] = [
    ("projects:detail", "api:project", "project", "api:project-detail", "api:project", {}),
    ("projects:songs", "api:project", "project", "api:project-detail", "api:project", {}),
    ("projects:brief", "api:project", "project", "api:project-detail", "api:project", {}),
    ("contributors:detail", "api:contributor", "person", "api:contributor-detail", "api:contributor", {}),
    ("engagement:detail", "api:engagement", "engagement", "api:engagement-detail", "api:engagement", {}),
    ("sessions:detail", "api:session", "session", "api:session-detail", "api:session", {}),
    ("sessions:detail", "api:session", "costs", "api:session-costs", "api:session", {}),
]
# form page, its id; the API route that holds its PUT
FORMS = [
    ("projects:edit", "api:project", "api:project-detail"),
    ("contributors:edit", "api:contributor", "api:contributor-detail"),
    ("engagement:edit", "api:engagement", "api:engagement-detail"),
    ("sessions:edit", "api:session", "api:session-detail"),
    ("sessions:edit_studio", "api:studio", "api:studio-detail"),
    ("sessions:edit_room", "api:room", "api:room-detail"),
]
MOVING = ("version", "updated_at")  # a change, even to the same, is one


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Everything there is to see, and nobody is told to slow down."""
    monkeypatch.setattr(throttles._PerRequest, "allow_request", lambda self, request, view: True)
    return make_world()


@pytest.fixture
def ana(world: World) -> Client:
    """The owner's browser."""
    return world.callers["ana"][0]


def _path(world: World, name: str, key: str | None) -> str:
    return reverse(name, args=[world.ids[key]] if key else [])


@pytest.mark.parametrize(("page", "page_id", "name", "route", "route_id", "query"), PAGES)
def test_a_page_draws_what_the_api_says(
    world: World,
    ana: Client,
    page: str,
    page_id: str | None,
    name: str,
    route: str,
    route_id: str | None,
    query: dict[str, Any],
) -> None:
    drawn = ana.get(_path(world, page, page_id))
    assert drawn.status_code == 200
    assert drawn.context[name] == ana.get(_path(world, route, route_id), query).json()


@pytest.mark.parametrize("role", ["ben", "nora", "lena", "xavi"])
def test_a_session_page_draws_what_the_api_says_to_that_role(world: World, role: str) -> None:
    client, _headers = world.callers[role]
    drawn = client.get(_path(world, "sessions:detail", "api:session"))
    assert drawn.status_code == 200
    assert drawn.context["session"] == client.get(_path(world, "api:session-detail", "api:session")).json()


@pytest.mark.parametrize(("page", "key", "route"), FORMS)
def test_a_form_sent_back_unchanged_changes_nothing(world: World, ana: Client, page: str, key: str, route: str) -> None:
    before = _still(ana.get(_path(world, route, key)).json())
    form = ana.get(_path(world, page, key)).context["form"]
    sent = ana.post(_path(world, page, key), _as_sent(form))
    assert sent.status_code == 302, sent.context["form"]["errors"]
    assert _still(ana.get(_path(world, route, key)).json()) == before


def _still(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in MOVING}


def _as_sent(form: dict[str, Any]) -> dict[str, Any]:
    """Return what a browser sends of this form."""
    sent: dict[str, Any] = {"_etag": form["etag"], "_once": form["once"]}
    for field in form["fields"].values():
        _SEND.get(field["type"], _send_plain)(field, sent)
    return sent


def _send_plain(field: dict[str, Any], sent: dict[str, Any]) -> None:
    sent[field["name"]] = "" if field["value"] is None else field["value"]


def _send_checkbox(field: dict[str, Any], sent: dict[str, Any]) -> None:
    if field["value"]:
        sent[field["name"]] = "true"


def _send_money(field: dict[str, Any], sent: dict[str, Any]) -> None:
    value = field["value"] or {"amount": "", "currency": ""}
    sent[f"{field['name']}.amount"], sent[f"{field['name']}.currency"] = value["amount"], value["currency"]


def _send_parts(field: dict[str, Any], sent: dict[str, Any]) -> None:
    for part in field["parts"].values():
        _SEND.get(part["type"], _send_plain)(part, sent)


def _send_rows(field: dict[str, Any], sent: dict[str, Any]) -> None:
    for row in field["rows"]:
        for part in row.values():
            _SEND.get(part["type"], _send_plain)(part, sent)


_SEND: dict[str, Callable[[dict[str, Any], dict[str, Any]], None]] = {
    "checkbox": _send_checkbox,
    "money": _send_money,
    "group": _send_parts,
    "rows": _send_rows,
}
