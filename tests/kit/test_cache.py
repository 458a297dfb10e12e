"""Redis is away: what is limited stays limited, and nobody is kept from working."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from producerdesk.kit.cache import RedisOrOwn
from tests import makers, services
from tests.accounts.entrance import sign_in, signed_in
from tests.calling import Caller
from tests.cast import Cast


@pytest.fixture
def nothing_there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cache at a port where nobody listens."""
    monkeypatch.setattr(RedisOrOwn, "_away_until", 0.0)
    place = f"redis://127.0.0.1:{services.free_port()}/0"
    settings.CACHES = {"default": {"BACKEND": "producerdesk.kit.cache.RedisOrOwn", "LOCATION": place}}
    cache.clear()
    yield
    cache.clear()


def test_each_process_counts_for_itself(nothing_there: None) -> None:
    assert cache.add("tries", 1, 60) and not cache.add("tries", 1, 60)
    assert (cache.incr("tries"), cache.get("tries")) == (2, 2)
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert cache.delete("a") and "a" not in cache


def test_booking_signing_in_and_guessing_go_on(nothing_there: None, cast: Cast) -> None:
    said: dict[str, Any] = {"project": cast.project.pk, "title": "Strings", "room": cast.room.pk, "day": "2027-03-02"}
    booked = Caller(cast.ana).post("sessions/", **said, starts="10:00", ends="12:00")
    assert booked.status_code == 201
    client = Client()
    sign_in(client, cast.ana.email)
    assert signed_in(client)
    for _try in range(5):
        sign_in(Client(), cast.ben.email, "wrong")
    assert "Too many" in sign_in(Client(), cast.ben.email, makers.PASSWORD).content.decode()


def test_when_redis_is_back_it_is_asked_again(
    nothing_there: None, settings: Any, monkeypatch: pytest.MonkeyPatch, redis_server: services.RedisServer
) -> None:
    cache.set("where", "own")
    settings.CACHES = {"default": {"BACKEND": "producerdesk.kit.cache.RedisOrOwn", "LOCATION": redis_server.url}}
    assert cache.get("where") == "own", "it is not asked at once"
    monkeypatch.setattr(RedisOrOwn, "_away_until", 0.0)
    assert cache.get("where") is None
    cache.set("where", "redis")
    assert cache.get("where") == "redis"
