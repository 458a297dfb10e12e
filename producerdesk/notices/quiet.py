"""Quiet hours: wall times in a zone between which no mail leaves that can wait."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from producerdesk.kit import clock

DAY = timedelta(days=1)
# a mail before the quiet hours leaves so long before them
JUST_BEFORE = timedelta(minutes=1)
# after the quiet hours there must be so long left to leave the house; else it is better read the evening before
TO_GET_READY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `begins` on and until `ends`, perhaps over midnight; never the same."""

    begins: time
    ends: time
    zone: str

    def around(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """Return begin and end of the quiet hours that this moment lies in, or None. The end itself is not quiet."""
        there = moment.astimezone(ZoneInfo(self.zone)).date()
        for day in (there - DAY, there):
            begin = self._instant(day, self.begins, fold=0)
            # an hour that comes twice: quiet lasts to the end of the second
            end = self._instant(day + DAY if self.ends <= self.begins else day, self.ends, fold=1)
            if begin <= moment < end:
                return begin, end
        return None

    def _instant(self, day: date, at: time, *, fold: int) -> datetime:
        naive, place = datetime.combine(day, at), ZoneInfo(self.zone)
        if not clock.exists(naive, place):
            naive = clock.next_valid(naive, place)
        return naive.replace(tzinfo=place, fold=fold).astimezone(UTC)


def leaves_at(due_at: datetime, quiet: Quiet | None, *, before: datetime, now: datetime) -> datetime | None:
    """Return when a mail leaves that is due then and of use `before` something; None if quiet hours leave no time.

    At the end of the quiet hours: it lies on top when the day begins. Where that is too late, just before them.
    """
    hours = quiet and quiet.around(due_at)
    if not hours:
        return due_at
    begin, end = hours
    if end + TO_GET_READY <= before:
        return end
    return begin - JUST_BEFORE if begin - JUST_BEFORE > now else None
