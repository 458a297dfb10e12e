"""Text as people type it, as mails carry it, and as spreadsheets would misread it."""

import re

LINK = re.compile(r"https?://\S+")
# What a spreadsheet would run: what begins with one of these (OWASP, CSV injection), their full-width twins included;
# before it blanks, quotation marks, and whatever number of our own apostrophes, so that each is taken away again.
_BLANK, _STARTS = r"""["'\s\ufeff\u200b]""", r"[=+\-@＝＋－＠]"
_RUNS = re.compile(rf"(?:'*[\t\r]|{_BLANK}*{_STARTS})")
# Quotation marks hold a cell together only where the comma separates. A spreadsheet that takes the semicolon or the tab
# cuts the text there, and at the end of a line: what follows would begin a cell of its own. Each
# such place is judged only as far as the next: else a cell of many empty lines would be read as often as it has lines.
_CUTS = r"[;\t\r\n]"
_FORMULA_INSIDE = rf"(?:'*[\t\r]|(?:(?!{_CUTS}){_BLANK})*{_STARTS})"
_RUNS_INSIDE = re.compile(rf"(?<={_CUTS})(?={_FORMULA_INSIDE})")
_MARKED_INSIDE = re.compile(rf"(?<={_CUTS})'(?={_FORMULA_INSIDE})")


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces: names stand in mail headers and in file names."""
    return " ".join(text.split())


def first_link(text: str) -> str:
    """Return the first address in a text, or nothing."""
    found = LINK.search(text)
    return found.group() if found else ""


def guarded(cell: str) -> str:
    """Return a cell of text that no spreadsheet takes for a formula, whatever it takes for the end of a cell."""
    cell = _RUNS_INSIDE.sub("'", cell)
    return f"'{cell}" if _RUNS.match(cell) else cell


def unguarded(cell: str) -> str:
    """Take away the apostrophes that `guarded` put before what looks like a formula."""
    if cell.startswith("'") and _RUNS.match(cell, 1):
        cell = cell[1:]
    return _MARKED_INSIDE.sub("", cell)
