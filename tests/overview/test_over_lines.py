"""A line over is said wherever the health of a budget is, also where the whole is not over."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from budgets.actions import open_budget
from budgets.models import Budget
from producerdesk.overview import digest_letter
from tests.budgets.conftest import a_line, an_expense, committed, eur
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]


@pytest.fixture
def budget(cast: Cast, as_: As) -> Budget:
    """300 for rooms and 500 put by, planned; a room for 420."""
    budget = open_budget(cast.project, cast.ana)
    for account, amount in ((300, "300.00"), (990, "500.00")):
        line = a_line(account=account, unit="flat", quantity="1", rate=eur(amount))
        as_("ana").post(f"budgets/{budget.pk}/lines/", **line)
    committed(cast, 42_000)
    return budget


def answer(caller: Caller, cast: Cast) -> dict[str, Any]:
    return caller.get(f"projects/{cast.project.pk}/questions/").json()["budget"]


@pytest.mark.parametrize("name", ["ana", "asa", "lena", "xavi"])
def test_who_reads_the_budget_is_told_of_the_line_on_today(cast: Cast, as_: As, budget: Budget, name: str) -> None:
    (row,) = as_(name).get("today/").json()["budgets"]
    assert (row["over"], row["over_lines"], row["left"]) == (False, 1, eur("380.00"))
    page = as_(name).page("/").content.decode()
    assert "1 line over" in page and f"/projects/{cast.project.pk}/budget/#" in page


@pytest.mark.parametrize("name", ["ana", "lena"])
def test_the_fifth_question_is_not_ticked_and_names_the_line(cast: Cast, as_: As, budget: Budget, name: str) -> None:
    found = answer(as_(name), cast)
    assert (found["state"], found["over_lines"]) == ("warn", 1)
    assert found["first_over"] == {"account": 300, "title": "Studio", "over": eur("120.00")}
    assert "Studio: €120.00 over" in text_of(as_(name).page(f"/projects/{cast.project.pk}/"))


def test_the_line_that_is_furthest_over_comes_first(cast: Cast, as_: As, budget: Budget) -> None:
    as_("ana").post(f"budgets/{budget.pk}/lines/", **a_line(account=980, unit="flat", rate=eur("900.00"), quantity="1"))
    for account, amount in ((910, "1.00"), (620, "130.00"), (610, "40.00")):
        as_("ana").post(f"budgets/{budget.pk}/expenses/", **an_expense(account=account, amount=eur(amount)))
    found = answer(as_("ana"), cast)
    assert (found["over_lines"], found["first_over"]) == (
        3,
        {"account": 600, "title": "Equipment", "over": eur("170.00")},
    )
    assert "3 lines over" in as_("ana").page(f"/projects/{cast.project.pk}/").content.decode()
    (listed,) = as_("ana").get("budgets/", project=cast.project.pk).json()["results"]
    assert listed["over_lines"] == 3


def test_what_was_approved_counts_not_what_was_planned_since(cast: Cast, as_: As, budget: Budget) -> None:
    ana = as_("ana")
    version = ana.get(f"budgets/{budget.pk}/").json()["plan"]["version"]
    assert ana.post(f"budgets/{budget.pk}/approvals/", plan=version).status_code == 201
    ana.post(f"budgets/{budget.pk}/lines/", **a_line(unit="flat", quantity="1", rate=eur("200.00")))
    assert answer(ana, cast)["over_lines"] == 1
    version = ana.get(f"budgets/{budget.pk}/").json()["plan"]["version"]
    ana.post(f"budgets/{budget.pk}/approvals/", plan=version)
    found = answer(ana, cast)
    assert (found["state"], found["over_lines"], found["first_over"]) == ("ok", 0, None)


def test_nothing_is_over_where_nothing_was_planned(cast: Cast, as_: As) -> None:
    open_budget(cast.project, cast.ana)
    committed(cast, 42_000)
    assert answer(as_("ana"), cast)["over_lines"] == 0
    (row,) = as_("ana").get("today/").json()["budgets"]
    assert row["over_lines"] == 0 and "line over" not in as_("ana").page("/").content.decode()


def in_the_mail(caller: Caller) -> list[str]:
    day = caller.get("today/").json()
    return dict(digest_letter.sections(day, "Europe/Berlin", planning=True))["Budgets"]


def test_the_mail_of_the_morning_says_it(cast: Cast, as_: As, budget: Budget) -> None:
    assert "Salt & Neon: 1 line over" in in_the_mail(as_("ana"))


# --- the whole over ---------------------------------------------------------------------------------------


def test_by_how_much_the_whole_is_over_has_no_minus(cast: Cast, as_: As, budget: Budget) -> None:
    committed(cast, 90_000, id=9)
    page = text_of(as_("ana").page("/"))
    assert "€520.00 over the plan" in page and "−€520.00" not in page
    assert "Salt & Neon: €520.00 over the plan" in in_the_mail(as_("ana"))


def test_the_note_of_a_line_over_agrees_with_the_forecast(cast: Cast, as_: As, budget: Budget) -> None:
    path = f"/projects/{cast.project.pk}/budget/"
    page = text_of(as_("ana").page(path))
    assert "€120.00 over" in page  # the forecast: 420 for rooms and the 500 put by
    assert "In all €380.00 is not committed yet, but what is still to come takes it all and €120.00 more." in page
    assert "another line could give some" not in page
    cheaper = a_line(account=100, unit="flat", quantity="1", rate=eur("400.00"), expected=eur("100.00"))
    as_("ana").post(f"budgets/{budget.pk}/lines/", **cheaper)
    assert "In all €780.00 is left: another line could give some." in text_of(as_("ana").page(path))


def text_of(page: Any) -> str:
    """Return what is read on a page, without its tags."""
    return unescape(re.sub("<[^>]+>", "", page.content.decode()))
