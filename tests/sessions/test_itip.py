"""Invitations that calendars accept: what stands in the mail, read back by two libraries, and the answers they send."""

import email
import email.policy
import io
import re
from datetime import UTC, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
import vobject
from django.core.management import call_command
from icalendar import Calendar

from producerdesk.kit import clock
from producerdesk.notices import dispatcher
from producerdesk.notices.models import Delivery
from sessions import actions, ics, notices, replies
from sessions.models import Call, StudioSession
from tests.cast import Cast
from tests.hostile import HOSTILE_LINES
from tests.services import SmtpSink
from tests.sessions.scheduling import book, call_of

Settings = Any


@pytest.fixture(autouse=True)
def clock_stands() -> Any:
    """It is noon on 1 March 2027."""
    with time_machine.travel("2027-03-01T12:00:00Z", tick=False) as travel:
        yield travel


@pytest.fixture
def inbound(settings: Settings) -> None:
    """Calendars answer to this address."""
    settings.INBOUND_MAIL = "replies@desk.example.com"


@pytest.fixture
def posted(smtp_sink: SmtpSink, settings: Settings) -> SmtpSink:
    """A mail server that the desk sends by."""
    settings.OUTBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    return smtp_sink


@pytest.fixture
def called(cast: Cast) -> Call:
    """Wren is called to 10 March at 10:00 in Berlin."""
    return call_of(book(cast, cast.wren_called), cast.wren_called)


def post() -> None:
    dispatcher.dispatch(name="test")


def calendar_of(message: Any) -> tuple[Any, str]:
    """Return the part that mail programs offer to answer, and its text."""
    (alternative,) = (part for part in message.walk() if part.get_content_type() == "multipart/alternative")
    (part,) = (part for part in alternative.iter_parts() if part.get_content_type() == "text/calendar")
    return part, part.get_content()


def event_of(message: Any) -> Any:
    (event,) = Calendar.from_ical(calendar_of(message)[1]).events
    return event


# --- what leaves ------------------------------------------------------------------------------------------
def test_an_invitation_is_a_request_that_both_libraries_read(
    cast: Cast, called: Call, posted: SmtpSink, inbound: None
) -> None:
    post()
    (mail,) = posted.to(cast.wren_called.email)
    part, text = calendar_of(mail.message)
    assert (part.get_param("method"), part.get_content_charset()) == ("REQUEST", "utf-8")
    (file,) = mail.message.iter_attachments()
    assert (file.get_filename(), file.get_param("method")) == ("invite.ics", "REQUEST")
    assert file.get_content() == text
    assert [p.get_content_type() for p in mail.message.walk()][2:5] == ["text/plain", "text/html", "text/calendar"]
    found = Calendar.from_ical(text)
    assert (found["METHOD"], found["VERSION"]) == ("REQUEST", "2.0")
    event = event_of(mail.message)
    assert event["UID"] == f"call-{called.pk}@127.0.0.1"
    assert event["DTSTAMP"].dt == called.updated_at.astimezone(UTC)
    assert event["ORGANIZER"] == f"mailto:{replies.address_of(called)}"
    assert event["ORGANIZER"].params["CN"] == "Ana"
    attendee = event["ATTENDEE"]
    assert not isinstance(attendee, list), "nobody reads who else is called"
    assert attendee == f"mailto:{cast.wren_called.email}"
    assert {name: attendee.params[name] for name in ("CN", "PARTSTAT", "RSVP", "ROLE")} == {
        "CN": "Wren Castellan",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
        "ROLE": "REQ-PARTICIPANT",
    }
    assert "BEGIN:VTIMEZONE" in text and "DTSTART;TZID=Europe/Berlin:20270310T100000" in text
    other: Any = vobject.readOne(text)
    assert other.method.value == "REQUEST"
    assert other.vevent.uid.value == event["UID"]
    assert other.vevent.attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert other.vevent.dtstart.value.astimezone(UTC) == called.call_at


def test_lines_are_folded_at_75_octets_and_end_in_crlf(cast: Cast, called: Call) -> None:
    StudioSession.objects.update(title="日本語🎸" * 30, prepare="x" * 400)
    text = ics.itip(_row(called), method="REQUEST", organizer=_ana(cast), attendee=ics.Party("Ÿ" * 80, "w@x.org"))
    lines = text.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in text.replace(b"\r\n", b"")
    for line in lines:
        line.decode()  # no character is split


def test_a_move_raises_the_sequence_and_a_cancellation_ends_the_event(
    cast: Cast, called: Call, posted: SmtpSink, clock_stands: Any
) -> None:
    ana = cast.viewer("ana")
    seen = []
    for change in (
        lambda session: None,
        lambda session: actions.move_session(
            viewer=ana, session=session, starts_local="2027-03-11T10:00", ends_local="2027-03-11T18:00"
        ),
        lambda session: actions.move_session(
            viewer=ana,
            session=session,
            starts_local=session.starts_local,
            ends_local=session.ends_local,
            remote_place="Elsewhere",
        ),
        lambda session: actions.cancel_session(viewer=ana, session=session),
    ):
        clock_stands.shift(timedelta(minutes=5))
        posted.reset()
        change(StudioSession.objects.get())
        post()
        (mail,) = posted.to(cast.wren_called.email)
        event = event_of(mail.message)
        method = calendar_of(mail.message)[0].get_param("method")
        seen.append((method, str(event["STATUS"]), int(event["SEQUENCE"]), event["DTSTAMP"].dt, str(event["UID"])))
    methods, states, sequences, stamps, uids = zip(*seen, strict=True)
    assert methods == ("REQUEST", "REQUEST", "REQUEST", "CANCEL")
    assert states == ("CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED")
    assert list(sequences) == sorted(set(sequences))
    assert list(stamps) == sorted(set(stamps))
    assert len(set(uids)) == 1


def test_who_is_taken_off_gets_a_cancel_for_the_own_event(cast: Cast, called: Call, posted: SmtpSink) -> None:
    post()
    posted.reset()
    actions.remove_call(viewer=cast.viewer("ana"), call=called)
    post()
    (mail,) = posted.to(cast.wren_called.email)
    part, text = calendar_of(mail.message)
    assert (part.get_param("method"), event_of(mail.message)["STATUS"]) == ("CANCEL", "CANCELLED")
    assert "RSVP=FALSE" in text.replace("\r\n ", "")


def test_a_reminder_brings_no_event_and_without_an_address_the_owner_is_asked(
    cast: Cast, called: Call, posted: SmtpSink
) -> None:
    post()
    assert event_of(posted.to(cast.wren_called.email)[0].message)["ORGANIZER"] == f"mailto:{cast.ana.email}"
    posted.reset()
    with time_machine.travel("2027-03-09T09:00:00Z", tick=False):
        Delivery.objects.exclude(offset=1440).delete()
        post()
    (mail,) = posted.to(cast.wren_called.email)
    assert "text/calendar" not in {part.get_content_type() for part in mail.message.walk()}


@pytest.mark.parametrize("text", [*HOSTILE_LINES, "one\u2028two\u2029three\x85four\x0bfive"])
def test_hostile_text_comes_back_from_both_libraries_and_adds_nothing(cast: Cast, called: Call, text: str) -> None:
    StudioSession.objects.update(title=text[:150], prepare=text)
    name = text.replace("\n", " ").replace("\r", " ")[:100]
    body = ics.itip(
        _row(called), method="REQUEST", organizer=ics.Party(name, "a@x.org"), attendee=ics.Party(name, "b@x.org")
    )
    wanted = re.sub("[\u2028\u2029\x85\x0b]", " ", text)
    (event,) = Calendar.from_ical(body).events
    other: Any = vobject.readOne(body.decode())
    for title, prepare in (
        (str(event["SUMMARY"]), str(event["DESCRIPTION"])),
        (other.vevent.summary.value, other.vevent.description.value),
    ):
        assert _plain(title).startswith(_plain(wanted[:150])), title
        assert _plain(prepare) == _plain(wanted), prepare
    assert str(event["ATTENDEE"]) == "mailto:b@x.org"
    assert body.count(b"\r\nBEGIN:VEVENT\r\n") == body.count(b"\r\nEND:VEVENT\r\n") == 1
    assert body.count(b"\r\nATTENDEE") == 1


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _ana(cast: Cast) -> Any:
    return ics.Party("Ana", cast.ana.email)


def _row(call: Call) -> dict[str, Any]:
    from producerdesk.kit.viewer import Viewer
    from sessions.serializers import CallDetail

    row = CallDetail.read_one(Call.objects.all(), call.pk, Viewer(via="link", contributor_id=call.contributor_id))
    assert row is not None
    return row


# --- what comes back --------------------------------------------------------------------------------------
def reply(call: Call, *, to: str = "", said: str = "ACCEPTED", **changed: Any) -> bytes:
    """Return a mail as a calendar answers."""
    lines = {
        "METHOD": "METHOD:REPLY",
        "UID": f"UID:call-{call.pk}@127.0.0.1",
        "DTSTART": f"DTSTART:{call.call_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "SEQUENCE": f"SEQUENCE:{call.session.sequence + call.version}",
        "ATTENDEE": f"ATTENDEE;PARTSTAT={said}:mailto:wren@elsewhere.example",
        "COMMENT": "",
    } | changed
    inner = [line for name, line in lines.items() if name != "METHOD" and line]
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//X//EN", lines["METHOD"]]
    body = "\r\n".join([*head, "BEGIN:VEVENT", "DTSTAMP:20270301T120000Z", *inner, "END:VEVENT", "END:VCALENDAR", ""])
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = "anybody@elsewhere.example", to or replies.address_of(call)
    message["Subject"] = "Accepted: Tracking"
    message.set_content("Yes")
    message.add_alternative(body, subtype="calendar", params={"method": "REPLY"})
    return message.as_bytes()


def fresh(call: Call) -> Call:
    return Call.objects.select_related("session", "contributor").get(pk=call.pk)


@pytest.mark.usefixtures("inbound")
def test_yes_and_no_from_a_calendar_are_answers(cast: Cast, called: Call) -> None:
    assert replies.receive(reply(called)) == f"call {called.pk}: confirmed"
    assert fresh(called).answer == "confirmed"
    assert Delivery.objects.filter(kind=notices.ANSWER, recipient=f"user:{cast.ana.pk}").exists()
    no = reply(called, said="DECLINED", COMMENT="COMMENT:I am\\n at sea")
    assert replies.receive(no) == f"call {called.pk}: declined"
    assert (fresh(called).answer, fresh(called).reason) == ("declined", "I am at sea")
    version = fresh(called).version
    assert replies.receive(no) == f"call {called.pk}: declined already"
    assert fresh(called).version == version, "a mail that comes twice is one answer"


# what KDE's calendar library (KCalendarCore 5.103) makes of our invitation when somebody says yes, line by line
KDE_SAYS_YES = """BEGIN:VCALENDAR
PRODID:-//K Desktop Environment//NONSGML libkcal 4.3//EN
VERSION:2.0
X-KDE-ICAL-IMPLEMENTATION-VERSION:1.0
METHOD:REPLY
BEGIN:VEVENT
ORGANIZER;CN=Ana:MAILTO:
 {address}
DTSTAMP:20261121T180723Z
ATTENDEE;CN=Wren Castellan;RSVP=TRUE;PARTSTAT=ACCEPTED;
 ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL;X-UID=93988212158864:mailto:
 p5@example.com
CREATED:20261121T180723Z
UID:call-{pk}@127.0.0.1
SEQUENCE:1
LAST-MODIFIED:20270301T120000Z
DESCRIPTION:Bring\\; the\\, nylon \\\\ string\\nguitar 🎸 ÄÖÜ
SUMMARY:Tracking · Salt & Neon
LOCATION:Nora's kitchen
STATUS:CONFIRMED
CATEGORIES:Salt & Neon
DTSTART:20270310T090000Z
DTEND:20270310T170000Z
TRANSP:OPAQUE
REQUEST-STATUS:2.0;Success.
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.usefixtures("inbound")
def test_the_yes_of_a_real_calendar_is_an_answer(called: Call) -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = "wren@elsewhere.example", replies.address_of(called)
    message.set_content("Wren Castellan accepts this meeting invitation")
    text = KDE_SAYS_YES.format(address=replies.address_of(called), pk=called.pk)
    message.add_alternative(text, subtype="calendar", params={"method": "REPLY"})
    assert replies.receive(message.as_bytes()) == f"call {called.pk}: confirmed"


@pytest.mark.usefixtures("inbound")
def test_the_address_survives_a_mail_server_that_changes_its_case_or_names_it_elsewhere(called: Call) -> None:
    address = replies.address_of(called)
    assert "declined" in replies.receive(reply(called, to=address.upper(), said="DECLINED"))
    hidden = reply(called, to="undisclosed:;")
    assert "confirmed" in replies.receive(hidden, recipient=address)


@pytest.mark.usefixtures("inbound")
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"METHOD": "METHOD:REQUEST"}, "no reply"),
        ({"METHOD": ""}, "no reply"),
        ({"UID": "UID:call-999@127.0.0.1"}, "another event"),
        ({"UID": ""}, "another event"),
        ({"DTSTART": "DTSTART:20270309T090000Z"}, "another time"),
        ({"DTSTART": "DTSTART:20270310T100000"}, "DTSTART cannot be read"),
        ({"DTSTART": "DTSTART;VALUE=DATE:20270310"}, "DTSTART cannot be read"),
        ({"DTSTART": "DTSTART:soon"}, "cannot be read"),
        ({"DTSTART": "", "SEQUENCE": "SEQUENCE:0"}, "older plan"),
        ({"DTSTART": "", "SEQUENCE": "SEQUENCE:many"}, "SEQUENCE"),
        ({"ATTENDEE": ""}, "no attendee"),
        ({"ATTENDEE": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.org\r\nATTENDEE:mailto:b@x.org"}, "several"),
        ({"ATTENDEE": "ATTENDEE:mailto:a@x.org"}, "neither yes nor no"),
        ({"ATTENDEE": "ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@x.org"}, "neither yes nor no"),
        ({"COMMENT": "END:VEVENT\r\nBEGIN:VEVENT"}, "several"),
        ({"COMMENT": "BEGIN:"}, "read"),
    ],
)
def test_what_is_no_answer_to_this_plan_is_refused_in_words(called: Call, changed: dict[str, str], why: str) -> None:
    with pytest.raises(replies.Refusal, match=why):
        replies.receive(reply(called, **changed))
    assert fresh(called).answer == "pending"


@pytest.mark.usefixtures("inbound")
def test_a_wrong_secret_or_that_of_another_call_says_nothing(cast: Cast, called: Call) -> None:
    other = call_of(book(cast, cast.emil_called, starts="2027-03-12T10:00"), cast.emil_called)
    address = replies.address_of(called)
    for to in (
        address.replace(f"+{called.pk}-", f"+{other.pk}-"),
        address[:-40] + "0" * 8 + address[-32:],
        address.replace("@desk.", "@evil."),
        "replies@desk.example.com",
        f"replies+{called.pk}-@desk.example.com",
        f"replies+{'9' * 18}-{'0' * 32}@desk.example.com",
    ):
        with pytest.raises(replies.Refusal):
            replies.receive(reply(called, to=to))
    with pytest.raises(replies.Refusal, match="another event"):
        replies.receive(reply(called, to=replies.address_of(other)))
    assert fresh(called).answer == fresh(other).answer == "pending"


@pytest.mark.usefixtures("inbound")
def test_an_answer_to_what_was_moved_cancelled_or_taken_away_is_refused(cast: Cast, called: Call) -> None:
    old = reply(fresh(called))
    ana = cast.viewer("ana")
    session = actions.move_session(
        viewer=ana, session=called.session, starts_local="2027-03-11T10:00", ends_local="2027-03-11T18:00"
    )
    with pytest.raises(replies.Refusal, match="another time"):
        replies.receive(old)
    new = reply(fresh(called))
    actions.cancel_session(viewer=ana, session=session)
    with pytest.raises(replies.Refusal, match="could not be taken: This session was cancelled"):
        replies.receive(new)
    actions.restore_session(viewer=ana, session=session)
    actions.remove_call(viewer=ana, call=fresh(called))
    with pytest.raises(replies.Refusal, match="not called any more"):
        replies.receive(new)


@pytest.mark.usefixtures("inbound")
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe" * 1000,
        b"To: replies@desk.example.com\r\n\r\nhello",
        b"To: =?utf-8?b?////?= <x\r\nContent-Type: text/calendar; charset=\x80\r\n\r\n\x80",
        b"x" * (replies.LARGEST + 1),
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\n" * 5000,
    ],
    ids=["nothing", "noise", "no calendar", "torn", "huge", "parts"],
)
def test_the_command_refuses_rubbish_in_one_line_and_never_breaks(
    called: Call, raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _piped(raw, monkeypatch).startswith("refused: ")


@pytest.mark.usefixtures("inbound")
@pytest.mark.parametrize("body", ["", "BEGIN:VCALENDAR", "x" * 300_000, "BEGIN:VCALENDAR\r\n" * 500, "\x00"])
def test_a_calendar_part_of_rubbish_is_refused(called: Call, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    message["To"] = replies.address_of(called)
    message.set_content(body, subtype="calendar")
    assert _piped(message.as_bytes(), monkeypatch).startswith("refused: ")


@pytest.mark.usefixtures("inbound")
def test_the_command_takes_an_answer_from_the_pipe(called: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _piped(reply(called), monkeypatch) == f"call {called.pk}: confirmed\n"
    assert fresh(called).answered_at == clock.now()


def test_a_real_invitation_is_answered_as_calendars_do(
    cast: Cast, called: Call, posted: SmtpSink, inbound: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the very mail that left: its event with another METHOD and PARTSTAT, to its ORGANIZER."""
    post()
    event = event_of(posted.to(cast.wren_called.email)[0].message)
    event["ATTENDEE"].params["PARTSTAT"] = "DECLINED"
    answer = Calendar()
    answer.add("method", "REPLY")
    answer.add_component(event)
    message = EmailMessage(policy=email.policy.SMTP)
    message["To"] = event["ORGANIZER"].removeprefix("mailto:")
    message.set_content(answer.to_ical().decode(), subtype="calendar", params={"method": "REPLY"})
    assert _piped(message.as_bytes(), monkeypatch) == f"call {called.pk}: declined\n"


def _piped(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    out = io.StringIO()
    call_command("receive_mail", stdout=out)
    return out.getvalue()
