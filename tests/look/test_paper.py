"""What a browser puts on paper: light, whatever theme the screen has."""

import io

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browsing import AT_ONCE, Browsing
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once

# what is read, what it stands on, and what of Tabler's follows a scheme of its own
COLOURS = """() => {
  const look = (selector) => getComputedStyle(document.querySelector(selector));
  const field = document.querySelector("main .form-control");
  return {
    title: look("h1").color, paper: look("body").backgroundColor, scheme: look("html").colorScheme,
    panel: look(".pd-panel, main").backgroundColor,
    emphasis: look("html").getPropertyValue("--tblr-emphasis-color-rgb"),
    field: field && getComputedStyle(field).backgroundColor,
  };
}"""
INK, LIGHT_INK = ".1294 .1098 .0941 rg", ".9529 .9333 .9098 rg"


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, where the web server sees it."""
    return make_cast()


def on_paper(page: Page, path: str) -> dict[str, str]:
    """Return the colours of a page as it would be printed."""
    page.goto(path)
    page.evaluate(AT_ONCE)
    page.emulate_media(media="print")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    return page.evaluate(COLOURS)


@pytest.mark.parametrize("chosen", [True, False], ids=["chosen", "the device's"])
def test_paper_is_light_from_a_dark_screen(browsing: Browsing, cast: Cast, chosen: bool) -> None:
    light, dark = browsing.window(cast.ana), browsing.window(cast.ana, dark=not chosen)
    if chosen:
        dark.goto("/projects/")
        dark.locator(".pd-side [data-theme-toggle]").click()
    budget = f"/projects/{cast.project.pk}/budget/"
    for path in ("/projects/", f"/projects/{cast.project.pk}/", budget, "/budgets/", "/calendar/", "/people/"):
        assert on_paper(dark, path) == on_paper(light, path), path
        for page in (dark, light):
            page.emulate_media(media="screen")
        expect(dark.locator("html")).to_have_attribute("data-bs-theme", "dark")  # the screen gets its own back
        assert dark.evaluate(COLOURS)["title"] != light.evaluate(COLOURS)["title"], path


@pytest.mark.parametrize("theme", ["dark", "auto"])
def test_the_sheets_alone_make_it_light(browsing: Browsing, cast: Cast, theme: str) -> None:
    light, dark = browsing.window(cast.ana), browsing.window(cast.ana, dark=True)
    expected = on_paper(light, "/budgets/")
    on_paper(dark, "/budgets/")
    dark.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)  # as without scripts
    dark.emulate_media(media="print", color_scheme="dark")
    found = dark.evaluate(COLOURS)
    assert {name: found[name] for name in ("title", "paper", "scheme", "panel")} == {
        name: expected[name] for name in ("title", "paper", "scheme", "panel")
    }


def test_a_page_without_the_frame_is_light_on_paper_too(browsing: Browsing, cast: Cast) -> None:
    path = "/accounts/login/"
    assert on_paper(browsing.window(dark=True), path) == on_paper(browsing.window(), path)


def test_a_file_printed_from_the_dark_has_dark_ink(browsing: Browsing, cast: Cast) -> None:
    page = browsing.window(cast.ana, dark=True)
    page.goto(f"/projects/{cast.project.pk}/budget/")
    sheet = PdfReader(io.BytesIO(page.pdf(print_background=True))).pages[0]
    drawn = sheet.get_contents()
    assert drawn is not None
    text = drawn.get_data().decode("latin-1")
    assert INK in text
    assert LIGHT_INK not in text
