"""A real headless Chromium, and what it must never report on any of our pages."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    sync_playwright,
)

from desklib.checks import find_browser
from tests import services

# without these Chromium looks for its maker's hosts at every start
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
    # a window of ours needs no process of its own: to start one takes as long as a page
    "--process-per-site",
    "--renderer-process-limit=1",
)
DESKTOP: ViewportSize = {"width": 1400, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
AXE = services.ROOT / "producerdesk" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# half a fade is neither theme's colour, nor is what is dimmed while its next figures are asked for; a sheet made by a
# script is none that the page's security policy forbids
AT_ONCE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important; } [data-dims] { opacity: 1 !important; }");
  document.adoptedStyleSheets = [sheet];
}"""
# what plays by itself is looked into; the style sheets' own text only for rules that are not asked for
RUN_AXE = """async ({runOnly, parts}) => {
  const within = parts === null ? document : {include: window.deskParts(parts)};
  return axe.run(within, {runOnly, preload: {assets: ["media"]}, resultTypes: ["violations"]});
}"""
# each element's kind, as one number: what it is, says of itself by attributes that are words, stands in, and is seen
SORT = """() => {
  const kinds = new Map();
  const word = /^[a-z-]{1,20}$/;
  const mixed = (text, hash) => {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
    return hash;
  };
  const sort = function (element, within) {
    const said = [...element.attributes].map(({name, value}) => word.test(value) ? `${name}=${value}` : name).sort();
    const speaks = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const state = [
      speaks, element.checked, element.disabled, element.childElementCount > 0, element.checkVisibility(),
      element.labels && element.labels.length > 0, element === document.documentElement && document.title !== "",
    ];
    const kind = mixed([element.tagName, ...[...element.classList].sort(), ...said, ...state].join(" "), within);
    kinds.set(element, kind);
    for (const child of element.children) sort(child, kind);
  };
  sort(document.documentElement, 0);
  window.deskParts = function (fresh) {
    const wanted = new Set(fresh);
    const isFresh = (element) => wanted.has(kinds.get(element));
    return [...kinds.keys()].filter((element) => isFresh(element) && !isFresh(element.parentElement ?? document));
  };
  return [...new Set(kinds.values())];
}"""
Theme = Literal["dark", "light"]
OTHER: dict[Theme, Theme] = {"dark": "light", "light": "dark"}
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}  # the only one by which themes differ


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser."""
    program = find_browser()
    if program is None:
        services.missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        yield browser
        browser.close()


class Browsing:
    """Opens windows on one site, and remembers every problem that a window reports."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.site = site
        self.problems: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def window(self, user: Any = None, *, phone: bool = False, dark: bool = False, zone: str = "Europe/Berlin") -> Page:
        """Return an empty page of a fresh browser, logged in as `user`. Paths may be given without the site."""
        context = self._browser.new_context(
            base_url=self.site,
            viewport=PHONE if phone else DESKTOP,
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id=zone,
        )
        context.set_default_timeout(10_000)
        if user is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": _login(user), "url": self.site}])
        self._contexts.append(context)
        page = context.new_page()
        self._listen(page)
        return page

    def close(self) -> None:
        """Close all windows."""
        while self._contexts:
            self._contexts.pop().close()

    def _listen(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        # a refused form is a 4xx, which Chromium reports as an error though it is none
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:", "about:")):
            self.problems.append(f"asked the outside world for {request.url}")

    def _on_response(self, response: Response) -> None:
        static = response.url.startswith(f"{self.site}/static/")
        if response.status >= 500 or (static and response.status >= 400):
            self.problems.append(f"{response.status} for {response.url}")


def clean(page: Page) -> None:
    """Assert that nothing keeps anybody out of the page as it is: in neither theme a finding, and all of it fits."""
    chosen = _at_rest(page)
    _fits(page)
    _look(page, chosen, chosen, OTHER[chosen])


def clean_at_both_sizes(page: Page) -> None:
    """Assert the same on a desk and on a phone: in a small round one theme on each, in a soak both on both."""
    here, chosen = page.viewport_size, _at_rest(page)
    for size, theme in ((DESKTOP, chosen), (PHONE, OTHER[chosen])):
        page.set_viewport_size(size)
        _fits(page)
        _look(page, chosen, *services.rounds((theme,), (theme, OTHER[theme])))
    page.set_viewport_size(here or DESKTOP)


def _at_rest(page: Page) -> Theme:
    """Wait until the page is all there and nothing moves; return its theme."""
    page.wait_for_load_state()  # a click comes back before the page it led to is all there
    page.evaluate(AT_ONCE)
    return page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{page.url} scrolls sideways"


def _look(page: Page, chosen: Theme, *themes: Theme) -> None:
    """Assert that axe-core finds nothing against WCAG 2 A and AA in the first of these themes, nor in all of contrast.

    In a small round it looks only at those parts of a page of which nothing alike, in alike surroundings, was clean
    before.
    """
    kinds = set(page.evaluate(SORT))
    for theme, rules in zip(themes, (WCAG, CONTRAST), strict=False):
        fresh = {kind for kind in kinds if not all(kind in known for known in _known(theme, rules))}
        if not fresh:
            continue
        if theme != chosen:
            _turn(page, theme)
        found = _findings(page, rules, None if fresh == kinds else sorted(fresh))
        assert not found, "\n".join([f"{page.url}, {theme}", *found])
        if theme != chosen:
            _turn(page, chosen)
        if services.rounds(1, 0):
            for known in _known(theme, rules):
                known |= fresh


def _turn(page: Page, theme: Theme) -> None:
    page.emulate_media(color_scheme=theme)
    assert page.evaluate("theme => matchMedia(`(prefers-color-scheme: ${theme})`).matches", theme)


def _findings(page: Page, rules: dict[str, Any], parts: list[int] | None) -> list[str]:
    """Return what axe-core finds in parts of the page, or in all of it, one line a finding."""
    if not page.evaluate("'axe' in window"):  # not a script of the page, so the page's security policy has no say
        page.evaluate(AXE.read_text())
    found = page.evaluate(RUN_AXE, {"runOnly": rules, "parts": parts})
    return [
        f"{rule['id']} ({rule['impact']}): {' | '.join(node['html'][:120] for node in rule['nodes'][:3])}"
        for rule in found["violations"]
    ]


# kinds of elements in which nothing was found: by the theme for contrast, once for all else
_clean: dict[str, set[int]] = defaultdict(set)


def _known(theme: Theme, rules: dict[str, Any]) -> list[set[int]]:
    return [_clean[theme], *([_clean["any"]] if rules is WCAG else [])]


def picture(page: Page, path: Path) -> None:
    """Write a picture of the whole page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)


def _login(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
