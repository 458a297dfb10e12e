"""From a name and an e-mail to an account, by mail."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from django.test import Client, RequestFactory, override_settings

from producerdesk.accounts.adapter import AccountAdapter
from producerdesk.accounts.models import Desk, User
from tests import services
from tests.accounts.entrance import RESET, path_in, sign_in, sign_up, signed_in
from tests.cast import Cast
from tests.makers import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_new_person_signs_up_confirms_the_mail_and_starts(mailoutbox: list) -> None:
    client = Client()
    answer = sign_up(client, "Mara@Lowlight.example", time_zone="Europe/Lisbon")
    assert answer.status_code == 302
    assert not signed_in(client)
    assert [mail.to for mail in mailoutbox] == [["mara@lowlight.example"]]
    assert mailoutbox[0].subject == "Is this your e-mail?"
    assert mailoutbox[0].body.startswith("Mara Ellison, confirm this address")
    path = path_in(mailoutbox[0].body)
    assert not signed_in(client), "looking at the link is not pressing it"
    assert client.get(path).status_code == 200
    assert client.post(path)["Location"] == "/"
    assert signed_in(client)
    user = User.objects.get()
    assert (user.email, user.name, user.time_zone) == ("mara@lowlight.example", "Mara Ellison", "Europe/Lisbon")
    assert client.get("/")["Location"] == "/projects/start/"
    assert client.get("/projects/")["Location"] == "/projects/start/"
    assert not Desk.objects.exists(), "a desk is made with the first record"


def test_without_the_mail_nobody_gets_in(mailoutbox: list) -> None:
    client = Client()
    sign_up(client, "mara@lowlight.example")
    assert sign_in(client, "mara@lowlight.example")["Location"] == "/accounts/confirm-email/"
    assert not signed_in(client)


@pytest.mark.parametrize(("outbox", "says"), [(True, "no mail server"), (False, "Look at your mail")])
def test_the_page_says_where_the_mail_is(settings: Any, outbox: bool, says: str) -> None:
    settings.OUTBOX = outbox
    client = Client()
    sign_up(client, "mara@lowlight.example")
    client.post(RESET, {"email": "mara@lowlight.example"})
    for page in (client.get("/accounts/confirm-email/"), client.get("/accounts/password/reset/done/")):
        text = page.content.decode()
        assert says in text
        assert ("Look at your mail" in text) is not outbox
        assert "is on its way" not in text or not outbox


def test_a_link_confirms_once(mailoutbox: list) -> None:
    sign_up(Client(), "mara@lowlight.example")
    path = path_in(mailoutbox[0].body)
    other = Client()
    assert other.post(path).status_code == 302
    assert not signed_in(other), "only the browser that signed up is let in"
    assert other.post(path).status_code == 404
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "x" * 64])
def test_an_unknown_zone_is_not_taken_over(zone: str) -> None:
    sign_up(Client(), "mara@lowlight.example", time_zone=zone)
    assert User.objects.get().time_zone == "UTC"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b\r\nBcc: c@d.example"}, "email"),
        ({"password1": "short"}, "password1"),
        ({"password1": "mara@lowlight.example"}, "password1"),
        ({"password1": "12345678901"}, "password1"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(said: dict, field: str) -> None:
    answer = Client().post(
        "/accounts/signup/", {"name": "M", "email": "mara@lowlight.example", "password1": PASSWORD} | said
    )
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not User.objects.exists()


def test_a_name_is_one_line() -> None:
    sign_up(Client(), "mara@lowlight.example", name="Mara\r\nBcc:  x")
    assert User.objects.get().name == "Mara Bcc: x"


def test_a_forgotten_password_is_set_anew_by_mail(cast: Cast, mailoutbox: list) -> None:
    client = Client()
    client.post(RESET, {"email": "Ana@Example.com"})
    path = path_in(mailoutbox[0].body)
    form = client.get(path, follow=True)
    new = "another long password"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert sign_in(Client(), cast.ana.email).status_code == 200
    assert sign_in(client, cast.ana.email, new)["Location"] == "/"
    assert client.get(path).context["token_fail"], "a link resets once"


@pytest.fixture
def real_mail(smtp_sink: services.SmtpSink) -> Any:
    """Mails leave by a real mail server."""
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=smtp_sink.port):
        yield smtp_sink


def test_the_mail_arrives_at_a_real_server(real_mail: services.SmtpSink) -> None:
    client = Client()
    sign_up(client, "mara@lowlight.example")
    (mail,) = real_mail.to("mara@lowlight.example")
    assert client.post(path_in(mail.text())).status_code == 302
    assert signed_in(client)
    assert "[" not in mail.subject


def test_a_mail_server_that_is_away_is_said(real_mail: services.SmtpSink, mailoutbox: list) -> None:
    real_mail.stop()
    client = Client()
    answer = sign_up(client, "mara@lowlight.example")
    assert answer.status_code == 503
    assert "cannot send mail" in answer.content.decode()
    real_mail.start()
    sign_in(client, "mara@lowlight.example")
    assert client.post(path_in(real_mail.to("mara@lowlight.example")[-1].text()))["Location"] == "/"


@pytest.mark.parametrize("server_of", ["known", "unknown"])
def test_a_mail_server_that_is_away_tells_of_no_account(
    cast: Cast, real_mail: services.SmtpSink, server_of: str
) -> None:
    real_mail.stop()
    address = cast.ana.email if server_of == "known" else "nobody@example.com"
    assert Client().post(RESET, {"email": address}).status_code == 503


def test_a_changed_password_stands_though_its_mail_does_not_leave(cast: Cast, real_mail: services.SmtpSink) -> None:
    real_mail.stop()
    client = Client()
    client.force_login(cast.ana)
    new = "another long password"
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert User.objects.get(pk=cast.ana.pk).check_password(new)


def test_a_mail_to_a_stranger_leads_to_sign_up(mailoutbox: list) -> None:
    Client().post(RESET, {"email": "nobody@nowhere.example"})
    (mail,) = mailoutbox
    assert mail.subject == "There is no account for this e-mail"
    assert path_in(mail.body) == "/accounts/signup/"


def test_who_has_an_account_is_led_to_a_new_password(cast: Cast, mailoutbox: list) -> None:
    sign_up(Client(), cast.ana.email)
    (mail,) = mailoutbox
    assert mail.subject == "You have an account already"
    assert path_in(mail.body) == RESET


@pytest.mark.parametrize(
    ("folder", "name", "subject"),
    [
        ("account", "email_changed", "Your e-mail was changed"),
        ("account", "email_confirm", "Your e-mail is confirmed"),
        ("account", "email_deleted", "An e-mail was taken off your account"),
        ("account", "password_changed", "Your password was changed"),
        ("account", "password_reset", "Your password was changed"),
        ("account", "password_set", "Your account has a password"),
        ("mfa", "totp_activated", "Two-step sign-in is on"),
        ("mfa", "totp_deactivated", "Two-step sign-in is off"),
        ("mfa", "recovery_codes_generated", "New recovery codes"),
    ],
)
def test_a_change_of_the_account_is_told_with_what_to_do(
    cast: Cast, mailoutbox: list, rf: RequestFactory, folder: str, name: str, subject: str
) -> None:
    request = rf.get("/", HTTP_USER_AGENT="A & B")
    told = {"from_email": "a@old.example", "to_email": "b@new.example", "deleted_email": "a@old.example"}
    with request_context(request):
        AccountAdapter(request).send_notification_mail(f"{folder}/email/{name}", cast.ana, told, email=cast.ana.email)
    (mail,) = mailoutbox
    assert mail.subject == subject
    assert "From where: 127.0.0.1, A & B" in mail.body
    assert "It was not you? Choose a new password at once" in mail.body
    if name == "email_changed":
        assert "from a@old.example to b@new.example" in mail.body


def test_signing_in_says_nothing_and_a_wrong_password_says_what_to_do(cast: Cast) -> None:
    client = Client()
    wrong = sign_in(client, cast.ana.email, "wrong").content.decode()
    assert "E-mail and password do not belong together" in wrong
    sign_in(client, cast.ana.email)
    assert "data-messages" not in client.get("/").content.decode()
