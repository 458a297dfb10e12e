"""Account mails without a mail server."""

import email
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection

from producerdesk.notices.models import OutboxMail


@pytest.fixture
def sent(settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    """A reset mail that was sent: its file, and what the console said."""
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    backend = get_connection("producerdesk.accounts.mail.FilesAndConsole")
    body = "To reset your password:\nhttp://127.0.0.1:8000/accounts/password/reset/key/1-abc/\nBye."
    message = EmailMessage("Reset your password", body, to=["juno@example.com"], connection=backend)
    assert message.send() == 1
    (file,) = (tmp_path / "mail").iterdir()
    return file, capsys.readouterr().out


def test_the_mail_stands_in_a_file_for_its_owner_only(sent: tuple[Path, str]) -> None:
    message = email.message_from_bytes(sent[0].read_bytes())
    assert (message["To"], message["Subject"]) == ("juno@example.com", "Reset your password")
    assert sent[0].suffix == ".eml"
    assert stat.S_IMODE(sent[0].stat().st_mode) == 0o600


def test_the_console_tells_whom_it_is_for_and_the_link(sent: tuple[Path, str]) -> None:
    lines = sent[1].splitlines()
    assert lines[0] == f"desk: mail to juno@example.com: Reset your password ({sent[0]})"
    assert lines[1] == "desk:   http://127.0.0.1:8000/accounts/password/reset/key/1-abc/"


@pytest.mark.django_db
def test_the_mail_never_stands_in_an_outbox(sent: tuple[Path, str]) -> None:
    assert not OutboxMail.objects.exists()
