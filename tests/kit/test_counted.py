"""Rate limits: how many in any minute, and when there is room for more."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache

from producerdesk.kit.throttles import Counted


class Ten(Counted):
    """Ten a minute, on a clock of the test's own."""

    rate, now = "10/min", 1_000_000.0

    def timer(self) -> float:
        return type(self).now

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"test:{request}"


@pytest.fixture(autouse=True, params=["redis", "any cache"])
def fresh(request: pytest.FixtureRequest, settings: Any) -> None:
    if request.param == "redis":
        place = request.getfixturevalue("redis_server").url
        settings.CACHES = {"default": {"BACKEND": "producerdesk.kit.cache.RedisOrOwn", "LOCATION": place}}
    else:
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    Ten.now = 1_000_000.0


def asked(times: int, who: str = "ana") -> int:
    """Return how many of so many requests are let through."""
    return sum(Ten().allow_request(who, None) for _ in range(times))


def test_so_many_in_a_minute_and_each_for_itself() -> None:
    assert asked(12) == 10
    assert asked(3, "ben") == 3


def test_the_minute_before_counts_for_what_is_left_of_it() -> None:
    assert asked(10) == 10
    Ten.now += 59.9
    assert asked(1) == 0
    Ten.now += 0.2
    assert asked(10) == 1, "a new span does not give ten more at once"
    Ten.now += 30
    assert asked(10) == 5
    Ten.now += 120
    assert asked(12) == 10


@pytest.mark.parametrize("later", [0, 20, 61, 75, 100])
def test_who_waits_as_long_as_told_is_let_through(later: float) -> None:
    asked(10)
    Ten.now += later
    asked(10)
    held = Ten()
    assert not held.allow_request("ana", None)
    wait = held.wait()
    assert 0 < wait <= 60
    Ten.now += wait - 0.5 if wait > 0.5 else 0
    assert asked(1) == 0 or wait <= 0.5
    Ten.now += 0.6
    assert asked(1) == 1


def test_a_clock_that_was_set_back_keeps_nobody_waiting() -> None:
    Ten.now += 86_400
    asked(10)
    Ten.now -= 86_400
    assert asked(12) == 10


@pytest.mark.parametrize("fresh", ["redis"], indirect=True)  # any other may let one more through
def test_two_at_once_are_counted_as_two() -> None:
    with ThreadPoolExecutor(8) as threads:
        let_through = list(threads.map(lambda _: asked(1), range(200)))
    assert sum(let_through) == 10
