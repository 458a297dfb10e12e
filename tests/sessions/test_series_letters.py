"""A series is told in one letter: all dates in it, each an event of its own, each remembered by itself."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from icalendar import Calendar

from producerdesk.kit import clock
from producerdesk.notices import actions as notices
from producerdesk.notices import dispatcher
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from sessions import actions
from sessions.models import Call, StudioSession
from sessions.recurring import WEEKLY, Repeat
from tests import makers
from tests.cast import Cast
from tests.services import SmtpSink

State = Delivery.State


@pytest.fixture(autouse=True)
def stands() -> Any:
    """It is noon on 1 March 2027."""
    with time_machine.travel("2027-03-01T12:00:00Z", tick=False) as travel:
        yield travel


@pytest.fixture
def posted(smtp_sink: SmtpSink, settings: Any) -> SmtpSink:
    """A mail server that the desk sends by."""
    settings.OUTBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    settings.INBOUND_MAIL = "replies@desk.example.com"
    return smtp_sink


@pytest.fixture
def dates(cast: Cast) -> list[StudioSession]:
    """Four Tuesdays from 9 March, 10 to 12 in Berlin, with Nora and Wren."""
    calls = [{"contributor": person} for person in (cast.nora_called, cast.wren_called)]
    repeat = Repeat(WEEKLY, times=4)
    said: dict[str, Any] = {"title": "Vocals", "room": cast.room, "calls": calls, "repeat": repeat}
    makers.make_session(cast.project, cast.ana, "2027-03-09T10:00", "2027-03-09T12:00", **said)
    return list(StudioSession.objects.order_by("starts_at"))


def post() -> dispatcher.Counts:
    return dispatcher.dispatch(name="test")


def told(kind: str, cast: Cast, channel: str = "email") -> list[str]:
    rows = Delivery.objects.filter(kind=kind, recipient=f"contributor:{cast.wren_called.pk}", channel=channel)
    return list(rows.order_by("pk").values_list("state", flat=True))


def calendar_of(mail: Any) -> Any:
    (part,) = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"][:1]
    return Calendar.from_ical(part.get_content())


def text_of(mail: Any) -> str:
    return mail.message.get_body(("plain",)).get_content()


def test_an_invitation_names_every_date_and_brings_every_event(
    cast: Cast, dates: list[StudioSession], posted: SmtpSink
) -> None:
    post()
    post()
    (mail,) = posted.to(cast.wren_called.email)
    assert mail.message["Subject"] == "Can you be there? Vocals, 4 dates from Tue 9 Mar, 10:00"
    text = text_of(mail)
    for day in ("Tue 9 Mar, 10:00 – 12:00", "Tue 16 Mar", "Tue 23 Mar", "Tue 30 Mar, 10:00 – 12:00"):
        assert day in text
    found = calendar_of(mail)
    calls = Call.objects.filter(contributor=cast.wren_called).order_by("call_at")
    assert found["METHOD"] == "PUBLISH"  # a REQUEST would be of one event alone
    assert not any("ATTENDEE" in event for event in found.events)
    assert [event["UID"] for event in found.events] == [f"call-{call.pk}@127.0.0.1" for call in calls]
    assert len({str(event["ORGANIZER"]) for event in found.events}) == 4  # each is answered by itself
    assert told("session.invitation", cast) == ["sent"] * 4
    assert len(posted.to(cast.nora.email)) == 1
    bells = Notice.objects.filter(user=cast.nora)
    assert [bell.text for bell in bells] == ["Can you be there? Vocals, 4 dates from Tue 9 Mar, 10:00"]


def test_a_move_and_a_cancellation_are_one_letter_each(
    cast: Cast, dates: list[StudioSession], posted: SmtpSink, stands: Any
) -> None:
    post()
    ana = cast.viewer("ana")
    posted.reset()
    stands.shift(timedelta(minutes=5))
    hours: dict[str, Any] = {"starts_local": "2027-03-16T13:00", "ends_local": "2027-03-16T15:00"}
    actions.move_dates(viewer=ana, session=dates[1], scope="later", **hours)
    post()
    (mail,) = posted.to(cast.wren_called.email)
    assert mail.message["Subject"] == "New times: Vocals, 3 dates from Tue 16 Mar, 13:00"
    assert {int(event["SEQUENCE"]) for event in calendar_of(mail).events} != {0}
    assert "Tue 16 Mar, 13:00 – 15:00 (was Tue 16 Mar, 10:00)" in mail.text()
    posted.reset()
    stands.shift(timedelta(minutes=5))
    actions.cancel_dates(viewer=ana, session=dates[0], scope="all", reason="Tour")
    post()
    (mail,) = posted.to(cast.wren_called.email)
    found = calendar_of(mail)
    assert [event["STATUS"] for event in found.events] == ["CANCELLED"] * 4
    assert mail.message["Subject"] == "Cancelled: Vocals, 4 dates from Tue 9 Mar, 10:00"
    assert "Tour" in text_of(mail)
    assert told("session.cancelled", cast) == ["sent"] * 4


def test_a_date_that_was_cancelled_meanwhile_is_not_in_the_letter(cast: Cast, dates: list[StudioSession]) -> None:
    """Also where it is the first, which would have taken the others along."""
    actions.cancel_session(viewer=cast.viewer("ana"), session=dates[0])
    actions.cancel_session(viewer=cast.viewer("ana"), session=dates[2])
    post()
    (mail,) = OutboxMail.objects.filter(to=cast.wren_called.email)
    assert mail.subject == "Can you be there? Vocals, 2 dates from Tue 16 Mar, 10:00"
    assert "9 Mar," not in mail.text and "23 Mar" not in mail.text
    assert told("session.invitation", cast) == ["superseded", "sent", "superseded", "sent"]


def test_of_one_date_left_the_letter_is_as_ever(cast: Cast, dates: list[StudioSession]) -> None:
    for session in dates[1:]:
        actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    post()
    (mail,) = OutboxMail.objects.filter(to=cast.wren_called.email)
    assert mail.subject == "Can you be there? Vocals, Tue 9 Mar, 10:00"


def test_two_dispatchers_and_one_that_died_send_one_letter(
    cast: Cast, dates: list[StudioSession], monkeypatch: pytest.MonkeyPatch, stands: Any
) -> None:
    monkeypatch.setattr(dispatcher, "BATCH", 1)
    dead = dispatcher.claim("email", now=clock.now(), limit=1)
    assert dead is not None and len(dead.rows) == 1
    dispatcher._take_along(dead, dead.rows[0], clock.now())  # and here it is killed
    post()
    to = dead.rows[0].recipient
    assert (
        Delivery.objects.filter(recipient=to, kind="session.invitation", channel="email", state="claimed").count() == 4
    )
    stands.shift(timedelta(minutes=2))
    post()
    rows = Delivery.objects.filter(recipient=to, kind="session.invitation", channel="email")
    assert set(rows.values_list("state", flat=True)) == {"sent"}
    assert OutboxMail.objects.filter(delivery__in=rows).count() == 1


def test_a_letter_that_failed_is_tried_again_whole(cast: Cast, dates: list[StudioSession], posted: SmtpSink) -> None:
    rows = Delivery.objects.filter(kind="session.invitation", channel="email")
    rows.update(state=State.FAILED)
    notices.retry(rows.filter(recipient=f"contributor:{cast.wren_called.pk}")[0], now=clock.now())
    post()
    assert len(posted.to(cast.wren_called.email)) == 1 and told("session.invitation", cast) == ["sent"] * 4
    assert posted.to(cast.nora.email) == []


def test_a_row_that_is_lost_while_a_letter_is_written_is_left_out_of_it(
    cast: Cast, dates: list[StudioSession], posted: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled after it was asked and before it is sent: the letter is written anew without it."""
    true = dispatcher._written
    done: list[int] = []

    def written(rows: Any, abouts: Any) -> Any:
        found = true(rows, abouts)
        if not done and rows[0].recipient == f"contributor:{cast.wren_called.pk}" and rows[0].channel == "email":
            done.append(1)
            actions.cancel_session(viewer=cast.viewer("ana"), session=dates[3])
        return found

    monkeypatch.setattr(dispatcher, "_written", written)
    post()
    post()
    (mail,) = posted.to(cast.wren_called.email)
    assert "3 dates" in mail.message["Subject"]
    assert told("session.invitation", cast) == ["sent", "sent", "sent", "superseded"]
    assert not told("session.cancelled", cast)
