"""The edge of the API: bodies that are too large, bombs inside them, and paths that no resource answers."""

from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects.models import Project
from tests import makers
from tests.calling import Caller
from tests.cast import Cast, make_cast

MOST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


@pytest.fixture
def ana(cast: Cast) -> Caller:
    """The owner, at the API."""
    return Caller(cast.ana)


def send(caller: Caller, body: bytes, content_type: str = JSON) -> Any:
    return caller.client.post("/api/v1/projects/", body, content_type=content_type)


def refused(answer: Any) -> bool:
    return answer.status_code == 413 and answer.json()["code"] == "too_large" and "5 MB" in answer.json()["detail"]


@pytest.mark.parametrize("content_type", [JSON, FORM, "text/plain"])
def test_a_body_that_is_too_large_is_refused(ana: Caller, content_type: str) -> None:
    assert refused(send(ana, b"a" * (MOST + 1), content_type))
    assert Project.objects.filter(title="a").count() == 0


def test_a_body_of_the_largest_size_is_read(ana: Caller) -> None:
    body = b'{"title": ""' + b" " * (MOST - 13) + b"}"
    answer = send(ana, body)
    assert len(body) == MOST
    assert (answer.status_code, "title" in answer.json()["fields"]) == (400, True)


def test_files_that_are_too_large_are_refused(ana: Caller) -> None:
    file = SimpleUploadedFile("people.csv", b"a" * MOST, "text/csv")
    assert refused(ana.client.post("/api/v1/contributors/import/", {"file": file}))


def test_a_page_says_so_as_well(ana: Caller) -> None:
    answer = ana.client.post("/projects/new/", b"title=" + b"a" * MOST, content_type=FORM)
    assert answer.status_code == 413
    assert "at most 5 MB" in answer.content.decode()


def test_who_is_nobody_learns_no_more(db: None) -> None:
    assert refused(send(Caller(), b"a" * (MOST + 1)))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"title": ' + b"[" * 20 + b"]" * 20 + b"}",
        b'{"tempo": 1e309}',
        b'{"tempo": -1e309}',
        b'{"tempo": 1' + b"0" * 400 + b"}",
        b'{"tempo": NaN}',
        b'{"title": "\xff"}',
        b'{"title": "\\ud800"}',
        b"null",
        b'"title"',
        b"{",
    ],
)
def test_a_bomb_in_json_is_a_clear_400(ana: Caller, body: bytes) -> None:
    answer = send(ana, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error"), answer.content


@pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=x"])
def test_a_form_of_too_many_fields_is_a_clear_400(cast: Cast, content_type: str) -> None:
    client = Client()
    client.force_login(cast.ana)
    names = [f"f{n}" for n in range(1500)]
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n1\r\n'
    body = "&".join(names) if content_type == FORM else "".join(part.format(name) for name in names) + "--x--\r\n"
    answer = client.post("/api/v1/projects/", body.encode(), content_type=content_type)
    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == JSON
    assert "more fields" in answer.json()["detail"]


def test_a_broken_multipart_form_is_a_clear_400(ana: Caller) -> None:
    answer = send(ana, b"nothing of the kind", "multipart/form-data; boundary=x")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == JSON


# --- what no resource of the API answers itself -----------------------------------------------------------


@pytest.mark.parametrize("path", ["nothing/", "projects/99999999999999999999/", "projects/x/"])
def test_where_there_is_nothing_the_api_says_so_in_its_own_shape(ana: Caller, path: str) -> None:
    for caller in (ana, Caller()):
        answer = caller.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_host_that_is_not_ours_is_told_so_in_the_apis_shape(ana: Caller) -> None:
    answer = ana.client.get("/api/v1/projects/", headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_pages_stay_pages(ana: Caller) -> None:
    assert ana.client.get("/nothing/").headers["Content-Type"].startswith("text/html")
    assert ana.client.get("/api/docs/").headers["Content-Type"].startswith("text/html")


def test_who_works_nowhere_finds_nothing(cast: Cast) -> None:
    new = Caller(makers.make_user("Nova"))
    for path in (f"projects/{cast.project.pk}/", "projects/999/", f"contributors/{cast.wren_called.pk}/", "desks/1/"):
        assert new.get(path).status_code == 404, path
    assert new.client.get(f"/projects/{cast.project.pk}/").status_code == 404
    assert new.put(f"projects/{cast.project.pk}/", version=1, title="x").status_code == 404
