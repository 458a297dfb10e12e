"""The cache in Redis, with one client for all of a process: Django makes one anew for each question."""

from functools import cached_property
from typing import Any

from django.core.cache.backends import redis


class _Client(redis.RedisCacheClient):
    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._one  # we name one server, for reading and for writing

    @cached_property
    def _one(self) -> Any:
        return super().get_client(write=True)


class RedisCache(redis.RedisCache):
    """Django's own, with that client."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
