"""When a studio is open: its hours of the week, and days on which it is closed. Read from the studio itself: no query.

`opening_hours` of a studio are rows like `{"weekday": 0, "opens": "10:00", "closes": "23:00"}`, 0 for Monday; closing
not after opening means the next day, and no row at all that it never closes. `closed_days` are rows like
`{"first": "2027-12-24", "last": "2027-12-26", "reason": "Christmas"}`: nothing opens on such a day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from producerdesk.kit import moments
from sessions.models.studio import Studio

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
WEEK = timedelta(weeks=1)


def find_overlap(week: Sequence[dict[str, Any]]) -> tuple[int, int] | None:
    """Return the places of a row that opens while another is open, and of that one; None if no two overlap.

    What runs on after midnight counts, from Sunday to Monday too. A row may open when another closes.
    """
    spans = [_of_week(row) for row in week]
    for number, (opens, _length) in enumerate(spans):
        for other, (start, length) in enumerate(spans):
            if (opens - start) % WEEK < length and (opens != start or other < number):
                return number, other
    return None


def _of_week(row: dict[str, Any]) -> tuple[timedelta, timedelta]:
    """Return how long after the week's beginning it opens, and for how long."""
    opens, closes = (timedelta(hours=at.hour, minutes=at.minute) for at in (row["opens"], row["closes"]))
    return row["weekday"] * DAY + opens, (closes - opens) % DAY or DAY


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a studio is not open at a time: the field of the form that is wrong, and a sentence."""

    field: str
    text: str


class Hours:
    """When one studio is open."""

    def __init__(self, studio: Studio) -> None:
        self.name, self.place = studio.name, ZoneInfo(studio.time_zone)
        self.week: list[dict[str, Any]] = studio.opening_hours
        self.closed = [
            (date.fromisoformat(row["first"]), date.fromisoformat(row["last"]), row["reason"])
            for row in studio.closed_days
        ]

    def covers(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Return whether it is open from first to last."""
        if not self.week and not self.closed:
            return True
        reached = starts_at
        for opens, closes in self.windows(starts_at, ends_at):
            if opens <= reached < closes:
                reached = closes
        return reached >= ends_at

    def why_closed(self, starts_at: datetime, ends_at: datetime) -> Closed | None:
        """Return why it cannot be had then; None if it is open."""
        if self.covers(starts_at, ends_at):
            return None
        begins_open = any(opens <= starts_at < closes for opens, closes in self.windows(starts_at, ends_at))
        field, at = ("ends_local", ends_at - MINUTE) if begins_open else ("starts_local", starts_at)
        day = at.astimezone(self.place).date()
        reason = self._reason(day)
        return Closed(field, self._of_the_week(day) if reason is None else self._closed_on(day, reason))

    def _closed_on(self, day: date, reason: str) -> str:
        words = {"studio": self.name, "day": moments.long_day(day), "reason": reason}
        if reason:
            return _("%(studio)s is closed on %(day)s: %(reason)s.") % words
        return _("%(studio)s is closed on %(day)s.") % words

    def _of_the_week(self, day: date) -> str:
        spans = [f"{row['opens']} – {row['closes']}" for row in self.week if row["weekday"] == day.weekday()]
        words = {"studio": self.name, "day": moments.part(day, "l"), "hours": ", ".join(spans)}
        if spans:
            return _("%(studio)s is open %(hours)s on a %(day)s.") % words
        return _("%(studio)s does not open on a %(day)s.") % words

    def windows(self, starts_at: datetime, ends_at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans in which it is open near these instants, earliest first."""
        day = starts_at.astimezone(self.place).date() - DAY
        last = ends_at.astimezone(self.place).date()
        while day <= last:
            if self._reason(day) is None:
                for opens, closes in sorted(self._of_day(day)):
                    yield self._instant(opens), self._instant(closes)
            day += DAY

    def _of_day(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if not self.week:
            yield datetime.combine(day, time.min), datetime.combine(day + DAY, time.min)
        for row in self.week:
            if row["weekday"] == day.weekday():
                opens, closes = time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"])
                yield datetime.combine(day, opens), datetime.combine(day if closes > opens else day + DAY, closes)

    def _instant(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=self.place).astimezone(UTC)

    def _reason(self, day: date) -> str | None:
        """Return why it is closed all day, "" for no reason given; None if it is not."""
        return next((reason for first, last, reason in self.closed if first <= day <= last), None)
