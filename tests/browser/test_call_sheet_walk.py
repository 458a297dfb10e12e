"""A call sheet's walk in a real browser: written by keyboard, sent, read and confirmed on a phone, changed."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from contributors import links
from producerdesk.kit import clock
from sessions.models import CallSheet, SheetCopy
from tests import makers
from tests.browsing import Browsing, clean_at_both_sizes
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, where the web server sees it."""
    return make_cast()


def said(page: Page, words: str) -> None:
    """Expect a toast that says so."""
    expect(page.locator(".pd-toast").filter(has_text=words)).to_be_visible()


def test_a_call_sheet_is_written_sent_read_and_changed(browsing: Browsing, cast: Cast) -> None:
    day = (clock.now() + dt.timedelta(days=10)).date().isoformat()
    calls = [{"contributor": cast.nora_called, "role": "Artist"}, {"contributor": cast.wren_called, "role": "Violin"}]
    songs = [makers.make_song(cast.project, "Last Ferry")]
    session = makers.make_session(
        cast.project, cast.ana, f"{day}T10:00", room=cast.room, title="Strings", calls=calls, songs=songs
    )
    page = browsing.window(cast.ana)
    page.goto(f"/sessions/{session.pk}/")
    page.get_by_role("link", name="Call sheet").click()
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    clean_at_both_sizes(page)

    rows = page.locator("[data-running] [data-row]")
    count = rows.count()
    rows.nth(0).get_by_label("What").press("Enter")  # a new row below, ready to be typed
    expect(rows).to_have_count(count + 1)
    page.keyboard.type("Tuning")
    expect(rows.nth(1).get_by_label("What")).to_have_value("Tuning")
    rows.nth(1).get_by_label("Minutes").fill("20")
    expect(rows.nth(1).locator("[data-next]")).to_have_text("10:45")
    rows.nth(1).get_by_label("What").press("Alt+ArrowUp")
    expect(rows.nth(0).get_by_label("What")).to_have_value("Tuning")
    expect(rows.nth(0).get_by_label("What")).to_be_focused()
    expect(rows.nth(1).locator("[data-next]")).to_have_text("10:20")
    rows.last.get_by_role("button", name="Remove").click()
    page.get_by_label("Parking").fill("In the yard")
    page.get_by_label("Nora", exact=True).select_option("Everyone called")
    page.get_by_label("Parking").press("Control+Enter")
    said(page, "Nobody hears of it before you send it")
    sheet = CallSheet.objects.get()
    assert [row["what"] for row in sheet.running_order[:2]] == ["Tuning", "Load-in and set-up"]
    assert len(sheet.running_order) == count
    assert sheet.sharing == {str(cast.nora_called.pk): "everyone"}
    page.get_by_role("button", name="Send to 2 people").click()
    said(page, "Version 1 is on its way to 2 people")

    reader = browsing.window(phone=True)
    root = f"/my/{links.mint(cast.wren_called, now=clock.now())[1]}/"
    reader.goto(root)
    reader.get_by_role("link", name="Call sheet").tap()
    expect(reader.get_by_text("In the yard")).to_be_visible()
    expect(reader.get_by_text("nora@example.com")).to_be_visible()
    clean_at_both_sizes(reader)
    with reader.expect_navigation():
        reader.get_by_role("button", name="I have read it").tap()
    expect(reader.get_by_text("You have confirmed this version")).to_be_visible()

    page.reload()
    expect(page.get_by_text("1 opened, 1 confirmed of 2")).to_be_visible()
    clean_at_both_sizes(page)
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Parking").fill("In the street")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Changed since version 1, and not sent yet")).to_be_visible()
    page.get_by_role("button", name="Send to 2 people").click()
    said(page, "Version 2 is on its way")

    reader.goto(root)
    expect(reader.get_by_text("changed since you read it")).to_be_visible()
    with reader.expect_response("**/sheet/opened/"):
        reader.get_by_role("link", name="Call sheet").tap()
    expect(reader.get_by_role("heading", name="Changed since you read it")).to_be_visible()
    expect(reader.get_by_text("Parking changed")).to_be_visible()
    clean_at_both_sizes(reader)
    copy = SheetCopy.objects.get(call__contributor=cast.wren_called)
    assert (copy.opened_number, copy.confirmed_number) == (2, 1)
