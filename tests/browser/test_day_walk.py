"""A producer's morning in a real browser: the day, what is done in place, the search by keyboard, who did what."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from playwright.sync_api import expect

from producerdesk.kit import clock
from producerdesk.notices.models import Delivery
from projects.models import StageDate
from sessions import actions
from sessions.models import Call, StudioSession
from tests import makers
from tests.browsing import Browsing, clean
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once

BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, where the web server sees it."""
    return make_cast()


def book(cast: Cast, days: int, title: str, **said: Any) -> StudioSession:
    day = (clock.now() + dt.timedelta(days=days)).date().isoformat()
    return makers.make_session(cast.project, cast.ana, f"{day}T10:00", room=cast.room, title=title, **said)


@pytest.fixture
def morning(cast: Cast) -> Cast:
    """A day with one of everything: a session, a hold, a proposal, silence, an open role, a late song, a stuck mail."""
    with time_machine.travel(clock.now() - dt.timedelta(days=2)):
        calls = [{"contributor": cast.nora_called}, {"contributor": cast.wren_called}]
        session = book(cast, 5, "Lead vocals", calls=calls)
        book(cast, 7, "Percussion", hold=True)
        nora = Call.objects.get(session=session, contributor=cast.nora_called)
        proposed = f"{session.starts_local[:11]}11:30"
        actions.propose_time(viewer=cast.viewer("nora"), call=nora, proposed_local=proposed)
    makers.make_engagement(cast.project, role="Cellist")
    late = makers.make_song(cast.project, "Ninety Below", stage="tracking")
    passed = clock.now().date() - dt.timedelta(days=4)
    StageDate.objects.create(project=cast.project, song=late, stage="tracking", due_on=passed)
    Delivery.objects.filter(kind="call.answer", channel="email").update(state="failed", reason="Refused: full")
    return cast


@BOTH
def test_a_morning_is_worked_off_on_one_page(browsing: Browsing, morning: Cast, phone: bool) -> None:
    page = browsing.window(morning.ana, phone=phone)
    page.goto("/")
    expect(page.get_by_role("region", name="Next session")).to_contain_text("Lead vocals")
    clean(page)
    page.get_by_role("button", name="Take 11:30").click()
    expect(page).to_have_url(f"{browsing.site}/#asking")
    expect(page.get_by_text("asks for 11:30")).to_have_count(0)
    page.get_by_role("button", name="Nudge Wren Castellan").click()
    expect(page.get_by_text("Wren Castellan is asked again.")).to_be_visible()
    expect(page.get_by_role("button", name="Nudge Wren Castellan")).to_have_count(0)
    page.get_by_role("button", name="Confirm Percussion").click()
    expect(page.get_by_role("button", name="Confirm Percussion")).to_have_count(0)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#stuck")).to_have_count(0)
    late = page.locator("#late")
    late.locator("summary").click()
    late.get_by_role("button", name="Mixing").click()
    expect(page.get_by_text("“Ninety Below” is in Mixing now.")).to_be_visible()
    expect(page.locator("#late")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("“Ninety Below” is in Tracking now.")).to_be_visible()
    expect(page.locator("#late")).to_contain_text("Ninety Below")
    page.get_by_role("link", name="Find Cellist").click()
    expect(page.get_by_role("heading", name="Cellist")).to_be_visible()


@BOTH
def test_a_clear_desk_and_an_empty_one(browsing: Browsing, cast: Cast, phone: bool) -> None:
    page = browsing.window(cast.ana, phone=phone)
    page.goto("/")
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    clean(page)
    new = browsing.window(makers.make_user("Mara"), phone=phone)
    new.goto("/")
    expect(new).to_have_url(f"{browsing.site}/projects/start/")


@BOTH
def test_artist_and_label_have_days_of_their_own(browsing: Browsing, morning: Cast, phone: bool) -> None:
    soon = book(morning, 2, "Guide vocals", calls=[{"contributor": morning.nora_called}])
    page = browsing.window(morning.nora, phone=phone)
    page.goto("/")
    expect(page.get_by_role("region", name="Next session")).to_contain_text("Guide vocals")
    clean(page)
    page.get_by_role("button", name="Yes, I will be there").click()
    expect(page).to_have_url(f"{browsing.site}/")
    expect(page.get_by_role("button", name="Yes, I will be there")).to_have_count(0)
    assert Call.objects.get(session=soon).answer == "confirmed"
    label = browsing.window(morning.lena, phone=phone)
    label.goto("/")
    expect(label.locator("#budgets")).to_contain_text("committed")
    clean(label)


def test_search_by_keyboard(browsing: Browsing, morning: Cast) -> None:
    page = browsing.window(morning.ana)
    page.goto("/")
    box = page.get_by_role("combobox", name="Search or jump to")
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("ninéty")
    option = page.get_by_role("option", name="Ninety Below")
    expect(option).to_have_attribute("aria-selected", "true")  # it came first, and nobody had chosen otherwise
    clean(page)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Search for “ninéty”")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ninety Below")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("wren")
    page.get_by_role("option", name="Search for “wren”").click()
    expect(page.locator("main").get_by_role("link", name="Wren Castellan")).to_be_visible()
    clean(page)
    makers.make_gear(morning.room, "Neumann U 87", serial="M-2214")
    page.keyboard.press("/")
    page.keyboard.type("m-2214")
    expect(page.get_by_role("option", name="Neumann U 87 M-2214 · Foxglove · Room A Gear")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Neumann U 87")).to_be_visible()


@BOTH
def test_questions_and_activity_of_a_project(browsing: Browsing, morning: Cast, phone: bool) -> None:
    page = browsing.window(morning.ana, phone=phone)
    page.goto(f"/projects/{morning.project.pk}/activity/")
    questions = page.get_by_role("region", name="How it stands")
    expect(questions).to_contain_text("1 of 2 sessions")
    expect(page.get_by_text("asked for 11:30 in")).to_be_visible()
    clean(page)
    page.get_by_label("About").select_option("call")
    show = page.get_by_role("button", name="Show")
    if show.is_visible():
        show.click()
    expect(page).to_have_url(f"{browsing.site}/projects/{morning.project.pk}/activity/?kind=call&by=")
    expect(page.get_by_text("put a hold on")).to_have_count(0)
    page.locator(".pd-five a").first.click()
    expect(page).to_have_url(f"{browsing.site}/projects/{morning.project.pk}/sessions/")
