"""Drawing over the days of a month in a real browser: the same hours on each of them, booked as one series."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from sessions.models import StudioSession
from tests.browser.test_calendar_walk import DAY, TUESDAY, WEDNESDAY, book, drag, opened, said
from tests.browsing import Browsing, clean
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, on the desk behind `site`."""
    return make_cast()


def square(page: Page, day: str) -> tuple[float, float]:
    """Return a point low in the square of a day."""
    box = page.locator(f".pd-mo-day[data-day='{day}']").bounding_box()
    assert box
    return box["x"] + 60, box["y"] + 100


def days() -> list[str]:
    """Return the first days of what stands, in their order."""
    live = StudioSession.objects.exclude(state="cancelled").order_by("starts_at")
    return [starts[:10] for starts in live.values_list("starts_local", flat=True)]


def test_drawing_over_days_books_each_of_them_as_one_series(browsing: Browsing, cast: Cast) -> None:
    page = opened(browsing, cast, "view=month")
    drag(page, square(page, DAY), square(page, WEDNESDAY))
    form = page.get_by_role("dialog", name="Book a session")
    expect(page.locator(".pd-mo-day.is-over")).to_have_count(3)
    each = form.get_by_label(re.compile("Each day until .*, 3 dates"))
    expect(each).to_be_checked()
    expect(form.get_by_label("Date", exact=True)).to_have_value(DAY)
    clean(page)
    form.get_by_label("From").fill("11:00")
    form.get_by_label("What will be done").fill("Tracking")
    form.get_by_role("button", name="Book", exact=True).click()
    said(page, "All 3 dates are booked")
    made = StudioSession.objects.order_by("starts_at")
    assert [(each.starts_local, each.ends_local) for each in made] == [
        (f"{day}T11:00", f"{day}T18:00") for day in (DAY, TUESDAY, WEDNESDAY)
    ]
    assert {each.series_id for each in made} == {made[0].series_id} != {None}
    expect(page.locator("[data-ev]")).to_have_count(3)
    page.keyboard.press("z")
    said(page, "it is off the calendar again")
    assert days() == []


def test_backwards_it_begins_on_the_earlier_day_and_unticked_it_is_one(browsing: Browsing, cast: Cast) -> None:
    page = opened(browsing, cast, "view=month")
    form = page.get_by_role("dialog", name="Book a session")
    drag(page, square(page, TUESDAY), square(page, DAY))
    expect(form.get_by_label("Date", exact=True)).to_have_value(DAY)
    form.get_by_label(re.compile("Each day until .*, 2 dates")).uncheck()
    form.get_by_label("What will be done").fill("Alone")
    form.get_by_role("button", name="Book", exact=True).click()
    said(page, "Booked: ")
    assert days() == [DAY] and StudioSession.objects.get().series is None
    # within one day nothing is said of a series, and nothing of the last drawing is left
    page.locator(f".pd-mo-day[data-day='{WEDNESDAY}']").click(position={"x": 60, "y": 90})
    expect(form.get_by_label("Date", exact=True)).to_have_value(WEDNESDAY)
    expect(form.locator("[data-series]")).to_be_hidden()
    form.get_by_label("What will be done").fill("Once")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("[data-ev]")).to_have_count(2)
    assert days() == [DAY, WEDNESDAY]


def test_a_later_first_day_leaves_fewer_dates_and_the_whole_form_takes_them_along(
    browsing: Browsing, cast: Cast
) -> None:
    page = opened(browsing, cast, "view=month")
    form = page.get_by_role("dialog", name="Book a session")
    drag(page, square(page, DAY), square(page, WEDNESDAY))
    form.get_by_label("Date", exact=True).fill(TUESDAY)
    expect(form.get_by_label(re.compile("Each day until .*, 2 dates"))).to_be_checked()
    form.get_by_label("Date", exact=True).fill(WEDNESDAY)
    expect(form.locator("[data-series]")).to_be_hidden()
    form.get_by_label("Date", exact=True).fill(DAY)
    form.get_by_label("What will be done").fill("Tracking")
    form.get_by_role("button", name="People, songs, price").click()
    expect(page.locator("[name='repeats']")).to_have_value("daily")
    expect(page.locator("[name='repeats']")).to_be_visible()
    expect(page.locator("[name='repeat_until']")).to_have_value(WEDNESDAY)
    expect(page.locator("[name='day']")).to_have_value(DAY)


def test_one_date_that_is_taken_leaves_all_unbooked_and_says_which(browsing: Browsing, cast: Cast) -> None:
    book(cast, "Bass", f"{TUESDAY}T12:00", f"{TUESDAY}T16:00")
    page = opened(browsing, cast, "view=month")
    drag(page, square(page, DAY), square(page, WEDNESDAY))
    form = page.get_by_role("dialog", name="Book a session")
    form.get_by_label("What will be done").fill("Tracking")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("Not booked: something is taken at that time")
    expect(form.get_by_role("alert")).to_contain_text(f"{date.fromisoformat(TUESDAY):%a} {int(TUESDAY[8:])} ")
    clean(page)
    assert days() == [TUESDAY]
