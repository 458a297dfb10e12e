"""A budget walked in a browser: started, planned by keyboard, spent from with a receipt, read by the label, printed."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from budgets.models import Budget, BudgetLine, Expense
from tests import makers
from tests.browsing import Browsing, clean
from tests.budgets.conftest import PDF
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once

# the names that are seen over the figures of a row; one that is not there to be seen says so
NAMED = """cells => cells.map((cell) => {
  const named = getComputedStyle(cell, "::before");
  return cell.checkVisibility() && named.content !== "none" ? JSON.parse(named.content) : `${cell.textContent} unnamed`;
})"""
BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, where the web server sees it, with a session booked."""
    cast = make_cast()
    makers.make_session(cast.project, cast.ana, room=cast.room)
    return cast


def test_a_plan_is_written_by_keyboard(browsing: Browsing, cast: Cast) -> None:
    page = browsing.window(cast.ana)
    budget = Budget.objects.get(project=cast.project)
    page.goto(f"/projects/{cast.project.pk}/budget/")
    page.get_by_role("link", name="Plan", exact=True).click()
    page.get_by_role("button", name="Put in the usual lines").click()
    first = page.locator("tbody [data-line]").first
    first.get_by_label("Rate").fill("450")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        first.get_by_label("Rate").press("Enter")
    expect(page.locator("[data-plan-total]")).to_have_text("€450.00")
    expect(first.locator("[data-planned]")).to_have_text("€450.00")
    second = page.locator("tbody [data-line]").nth(1)
    expect(second.get_by_label("Rate")).to_be_focused()
    page.keyboard.type("12.5")
    page.keyboard.press("ArrowUp")
    expect(first.get_by_label("Rate")).to_be_focused()
    expect(page.locator("[data-plan-total]")).to_have_text("€462.50")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("1,000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("without grouping")
    expect(second.get_by_label("Rate")).to_have_class("form-control pd-in pd-in--sum is-invalid")
    page.keyboard.press("Control+a")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(page.locator("[data-plan-total]")).to_have_text("€470.00")
    assert sorted(BudgetLine.objects.filter(budget=budget, planned_minor__gt=0).values_list("planned_minor")) == [
        (2_000,),
        (45_000,),
    ]
    page.get_by_label("Account of a new line").select_option("820")
    page.locator("[data-add]").get_by_label("What for").fill("Sample of a gull")
    page.locator("[data-add]").get_by_label("Rate").fill("300")
    page.keyboard.press("Enter")
    expect(page.locator("[data-plan-total]")).to_have_text("€770.00")
    expect(page.get_by_label("Account of a new line")).to_be_focused()
    page.get_by_role("button", name="Remove Sample of a gull").click()
    expect(page.locator("[data-plan-total]")).to_have_text("€470.00")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-plan-total]")).to_have_text("€770.00")
    clean(page)


def test_an_expense_is_paid_taken_back_and_counted_again(browsing: Browsing, cast: Cast, tmp_path: Path) -> None:
    receipt = tmp_path / "invoice.pdf"
    receipt.write_bytes(PDF)
    page = browsing.window(cast.ana)
    page.goto(f"/projects/{cast.project.pk}/budget/")
    page.get_by_role("link", name="Add expense").click()
    page.get_by_label("What for").fill("Room A, first half")
    page.get_by_label("Paid to").fill("Foxglove")
    page.get_by_label("Amount").fill("100.00")
    page.get_by_label("Pays").select_option(index=1)
    expect(page.get_by_label("Account", exact=True)).to_have_value("310")
    expect(page.get_by_label("Amount"), "what was typed stays").to_have_value("100.00")
    page.locator("input[type=file]").set_input_files(receipt)
    page.get_by_role("button", name="Add expense").click()
    expect(page.get_by_text("is counted as spent")).to_be_visible()
    expense = Expense.objects.get()
    assert expense.against_kind == "session"
    with page.expect_download() as saved:
        page.get_by_role("link", name="invoice.pdf").click()
    assert saved.value.path().read_bytes() == PDF
    page.get_by_role("link", name="Room A, first half").click()
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    page.get_by_label("Breadcrumb").get_by_role("link", name="Salt & Neon").click()
    expect(page.locator(".pd-totals")).to_contain_text("€100.00")


@BOTH
@pytest.mark.parametrize("name", ["ana", "lena"])
def test_every_page_is_readable_on_both_sizes(browsing: Browsing, cast: Cast, name: str, phone: bool) -> None:
    budget = Budget.objects.get(project=cast.project)
    page = browsing.window(getattr(cast, name), phone=phone)
    for path in (
        "/budgets/",
        f"/projects/{cast.project.pk}/budget/?by=account",
        f"/budgets/{budget.pk}/plan/",
        f"/budgets/{budget.pk}/entries/",
        f"/budgets/{budget.pk}/expenses/",
        f"/budgets/{budget.pk}/settings/",
        "/me/tokens/",
    ):
        page.goto(path)
        clean(page)


def test_a_figure_leads_to_its_entries_and_on_to_the_session(browsing: Browsing, cast: Cast) -> None:
    page = browsing.window(cast.lena)
    page.goto("/budgets/")
    page.get_by_role("main").get_by_role("link", name="Salt & Neon").click()
    page.locator(".pd-budget tbody tr").first.get_by_role("link", name="€496.00").first.click()
    page.get_by_role("link", name="Tracking").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tracking")


def test_a_budget_prints_without_its_buttons(browsing: Browsing, cast: Cast) -> None:
    page = browsing.window(cast.ana)
    page.goto(f"/projects/{cast.project.pk}/budget/")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Add expense")).to_be_hidden()
    expect(page.locator(".pd-budget")).to_be_visible()


@pytest.mark.parametrize("name", ["ana", "lena"])
def test_on_a_phone_every_figure_stands_under_its_name(browsing: Browsing, cast: Cast, name: str) -> None:
    budget = Budget.objects.get(project=cast.project)
    desk = browsing.window(cast.ana)
    desk.goto(f"/budgets/{budget.pk}/plan/")
    desk.get_by_role("button", name="Put in the usual lines").click()
    desk.wait_for_url("**/plan/")
    page = browsing.window(getattr(cast, name), phone=True)
    for path in ("/budgets/", f"/projects/{cast.project.pk}/budget/?by=account", f"/budgets/{budget.pk}/plan/"):
        page.goto(path)
        table = page.locator(".pd-table")
        heads = [head.strip() for head in table.locator("thead th.r").all_inner_texts()]
        row = table.locator("tbody tr:has(.pd-left)").first
        seen = row.locator("[data-label]").evaluate_all(NAMED)
        assert [each for each in seen if each not in heads] in ([], ["Unit"]), path
        assert set(heads) <= set(seen), path
        clean(page)


def test_a_figure_can_be_touched_by_its_name(browsing: Browsing, cast: Cast) -> None:
    page = browsing.window(cast.lena, phone=True)
    page.goto(f"/projects/{cast.project.pk}/budget/")
    page.locator(".pd-budget tbody [data-label=Committed]").first.click(position={"x": 8, "y": 6})
    page.wait_for_url("**/entries/?head=*")


@pytest.mark.parametrize("part", ["figures", "plan"])
def test_the_print_button_prints(browsing: Browsing, cast: Cast, part: str) -> None:
    budget = Budget.objects.get(project=cast.project)
    page = browsing.window(cast.lena)
    page.add_init_script("window.print = () => { document.title = 'Printed'; };")
    page.goto(f"/projects/{cast.project.pk}/budget/" if part == "figures" else f"/budgets/{budget.pk}/plan/")
    page.get_by_role("button", name="Print", exact=True).click()
    expect(page).to_have_title("Printed")
