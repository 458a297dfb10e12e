"""The mail server of the dispatcher: one connection a batch, and what its answers mean for the single mail."""

import smtplib
from email.utils import formataddr, parseaddr
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.utils.translation import gettext_noop as _

from producerdesk.notices import reasons
from producerdesk.notices.registry import Mail

CLOSING = 421  # the server says good-bye with this answer


class ServerAway(Exception):
    """The mail server cannot be reached, or does not let us in. No single mail is to blame."""


class Refused(Exception):
    """The server will never take this mail."""


class MailServer:
    """A connection to the mail server, opened when first needed and again when it broke."""

    def __init__(self) -> None:
        self._connection = get_connection()
        self._open = False

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def ready(self) -> None:
        """Open the connection if it is not. Raises ServerAway."""
        if self._open:
            return
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(self.reason(error)) from error
        self._open = True

    def send(self, mail: Mail, message_id: str) -> None:
        """Hand over one mail. Raises Refused when it is hopeless; any other exception means: perhaps later."""
        try:
            self._connection.send_messages([_message(mail, message_id)])
        except (ValidationError, ValueError, smtplib.SMTPNotSupportedError) as error:
            raise Refused(_("The e-mail address cannot be used.")) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            self._refusal(code, text, error)
        except smtplib.SMTPDataError as error:
            self._refusal(error.smtp_code, error.smtp_error, error)
        except Exception:
            # whatever broke, perhaps the connection did: the next mail gets a new one
            self._close()
            raise

    def _refusal(self, code: int, text: bytes | str, error: Exception) -> None:
        if code == CLOSING:
            self._close()
        if code < 500:
            raise error
        raise Refused(reasons.about(reasons.REFUSED, _answer(code, text))) from error

    @staticmethod
    def reason(error: Exception) -> str:
        """Return what a producer reads of it, as it is kept."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return reasons.about(reasons.SERVER_SAID, _answer(*next(iter(error.recipients.values()))))
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return _("The mail server did not accept our login.")
        if isinstance(error, smtplib.SMTPResponseException):
            return reasons.about(reasons.SERVER_SAID, _answer(error.smtp_code, error.smtp_error))
        if isinstance(error, OSError):
            return _("The mail server did not answer.")
        return reasons.about(reasons.NOT_SENT, type(error).__name__)

    def _close(self) -> None:
        self._open = False
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException):
            return  # it was gone already


class _Message(EmailMultiAlternatives):
    """A mail whose parts may have the `method` that calendars look for: `text/calendar; method=REQUEST`."""

    def _create_mime_attachment(self, content: Any, mimetype: str) -> Any:
        kind, _semicolon, method = mimetype.partition("; method=")
        part = super()._create_mime_attachment(content, kind)  # type: ignore[misc] # Django's types leave it out
        if method:
            part.set_param("method", method)
        return part


def _message(mail: Mail, message_id: str) -> EmailMultiAlternatives:
    validate_email(mail.to)  # Django would send to an empty one, reach nobody and call that a success
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = _Message(
        subject=_one_line(mail.subject),
        body=mail.text,
        from_email=formataddr((_one_line(mail.sender) or name, address)),
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        # Auto-Submitted keeps holiday answers away
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated", **mail.headers},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    if mail.invite:
        kind = f"text/calendar; method={mail.invite.method}"
        message.attach_alternative(mail.invite.text, kind)
        message.attach("invite.ics", mail.invite.text, kind)
    for file in mail.attachments:
        if content := file.make():
            message.attach(file.name, content, file.mimetype)
    return message


def _one_line(text: str) -> str:
    """Return the text without line breaks of any alphabet: typed text stands in headers."""
    return " ".join("".join(" " if sign < " " or sign == "\x7f" else sign for sign in text).split())


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {_one_line(words)}"
