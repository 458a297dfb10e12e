"""The pages of a budget: each draws what the API says, leads from a figure to its entries, and edits in place."""

import csv
import html
import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from budgets.models import Budget, BudgetEntry, BudgetLine, Expense, Receipt
from producerdesk.accounts.models import ApiToken
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock
from producerdesk.kit.text import unguarded
from tests import makers
from tests.budgets.conftest import PDF, a_line, an_expense, committed, eur, settled
from tests.calling import Caller
from tests.cast import Cast

pytestmark = pytest.mark.once
ROOM = "session:7:room:hour"


@pytest.fixture
def filled(cast: Cast, ana: Caller, budget: Budget) -> Budget:
    """A budget with a plan, a line over it, a booking and an expense."""
    ana.post(f"budgets/{budget.pk}/lines/", **a_line(quantity="1", rate=eur("300.00")))
    ana.post(f"budgets/{budget.pk}/lines/", **a_line(account=990, note="=cmd()", quantity="1", rate=eur("500.00")))
    committed(cast, 42_000)
    committed(cast, 10_000, id=8)
    settled(cast, 10_000, id=8)
    ana.post(f"budgets/{budget.pk}/expenses/", **an_expense())
    return budget


def pages(budget: Budget) -> list[str]:
    expense = Expense.objects.get()
    return [
        "/budgets/",
        f"/projects/{budget.project_id}/budget/",
        f"/projects/{budget.project_id}/budget/?by=account",
        f"/budgets/{budget.pk}/plan/",
        f"/budgets/{budget.pk}/entries/",
        f"/budgets/{budget.pk}/expenses/",
        f"/budgets/{budget.pk}/settings/",
        f"/expenses/{expense.pk}/",
    ]


@pytest.mark.parametrize("name", ["ana", "ben", "asa", "lena", "xavi"])
def test_every_page_opens_for_who_reads_the_budget(cast: Cast, filled: Budget, name: str) -> None:
    caller = Caller(getattr(cast, name))
    for path in pages(filled):
        assert caller.page(path).status_code == 200, path


@pytest.mark.parametrize("name", ["nora", "emil", "cara", "cleo"])
def test_no_page_opens_for_who_does_not(cast: Cast, filled: Budget, name: str) -> None:
    caller = Caller(getattr(cast, name))
    for path in pages(filled):
        found = caller.page(path)
        if path == "/budgets/" and name == "cleo":
            assert b"Salt" not in found.content
            continue
        assert found.status_code in (403, 404), path
        assert "€420" not in found.content.decode(), path


def test_a_label_reads_and_finds_nothing_to_press(cast: Cast, filled: Budget) -> None:
    lena = Caller(cast.lena)
    for path in pages(filled):
        page = lena.page(path).content.decode()
        for word in ("Add expense", "/lines/", "/remove/", "Save</button>", "data-add", "/edit/"):
            assert word not in page, (path, word)
    assert lena.page(f"/budgets/{filled.pk}/expenses/new/").status_code == 403


def test_the_figures_are_the_apis_and_lead_to_their_entries(cast: Cast, ana: Caller, filled: Budget) -> None:
    page = ana.page(f"/projects/{filled.project_id}/budget/", by="account")
    (drawn,) = page.context["budgets"]["results"]
    summary = ana.get(f"budgets/{filled.pk}/summary/").json()
    assert {name: drawn[name] for name in ("plan", "total", "over_lines", "heads", "cursor")} == {
        name: summary[name] for name in ("plan", "total", "over_lines", "heads", "cursor")
    }
    assert page.context["history"] == ana.get(f"budgets/{filled.pk}/history/").json()
    text = page.content.decode()
    assert "Studio is €220.00 over its line" in text and 'class="is-over"' in text
    assert f"/budgets/{filled.pk}/entries/?head=300&amp;kind=actual" in text
    assert f"/budgets/{filled.pk}/entries/?account=310" in text
    assert 'class="pd-plot"' in text
    entries = ana.page(f"/budgets/{filled.pk}/entries/", head=300)
    assert [row["account"] for row in entries.context["entries"]["results"]] == [310] * 4
    assert 'href="/sessions/7/"' in entries.content.decode()
    assert (
        f'href="{reverse("expense:detail", args=[Expense.objects.get().pk])}"'
        in ana.page(f"/budgets/{filled.pk}/entries/").content.decode()
    )


def test_an_account_below_nought_and_a_total_over_stand_out(cast: Cast, ana: Caller, filled: Budget) -> None:
    path = f"/projects/{filled.project_id}/budget/"
    ana.post(f"budgets/{filled.pk}/lines/", **a_line(account=330, quantity="1", rate=eur("60.00")))
    text = ana.page(path, by="account").content.decode()
    assert re.search(r'<tr class="is-sub is-over"><th scope="row">.{,300}Over its line by €220\.00', text)
    assert 'class="r pd-left pd-bad"' in text.partition("is-sub is-over")[2].partition("</tr>")[0]
    assert "<tfoot><tr><th" in text
    ana.post(f"budgets/{filled.pk}/lines/", **a_line(account=300, quantity="1", rate=eur("900.00")))
    covered = ana.page(path, by="account").content.decode()
    assert "€220.00 more than is approved for it; Studio as a whole has room" in covered
    assert (text.count("is-sub is-over"), covered.count("is-sub is-over")) == (2, 1), "the tuning stays over"
    committed(cast, 900_000, id=9)
    assert '<tfoot><tr class="is-over">' in ana.page(path, by="account").content.decode()


def test_an_expense_leads_to_what_it_pays(cast: Cast, ana: Caller, budget: Budget) -> None:
    committed(cast, 37_200)
    own = ana.post(f"budgets/{budget.pk}/expenses/", **an_expense()).json()["id"]
    paying = ana.post(f"budgets/{budget.pk}/expenses/", **an_expense(commitment=ROOM)).json()["id"]
    assert (
        '<a href="/sessions/7/">Vocals</a></b><small>Room A, 6 h;' in ana.page(f"/expenses/{paying}/").content.decode()
    )
    assert "/sessions/7/" not in ana.page(f"/expenses/{own}/").content.decode()
    whole = ana.post(f"budgets/{budget.pk}/expenses/", **an_expense(commitment=ROOM, amount=eur("231.50"))).json()
    form = ana.page(f"/expenses/{whole['id']}/edit/").content.decode()
    assert re.search(rf'value="{ROOM}"[^>]* selected>Vocals: Room A', form), "sent back unchanged it keeps what it pays"


def test_a_label_is_led_only_where_it_may_go(cast: Cast, filled: Budget) -> None:
    BudgetEntry.objects.create(
        budget=filled,
        seq=99,
        at=filled.created_at,
        account=400,
        kind="commit",
        amount_minor=5,
        source_kind="engagement",
        source_id=3,
        source_title="Cello",
        part="fee",
    )
    text = Caller(cast.lena).page(f"/budgets/{filled.pk}/entries/").content.decode()
    assert 'href="/sessions/7/"' in text and "/engagements/3/" not in text and "Cello" in text


def test_the_page_of_a_past_day_says_so_and_nonsense_is_said_above_today(ana: Caller, filled: Budget) -> None:
    path = f"/projects/{filled.project_id}/budget/"
    past = ana.page(path, as_of="2020-01-01")
    assert past.context["budget"]["heads"] == [] and "As it stood at the end of" in past.content.decode()
    wrong = ana.page(path, as_of="2999-01-01")
    assert wrong.status_code == 200 and "This is still to come." in wrong.content.decode()
    assert wrong.context["budget"]["heads"] and "As it stood at the end of" not in wrong.content.decode()


def test_a_figure_of_a_past_day_leads_to_the_ledger_of_that_day(ana: Caller, filled: Budget) -> None:
    day = clock.now().date().isoformat()
    text = ana.page(f"/projects/{filled.project_id}/budget/", as_of=day).content.decode()
    assert f"/budgets/{filled.pk}/entries/?head=300&amp;as_of={day}&amp;kind=actual" in text
    for leads in re.findall(rf'href="(/budgets/{filled.pk}/(?:entries|plan)/[^"]*)"', text):
        assert f"as_of={day}" in leads, leads
    plan = ana.page(f"/budgets/{filled.pk}/plan/", as_of=day).content.decode()
    assert "This is the plan as it stands today" in plan and f'budget/?as_of={day}"' in plan
    assert "as it stands today" not in ana.page(f"/budgets/{filled.pk}/plan/", as_of="x").content.decode()
    text = ana.page("/budgets/", as_of=day).content.decode()
    hidden = f'type="hidden" name="as_of" value="{day}"'
    assert hidden in text and 'name="as_of"' not in ana.page("/budgets/").content.decode(), "a search stays on that day"
    (listed,) = re.findall(r'class="pd-proj" href="([^"]*)"', text)
    assert listed == f"/projects/{filled.project_id}/budget/?as_of={day}"
    entries = ana.page(f"/budgets/{filled.pk}/entries/", head=300, as_of=day, kind="actual")
    assert entries.status_code == 200 and "Show all" in entries.content.decode()


def test_a_ledger_says_what_it_was_narrowed_to_and_what_that_comes_to(ana: Caller, filled: Budget) -> None:
    day, path = clock.now().date().isoformat(), f"/budgets/{filled.pk}/entries/"
    asked = {"head": "300", "kind": ["commit", "release"], "as_of": day, "source": "session", "source_id": "7"}
    page = ana.page(path, **asked, page_size="1")
    text = page.content.decode()
    for words, left_out in (
        ("Committed or Released", "kind"),
        ("on 300 Studio and all below it", "head"),
        ("by “Vocals”", "source_id"),
        ("until the end of", "as_of"),
    ):
        (off,) = re.findall(rf'class="pd-chip" href="([^"]*)"[^>]*>{words}', text)
        left = parse_qs(html.unescape(off).removeprefix("?"))
        assert set(left) == {*asked, "page_size"} - {left_out} - ({"source"} if left_out == "source_id" else set())
        assert ana.client.get(f"{path}{html.unescape(off)}").status_code == 200
    assert page.context["entries"]["sums"] == {"all": eur("420.00"), "open": eur("420.00"), "actual": eur("0.00")}
    assert "pd-chip" not in ana.page(path).content.decode()
    # an id alone is one of several things, of which no title is that of all
    assert re.findall(r'class="pd-chip"[^>]*>([^<]*)', ana.page(path, source_id="7").content.decode()) == ["by “7”"]


def test_the_sums_of_a_ledger_are_those_of_all_its_pages(ana: Caller, filled: Budget) -> None:
    total = ana.get(f"budgets/{filled.pk}/summary/").json()["total"]
    for query in ({}, {"page_size": 1, "page": 2}):
        sums = ana.get(f"budgets/{filled.pk}/entries/", **query).json()["sums"]
        assert (sums["all"], sums["actual"]) == (total["committed"], total["actual"])
    nothing = ana.get(f"budgets/{filled.pk}/entries/", account=110).json()
    assert nothing["sums"] == dict.fromkeys(("all", "open", "actual"), eur("0.00"))


def test_a_project_without_a_budget_offers_to_start_one(cast: Cast, ana: Caller) -> None:
    project = cast.project.pk
    path = f"/projects/{project}/budget/"
    assert "Start the budget" in ana.page(path).content.decode()
    assert not Budget.objects.exists(), "looking opens nothing"
    assert "Start the budget" not in Caller(cast.lena).page(path).content.decode()
    sent = ana.send(f"{path}start/", project=project, chart="true")
    budget = Budget.objects.get()
    assert sent.headers["Location"] == f"/budgets/{budget.pk}/plan/" and budget.lines.count() > 20
    other = makers.make_project(cast.desk)
    assert ana.send(f"/projects/{other.pk}/budget/start/", project=project).status_code == 404


def test_a_line_is_edited_where_it_stands(ana: Caller, filled: Budget) -> None:
    line = BudgetLine.objects.get(account=310)
    said: dict[str, Any] = {
        "account": "310", "note": "Room A", "quantity": "2", "unit": "day", "_etag": '"1"',
        "rate.amount": "100.00", "rate.currency": "EUR", "expected.amount": "", "expected.currency": "EUR",
    }  # fmt: skip
    path = f"/budgets/{filled.pk}/lines/{line.pk}/"
    script = ana.client.post(path, said, headers={"Accept": "application/json"})
    assert (script.status_code, script.json()["planned"], script.json()["version"]) == (200, eur("200.00"), 2)
    stale = ana.client.post(path, said, headers={"Accept": "application/json"})
    assert stale.status_code == 412
    wrong = ana.client.post(path, said | {"_etag": '"2"', "quantity": "x"}, headers={"Accept": "application/json"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["quantity"])
    assert ana.send(path, **said | {"_etag": '"2"', "expected.amount": "150"}).status_code == 302
    line.refresh_from_db()
    assert (line.expected_minor, line.version) == (15_000, 3)
    assert ana.send(f"{path}remove/").status_code == 302
    page = ana.page(f"/budgets/{filled.pk}/plan/")
    assert f"{path}restore/" in page.content.decode(), "the way back stands beside what was done"
    assert ana.send(f"{path}restore/").status_code == 302
    line.refresh_from_db()
    assert line.removed_at is None


def test_an_expense_is_entered_with_its_receipt_and_taken_back(ana: Caller, filled: Budget) -> None:
    path = f"/budgets/{filled.pk}/expenses/new/"
    form = ana.page(path).context["form"]
    assert form["fields"]["spent_on"]["value"]
    offered = {row["value"]: row for row in form["fields"]["commitment"]["choices"]}
    assert (offered["session:7:room:hour"]["account"], offered["session:7:room:hour"]["due"]) == (310, eur("420.00"))
    assert offered["session:8:room:hour"]["due"] == eur("100.00"), "what was wrapped is paid as it was counted"
    said = {
        "title": "Strings", "vendor": "Foxglove", "spent_on": "2026-11-14", "account": "310", "amount.amount": "80.00",
        "amount.currency": "EUR", "commitment": "session:7:room:hour", "note": "", "_once": form["once"],
        "receipt": SimpleUploadedFile("a.pdf", PDF),
    }  # fmt: skip
    assert ana.send(path, **said).headers["Location"] == f"/budgets/{filled.pk}/expenses/"
    expense = Expense.objects.get(title="Strings")
    assert Receipt.objects.get().expense == expense and expense.against_kind == "session"
    wrong = ana.send(path, **said | {"amount.amount": "1,000", "_once": "y"})
    assert wrong.status_code == 422
    assert wrong.context["form"]["fields"]["amount"]["errors"] and "1,000" in wrong.content.decode()
    bad = ana.send(path, **said | {"receipt": SimpleUploadedFile("a.pdf", b"<html>"), "_once": "z"})
    assert bad.status_code == 422 and bad.context["form"]["fields"]["receipt"]["errors"]
    assert ana.send(f"/expenses/{expense.pk}/remove/").status_code == 302
    assert "Count it again" in ana.page(f"/expenses/{expense.pk}/").content.decode()
    assert ana.send(f"/expenses/{expense.pk}/restore/").status_code == 302
    assert ana.send(f"/expenses/{expense.pk}/receipt/delete/").status_code == 302
    upload = ana.send(f"/expenses/{expense.pk}/receipt/", receipt=SimpleUploadedFile("b.pdf", PDF))
    assert upload.status_code == 302 and Receipt.objects.get().name == "b.pdf"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\n@", "'=", "＝", "＋", "－", "＠", "\u3000="])
def test_no_cell_of_the_table_is_a_formula(ana: Caller, budget: Budget, start: str) -> None:
    BudgetLine.objects.create(budget=budget, account=990, note=f"{start}SUM(A1)", rate_minor=1, planned_minor=1)
    answer = ana.get(f"budgets/{budget.pk}/export/").content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(answer, newline="")) for cell in row]
    assert f"{start}SUM(A1)" in [unguarded(cell) for cell in cells]
    assert [cell for cell in cells if cell.lstrip(" \n").startswith(tuple("=+-@\t＝＋－＠\u3000"))] == []


def test_no_cell_becomes_a_formula_where_the_semicolon_separates(ana: Caller, budget: Budget) -> None:
    BudgetLine.objects.create(budget=budget, account=990, note='a;=1;"=2;b\n@c; −d', rate_minor=1, planned_minor=1)
    answer = ana.get(f"budgets/{budget.pk}/export/").content.decode("utf-8-sig")
    assert """a;'=1;'""=2;b\n'@c; −d""" in answer
    cut = [cell.lstrip(' "') for line in answer.splitlines() for cell in line.split(";")]
    assert [cell for cell in cut if cell.startswith(tuple("=+-@"))] == []


def test_the_table_to_take_away_says_its_day_and_whether_it_changed(ana: Caller, filled: Budget) -> None:
    path = f"budgets/{filled.pk}/export/"
    first = ana.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    seen = {"If-None-Match": first.headers["ETag"]}
    again = ana.client.get(f"/api/v1/{path}", headers=seen)
    assert (again.status_code, again.content) == (304, b"")
    BudgetLine.objects.create(budget=filled, account=990, note="More", rate_minor=1, planned_minor=1)
    assert ana.client.get(f"/api/v1/{path}", headers=seen).status_code == 200
    then = ana.get(path, as_of="2026-11-03").headers["Content-Disposition"]
    assert then == f'attachment; filename="budget-{filled.pk}-2026-11-03.csv"'


def test_the_table_to_take_away_runs_nothing_and_adds_up(ana: Caller, filled: Budget) -> None:
    answer = ana.get(f"budgets/{filled.pk}/export/")
    assert answer.headers["Content-Disposition"].startswith("attachment") and answer.content[:3] == b"\xef\xbb\xbf"
    rows = [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()]
    header, *rows = rows
    line = next(row for row in rows if row[0] == "line" and row[1] == "990")
    assert line[header.index("note")] == "'=cmd()"
    column = header.index("planned")
    heads = sum(float(row[column]) for row in rows if row[0] == "head")
    total = next(row for row in rows if row[0] == "total")
    assert heads == float(total[column]) == sum(float(row[column]) for row in rows if row[0] == "line") == 800.0
    assert total[header.index("committed")] == "660.50"


def test_rates_and_controller_are_set_on_the_settings(cast: Cast, ana: Caller, filled: Budget) -> None:
    path = f"/budgets/{filled.pk}/settings/"
    assert ana.send(f"/budgets/{filled.pk}/rates/", currency="USD", rate="0.92").status_code == 302
    page = ana.page(path)
    assert "0.92" in page.content.decode()
    etag = page.context["form"]["etag"]
    assert ana.send(path, controller=str(cast.lena.pk), _etag=etag).status_code == 302
    filled.refresh_from_db()
    assert filled.controller == cast.lena
    rate = filled.exchange_rates.get()
    assert ana.send(f"/budgets/{filled.pk}/rates/{rate.pk}/forget/").status_code == 302
    assert not filled.exchange_rates.exists()


# --- tokens -------------------------------------------------------------------------------------------
def test_a_token_is_made_shown_once_used_and_ended(cast: Cast, filled: Budget) -> None:
    lena = Caller(cast.lena)
    offered = [choice["value"] for choice in lena.page("/me/tokens/").context["form"]["fields"]["scopes"]["choices"]]
    assert offered == ["budget:read", "budget:approve", "project:read", "schedule:read"], (
        "what a label may not, it cannot hand on"
    )
    said: dict[str, Any] = {
        "name": "Spreadsheet",
        "scopes": ["budget:read"],
        "projects": [cast.project.pk],
        "days": "30",
    }
    page = lena.send("/me/tokens/", **said)
    secret = page.context["made"]["secret"]
    assert secret in page.content.decode() and "no-store" in page.headers["Cache-Control"]
    assert secret not in lena.page("/me/tokens/").content.decode()
    program = Caller(authorization=f"Bearer {secret}")
    assert program.get(f"budgets/{filled.pk}/summary/").json()["total"]["committed"] == eur("660.50")
    assert program.get("tokens/").status_code == 403 and program.post("tokens/", **said).status_code == 403
    assert program.post(f"budgets/{filled.pk}/lines/", **a_line()).status_code == 403
    key = ApiToken.objects.get().token_key
    assert Caller(cast.nora).delete(f"tokens/{key}/").status_code == 404
    assert lena.send(f"/me/tokens/{key}/end/").status_code == 302
    assert program.get("budgets/").status_code == 401


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["budget"]}, "scopes"),
        ({"name": " "}, "name"),
        ({"days": 7}, "days"),
        ({"days": "NaN"}, "days"),
        ({"projects": [10**9]}, "projects"),
        ({"projects": "x"}, "projects"),
        ({"user": 1}, "user"),
    ],
    ids=repr,
)
def test_a_token_that_makes_no_sense_is_refused(cast: Cast, said: dict[str, Any], field: str) -> None:
    usual: dict[str, Any] = {"name": "x", "scopes": ["budget:read"], "days": 30}
    answer = Caller(cast.lena).post("tokens/", **usual | said)
    assert (answer.status_code, [name.split(".")[0] for name in answer.json()["fields"]]) == (400, [field])
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("spoilt", ["scope", "expired", "one character", "in the query", "role fell", "other project"])
def test_a_token_that_is_not_right_reads_no_budget(cast: Cast, filled: Budget, spoilt: str) -> None:
    said: dict[str, Any] = {"name": "x", "scopes": ["budget:read"], "days": 30}
    if spoilt == "scope":
        said["scopes"] = ["project:read", "schedule:read"]
    if spoilt == "other project":
        said["projects"] = [_second(cast)]
    secret = Caller(cast.lena).post("tokens/", **said).json()["secret"]
    caller = Caller(authorization=f"Bearer {secret}")
    match spoilt:
        case "expired":
            ApiToken.objects.update(expiry=clock.now() - timedelta(seconds=1))
        case "one character":
            caller = Caller(authorization=f"Bearer {secret[:-1]}{'0' if secret[-1] != '0' else '1'}")
        case "in the query":
            caller = Caller()
        case "role fell":
            cast.lena.memberships.update(role=Role.ARTIST)
    wanted = {"scope": 403, "role fell": 403, "other project": 404}.get(spoilt, 401)
    query = {"token": secret} if spoilt == "in the query" else {}
    for part in ("", "summary/", "lines/", "entries/", "expenses/"):
        answer = caller.get(f"budgets/{filled.pk}/{part}", **query)
        assert answer.status_code == wanted and b"660" not in answer.content, part


def _second(cast: Cast) -> int:
    """Return a second project that the label reads."""
    project = makers.make_project(cast.desk, "Second")
    makers.make_member(project, cast.lena, Role.LABEL)
    return project.pk


def test_who_writes_elsewhere_and_only_reads_here_writes_nothing_here(cast: Cast, filled: Budget) -> None:
    makers.make_member(cast.project, cast.cleo, Role.LABEL)  # she owns a desk of her own
    cleo, path = Caller(cast.cleo), f"budgets/{filled.pk}/"
    assert cleo.get(f"{path}summary/").status_code == 200
    line, expense = BudgetLine.objects.first(), Expense.objects.get()
    assert line is not None
    refused = [
        cleo.post(f"{path}lines/", **a_line()),
        cleo.put(f"{path}lines/{line.pk}/", version=1, **a_line()),
        cleo.delete(f"{path}lines/{line.pk}/"),
        cleo.post(f"{path}expenses/", **an_expense()),
        cleo.put(f"expenses/{expense.pk}/", version=1, **an_expense()),
        cleo.delete(f"expenses/{expense.pk}/"),
        cleo.delete(f"expenses/{expense.pk}/receipt/"),
        cleo.post(f"{path}exchange-rates/", currency="USD", rate="1"),
        cleo.post(f"{path}start/"),
        cleo.put(path, version=1, controller=cast.cleo.pk),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert cleo.post("budgets/", project=cast.project.pk).json()["fields"]["project"]
