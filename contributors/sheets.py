"""People as a table of text: reading whatever a spreadsheet calls CSV, and writing what every spreadsheet can read.

Nothing here knows the database. A cell is always text: one that looks like a formula stays what it is.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from producerdesk.kit.text import guarded, unguarded

LARGEST_FILE = 2 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 100
DELIMITERS = (",", ";", "\t")

FIELDS = ("name", "email", "phone", "city", "roles", "instruments", "genres", "rate", "unit", "currency", "notes")
HALVES = ("first_name", "last_name")  # of a name; address books export it so
SYNONYMS = {
    "name": "name|full name|display name|person|contact|contact name|who|artist|artist name",
    "first_name": "first name|firstname|given name|forename",
    "last_name": "last name|lastname|surname|family name",
    "email": "email|e mail|mail|email address|e mail address|mail address|e mail 1 value|email 1|primary email",
    "phone": "phone|telephone|tel|mobile|cell|phone number|mobile phone|mobile number|phone 1 value|phone 1",
    "city": "city|town|place|location|based in|lives in",
    "roles": "roles|role|job|job title|title|function|position|occupation|does",
    "instruments": "instruments|instrument|plays|voice",
    "genres": "genres|genre|styles|style|music",
    "rate": "rate|rates|fee|price|charge|usual rate|cost",
    "unit": "unit|units|per|rate unit|rate per|paid for|paid per",
    "currency": "currency|currencies|rate currency",
    "notes": "notes|note|private notes|comment|comments|remark|remarks|memo",
}
_FIELD_OF = {header: name for name, headers in SYNONYMS.items() for header in headers.split("|")}
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ZIP = b"PK\x03\x04"  # what .xlsx and .ods files start with
_SEPARATOR_HINT = re.compile(r"^sep=(.)\n")


class Unreadable(Exception):
    """This is no table of people; the text says why."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, and what we take it for (empty: for nothing)."""

    header: str
    field: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person as the file has it: the line it starts in and its cells by field."""

    line: int
    cells: dict[str, str]
    problem: str = ""  # it cannot be read at all


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read."""

    text: str
    encoding: str
    delimiter: str
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


# --- reading --------------------------------------------------------------------------------------------


def decode(raw: bytes) -> tuple[str, str]:
    """Return the text of a file and the encoding it was in. Raises Unreadable for what is no text."""
    if len(raw) > LARGEST_FILE:
        raise Unreadable(_("This file is larger than 2 MB. Split it."))
    if raw.startswith(_ZIP):
        raise Unreadable(_("This is a spreadsheet. Save it as CSV first, then send that."))
    for encoding in _encodings(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.removeprefix("\ufeff"), encoding.removesuffix("-sig")
    raise Unreadable(_("We cannot tell how this text is encoded. Save it as CSV in UTF-8."))


def _encodings(raw: bytes) -> list[str]:
    marked = [encoding for bom, encoding in _BOMS if raw.startswith(bom)]
    if marked:
        return marked
    # plain letters in UTF-16 have a zero in every other byte
    head = raw[:2000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 > len(head):
        return ["utf-16-le" if odd > even else "utf-16-be"]
    return ["utf-8", "cp1252"]


def read(text: str, encoding: str = "utf-8") -> Sheet:
    """Return the table that a text holds. Raises Unreadable where there is none."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode("utf-8", "replace")) > LARGEST_FILE:
        raise Unreadable(_("This text is larger than 2 MB. Split it."))
    if "\x00" in text:
        raise Unreadable(_("This is no text. Save the table as CSV first, then send that."))
    table, skipped = _without_hint(text)
    delimiter = _delimiter(table)
    lines = _lines(table, delimiter, skipped)
    if not lines:
        raise Unreadable(_("There is nothing in it."))
    columns = _columns(lines[0][1])
    if not {"name", "first_name", "last_name"} & {column.field for column in columns}:
        raise Unreadable(_("No column is called “name”. Give the first line the names of the columns."))
    if len(lines) - 1 > MOST_ROWS:
        raise Unreadable(
            _("At most %(most)d rows at once; these are %(found)d. Split it.")
            % {
                "most": MOST_ROWS,
                "found": len(lines) - 1,
            }
        )
    return Sheet(text, encoding, delimiter, columns, [_row(line, cells, columns) for line, cells in lines[1:]])


def _without_hint(text: str) -> tuple[str, int]:
    """Return the text without Excel's first line `sep=;`, and how many lines that took away."""
    found = _SEPARATOR_HINT.match(text)
    return (text[found.end() :], 1) if found else (text, 0)


def _delimiter(text: str) -> str:
    """Return the delimiter under which the head makes most sense."""

    def sense(delimiter: str) -> tuple[int, int]:
        cells: list[str] = next((cells for cells in _reader(text[:20_000], delimiter) if any(cells)), [])
        return sum(1 for cell in cells if field_of(cell)), len(cells)

    return max(DELIMITERS, key=sense)


def _reader(text: str, delimiter: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _lines(text: str, delimiter: str, skipped: int) -> list[tuple[int, list[str]]]:
    """Return (line number, cells) of every row that says something."""
    found, reader, last = [], _reader(text, delimiter), 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((last + 1 + skipped, [cell.strip() for cell in cells]))
            last = reader.line_num
    except csv.Error:
        raise Unreadable(
            _("Line %(line)d cannot be read. Is a quotation mark open?") % {"line": last + 1 + skipped}
        ) from None
    return found


def _columns(heads: list[str]) -> list[Column]:
    """Return what each column is taken for. Of two for the same the first counts."""
    if len(heads) > MOST_COLUMNS:
        raise Unreadable(_("There are more than %(most)d columns.") % {"most": MOST_COLUMNS})
    taken: set[str] = set()
    columns = []
    for head in heads:
        name = field_of(head)
        columns.append(Column(head, "" if name in taken else name))
        taken.add(name)
    return columns


def field_of(head: str) -> str:
    """Return the field that a column's head means; empty for one that means nothing to us."""
    return _FIELD_OF.get(" ".join(re.sub(r"[\W_]+", " ", head.casefold()).split()), "")


def _row(line: int, cells: list[str], columns: list[Column]) -> Row:
    if any(cells[len(columns) :]):
        return Row(line, {}, _("This row has more cells than there are columns."))
    found = {column.field: unguarded(cell) for column, cell in zip(columns, cells, strict=False) if column.field}
    halves = [found.pop(half, "") for half in HALVES]
    found["name"] = found.get("name") or " ".join(half for half in halves if half)
    return Row(line, found)


# --- writing --------------------------------------------------------------------------------------------


def write(people: Iterable[Mapping[str, Any]]) -> str:
    """Return people, as the API lists them, as CSV that `read` understands. No cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for person in people:
        rates = person["rates"]
        writer.writerow(
            guarded(text)
            for text in (
                *(person[name] for name in ("name", "email", "phone", "city")),
                *("; ".join(person[name]) for name in ("roles", "instruments", "genres")),
                "; ".join(rate["amount"]["amount"] for rate in rates),
                "; ".join(rate["unit"] for rate in rates),
                "; ".join(rate["amount"]["currency"] for rate in rates),
                person["notes"],
            )
        )
    return out.getvalue()
