"""Where account mails (verify, reset) go while no mail server is named: files under the data folder, and the console.

Never to a desk's outbox page: who could read it there could take the account over.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from producerdesk.kit import clock
from producerdesk.kit.text import first_link

CONSOLE = "desk: "  # bin/desk shows lines that begin like this to the person at the console


class FilesAndConsole(BaseEmailBackend):
    """Writes each mail to an .eml file and says on the console to whom it goes, with its first link."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails; return how many."""
        for message in email_messages:
            file = _write(message)
            _tell(message, file)
        return len(email_messages)


def _write(message: EmailMessage) -> Path:
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{clock.now():%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}.eml"
    # a link that opens an account: for the owner of the data folder only
    file.touch(mode=0o600)
    file.write_bytes(message.message().as_bytes())
    return file


def _tell(message: EmailMessage, file: Path) -> None:
    link = first_link(str(message.body))
    print(f"{CONSOLE}mail to {', '.join(message.recipients())}: {message.subject} ({file})", flush=True)
    if link:
        print(f"{CONSOLE}  {link}", flush=True)
