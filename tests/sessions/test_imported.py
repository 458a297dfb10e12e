"""Imported busy calendars: read by the workers, and in the way of whatever is booked."""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contributors.models import Contributor
from producerdesk.kit import clock
from sessions.booking.models import ImportedSpan
from sessions.booking.resources import relink
from sessions.imported import refresh as refreshing
from sessions.imported.refresh import refresh_due
from sessions.models import ImportedCalendar, StudioSession
from tests import makers
from tests.calendars import LUNCH, Site, calendar, event, fail, ok, serving
from tests.calling import Caller
from tests.cast import Cast

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


def test_every_view_of_the_calendar_shows_it(here: Site, cast: Cast, ana: Caller) -> None:
    take_in(ana, here, room=cast.room.pk)
    room, day = cast.room.name, {"date": "2027-03-10"}

    def drawn(view: str, **more: Any) -> str:
        return ana.page("/calendar/", view=view, **day | more).content.decode()

    told = f"Busy elsewhere: {room} 12:00 – 14:00 (House)"
    assert 'title="Busy in imported calendar House"' in drawn("timeline", rows="rooms")
    for view in ("day", "week"):
        page = ana.page("/calendar/", view=view, **day)
        (band,) = [band for column in page.context["grid"]["columns"] for band in column["busy"]]
        assert (band["names"], band["at"].split()[0]) == (room, "ah-12")
        assert page.content.decode().count(told) == 3, view  # on sight, read out, and in the list of a phone
    assert f">Busy: {room}</span>" in drawn("month") and told in drawn("month")
    assert "Dentist" not in drawn("day") + drawn("month")
    # in a list it stands beside sessions alone
    assert told not in drawn("agenda")
    session = makers.make_session(cast.project, cast.ana, "2027-03-10T18:00", "2027-03-10T20:00")
    assert told in drawn("agenda")
    # narrowed to what it is not about, switched off, or asked for by who books nothing there: not a word
    assert told not in drawn("week", person=cast.wren_called.pk)
    assert told in drawn("week", room=cast.room.pk)
    assert told not in drawn("week", project=cast.project.pk)  # whose session is elsewhere
    StudioSession.objects.filter(pk=session.pk).update(room=cast.room)
    assert told in drawn("week", project=cast.project.pk)
    assert told not in drawn("week", busy="hide")
    assert told not in Caller(cast.lena).page("/calendar/", view="week", **day).content.decode()


def test_of_a_calendar_of_another_desk_only_busy_is_drawn(here: Site, cast: Cast, ana: Caller) -> None:
    sam = makers.make_user("sam")
    elsewhere = makers.make_desk(sam)
    nora = makers.make_contributor(elsewhere, "N.", user=cast.nora)
    take_in(Caller(sam), here, contributor=nora.pk)
    page = ana.page("/calendar/", view="day", date="2027-03-10", person=cast.nora_called.pk).content.decode()
    assert "Busy elsewhere: Nora 12:00 – 14:00<" in page
    assert "House" not in page and "N." not in page


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
    # the page draws its form again, with what was typed
    said = {"name": "House", "room": cast.room.pk, "file": SimpleUploadedFile("a.ics", b"x" * 6 * 2**20)}
    drawn = ana.client.post("/imported-calendars/new/", said)
    text = drawn.content.decode()
    assert drawn.status_code == 422 and "at most 1 MB are read. Export a shorter time" in text
    assert 'value="House"' in text
    # far beyond it nothing is read at all, and the field is named all the same
    huge = send(ana, b"x" * 27 * 2**20, room=cast.room.pk)
    assert (huge.status_code, huge.json()["code"]) == (413, "too_large")
    assert "at most 26 MB" in huge.json()["fields"]["file"][0]


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
