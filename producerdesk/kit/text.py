"""Text as people type it, as mails carry it, and as spreadsheets would misread it."""

import re

LINK = re.compile(r"https?://\S+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces: names stand in mail headers and in file names."""
    return " ".join(text.split())


def first_link(text: str) -> str:
    """Return the first address in a text, or nothing."""
    found = LINK.search(text)
    return found.group() if found else ""


def guarded(cell: str) -> str:
    """Return a cell of text that no spreadsheet takes for a formula."""
    return f"'{cell}" if _runs(cell) else cell


def unguarded(cell: str) -> str:
    """Take away the apostrophe that `guarded` put before what looks like a formula."""
    return cell[1:] if cell.startswith("'") and _runs(cell[1:]) else cell


def _runs(cell: str) -> bool:
    return cell.lstrip(" \n").startswith(_FORMULA)
