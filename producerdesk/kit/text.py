"""Text as people type it, and as mails carry it."""

import re

LINK = re.compile(r"https?://\S+")


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces: names stand in mail headers and in file names."""
    return " ".join(text.split())


def first_link(text: str) -> str:
    """Return the first address in a text, or nothing."""
    found = LINK.search(text)
    return found.group() if found else ""
