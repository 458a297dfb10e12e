"""VTIMEZONE: a zone's clock changes written out for calendar apps that do not know it.

Written here because icalendar 7.3 gives the onset of summer time on the new clock; RFC 5545 wants it on the old one.
"""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

STEP = dt.timedelta(days=7)  # no zone changes its clocks and back within a week, but for a few long ago
SECOND = dt.timedelta(seconds=1)


@lru_cache(maxsize=256)
def written(key: str, first_year: int, last_year: int) -> Timezone:
    """Return the rules of the zone from the start of one year to the end of another, each change on its own."""
    zone = ZoneInfo(key)
    start = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC)
    found = Timezone()
    found.add("tzid", key)
    there = start.astimezone(zone)
    found.add_component(_rule(there.replace(tzinfo=None), there, there.utcoffset() or dt.timedelta()))
    for moment in _changes(zone, start, dt.datetime(last_year + 1, 1, 1, tzinfo=dt.UTC)):
        before = (moment - SECOND).astimezone(zone).utcoffset() or dt.timedelta()
        # the onset is told on the clock that ends there
        found.add_component(_rule(moment.replace(tzinfo=None) + before, moment.astimezone(zone), before))
    return found


def _rule(onset: dt.datetime, there: dt.datetime, before: dt.timedelta) -> TimezoneDaylight | TimezoneStandard:
    rule = TimezoneDaylight() if there.dst() else TimezoneStandard()
    rule.add("dtstart", onset)
    rule.add("tzoffsetfrom", before)
    rule.add("tzoffsetto", there.utcoffset() or dt.timedelta())
    rule.add("tzname", there.tzname() or there.strftime("%z"))
    return rule


def _changes(zone: ZoneInfo, start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """Find each instant at which the zone's offset becomes another, to the second."""

    def offset(moment: dt.datetime) -> dt.timedelta | None:
        return moment.astimezone(zone).utcoffset()

    at = start
    while at < end:
        later = min(at + STEP, end)
        if offset(at) != offset(later):
            low, high = at, later
            while high - low > SECOND:
                middle = low + (high - low) // 2 // SECOND * SECOND
                low, high = (middle, high) if offset(middle) == offset(at) else (low, middle)
            yield high
        at = later
