"""A weekly series over each clock change of 2027 keeps its hour: in the API, on the page, in the mail, ICS and PDF."""

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject
from icalendar import Calendar
from pypdf import PdfReader

from producerdesk.notices.dispatcher import dispatch
from producerdesk.notices.models import OutboxMail
from sessions.recurring import Repeat
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import by_link, call_of, feed_of, mint, read

pytestmark = pytest.mark.once

ZONES = {
    "Europe/Berlin": 2,
    "America/New_York": 2,
    "Australia/Lord_Howe": 2,
    "Africa/Cairo": 2,
    "America/Santiago": 2,
    "Asia/Kathmandu": 0,  # where the clocks never change
}
WEEK = timedelta(days=7)
DAYS = [date(2027, 1, 2) + timedelta(days=number) for number in range(364)]


def changes_of(zone: str) -> Iterator[date]:
    """Yield the days of 2027 on whose morning the clocks are not what they were the morning before."""
    there = ZoneInfo(zone)

    def offset(day: date) -> timedelta | None:
        return datetime(day.year, day.month, day.day, 10, tzinfo=there).utcoffset()

    return (day for day in DAYS if offset(day) != offset(day - timedelta(days=1)))


@pytest.mark.parametrize("zone", ZONES)
def test_ten_oclock_stays_ten_oclock(cast: Cast, zone: str) -> None:
    days = list(changes_of(zone))
    assert len(days) == ZONES[zone]
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        dates = [
            session
            for day in days or [date(2027, 3, 28)]
            for session in _weekly(cast, zone, day - WEEK).series.sessions.order_by("starts_at")
        ]
        assert len({session.starts_at.time() for session in dates}) == (2 if days else 1)  # so the hour did change
        secret, ana = mint(cast.wren_called), Caller(cast.ana)
        dispatch(name="test")
        letters = "\n".join(mail.text for mail in OutboxMail.objects.filter(to=cast.wren_called.email))
        feed = read(f"/feeds/{feed_of(by_link(secret))}.ics").content
        for session in dates:
            day, call = session.starts_local[:10], call_of(session, cast.wren_called)
            row = by_link(secret).get(f"calls/{call.pk}/").json()
            assert (row["session"]["starts_local"], row["session"]["ends_local"]) == (f"{day}T10:00", f"{day}T14:00")
            assert _there(row["call_at"], zone) == _there(row["session"]["starts_at"], zone) == f"{day}T10:00"
            assert ">10:00</time>" in read(f"/my/{secret}/?call={call.pk}").content.decode()
            assert f"{_short(day)}, 10:00 – 14:00" in letters, letters
            for starts, ends in _in_calendar(feed, call.pk, zone):
                assert (starts, ends) == (f"{day}T10:00", f"{day}T14:00")
        for session in dates[1::3]:  # on the day of the change
            answer = ana.page(f"/sessions/{session.pk}/call-sheet.pdf")
            said = " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
            assert "First call 10:00 Start 10:00 Wrap 14:00" in said, said


def _weekly(cast: Cast, zone: str, first: date) -> Any:
    return makers.make_session(
        cast.project,
        cast.ana,
        f"{first}T10:00",
        f"{first}T14:00",
        time_zone=zone,
        calls=[{"contributor": cast.wren_called}],
        repeat=Repeat("weekly", times=3),
    )


def _short(day: str) -> str:
    there = date.fromisoformat(day)
    return f"{there:%a} {there.day} {there:%b}"


def _there(instant: str, zone: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def _in_calendar(body: bytes, pk: int, zone: str) -> Iterator[tuple[str, str]]:
    """Yield when the call begins and ends on the clock there, as each of two libraries reads the file."""
    for event in Calendar.from_ical(body).events:
        if str(event["UID"]).startswith(f"call-{pk}@"):
            yield _there(event.decoded("dtstart").isoformat(), zone), _there(event.decoded("dtend").isoformat(), zone)
    for other in vobject.readOne(body.decode()).contents["vevent"]:
        if other.uid.value.startswith(f"call-{pk}@"):
            yield _there(other.dtstart.value.isoformat(), zone), _there(other.dtend.value.isoformat(), zone)
