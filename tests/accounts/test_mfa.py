"""The second step of signing in: six digits from an app, and codes for the day the phone is lost."""

import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from tests.accounts.entrance import sign_in, signed_in
from tests.cast import Cast
from tests.makers import PASSWORD

pytestmark = pytest.mark.django_db
ACTIVATE, CODES = "/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/"
STEP, AGAIN = "/accounts/2fa/authenticate/", "/accounts/reauthenticate/"


def code_for(secret: str, *, steps: int = 0) -> str:
    """Return what the app shows now, or some steps of 30 seconds later."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def secret(cast: Cast) -> str:
    """Ana has set up an app; this is what it knows."""
    client = Client()
    sign_in(client, cast.ana.email)
    assert client.get(ACTIVATE)["Location"].startswith(AGAIN), "the password is asked again"
    client.post(AGAIN, {"password": PASSWORD})
    page = client.get(ACTIVATE)
    secret = page.context["form"].secret
    assert page.context["totp_svg_data_uri"].startswith("data:image/svg+xml")
    assert client.post(ACTIVATE, {"code": code_for(secret)}).status_code == 302
    return secret


def test_the_password_alone_opens_nothing(cast: Cast, secret: str) -> None:
    client = Client()
    assert sign_in(client, cast.ana.email)["Location"] == STEP
    assert not signed_in(client)
    assert client.get("/projects/")["Location"].startswith("/accounts/login/")


def test_the_digits_open(cast: Cast, secret: str) -> None:
    client = Client()
    sign_in(client, cast.ana.email, following="/desk/")
    answer = client.post(STEP, {"code": code_for(secret, steps=1)})
    assert answer["Location"] == "/desk/"
    assert signed_in(client)


def test_wrong_digits_do_not_and_guessing_ends(cast: Cast, secret: str) -> None:
    client = Client()
    sign_in(client, cast.ana.email)
    answers = [client.post(STEP, {"code": f"{number:06}"}) for number in range(12)]
    assert not signed_in(client)
    assert any("Too many" in answer.content.decode() or answer.status_code == 429 for answer in answers)


def test_the_same_digits_open_once(cast: Cast, secret: str) -> None:
    code = code_for(secret, steps=1)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, cast.ana.email)
        client.post(STEP, {"code": code})
    assert signed_in(first)
    assert not signed_in(second)


def test_a_recovery_code_opens_once(cast: Cast, secret: str) -> None:
    client = Client()
    sign_in(client, cast.ana.email)
    client.post(STEP, {"code": code_for(secret, steps=1)})
    client.post(AGAIN, {"password": PASSWORD})
    code = client.get(CODES).context["unused_codes"][0]
    for opens in (True, False):
        other = Client()
        sign_in(other, cast.ana.email)
        other.post(STEP, {"code": code})
        assert signed_in(other) is opens


def test_the_second_step_is_not_switched_off_without_the_password(cast: Cast, secret: str) -> None:
    client = Client()
    client.force_login(cast.ana)  # a stolen cookie
    answer = client.post("/accounts/2fa/totp/deactivate/")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    other = Client()
    assert sign_in(other, cast.ana.email)["Location"] == STEP
