"""The plan and the figures, by the API: lines, columns, totals, who sees them, what is refused."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets import chart
from budgets.actions import plan
from budgets.models import Budget, BudgetLine, PlanChange
from budgets.standing import standings
from projects.models import Project
from tests import makers
from tests.budgets.conftest import a_line, committed, eur, settled
from tests.calling import Caller
from tests.cast import Cast


def add(ana: Caller, budget: Budget, **said: Any) -> dict[str, Any]:
    answer = ana.post(f"budgets/{budget.pk}/lines/", **a_line(**said))
    assert answer.status_code == 201, answer.content
    return answer.json()


def summary(caller: Caller, budget: Budget, **query: Any) -> dict[str, Any]:
    answer = caller.get(f"budgets/{budget.pk}/summary/", **query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def sums(row: dict[str, Any]) -> dict[str, str]:
    names = ("planned", "approved", "committed", "actual", "forecast", "left")
    return {name: row[name]["amount"] for name in names}


# --- figures ------------------------------------------------------------------------------------------
def test_a_line_is_quantity_times_rate_rounded_once(ana: Caller, budget: Budget) -> None:
    assert add(ana, budget, quantity="2.5", rate=eur("33.33"))["planned"] == eur("83.33")
    assert add(ana, budget, quantity="0.5", rate=eur("0.01"))["planned"] == eur("0.01"), "half a cent goes up"


def test_every_column_means_what_the_design_says(cast: Cast, ana: Caller, budget: Budget) -> None:
    add(ana, budget, quantity="1", rate=eur("1000.00"))
    committed(cast, 30_000)
    committed(cast, 20_000, id=8)
    settled(cast, 25_000, id=8)
    found = summary(ana, budget)
    assert sums(found["total"]) == {
        "planned": "1000.00",
        "approved": "1000.00",
        "committed": "550.00",
        "actual": "250.00",
        "forecast": "1000.00",
        "left": "450.00",
    }
    assert found["total"]["over"] is None
    head = found["heads"][0]
    assert (head["account"], head["title"]) == (300, "Studio")
    assert sums(head) == sums(found["total"]) == sums(head["accounts"][0])
    assert found["cursor"] == 4


def test_what_is_expected_makes_the_forecast(cast: Cast, ana: Caller, budget: Budget) -> None:
    add(ana, budget, quantity="1", rate=eur("1000.00"), expected=eur("600.00"))
    assert summary(ana, budget)["total"]["forecast"] == eur("600.00")
    committed(cast, 70_000)
    assert summary(ana, budget)["total"]["forecast"] == eur("700.00"), "never less than what is committed"


def test_a_plan_made_for_the_head_covers_its_rooms(cast: Cast, ana: Caller, budget: Budget) -> None:
    add(ana, budget, account=300, quantity="1", rate=eur("1000.00"))
    committed(cast, 40_000)
    head = summary(ana, budget)["heads"][0]
    assert sums(head)["left"] == "600.00" and head["over"] is None
    assert sums(head)["forecast"] == "1000.00"
    assert [(row["account"], row["left"]["amount"]) for row in head["accounts"]] == [(300, "1000.00"), (310, "-400.00")]


def test_over_its_line_and_over_the_whole_stand_out(cast: Cast, ana: Caller, budget: Budget) -> None:
    add(ana, budget, quantity="1", rate=eur("300.00"))
    add(ana, budget, account=990, note="", unit="flat", quantity="1", rate=eur("500.00"))
    committed(cast, 42_000)
    found = summary(ana, budget)
    assert found["heads"][0]["over"] == eur("120.00") and found["over_lines"] == 1
    assert found["total"]["over"] is None
    committed(cast, 90_000, id=9)
    assert summary(ana, budget)["total"]["over"] == eur("520.00")


def test_yen_and_dinars_keep_their_decimals(cast: Cast, ana: Caller) -> None:
    for currency, rate, planned in (("JPY", "333", "833"), ("KWD", "33.333", "83.333")):
        project = makers.make_project(cast.desk, currency=currency)
        budget = Budget.objects.create(project=project, currency=currency)
        line = add(ana, budget, quantity="2.5", rate={"amount": rate, "currency": currency})
        assert line["planned"] == {"amount": planned, "currency": currency}
        assert summary(ana, budget)["total"]["left"] == {"amount": planned, "currency": currency}


# --- as of --------------------------------------------------------------------------------------------
def test_plan_and_ledger_can_be_read_as_they_were(cast: Cast, ana: Caller, budget: Budget) -> None:
    with time_machine.travel("2026-11-02T12:00:00Z", tick=False):
        line = add(ana, budget, quantity="1", rate=eur("100.00"))
        committed(cast, 4_000)
    with time_machine.travel("2026-11-04T12:00:00Z", tick=False):
        said = a_line(account=330, quantity="1", rate=eur("900.00"))
        assert ana.put(f"budgets/{budget.pk}/lines/{line['id']}/", version=1, **said).status_code == 200
        committed(cast, 9_000)
    with time_machine.travel("2026-11-06T12:00:00Z", tick=False):
        assert ana.delete(f"budgets/{budget.pk}/lines/{line['id']}/").status_code == 204
        told = {day: summary(ana, budget, as_of=day) for day in ("2026-11-01", "2026-11-03", "2026-11-05")}
        now = summary(ana, budget)
    assert [told[day]["total"]["planned"]["amount"] for day in told] == ["0.00", "100.00", "900.00"]
    assert [told[day]["total"]["committed"]["amount"] for day in told] == ["0.00", "40.00", "90.00"]
    assert [told[day]["total"]["left"] and told[day]["total"]["left"]["amount"] for day in told] == [
        None,
        "60.00",
        "810.00",
    ]
    assert [told[day]["cursor"] for day in told] == [0, 1, 3]
    assert (now["total"]["planned"]["amount"], now["total"]["left"]) == ("0.00", None)
    assert [row["account"] for row in told["2026-11-05"]["heads"][0]["accounts"]] == [310, 330]
    for day in ("2026-11-01", "2026-11-03", "2026-11-05"):
        rows = list(
            csv.DictReader(io.StringIO(ana.get(f"budgets/{budget.pk}/export/", as_of=day).content.decode("utf-8-sig")))
        )
        planned = {
            level: sum(Decimal(r["planned"]) for r in rows if r["level"] == level) for level in ("line", "total")
        }
        assert planned["line"] == planned["total"] == Decimal(told[day]["total"]["planned"]["amount"]), day
    assert [(row["account"], row["note"], row["rate"]) for row in rows if row["level"] == "line"] == [
        ("330", "Foxglove A", "")
    ]


DATED = ("budgets/", *(f"budgets/%d/{what}" for what in ("", "summary/", "history/", "export/", "entries/")))


NO_DAYS = [
    *("2999-01-01", "yesterday", "2026-13-01", "2026-11-01T10:00:00", "9" * 500, "NaN"),
    # no clock west of Greenwich has the first of them, none east of it the last
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1989-12-31", "9999-12-31T23:59:59Z", "9999-12-31"),
]


@pytest.mark.parametrize("when", NO_DAYS)
def test_a_moment_to_come_or_nonsense_is_refused_by_name(cast: Cast, budget: Budget, when: str) -> None:
    cast.ana.time_zone = "America/New_York"
    cast.ana.save()
    ana = Caller(cast.ana)
    # a page leads back to the figures of a day only where there are any
    page = ana.page(f"/budgets/{budget.pk}/plan/", as_of=when)
    assert (page.status_code, page.context["as_of"]) == (200, "")
    for path in DATED:
        answer = ana.get(path.replace("%d", str(budget.pk)), as_of=when)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["as_of"]), path


@pytest.mark.parametrize("when", ["", "  "])
def test_a_moment_left_empty_is_now(ana: Caller, budget: Budget, when: str) -> None:
    for path in (path.replace("%d", str(budget.pk)) for path in DATED):
        answer = ana.get(path, as_of=when)
        assert (answer.status_code, answer.content) == (200, ana.get(path).content), path


def test_the_end_of_a_day_is_that_of_the_viewers_clock(cast: Cast, budget: Budget) -> None:
    cast.ana.time_zone = "Pacific/Auckland"
    cast.ana.save()
    with time_machine.travel("2026-11-02T12:00:00Z", tick=False):  # the third of November in Auckland
        committed(cast, 100)
    assert summary(Caller(cast.ana), budget, as_of="2026-11-02")["cursor"] == 0
    assert summary(Caller(cast.ben), budget, as_of="2026-11-02")["cursor"] == 1


# --- lines --------------------------------------------------------------------------------------------
def test_a_line_is_changed_by_version_and_comes_back_after_it_was_removed(ana: Caller, budget: Budget) -> None:
    line = add(ana, budget)
    path = f"budgets/{budget.pk}/lines/{line['id']}/"
    assert ana.put(path, **a_line()).status_code == 428
    changed = ana.put(path, version=1, **a_line(quantity="7"))
    assert changed.json()["planned"] == eur("3360.00") and changed.json()["version"] == 2
    stale = ana.put(path, version=1, **a_line(quantity="8"))
    assert stale.status_code == 412 and stale.json()["current"]["quantity"] == "7.00"
    assert ana.delete(path).status_code == 204
    assert ana.get(path).status_code == 404
    assert summary(ana, budget)["total"]["planned"] == eur("0.00")
    assert ana.post(f"{path}restore/").json()["planned"] == eur("3360.00")
    assert summary(ana, budget)["total"]["planned"] == eur("3360.00")


def test_a_line_belongs_to_the_budget_in_its_path(cast: Cast, ana: Caller, budget: Budget) -> None:
    other = Budget.objects.create(project=makers.make_project(cast.desk), currency="EUR")
    line = add(ana, budget)
    assert ana.get(f"budgets/{other.pk}/lines/{line['id']}/").status_code == 404
    assert ana.put(f"budgets/{other.pk}/lines/{line['id']}/", version=1, **a_line()).status_code == 404


def test_an_etag_of_a_read_serves_as_if_match(ana: Caller, budget: Budget) -> None:
    line = add(ana, budget)
    path = f"/api/v1/budgets/{budget.pk}/lines/{line['id']}/"
    etag = ana.client.get(path).headers["ETag"]
    assert ana.client.get(path, headers={"If-None-Match": etag}).status_code == 304
    sent = ana.client.put(path, a_line(), content_type="application/json", headers={"If-Match": etag})
    assert sent.status_code == 200
    assert ana.client.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("path", ["budgets/", "budgets/{}/", "budgets/{}/summary/", "budgets/{}/entries/"])
def test_reads_answer_304_until_something_changes(cast: Cast, ana: Caller, budget: Budget, path: str) -> None:
    path = "/api/v1/" + path.format(budget.pk)
    first = ana.client.get(path)
    again = ana.client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    committed(cast, 100)
    after = ana.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200 and after.headers["ETag"] != first.headers["ETag"]


def test_an_empty_plan_is_offered_the_chart_of_its_kind(cast: Cast, ana: Caller) -> None:
    for kind in Project.ProducerType:
        project = makers.make_project(cast.desk, producer_type=kind)
        for _song in range(3):
            makers.make_song(project)
        made = ana.post("budgets/", project=project.pk, chart=True).json()
        lines = ana.get(f"budgets/{made['id']}/lines/").json()["results"]
        assert [(line["account"], line["unit"]) for line in lines] == list(chart.first_lines(kind))
        assert {line["quantity"] for line in lines if line["unit"] == "song"} == {"3"}
        assert made["total"]["planned"]["amount"] == "0.00" and made["controller"]["name"] == "Ana"
        assert ana.post(f"budgets/{made['id']}/start/").status_code == 409


def test_opening_twice_is_opening_once(cast: Cast, ana: Caller) -> None:
    first, second = (ana.post("budgets/", project=cast.project.pk).json()["id"] for _ in range(2))
    assert first == second


def test_only_who_reads_the_budget_can_control_it(cast: Cast, ana: Caller, budget: Budget) -> None:
    path = f"budgets/{budget.pk}/"
    offered = ana.options(path).json()["forms"]["PUT"]["fields"]["controller"]["choices"]
    assert sorted(choice["label"] for choice in offered) == ["Ana", "Asa", "Ben", "Lena", "Xavi"]
    assert ana.put(path, version=1, controller=cast.lena.pk).json()["controller"]["name"] == "Lena"
    wrongs: list[Any] = [cast.nora.pk, cast.cleo.pk, 0, True, [], "x", {"id": 1}]
    for wrong in wrongs:
        answer = ana.put(path, version=2, controller=wrong)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["controller"])
    assert ana.put(path, version=2, controller=None).json()["controller"] is None


# --- who --------------------------------------------------------------------------------------------------
def test_producers_write_label_and_executive_read_the_rest_see_nothing(cast: Cast, budget: Budget) -> None:
    committed(cast, 100)
    reads = {}
    for name in ("ana", "ben", "asa", "lena", "xavi", "nora", "emil", "cara", "cleo"):
        caller = Caller(getattr(cast, name))
        paths = [f"budgets/{budget.pk}/{part}" for part in ("", "summary/", "lines/", "entries/", "expenses/")]
        reads[name] = [caller.get(path).status_code for path in paths]
        wrote = caller.post(f"budgets/{budget.pk}/lines/", **a_line()).status_code
        assert wrote == {200: 201 if name in ("ana", "ben", "asa") else 403}.get(reads[name][0], reads[name][0]), name
    for name in ("ana", "ben", "asa", "lena", "xavi"):
        assert reads[name] == [200] * 5
    for name in ("nora", "emil", "cara"):
        assert reads[name] == [403] * 5
    assert reads["cleo"] == [404] * 5
    assert Caller(cast.cleo).get("budgets/").json()["count"] == 0
    assert Caller(cast.lena).get("budgets/").json()["results"][0]["can"] == {"edit": False, "approve": True}


# --- bad input ----------------------------------------------------------------------------------------
AMOUNTS: list[Any] = [
    "1e309",
    "NaN",
    "-0",
    "-1",
    "1,000",
    "0.005",
    str(2**63),
    [],
    ["1"],
    {},
    None,
    True,
    1.5,
    "",
    "∞",
    "１",
]


@pytest.mark.parametrize("amount", AMOUNTS, ids=repr)
def test_an_amount_that_is_none_is_refused_by_its_field(ana: Caller, budget: Budget, amount: Any) -> None:
    answer = ana.post(f"budgets/{budget.pk}/lines/", **a_line(rate={"amount": amount, "currency": "EUR"}))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["rate"])
    assert not BudgetLine.objects.exists() and not PlanChange.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"rate": [eur("1")]}, "rate"),
        ({"rate": "100"}, "rate"),
        ({"rate": {"amount": "1.00", "currency": "USD"}}, "rate"),
        ({"rate": eur("90071992547409.91")}, "rate"),
        ({"quantity": "9999999.99", "rate": eur("99999999.00")}, "rate"),
        ({"expected": eur("90071992547409.91")}, "expected"),
        ({"quantity": "1e309"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "1,5"}, "quantity"),
        ({"quantity": "0.001"}, "quantity"),
        ({"quantity": ["1"]}, "quantity"),
        ({"account": 42}, "account"),
        ({"account": [310]}, "account"),
        ({"unit": "fortnight"}, "unit"),
        ({"note": "x" * 201}, "note"),
        ({"note": "\x00"}, "note"),
        ({"planned": eur("1")}, "planned"),
        ({"budget": 1}, "budget"),
    ],
    ids=repr,
)
def test_a_line_that_makes_no_sense_is_refused_by_its_field(
    ana: Caller, budget: Budget, said: dict[str, Any], field: str
) -> None:
    answer = ana.post(f"budgets/{budget.pk}/lines/", **a_line(**said))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not BudgetLine.objects.exists()


def test_a_plan_has_an_end(ana: Caller, budget: Budget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MOST_LINES", 1)
    add(ana, budget)
    assert ana.post(f"budgets/{budget.pk}/lines/", **a_line()).status_code == 409


# --- rates of exchange --------------------------------------------------------------------------------
def test_a_rate_is_set_changed_and_forgotten(cast: Cast, ana: Caller, budget: Budget) -> None:
    path = f"budgets/{budget.pk}/exchange-rates/"
    first = ana.post(path, currency="USD", rate="0.92").json()
    assert ana.post(path, currency="USD", rate="0.90").json() == first | {"rate": "0.9"}
    for said, field in (
        ({"currency": "EUR", "rate": "1"}, "currency"),
        ({"currency": "XXZ", "rate": "1"}, "currency"),
        ({"currency": "USD", "rate": "0"}, "rate"),
        ({"currency": "USD", "rate": "NaN"}, "rate"),
        ({"currency": "USD", "rate": "1e309"}, "rate"),
        ({"currency": ["USD"], "rate": "1"}, "currency"),
    ):
        answer = ana.post(path, **said)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field]), said
    assert Caller(cast.lena).post(path, currency="GBP", rate="1.1").status_code == 403
    assert ana.delete(f"{path}{first['id']}/").status_code == 204
    assert ana.get(path).json()["count"] == 0


# --- speed --------------------------------------------------------------------------------------------
def _fill(cast: Cast, count: int) -> None:
    budget = Budget.objects.get(project=cast.project)
    for number in range(count):
        committed(cast, 100 + number, id=1000 + number)
    BudgetLine.objects.bulk_create(
        BudgetLine(budget=budget, account=310, quantity=Decimal(1), rate_minor=100, planned_minor=100)
        for _ in range(count)
    )


@pytest.mark.once
def test_reads_take_as_many_queries_for_1000_rows_as_for_10(cast: Cast, ana: Caller, budget: Budget) -> None:
    paths = [f"budgets/{budget.pk}/{part}" for part in ("", "summary/", "history/", "lines/", "entries/")]
    paths += ["budgets/", f"budgets/{budget.pk}/export/", f"budgets/{budget.pk}/commitments/"]

    def counts() -> dict[str, int]:
        found = {}
        for path in paths:
            with CaptureQueriesContext(connection) as caught:
                assert ana.get(path).status_code == 200, path
            found[path] = len(caught)
        return found

    _fill(cast, 10)
    counts()
    few = counts()
    _fill(cast, 990)
    assert counts() == few
    assert max(few.values()) <= 9


def test_a_list_of_budgets_asks_no_more_for_many(cast: Cast, ana: Caller) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert ana.get("budgets/", page_size=100).status_code == 200
        return len(caught)

    for number in range(90):
        project = makers.make_project(cast.desk, f"Record {number}")
        Budget.objects.create(project=project, currency="EUR")
        if number == 9:
            count()
            few = count()
    assert count() == few


def test_the_plan_is_the_sum_of_its_lines(cast: Cast, ana: Caller, budget: Budget) -> None:
    for account, rate in ((310, "10.01"), (330, "20.02"), (990, "30.03")):
        add(ana, budget, account=account, rate=eur(rate), quantity="3")
    listed = ana.get(f"budgets/{budget.pk}/lines/").json()["results"]
    total = sum(Decimal(line["planned"]["amount"]) for line in listed)
    assert total == Decimal(standings([budget.pk])[budget.pk].total.planned) / 100
