"""A producer's walk through projects and songs in a real browser, on a desk and on a phone."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from producerdesk.accounts.models import User
from projects.models import Project, Song, StageDate
from projects.stages import Stage
from tests import makers
from tests.browsing import Browsing, clean
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once

BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


def in_days(distance: int) -> dt.date:
    return dt.datetime.now(dt.UTC).date() + dt.timedelta(days=distance)


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, where the web server sees it."""
    return make_cast()


@pytest.fixture
def record(cast: Cast) -> Project:
    """A record under way: four songs, one late, dates, a brief and a link."""
    project = cast.project
    project.stage, project.deadline, project.brief = Stage.TRACKING, in_days(31), "Close voices.\n\nDry drums."
    project.save()
    project.reference_tracks.create(title="Low Tide Signal", url="https://example.com/low-tide")
    for stage, distance in (("tracking", 10), ("mixing", 20)):
        StageDate.objects.create(project=project, stage=stage, due_on=in_days(distance))
    for title, stage in (
        ("Harbour Lights", Stage.TRACKING),
        ("Ninety Below", Stage.TRACKING),
        ("Paper Radio", Stage.EDITING),
        ("Last Ferry", Stage.DELIVERED),
    ):
        makers.make_song(project, title, stage=stage, seconds=201)
    late = Song.objects.get(title="Ninety Below")
    StageDate.objects.create(project=project, song=late, stage="tracking", due_on=in_days(-4))
    return project


def said(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the page has said this where readers hear it."""
    expect(page.locator("#toasts[role=status]")).to_contain_text(text)


def cell(page: Page, song: str, stage: str) -> Locator:
    return page.locator(f"tr[data-title='{song}'] [data-cell][value='{stage}']")


# --- the walk ---------------------------------------------------------------------------------------------


@BOTH
def test_from_an_empty_desk_to_a_record_with_songs(browsing: Browsing, site: str, phone: bool) -> None:
    nina = makers.make_user("Nina", time_zone="Europe/Berlin")
    page = browsing.window(nina, phone=phone)
    page.goto("/projects/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your desk is empty. Start a record.")
    clean(page)

    page.get_by_role("button", name="Start project").click()  # nothing typed yet
    expect(page.get_by_role("alert")).to_contain_text("Not saved")
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("Sundial")
    page.get_by_label("Artist").fill("Nina")
    page.get_by_role("radio", name="EP 3 to 6 songs").check()
    page.get_by_role("button", name="Start project").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sundial")
    said(page, "“Sundial” is on your desk.")
    project = Project.objects.get()
    assert (project.kind, project.time_zone) == ("ep", "Europe/Berlin")

    line = page.get_by_label("Title of a song to add")
    for title in ("Undertow", "Paper Radio"):
        line.fill(title)
        line.press("Enter")
        expect(page.locator("tr[data-song]").filter(has_text=title)).to_be_visible()
        line = page.get_by_label("Title of a song to add")
        expect(line).to_be_focused()
        expect(line).to_have_value("")
    assert list(project.songs.values_list("position", "title")) == [(1, "Undertow"), (2, "Paper Radio")]

    page.get_by_text("More actions").or_(page.locator("summary[aria-label='More actions']")).first.click()
    page.get_by_role("link", name="Edit project").click()
    page.get_by_label("Deadline").fill(in_days(40).isoformat())
    page.get_by_label("Mixing").fill(in_days(20).isoformat())
    page.get_by_label("Time zone").fill("Europe/Lisbon")
    page.get_by_label("Currency").select_option("GBP")
    page.locator("textarea[name=brief]").fill("Close voices.")
    page.get_by_role("group", name="Reference tracks").get_by_role("button", name="Add").click()
    expect(page.get_by_label("Title").last).to_be_focused()
    page.get_by_label("Title").last.fill("Low Tide Signal")
    page.get_by_label("Link").last.fill("https://example.com/low-tide")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Low Tide Signal")).to_be_visible()
    project.refresh_from_db()
    assert (project.time_zone, project.currency, project.brief) == ("Europe/Lisbon", "GBP", "Close voices.")
    assert project.stage_dates.get().due_on == in_days(20)


@BOTH
def test_a_song_is_edited_read_and_deleted(browsing: Browsing, cast: Cast, record: Project, phone: bool) -> None:
    page = browsing.window(cast.ana, phone=phone)
    page.goto(f"/projects/{record.pk}/songs/")
    page.get_by_role("link", name="Paper Radio").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 Paper Radio")
    page.get_by_role("link", name="Edit song").click()
    page.get_by_label("Tempo").fill("fast")
    page.get_by_label("Length").fill("4:34")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Tempo")).to_be_focused()
    expect(page.get_by_label("Tempo")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Length")).to_have_value("4:34")  # what was typed is kept
    page.get_by_label("Tempo").fill("96.5")
    page.get_by_role("textbox", name="Key").fill("F# minor")
    page.get_by_role("group", name="Own dates").get_by_label("Editing").fill(in_days(5).isoformat())
    page.get_by_role("button", name="Save").click()
    for text in ("4:34", "96.5", "F# minor", "own date"):
        expect(page.get_by_role("main")).to_contain_text(text)

    page.get_by_role("link", name="Next song: Last Ferry").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4 Last Ferry")
    page.locator("summary[aria-label='More actions']").click()
    page.get_by_role("link", name="Delete song").click()
    page.get_by_role("button", name="Delete").click()
    said(page, "“Last Ferry” is deleted.")
    assert list(record.songs.values_list("position", flat=True)) == [1, 2, 3]


@BOTH
def test_the_list_is_sorted_narrowed_and_searched(browsing: Browsing, cast: Cast, record: Project, phone: bool) -> None:
    makers.make_project(cast.desk, "Tin Moon", artist="Calla Reyes", kind="ep", deadline=in_days(7))
    makers.make_project(cast.desk, "Afterglow", artist="Zoe", stage=Stage.DELIVERED)
    page = browsing.window(cast.ana, phone=phone)
    page.goto("/projects/")
    expect(page.locator(".pd-sub")).to_have_text("Two open, one late. Tin Moon is next to deliver, in 7 days.")
    page.get_by_role("link", name="List").click()
    titles = page.locator("tbody th")
    expect(titles).to_have_text(["Tin Moon", "Salt & Neon"])
    if not phone:  # a phone has no heads of columns; it sorts by what is due
        page.get_by_role("link", name="Artist").click()
        expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
        expect(titles).to_have_text(["Tin Moon", "Salt & Neon"])
        page.get_by_role("link", name="Artist").click()
        expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
        expect(titles).to_have_text(["Salt & Neon", "Tin Moon"])
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Show", exact=True).select_option("")
    page.get_by_label("Title, artist or label").fill("afterglow")
    page.get_by_role("button", name="Show").click()
    expect(titles).to_have_text(["Afterglow"])
    page.get_by_label("Title, artist or label").fill("")
    page.get_by_label("Only late ones").check()
    page.get_by_role("button", name="Show").click()
    expect(titles).to_have_text(["Salt & Neon"])
    expect(page.get_by_text("1 song late")).to_be_visible()
    page.get_by_role("link", name="Show all again").click()
    expect(titles).to_have_count(2)


# --- the board --------------------------------------------------------------------------------------------


def test_a_card_is_dragged_to_another_stage_and_the_move_is_undone(
    browsing: Browsing, cast: Cast, record: Project
) -> None:
    page = browsing.window(cast.ana)
    page.goto("/projects/")
    card = page.locator(f"[data-card='{record.pk}']")
    lane = page.locator("[data-lane=mixing]")
    card.hover()
    page.mouse.down()
    box = lane.bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 90, steps=8)
    expect(lane).to_have_class(re.compile("is-over"))
    page.mouse.up()
    expect(lane.locator("[data-card]")).to_have_count(1)
    said(page, "Moved to Mixing")
    assert page.url.endswith("/projects/")  # the drag was no click
    record.refresh_from_db()
    assert record.stage == Stage.MIXING
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-lane=tracking] [data-card]")).to_have_count(1)
    expect(page.locator("[data-lane=tracking] [data-lane-count]")).to_have_text("1")
    said(page, "Moved to Tracking")
    record.refresh_from_db()
    assert record.stage == Stage.TRACKING


def test_a_card_is_moved_by_the_keyboard_alone(browsing: Browsing, cast: Cast, record: Project) -> None:
    page = browsing.window(cast.ana)
    page.goto("/projects/")
    page.get_by_role("link", name="Salt & Neon Nora Vale").focus()
    page.keyboard.press("Alt+ArrowRight")
    said(page, "Moved to Editing")
    expect(page.locator("[data-lane=editing] [data-card] a")).to_be_focused()
    page.keyboard.press("Tab")  # the card's own button
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Brief", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")  # round to the last
    page.keyboard.press("Enter")
    said(page, "Moved to Delivered")
    expect(page.locator("[data-lane=delivered] [data-card] a")).to_be_focused()
    record.refresh_from_db()
    assert record.stage == Stage.DELIVERED


def test_a_refused_move_goes_back_and_says_why(browsing: Browsing, cast: Cast, record: Project) -> None:
    page = browsing.window(cast.ana)
    page.goto("/projects/")
    record.delete()
    page.get_by_role("link", name="Salt & Neon Nora Vale").focus()
    page.keyboard.press("Alt+ArrowRight")
    said(page, "Not moved.")
    expect(page.locator("[data-lane=tracking] [data-card]")).to_have_count(1)


def test_on_a_phone_the_board_is_a_list_by_stage_and_moves_by_its_menu(
    browsing: Browsing, cast: Cast, record: Project
) -> None:
    page = browsing.window(cast.ana, phone=True)
    page.goto("/projects/")
    expect(page.get_by_role("heading", name="Tracking")).to_be_visible()
    expect(page.get_by_role("heading", name="Editing")).to_be_hidden()  # nothing is there
    page.get_by_role("button", name="Move Salt & Neon to…").tap()
    page.get_by_role("button", name="Mixing", exact=True).tap()
    said(page, "Moved to Mixing")
    record.refresh_from_db()
    assert record.stage == Stage.MIXING


# --- songs x stages ---------------------------------------------------------------------------------------


def test_the_matrix_is_worked_by_arrows_and_enter(browsing: Browsing, cast: Cast, record: Project) -> None:
    page = browsing.window(cast.ana)
    page.goto(f"/projects/{record.pk}/")
    expect(cell(page, "Ninety Below", "tracking")).to_contain_text("4 days late")
    assert page.locator("[data-cell][tabindex='0']").count() == 1  # one stop for Tab
    cell(page, "Harbour Lights", "tracking").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(cell(page, "Paper Radio", "mastering")).not_to_be_focused()
    expect(cell(page, "Paper Radio", "mixing")).to_be_focused()
    page.keyboard.press("Home")
    expect(cell(page, "Paper Radio", "pre_production")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name="Paper Radio")
    expect(menu.get_by_role("menuitemradio", name="Editing")).to_have_attribute("aria-checked", "true")
    expect(menu.get_by_role("menuitemradio", name="Mixing")).to_be_focused()
    clean(page)
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(cell(page, "Paper Radio", "mixing")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    said(page, "Paper Radio: Moved to Mastering")
    expect(cell(page, "Paper Radio", "mastering")).to_be_focused()
    expect(cell(page, "Paper Radio", "mastering")).to_have_class(re.compile("is-now"))
    assert Song.objects.get(title="Paper Radio").stage == Stage.MASTERING
    page.get_by_role("button", name="Undo").click()
    said(page, "Paper Radio: Moved to Editing")
    assert Song.objects.get(title="Paper Radio").stage == Stage.EDITING


def test_on_a_phone_the_running_cell_opens_the_stages(browsing: Browsing, cast: Cast, record: Project) -> None:
    page = browsing.window(cast.ana, phone=True)
    page.goto(f"/projects/{record.pk}/")
    cell(page, "Ninety Below", "tracking").tap()
    page.get_by_role("menuitemradio", name="Editing").tap()
    said(page, "Ninety Below: Moved to Editing")
    expect(cell(page, "Ninety Below", "editing")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@BOTH
def test_the_order_is_changed_by_buttons_and_by_keys(
    browsing: Browsing, cast: Cast, record: Project, phone: bool
) -> None:
    page = browsing.window(cast.ana, phone=phone)
    page.goto(f"/projects/{record.pk}/songs/")
    page.get_by_role("button", name="Move Paper Radio up").click()
    said(page, "Paper Radio is now number 2")
    expect(page.get_by_role("button", name="Move Paper Radio up")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    said(page, "Paper Radio is now number 1")
    expect(page.get_by_role("button", name="Move Paper Radio down")).to_be_focused()  # up is no longer possible
    assert list(record.songs.values_list("title", flat=True))[:2] == ["Paper Radio", "Harbour Lights"]


def test_the_stage_of_a_project_is_changed_in_its_head(browsing: Browsing, cast: Cast, record: Project) -> None:
    page = browsing.window(cast.ana)
    page.goto(f"/projects/{record.pk}/brief/")
    page.locator(".pd-head summary", has_text="Change the stage").click()
    page.get_by_role("button", name="Mixing").click()
    expect(page).to_have_url(re.compile(rf"/projects/{record.pk}/brief/$"))
    expect(page.locator(".pd-head summary", has_text="Mixing")).to_be_visible()
    record.refresh_from_db()
    assert record.stage == Stage.MIXING


# --- nobody is left out -----------------------------------------------------------------------------------


def pages_of(project: Project) -> Iterator[str]:
    """Yield every page that belongs to projects."""
    song, base = project.songs.first(), f"/projects/{project.pk}/"
    assert song
    yield from ("/projects/", "/projects/?view=list", "/projects/?view=list&late=true", "/projects/?search=nothing")
    yield from ("/projects/?view=list&search=nothing", "/projects/start/", "/projects/new/")
    yield from (base + tail for tail in ("", "brief/", "edit/", "delete/", "songs/", "songs/new/"))
    yield from (f"{base}songs/{song.pk}/{tail}" for tail in ("", "edit/", "delete/"))


@BOTH
def test_no_page_keeps_anybody_out(browsing: Browsing, cast: Cast, record: Project, phone: bool) -> None:
    makers.make_project(cast.desk, "Afterglow", stage=Stage.DELIVERED)
    makers.make_project(cast.desk, "Kingfisher", deadline=in_days(-3), stage=Stage.EDITING)
    readers = [] if phone else [cast.nora]
    for user in (cast.ana, *readers):
        page = browsing.window(user, phone=phone)
        for path in pages_of(record):
            page.goto(path)
            clean(page)


def test_the_pages_hold_with_long_words_and_many_songs(browsing: Browsing, cast: Cast) -> None:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    project = makers.make_project(cast.desk, word, artist=word, label=word, deadline=in_days(-500), brief=word * 3)
    Song.objects.bulk_create(
        Song(project=project, title=word, key="F# minor", position=n, stage=list(Stage)[n % 7]) for n in range(1, 61)
    )
    user = User.objects.get(pk=cast.ana.pk)
    for phone in (False, True):
        page = browsing.window(user, phone=phone)
        for path in pages_of(project):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, phone)
