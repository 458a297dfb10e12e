"""Every page of the product, opened once in Chromium: nothing that its strict content security policy forbids."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browsing import Browsing
from tests.law.routes import args_of, walk
from tests.law.world import World, make_world

pytestmark = [pytest.mark.heavy, pytest.mark.once]

ENTRANCE = ("login/", "signup/", "password/reset/", "confirm-email/", "password/reset/done/", "inactive/")
ACCOUNT = ("email/", "password/change/", "2fa/", "2fa/totp/activate/", "logout/", "reauthenticate/")
FORBIDS = ("'unsafe-inline'", "'unsafe-eval'", "http:", "https:", "*")


@pytest.fixture
def world(site: str) -> World:
    """Something to see behind every route."""
    return make_world()


def _open(window: Page, path: str) -> None:
    answer = window.goto(path)
    assert answer is not None
    assert answer.status < 500, path
    policy = answer.headers["content-security-policy"]
    assert not [word for word in FORBIDS if word in policy.replace(";", " ").split()], (path, policy)
    assert "default-src 'self'" in policy and "object-src 'none'" in policy, (path, policy)


def _pages(world: World) -> list[str]:
    """Return the address of every page; a file to take away is none."""
    routes = [route for route in walk() if "get" in route.methods and not route.name.startswith("api:")]
    paths = [reverse(route.name, kwargs=args_of(world, route)) for route in routes]
    return [path for path in dict.fromkeys(paths) if not path.endswith((".ics", ".csv", ".js", "/healthz"))]


def test_no_page_breaks_its_own_policy(browsing: Browsing, world: World) -> None:
    window = browsing.window(world.cast.ana)
    paths = _pages(world)
    assert len(paths) > 60
    for path in [*paths, *(f"/accounts/{name}" for name in ACCOUNT), "/nothing/here/"]:
        _open(window, path)


def test_nor_does_the_entrance_or_a_private_link(browsing: Browsing, world: World) -> None:
    window = browsing.window(phone=True, dark=True)
    for path in [f"/accounts/{name}" for name in ENTRANCE] + [f"/my/{world.link_secret}/", "/my/" + "x" * 40 + "/"]:
        _open(window, path)


def test_a_page_that_broke_it_would_be_seen(browsing: Browsing, world: World) -> None:
    window = browsing.window(world.cast.ana)
    _open(window, "/projects/")
    window.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    window.evaluate("const s = document.createElement('script'); s.textContent = '1'; document.body.append(s)")
    window.wait_for_timeout(200)
    seen, browsing.problems[:] = list(browsing.problems), []
    assert sum("Content Security Policy" in problem for problem in seen) == 2
