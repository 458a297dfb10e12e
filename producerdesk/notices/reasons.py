"""Why a delivery was skipped, waits or failed.

A worker has no reader and so no language: the reason is kept in the words of the source (mark them with
`gettext_noop`), with what somebody else said of it in a second line, and put into the reader's language when shown.
"""

from django.utils.translation import gettext, gettext_noop

LENGTH = 240  # of the column
REFUSED = gettext_noop("Refused: %(what)s")
SERVER_SAID = gettext_noop("The mail server said: %(what)s")
NOT_WRITTEN = gettext_noop("It could not be written (%(what)s).")
NOT_SENT = gettext_noop("It could not be sent (%(what)s).")


def about(text: str, what: str) -> str:
    """Return a reason with a `%(what)s` in it, to be kept."""
    return f"{text}\n{' '.join(what.split())}"[:LENGTH]


def worded(reason: str | None) -> str | None:
    """Return a kept reason in the language of whoever reads."""
    if not reason:
        return reason
    text, line, what = reason.partition("\n")
    return gettext(text) % {"what": what} if line else gettext(text)
