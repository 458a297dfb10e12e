"""Times as a colleague would say them: "Tue 17 Nov", "10:00 – 18:00", "in 1 h 20 min", "3 days late".

Everything here takes what the API gives (ISO text) as well as dates and datetimes, and a zone by its IANA name.
A datetime without a zone is wall time: it is read in the zone given.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_duration
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from producerdesk.kit.clock import comes_twice, offset_text

NOTHING = "–"
MOST_KEPT = 5000  # days and hours in words
COUNTED_DAYS = 60  # beyond two months a date says more than a number of days

# how a day is written; each language may put it in another order
_PATTERNS = {
    "D j": pgettext_lazy("date format", "D j"),
    "D j M": pgettext_lazy("date format", "D j M"),
    "D j M Y": pgettext_lazy("date format", "D j M Y"),
    "j M": pgettext_lazy("date format", "j M"),
    "j M Y": pgettext_lazy("date format", "j M Y"),
    "l j F": pgettext_lazy("date format", "l j F"),
    "l j F Y": pgettext_lazy("date format", "l j F Y"),
}

Moment = datetime | date | str | None


def read(value: Moment) -> datetime | date | None:
    """Return the moment that ISO text names; None for nothing. Raises ValueError for other text."""
    if not value:
        return None
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if len(value) == len("2026-11-17") else datetime.fromisoformat(value)


def zone_of(name: str | tzinfo | None) -> tzinfo:
    """Return the zone by its name; without one, the zone that is active."""
    if isinstance(name, tzinfo):
        return name
    return ZoneInfo(name) if name else timezone.get_current_timezone()


def local(value: Moment, zone: str | tzinfo | None = None) -> datetime | date | None:
    """Return the moment on the clock of `zone`; a plain date stays as it is."""
    if type(value) is str and type(zone) is str and value and zone:
        return _local(value, zone)
    moment, place = read(value), zone_of(zone)
    if not isinstance(moment, datetime):
        return moment
    return moment.astimezone(place) if moment.tzinfo else moment.replace(tzinfo=place)


@lru_cache(MOST_KEPT)  # the rows of a list say the same moment several times
def _local(text: str, zone: str) -> datetime | date | None:
    return local(read(text), zone)


def day(value: Moment, zone: str | tzinfo | None = None) -> str:
    """Return "Tue 17 Nov"; the year only if it is not this one."""
    moment = local(value, zone)
    if moment is None:
        return NOTHING
    if moment.year == _today(zone).year:
        return written(moment, "D j M")
    return written(moment, "D j M Y")


def long_day(value: Moment, zone: str | tzinfo | None = None) -> str:
    """Return "Tuesday 17 November"; the year only if it is not this one."""
    moment = local(value, zone)
    if moment is None:
        return NOTHING
    if moment.year == _today(zone).year:
        return written(moment, "l j F")
    return written(moment, "l j F Y")


def clock(value: Moment | time, zone: str | tzinfo | None = None) -> str:
    """Return "10:00"; "02:30 UTC+1" where the clocks show it twice. Takes a time of day ("10:00:00") as well."""
    if isinstance(value, str) and value and len(value) <= len("10:00:00.000000") and ":" in value[:3]:
        value = time.fromisoformat(value)
    moment = value if isinstance(value, time) else local(value, zone)
    if moment is None:
        return NOTHING
    at = moment if isinstance(moment, time) else moment.time() if isinstance(moment, datetime) else None
    if at is None:
        raise ValueError(f"{value!r} has no time of day")
    return _time(get_language(), at.hour, at.minute) + _which(moment)


def _which(moment: datetime | date | time) -> str:
    """Return by which of two offsets an hour is meant that comes twice that day; nothing for all others."""
    return f" {offset_text(moment)}" if isinstance(moment, datetime) and comes_twice(moment) else ""


def written(value: date, pattern: str) -> str:
    """Return a day by Django's letters, which each language may order as it likes: "D j M" -> "Tue 17 Nov"."""
    return _date(get_language(), date(value.year, value.month, value.day), pattern)


# a page says the same few days and hours again and again
@lru_cache(MOST_KEPT)
def _date(language: str | None, day: date, pattern: str) -> str:
    return date_format(day, str(_PATTERNS.get(pattern, pattern)))


@lru_cache(MOST_KEPT)
def _time(language: str | None, hour: int, minute: int) -> str:
    return date_format(datetime(2000, 1, 1, hour, minute), pgettext("time format", "H:i"))  # noqa: DTZ001 - no day's


@lru_cache(MOST_KEPT)
def _hours(language: str | None, hour: int, minute: int, last_hour: int, last_minute: int, day: date | None) -> str:
    text = f"{_time(language, hour, minute)} – {_time(language, last_hour, last_minute)}"
    return f"{text} {_date(language, day, 'D j')}" if day else text


def part(value: Moment, pattern: str, zone: str | tzinfo | None = None) -> str:
    """Return one part of a date by Django's letter: "D" -> "Tue", "j" -> "17", "M" -> "Nov"."""
    moment = local(value, zone)
    return NOTHING if moment is None else written(moment, pattern)


def when(value: Moment, zone: str | tzinfo | None = None) -> str:
    """Return "Tue 17 Nov, 10:00"; for a plain date "Tue 17 Nov"."""
    moment = local(value, zone)
    return f"{day(moment, zone)}, {clock(moment, zone)}" if isinstance(moment, datetime) else day(moment, zone)


def span(starts: Moment, ends: Moment, zone: str | tzinfo | None = None) -> str:
    """Return "10:00 – 18:00"; "22:00 – 02:00 Wed 18" where it ends on another day."""
    first, last = local(starts, zone), local(ends, zone)
    if first is None or last is None:
        return NOTHING
    if not (isinstance(first, datetime) and isinstance(last, datetime)):
        return f"{clock(first, zone)} – {clock(last, zone)}"
    other_day = last.date() if first.date() != last.date() else None
    if comes_twice(first) or comes_twice(last):
        text = f"{clock(first, zone)} – {clock(last, zone)}"
        return f"{text} {written(other_day, 'D j')}" if other_day else text
    return _hours(get_language(), first.hour, first.minute, last.hour, last.minute, other_day)


def ahead(value: Moment, now: datetime | None = None) -> str:
    """Return how long until then: "in 1 h 20 min", "in 3 days"; "now" once it is there."""
    then, now = _instant(value), now or timezone.now()
    if then is None:
        return NOTHING
    left = then - now
    if left < timedelta(minutes=1):
        return _("now")
    if left < timedelta(hours=24):
        return _("in %(time)s") % {"time": _long(left)}
    days = (timezone.localdate(then) - timezone.localdate(now)).days
    if days <= COUNTED_DAYS:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return _("on %(day)s") % {"day": day(then)}


def ago(value: Moment, now: datetime | None = None) -> str:
    """Return how long since then: "just now", "25 min ago", "4 hours ago", "yesterday", "3 days ago"."""
    then, now = _instant(value), now or timezone.now()
    if then is None:
        return NOTHING
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("%(minutes)d min ago") % {"minutes": minutes}
    days = (timezone.localdate(now) - timezone.localdate(then)).days
    if days == 0 or minutes < 6 * 60:
        return ngettext("%(hours)d hour ago", "%(hours)d hours ago", minutes // 60) % {"hours": minutes // 60}
    if days == 1:
        return _("yesterday")
    if days <= COUNTED_DAYS:
        return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    return day(then)


def due(value: Moment, zone: str | tzinfo | None = None) -> str:
    """Return "31 days left", "due tomorrow", "due today", "3 days late"; nothing when it is far away."""
    days = days_left(value, zone)
    if days is None or days > COUNTED_DAYS:
        return ""
    if days < 0:
        return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}
    if days == 0:
        return _("due today")
    if days == 1:
        return _("due tomorrow")
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


def days_left(value: Moment, zone: str | tzinfo | None = None) -> int | None:
    """Return whole days from today to that day, negative when it has passed."""
    moment = local(value, zone)
    if moment is None:
        return None
    return ((moment.date() if isinstance(moment, datetime) else moment) - _today(zone)).days


def is_late(value: Moment, zone: str | tzinfo | None = None) -> bool:
    """Say whether the moment, or for a plain date the whole day, has passed."""
    moment = local(value, zone)
    if isinstance(moment, datetime):
        return moment < timezone.now()
    return moment is not None and moment < _today(zone)


def duration(value: timedelta | int | float | str | None) -> str:
    """Return "6 h 45", "45 min". Takes minutes, a timedelta or the API's "06:45:00"."""
    span_ = _length(value)
    if span_ is None:
        return NOTHING
    hours, minutes = divmod(round(span_.total_seconds() / 60), 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": minutes}


def song_length(value: timedelta | int | str | None) -> str:
    """Return "4:34". Takes seconds, a timedelta or the API's "00:04:34"."""
    length = timedelta(seconds=value) if isinstance(value, int) else _length(value)
    if length is None:
        return NOTHING
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return f"{minutes}:{seconds:02d}"


def city(zone: str) -> str:
    """Return what a zone is called after: "Europe/Lisbon" -> "Lisbon", "America/New_York" -> "New York"."""
    return str(zone).rsplit("/", 1)[-1].replace("_", " ")


def iso(value: Moment, zone: str | tzinfo | None = None) -> str:
    """Return the moment for `<time datetime>`."""
    moment = local(value, zone)
    return "" if moment is None else moment.isoformat()


def _today(zone: str | tzinfo | None) -> date:
    return timezone.now().astimezone(zone_of(zone)).date()


def _instant(value: Moment) -> datetime | None:
    moment = local(value)
    if isinstance(moment, date) and not isinstance(moment, datetime):
        return datetime.combine(moment, time.min, tzinfo=timezone.get_current_timezone())
    return moment.astimezone(UTC) if moment else None


def _length(value: timedelta | int | float | str | None) -> timedelta | None:
    if value is None or value == "":
        return None
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float):
        return timedelta(minutes=value)
    length = parse_duration(value)
    if length is None:
        raise ValueError(f"{value!r} is no length of time")
    return length


def _long(left: timedelta) -> str:
    hours, minutes = divmod(int(left.total_seconds() // 60), 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if not minutes or hours >= 6:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
