"""What the file of an imported calendar says of when somebody is busy: events, what repeats, busy periods, nonsense."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from producerdesk.kit import limits
from sessions.imported.spans import NotACalendar, busy
from tests.calendars import LUNCH, calendar, event

pytestmark = pytest.mark.once
SINCE = datetime(2027, 3, 1, tzinfo=UTC)
HORIZON = SINCE + timedelta(days=60)


def spans(content: bytes, zone: str = "Europe/Berlin", days: int = 60) -> list[tuple[str, str]]:
    found = busy(content, zone=zone, since=SINCE, until=SINCE + timedelta(days=days))
    return [(starts.strftime("%m-%d %H:%M"), ends.strftime("%m-%d %H:%M")) for starts, ends in found.spans]


ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:{}\r\nBEGIN:STANDARD\r\nDTSTART:{}\r\nTZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)
BERLIN = [("03-10 09:00", "03-10 11:00")]
AT_TEN = ("DTSTART{}:20270310T100000", "DTEND{}:20270310T120000")


def at_ten(zone: str = "") -> str:
    return event(*(line.format(zone and f";TZID={zone}") for line in AT_TEN))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (calendar(at_ten()), BERLIN),  # floating: the owner's clock
        (calendar(at_ten("Nowhere/Land")), BERLIN),
        (calendar(at_ten("W. Europe Standard Time")), BERLIN),
        (calendar(ZONE.format("Own", "19700101T000000"), at_ten("Own")), [("03-10 05:00", "03-10 07:00")]),
        (calendar(ZONE.format("Own", "nonsense"), at_ten("Own")), BERLIN),  # a broken zone is no reason to be free
        (calendar(event("DTSTART;VALUE=DATE:20270310")), [("03-09 23:00", "03-10 23:00")]),
        (calendar(event("DTSTART;VALUE=DATE:20270328")), [("03-27 23:00", "03-28 22:00")]),  # the clocks go on
        (calendar(event("DTSTART:20270310T100000Z", "DURATION:PT90M")), [("03-10 10:00", "03-10 11:30")]),
        (calendar(event("DTSTART:20270310T100000Z", "DTEND:20270310T110000Z", "TRANSP:TRANSPARENT")), []),
        (calendar(event("DTSTART:20270310T100000Z", "DTEND:20270310T110000Z", "STATUS:CANCELLED")), []),
        (calendar(event("DTSTART:20270310T100000Z")), []),
        (calendar(event("DTSTART:20270310T100000Z", "DTEND:20270310T090000Z")), []),
        (calendar(event("SUMMARY:no time at all"), at_ten()), BERLIN),
        (calendar(event("DTSTART:99999999T999999Z", uid="2"), at_ten()), BERLIN),
        (
            calendar(event("DTSTART:20270310T100000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY", uid="2"), at_ten()),
            BERLIN,
        ),
        (calendar(event("DTSTART:20270310T100000Z", "DURATION:PT1H", "RRULE:FREQ=OFTEN", uid="2"), at_ten()), BERLIN),
        (calendar(event("DTSTART:00010101T000000Z", "DTEND:99991231T235959Z")), [("03-01 00:00", "04-30 00:00")]),
        # what touches is one; what lies over another, too
        (
            calendar(
                event("DTSTART:20270310T100000Z", "DTEND:20270310T120000Z", uid="1"),
                event("DTSTART:20270310T120000Z", "DTEND:20270310T130000Z", uid="2"),
                event("DTSTART:20270310T103000Z", "DTEND:20270310T110000Z", uid="3"),
            ),
            [("03-10 10:00", "03-10 13:00")],
        ),
    ],
)
def test_when_a_calendar_says_busy(content: bytes, found: list[tuple[str, str]]) -> None:
    assert spans(content) == found


def free_busy(*lines: str, uid: str = "1") -> str:
    return event(*lines, uid=uid).replace("VEVENT", "VFREEBUSY")


NINE = [("03-10 09:00", "03-10 10:00")]


@pytest.mark.parametrize(
    ("lines", "found", "left_out"),
    [
        (["FREEBUSY:20270310T090000Z/20270310T100000Z"], NINE, 0),
        (["FREEBUSY:20270310T090000Z/PT1H"], NINE, 0),
        (["FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270310T090000Z/PT1H"], NINE, 0),
        (["freebusy;fbtype=busy-tentative:20270310T090000Z/PT1H"], NINE, 0),
        (["FREEBUSY;FBTYPE=X-AT-LUNCH:20270310T090000Z/PT1H"], NINE, 0),  # unknown is busy
        (["FREEBUSY;FBTYPE=FREE:20270310T090000Z/PT1H"], [], 0),
        (
            ["FREEBUSY:20270310T090000Z/PT1H,20270311T090000Z/2027031", " 1T100000Z", "FREEBUSY:20270312T090000Z/PT1H"],
            [(f"03-{day} 09:00", f"03-{day} 10:00") for day in (10, 11, 12)],
            0,
        ),
        (["FREEBUSY:20270310T100000/PT1H"], NINE, 0),  # without a zone: the owner's clock
        (["DTSTART:20270301T000000Z", "DTEND:20270401T000000Z"], [], 0),  # what it is about: nothing is busy
        (["FREEBUSY:rubbish", "FREEBUSY:20270310T090000Z/PT1H"], NINE, 1),
        (["FREEBUSY:20270310T100000Z/20270310T090000Z,20270310T090000Z/PT1H"], NINE, 1),
        (["FREEBUSY:PT1H/PT1H,20270310T090000Z/-PT1H,20270310T090000Z/PT1H/PT1H", "FREEBUSY;:"], [], 4),
    ],
)
def test_busy_periods_without_events_count(lines: list[str], found: list[tuple[str, str]], left_out: int) -> None:
    assert spans(calendar(free_busy(*lines))) == found
    # what is wrong with them costs no event that stands beside them
    beside = busy(calendar(at_ten(), free_busy(*lines)), zone="Europe/Berlin", since=SINCE, until=HORIZON)
    assert beside.left_out == left_out
    assert BERLIN[0][1] in [f"{ends:%m-%d %H:%M}" for _starts, ends in beside.spans]


def test_busy_periods_that_are_our_own_or_never_end(settings: Any) -> None:
    settings.SITE_URL = "https://desk.example.com"
    assert spans(calendar(free_busy("FREEBUSY:20270310T090000Z/PT1H", uid="7@desk.example.com"))) == []
    with pytest.raises(NotACalendar, match="broken"):
        spans(calendar("BEGIN:VFREEBUSY\r\nFREEBUSY:20270310T090000Z/PT1H\r\n"))
    many = ",".join(["20270310T090000Z/PT1H"] * 20_000)  # in one line
    assert spans(calendar(free_busy(f"FREEBUSY:{many}"))) == NINE


def test_what_repeats_for_ever_is_followed_to_the_horizon_on_its_own_clock() -> None:
    weekly = event(
        "DTSTART;TZID=Europe/Berlin:20200304T100000",
        "DURATION:PT2H",
        "RRULE:FREQ=WEEKLY",
        "EXDATE;TZID=Europe/Berlin:20270317T100000",
    )
    apart = event(
        "DTSTART;TZID=Europe/Berlin:20270325T100000",
        "DURATION:PT2H",
        "RECURRENCE-ID;TZID=Europe/Berlin:20270324T100000",
    )
    found = spans(calendar(weekly, apart))
    assert found[:4] == [(f"03-{day} 09:00", f"03-{day} 11:00") for day in ("03", "10", "25")] + [
        ("03-31 08:00", "03-31 10:00")
    ]
    assert len(found) == 8


def test_our_own_sessions_do_not_come_back_as_somebody_elses(settings: Any) -> None:
    settings.SITE_URL = "https://desk.example.com"
    assert spans(calendar(event("DTSTART:20270310T100000Z", "DURATION:PT1H", uid="call-7@desk.example.com"))) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no calendar"),
        (b"<html>Sign in</html>", "no calendar"),
        (LUNCH[:-20], "breaks off"),
        (b"BEGIN:VCALENDAR\r\nthis is no line\r\nEND:VEVENT\r\nEND:VCALENDAR", "broken"),
        (
            calendar(
                *(
                    event(
                        f"DTSTART:20200101T00{n}000Z",
                        "DURATION:PT1M",
                        "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6",
                        uid=str(n),
                    )
                    for n in range(3)
                )
            ),
            "more than",
        ),
    ],
)
def test_what_is_no_calendar_is_said(content: bytes, why: str) -> None:
    with pytest.raises(NotACalendar, match=why):
        spans(content, days=400)


def test_following_a_rule_ends_when_it_takes_too_long() -> None:
    never = calendar(
        *(
            event("DTSTART:20270310T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", uid=str(n))
            for n in range(9)
        )
    )
    begun = time.monotonic()
    with pytest.raises(limits.TookTooLong), limits.at_most(0.3):
        spans(never)
    assert time.monotonic() - begun < 2
