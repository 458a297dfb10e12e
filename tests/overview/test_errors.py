"""What a person sees when something goes wrong."""

from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from producerdesk import urls
from tests import makers
from tests.calling import Caller
from tests.cast import Cast


def broken(request: Any) -> Any:
    """A page of ours with a mistake in it."""
    raise RuntimeError("a secret of the server")


def away(request: Any) -> Any:
    """A page that met a database that is not there."""
    raise OperationalError("server closed the connection")


def keeps(request: Any) -> HttpResponse:
    """A page that leaves something in the login session, which is written when the page is done."""
    request.session["kept"] = True
    return HttpResponse("done")


urlpatterns = [*urls.urlpatterns, path("broken/", broken), path("away/", away), path("keeps/", keeps)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


def test_nothing_there(cast: Cast) -> None:
    for client in (Client(), Caller(cast.ana).client):
        answer = client.get("/nothing/here/")
        assert answer.status_code == 404
        assert "There is nothing here" in answer.content.decode()


@pytest.mark.parametrize("path", ["nothing/", "sessions/abc/", f"sessions/{10**30}/"])
def test_nothing_there_for_a_program(cast: Cast, path: str) -> None:
    for client in (Client(), Caller(cast.ana).client):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
        assert answer.json()["code"] == "not_found"


def test_not_yours(cast: Cast) -> None:
    answer = Caller(cast.nora).page(f"/projects/{cast.project.pk}/access/")
    assert answer.status_code == 403
    assert "Your role does not reach this far" in answer.content.decode()


def test_who_has_nothing_yet_is_told_how_a_desk_comes(cast: Cast) -> None:
    answer = Caller(makers.make_user("New")).page("/sessions/new/")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "This needs a desk" in page
    assert 'href="/projects/start/"' in page


@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=1000000000", "colour=red"])
def test_a_list_asked_for_nonsense_says_so_in_place(cast: Cast, query: str) -> None:
    answer = Caller(cast.ana).client.get(f"/notices/?{query}")
    assert answer.status_code == 400
    assert "That did not work" in answer.content.decode()


@override_settings(ROOT_URLCONF="tests.overview.test_errors")
def test_our_mistake_tells_nothing_and_asks_nothing_of_the_database(cast: Cast) -> None:
    client = Caller(cast.ana).client
    client.raise_request_exception = False
    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/broken/")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "Something broke on our side" in text
    assert "a secret of the server" not in text
    assert len(asked) <= 2, "only the login, before the page was asked"


@override_settings(ROOT_URLCONF="tests.overview.test_errors")
def test_our_mistake_is_drawn_without_any_database(db: None) -> None:
    client = Client(raise_request_exception=False)
    with mock.patch("django.db.backends.utils.CursorWrapper.execute", side_effect=OperationalError("gone")):
        assert client.get("/broken/").status_code == 500


@override_settings(ROOT_URLCONF="tests.overview.test_errors")
def test_a_database_that_is_away_is_said_with_when_to_come_back(db: None) -> None:
    answer = Client(raise_request_exception=False).get("/away/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "cannot reach our data" in answer.content.decode()


@pytest.mark.parametrize("page", ["/", "/projects/", "/me/", "/accounts/login/", "/api/v1/projects/"])
def test_wherever_it_is_missed(cast: Cast, page: str) -> None:
    """The database goes away while somebody is signed in: every page says so, none breaks."""
    client = Caller(cast.ana).client
    client.raise_request_exception = False
    with mock.patch("django.db.backends.utils.CursorWrapper.execute", side_effect=OperationalError("gone")):
        answer = client.get(page)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"


@override_settings(ROOT_URLCONF="tests.overview.test_errors")
def test_missed_after_the_page_was_done(db: None) -> None:
    with mock.patch("django.db.backends.utils.CursorWrapper.execute", side_effect=OperationalError("gone")):
        answer = Client(raise_request_exception=False).get("/keeps/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")


def test_a_request_that_makes_no_sense(db: None) -> None:
    answer = Client(SERVER_NAME="unknown.example").get("/accounts/login/")
    assert answer.status_code == 400
    assert "could not read that" in answer.content.decode()


def test_a_form_from_an_old_page(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ana)
    answer = client.post("/me/", {"name": "Eve"})
    assert answer.status_code == 403
    assert "Please send it once more" in answer.content.decode()


@pytest.mark.parametrize("page", ["/nothing/", "/accounts/login/", "/accounts/signup/"])
def test_error_and_entrance_pages_have_no_inline_style_or_script(cast: Cast, page: str) -> None:
    text = Client().get(page).content.decode()
    assert " style=" not in text
    assert "<script>" not in text


def test_a_press_after_the_login_ended_leads_back_to_where_the_button_is(cast: Cast) -> None:
    page, press = f"/projects/{cast.project.pk}/?tab=x", f"/projects/{cast.project.pk}/stage/"
    client = Client(headers={"referer": f"http://testserver{page}"})
    asked = client.post(press, {"stage": "mixing"})
    assert (asked.status_code, asked["Location"]) == (302, f"/accounts/login/?{urlencode({'next': page}, safe='/')}")
    assert "Nothing was done yet" in client.get(asked["Location"]).content.decode()
    # without a page of ours before it there is only the address of the action
    assert Client().post(press)["Location"] == f"/accounts/login/?next={press}"


@pytest.mark.parametrize("before", ["/accounts/login/?next={press}", "{press}"])
def test_the_address_of_an_action_never_leads_round_to_itself(cast: Cast, before: str) -> None:
    # as after signing in, or after "Try again" on the page that says that our data is away
    press = f"/projects/{cast.project.pk}/stage/"
    came_from = {"referer": f"http://testserver{before.format(press=press)}"}
    assert Caller(cast.ana).client.get(press, headers=came_from)["Location"] == "/"
