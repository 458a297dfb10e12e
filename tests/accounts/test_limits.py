"""How often one may ask: a person by whatever way in, who is nobody by address. A page is one request."""

from typing import Any

import pytest
from django.urls import resolve, reverse
from rest_framework.throttling import SimpleRateThrottle

from producerdesk.accounts.roles import PROJECT_READ
from producerdesk.kit.throttles import PerStranger, PerViewer
from projects.tokens import make_token
from tests.accounts.entrance import SIGN_IN
from tests.calling import Caller
from tests.cast import Cast
from tests.law.routes import walk

FEW = 4


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody may ask that often a minute."""
    for scope in ("viewer", "stranger"):
        monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, scope, f"{FEW}/min")


def _held_back(caller: Caller) -> bool:
    answer = caller.get("me/")
    if answer.status_code != 429:
        return False
    assert answer.json()["code"] == "throttled"
    assert 0 < int(answer["Retry-After"]) <= 61  # rounded up
    return True


def test_a_person_is_held_back_by_whatever_way_in_and_nobody_else_is(cast: Cast, few: None) -> None:
    secret = make_token(owner=cast.ana, name="phone", scopes=[PROJECT_READ], days=30)[1]
    here, token = Caller(cast.ana), Caller(authorization=f"Bearer {secret}")
    assert not any(_held_back(caller) for caller in (here, token) * (FEW // 2))
    assert _held_back(here) and _held_back(token) and _held_back(Caller(cast.ana))
    assert not _held_back(Caller(cast.ben))


def test_a_stranger_is_held_back_by_address_and_no_header_changes_it(cast: Cast, few: None) -> None:
    def stranger(address: str, **said: Any) -> Caller:
        return Caller(REMOTE_ADDR=address, **said)

    assert not any(_held_back(stranger("10.0.0.7")) for _ in range(FEW))
    assert _held_back(stranger("10.0.0.7"))
    assert _held_back(stranger("10.0.0.7", HTTP_X_FORWARDED_FOR="10.9.9.9"))
    assert _held_back(stranger("10.0.0.7", authorization="Bearer " + "a" * 64)), "who tries keys is counted, too"
    assert not _held_back(stranger("10.0.0.8"))


def test_as_many_as_the_settings_say_and_no_more(cast: Cast) -> None:
    caller = Caller(REMOTE_ADDR="10.0.0.9")
    assert [caller.get("projects/").status_code for _ in range(121)] == [401] * 120 + [429]


def test_a_page_counts_as_one_and_what_it_asks_not_at_all(cast: Cast, few: None) -> None:
    ana = Caller(cast.ana)
    assert [ana.page("/projects/").status_code for _ in range(FEW)] == [200] * FEW
    assert not _held_back(ana), "its questions to the API were nobody's requests"


def test_no_view_of_the_api_lets_everybody_ask_without_end() -> None:
    paths = [reverse(route.name, kwargs=dict.fromkeys(route.takes, 1)) for route in walk() if "api:" in route.name]
    views = [view for path in paths if (view := getattr(resolve(path).func, "cls", None))]
    assert len(set(views)) > 20
    assert [view.__name__ for view in views if view.throttle_classes != [PerViewer, PerStranger]] == []


def test_a_made_up_address_does_not_open_the_door_wider(cast: Cast) -> None:
    tries = [
        Caller(HTTP_X_FORWARDED_FOR=f"10.1.0.{n}").client.post(SIGN_IN, {"login": f"p{n}@x.org", "password": "x"})
        for n in range(31)
    ]
    assert tries[-1].status_code == 429
