"""Importing people: what a row would do, doing it, and doing it again."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contributors import sheets
from contributors.models import Contributor, ContributorRate, Skill
from producerdesk.accounts.models import User
from tests import makers
from tests.cast import Cast
from tests.contributors.conftest import API, Answer, Caller

TABLE = """name,email,phone,city,roles,instruments,genres,rate,unit,currency,notes,shoe size
Kai Lund,Kai@example.org,+47 1,Oslo,Session musician,"drums, percussion",indie; latin,60,hour,,likes tea,43
Nora,nora@example.com,,Lisbon,,lead vocals,,450.50,per song,USD,,38
Emil,emil@example.com,,,,,,,,,,
"""


def look(caller: Caller, text: str = TABLE) -> dict:
    answer = caller.post("contributors/import/", text=text)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def do(caller: Caller, text: str = TABLE) -> dict:
    answer = caller.post("contributors/import/", text=text, dry_run=False)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def everything() -> list:
    """All that stands about people."""
    return [
        *Contributor.objects.order_by("pk").values_list(),
        *Skill.objects.order_by("pk").values_list(),
        *ContributorRate.objects.order_by("pk").values_list(),
    ]


def test_a_look_says_row_by_row_what_would_happen_and_writes_nothing(ana: Caller) -> None:
    before = everything()
    seen = look(ana)
    assert [(row["line"], row["outcome"], row["name"]) for row in seen["rows"]] == [
        (2, "new", "Kai Lund"),
        (3, "update", "Nora"),
        (4, "unchanged", "Emil"),
    ]
    assert seen["rows"][1]["changes"] == ["city", "instruments", "rates"]
    assert seen["counts"] == {"new": 1, "update": 1, "unchanged": 1, "skipped": 0}
    assert seen["columns"][-1] == {"header": "shoe size", "field": ""}
    assert seen["text"] == TABLE
    assert everything() == before


def test_doing_it_adds_and_updates_and_keeps_what_the_table_does_not_say(ana: Caller, cast: Cast) -> None:
    Contributor.objects.filter(pk=cast.nora_called.pk).update(phone="keep me", notes="and me")
    cast.nora_called.skills.create(kind="instrument", name="guitar", key="guitar")
    makers.make_rate(cast.nora_called, "hour", "50")
    assert do(ana)["counts"] == {"new": 1, "update": 1, "unchanged": 1, "skipped": 0}
    kai = ana.get("contributors/", search="kai").json()["results"][0]
    assert {name: kai[name] for name in ("email", "city", "roles", "instruments", "genres")} == {
        "email": "kai@example.org",
        "city": "Oslo",
        "roles": ["Session musician"],
        "instruments": ["drums", "percussion"],
        "genres": ["indie", "latin"],
    }
    assert kai["rates"] == [{"unit": "hour", "amount": {"amount": "60.00", "currency": "EUR"}}]
    nora = ana.get(f"contributors/{cast.nora_called.pk}/").json()
    assert (nora["phone"], nora["notes"], nora["city"]) == ("keep me", "and me", "Lisbon")
    assert nora["instruments"] == ["guitar", "lead vocals"]
    assert [rate["unit"] for rate in nora["rates"]] == ["hour", "song"]
    assert nora["version"] == 2
    cast.nora_called.refresh_from_db()
    assert cast.nora_called.user == cast.nora


def test_the_same_table_twice_changes_nothing_more(ana: Caller) -> None:
    table = TABLE + "No Address,,,Oslo,,,,,,,,\n"
    do(ana, table)
    after = everything()
    again = do(ana, table)
    assert again["counts"] == {"new": 0, "update": 0, "unchanged": 3, "skipped": 1}
    assert again["rows"][0]["problems"][0]["column"] == "email"
    assert everything() == after


def test_the_same_post_twice_gets_the_same_answer(ana: Caller) -> None:
    said = {"text": TABLE, "dry_run": False}
    first = ana.post("contributors/import/", once="i1", **said)
    again = ana.post("contributors/import/", once="i1", **said)
    assert first.json() == again.json()
    assert first.json()["counts"]["new"] == 1


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (",a@example.org,,,,,,,,,", "name", "name"),
        ("Kay,at home,,,,,,,,,", "email", "valid"),
        ("x" * 121 + ",a@example.org,,,,,,,,,", "name", "120"),
        ("Kay,a@example.org," + "1" * 41 + ",,,,,,,,", "phone", "40"),
        ("Kay,a@example.org,,," + "r" * 61 + ",,,,,,", "roles", "60"),
        ('Kay,a@example.org,,,,,,"1,000",hour,,', "rate", "grouping"),
        ("Kay,a@example.org,,,,,,1e309,hour,,", "rate", "plain number"),
        ("Kay,a@example.org,,,,,,NaN,hour,,", "rate", "plain number"),
        ("Kay,a@example.org,,,,,,-5,hour,,", "rate", "below zero"),
        ("Kay,a@example.org,,,,,,0.005,hour,,", "rate", "decimals"),
        ("Kay,a@example.org,,,,,,9223372036854775808,hour,,", "rate", "large"),
        ("Kay,a@example.org,,,,,,60.5,hour,JPY,", "rate", "decimals"),
        ("Kay,a@example.org,,,,,,60,hour,BTC,", "currency", "BTC"),
        ("Kay,a@example.org,,,,,,60,Parsec,,", "unit", "“Parsec” is no unit. Say what the rate is paid for: hour, "),
        ("Kay,a@example.org,,,,,,60,,,", "unit", "Say what the rate is paid for: hour, "),
        ("Kay,a@example.org,,,,,,60; 70,hour,,", "unit", "each"),
        ("Kay,a@example.org,,,,,,60; 70,hour; hour,,", "unit", "each"),
        ("Kay,a@example.org,,,,,,60; 70,hour; day,EUR; EUR; EUR,", "currency", "each"),
        ("Kay,a@example.org,,,,,,,,,,extra", "", "more cells"),
    ],
)
def test_a_row_that_makes_no_sense_is_left_out_and_names_its_column(
    ana: Caller, row: str, column: str, words: str
) -> None:
    head = TABLE.splitlines()[0].removesuffix(",shoe size")
    seen = do(ana, f"{head}\nFirst,first@example.org,,,,,,,,,\n{row}\nLast,last@example.org,,,,,,,,,\n")
    assert seen["counts"] == {"new": 2, "update": 0, "unchanged": 0, "skipped": 1}
    problem = seen["rows"][0]["problems"][0]
    assert (seen["rows"][0]["line"], problem["column"]) == (3, column)
    assert words in problem["text"]
    assert not Contributor.objects.filter(email="a@example.org").exists()


def test_one_person_twice_in_a_table_counts_once(ana: Caller) -> None:
    seen = do(ana, "name,email\nKay,k@example.org\nKay B,K@EXAMPLE.org\nJo,\nJO,\n")
    assert [(row["line"], row["problems"][0]["column"]) for row in seen["rows"]] == [(3, "email"), (5, "name")]
    assert Contributor.objects.filter(name__in=["Kay", "Kay B", "Jo", "JO"]).count() == 2


def test_decimal_commas_and_several_rates_in_a_cell_are_understood(ana: Caller) -> None:
    do(ana, 'name;rate;unit;currency\nKay;60,50;hour;EUR\nJo;"60; 400";"hour; day";chf\n')
    rates = {person.name: list(person.rates.values_list("unit", "amount_minor", "currency")) for person in _new()}
    assert rates == {"Kay": [("hour", 6050, "EUR")], "Jo": [("hour", 6000, "CHF"), ("day", 40000, "CHF")]}


def _new() -> list[Contributor]:
    return list(Contributor.objects.filter(name__in=["Kay", "Jo"]))


def test_a_cell_that_looks_like_a_formula_is_text_and_leaves_as_text(ana: Caller) -> None:
    formulas = ["=HYPERLINK(1)", "+49 30 1", "-1", "@cmd"]
    do(ana, "name,phone\n" + "".join(f"{text},{text}\n" for text in formulas))
    assert set(Contributor.objects.values_list("phone", flat=True)) >= set(formulas)
    text = ana.get("contributors/export/").content.decode("utf-8-sig")
    for formula in formulas:
        assert f"\n'{formula},,'{formula}," in text.replace("\r", "")
    assert look(ana, text)["counts"]["new"] == 0


def test_what_was_exported_comes_back_without_a_change(ana: Caller, cast: Cast) -> None:
    do(ana)
    person = Contributor.objects.get(email="kai@example.org")
    makers.make_rate(person, "day", "400", "CHF")
    Contributor.objects.filter(pk=person.pk).update(notes='two\nlines, and a "quote"; more')
    answer = ana.get("contributors/export/")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    seen = look(ana, answer.content.decode("utf-8-sig"))
    assert seen["counts"] == {"new": 0, "update": 0, "unchanged": 4, "skipped": 0}
    only = ana.get("contributors/export/", instrument="drums").content.decode("utf-8-sig")
    assert only.count("\r\n") == 2
    assert ana.get("contributors/export/", rates="1").status_code == 400


def test_a_file_may_be_sent_and_a_form_without_a_word_writes_nothing(ana: Caller) -> None:
    def send(**said: object) -> Answer:
        file = SimpleUploadedFile("people.csv", TABLE.encode("utf-16"), content_type="text/csv")
        return ana.client.post(API + "contributors/import/", {"file": file} | said)

    seen = send().json()
    assert (seen["dry_run"], seen["encoding"], seen["counts"]["new"]) == (True, "utf-16", 1)
    assert not Contributor.objects.filter(name="Kai Lund").exists()
    assert send(dry_run="false").json()["counts"]["new"] == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "file"),
        ({"text": ""}, "text"),
        ({"text": "city\nPorto"}, "text"),
        ({"text": "name\na\x00b"}, "text"),
        ({"text": "name\n" + "a\n" * 5001}, "text"),
        ({"text": "name\n" + "a" * (2 * 1024 * 1024)}, "text"),
        ({"text": ["name"]}, "text"),
        ({"file": "people.csv"}, "file"),
        ({"text": "name\nA", "dry_run": "perhaps"}, "dry_run"),
        ({"text": "name\nA", "dry_run": ["false"]}, "dry_run"),
        ({"text": "name\nA", "desk": 10**17}, "desk"),
        ({"text": "name\nA", "mapping": {}}, "mapping"),
        ({"text": "name\nA", "user": 1}, "user"),
    ],
)
def test_an_import_that_makes_no_sense_names_the_field(ana: Caller, said: dict, field: str) -> None:
    answer = ana.post("contributors/import/", **said)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


@pytest.mark.parametrize("raw", [b"PK\x03\x04 xlsx", b"\x89PNG\r\n\x1a\n\x00", b"", b"<html>", b"x" * 2_200_000])
def test_a_file_that_is_no_table_is_refused(ana: Caller, raw: bytes) -> None:
    file = SimpleUploadedFile("../../etc/people.csv", raw, content_type="text/csv")
    answer = ana.client.post(API + "contributors/import/", {"file": file})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["file"])


def test_another_desks_people_are_neither_matched_nor_met(as_: Callable[[str], Caller], cast: Cast) -> None:
    cleo = as_("cleo")
    seen = do(cleo)
    assert seen["counts"]["new"] == 3
    assert Contributor.objects.filter(desk=cast.other_desk).count() == 3
    assert Contributor.objects.get(desk=cast.other_desk, email="nora@example.com").user is None
    assert cleo.post("contributors/import/", text=TABLE, desk=cast.desk.pk).status_code == 400


def test_the_first_table_somebody_imports_makes_a_desk(db: None) -> None:
    mia = Caller(makers.make_user("Mia"))
    assert look(mia)["counts"]["new"] == 3
    assert not Contributor.objects.exists()
    assert do(mia)["counts"]["new"] == 3
    assert mia.get("contributors/").json()["count"] == 3


def test_an_import_that_breaks_half_way_leaves_nothing(ana: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything()

    def broken(*args: object, **said: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(ContributorRate.objects.__class__, "bulk_create", broken)
    with pytest.raises(RuntimeError):
        ana.post("contributors/import/", text=TABLE, dry_run=False)
    assert everything() == before


def test_a_big_table_costs_no_more_statements_than_it_must(ana: Caller) -> None:
    def table(count: int) -> str:
        return "name,email,instruments\n" + "".join(f"P {n},p{n}@example.org,cello\n" for n in range(count))

    look(ana, table(1))
    with CaptureQueriesContext(connection) as few:
        look(ana, table(10))
    with CaptureQueriesContext(connection) as many:
        look(ana, table(1000))
    assert len(few) == len(many) <= 8
    with CaptureQueriesContext(connection) as done:
        assert do(ana, table(1000))["counts"]["new"] == 1000
    assert len(done) <= 60  # in batches of a hundred


CELL = st.text(max_size=12)
HEADS = st.sampled_from([*sheets.FIELDS, "first name", "shoe size", ""])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(HEADS, min_size=1, max_size=8), st.lists(st.lists(CELL, max_size=9), max_size=6), st.sampled_from(",;\t")
)
def test_any_table_gets_an_answer_and_a_look_writes_nothing(
    db: None, heads: list[str], rows: list[list[str]], delimiter: str
) -> None:
    user = User.objects.filter(email="fuzz@example.com").first() or makers.make_user("Fuzz")
    caller = Caller(user)
    count = Contributor.objects.count()
    text = "\n".join(delimiter.join(row) for row in [heads, *rows])
    answer = caller.post("contributors/import/", text=text)
    assert answer.status_code in (200, 400)
    assert Contributor.objects.count() == count
    if answer.status_code == 200:
        wanted = answer.json()["counts"]
        done = caller.post("contributors/import/", text=answer.json()["text"], dry_run=False).json()
        assert done["counts"] == wanted
        assert Contributor.objects.count() == count + wanted["new"]


def test_all_that_is_wrong_with_a_row_is_named_at_once(ana: Caller) -> None:
    row = look(ana, "name,email,rate,unit\n,not-an-address,1e9,hour\n")["rows"][0]
    assert [problem["column"] for problem in row["problems"]] == ["rate", "name", "email"]
