"""The account pages in our look: they open, in our words, and carry nothing the policy refuses."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from tests.makers import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]

OUTSIDE = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-nonsense/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nonsense/",
    "/accounts/inactive/",
]
INSIDE = [
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/reauthenticate/",
]


@pytest.fixture
def ana(client):
    user = make_user("ana")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return user


def check(response) -> str:
    text = response.content.decode()
    assert response.status_code == 200
    assert "css/tokens.css" in text
    assert "style=" not in text
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", text)
    assert text.count("<h1") == 1
    return text


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_page_before_the_desk(client, address):
    text = check(client.get(address))
    assert "pd-login" in text
    assert "pd-side" not in text


@pytest.mark.parametrize("address", INSIDE)
def test_a_page_of_ones_account(client, ana, address):
    check(client.get(address))


def test_a_wrong_password_is_said_beside_the_form_and_the_mail_stays(client):
    text = check(client.post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong"}))
    assert 'role="alert"' in text
    assert 'value="nobody@example.com"' in text
    assert "wrong" not in re.sub(r"<[^>]+>", " ", text).split()


def test_a_missing_field_is_named_and_tied_to_its_error(client):
    text = check(client.post("/accounts/login/", {"login": "", "password": "x"}))
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="id_login-error"' in text
    assert 'id="id_login-error"' in text


def test_signing_in_leads_on_to_where_one_was_going(client):
    user = make_user("ben")
    page = client.get("/accounts/login/?next=/projects/%3Fstage%3Dmixing").content.decode()
    action = page.partition(' action="')[2].partition('"')[0]
    found = client.post(action, {"login": user.email, "password": PASSWORD})
    assert found.headers["Location"] == "/projects/?stage=mixing"


def test_the_demo_people_stand_under_the_form():
    from allauth.account.forms import LoginForm

    request = RequestFactory().get("/accounts/login/")
    login = {"email": "mara@lowlight.example", "password": "a\"b'c</script>", "who": "Mara Ellison, producer"}
    text = render_to_string("account/login.html", {"form": LoginForm(), "demo_logins": [login]}, request)
    assert "Mara Ellison, producer" in text
    assert 'data-fill-form="login-form"' in text
    assert "</script>&" not in text
    assert "b'c</" not in text


def test_two_step_sign_in_shows_a_code_to_scan(client, ana):
    text = check(client.get("/accounts/2fa/totp/activate/"))
    assert 'src="data:image/svg+xml' in text
    assert 'id="authenticator_secret"' in text


@pytest.mark.parametrize("number", [400, 403, 404, 429, 500, 503])
def test_an_error_page_needs_no_request_and_no_database(number, django_assert_num_queries):
    with django_assert_num_queries(0):
        text = render_to_string(f"errors/{number}.html")
    assert "<h1>" in text
    assert "To the start page" in text


def test_a_stranger_who_is_lost_gets_the_way_back():
    answer = Client().get("/there/is/no/such/page/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
