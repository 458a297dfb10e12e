"""Reading imported calendars: each when it is due, by whichever worker comes first, and later again where it fails.

What was read last stands until something newer was read and understood: a calendar that is away for a while makes
nobody free.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from producerdesk.kit import clock
from producerdesk.kit.fetching import NotFetched, fetch
from producerdesk.kit.limits import TookTooLong, at_most
from sessions.booking import imported
from sessions.imported.files import packed, unpacked
from sessions.imported.spans import Busy, NotACalendar, busy
from sessions.models import ImportedCalendar

log = structlog.get_logger(__name__)

HORIZON, BEHIND = timedelta(days=400), timedelta(days=1)
EVERY, EVERY_FILE = timedelta(minutes=30), timedelta(days=1)  # a file stays; the days it is followed to move on
FIRST_AGAIN, LAST_AGAIN = timedelta(minutes=5), timedelta(days=1)  # after failures, each time twice as long
LEASE = timedelta(minutes=3)
BUDGET = 40.0  # seconds a round may take; the next goes on
LONGEST_READ = 30.0  # seconds for following what a file says


@dataclass(frozen=True, slots=True)
class _Read:
    """What came of reading one: the file, and what it says."""

    content: bytes
    etag: str
    last_modified: str
    busy: Busy


def refresh_due(*, budget: float = BUDGET) -> int:
    """Read what is due, until nothing is or the budget is spent; return how many were read."""
    stop_at, done = time.monotonic() + budget, 0
    while time.monotonic() < stop_at and (calendar := _claim(clock.now())):
        _refresh(calendar)
        done += 1
    return done


def _claim(now: datetime) -> ImportedCalendar | None:
    """Take the one that is due longest, under a lease: who dies over it leaves it to another."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    with transaction.atomic():
        due = ImportedCalendar.objects.filter(free, next_at__lte=now).order_by("next_at", "pk")
        found = due.select_for_update(skip_locked=True).first()
        if found is None:
            return None
        found.lease_until = now + LEASE
        ImportedCalendar.objects.filter(pk=found.pk).update(lease_until=found.lease_until)
    return ImportedCalendar.objects.select_related("desk", "room__studio", "contributor__user").get(pk=found.pk)


def _refresh(calendar: ImportedCalendar) -> None:
    now, again = clock.now(), None
    try:
        read = _read(calendar, now)
        with transaction.atomic():
            _keep(calendar, read, now)
        return
    except (NotFetched, NotACalendar) as why:
        problem, again = str(why), getattr(why, "again", None)
    except TookTooLong:
        problem = _("It takes too long to follow all that repeats in it.")
    except Exception as error:
        log.exception("imported calendar", calendar=calendar.pk, error=str(error))
        problem = _("Reading it failed by our mistake.")
    _note_failure(calendar, problem, now, again)


def _read(calendar: ImportedCalendar, now: datetime) -> _Read:
    content, etag, changed = unpacked(calendar.content), "", ""
    if calendar.address:
        known = {"etag": calendar.etag, "last_modified": calendar.last_modified} if content else {}
        answer = fetch(calendar.address, at_most=settings.LARGEST_CALENDAR, accept="text/calendar, */*;q=0.5", **known)
        content = content if answer.body is None else answer.body
        etag, changed = answer.etag or known.get("etag", ""), answer.last_modified or known.get("last_modified", "")
    with at_most(LONGEST_READ):
        found = busy(content, zone=_zone(calendar), since=now - BEHIND, until=now + HORIZON)
    return _Read(content, etag, changed, found)


def _zone(calendar: ImportedCalendar) -> str:
    """Return the zone in which its owner's days begin."""
    if calendar.room:
        return calendar.room.studio.time_zone
    person = calendar.contributor
    own = person.user.time_zone if person and person.user else person.time_zone if person else ""
    return own or calendar.desk.time_zone


def _keep(calendar: ImportedCalendar, read: _Read, now: datetime) -> None:
    """Note what was read, unless the calendar was changed or ended meanwhile."""
    ours = ImportedCalendar.objects.filter(pk=calendar.pk, lease_until=calendar.lease_until, version=calendar.version)
    kept = ours.update(
        content=packed(read.content),
        etag=read.etag,
        last_modified=read.last_modified,
        next_at=now + (EVERY if calendar.address else EVERY_FILE),
        lease_until=None,
        failures=0,
        problem="",
        read_at=now,
        spans=len(read.busy.spans),
        left_out=read.busy.left_out,
    )
    if kept:
        imported.replace(
            calendar_id=calendar.pk,
            room_id=calendar.room_id,
            contributor_id=calendar.contributor_id,
            spans=read.busy.spans,
        )


def _note_failure(calendar: ImportedCalendar, problem: str, now: datetime, again: float | None) -> None:
    wait = min(FIRST_AGAIN * 2 ** min(calendar.failures, 10), LAST_AGAIN)
    if again is not None:
        wait = min(max(wait, timedelta(seconds=again)), LAST_AGAIN)
    ours = ImportedCalendar.objects.filter(pk=calendar.pk, lease_until=calendar.lease_until, version=calendar.version)
    ours.update(next_at=now + wait, lease_until=None, failures=F("failures") + 1, failed_at=now, problem=problem[:240])
