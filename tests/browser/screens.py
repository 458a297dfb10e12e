"""The README's pictures: starts a fresh demo desk and photographs it. Run by `bin/desk screens`."""

import datetime as dt
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests import services
from tests.browsing import DESKTOP, PHONE, chromium
from tests.ops.desk import Desk

PICTURES = services.ROOT / "docs" / "pictures"
PASSWORD = "lowlight-demo"
SOON = dt.timedelta(days=4)  # the demo's full week lies round it
PRODUCER, ARTIST = "mara@lowlight.example", "juno@example.com"

TIME = "day={soon}&starts=10:00&ends=18:00"

# file, who, on a phone, in the dark, where: an address, in which {soon} is a day
SHOTS = (
    ("board", PRODUCER, False, False, "/projects/"),
    ("project", PRODUCER, False, False, "/projects/1/"),
    ("session", PRODUCER, False, False, "/sessions/4/"),
    ("calendar", PRODUCER, False, False, "/calendar/?view=week&date={soon}"),
    ("people", PRODUCER, False, True, "/people/"),
    ("booking", PRODUCER, False, False, "/sessions/new/?project=1&title=Backing+vocals&room=1&" + TIME),
    ("artist-phone", ARTIST, True, False, "/schedule/"),
)


def main() -> None:
    """Write every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder)).wait_until_ready(600)
        try:
            with chromium() as browser:
                for name, who, phone, dark, path in SHOTS:
                    _shoot(browser, f"http://127.0.0.1:{desk.port}", name, who, phone=phone, dark=dark, path=path)
        finally:
            desk.end()


def _shoot(browser: Browser, site: str, name: str, who: str, *, phone: bool, dark: bool, path: str) -> None:
    context = browser.new_context(
        base_url=site,
        viewport=PHONE if phone else DESKTOP,
        color_scheme="dark" if dark else "light",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    page = context.new_page()
    _sign_in(page, who)
    page.goto(path.format(soon=dt.datetime.now(dt.UTC).date() + SOON))
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
    context.close()
    sys.stdout.write(f"docs/pictures/{name}.png\n")


def _sign_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
