"""A real headless Chromium, and what it must never report on any of our pages."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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

from tests import services

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
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
)
DESKTOP: ViewportSize = {"width": 1400, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
AXE = services.ROOT / "producerdesk" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
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
        # not a script of the page, so the page's security policy has no say
        context.add_init_script(path=AXE)
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


def axe(page: Page) -> list[str]:
    """Return what axe-core finds against WCAG 2 A and AA on the page as it is now, one line a finding."""
    page.wait_for_load_state()  # a click comes back before the page it led to is all there
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", WCAG
    )
    return [
        f"{rule['id']} ({rule['impact']}): {' | '.join(node['html'][:120] for node in rule['nodes'][:3])}"
        for rule in found["violations"]
    ]


def picture(page: Page, path: Path) -> None:
    """Write a picture of the whole page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)


def _login(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
