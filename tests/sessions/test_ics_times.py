"""Hours round the clock changes of 2027, in the API, on the page, and in calendars as two libraries read them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject
from icalendar import Calendar

from producerdesk.kit import clock
from sessions import actions, ics, zones
from tests import makers
from tests.cast import Cast
from tests.sessions.scheduling import book, by_link, call_of, feed_of, mint, read

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
KATHMANDU, SANTIAGO = "Asia/Kathmandu", "America/Santiago"

# wall time and its fold, zone, instant, minutes until the end
HOURS = [
    ("2027-03-27T10:00", None, BERLIN, "2027-03-27T09:00", 480),
    ("2027-03-28T01:30", None, BERLIN, "2027-03-28T00:30", 120),  # over the change
    ("2027-03-28T03:30", None, BERLIN, "2027-03-28T01:30", 60),  # the first hour after it
    ("2027-03-28T10:00", None, BERLIN, "2027-03-28T08:00", 480),
    ("2027-10-31T01:00", None, BERLIN, "2027-10-30T23:00", 90),  # until the first of two
    ("2027-10-31T02:30", 0, BERLIN, "2027-10-31T00:30", 30),  # the first of two
    ("2027-10-31T02:30", 1, BERLIN, "2027-10-31T01:30", 30),  # the second
    ("2027-10-31T10:00", None, BERLIN, "2027-10-31T09:00", 480),
    ("2027-03-13T10:00", None, NEW_YORK, "2027-03-13T15:00", 480),
    ("2027-03-14T03:00", None, NEW_YORK, "2027-03-14T07:00", 60),
    ("2027-03-14T22:00", None, NEW_YORK, "2027-03-15T02:00", 180),
    ("2027-11-07T01:30", 0, NEW_YORK, "2027-11-07T05:30", 30),
    ("2027-11-07T01:30", 1, NEW_YORK, "2027-11-07T06:30", 30),
    ("2027-04-03T10:00", None, LORD_HOWE, "2027-04-02T23:00", 480),
    ("2027-04-04T01:45", 0, LORD_HOWE, "2027-04-03T14:45", 15),
    ("2027-04-04T01:45", 1, LORD_HOWE, "2027-04-03T15:15", 60),
    ("2027-10-02T10:00", None, LORD_HOWE, "2027-10-01T23:30", 480),
    ("2027-10-03T02:30", None, LORD_HOWE, "2027-10-02T15:30", 60),
    ("2027-10-03T10:00", None, LORD_HOWE, "2027-10-02T23:00", 480),
    ("2027-06-01T10:00", None, KATHMANDU, "2027-06-01T04:15", 480),
    ("2027-04-03T10:00", None, SANTIAGO, "2027-04-03T13:00", 480),
    ("2027-04-03T23:30", 0, SANTIAGO, "2027-04-04T02:30", 30),
    ("2027-04-03T23:30", 1, SANTIAGO, "2027-04-04T03:30", 30),
    ("2027-09-05T01:00", None, SANTIAGO, "2027-09-05T04:00", 60),
    ("2027-09-05T10:00", None, SANTIAGO, "2027-09-05T13:00", 480),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times_of(body: bytes) -> list[tuple[datetime, datetime]]:
    """Return when the one event begins and ends, in UTC, as each library reads it by the zones in the file alone."""
    (event,) = Calendar.from_ical(body).events
    other: Any = vobject.readOne(body.decode()).vevent
    return [
        (event.decoded("dtstart").astimezone(UTC), event.decoded("dtend").astimezone(UTC)),
        (other.dtstart.value.astimezone(UTC), other.dtend.value.astimezone(UTC)),
    ]


@pytest.mark.parametrize(("local", "fold", "zone", "instant", "minutes"), HOURS)
def test_an_hour_is_the_same_in_api_page_and_calendar(
    cast: Cast, local: str, fold: int | None, zone: str, instant: str, minutes: int
) -> None:
    starts = at(instant)
    ends = clock.wall(starts + timedelta(minutes=minutes), zone)
    with time_machine.travel(starts - timedelta(days=1, hours=2), tick=False):
        said: dict[str, Any] = {
            "starts": local,
            "ends": ends.local,
            "starts_fold": fold,
            "time_zone": zone,
            "call_fold": fold,
        }
        if datetime.fromisoformat(ends.local).replace(tzinfo=ZoneInfo(zone), fold=0).utcoffset() != (
            datetime.fromisoformat(ends.local).replace(tzinfo=ZoneInfo(zone), fold=1).utcoffset()
        ):
            said["ends_fold"] = ends.fold
        call_fold = said.pop("call_fold")
        calls = [{"contributor": cast.nora_called, "call_fold": call_fold}]
        session = makers.make_session(cast.project, cast.ana, calls=calls, **said)
        call = call_of(session, cast.nora_called)
        secret = mint(cast.nora_called)
        row = by_link(secret).get(f"calls/{call.pk}/").json()
        assert at(row["call_at"][:-1]) == starts
        assert (row["session"]["starts_local"], row["session"]["time_zone"]) == (local, zone)
        page = read(f"/my/{secret}/").content.decode()
        # of two hours of one name, which
        which = "" if fold is None else f" {clock.offset_text(starts.astimezone(ZoneInfo(zone)))}"
        assert f">{local[11:]}{which}</time>" in page
        assert f'data-local="{starts.isoformat()}" data-zone="{zone}"' in page
        for path in (f"/my/{secret}/calls/{call.pk}.ics", f"/feeds/{feed_of(by_link(secret))}.ics"):
            body = read(path).content
            for read_back in times_of(body):
                assert read_back == (starts, starts + timedelta(minutes=minutes)), path
            for name, moment, wall in (
                ("DTSTART", starts, local),
                ("DTEND", starts + timedelta(minutes=minutes), ends.local),
            ):
                assert _line(name, moment, wall, zone) in body.decode().splitlines(), path


def _line(name: str, moment: datetime, wall: str, zone: str) -> str:
    """Return how a moment stands in a file: by the clock there, or in UTC where that says the hour twice.

    A TZID means the first of the two (RFC 5545, 3.3.5), but libical, ical.js and khal read the second of them.
    """
    offsets = {datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)}
    if len(offsets) == 2:
        return f"{name}:{moment:%Y%m%dT%H%M%S}Z"
    return f"{name};TZID={zone}:{wall.replace('-', '').replace(':', '')}00"


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE, KATHMANDU, SANTIAGO])
def test_the_rules_in_a_file_say_what_the_zone_does(zone: str) -> None:
    """Every half-hour of 2027 has the offset that the file's own rules give it."""
    rules = zones.written(zone, 2026, 2028).to_tz(lookup_tzid=False)
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    while moment.year == 2027:
        there = moment.astimezone(ZoneInfo(zone))
        if not there.fold:
            assert there.replace(tzinfo=rules).utcoffset() == there.utcoffset(), there
        moment += timedelta(minutes=30)


def test_onsets_are_told_on_the_clock_that_ends() -> None:
    """RFC 5545, 3.6.5: the onset of summer time is 02:00 of the old clock, not 03:00 of the new one."""
    onsets: dict[Any, Any] = {
        component.decoded("DTSTART").strftime("%Y%m%dT%H%M%S"): component["TZOFFSETFROM"].to_ical()
        for component in zones.written(BERLIN, 2027, 2027).subcomponents
    }
    assert onsets == {"20270101T010000": "+0100", "20270328T020000": "+0100", "20271031T030000": "+0200"}


def test_a_session_over_midnight_ends_on_the_next_day(cast: Cast) -> None:
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        session = book(cast, cast.nora_called, starts="2027-03-10T22:00", ends="2027-03-11T02:00")
        body = read(f"/my/{mint(cast.nora_called)}/calls/{call_of(session, cast.nora_called).pk}.ics").content
    assert times_of(body) == [(at("2027-03-10T21:00"), at("2027-03-11T01:00"))] * 2


# --- text ------------------------------------------------------------------------------------------------
HOSTILE = (
    "Take; one, two \\ three\r\nEND:VEVENT\nBEGIN:VEVENT\rDTSTART:19700101T000000Z"
    "\u2028X\u2029Y\u0085Z 🎻 \x0b<script>=1+1"
)


@pytest.fixture
def hostile(cast: Cast) -> bytes:
    """A calendar file whose every text is hostile."""
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        session = book(cast, cast.nora_called, title=HOSTILE.splitlines()[0], prepare=HOSTILE)
        session.title = session.remote_place = HOSTILE
        session.save()
        cast.project.title = HOSTILE[:120]
        cast.project.save()
        call = call_of(session, cast.nora_called)
        return read(f"/my/{mint(cast.nora_called)}/calls/{call.pk}.ics").content


def test_hostile_text_stays_text(hostile: bytes) -> None:
    calendar = Calendar.from_ical(hostile)
    (event,) = calendar.events
    other = vobject.readOne(hostile.decode())
    assert len(other.contents["vevent"]) == 1
    for text in (str(event["DESCRIPTION"]), other.vevent.description.value):
        assert "Take; one, two \\ three\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:19700101T000000Z" in text
        assert "🎻" in text
    assert event.start.year == 2027
    assert str(event["SUMMARY"]).startswith("Take; one, two \\ three")


def test_lines_are_folded_at_75_octets_and_never_in_a_character(hostile: bytes) -> None:
    text = hostile.decode()
    for mark in ("\u2028", "\u2029", "\u0085", "\x0b"):
        assert mark not in text
    assert text.replace("\r\n", "").isprintable()
    lines = hostile.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # whole characters only
    assert [line for line in text.split("\r\n") if line == "END:VEVENT"] == ["END:VEVENT"]


# --- what a file says of a call --------------------------------------------------------------------------
def test_a_file_is_no_message_and_invites_nobody(cast: Cast) -> None:
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        session = book(cast, cast.nora_called, cast.wren_called)
        answer = read(f"/my/{mint(cast.nora_called)}/calls/{call_of(session, cast.nora_called).pk}.ics")
    assert answer["Content-Type"].startswith("text/calendar; charset=utf-8")
    calendar = Calendar.from_ical(answer.content)
    assert "METHOD" not in calendar, "a message of iTIP would need an organizer"
    assert calendar["VERSION"] == "2.0"
    text = answer.content.decode()
    assert "ATTENDEE" not in text
    assert "ORGANIZER" not in text
    assert "Wren" not in text
    assert "VALARM" not in text


def test_the_same_event_rises_with_each_change(cast: Cast) -> None:
    """UID stays, SEQUENCE rises, the stamp is when it changed."""
    secret, seen = "", []
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False) as travel:
        session = book(cast, cast.nora_called)
        call, secret = call_of(session, cast.nora_called), mint(cast.nora_called)
        ana = cast.viewer("ana")

        def look() -> None:
            event: Any
            (event,) = Calendar.from_ical(read(f"/my/{secret}/calls/{call.pk}.ics").content).events
            seen.append((str(event["UID"]), int(event["SEQUENCE"]), event["DTSTAMP"].dt, str(event["STATUS"])))
            travel.shift(timedelta(minutes=5))

        look()
        look()
        assert seen[0] == seen[1]
        for change in (
            lambda: actions.confirm_call(viewer=cast.viewer("nora"), call=call),
            lambda: actions.move_session(
                viewer=ana,
                session=session,
                expected=None,
                starts_local="2027-03-12T10:00",
                ends_local="2027-03-12T18:00",
                remote_place="Elsewhere",
            ),
            lambda: actions.cancel_session(viewer=ana, session=session, reason=""),
            lambda: actions.restore_session(viewer=ana, session=session),
            lambda: actions.decline_call(viewer=cast.viewer("nora"), call=call),
        ):
            session.refresh_from_db()
            call.refresh_from_db()
            change()
            look()
    uids, sequences, stamps, states = zip(*seen[1:], strict=True)
    assert len(set(uids)) == 1
    assert list(sequences) == sorted(set(sequences))
    assert list(stamps) == sorted(set(stamps))
    assert states == ("CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED")


def test_a_hold_is_tentative(cast: Cast) -> None:
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        session = book(cast, cast.nora_called, hold=True)
        row = by_link(mint(cast.nora_called)).get(f"calls/{call_of(session, cast.nora_called).pk}/").json()
        event = ics.event_of_call(row)
    assert (event["STATUS"], event["SUMMARY"]) == ("TENTATIVE", "Hold: Tracking · Salt & Neon")
