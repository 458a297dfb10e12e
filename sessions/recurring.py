"""Which days a series falls on: every so many days or weeks, on weekdays, until a day or so many times."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from producerdesk.kit import clock
from producerdesk.kit.errors import Refused

DAILY, WEEKLY = "daily", "weekly"
AT_MOST = 104  # two years of weeks
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a session repeats. `weekdays` are for weeks, 0 for Monday; none means that of the first day.

    It ends on a day (`until`, included) or after so many `times`; `skip` are days that it leaves out, which count.
    """

    rule: str
    every: int = 1
    weekdays: tuple[int, ...] = ()
    until: date | None = None
    times: int | None = None
    skip: frozenset[date] = frozenset()

    def days(self, first: date) -> list[date]:
        """Return the days from the first on, at most 104. Refusals name the field."""
        if (self.until is None) == (self.times is None):
            raise Refused({"repeat_until": _("Say until which day, or how many times: one of the two.")})
        if self.until is not None and self.until < first:
            raise Refused({"repeat_until": _("It ends before it starts.")})
        found: list[date] = []
        for day in self._all(first):
            if day.year > clock.LAST_YEAR or (self.until is not None and day > self.until):
                break
            if len(found) == AT_MOST:
                raise Refused({"repeat_until": _("A series has %(most)d dates at most.") % {"most": AT_MOST}})
            found.append(day)
            if len(found) == self.times:
                break
        return self._without_skipped(found)

    def _all(self, first: date) -> Iterator[date]:
        if self.rule == DAILY:
            while True:
                yield first
                first += self.every * DAY
        weekdays = sorted(set(self.weekdays)) or [first.weekday()]
        monday = first - first.weekday() * DAY
        while True:
            yield from (day for day in (monday + n * DAY for n in weekdays) if day >= first)
            monday += self.every * WEEK

    def _without_skipped(self, found: Collection[date]) -> list[date]:
        strange = sorted(self.skip - set(found))
        if strange:
            text = _("%(day)s is no day of this series.") % {"day": strange[0].isoformat()}
            raise Refused({"repeat_skip": text})
        left = [day for day in found if day not in self.skip]
        if len(left) < 2:
            raise Refused({"repeats": _("A series has two dates at least.")})
        return left
