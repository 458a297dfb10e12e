"""Nobody learns by the clock who has an account: measured at the real server, with the real hash of passwords."""

import time
from statistics import median

import pytest
import requests
from django.core.cache import cache

from tests import services
from tests.accounts.entrance import RESET, SIGN_IN
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.heavy, *services.BROAD]

TRIES = services.rounds(5, 25)
# seconds. Without a hash for the unknown it is 0.3; what a busy machine adds to a page of 5 ms tells nobody anything
ALIKE = 0.05


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, in the server's database, with passwords as production keeps them."""
    cast = make_cast()
    cast.ana.password = "pbkdf2_sha256$1000000$salt$" + "A" * 43 + "="  # nobody's, but as slow to check
    cast.ana.save()
    return cast


@pytest.mark.parametrize(("path", "name"), [(SIGN_IN, "login"), (RESET, "email")])
def test_known_and_unknown_take_about_the_same_time(site: str, cast: Cast, path: str, name: str) -> None:
    taken: dict[str, list[float]] = {"ana@example.com": [], "nobody@example.com": []}
    for _turn in range(TRIES):
        for email, times in taken.items():  # side by side: the machine is not ours alone
            cache.clear()
            times.append(_ask(site, path, {name: email, "password": "not the password"}))
    known, unknown = (median(times) for times in taken.values())
    assert abs(known - unknown) < max(ALIKE, min(known, unknown) / 2), (known, unknown)


def _ask(site: str, path: str, said: dict[str, str]) -> float:
    browser = requests.Session()
    browser.get(site + path)
    said["csrfmiddlewaretoken"] = str(browser.cookies["csrftoken"])
    began = time.perf_counter()
    answer = browser.post(site + path, said, allow_redirects=False)
    assert answer.status_code in (200, 302)
    return time.perf_counter() - began
