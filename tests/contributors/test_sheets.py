"""Reading what spreadsheets call CSV: encodings, delimiters, heads, and whatever else a file may hold."""

import csv
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contributors import sheets
from contributors.sheets import Unreadable
from producerdesk.kit.text import guarded, unguarded

pytestmark = pytest.mark.once


def cells(text: str) -> list[dict[str, str]]:
    return [row.cells for row in sheets.read(text).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_is_understood(encoding: str) -> None:
    text, _found = sheets.decode("name,city\nJürgen Müller,Köln\nÁine Ní Bhriain,Galway\n".encode(encoding))
    assert [row["city"] for row in cells(text)] == ["Köln", "Galway"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_delimiter_is_understood(delimiter: str) -> None:
    text = delimiter.join(["name", "e-mail", "plays"]) + "\n" + delimiter.join(["Ana", "ana@x.org", "cello"]) + "\n"
    assert cells(text) == [{"name": "Ana", "email": "ana@x.org", "instruments": "cello"}]
    assert sheets.read(text).delimiter == delimiter


def test_commas_inside_cells_do_not_make_a_comma_table() -> None:
    text = "name;instruments;notes\nAna;cello, viola, violin;a, b, c, d\n"
    assert cells(text)[0]["instruments"] == "cello, viola, violin"


def test_excels_own_hint_is_obeyed_and_not_a_row() -> None:
    sheet = sheets.read("sep=;\r\nname;city\r\nAna;Porto\r\n")
    assert [(row.line, row.cells["city"]) for row in sheet.rows] == [(3, "Porto")]


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("Name", "name"),
        ("FULL NAME", "name"),
        ("E-Mail", "email"),
        ("e_mail address", "email"),
        ("E-mail 1 - Value", "email"),
        ("Mobile Phone", "phone"),
        (" Town ", "city"),
        ("plays", "instruments"),
        ("Job title", "roles"),
        ("rate/unit", "unit"),
        ("Shoe size", ""),
        ("", ""),
        ("=cmd()", ""),
    ],
)
def test_heads_are_understood_forgivingly(head: str, field: str) -> None:
    assert sheets.field_of(head) == field


def test_of_two_columns_for_the_same_the_first_counts_and_unknown_ones_are_named() -> None:
    sheet = sheets.read("name,phone,mobile,shoe size\nAna,1,2,38\n")
    assert [(column.header, column.field) for column in sheet.columns] == [
        ("name", "name"),
        ("phone", "phone"),
        ("mobile", ""),
        ("shoe size", ""),
    ]
    assert cells(sheet.text) == [{"name": "Ana", "phone": "1"}]


def test_first_and_last_name_make_a_name() -> None:
    assert cells("First name,Last name,City\nAna,Lopes,Porto\nCher,,\n") == [
        {"name": "Ana Lopes", "city": "Porto"},
        {"name": "Cher", "city": ""},
    ]


def test_lines_are_counted_as_the_file_has_them() -> None:
    rows = sheets.read('name,notes\n\nAna,"two\nlines"\n,,\nBen,x\n').rows
    assert [(row.line, row.cells["name"]) for row in rows] == [(3, "Ana"), (6, "Ben")]


def test_short_rows_are_blank_at_the_end_and_long_ones_are_told() -> None:
    rows = sheets.read("name,city,phone\nAna\nBen,Porto,1,extra\nCleo,Porto,1,,\n").rows
    assert rows[0].cells == {"name": "Ana"}
    assert rows[1].problem
    assert rows[2].cells["city"] == "Porto"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n  \n,,,\n",
        b"city,phone\nPorto,1\n",
        b"PK\x03\x04\x14\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"name\n\x00\x01\x02",
        b"name\n\x81\x8d\x8f\xff\xfe\xfd",
        b"x" * (sheets.LARGEST_FILE + 1),
        b"name\n" + b"a\n" * (sheets.MOST_ROWS + 1),
        b"name" + b",x" * sheets.MOST_COLUMNS + b"\nAna\n",
        b"\xff\xfe\x00",
        b'name\n"' + b"a" * 140_000 + b'"\n',
    ],
    ids=range(12),
)
def test_what_is_no_table_of_people_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        sheets.read(*sheets.decode(raw))
    assert str(refused.value)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(raw: bytes) -> None:
    for candidate in (raw, b"name,email\n" + raw):
        try:
            sheet = sheets.read(*sheets.decode(candidate))
        except Unreadable as refused:
            assert str(refused)
        else:
            assert all(set(row.cells) <= set(sheets.FIELDS) for row in sheet.rows)


PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(str.strip)
FORMULAS = st.sampled_from(
    [
        "＝1",
        "a;=1",
        'b;"＠x',
        "c;'=1",
        "d\n- e; +f",
        "=1+1",
        "+49 30",
        "-5",
        "@SUM(A1)",
        "'quoted",
        "=cmd|' /C calc'!A0",
        "\t=1",
        "\r=1",
        " =1",
        "\n@x",
    ]
)


@given(st.lists(st.lists(st.one_of(PLAIN, FORMULAS), min_size=5, max_size=5), max_size=8))
def test_what_is_written_is_read_back_and_no_cell_is_a_formula(table: list[list[str]]) -> None:
    people: list[dict[str, Any]] = [
        {
            "name": row[0] or "Nobody",
            "email": row[1],
            "phone": row[2],
            "city": row[3],
            "roles": [],
            "instruments": [],
            "genres": [],
            "rates": [{"unit": "hour", "amount": {"amount": "60.00", "currency": "EUR"}}],
            "notes": row[4],
        }
        for row in table
    ]
    text = sheets.write(people)
    for row in list(csv.reader(io.StringIO(text, newline="")))[1:]:
        assert not any(cell.lstrip(" \n").startswith(tuple("=+-@\t\r＝＋－＠")) for cell in row)
        assert not any(part.lstrip(' "').startswith(tuple("=+-@＝＋－＠")) for part in re.split("[;\n]", ",".join(row)))
    assert all(unguarded(guarded(cell)) == cell for row in table for cell in row)
    found = [row.cells for row in sheets.read(text).rows]
    assert [row["name"] for row in found] == [_read(person["name"]) for person in people]
    assert [row["notes"] for row in found] == [_read(person["notes"]) for person in people]
    assert all((row["rate"], row["unit"], row["currency"]) == ("60.00", "hour", "EUR") for row in found)


@pytest.mark.parametrize("line", ["\n", "\n'", "\r\n \"'", ";\t'"])
def test_a_long_cell_of_hardly_anything_is_read_once(line: str) -> None:
    """Were it read anew from each of its lines, this would take minutes."""
    for letters in (100_000, 200_000):
        lines = line * (letters // len(line))
        assert unguarded(guarded(f"a{lines}b")) == f"a{lines}b"
        formula = f"a{lines}=1"
        assert unguarded(guarded(formula)) == formula != guarded(formula)


def _read(text: str) -> str:
    """What a cell is after it was written and read: new lines are one kind, the ends are trimmed."""
    return unguarded(guarded(text).replace("\r\n", "\n").replace("\r", "\n").strip())
