"""The call sheet of a session: written, sent as versions, told what changed, read and confirmed."""

import datetime as dt
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from producerdesk.notices.dispatcher import dispatch
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from projects.models import Activity
from sessions import actions
from sessions.models import Call, CallSheet, CallSheetVersion, SheetCopy, StudioSession
from sessions.notices import CALL_SHEET, ref
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import by_feed, by_link, call_of, feed_of, mint

MONDAY = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
ROW: dict[str, Any] = {"at": None, "minutes": 60, "what": "Tracking", "songs": "", "who": "", "is_break": False}


@pytest.fixture(autouse=True)
def monday(db: None) -> Any:
    """Nine days before the session."""
    with time_machine.travel(MONDAY, tick=False) as travelled:
        yield travelled


@pytest.fixture
def session(cast: Cast) -> StudioSession:
    """A day of tracking to which Nora, Emil and Wren are called."""
    studio = cast.room.studio
    studio.address, studio.city, studio.access_notes, studio.phone = "Kiln Lane 3", "Berlin", "Door code 4711", "+49 1"
    studio.save()
    for person, phone in ((cast.nora_called, "+49 11"), (cast.emil_called, "+49 22"), (cast.wren_called, "+49 33")):
        person.phone = phone
        person.save()
    calls = [
        {"contributor": person, "role": role}
        for person, role in ((cast.nora_called, "Artist"), (cast.emil_called, "Engineer"), (cast.wren_called, "Violin"))
    ]
    songs = [makers.make_song(cast.project, "Last Ferry")]
    return makers.make_session(cast.project, cast.ana, room=cast.room, calls=calls, songs=songs)


@pytest.fixture
def ana(cast: Cast) -> Caller:
    """Who plans, at the API."""
    return Caller(cast.ana)


def path_of(session: StudioSession, action: str = "") -> str:
    return f"call-sheets/{session.pk}/{action}"


def write(ana: Caller, session: StudioSession, **said: Any) -> Any:
    """Write the sheet over the version that stands, keeping what is not said."""
    found = ana.get(path_of(session))
    values = ana.options(path_of(session)).json()["forms"]["PUT"]["values"]
    return ana.put(path_of(session), version=found.json()["version"], **values | said)


def publish(ana: Caller, session: StudioSession, *, once: str = "", version: int | None = None) -> Any:
    """Send it, as the version that stands unless said."""
    if version is None:
        version = ana.get(path_of(session)).json()["version"]
    headers = {"If-Match": f'"{version}"'} | ({"Idempotency-Key": once} if once else {})
    return ana.client.post(
        f"/api/v1/{path_of(session, 'publish/')}", {}, content_type="application/json", headers=headers
    )


def copy_path(call: Call, action: str = "") -> str:
    return f"call-sheet-copies/{call.pk}/{action}"


def texts(found: Any) -> list[str]:
    return [change["text"] for change in found["changes"]]


def mails_of(person: Any) -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(to=person.email, delivery__kind=CALL_SHEET).order_by("pk"))


# --- written --------------------------------------------------------------------------------------------
def test_it_starts_with_what_suits_the_kind_and_reading_it_writes_nothing(ana: Caller, session: StudioSession) -> None:
    found = ana.get(path_of(session))
    assert (found.status_code, found.headers["ETag"]) == (200, '"0"')
    sheet = found.json()["sheet"]
    rows = [(row["starts_at"][11:16], row["what"]) for row in sheet["running_order"]]
    assert rows[0] == ("09:00", "Load-in and set-up")  # 10:00 in Berlin
    assert ("Lunch", True) in [(row["what"], row["is_break"]) for row in sheet["running_order"]]
    assert sheet["running_order"][-1]["ends_at"] == sheet["wrap_at"] == "2027-03-10T17:00:00Z"
    assert [row["name"] for row in sheet["contacts"]] == ["Ana", "Foxglove"]
    assert (sheet["access"], sheet["songs"]) == ("Door code 4711", ["Last Ferry"])
    assert not CallSheet.objects.exists()


@pytest.mark.parametrize("kind", StudioSession.Kind.values)
@pytest.mark.parametrize("hours", [1, 4, 9])
def test_every_kind_starts_with_rows_that_fill_its_hours(cast: Cast, ana: Caller, kind: str, hours: int) -> None:
    session = makers.make_session(cast.project, cast.ana, ends=f"2027-03-10T{10 + hours}:00", kind=kind)
    rows = ana.get(path_of(session)).json()["sheet"]["running_order"]
    assert (rows[0]["starts_at"], rows[-1]["ends_at"]) == ("2027-03-10T09:00:00Z", f"2027-03-10T{9 + hours:02}:00:00Z")
    assert all(row["ends_at"] == following["starts_at"] for row, following in pairwise(rows))


def test_what_was_written_is_there_and_the_second_writer_is_told(ana: Caller, session: StudioSession) -> None:
    said = {"running_order": [ROW | {"at": "09:30", "what": "Line check"}], "parking": "In the yard", "wrap": "18:30"}
    first = write(ana, session, **said)
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    assert first.json()["sheet"]["parking"] == "In the yard"
    assert first.json()["sheet"]["wrap_at"] == "2027-03-10T17:30:00Z"
    assert ana.put(path_of(session), parking="Mine").status_code == 428
    stale = ana.put(path_of(session), version=0, parking="Mine")
    assert (stale.status_code, stale.json()["current"]["parking"]) == (412, "In the yard")
    assert CallSheet.objects.get().parking == "In the yard"


def test_saved_as_it_was_it_keeps_its_version_and_is_no_deed(ana: Caller, session: StudioSession) -> None:
    write(ana, session)
    deeds = Activity.objects.count()
    assert write(ana, session).headers["ETag"] == '"1"'
    assert Activity.objects.count() == deeds


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"running_order": [ROW | {"what": ""}]}, "running_order.0.what"),
        ({"running_order": [ROW | {"at": "25:00"}]}, "running_order.0.at"),
        ({"running_order": [ROW | {"at": "10:00+01:00"}]}, "running_order.0.at"),
        ({"running_order": [ROW | {"minutes": 0}]}, "running_order.0.minutes"),
        ({"running_order": [ROW | {"minutes": None}, ROW]}, "running_order.1.at"),
        ({"running_order": [ROW | {"at": "13:00"}, ROW | {"at": "12:00"}]}, "running_order.1.at"),
        ({"running_order": [ROW | {"minutes": 1440}, ROW]}, "running_order.1.at"),
        ({"running_order": [ROW] * 81}, "running_order"),
        ({"wrap": "09:00"}, "wrap"),
        ({"gear": [{"what": "Viola", "source": "stolen"}]}, "gear.0.source"),
        ({"contacts": [{"name": "Ida", "audience": "all"}]}, "contacts.0.audience"),
        ({"contacts": [{"name": "Ida", "email": "no mail"}]}, "contacts.0.email"),
        ({"notes": "x" * 4001}, "notes"),
        ({"fee": "100"}, "fee"),
    ],
)
def test_what_cannot_be_is_said_beside_its_row(
    ana: Caller, session: StudioSession, said: dict[str, Any], field: str
) -> None:
    refused = ana.put(path_of(session), version=0, **said)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, [field])
    assert not CallSheet.objects.exists()


# --- time -----------------------------------------------------------------------------------------------
def test_a_night_crosses_midnight_by_itself(cast: Cast, ana: Caller) -> None:
    session = makers.make_session(cast.project, cast.ana, "2027-03-10T21:00", "2027-03-11T04:00")
    order = [ROW | {"at": "20:30"}, ROW | {"at": "23:30", "minutes": 45}, ROW, ROW | {"at": "02:00"}]
    rows = write(ana, session, running_order=order, wrap="04:30").json()["sheet"]
    assert [row["starts_at"] for row in rows["running_order"]] == [
        "2027-03-10T19:30:00Z",
        "2027-03-10T22:30:00Z",
        "2027-03-10T23:15:00Z",
        "2027-03-11T01:00:00Z",
    ]
    assert rows["wrap_at"] == "2027-03-11T03:30:00Z"


def test_a_row_before_a_session_that_starts_after_midnight_is_the_evening_before(cast: Cast, ana: Caller) -> None:
    session = makers.make_session(cast.project, cast.ana, "2027-03-11T00:30", "2027-03-11T05:00")
    rows = write(ana, session, running_order=[ROW | {"at": "23:45"}]).json()["sheet"]["running_order"]
    assert rows[0]["starts_at"] == "2027-03-10T22:45:00Z"


def test_minutes_pass_as_they_do_when_the_clocks_go_forward(cast: Cast, ana: Caller) -> None:
    session = makers.make_session(cast.project, cast.ana, "2027-03-28T00:00", "2027-03-28T06:00")
    order = [ROW | {"at": "01:30", "minutes": 60}, ROW | {"minutes": None}, ROW | {"at": "04:00"}]
    rows = write(ana, session, running_order=order).json()["sheet"]["running_order"]
    # half past one and an hour: the clocks show half past three
    assert [row["starts_at"][11:16] for row in rows] == ["00:30", "01:30", "02:00"]
    refused = write(ana, session, running_order=[ROW | {"at": "02:30"}])
    assert "03:00" in refused.json()["fields"]["running_order.0.at"][0]


def test_of_two_hours_of_one_name_the_order_says_which(cast: Cast, ana: Caller) -> None:
    session = makers.make_session(cast.project, cast.ana, "2027-10-31T00:00", "2027-10-31T06:00")
    order = [ROW | {"at": "02:30"}, ROW | {"at": "02:10"}, ROW | {"at": "03:00"}]
    rows = write(ana, session, running_order=order).json()["sheet"]["running_order"]
    assert [row["starts_at"][11:16] for row in rows] == ["00:30", "01:10", "02:00"]


def test_a_session_that_moves_takes_its_running_order_along(cast: Cast, ana: Caller, session: StudioSession) -> None:
    write(ana, session, running_order=[ROW, ROW | {"at": "12:00"}])
    session.refresh_from_db()
    move(cast, session, "2027-03-11T11:00", "2027-03-11T19:00")
    rows = ana.get(path_of(session)).json()["sheet"]["running_order"]
    assert [row["starts_at"] for row in rows] == ["2027-03-11T10:00:00Z", "2027-03-11T11:00:00Z"]
    move(cast, session, "2027-03-11T20:00", "2027-03-11T22:00")
    publish_refused = publish(ana, session)
    assert publish_refused.status_code == 400
    assert list(ana.get(path_of(session)).json()["problems"]) == list(publish_refused.json()["fields"])


def move(cast: Cast, session: StudioSession, starts: str, ends: str) -> None:
    standing = StudioSession.objects.get(pk=session.pk)
    actions.move_session(viewer=cast.viewer("ana"), session=standing, starts_local=starts, ends_local=ends)


# --- who reads what -------------------------------------------------------------------------------------
@pytest.fixture
def sent(ana: Caller, session: StudioSession, cast: Cast) -> StudioSession:
    """The session, its first call sheet sent: of the phones only Emil's is shared."""
    contact = {"what": "Runner", "email": ""}
    contacts = [
        contact | {"name": "Otto", "phone": "+49 71", "audience": "everyone"},
        contact | {"name": "Ida", "phone": "+49 72", "audience": "production"},
        contact | {"name": "Uwe", "phone": "+49 73", "audience": "nobody"},
    ]
    sharing = [
        {"contributor": cast.emil_called.pk, "audience": "everyone"},
        {"contributor": cast.wren_called.pk, "audience": "nobody"},
    ]
    assert write(ana, session, contacts=contacts, sharing=sharing, parking="In the yard").status_code == 200
    assert publish(ana, session).status_code == 200
    return session


def phones(sheet: dict[str, Any]) -> set[str]:
    return {row["phone"] for row in (*sheet["people"], *sheet["contacts"])} - {""}


def test_each_reads_the_contacts_that_are_meant_for_them(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    assert phones(ana.get(path_of(sent)).json()["sheet"]) == {"+49 11", "+49 22", "+49 71", "+49 72"}
    nora = Caller(cast.nora).get(copy_path(call_of(sent, cast.nora_called))).json()["sheet"]
    assert phones(nora) == {"+49 11", "+49 22", "+49 71"}
    wren = by_link(mint(cast.wren_called)).get(copy_path(call_of(sent, cast.wren_called))).json()["sheet"]
    assert phones(wren) == {"+49 22", "+49 33", "+49 71"}


def test_no_way_to_a_copy_shows_a_phone_that_is_not_shared(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    call, secret = call_of(sent, cast.wren_called), mint(cast.wren_called)
    dispatch(name="test")
    bodies = [
        by_link(secret).get(copy_path(call)).content,
        Client().get(f"/my/{secret}/calls/{call.pk}/sheet/").content,
        *(mail.text.encode() + mail.html.encode() for mail in mails_of(cast.wren_called)),
    ]
    for body in bodies:
        assert b"+49 11" not in body and b"+49 72" not in body and b"+49 73" not in body
        assert b"audience" not in body


def test_a_sheet_is_for_who_plans_and_who_is_called(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    call = call_of(sent, cast.nora_called)
    statuses = {
        name: (
            Caller(getattr(cast, name)).get(path_of(sent)).status_code,
            Caller(getattr(cast, name)).get(copy_path(call)).status_code,
        )
        for name in ("ben", "nora", "emil", "cara", "lena", "cleo")
    }
    assert statuses == {
        "ben": (200, 200),
        "nora": (403, 200),
        "emil": (403, 404),
        "cara": (403, 404),
        "lena": (403, 404),
        "cleo": (404, 404),
    }


def test_who_was_taken_off_reads_it_no_more(cast: Cast, sent: StudioSession) -> None:
    call, link = call_of(sent, cast.wren_called), by_link(mint(cast.wren_called))
    assert link.get(copy_path(call)).status_code == 200
    actions.remove_call(viewer=cast.viewer("ana"), call=call)
    assert link.get(copy_path(call)).status_code == 404


def test_a_feed_reads_and_confirms_nothing(cast: Cast, sent: StudioSession) -> None:
    call = call_of(sent, cast.nora_called)
    assert Caller(cast.nora).get(copy_path(call)).status_code == 200
    feed = by_feed(feed_of(Caller(cast.nora)))
    assert feed.get(copy_path(call)).status_code == 403
    assert feed.post(copy_path(call, "confirm/"), number=1).status_code == 403


# --- sent -----------------------------------------------------------------------------------------------
def test_all_called_are_sent_it_in_one_action(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    assert set(SheetCopy.objects.values_list("call__contributor__name", "number")) == {
        ("Nora", 1),
        ("Emil", 1),
        ("Wren Castellan", 1),
    }
    mails = Delivery.objects.filter(kind=CALL_SHEET, channel="email")
    assert {(mail.ref, mail.generation) for mail in mails} == {(ref(call), 1) for call in sent.calls.all()}
    dispatch(name="test")
    (mail,) = mails_of(cast.wren_called)
    assert mail.subject == "Call sheet: Tracking, Wed 10 Mar, 10:00"
    address = next(line for line in mail.text.splitlines() if "/my/" in line)
    assert address.endswith(f"/calls/{call_of(sent, cast.wren_called).pk}/sheet/")
    assert Client().get(urlsplit(address).path).status_code == 200
    own = reverse("sessions:sheet", args=[call_of(sent, cast.nora_called).pk])
    assert Notice.objects.filter(user=cast.nora, path=own).exists()


def test_sent_twice_with_one_key_it_is_one_version(ana: Caller, session: StudioSession) -> None:
    first, second = (publish(ana, session, once="k-1", version=0) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert CallSheetVersion.objects.count() == 1


def test_an_older_sheet_than_the_one_that_stands_is_not_sent(ana: Caller, session: StudioSession) -> None:
    write(ana, session, parking="In the yard")
    assert publish(ana, session, version=0).status_code == 412
    assert not CallSheetVersion.objects.exists()


def test_what_has_not_changed_is_not_sent_again(ana: Caller, sent: StudioSession) -> None:
    refused = publish(ana, sent)
    assert (refused.status_code, refused.json()["detail"]) == (409, "Nothing has changed since version 1 was sent.")


def test_a_hold_a_cancelled_session_and_an_empty_one_are_not_told(cast: Cast, ana: Caller) -> None:
    calls = [{"contributor": cast.wren_called, "role": "Violin"}]
    hold = makers.make_session(cast.project, cast.ana, "2027-04-01T10:00", calls=calls, hold=True)
    empty = makers.make_session(cast.project, cast.ana, "2027-04-02T10:00")
    off = makers.make_session(cast.project, cast.ana, "2027-04-03T10:00", calls=calls)
    actions.cancel_session(viewer=cast.viewer("ana"), session=off)
    assert [publish(ana, session).status_code for session in (hold, empty, off)] == [409, 409, 409]
    assert not Delivery.objects.filter(kind=CALL_SHEET).exists()


def test_a_newer_version_voids_the_one_that_has_not_left(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    write(ana, sent, parking="In the street")
    publish(ana, sent)
    dispatch(name="test")
    states = dict(Delivery.objects.filter(kind=CALL_SHEET, channel="email").values_list("generation", "state"))
    assert states == {1: "superseded", 2: "sent"}
    assert len(mails_of(cast.wren_called)) == 1


@pytest.mark.parametrize("deed", ["cancel", "move", "remove", "decline", "retime", "over"])
def test_what_does_not_stand_any_more_does_not_leave(cast: Cast, sent: StudioSession, monday: Any, deed: str) -> None:
    call, ana = call_of(sent, cast.wren_called), cast.viewer("ana")
    sent.refresh_from_db()
    match deed:
        case "cancel":
            actions.cancel_session(viewer=ana, session=sent)
        case "move":
            move(cast, sent, "2027-03-12T10:00", "2027-03-12T18:00")
        case "remove":
            actions.remove_call(viewer=ana, call=call)
        case "decline":
            actions.decline_call(viewer=ana, call=call)
        case "retime":
            actions.change_call(viewer=ana, call=call, at=dt.time(11))
        case "over":
            monday.move_to(dt.datetime(2027, 3, 20, tzinfo=dt.UTC))
    dispatch(name="test")
    assert mails_of(cast.wren_called) == []
    assert Delivery.objects.get(kind=CALL_SHEET, ref=ref(call)).state in ("cancelled", "superseded", "expired")


def test_restored_after_it_was_cancelled_it_can_be_sent_again(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    actions.cancel_session(viewer=cast.viewer("ana"), session=sent)
    actions.restore_session(viewer=cast.viewer("ana"), session=StudioSession.objects.get(pk=sent.pk))
    assert ana.get(path_of(sent)).json()["can"]["publish"]
    assert publish(ana, sent).json()["number"] == 2
    dispatch(name="test")
    assert "nothing in it has changed" in mails_of(cast.wren_called)[-1].text


# --- read, confirmed, changed ---------------------------------------------------------------------------
def reader_of(ana: Caller, session: StudioSession, name: str) -> dict[str, Any]:
    return next(each for each in ana.get(path_of(session)).json()["readers"] if each["name"] == name)


def test_sent_opened_and_confirmed_are_seen_by_who_plans(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    call, link = call_of(sent, cast.wren_called), by_link(mint(cast.wren_called))
    assert reader_of(ana, sent, "Wren Castellan")["state"] == "sending"
    dispatch(name="test")
    assert reader_of(ana, sent, "Wren Castellan")["state"] == "sent"
    link.get(copy_path(call))
    ana.post(copy_path(call, "opened/"), number=1)
    assert reader_of(ana, sent, "Wren Castellan")["state"] == "sent"  # a look by the producer is no reading
    link.post(copy_path(call, "opened/"), number=1)
    assert reader_of(ana, sent, "Wren Castellan")["state"] == "opened"
    link.post(copy_path(call, "confirm/"), number=1)
    found = reader_of(ana, sent, "Wren Castellan")
    assert (found["state"], found["confirmed_number"], found["confirmed_at"]) == (
        "confirmed",
        1,
        "2027-03-01T09:00:00Z",
    )
    assert Activity.objects.filter(deed="sheet_confirmed", by_link=True).count() == 1
    link.post(copy_path(call, "confirm/"), number=1)
    assert Activity.objects.filter(deed="sheet_confirmed").count() == 1


def test_a_mail_that_did_not_arrive_is_seen(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    Delivery.objects.filter(kind=CALL_SHEET, channel="email").update(state="failed", reason="No such mailbox")
    found = reader_of(ana, sent, "Emil")
    assert (found["state"], found["reason"]) == ("failed", "No such mailbox")


def test_a_later_change_is_told_in_words(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    call, link = call_of(sent, cast.wren_called), by_link(mint(cast.wren_called))
    link.post(copy_path(call, "opened/"), number=1)
    actions.change_call(viewer=cast.viewer("ana"), call=call, at=dt.time(11))
    rows = ana.options(path_of(sent)).json()["forms"]["PUT"]["values"]["running_order"]
    changed = write(
        ana,
        sent,
        parking="In the street",
        running_order=[rows[0], rows[1] | {"minutes": 45}, *rows[2:-1]],
        gear=[{"what": "Viola", "source": "hired", "who": "Bow & Co"}],
        wrap="19:00",
    )
    wanted = {
        "Call time of Wren Castellan 10:00 → 11:00",
        "Wrap 18:00 → 19:00",
        "Lunch 13:45 → 14:00",
        "Off: Wrap and load-out",
        "Gear added: Viola, hired (Bow & Co)",
        "Parking changed",
    }
    assert wanted <= set(texts(changed.json())), texts(changed.json())
    publish(ana, sent)
    dispatch(name="test")
    mail = mails_of(cast.wren_called)[-1]
    assert mail.subject.startswith("Call sheet changed: Tracking")
    assert "Your call time 10:00 → 11:00" in mail.text and "Parking changed" in mail.text
    found = link.get(copy_path(call)).json()
    assert found["changes"][:2] == [
        {"what": "call_time", "text": "Your call time 10:00 → 11:00"},
        {"what": "wrap", "text": "Wrap 18:00 → 19:00"},
    ]


def test_what_changed_is_told_until_it_is_confirmed(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    call, link = call_of(sent, cast.wren_called), by_link(mint(cast.wren_called))
    link.post(copy_path(call, "opened/"), number=1)
    write(ana, sent, parking="In the street")
    publish(ana, sent)
    assert link.post(copy_path(call, "opened/"), number=1).json()["opened_number"] == 1  # an old page says nothing
    assert texts(link.post(copy_path(call, "opened/"), number=2).json()) == ["Parking changed"]
    assert texts(link.get(copy_path(call)).json()) == ["Parking changed"]
    late = link.post(copy_path(call, "confirm/"), number=1)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert texts(link.post(copy_path(call, "confirm/"), number=2).json()) == []


def test_nobody_learns_of_a_change_to_a_contact_not_meant_for_them(
    cast: Cast, ana: Caller, sent: StudioSession
) -> None:
    call, link = call_of(sent, cast.wren_called), by_link(mint(cast.wren_called))
    link.post(copy_path(call, "opened/"), number=1)
    cast.nora_called.phone = "+49 99"
    cast.nora_called.save()
    changed = ana.get(path_of(sent)).json()
    assert texts(changed) == ["Contact of Nora changed"]
    publish(ana, sent)
    assert texts(link.get(copy_path(call)).json()) == []
    dispatch(name="test")
    mail = mails_of(cast.wren_called)[-1]
    assert "Contact" not in mail.text and "+49" not in mail.text


def test_who_is_called_later_gets_a_first_sheet_and_no_news(cast: Cast, ana: Caller, sent: StudioSession) -> None:
    cara = makers.make_contributor(cast.desk, "Cara Lind")
    session = StudioSession.objects.get(pk=sent.pk)
    actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=cara, role="Cello")
    assert reader_of(ana, sent, "Cara Lind")["state"] == "unsent"
    assert texts(ana.get(path_of(sent)).json()) == ["Cara Lind is called, 10:00"]
    publish(ana, sent)
    dispatch(name="test")
    assert mails_of(cara)[-1].subject.startswith("Call sheet: ")
    assert mails_of(cast.wren_called)[-1].subject.startswith("Call sheet changed: ")


def test_after_a_move_the_sheet_says_that_it_does_not_stand(cast: Cast, sent: StudioSession) -> None:
    call, secret = call_of(sent, cast.wren_called), mint(cast.wren_called)
    assert by_link(secret).get(copy_path(call)).json()["stands"] is True
    move(cast, sent, "2027-03-12T10:00", "2027-03-12T18:00")
    assert by_link(secret).get(copy_path(call)).json()["stands"] is False
    page = Client().get(f"/my/{secret}/calls/{call.pk}/sheet/").content.decode()
    assert "The session was moved after this was sent" in page
    actions.cancel_session(viewer=cast.viewer("ana"), session=StudioSession.objects.get(pk=sent.pk))
    assert "This session is cancelled" in Client().get(f"/my/{secret}/calls/{call.pk}/sheet/").content.decode()
    assert by_link(secret).post(copy_path(call, "confirm/"), number=1).status_code == 409


def test_the_list_of_calls_says_that_there_is_a_sheet(cast: Cast, sent: StudioSession) -> None:
    rows = Caller(cast.nora).get("calls/", mine="true").json()["results"]
    assert rows[0]["call_sheet"] == {"number": 1, "opened_number": None, "confirmed_number": None}
