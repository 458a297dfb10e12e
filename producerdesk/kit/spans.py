"""Counting requests in spans of time: those of this span, and of the one before for as much of it as is not over.

Any cache can keep the two numbers; Redis reads, decides and writes in one question, and so never counts two as one.
"""

from dataclasses import dataclass
from typing import Any

# now, seconds of a span and the most there may be -> whether it is let through, how much of the span is gone, counts
SCRIPT = """
local now, span, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local begun, this, before = now, 0, 0
local kept = redis.call('GET', KEYS[1])
if kept then
  local at, count, earlier = string.match(kept, '(%S+) (%S+) (%S+)')
  at = tonumber(at)
  if at <= now and now < at + 2 * span then
    begun, this, before = at, tonumber(count), tonumber(earlier)
    if now >= at + span then begun, this, before = at + span, 0, this end
  end
end
local gone = (now - begun) / span
local free = this + before * (1 - gone) < most
if free then
  redis.call('SET', KEYS[1], string.format('%.6f %d %d', begun, this + 1, before), 'EX', 2 * span)
end
return {free and 1 or 0, string.format('%.9f', gone), this, before}
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted when one more came: in this span, of which a share is `gone`, and in the one before."""

    is_free: bool
    gone: float
    this: int
    before: int

    def wait(self, most: int, span: int) -> float:
        """Return the seconds until there is room for one more."""
        room = most - self.this
        until = 1 - room / self.before if room > 0 else 1
        return (until - self.gone) * span


def count(cache: Any, key: str, now: float, span: int, most: int) -> Tally:
    """Count one more under this key if there is room for it."""
    return cache.count(key, now, span, most) if hasattr(cache, "count") else kept_in(cache, key, now, span, most)


def kept_in(cache: Any, key: str, now: float, span: int, most: int) -> Tally:
    """Do the same by reading and writing what any cache keeps."""
    begun, this, before = cache.get(key) or (now, 0, 0)
    if not begun <= now < begun + 2 * span:  # a clock that was set back begins anew
        begun, this, before = now, 0, 0
    elif now >= begun + span:
        begun, this, before = begun + span, 0, this
    gone = (now - begun) / span
    is_free = this + before * (1 - gone) < most
    if is_free:
        cache.set(key, (begun, this + 1, before), 2 * span)
    return Tally(is_free, gone, this, before)
