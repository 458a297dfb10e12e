"""Imported busy calendars: read by the workers, and in the way of whatever is booked."""

import ipaddress
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contributors.models import Contributor
from producerdesk.kit import clock, limits
from sessions.booking.models import ImportedSpan
from sessions.booking.resources import relink
from sessions.imported import refresh as refreshing
from sessions.imported.refresh import refresh_due
from sessions.imported.spans import NotACalendar, busy
from sessions.models import ImportedCalendar
from tests import makers
from tests.calendars import LUNCH, Site, calendar, event, fail, ok, serving
from tests.calling import Caller
from tests.cast import Cast

SINCE = datetime(2027, 3, 1, tzinfo=UTC)
PATH = "imported-calendars/"
DAY = {"day": "2027-03-10", "starts": "10:00", "ends": "13:30"}  # Berlin: over lunch from 12:00 to 14:00


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


@pytest.fixture
def here(settings: Any, noon: None, site: Site) -> Site:
    """A calendar at /a.ics of a server that may be read from; it is noon."""
    settings.FETCH_ALSO_FROM = (ipaddress.ip_network("127.0.0.0/8"),)
    site.replies, site.asked = {"/a.ics": ok(LUNCH, ETag='"1"', Last_Modified="Mon, 01 Mar 2027 08:00:00 GMT")}, []
    return site


def take_in(caller: Caller, site: Site, **of: Any) -> dict[str, Any]:
    """Import the calendar at /a.ics and let a worker read it."""
    made = caller.post(PATH, name="House", address=site.url("/a.ics"), **of)
    assert made.status_code == 201, made.content
    assert refresh_due() == 1
    return caller.get(f"{PATH}{made.json()['id']}/").json()


def spans(content: bytes, zone: str = "Europe/Berlin", days: int = 60) -> list[tuple[str, str]]:
    found = busy(content, zone=zone, since=SINCE, until=SINCE + timedelta(days=days))
    return [(starts.strftime("%m-%d %H:%M"), ends.strftime("%m-%d %H:%M")) for starts, ends in found.spans]


# --- what a file says ---------------------------------------------------------------------------------
ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:{}\r\nBEGIN:STANDARD\r\nDTSTART:{}\r\nTZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)
BERLIN = [("03-10 09:00", "03-10 11:00")]
AT_TEN = ("DTSTART{}:20270310T100000", "DTEND{}:20270310T120000")


def at_ten(zone: str = "") -> str:
    return event(*(line.format(zone and f";TZID={zone}") for line in AT_TEN))


@pytest.mark.once
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


@pytest.mark.once
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


@pytest.mark.once
def test_our_own_sessions_do_not_come_back_as_somebody_elses(settings: Any) -> None:
    settings.SITE_URL = "https://desk.example.com"
    assert spans(calendar(event("DTSTART:20270310T100000Z", "DURATION:PT1H", uid="call-7@desk.example.com"))) == []


@pytest.mark.once
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


@pytest.mark.once
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


# --- in the way of bookings ---------------------------------------------------------------------------
def test_a_busy_room_is_not_booked(here: Site, cast: Cast, ana: Caller) -> None:
    made = take_in(ana, here, room=cast.room.pk)
    assert (made["source"], made["spans"], made["problem"]) == ("127.0.0.1", 1, "")
    assert "address" not in made
    said: dict[str, Any] = {"project": cast.project.pk, "room": cast.room.pk, "title": "Drums"}
    for hold in (False, True):
        refused = ana.post("sessions/", **said, **DAY, hold=hold)
        assert refused.status_code == 409
        (clash,) = refused.json()["clashes"]
        assert clash["text"].endswith("Room A is busy in imported calendar House, 12:00 – 14:00.")
        assert clash["field"] == "room" and refused.json()["free"]
        for free in refused.json()["free"]:
            assert free["ends_at"] <= "2027-03-10T11:00:00Z" or free["starts_at"] >= "2027-03-10T13:00:00Z"
    assert ana.post("sessions/", **said, **DAY | {"ends": "12:00"}).status_code == 201
    assert ana.post("sessions/", **said, **DAY | {"starts": "14:00", "ends": "16:00"}).status_code == 201


def test_it_is_asked_again_when_a_hold_is_confirmed_or_moved(here: Site, cast: Cast, ana: Caller) -> None:
    held = makers.make_session(cast.project, cast.ana, room=cast.room, hold=True)
    booked = makers.make_session(cast.project, cast.ana, "2027-03-11T10:00", room=cast.room)
    take_in(ana, here, room=cast.room.pk)
    assert ana.post(f"sessions/{held.pk}/confirm/").status_code == 409
    moved = ana.client.post(
        f"/api/v1/sessions/{booked.pk}/move/",
        DAY | {"room": cast.room.pk},
        content_type="application/json",
        headers={"If-Match": f'"{booked.version}"'},
    )
    assert moved.status_code == 409 and "House" in str(moved.json()["clashes"])


def test_what_was_booked_before_stands(here: Site, cast: Cast, ana: Caller) -> None:
    booked = makers.make_session(cast.project, cast.ana, room=cast.room)
    take_in(ana, here, room=cast.room.pk)
    again = ana.put(
        f"sessions/{booked.pk}/", version=booked.version, title="Later", kind="tracking", songs=[], prepare="", notes=""
    )
    assert again.status_code == 200, again.content


def test_a_player_of_two_desks_is_busy_in_both_and_the_other_learns_no_more(
    here: Site, cast: Cast, ana: Caller
) -> None:
    theirs = makers.make_contributor(cast.other_desk, user=cast.nora)
    take_in(ana, here, contributor=cast.nora_called.pk)
    cleo = Caller(cast.cleo)
    said: dict[str, Any] = {
        "project": cast.other_project.pk,
        "remote_place": "Her place",
        "title": "Vocals",
        "time_zone": "Europe/Berlin",
    }
    refused = cleo.post("sessions/", **said, **DAY, calls=[{"contributor": theirs.pk}])
    (clash,) = refused.json()["clashes"]
    assert clash["text"] == "Nora is busy 12:00 – 13:30." and "House" not in refused.content.decode()
    assert cleo.get(PATH).json()["count"] == 0
    span = {"since": "2027-03-10T00:00:00Z", "until": "2027-03-11T00:00:00Z"}
    ours, others = (who.get("sessions/calendar/busy/", **span).json()["results"] for who in (ana, cleo))
    assert [(each["person"], each["calendar"]) for each in ours] == [(cast.nora_called.pk, "House")]
    assert [(each["person"], each["calendar"]) for each in others] == [(theirs.pk, None)]


def test_it_goes_with_a_person_who_turns_out_to_be_a_user(here: Site, cast: Cast, ana: Caller) -> None:
    take_in(ana, here, contributor=cast.wren_called.pk)
    wren = Contributor.objects.get(pk=cast.wren_called.pk)
    wren.user = makers.make_user("Wren")
    wren.save()
    relink(wren)
    assert ImportedSpan.objects.get().resource.user_id == wren.user_id


def test_find_a_time_goes_round_it(here: Site, cast: Cast, ana: Caller) -> None:
    take_in(ana, here, room=cast.room.pk)
    asked = {
        "project": cast.project.pk,
        "minutes": 60,
        "first": "2027-03-10",
        "last": "2027-03-10",
        "opens": "11:00",
        "closes": "16:00",
    }
    (day,) = ana.get("sessions/find/", **asked).json()["results"]
    assert [start["starts"] for start in day["starts"]] == ["11:00", "14:00", "14:30", "15:00"]


def test_the_timeline_draws_it(here: Site, cast: Cast, ana: Caller) -> None:
    take_in(ana, here, room=cast.room.pk)
    drawn = ana.page("/calendar/", view="timeline", rows="rooms", date="2027-03-10").content.decode()
    assert 'title="Busy in imported calendar House"' in drawn


# --- reading again and again --------------------------------------------------------------------------
def test_it_is_read_again_and_what_did_not_change_is_not_sent_again(here: Site, cast: Cast, ana: Caller) -> None:
    made = take_in(ana, here, room=cast.room.pk)
    assert refresh_due() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        assert refresh_due() == 1
        first, second = (headers for _path, headers in here.asked)
        assert "if-none-match" not in first
        assert second["if-none-match"] == '"1"' and second["if-modified-since"].startswith("Mon, 01 Mar")
        here.replies["/a.ics"] = ok(calendar(event("DTSTART:20270311T100000Z", "DURATION:PT1H")))
        assert ana.post(f"{PATH}{made['id']}/refresh/").status_code == 200
        assert refresh_due() == 1
        assert ImportedSpan.objects.get().starts_at == datetime(2027, 3, 11, 10, tzinfo=UTC)


def test_a_calendar_that_is_away_keeps_what_it_said_and_is_asked_less_and_less(
    here: Site, cast: Cast, ana: Caller
) -> None:
    made = take_in(ana, here, room=cast.room.pk)
    here.replies["/a.ics"] = fail(500)
    at, waits = clock.now() + timedelta(minutes=30), []
    for _number in range(10):
        with time_machine.travel(at, tick=False):
            assert refresh_due() == 1
            calendar_now = ImportedCalendar.objects.get()
            waits.append(calendar_now.next_at - at)
            at = calendar_now.next_at
    assert waits[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)] and waits[-1] == timedelta(
        days=1
    )
    told = ana.get(f"{PATH}{made['id']}/").json()
    assert told["problem"] == "It answered with an error (500)." and told["failures"] == 10
    assert told["read_at"] == "2027-03-01T12:00:00Z" and ImportedSpan.objects.count() == 1
    with time_machine.travel(at, tick=False):
        drawn = ana.page("/imported-calendars/").content.decode()
    assert "It answered with an error (500)." in drawn and "what it said then still counts" in drawn
    here.replies["/a.ics"] = ok(LUNCH)
    with time_machine.travel(at, tick=False):
        refresh_due()
    assert ana.get(f"{PATH}{made['id']}/").json()["problem"] == ""


def test_a_worker_that_dies_over_one_leaves_it_to_another(here: Site, cast: Cast, ana: Caller) -> None:
    ana.post(PATH, name="House", address=here.url("/a.ics"), room=cast.room.pk)
    assert refreshing._claim(clock.now()) is not None  # and then no more is heard of it
    assert refresh_due() == 0
    with time_machine.travel(clock.now() + refreshing.LEASE, tick=False):
        assert refresh_due() == 1


def test_what_was_changed_while_it_was_read_is_not_written_over(here: Site, cast: Cast, ana: Caller) -> None:
    made = ana.post(PATH, name="House", address=here.url("/a.ics"), room=cast.room.pk).json()
    reply = here.replies["/a.ics"]

    def meanwhile(request: Any) -> None:
        reply(request)

    taken = refreshing._claim(clock.now())
    assert taken is not None
    here.replies["/b.ics"] = ok(calendar())
    answer = ana.put(f"{PATH}{made['id']}/", version=1, name="Other", address=here.url("/b.ics"))
    assert answer.status_code == 200, answer.content
    here.replies["/a.ics"] = meanwhile
    refreshing._refresh(taken)
    assert ImportedSpan.objects.count() == 0
    assert refresh_due() == 1
    assert ana.get(f"{PATH}{made['id']}/").json()["spans"] == 0


def test_private_addresses_are_not_read(here: Site, settings: Any, cast: Cast, ana: Caller) -> None:
    settings.FETCH_ALSO_FROM = ()
    refused = ana.post(PATH, name="Ours", address="http://169.254.169.254/latest/", room=cast.room.pk)
    assert refused.status_code == 400 and "private network" in refused.json()["fields"]["address"][0]
    made = ana.post(PATH, name="Ours", address="http://localhost:8080/a.ics", room=cast.room.pk).json()
    refresh_due()
    assert "private network" in ana.get(f"{PATH}{made['id']}/").json()["problem"]
    assert here.asked == []


# --- files, forms -------------------------------------------------------------------------------------
def send(caller: Caller, content: bytes, **said: Any) -> Any:
    file = SimpleUploadedFile("away.ics", content, "text/calendar")
    return caller.client.post(f"/api/v1/{PATH}", {"name": "Away", "file": file} | said)


def test_a_file_is_read_and_counts(noon: None, cast: Cast, ana: Caller) -> None:
    made = send(ana, LUNCH, contributor=cast.wren_called.pk)
    assert made.status_code == 201, made.content
    assert (made.json()["source"], made.json()["is_file"]) == ("away.ics", True)
    assert refresh_due() == 1 and ImportedSpan.objects.count() == 1
    assert ana.delete(f"{PATH}{made.json()['id']}/").status_code == 204
    assert ImportedSpan.objects.count() == 0


@pytest.mark.once
def test_a_file_that_is_too_large_or_none_is_refused_at_its_field(cast: Cast, ana: Caller, settings: Any) -> None:
    settings.LARGEST_CALENDAR = 2**20
    for content, why in ((b"x" * (2**20 + 1), "at most 1 MB"), (b"<html>", "no calendar"), (b"", "empty")):
        refused = send(ana, content, room=cast.room.pk)
        assert refused.status_code == 400 and why in refused.json()["fields"]["file"][0]
    huge = ana.client.post(
        "/imported-calendars/new/", {"name": "x", "file": SimpleUploadedFile("a.ics", b"x" * 50 * 2**20)}
    )
    assert huge.status_code == 413 and "5 MB" in huge.content.decode()


@pytest.mark.once
def test_what_is_said_wrongly_is_refused_at_its_field(cast: Cast, ana: Caller) -> None:
    address = "https://calendar.example.com/a.ics"
    for said, field in (
        ({"address": address}, "room"),
        ({"address": address, "room": cast.room.pk, "contributor": cast.wren_called.pk}, "contributor"),
        ({"room": cast.room.pk}, "address"),
        ({"address": "calendar", "room": cast.room.pk}, "address"),
        ({"address": address, "room": cast.other_room.pk}, "room"),
        ({"address": address, "room": cast.room.pk, "name": ""}, "name"),
    ):
        refused = ana.post(PATH, **{"name": "House"} | said)
        assert refused.status_code == 400 and list(refused.json()["fields"]) == [field], refused.content


@pytest.mark.once
def test_the_form_takes_in_a_calendar(here: Site, cast: Cast, ana: Caller) -> None:
    sent = ana.send("/imported-calendars/new/", name="House", room=cast.room.pk, address=here.url("/a.ics"))
    assert sent.status_code == 302
    drawn = ana.page("/imported-calendars/").content.decode()
    assert "Being read for the first time" in drawn and "/a.ics" not in drawn
    refresh_due()
    assert "1 busy time ahead" in ana.page("/imported-calendars/").content.decode()
    pk = ImportedCalendar.objects.get().pk
    assert "/a.ics" not in ana.page(f"/imported-calendars/{pk}/edit/").content.decode()
    assert ana.send(f"/imported-calendars/{pk}/end/").status_code == 302
    assert not ImportedCalendar.objects.exists()


@pytest.mark.once
def test_a_round_is_few_queries_however_many_are_due(here: Site, cast: Cast, ana: Caller) -> None:
    ana.post(PATH, name="House", address=here.url("/a.ics"), room=cast.room.pk)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        refresh_due()
    assert len(asked) < 25
