"""Slice 3 in a real browser: a studio, a booking that clashes, a session that moves, is cancelled and comes back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from projects.models import Project
from sessions.models import Call, Room, StudioSession
from tests import makers
from tests.browsing import Browsing, clean
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once
BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
DAY = (timezone.now() + timedelta(days=10)).date().isoformat()


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, on the desk behind `site`."""
    cast = make_cast()
    makers.make_song(cast.project, "Last Ferry")
    makers.make_engagement(cast.project, cast.wren_called, "Violin", fee="40.00")
    return cast


def typed(page: Page, title: str, room: Room, starts: str = "10:00", ends: str = "18:00") -> None:
    """Fill in the booking form."""
    page.get_by_label("What will be done").fill(title)
    page.get_by_label("Date").fill(DAY)
    page.get_by_label("From", exact=True).fill(starts)
    page.get_by_label("Until", exact=True).fill(ends)
    page.get_by_label("Room").select_option(str(room.pk))


def said(page: Page, words: str) -> None:
    """Expect a toast that says so."""
    expect(page.locator(".pd-toast").filter(has_text=words)).to_be_visible()


@BOTH
def test_from_a_studio_to_a_session_that_nobody_else_can_take(browsing: Browsing, cast: Cast, phone: bool) -> None:
    page = browsing.window(cast.ana, phone=phone, zone="Europe/London")
    page.goto("/studios/")
    page.get_by_role("link", name="Add a studio").click()
    page.get_by_label("Name").fill("Tin Roof Sound")
    page.get_by_label("City").fill("Berlin")
    page.get_by_role("button", name="Add studio").click()
    said(page, "Now its first room")
    page.get_by_label("Name").fill("Live room")
    page.get_by_role("group", name="An hour", exact=True).get_by_label("Rate").fill("75")
    page.get_by_role("button", name="Add room").click()
    expect(page.get_by_text("€75.00")).to_be_visible()
    room = Room.objects.get(name="Live room")

    page.goto(f"/sessions/new/?project={cast.project.pk}")
    typed(page, "Drums", room)
    expect(page.locator("#price")).to_contain_text("€600.00")
    expect(page.locator("[data-clock-hint]")).to_have_text("8 h, Berlin time, for you 09:00 – 17:00, London time")
    page.get_by_text("Ends on another day").click()
    page.get_by_label("Ends on", exact=False).fill((date.fromisoformat(DAY) + timedelta(days=2)).isoformat())
    expect(page.locator("[data-clock-hint]")).to_contain_text("56 h, Berlin time")
    page.get_by_label("Ends on", exact=False).fill("")
    expect(page.locator("[data-clock-hint]")).to_contain_text("8 h, Berlin time")
    page.get_by_role("button", name="Wren Castellan").click()
    expect(page.get_by_label("Call time")).to_be_focused()
    page.get_by_label("Call time").fill("09:30")
    expect(page.locator("#price")).to_contain_text("€940.00")  # and Wren from half past nine
    page.get_by_role("checkbox", name="Last Ferry").check()
    clean(page)
    page.get_by_label("What will be done").press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Drums")
    session = StudioSession.objects.get()
    assert session.calls.get().call_local == f"{DAY}T09:30"

    page.goto(f"/sessions/new/?project={cast.project.pk}&room={room.pk}")
    typed(page, "Bass", room, "12:00", "20:00")
    wren = page.get_by_role("button", name="Wren Castellan")
    page.get_by_role("button", name="Call someone").click()
    page.get_by_label("Person").select_option(label="Wren Castellan")
    expect(wren).to_be_hidden()  # who was chosen by hand is not offered any more
    page.get_by_role("button", name="Remove").click()
    wren.click()
    expect(wren).to_be_hidden()
    page.get_by_role("button", name="Call someone").click()
    again = page.get_by_label("Person").last.locator("option", has_text="Wren Castellan")
    expect(again).to_be_disabled()
    page.get_by_role("button", name="Remove").last.click()
    page.get_by_role("button", name="Book session").click()
    expect(page.get_by_role("alert")).to_contain_text("Not booked: two things are taken at that time")
    expect(page.locator(".pd-clash")).to_be_focused()
    expect(page.get_by_label("What will be done")).to_have_value("Bass")
    clean(page)
    page.locator(".pd-pick").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bass")
    assert StudioSession.objects.filter(state="confirmed").count() == 2


@BOTH
def test_a_session_is_moved_cancelled_and_taken_back(browsing: Browsing, cast: Cast, phone: bool) -> None:
    calls = [{"contributor": cast.nora_called, "role": "Artist"}]
    session = makers.make_session(cast.project, cast.ana, f"{DAY}T10:00", room=cast.room, title="Drums", calls=calls)
    other = makers.make_session(
        cast.project, cast.ana, f"{DAY}T10:00", title="Bass", remote_place="https://meet.example"
    )
    page = browsing.window(cast.ana, phone=phone)
    page.goto(f"/sessions/{other.pk}/")
    page.get_by_role("link", name="Move").click()
    page.get_by_label("Room").select_option(str(cast.room.pk))
    page.get_by_role("button", name="Move session").click()
    expect(page.get_by_role("alert")).to_contain_text("Not moved")
    page.locator(".pd-pick").first.click()
    said(page, "Moved.")

    page.goto(f"/sessions/{session.pk}/")
    page.locator("summary[aria-label='More actions']").click()
    page.get_by_role("link", name="Cancel session").click()
    page.get_by_label("Reason").fill("The singer is ill")
    page.get_by_role("button", name="Cancel session").click()
    said(page, "Cancelled.")
    expect(page.get_by_text("This session is cancelled")).to_be_visible()
    page.locator(".pd-toast").get_by_role("button", name="Undo").click()
    said(page, "It stands again")
    session.refresh_from_db()
    assert session.state == "confirmed"

    page.locator("summary[aria-label='More about Nora']").click()
    page.get_by_role("link", name="Call time and role").click()
    page.get_by_label("Call time").fill("11:00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".pd-call")).to_have_text("11:00")
    page.locator("summary[aria-label='More about Nora']").click()
    page.get_by_role("button", name="Said yes").click()
    expect(page.get_by_text("1 of 1 confirmed")).to_be_visible()
    assert Call.objects.get(session=session).answer == "confirmed"


@BOTH
def test_a_list_is_narrowed_by_typing_a_name(browsing: Browsing, cast: Cast, phone: bool) -> None:
    """Of many projects a few are offered; any other is found by its name, with keys alone."""
    for number in range(20):
        makers.make_project(cast.desk, f"Record {number:02}")
    makers.make_session(cast.project, cast.ana, f"{DAY}T10:00", title="Strings")
    makers.make_session(Project.objects.get(title="Record 03"), cast.ana, f"{DAY}T14:00", title="Drums")
    Project.objects.filter(title="Record 03").update(updated_at=timezone.now() - timedelta(days=9))
    page = browsing.window(cast.ana, phone=phone)
    page.goto("/sessions/")
    if phone:
        page.locator("label[for=n-shown]").click()
    field = page.get_by_role("combobox", name="Project")
    field.click()
    options = page.locator("#n-project-list").get_by_role("option")
    expect(options).to_have_count(1 + 12)
    expect(options.first).to_have_text("All projects")
    expect(options.filter(has_text="Record 03")).to_have_count(0)
    field.fill("cord 03")
    expect(options).to_have_text(["Record 03"])
    clean(page)
    field.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Drums")
    expect(field).to_have_value("Record 03")
    field.fill("nobody calls a record so")
    expect(options).to_have_text(["Nothing by that name"])
    field.press("Escape")
    expect(field).to_have_value("Record 03")
    field.fill("")
    field.press("ArrowDown")
    field.press("ArrowUp")
    field.press("Enter")  # all projects
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("#n-project-typed")).to_have_value("")  # on a phone the filters are folded again


@BOTH
def test_no_page_keeps_anybody_out(browsing: Browsing, cast: Cast, phone: bool) -> None:
    calls = [{"contributor": cast.nora_called, "role": "Artist"}, {"contributor": cast.wren_called, "role": "Violin"}]
    session = makers.make_session(cast.project, cast.ana, f"{DAY}T10:00", room=cast.room, title="Drums", calls=calls)
    makers.make_session(cast.project, cast.ana, f"{DAY}T10:00", title="W" * 120, remote_place="Kitchen", hold=True)
    call, studio = session.calls.first(), cast.room.studio_id
    assert call
    paths = ["/sessions/", "/sessions/?when=past", "/sessions/?search=nothing"]
    paths += [f"/sessions/new/?project={cast.project.pk}", f"/projects/{cast.project.pk}/sessions/", "/studios/"]
    paths += [f"/sessions/{session.pk}/{tail}" for tail in ("", "edit/", "move/", "duplicate/", "cancel/", "call/")]
    paths += [f"/calls/{call.pk}/{tail}/" for tail in ("edit", "swap", "remove")]
    paths += ["/studios/new/", f"/studios/{studio}/", f"/studios/{studio}/edit/", f"/studios/{studio}/rooms/new/"]
    paths += [f"/studios/{studio}/delete/", f"/rooms/{cast.room.pk}/edit/"]
    page = browsing.window(cast.ana, phone=phone)
    for path in paths:
        page.goto(path)
        clean(page)


@BOTH
def test_a_time_is_found_held_and_challenged(browsing: Browsing, cast: Cast, phone: bool) -> None:
    makers.make_session(cast.project, cast.ana, f"{DAY}T09:00", room=cast.room, title="Drums", hold=True)
    page = browsing.window(cast.ana, phone=phone)
    page.goto(f"/sessions/find/?project={cast.project.pk}&minutes=120&first={DAY}&last={DAY}&opens=09:00&closes=22:00")
    clean(page)
    page.get_by_role("checkbox", name="For a hold").check()
    page.get_by_role("button", name="Find", exact=True).click()
    page.locator(".pd-times a").first.click()
    page.get_by_label("What will be done").fill("Choir")
    page.get_by_text("Repeats", exact=True).first.click()
    page.locator("[name=repeats]").select_option("weekly")
    page.locator("[name=repeat_times]").fill("3")
    expect(page.locator("#price")).to_contain_text("each date of the series")
    expect(page.locator("#price.htmx-request")).to_have_count(0)
    clean(page)
    page.get_by_role("button", name="Book session").click()
    expect(page.locator(".pd-head")).to_contain_text("2nd hold")
    expect(page.locator(".pd-head")).to_contain_text("1 of 3")
    page.get_by_role("button", name="Challenge").click()
    expect(page.locator(".pd-note--info")).to_contain_text("challenged, answer due")
    clean(page)
    page.get_by_role("link", name="Keep longer").click()
    clean(page)
