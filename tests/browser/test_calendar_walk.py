"""The calendar in a real browser: dragged, drawn and moved by keys, taken back, and what is in the way."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from sessions.actions.studios import set_hours
from sessions.booking import imported
from sessions.models import StudioSession
from tests import makers
from tests.browsing import Browsing, clean
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
NEXT = datetime.now(UTC).date() + timedelta(days=7)
MONDAY = NEXT - timedelta(days=NEXT.weekday())
TUESDAY, WEDNESDAY = ((MONDAY + timedelta(days=n)).isoformat() for n in (1, 2))
DAY = MONDAY.isoformat()


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, on the desk behind `site`."""
    return make_cast()


@pytest.fixture
def drums(cast: Cast) -> StudioSession:
    """Monday, ten to two, in the room."""
    return book(cast, "Drums", f"{DAY}T10:00", f"{DAY}T14:00")


def book(cast: Cast, title: str, starts: str, ends: str, **said) -> StudioSession:
    return makers.make_session(
        cast.project, cast.ana, starts, ends, title=title, room=said.pop("room", cast.room), **said
    )


def opened(browsing: Browsing, cast: Cast, query: str = "view=week", **window) -> Page:
    page = browsing.window(cast.ana, **window)
    page.goto(f"/calendar/?{query}&date={DAY}")
    return page


def event(page: Page, title: str) -> Locator:
    return page.locator("[data-ev]", has_text=title).first


def said(page: Page, words: str) -> None:
    expect(page.locator(".pd-toast").filter(has_text=words)).to_be_visible()


def point(page: Page, selector: str, hour: float, opens: float = 9, hours: float = 13) -> tuple[float, float]:
    """Return where an hour is in a day's column."""
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * (hour - opens) / hours


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 3, start[1] + 7)
    page.mouse.move(*end, steps=8)
    page.mouse.up()


def when(session: StudioSession) -> tuple[str, str]:
    session.refresh_from_db()
    return session.starts_local, session.ends_local


def column(day: str) -> str:
    return f".pd-hg-day[data-day='{day}']"


def test_a_session_is_dragged_resized_and_taken_back(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    page = opened(browsing, cast)
    clean(page)
    drag(page, point(page, column(DAY), 11), point(page, column(TUESDAY), 12.1))
    said(page, "Moved to")
    assert when(drums) == (f"{TUESDAY}T11:00", f"{TUESDAY}T15:00")
    expect(page.locator(column(TUESDAY)).locator("[data-ev]")).to_have_count(1)
    month = page.context.new_page()  # another window looks at a month: this one stays a week
    month.goto(f"/calendar/?view=month&date={DAY}")
    page.keyboard.press("z")
    said(page, "It stands where it stood")
    assert when(drums) == (f"{DAY}T10:00", f"{DAY}T14:00")
    page.locator(".pd-toast").first.get_by_role("button", name="Close").click()
    edge = point(page, column(DAY), 14)
    drag(page, (edge[0], edge[1] - 4), point(page, column(DAY), 16.5))
    said(page, "Now ")
    assert when(drums) == (f"{DAY}T10:00", f"{DAY}T16:30")
    assert page.url.startswith(f"{browsing.site}/calendar/"), "a drag opens nothing"
    event(page, "Drums").click()
    expect(page).to_have_url(re.compile(f"/sessions/{drums.pk}/$"))


def test_what_is_in_the_way_is_shown_where_it_is(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    bass = book(cast, "Bass", f"{TUESDAY}T10:00", f"{TUESDAY}T14:00")
    page = opened(browsing, cast)
    drag(page, point(page, column(DAY), 11), point(page, column(TUESDAY), 13))
    panel = page.get_by_role("alertdialog")
    expect(panel).to_contain_text("Not moved: something is taken at that time")
    expect(panel).to_contain_text("is taken")
    expect(event(page, "Bass")).to_have_class(re.compile("is-clash"))
    expect(page.locator(".pd-ghost.is-refused")).to_have_count(1)
    clean(page)
    assert when(drums) == (f"{DAY}T10:00", f"{DAY}T14:00")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.locator(".pd-ghost")).to_have_count(0)
    drag(page, point(page, column(DAY), 11), point(page, column(TUESDAY), 13))
    panel.locator(".pd-cal-free button").first.click()
    said(page, "Moved to")
    assert when(drums)[0] != f"{DAY}T10:00"
    assert when(bass)[0] == f"{TUESDAY}T10:00"


def test_who_was_slower_reads_how_it_stands(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    page = opened(browsing, cast)
    other = opened(browsing, cast)
    drag(other, point(other, column(DAY), 11), point(other, column(WEDNESDAY), 11))
    said(other, "Moved to")
    drag(page, point(page, column(DAY), 11), point(page, column(TUESDAY), 11))
    said(page, "Somebody changed it in the meantime")
    expect(page.locator(column(WEDNESDAY)).locator("[data-ev]")).to_have_count(1)
    assert when(drums)[0] == f"{WEDNESDAY}T10:00"


def test_free_time_is_drawn_and_booked_and_taken_back(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    page = opened(browsing, cast)
    drag(page, point(page, column(DAY), 13 + 1.5), point(page, column(DAY), 18))
    form = page.get_by_role("dialog", name="Book a session")
    expect(form.get_by_label("From")).to_have_value("14:30")
    expect(form.get_by_label("Until")).to_have_value("18:00")
    clean(page)
    form.get_by_label("From").fill("13:00")
    form.get_by_label("What will be done").fill("Bass")
    form.get_by_label("What will be done").press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("Not booked: something is taken at that time")
    clean(page)
    form.get_by_label("From").fill("14:30")
    form.get_by_label("Only hold it").check()
    form.get_by_role("button", name="Book", exact=True).click()
    said(page, "Held: ")
    held = StudioSession.objects.get(title="Bass")
    assert (*when(held), held.state, held.room) == (f"{DAY}T14:30", f"{DAY}T18:00", "hold", cast.room)
    expect(event(page, "Bass")).to_have_class(re.compile("is-hold"))
    page.keyboard.press("z")
    said(page, "it is off the calendar again")
    expect(page.locator("[data-ev]")).to_have_count(1)
    page.locator(column(WEDNESDAY)).click(position={"x": 40, "y": 240})
    form.get_by_label("What will be done").fill("Mix review")
    form.get_by_label("Room").select_option(label="Remote")
    form.get_by_label("Where, if remote").fill("https://meet.example")
    form.get_by_role("button", name="Book", exact=True).click()
    said(page, "Booked: ")
    assert StudioSession.objects.get(title="Mix review").remote_place == "https://meet.example"


def test_every_gesture_by_keys(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    book(cast, "Bass", f"{TUESDAY}T12:00", f"{TUESDAY}T15:00")
    page = opened(browsing, cast)
    focused = page.locator(":focus")
    event(page, "Drums").locator("a").focus()
    page.keyboard.press("ArrowRight")
    expect(focused).to_contain_text("Bass")
    page.keyboard.press("ArrowUp")
    expect(focused).to_have_attribute("data-head", TUESDAY)
    page.keyboard.press("ArrowLeft")
    expect(focused).to_contain_text("Drums")
    page.keyboard.press("m")
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".pd-ghost")).to_contain_text("10:30 – 14:45")
    expect(page.locator("#cal-said")).to_contain_text("10:30 – 14:45")
    page.keyboard.press("Escape")
    assert when(drums) == (f"{DAY}T10:00", f"{DAY}T14:00")
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    said(page, "Moved to")
    assert when(drums) == (f"{DAY}T10:15", f"{DAY}T14:15")
    expect(focused).to_contain_text("Drums")
    page.keyboard.press("b")
    form = page.get_by_role("dialog", name="Book a session")
    expect(form.get_by_label("From")).to_have_value("14:15")
    page.keyboard.press("Escape")
    expect(focused).to_contain_text("Drums")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("n")
    expect(form.get_by_label("Date")).to_have_value(DAY)
    form.get_by_role("button", name="People, songs, price").click()
    expect(page).to_have_url(re.compile(rf"/sessions/new/\?.*day={DAY}&starts=10%3A00"))
    page.goto(f"/calendar/?view=week&date={DAY}")
    for key, view in (("d", "day"), ("m", "month"), ("a", "agenda"), ("r", "timeline"), ("w", "week")):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"view={view}"))
    page.keyboard.press("t")
    expect(page).not_to_have_url(re.compile("date="))


def test_on_a_timeline_another_row_is_another_room(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    other = makers.make_room(cast.desk, "Room Z")
    page = opened(browsing, cast, "view=timeline&rows=rooms&span=day")
    clean(page)
    box, row = (
        event(page, "Drums").bounding_box(),
        page.locator(f"[data-row='room-{other.pk}'] .pd-tl-track").bounding_box(),
    )
    assert box and row
    middle = box["x"] + box["width"] / 2
    drag(page, (middle, box["y"] + 20), (middle, row["y"] + 20))
    said(page, "Moved to")
    drums.refresh_from_db()
    assert (drums.room, *when(drums)) == (other, f"{DAY}T10:00", f"{DAY}T14:00")
    page.keyboard.press("z")
    said(page, "It stands where it stood")
    drums.refresh_from_db()
    assert drums.room == cast.room
    event(page, "Drums").locator("a").focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    said(page, "Moved to")
    assert when(drums) == (f"{DAY}T10:15", f"{DAY}T14:15")


def track(page: Page, row: str, hour: float, day: int = 0, days: int = 1) -> tuple[float, float]:
    """Return where an hour of a day is in a line that shows 9 to 22."""
    box = page.locator(f"[data-row='{row}'] .pd-tl-track").bounding_box()
    assert box
    return box["x"] + box["width"] * (day + (hour - 9) / 13) / days, box["y"] + 10


def test_what_is_drawn_in_a_line_takes_along_whose_line_it_is(browsing: Browsing, cast: Cast) -> None:
    mic = makers.make_gear(cast.room, "U 87")
    page = opened(browsing, cast, "view=timeline&rows=gear&span=day")
    form = page.get_by_role("dialog", name="Book a session")
    drag(page, track(page, f"gear-{mic.pk}", 11), track(page, f"gear-{mic.pk}", 15))
    expect(form.get_by_label("Reserve U 87")).to_be_checked()
    clean(page)
    form.get_by_label("What will be done").fill("Voice")
    form.get_by_role("button", name="Book", exact=True).click()
    said(page, "Booked: ")
    made = StudioSession.objects.get(title="Voice")
    assert (*when(made), list(made.gear.all())) == (f"{DAY}T11:00", f"{DAY}T15:00", [mic])
    page.goto(f"/calendar/?view=timeline&rows=people&span=day&date={DAY}")
    wren = f"person-{cast.wren_called.pk}"
    page.locator(f"[data-row='{wren}'] .pd-tl-track").focus()
    page.keyboard.press("b")
    called = form.get_by_label(f"Call {cast.wren_called.name}")
    expect(called).to_be_checked()
    expect(form.get_by_label("From")).to_have_value("10:00")
    form.get_by_label("From").fill("16:00")
    form.get_by_label("What will be done").fill("Doubles")
    form.get_by_role("button", name="People, songs, price").click()
    expect(page.locator("[name='calls[0]contributor']")).to_have_value(str(cast.wren_called.pk))
    page.go_back()
    drag(page, track(page, wren, 16), track(page, wren, 18))
    called.uncheck()
    form.get_by_label("What will be done").fill("Nobody called")
    form.get_by_role("button", name="Book", exact=True).click()
    said(page, "Booked: ")
    assert not StudioSession.objects.get(title="Nobody called").calls.exists()


def test_what_is_drawn_over_a_day_ends_on_the_day_it_was_drawn_to(browsing: Browsing, cast: Cast) -> None:
    page = opened(browsing, cast, "view=timeline&rows=rooms&span=week")
    form, room = page.get_by_role("dialog", name="Book a session"), f"room-{cast.room.pk}"
    drag(page, track(page, room, 12, 0, 7), track(page, room, 16, 1, 7))
    expect(form.locator("[data-ends-said]")).to_contain_text("It ends on ")
    form.get_by_label("From").fill("12:30")
    starts, ends = form.get_by_label("From").input_value(), form.get_by_label("Until").input_value()
    form.get_by_label("What will be done").fill("Lock-out")
    form.get_by_role("button", name="Book", exact=True).click()
    said(page, "Booked: ")
    assert when(StudioSession.objects.get()) == (f"{DAY}T{starts}", f"{TUESDAY}T{ends}")
    assert ends > starts, "without its day it would be a few hours"


def test_a_week_goes_by_pages_and_who_leaves_moves_nothing(
    browsing: Browsing, cast: Cast, drums: StudioSession
) -> None:
    page = opened(browsing, cast, "view=timeline&rows=rooms&span=week")
    link = event(page, "Drums").locator("a")
    link.focus()
    for key in ("m", "PageDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    said(page, "Moved to")
    assert when(drums) == (f"{TUESDAY}T10:15", f"{TUESDAY}T14:15")
    link.focus()
    page.keyboard.press("m")
    for _week in range(7):
        page.keyboard.press("PageDown")
    expect(page.locator(".pd-ghost--away")).to_be_visible()  # it says where it is, beyond what is seen
    page.get_by_role("link", name="Book session").focus()
    expect(page.locator(".pd-ghost")).to_have_count(0)
    link.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert when(drums) == (f"{TUESDAY}T10:15", f"{TUESDAY}T14:15")


def test_a_studio_that_is_closed_may_have_agreed(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    days = [{"weekday": day, "opens": time(9), "closes": time(15)} for day in range(7)]
    studio = cast.room.studio
    set_hours(studio=studio, expected=studio.version, opening_hours=days, closed_days=[])
    page = opened(browsing, cast)
    drag(page, point(page, column(DAY), 11), point(page, column(DAY), 13.1))
    panel = page.get_by_role("alertdialog")
    expect(panel).to_contain_text("The studio is closed at that time")
    clean(page)
    panel.get_by_role("button", name="The studio has agreed").click()
    said(page, "Moved to")
    assert when(drums) == (f"{DAY}T12:00", f"{DAY}T16:00")
    page.keyboard.press("z")
    said(page, "It stands where it stood")
    drums.refresh_from_db()
    assert (*when(drums), drums.outside_hours) == (f"{DAY}T10:00", f"{DAY}T14:00", False)
    page.locator(column(WEDNESDAY)).click(position={"x": 40, "y": 300})
    form = page.get_by_role("dialog", name="Book a session")
    form.get_by_label("What will be done").fill("Late")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("The studio is closed at that time")
    form.get_by_role("button", name="The studio has agreed").click()
    said(page, "Booked: ")
    assert StudioSession.objects.get(title="Late").outside_hours


def test_what_is_drawn_is_in_the_room_that_is_looked_at(browsing: Browsing, cast: Cast) -> None:
    rooms = [makers.make_room(cast.desk, name) for name in ("Aardvark", "Zebra")]
    page = opened(browsing, cast, f"view=week&room={rooms[1].pk}")
    page.locator(column(WEDNESDAY)).click(position={"x": 40, "y": 240})
    expect(page.get_by_role("dialog").get_by_label("Room")).to_have_value(str(rooms[1].pk))


def test_what_was_remote_is_remote_again_once_its_move_into_a_room_is_taken_back(
    browsing: Browsing, cast: Cast
) -> None:
    talk = makers.make_session(
        cast.project, cast.ana, f"{DAY}T12:00", f"{DAY}T16:00", title="Talk", time_zone="Asia/Tokyo"
    )
    page = opened(browsing, cast, "view=timeline&rows=rooms&span=day")
    box, row = (
        event(page, "Talk").bounding_box(),
        page.locator(f"[data-row='room-{cast.room.pk}'] .pd-tl-track").bounding_box(),
    )
    assert box and row
    middle = box["x"] + box["width"] / 2
    drag(page, (middle, box["y"] + 20), (middle, row["y"] + 20))
    said(page, "Moved to")
    talk.refresh_from_db()
    assert (talk.room, talk.remote_place, talk.time_zone) == (cast.room, "", "Europe/Berlin")
    page.keyboard.press("z")
    said(page, "It stands where it stood")
    talk.refresh_from_db()
    assert (talk.room, talk.remote_place, talk.time_zone) == (None, "Nora's kitchen", "Asia/Tokyo")
    assert when(talk) == (f"{DAY}T12:00", f"{DAY}T16:00")


def test_in_a_month_a_session_goes_to_another_day(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    page = opened(browsing, cast, "view=month")
    clean(page)
    chip, day = event(page, "Drums").bounding_box(), page.locator(f".pd-mo-day[data-day='{WEDNESDAY}']").bounding_box()
    assert chip and day
    drag(page, (chip["x"] + 30, chip["y"] + 9), (day["x"] + 60, day["y"] + 90))
    said(page, "Moved to")
    assert when(drums) == (f"{WEDNESDAY}T10:00", f"{WEDNESDAY}T14:00")
    page.locator(f".pd-mo-day[data-day='{DAY}']").click(position={"x": 60, "y": 90})
    expect(page.get_by_role("dialog", name="Book a session").get_by_label("Date")).to_have_value(DAY)


def test_on_the_own_clock_a_move_keeps_to_the_studio(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    """Ana's clock is another than the room's: what is dragged by an hour there is moved by an hour here."""
    cast.ana.time_zone = "Asia/Kathmandu"
    cast.ana.save()
    page = opened(browsing, cast, "view=week&clock=mine")
    expect(page.locator(".pd-cal-legend")).to_contain_text("Kathmandu")
    starts = event(page, "Drums").get_attribute("data-starts")
    assert starts and starts != f"{DAY}T10:00"
    hour = int(starts[11:13]) + int(starts[14:]) / 60 + 1
    drag(page, point(page, column(DAY), hour), point(page, column(DAY), hour + 2))
    said(page, "Moved to")
    assert when(drums) == (f"{DAY}T12:00", f"{DAY}T16:00")


def test_on_a_phone_the_calendar_is_an_agenda(browsing: Browsing, cast: Cast, drums: StudioSession) -> None:
    page = opened(browsing, cast, phone=True)
    for view in ("week", "month", "day", "timeline", "agenda"):
        page.goto(f"/calendar/?view={view}&date={DAY}")
        shown = page.get_by_role("group", name="View").locator("[aria-current]")
        expect(shown).to_be_visible()
        expect(shown).to_have_text(view.title())
        expect(page.locator("[data-calendar]")).to_be_hidden()
        expect(page.get_by_role("link", name="Drums")).to_be_visible()
    page.get_by_role("link", name="Drums").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drums")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_no_view_keeps_anybody_out(browsing: Browsing, cast: Cast, drums: StudioSession, phone: bool) -> None:
    makers.make_session(cast.project, cast.ana, f"{DAY}T20:00", f"{TUESDAY}T04:00", title="W" * 120, hold=True)
    StudioSession.objects.filter(pk=drums.pk).update(state="cancelled")
    busy = [datetime.fromisoformat(f"{day}+00:00") for day in (f"{DAY}T16:00", f"{WEDNESDAY}T10:00")]
    read = makers.make_import(cast.room)
    imported.replace(calendar_id=read.pk, room_id=cast.room.pk, spans=[(busy[0], busy[1])])
    page = opened(browsing, cast, phone=phone)
    queries = (
        "view=day",
        "view=week&colour=state&cancelled=show",
        "view=month",
        "view=agenda",
        "view=timeline&span=week",
    )
    for query in (*queries, "view=timeline&rows=people&span=fortnight", "view=week&project=1&date=2030-01-01"):
        page.goto(f"/calendar/?{query}&date={DAY}")
        clean(page)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_pages_of_a_poll_keep_nobody_out(browsing: Browsing, cast: Cast, phone: bool) -> None:
    held = book(cast, "Strings", f"{DAY}T10:00", f"{DAY}T14:00", hold=True)
    poll = makers.make_poll(held, [cast.wren_called, cast.nora_called])
    page = browsing.window(cast.ana, phone=phone)
    page.goto(f"/date-polls/{poll.pk}/")
    clean(page)
    page.get_by_role("link", name=re.compile("Enter for them")).first.click()
    page.locator("label", has_text="If need be").first.click()
    clean(page)
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.get_by_text(f"Entered by {cast.ana.name}")).to_be_visible()
