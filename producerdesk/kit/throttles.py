"""Rate limits. They count HTTP requests: a page that asks the API five times is one."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

from producerdesk.kit import secret as secrets
from producerdesk.kit import spans
from producerdesk.kit.ask import Answer, TurnedAway
from producerdesk.kit.permissions import viewer_of


class Counted(SimpleRateThrottle):
    """Counts by two numbers (kit.spans).

    REST framework keeps a list of moments, up to 1,200 of them, which is read and written with every request.
    """

    num_requests: int
    duration: int  # of a span, in seconds

    def allow_request(self, request: Any, view: Any) -> bool:
        key = self.get_cache_key(request, view)
        if self.rate is None or key is None:
            return True
        self._tally = spans.count(self.cache, f"counted:{key}", self.timer(), self.duration, self.num_requests)
        return self._tally.is_free

    def wait(self) -> float:
        """Return the seconds until there is room for one more."""
        return self._tally.wait(self.num_requests, self.duration)


class _PerRequest(Counted):
    def allow_request(self, request: Any, view: Any) -> bool:
        if getattr(request._request, "_asked", False):
            return True
        return super().allow_request(request, view)


class PerViewer(_PerRequest):
    """For who is known, by person."""

    scope = "viewer"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        viewer = viewer_of(request)
        return f"throttle:{viewer.principal}" if viewer.is_authenticated else None


class PerStranger(_PerRequest):
    """For who is not, by address."""

    scope = "stranger"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return None if viewer_of(request).is_authenticated else f"throttle:{self.get_ident(request)}"


class PerSecret(Counted):
    """For pages and feeds under a secret address, by secret."""

    rate = "120/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:secret:{secrets.hash_of(view)}"


class PerFeed(PerSecret):
    """For calendar feeds, by secret: apps ask every quarter of an hour at most, and several devices may share one."""

    rate = "60/hour"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:feed:{secrets.hash_of(view)}"


class WrongSecrets(Counted):
    """For who tries secrets that fit nothing, by address."""

    rate = "30/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:wrong:{self.get_ident(request)}"


def hold_back(throttle_class: type[Counted], request: Any, about: str = "") -> None:
    """Count this request of a page; raise what draws "that was very fast" if there were too many."""
    throttle = throttle_class()
    if throttle.allow_request(request, about):  # here the view is what the count is about
        return
    wait = str(int(throttle.wait() or 0) + 1)
    raise TurnedAway(Answer(429, {"code": "throttled", "detail": _("Too many requests.")}, {"Retry-After": wait}))
