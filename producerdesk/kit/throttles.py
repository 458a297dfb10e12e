"""Rate limits. They count HTTP requests: a page that asks the API five times is one."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

from producerdesk.kit import secret as secrets
from producerdesk.kit.ask import Answer, TurnedAway
from producerdesk.kit.permissions import viewer_of


class Counted(SimpleRateThrottle):
    """Counts by two numbers: requests of this span, and of the one before for as much of it as is not a minute ago.

    REST framework keeps a list of moments, up to 1,200 of them, which is read and written with every request.
    """

    num_requests: int
    duration: int  # of a span, in seconds

    def allow_request(self, request: Any, view: Any) -> bool:
        counted = self.get_cache_key(request, view)
        if self.rate is None or counted is None:
            return True
        self.key = f"spans:{counted}"
        now = self.timer()
        begun, this, before = self.cache.get(self.key) or (now, 0, 0)
        if not begun <= now < begun + 2 * self.duration:  # a clock that was set back begins anew
            begun, this, before = now, 0, 0
        elif now >= begun + self.duration:
            begun, this, before = begun + self.duration, 0, this
        self._gone, self._this, self._before = (now - begun) / self.duration, this, before
        if this + before * (1 - self._gone) >= self.num_requests:
            return False
        self.cache.set(self.key, (begun, this + 1, before), 2 * self.duration)
        return True

    def wait(self) -> float:
        """Return the seconds until there is room for one more."""
        room = self.num_requests - self._this
        until = 1 - room / self._before if room > 0 else 1
        return (until - self._gone) * self.duration


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
