"""What somebody who is not invited may try at the door."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.test import Client, override_settings

from producerdesk.accounts import forms
from producerdesk.accounts.models import User
from tests.accounts.entrance import RESET, SIGN_IN, SIGN_UP, path_in, sign_in, sign_up, signed_in
from tests.cast import Cast
from tests.makers import PASSWORD

pytestmark = pytest.mark.django_db
EVIL = "desk.evil.example"


# --- the Host header --------------------------------------------------------------------------------
@override_settings(ALLOWED_HOSTS=[EVIL, "127.0.0.1", "testserver"])
@pytest.mark.parametrize("what", ["sign up", "reset", "reset of nobody", "sign up twice"])
def test_a_mail_leads_to_our_own_house_whatever_host_was_asked(cast: Cast, mailoutbox: list, what: str) -> None:
    client = Client(SERVER_NAME=EVIL)
    match what:
        case "sign up":
            sign_up(client, "mara@lowlight.example")
        case "sign up twice":
            sign_up(client, cast.ana.email)
        case "reset":
            client.post(RESET, {"email": cast.ana.email})
        case "reset of nobody":
            client.post(RESET, {"email": "nobody@example.com"})
    (mail,) = mailoutbox
    assert path_in(mail.body)
    assert EVIL not in mail.message().as_string()


def test_an_unknown_host_is_refused() -> None:
    assert Client(SERVER_NAME=EVIL).get(SIGN_IN).status_code == 400


# --- who has an account? ----------------------------------------------------------------------------
def _facts(answer: Any) -> tuple:
    body = answer.content.decode() if answer.status_code == 200 else ""
    for noise in ("nobody@example.com", "ana@example.com"):
        body = body.replace(noise, "…")
    masked = "".join(line for line in body.splitlines(keepends=True) if "csrf" not in line.lower())
    return answer.status_code, answer.get("Location"), masked


@pytest.mark.parametrize("form", ["sign up", "sign in", "reset"])
def test_the_answer_is_the_same_for_known_and_unknown(cast: Cast, mailoutbox: list, form: str) -> None:
    def ask(email: str) -> tuple:
        client = Client()
        match form:
            case "sign up":
                return _facts(sign_up(client, email))
            case "sign in":
                return _facts(sign_in(client, email, "not the password"))
        return _facts(client.post(RESET, {"email": email}))

    assert ask(cast.ana.email) == ask("nobody@example.com")
    assert len(mailoutbox) == (0 if form == "sign in" else 2)


def test_signing_up_with_a_known_address_changes_nothing_there(cast: Cast, mailoutbox: list) -> None:
    sign_up(Client(), cast.ana.email, name="Eve")
    assert User.objects.get(pk=cast.ana.pk).name == "Ana"
    assert sign_in(Client(), cast.ana.email).status_code == 302
    assert "already" in mailoutbox[0].body


@pytest.mark.parametrize("form", ["sign up", "sign in"])
def test_the_work_is_the_same_for_known_and_unknown(
    cast: Cast, mailoutbox: list, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """What takes the time at the door is one hash of the password, with an account and without."""
    hashed: list[str] = []
    real = hashers.MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return real(self, password, salt)

    def work(email: str) -> int:
        hashed.clear()
        if form == "sign up":
            sign_up(Client(), email)
        else:
            sign_in(Client(), email, "not the password")
        return len(hashed)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    known, unknown = work(cast.ana.email), work("nobody@example.com")
    assert known == unknown == 1
    assert forms.make_password is hashers.make_password


# --- limits -----------------------------------------------------------------------------------------
def test_guessing_a_password_ends_soon(cast: Cast) -> None:
    client = Client()
    for _try in range(5):
        assert "Too many" not in sign_in(client, cast.ana.email, "wrong").content.decode()
    assert "Too many" in sign_in(client, cast.ana.email, "wrong").content.decode()
    assert "Too many" in sign_in(client, cast.ana.email, PASSWORD).content.decode(), "nor does the right one tell"
    assert not signed_in(client)


@pytest.mark.parametrize(("path", "most"), [(SIGN_UP, 20), (RESET, 20), (SIGN_IN, 30)])
def test_one_address_cannot_keep_the_door_busy(path: str, most: int) -> None:
    client = Client()
    answers = [client.post(path, {"email": f"p{n}@example.com", "login": f"p{n}@example.com"}) for n in range(most + 1)]
    assert 429 not in [answer.status_code for answer in answers[:9]]
    assert answers[-1].status_code == 429
    assert "That was very fast" in answers[-1].content.decode()


def test_a_mailbox_is_not_filled(cast: Cast, mailoutbox: list) -> None:
    for number in range(8):
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(RESET, {"email": cast.ana.email})
    assert len(mailoutbox) == 5


# --- next= ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example"],
)
def test_nobody_is_led_to_another_house(cast: Cast, wanted: str) -> None:
    assert sign_in(Client(), cast.ana.email, following=wanted)["Location"] == "/"


def test_one_is_led_on_within_ours(cast: Cast) -> None:
    assert sign_in(Client(), cast.ana.email, following="/desk/")["Location"] == "/desk/"


# --- login sessions ---------------------------------------------------------------------------------
def test_the_login_session_is_a_new_one(cast: Cast) -> None:
    client = Client()
    client.get(SIGN_IN)
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = "planted" + "x" * 25
    sign_in(client, cast.ana.email)
    assert signed_in(client)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted


def test_who_planted_a_session_does_not_share_the_login(cast: Cast) -> None:
    thief, victim = Client(), Client()
    key = str(thief.session.session_key)  # a real one, of the database
    thief.cookies[settings.SESSION_COOKIE_NAME] = victim.cookies[settings.SESSION_COOKIE_NAME] = key
    sign_in(victim, cast.ana.email)
    assert signed_in(victim)
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != key
    assert not signed_in(thief)


def test_a_new_password_ends_all_other_logins(cast: Cast) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, cast.ana.email)
    new = "another long password"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert signed_in(here)
    assert not signed_in(there)


def test_a_reset_ends_all_logins(cast: Cast, mailoutbox: list) -> None:
    thief, owner = Client(), Client()
    sign_in(thief, cast.ana.email)
    owner.post(RESET, {"email": cast.ana.email})
    form = owner.get(path_in(mailoutbox[0].body), follow=True).redirect_chain[-1][0]
    new = "another long password"
    owner.post(form, {"password1": new, "password2": new})
    assert not signed_in(thief)


def test_signing_out_takes_a_post(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.ana.email)
    client.get("/accounts/logout/")
    assert signed_in(client)
    client.post("/accounts/logout/")
    assert not signed_in(client)


def test_the_door_wants_its_own_form(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client, cast.ana.email)
    assert answer.status_code == 403
    assert "Please send it once more" in answer.content.decode()


def test_an_account_that_was_switched_off_stays_out(cast: Cast) -> None:
    User.objects.filter(pk=cast.ana.pk).update(is_active=False)
    client = Client()
    sign_in(client, cast.ana.email)
    assert not signed_in(client)


def test_an_address_is_not_added_from_a_browser_left_open(cast: Cast, mailoutbox: list) -> None:
    client = Client()
    sign_in(client, cast.ana.email)
    answer = client.post("/accounts/email/", {"email": "thief@example.com", "action_add": ""})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not mailoutbox
    answer = client.post(answer["Location"], {"password": PASSWORD})
    assert [mail.to for mail in mailoutbox][:1] == [["thief@example.com"]], "with the password it goes on where it was"
