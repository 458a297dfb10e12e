"""A studio's rules and its gear in a real browser: what is said of them is what a booking costs and what it has."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from budgets.models import BudgetEntry
from sessions.models import Gear, StudioSession
from tests.browsing import Browsing, clean
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once
TODAY = timezone.now().date()
DAY, DAY_BEFORE = (TODAY + timedelta(days=10)).isoformat(), (TODAY + timedelta(days=9)).isoformat()


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, on the desk behind `site`."""
    return make_cast()


def said(page: Page, words: str) -> None:
    expect(page.locator(".pd-toast").filter(has_text=words)).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def open_daily(page: Page, studio: int, opens: str, closes: str) -> None:
    page.goto(f"/studios/{studio}/hours/")
    for row in page.locator(".pd-week-row").all():
        row.get_by_label("Opens").fill(opens)
        row.get_by_label("Closes").fill(closes)
    save(page)


def test_rules_make_the_price_and_gear_is_had_once(browsing: Browsing, cast: Cast) -> None:
    page = browsing.window(cast.ana)
    studio = cast.room.studio_id
    _say_rates(page, cast.room.pk)
    _say_terms(page, studio)
    open_daily(page, studio, "09:00", "23:00")
    said(page, "What is booked lies within these hours")

    page.goto("/gear/")
    page.get_by_role("link", name="Add gear").click()
    page.get_by_label("Name").fill("Neumann U 87")
    page.get_by_label("Serial number").fill("4711")
    page.get_by_label("Home room").select_option(str(cast.room.pk))
    page.get_by_role("button", name="Add gear").click()
    said(page, "is in the list now")
    gear = Gear.objects.get()
    clean(page)

    _type(page, cast, "Vocals", str(cast.room.pk))
    expect(page.locator("#price")).to_contain_text("€880.00")  # 8 h at 80, 2 h at once and a half
    expect(page.locator("#price")).to_contain_text("€264.00")
    page.get_by_role("button", name="Book session").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vocals")
    expect(page.locator("#gear")).to_contain_text("Neumann U 87")
    session = StudioSession.objects.get()
    assert sum(BudgetEntry.objects.values_list("amount_minor", flat=True)) == 880_00

    _type(page, cast, "Overdubs", "")
    page.get_by_role("button", name="Book session").click()
    expect(page.get_by_role("alert").first).to_contain_text("Neumann U 87 is booked 10:00 – 20:00 for Salt & Neon")

    open_daily(page, studio, "12:00", "18:00")
    said(page, "1 session lies outside of these hours")
    expect(page.get_by_role("heading", name=re.compile("Booked outside opening hours"))).to_be_visible()
    page.goto(f"/calendar/?view=timeline&rows=rooms&date={DAY}")
    expect(page.locator(".pd-ev-closed").first).to_be_visible()
    page.goto(f"/calendar/?view=timeline&rows=gear&date={DAY}")
    expect(page.locator(f"[data-row='gear-{gear.pk}'] [data-ev='{session.pk}']")).to_be_visible()
    clean(page)

    page.goto(f"/sessions/{session.pk}/cancel/")
    expect(page.locator("main")).to_contain_text("€440.00")  # less than 20 days' notice: half
    page.get_by_role("button", name="Cancel session").click()
    expect(page.locator(".pd-facts")).to_contain_text("€440.00 spent for cancelling")
    _mend_on_a_phone(browsing.window(cast.ana, phone=True), gear)


def _say_rates(page: Page, room: int) -> None:
    """An hour costs 62 until the day before and 80 from then on; after 8 hours once and a half."""
    page.goto(f"/rooms/{room}/edit/")
    hour = page.get_by_role("group", name="An hour", exact=True)
    hour.get_by_text("Dates").click()
    hour.get_by_label("Valid until").fill(DAY_BEFORE)
    over = page.get_by_role("group", name="Overtime")
    over.get_by_label("or × the hour").fill("1.5")
    over.get_by_label("after hours").fill("8")
    page.get_by_role("button", name="Add a rate from a later day").click()
    later = page.get_by_role("group", name="Another rate")
    later.get_by_label("Unit").select_option("hour")
    later.get_by_role("textbox", name="Rate").fill("80")
    later.get_by_label("Valid from").fill(DAY)
    save(page)
    said(page, "Saved")
    expect(page.get_by_text("€80.00")).to_be_visible()


def _say_terms(page: Page, studio: int) -> None:
    page.goto(f"/studios/{studio}/terms/")
    page.get_by_label("Percent").first.fill("30")
    page.get_by_label("Days before").fill("14")
    tiers = page.get_by_role("group", name="Cancelling")
    tiers.get_by_role("button", name="Add").click()
    tiers.get_by_label("Less notice than").fill("20")
    tiers.get_by_label("Percent").fill("50")
    save(page)
    said(page, "These terms count from now on")


def _type(page: Page, cast: Cast, title: str, room: str) -> None:
    page.goto(f"/sessions/new/?project={cast.project.pk}")
    page.get_by_label("What will be done").fill(title)
    page.get_by_label("Date").fill(DAY)
    page.get_by_label("From", exact=True).fill("10:00")
    page.get_by_label("Until", exact=True).fill("20:00")
    if room:
        page.get_by_label("Room").select_option(room)
    else:
        page.get_by_label("Room").select_option(label="Remote, or elsewhere")
        page.get_by_label("Where, if remote").fill("Nora's kitchen")
    page.get_by_role("checkbox", name="Neumann U 87 (4711)").check()


def _mend_on_a_phone(page: Page, gear: Gear) -> None:
    page.goto(f"/gear/{gear.pk}/")
    page.get_by_role("link", name="Log a fault").click()
    page.get_by_label("What is wrong").fill("Crackles when warm")
    page.get_by_role("button", name="Log fault").click()
    said(page, "can still be booked")
    page.get_by_role("link", name="Send away").click()
    page.get_by_label("Reason").fill("New capsule")
    save(page)
    said(page, "cannot be booked on these days")
    expect(page.locator(".pd-head")).to_contain_text("Out for repair")
    clean(page)
    page.get_by_role("button", name="Put right").click()
    said(page, "Put right")
    page.locator("#repairs summary").click()
    page.get_by_role("button", name="It is back").click()
    said(page, "is back")
    page.goto("/gear/")
    expect(page.get_by_role("row", name=re.compile("Neumann U 87"))).to_contain_text("Ready")
    clean(page)
