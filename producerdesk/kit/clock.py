"""Hours: now, wall time in a zone to an instant and back. Instants are UTC; people type wall time in an IANA zone."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from producerdesk.kit.errors import Refused
from producerdesk.kit.models import check_zone
from producerdesk.kit.rows import utc

FIRST_YEAR, LAST_YEAR = 1990, 2100  # outside of these it is a slip of the finger
WALL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
DAY_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", re.ASCII)
MINUTE = timedelta(minutes=1)


class HourComesTwice(Refused):
    """The clocks go back in that hour and nobody said which of the two is meant.

    The text stands at the `*_fold` field, which answers it: 0 is the first, 1 the second. `choices` say both.
    """

    default_code = "hour_comes_twice"

    def __init__(self, field: str, text: str, choices: list[dict]) -> None:
        self.choices = choices
        super().__init__({field: text})


@dataclass(frozen=True, slots=True)
class Wall:
    """A moment as a clock on the wall shows it. `fold` is 1 for the second of two hours of the same name."""

    local: str
    fold: int


_stands_at: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """Return the present moment. Everything asks here, so a test freezes one clock."""
    return _stands_at.get() or timezone.now()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let it be this moment for what is done within: so the demo desk does what it did weeks ago by the same actions.

    Nothing that answers a request does this.
    """
    token = _stands_at.set(moment)
    try:
        yield
    finally:
        _stands_at.reset(token)


def today(zone_name: str) -> date:
    """Return the day that has begun there."""
    return now().astimezone(ZoneInfo(zone_name)).date()


def zone(name: str, *, field: str = "time_zone") -> ZoneInfo:
    """Return the IANA zone. Raises Refused on `field` for a name that is none."""
    try:
        check_zone(name)
    except ValidationError as error:
        raise Refused({field: error.messages}) from None
    return ZoneInfo(name)


def resolve(
    local: str, zone_name: str, fold: int | None = None, *, field: str = "starts_local", zone_field: str = "time_zone"
) -> datetime:
    """Return the UTC instant of a wall time such as `2027-03-28T10:00`.

    Raises Refused at `field`: what is no time, a year out of bounds, an hour the clocks skip (the next one that
    exists is named). Raises HourComesTwice at the fold field for an hour that comes twice, unless `fold` says which.
    """
    place = zone(zone_name, field=zone_field)
    naive = parse(local, field=field)
    first, second = (naive.replace(tzinfo=place, fold=n) for n in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if not exists(naive, place):
        raise Refused({field: _no_such_hour(naive, place)})
    if fold is None:
        raise _which(naive, place, fold_field(field))
    return (second if fold else first).astimezone(UTC)


def parse(local: str, *, field: str = "starts_local") -> datetime:
    """Return what was typed as a naive datetime. Raises Refused at `field`."""
    if text := no_such_day(local):
        raise Refused({field: text})
    try:
        found = datetime.fromisoformat(local if WALL.fullmatch(local) else "")
    except ValueError:
        raise Refused({field: _("Give a day and a time, like 2027-03-28T10:00.")}) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refused({field: _("Give a year from %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}})
    return found


def no_such_day(said: str) -> str:
    """Return what is to say of a text that starts with a day as days are written, which the calendar has not."""
    found = DAY_FIRST.match(said.strip())
    if found is None:
        return ""
    year, month, day = map(int, found.groups())
    if month not in MONTHS:
        return _("There is no month %(number)d.") % {"number": month}
    try:
        date(year or LAST_YEAR, month, day)  # that there is no year 0 is not the day's fault
    except ValueError:
        return _("There is no %(day)d %(month)s %(year)d.") % {"day": day, "month": MONTHS[month], "year": year}
    return ""


def fold_field(field: str) -> str:
    """Return the name of the field that says which of two hours: `starts_local` -> `starts_fold`."""
    return f"{field.removesuffix('_local')}_fold"


def wall(at: datetime, zone_name: str) -> Wall:
    """Return the instant as the clocks of the zone show it."""
    there = at.astimezone(ZoneInfo(zone_name))
    return Wall(there.strftime("%Y-%m-%dT%H:%M"), there.fold)


def ahead(at: datetime, zone_name: str, than: str) -> timedelta:
    """Return how far the clocks of one zone are ahead of another's at that moment; below zero they are behind."""
    there, here = (at.astimezone(ZoneInfo(name)).utcoffset() for name in (zone_name, than))
    return (there or timedelta()) - (here or timedelta())


def next_valid(naive: datetime, place: ZoneInfo) -> datetime:
    """Return the first wall time after a skipped one: where the clocks go on."""
    early = naive.replace(tzinfo=place, fold=1).astimezone(UTC)
    late = naive.replace(tzinfo=place, fold=0).astimezone(UTC)
    after = late.astimezone(place).utcoffset()
    minutes = range(int((late - early) / MINUTE))
    changed = bisect_left(minutes, True, key=lambda n: (early + n * MINUTE).astimezone(place).utcoffset() == after)
    return (early + changed * MINUTE).astimezone(place).replace(tzinfo=None)


def comes_twice(there: datetime) -> bool:
    """Return whether the clocks of that moment's place show its hour twice that day."""
    return there.utcoffset() != there.replace(fold=1 - there.fold).utcoffset()


def exists(naive: datetime, place: ZoneInfo) -> bool:
    """Return whether the clocks there ever show this time."""
    there_and_back = naive.replace(tzinfo=place).astimezone(UTC).astimezone(place)
    return there_and_back.replace(tzinfo=None) == naive


def _no_such_hour(naive: datetime, place: ZoneInfo) -> str:
    found = next_valid(naive, place)
    return _("The clocks in %(place)s skip %(hour)s that day. The next time that exists is %(next)s.") % {
        "place": place.key,
        "hour": f"{naive:%H:%M}",
        "next": f"{found:%Y-%m-%dT%H:%M}" if found.date() != naive.date() else f"{found:%H:%M}",
    }


def _which(naive: datetime, place: ZoneInfo, field: str) -> HourComesTwice:
    choices = [_choice(naive.replace(tzinfo=place, fold=fold)) for fold in (0, 1)]
    text = _("%(hour)s comes twice that day in %(place)s. Choose: %(first)s, or %(second)s.") % {
        "hour": f"{naive:%H:%M}",
        "place": place.key,
        "first": choices[0]["text"],
        "second": choices[1]["text"],
    }
    return HourComesTwice(field, text, choices)


def _choice(moment: datetime) -> dict:
    words = _("the second") if moment.fold else _("the first")
    # Morocco and Ireland count the other way round: there the offset alone is said
    season = _("summer time") if moment.dst() else _("standard time")
    marks = [season] if (moment.replace(fold=0).dst() or timedelta()) > timedelta() else []
    return {"fold": moment.fold, "at": utc(moment), "text": f"{words} ({', '.join([*marks, offset_text(moment)])})"}


def offset_text(moment: datetime) -> str:
    """Return the offset of an aware moment in words: `UTC+5:45`."""
    minutes = int((moment.utcoffset() or timedelta()) / MINUTE)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
