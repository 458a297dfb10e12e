"""The API described: valid, complete, public, and from this desk alone."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular import validation

from budgets import receipts
from producerdesk.kit.schema import ERRORS
from sessions import voice
from tests.browsing import Browsing

SCHEMA = "/api/v1/schema/"
OPENAPI = jsonschema_rs.validator_for(
    json.loads(Path(validation.__file__).with_name("openapi_3_1_schema.json").read_text())
)
METHODS = ("get", "post", "put", "patch", "delete")
# lists that no permission opens, so that nobody is told of them
NOBODYS = {
    f"{name}-list"
    for name in ("call-sheet", "call-sheet-copy", "comp-map", "input-list", "join", "take-log", "unsubscribe")
}


@pytest.fixture(scope="module")
def described() -> Any:
    """What the API says of itself to anybody."""
    answer = Client().get(SCHEMA, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return json.loads(answer.content)


@pytest.mark.once
def test_it_is_valid_and_made_without_a_warning() -> None:
    made = StringIO()
    call_command("spectacular", "--fail-on-warn", "--format", "openapi-json", stdout=made)
    # as `--validate` does, which takes thirteen seconds for it
    assert not list(OPENAPI.iter_errors(json.loads(made.getvalue())))
    assert list(OPENAPI.iter_errors({"openapi": "3.1.0", "info": {"title": "No version"}, "paths": {}}))


def test_it_is_openapi_3_1_and_comes_as_yaml_too(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    answer = Client().get(SCHEMA)
    assert answer["Content-Type"].startswith("application/vnd.oai.openapi")
    assert answer.content.startswith(b"openapi: 3.1")


@pytest.mark.parametrize(
    ("path", "kinds"),
    [("expenses/{id}/receipt/", receipts.MEDIA_TYPES), ("voice-notes/{id}/sound/", voice.MEDIA_TYPES)],
)
def test_files_are_told_as_what_they_are(described: Any, path: str, kinds: tuple[str, ...]) -> None:
    assert set(described["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]["content"]) == set(kinds)


def test_every_address_of_the_api_is_in_it(described: Any) -> None:
    routes = get_resolver("producerdesk.api_urls").reverse_dict
    told = {re.sub(r"\{\w+\}", "{}", path.removeprefix("/api/v1/")) for path in described["paths"]}
    for name in {name for name in routes if isinstance(name, str)} - {"schema"} - NOBODYS:
        for spellings, *_rest in routes.getlist(name):
            paths = {re.sub(r"%\(\w+\)s", "{}", text) for text, _params in spellings}
            assert paths & told, name


def test_every_operation_tells_its_errors_and_its_ways_in(described: Any) -> None:
    for path, operations in described["paths"].items():
        for method in METHODS:
            if method in operations:
                assert set(ERRORS) <= set(operations[method]["responses"]), (method, path)
                assert operations[method]["security"], (method, path)
    assert set(described["components"]["securitySchemes"]) == {"login", "token", "link", "feed"}


@pytest.mark.once
def test_its_page_loads_nothing_from_outside_and_breaks_no_rule(browsing: Browsing) -> None:
    page = browsing.window()
    page.request.get(SCHEMA, timeout=60_000)  # the first time in a process it takes a while
    page.goto("/api/docs/")
    # it draws what is in sight, the first of the alphabet
    page.locator("#operations-budgets-budgets_list").wait_for(timeout=60_000)
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_text("token").first.wait_for()
