"""An artist's walk in a real browser: a link from a mail, one thumb, an answer; on a phone and at a desk."""

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from contributors import links
from producerdesk.kit import clock
from sessions import actions
from sessions.models import Call
from tests import makers
from tests.browsing import Browsing, clean, clean_at_both_sizes
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once

WEBCAL = re.compile("^webcal://")
BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, where the web server sees it; its studio is in Porto."""
    found = make_cast()
    studio = found.room.studio
    studio.city, studio.address, studio.time_zone = "Porto", "Rua das Camélias 14", "Europe/Lisbon"
    studio.save()
    return found


def book(cast: Cast, days: int, title: str, **said: Any) -> Call:
    """Book Nora that many days from now."""
    day = (clock.now() + dt.timedelta(days=days)).date().isoformat()
    calls = [{"contributor": cast.nora_called}, {"contributor": cast.wren_called}]
    session = makers.make_session(
        cast.project, cast.ana, f"{day}T10:00", room=cast.room, title=title, calls=calls, **said
    )
    return session.calls.get(contributor=cast.nora_called)


@BOTH
def test_a_link_from_a_mail_is_answered_with_one_thumb(browsing: Browsing, cast: Cast, phone: bool) -> None:
    first, later = book(cast, 2, "Lead vocals"), book(cast, 5, "Strings")
    held = book(cast, 8, "Percussion", hold=True)
    root = f"/my/{links.mint(cast.nora_called, now=clock.now())[1]}/"
    page = browsing.window(phone=phone)
    page.goto(root)
    expect(page.get_by_role("heading", name="Lead vocals")).to_be_visible()
    expect(page.get_by_text("Porto time. 11:00 in Berlin, where you are")).to_be_visible()
    expect(page.locator(f"#session-{held.session_id}")).to_contain_text("Not fixed yet, keep it free")
    clean(page)
    # the script has said that it was opened
    page.wait_for_load_state("networkidle")
    first.refresh_from_db()
    later.refresh_from_db()
    assert first.seen_at is not None
    assert later.seen_at is None

    page.get_by_role("button", name="Yes, I will be there").click()
    expect(page.get_by_text("Ana sees that you will be there")).to_be_visible()
    expect(page.get_by_text("You said yes")).to_be_visible()
    clean(page)

    page.get_by_text("Another time", exact=True).click()
    time = page.get_by_label("I could be there at")
    time.fill("12:30")
    expect(page.get_by_text("13:30 in Berlin, where you are")).to_be_visible()
    day = page.get_by_label("Date")
    right, wrong = day.input_value(), "2020-01-01"
    day.fill(wrong)
    page.get_by_role("button", name="Ask Ana").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("This is past.")).to_be_visible()
    clean(page)
    page.get_by_label("Date").fill(right)
    page.get_by_role("button", name="Ask Ana").click()
    expect(page.get_by_text("You proposed 12:30")).to_be_visible()
    first.refresh_from_db()
    assert first.answer == "proposed"

    # a mail's button leads to a session by its number
    page.goto("about:blank")
    page.goto(f"{root}#session-{later.session_id}")
    expect(page.get_by_role("heading", name="Strings")).to_be_visible()
    page.get_by_text("I can’t", exact=True).click()
    page.get_by_label("Reason").fill("On tour")
    page.get_by_role("button", name="Say that I can’t").click()
    expect(page.get_by_text("“On tour”")).to_be_visible()
    later.refresh_from_db()
    assert (later.answer, later.reason) == ("declined", "On tour")
    clean(page)


@BOTH
def test_without_any_script_everything_still_works(browsing: Browsing, cast: Cast, phone: bool, site: str) -> None:
    call = book(cast, 2, "Lead vocals")
    context = browsing._browser.new_context(base_url=site, java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"/my/{links.mint(cast.nora_called, now=clock.now())[1]}/")
        page.get_by_text("I can’t", exact=True).click()
        page.get_by_label("Reason").fill("Ill")
        page.get_by_role("button", name="Say that I can’t").click()
        expect(page.get_by_text("Nothing will remind you of it")).to_be_visible()
        page.get_by_role("button", name="I can be there after all").click()
        expect(page.get_by_text("You said yes")).to_be_visible()
    finally:
        context.close()
    call.refresh_from_db()
    assert (call.answer, call.seen_at) == ("confirmed", None)


@BOTH
def test_an_artist_signed_in_keeps_it_all_in_a_calendar(browsing: Browsing, cast: Cast, phone: bool) -> None:
    call = book(cast, 2, "Lead vocals")
    actions.cancel_session(viewer=cast.viewer("ana"), session=book(cast, 4, "Off").session, reason="Flood")
    page = browsing.window(cast.nora, phone=phone)
    page.goto("/")
    page.get_by_role("link", name="My schedule").click()
    expect(page).to_have_url(f"{browsing.site}/schedule/")
    expect(page.locator(f"#session-{call.session_id}")).to_contain_text("Can you be there?")
    clean(page)
    page.get_by_role("link", name="Keep all of it in your calendar").click()
    clean(page)
    page.get_by_role("button", name="Make my address").click()
    expect(page.get_by_role("link", name="Open in my calendar")).to_have_attribute("href", WEBCAL)
    clean(page)
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
    page.goto("/schedule/?past=1")
    clean(page)


@BOTH
def test_an_empty_schedule_and_a_producers_page_of_links(browsing: Browsing, cast: Cast, phone: bool) -> None:
    page = browsing.window(phone=phone)
    page.goto(f"/my/{links.mint(cast.wren_called, now=clock.now())[1]}/")
    expect(page.get_by_text("Nothing is planned for you")).to_be_visible()
    clean(page)
    page = browsing.window(cast.ana, phone=phone)
    page.goto(f"/people/{cast.wren_called.pk}/")
    page.get_by_role("link", name="Private link").click()
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_text("It is shown this once.")).to_be_visible()
    clean(page)


def test_the_pages_keep_nobody_out(browsing: Browsing, cast: Cast) -> None:
    book(cast, 2, "Lead vocals")
    book(cast, 8, "Percussion", hold=True)
    root = f"/my/{links.mint(cast.nora_called, now=clock.now())[1]}/"
    page = browsing.window()
    for path in ("", "?past=1", "calendar/"):
        page.goto(root + path)
        clean_at_both_sizes(page)
    page.get_by_role("button", name="Make my address").click()
    expect(page.get_by_text("Your address is ready")).to_be_visible()
    clean_at_both_sizes(page)
    page = browsing.window(cast.nora)
    page.goto("/schedule/")
    page.get_by_text("Another time", exact=True).click()
    clean_at_both_sizes(page)
    page = browsing.window(cast.ana)
    page.goto(f"/people/{cast.wren_called.pk}/links/")
    clean_at_both_sizes(page)
