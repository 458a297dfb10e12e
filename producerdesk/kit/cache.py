"""The cache that rate limits are counted in: Redis, and while it does not answer, the memory of each process.

A broker that is down must not keep anybody from booking or signing in, nor open the door to who guesses passwords.
"""

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

from producerdesk.kit import spans

log = structlog.get_logger(__name__)
ASKED_AGAIN_AFTER = 5.0  # seconds: a server that hangs is not waited for by every request
METHODS = (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
    "clear",
    "count",
)


class _Client(RedisCacheClient):
    """One client for all of a process: Django makes one anew for each question."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._one  # we name one server, for reading and for writing

    @cached_property
    def _one(self) -> Any:
        return super().get_client(write=True)

    @cached_property
    def _counting(self) -> Any:
        return self._one.register_script(spans.SCRIPT)

    def count(self, key: str, *said: float) -> spans.Tally:
        """Count one more in spans of time."""
        free, gone, this, before = self._counting((key,), said)
        return spans.Tally(bool(free), float(gone), this, before)


class _Memory(LocMemCache):
    """The memory of a process."""

    def count(self, key: str, now: float, span: int, most: int) -> spans.Tally:
        """Count one more in spans of time."""
        return spans.kept_in(self, key, now, span, most)


class RedisOrOwn(RedisCache):
    """Redis while it is there. Of what was counted elsewhere, neither side knows afterwards: limits start anew."""

    _away_until = 0.0  # of this process: each thread has a cache of its own

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
        self._own = _Memory("while Redis is away", {name: it for name, it in params.items() if name != "OPTIONS"})

    def count(self, key: str, now: float, span: int, most: int) -> spans.Tally:
        """Count one more in spans of time, by one question."""
        return cast(_Client, self._cache).count(self.make_and_validate_key(key), now, span, most)


def _through(name: str) -> Callable[..., Any]:
    at_redis = getattr(RedisOrOwn, name)

    def method(self: RedisOrOwn, *args: Any, **options: Any) -> Any:
        if time.monotonic() >= RedisOrOwn._away_until:
            try:
                return at_redis(self, *args, **options)
            except RedisError as error:
                log.error("cache away", error=str(error))
                RedisOrOwn._away_until = time.monotonic() + ASKED_AGAIN_AFTER
        return getattr(self._own, name)(*args, **options)

    return method


for _name in METHODS:
    setattr(RedisOrOwn, _name, _through(_name))
