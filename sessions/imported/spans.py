"""What a calendar file (RFC 5545) says of when somebody is busy. Knows neither database nor network.

Transparent and cancelled events take no time. An event that repeats for ever is followed to the end of what is asked
for. What one event has wrong costs that event alone, and is counted.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import recurring_ical_events
from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Component
from icalendar.timezone import tzp

from sessions.imported import free_busy
from sessions.imported.files import looks_like_one
from sessions.imported.free_busy import SENSELESS

DAY, WINDOW = timedelta(days=1), timedelta(days=56)
OCCURRENCES_AT_MOST = 20_000
SPANS_AT_MOST = 5_000
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")  # nobody is busy like that, and they take for ever to follow
TIMES_A_DAY = 12
FIRST_YEAR, LAST_YEAR = 1970, 2200  # what repeats has begun after, and ends before
FAR_OFF = 9990  # here an hour of a zone would leave the calendar
LONG_AGO, LONG_AFTER = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(FAR_OFF, 1, 1, tzinfo=UTC)
END = b"END:VCALENDAR"
ZONES = re.compile(r"^BEGIN:VTIMEZONE\b.*?^END:VTIMEZONE\s*?$", re.DOTALL | re.MULTILINE | re.IGNORECASE)
Span = tuple[datetime, datetime]


class NotACalendar(Exception):
    """The file cannot be made sense of; the text says why."""


@dataclass(frozen=True, slots=True)
class Busy:
    """Spans that never touch, in order, and how many events were left out because nobody can make sense of them."""

    spans: list[Span]
    left_out: int


def busy(content: bytes, *, zone: str, since: datetime, until: datetime) -> Busy:
    """Return when the calendar says that its owner is busy. Days and hours without a zone are of the owner's `zone`.

    Raises NotACalendar.
    """
    place = ZoneInfo(zone)
    found: list[Span] = []
    left_out = 0
    for span in _said(content, place, since, until):
        if span is None:
            left_out += 1
        elif span[0] < until and span[1] > since:
            found.append((max(span[0], since), min(span[1], until)))
    spans = joined(found)
    if len(spans) > SPANS_AT_MOST:
        raise NotACalendar(_("It has more than %(most)d busy times.") % {"most": SPANS_AT_MOST})
    return Busy(spans, left_out)


def _said(content: bytes, place: ZoneInfo, since: datetime, until: datetime) -> Iterator[Span | None]:
    """Yield the spans that events and busy periods take, whenever they are; None for each that makes no sense."""
    text, blocks = _text(content)
    for block in blocks:
        if not _is_ours(free_busy.uid_of(block)):
            yield from (_span_of_period(period, place) for period in free_busy.periods(block))
    for calendar in _calendars(text):
        yield from [None] * _drop_senseless(calendar)
        for event in _occurrences(calendar, since, until):
            try:
                span = _span(event, place)
            except SENSELESS:
                yield None
            else:
                if span:
                    yield span


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as spans that never touch, in order."""
    found: list[Span] = []
    for starts, ends in sorted(spans):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return found


def _text(content: bytes) -> tuple[str, list[str]]:
    """Return the file without its VFREEBUSY components, and these. Raises NotACalendar."""
    if not looks_like_one(content[:4096]):
        raise NotACalendar(_("It is no calendar: it does not begin with BEGIN:VCALENDAR."))
    if not content.rstrip().upper().endswith(END):
        raise NotACalendar(_("It breaks off in the middle."))
    try:
        return free_busy.taken_out(content.decode("utf-8", "replace"))
    except free_busy.NeverEnds:
        raise NotACalendar(_broken()) from None


def _broken() -> str:
    return _("It is a calendar that is broken: it cannot be read.")


def _calendars(text: str) -> list[Component]:
    # a zone that is written down wrongly is left out with all others: most are known by their name
    for said in (text, ZONES.sub("", text)):
        tzp.use_default()  # the library would take a zone of another file that has the same name
        with contextlib.suppress(ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            return list(Calendar.from_ical(said, multiple=True))
    raise NotACalendar(_broken())


def _drop_senseless(calendar: Component) -> int:
    """Take out what cannot be followed, and what is ours or takes no time; return how many cannot be followed."""
    kept, dropped = [], 0
    for part in calendar.subcomponents:
        if part.name != "VEVENT" or _is_ours(str(part.get("UID", ""))):
            continue
        try:
            fits = _can_be_followed(part)
        except SENSELESS:
            fits = False
        if fits:
            kept.append(part)
        else:
            dropped += 1
    calendar.subcomponents = kept
    return dropped


def _is_ours(uid: str) -> bool:
    """Return whether it is a session of this desk, taken over from an invitation: those count by themselves."""
    return uid.endswith(f"@{urlsplit(settings.SITE_URL).hostname}")


def _can_be_followed(event: Any) -> bool:
    years = [event[name].dt.year for name in ("DTSTART", "DTEND") if name in event] or [0]
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        times = 1
        for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            times *= max(1, len(rule.get(name, ())))
        if rule["FREQ"][0].upper() in TOO_OFTEN or times > TIMES_A_DAY:
            return False
        if min(years) < FIRST_YEAR or max(years) > LAST_YEAR:
            return False
    return "DTSTART" in event


def _occurrences(calendar: Component, since: datetime, until: datetime) -> Iterator[Component]:
    """Yield the events that may be of that time: those that stand alone, then those that repeat.

    These some weeks at a time: what repeats too often is found before it fills the memory. What lies across two of
    those spans comes twice, which makes nobody busier.
    """
    uses = Counter(str(event.get("UID", "")) for event in calendar.subcomponents)
    alone = [event for event in calendar.subcomponents if _stands_alone(event, uses)]
    yield from alone
    known = {id(event) for event in alone}
    calendar.subcomponents = [event for event in calendar.subcomponents if id(event) not in known]
    asked = recurring_ical_events.of(calendar, skip_bad_series=True)
    count, at = 0, since - DAY
    while calendar.subcomponents and at < until + DAY:
        # the events' own zones may be a day off
        for event in asked.between(at - DAY, at + WINDOW + DAY):
            count += 1
            if count > OCCURRENCES_AT_MOST:
                raise NotACalendar(_("It has more than %(most)d events.") % {"most": OCCURRENCES_AT_MOST})
            yield event
        at += WINDOW


def _stands_alone(event: Component, uses: Counter[str]) -> bool:
    repeats = any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
    return not repeats and uses[str(event.get("UID", ""))] == 1


def _span(event: Any, place: ZoneInfo) -> Span | None:
    """Return when an event takes its owner's time, or None where it takes none."""
    said = {name: str(event.get(name, "")).upper() for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")}
    if said["STATUS"] == "CANCELLED" or "TRANSPARENT" in said["TRANSP"] or "FREE" in said.values():
        return None
    begins = event["DTSTART"].dt
    ends = event["DTEND"].dt if "DTEND" in event else None
    if ends is None:
        lasts = event["DURATION"].dt if "DURATION" in event else DAY if type(begins) is date else timedelta()
        ends = begins + lasts
    starts_at, ends_at = _instant(begins, place), _instant(ends, place)
    return (starts_at, ends_at) if ends_at > starts_at else None


def _span_of_period(period: free_busy.Period | None, place: ZoneInfo) -> Span | None:
    if period is None:
        return None
    begins, ends = period
    try:
        starts_at, ends_at = (
            _instant(begins, place),
            _instant(begins + ends if isinstance(ends, timedelta) else ends, place),
        )
    except SENSELESS:
        return None
    return (starts_at, ends_at) if ends_at > starts_at else None


def _instant(value: Any, place: ZoneInfo) -> datetime:
    """Return the moment; a day is its midnight, and what names no zone (or one that nobody knows) is of the place."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    if not FIRST_YEAR <= moment.year < FAR_OFF:
        return LONG_AGO if moment.year < FIRST_YEAR else LONG_AFTER
    return (moment if moment.tzinfo else moment.replace(tzinfo=place)).astimezone(UTC)
