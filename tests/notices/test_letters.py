"""How notices about sessions read, and that they are only sent while they are true."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from contributors import links
from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.notices import dispatcher
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from projects import notices as invitations
from sessions import actions, letter_parts, notices, reminders
from sessions.models import Call, StudioSession
from tests.notices.called import TUESDAY, make_call, make_desk, make_session, tell
from tests.services import SmtpSink

KINDS = (notices.INVITATION, notices.MOVED, notices.REMINDER, notices.PROPOSAL_ANSWERED)


@pytest.fixture(autouse=True)
def monday() -> Iterator[Any]:
    """The day before the session, 10:00 in Lisbon."""
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False) as travel:
        yield travel


@pytest.fixture
def desk(db: None) -> Desk:
    """Mara's desk."""
    return make_desk()


@pytest.fixture
def call(desk: Desk) -> Call:
    """Juno's call for Tuesday."""
    return make_call(make_session(desk))


def mail(call: Call, kind: str, **said: Any) -> OutboxMail:
    """Return the mail that leaves."""
    delivery = tell(call, kind, **said)
    dispatcher.dispatch(name="test")
    delivery.refresh_from_db()
    assert delivery.state == "sent", delivery.reason
    return OutboxMail.objects.get(delivery=delivery)


def ends(call: Call, kind: str, channel: str = "email", **said: Any) -> tuple[str, str]:
    """Return the state that the delivery ends in, and why."""
    delivery = tell(call, kind, channel, **said)
    dispatcher.dispatch(name="test")
    delivery.refresh_from_db()
    return delivery.state, delivery.reason


# --- mails ----------------------------------------------------------------------------------------
def test_an_invitation_tells_all_one_must_know_and_asks(call: Call) -> None:
    StudioSession.objects.update(prepare="Glass Teeth by heart.\nBoth versions of verse two.")
    found = mail(call, notices.INVITATION)
    assert found.to == "juno@example.com"
    assert found.subject == "Can you be there? Lead vocals, Tue 17 Nov, 10:00"
    for words in (
        "Mara Ellison calls you to a session for Salt & Neon, Juno Vale.",
        "Tuesday 17 November, 10:00 – 18:00",
        "Porto time. 11:00 in Berlin.",
        "Foxglove Studios, Room A",
        "Rua das Camélias 14, Porto",
        "Ring at the green door",
        "Glass Teeth by heart.",
        "Both versions of verse two.",
    ):
        assert words in found.text
        assert words.replace("&", "&amp;") in found.html
    assert "Be there at" not in found.text, "the call is for the start"


def test_an_own_call_time_is_told(desk: Desk) -> None:
    found = mail(make_call(make_session(desk), call_at=TUESDAY - timedelta(minutes=30)), notices.INVITATION)
    assert "Be there at:\n  09:30\n  Porto time. 10:30 in Berlin." in found.text
    assert "Tue 17 Nov, 09:30" in found.subject


def test_a_reader_in_the_studios_zone_reads_one_time(desk: Desk) -> None:
    for number, zone in enumerate(("Europe/Lisbon", "Europe/London", "")):
        call = make_call(make_session(desk), f"P{number} Ro", time_zone=zone)
        text = mail(call, notices.INVITATION).text
        assert "Porto time." in text
        assert " in " not in text.split("Porto time.")[1].split("\n")[0]


def test_far_away_it_is_another_day(desk: Desk) -> None:
    call = make_call(make_session(desk), time_zone="Pacific/Kiritimati")
    assert "Wed 18 Nov, 00:00 in Kiritimati." in mail(call, notices.INVITATION).text


def test_a_linked_person_reads_in_the_zone_of_the_account(desk: Desk) -> None:
    user = User.objects.create_user("juno@own.example.com", name="Juno", time_zone="America/New_York")
    call = make_call(make_session(desk), user=user, email="")
    found = mail(call, notices.INVITATION)
    assert found.to == "juno@own.example.com"
    assert "05:00 in New York." in found.text


def test_every_mail_carries_a_private_link_that_opens(call: Call) -> None:
    secrets = set()
    for kind in KINDS:
        found = mail(call, kind)
        (secret,) = set(re.findall(r"/my/([\w-]{43})/", found.text))
        address = f"http://127.0.0.1:8000/my/{secret}/?call={call.pk}"
        assert f"{address}\n" in found.text
        assert f'href="{address}"' in found.html
        secrets.add(secret)
    (secret,) = secrets
    link = links.find(secret)
    assert link is not None and link.contributor == call.contributor
    assert call.contributor.private_links.count() == 1


def test_after_all_links_were_revoked_the_next_mail_carries_a_new_one(call: Call) -> None:
    first = mail(call, notices.INVITATION)
    links.revoke_all(call.contributor, now=clock.now())
    second = mail(call, notices.REMINDER)
    old, new = (re.findall(r"/my/([\w-]{43})/", found.text)[0] for found in (first, second))
    assert links.find(old) is None
    assert links.find(new) is not None


def test_a_reminder_says_how_soon_and_asks_whom_has_not_answered(call: Call) -> None:
    found = mail(call, notices.REMINDER, offset=24 * 60)
    assert found.subject == "Reminder: Lead vocals, Tue 17 Nov, 10:00"
    assert found.text.startswith("Lead vocals tomorrow\n")
    assert "You have not answered yet. Can you be there?" in found.text


def test_who_has_confirmed_is_not_asked_again(call: Call) -> None:
    Call.objects.update(answer=Call.Answer.CONFIRMED)
    assert "Can you be there?" not in mail(call, notices.REMINDER).text


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-10T10:00:03+00:00", "in 7 days"),
        ("2026-11-16T23:30:00+00:00", "tomorrow"),
        ("2026-11-17T01:00:00+00:00", "today"),
        ("2026-11-17T08:00:04+00:00", "in 2 h"),
    ],
)
def test_how_soon_is_counted_in_days_of_the_studio(call: Call, monday: Any, now: str, words: str) -> None:
    monday.move_to(datetime.fromisoformat(now))
    assert mail(call, notices.REMINDER).text.startswith(f"Lead vocals {words}\n")


def test_a_move_tells_the_new_time(call: Call) -> None:
    found = mail(call, notices.MOVED)
    assert found.subject == "New time: Lead vocals, Tue 17 Nov, 10:00"
    assert "Please say whether the new time works for you." in found.text
    assert "Lead vocals was moved. This is how it stands now." in found.text  # nobody had been told a time


def test_a_move_names_the_time_that_the_person_was_told_last(desk: Desk) -> None:
    call = make_call(make_session(desk), user=User.objects.create_user("juno@own.example.com", name="Juno"))
    mara = viewer_of_user(desk.staff.get())
    reminders.invite(call.session, [call])
    dispatcher.dispatch(name="test")
    # moved twice before the mail leaves: who was told of Tuesday alone is told that it was Tuesday
    hours = [("2026-11-18T10:00", "2026-11-18T18:00"), ("2026-11-19T14:00", "2026-11-19T20:00")]
    for starts, ends in hours:
        actions.move_session(viewer=mara, session=call.session, starts_local=starts, ends_local=ends)
    dispatcher.dispatch(name="test")
    told = "Lead vocals was moved from Tue 17 Nov, 10:00 to Thu 19 Nov, 14:00. This is how it stands now."
    found = OutboxMail.objects.get(delivery__kind=notices.MOVED)
    assert found.subject == "New time: Lead vocals, Thu 19 Nov, 14:00"
    assert told in found.text and told in found.html
    bell = Notice.objects.get(delivery__kind=notices.MOVED)
    assert bell.text == "New time: Lead vocals, Thu 19 Nov, 14:00 (was Tue 17 Nov, 10:00)"
    # the next one starts from there; the end alone is no other time to come
    actions.move_session(
        viewer=mara, session=call.session, starts_local="2026-11-19T14:00", ends_local="2026-11-19T22:00"
    )
    dispatcher.dispatch(name="test")
    last = OutboxMail.objects.filter(delivery__kind=notices.MOVED).latest("pk")
    assert "Lead vocals was moved. This is how it stands now." in last.text


def test_a_cancellation_says_why_and_that_nobody_need_come(call: Call) -> None:
    StudioSession.objects.update(state="cancelled", cancel_reason="The desk is in repair.")
    found = mail(call, notices.CANCELLED)
    assert found.subject == "Cancelled: Lead vocals, Tue 17 Nov, 10:00"
    assert "Lead vocals, Tue 17 Nov, 10:00 is cancelled. You need not come." in found.text
    assert "The desk is in repair." in found.text
    assert "Ring at the green door" not in found.text


def test_who_is_taken_off_learns_that_the_others_go_on(call: Call) -> None:
    Call.objects.update(removed_at=clock.now())
    assert mail(call, notices.CANCELLED).subject == "Not needed: Lead vocals, Tue 17 Nov, 10:00"


@pytest.mark.parametrize(("answer", "words"), [("confirmed", "Your time was taken"), ("pending", "The time stays")])
def test_who_proposed_a_time_hears_what_became_of_it(call: Call, answer: str, words: str) -> None:
    Call.objects.update(answer=answer)
    assert mail(call, notices.PROPOSAL_ANSWERED).subject == f"{words}: Lead vocals, Tue 17 Nov, 10:00"


def test_answers_by_mail_go_to_the_owner_and_no_title_breaks_a_header(desk: Desk, mail_server: SmtpSink) -> None:
    title = "Vocals\r\nBcc: everybody@example.com\u2028X: y\x07"
    call = make_call(make_session(desk, title=title))
    tell(call, notices.INVITATION)
    dispatcher.dispatch(name="test")
    (found,) = mail_server.mails
    assert found.message["Reply-To"] == "mara@lowlight.example.com"
    assert found.message["From"] == "Lowlight <desk@127.0.0.1>"
    assert found.message["Bcc"] is None and found.message["X"] is None
    assert found.subject == "Can you be there? Vocals Bcc: everybody@example.com X: y , Tue 17 Nov, 10:00"


def test_hostile_text_stays_text_in_html(desk: Desk) -> None:
    call = make_call(make_session(desk, title="<script>alert(1)</script>", prepare="<img src=x>\n=1+1"))
    found = mail(call, notices.INVITATION)
    assert "<script>" not in found.html and "<img" not in found.html
    assert "<script>alert(1)</script>" in found.text


def test_a_mail_of_a_remote_session_says_where(desk: Desk) -> None:
    call = make_call(make_session(desk, room=None, remote_place="https://meet.example.com/glass"))
    text = mail(call, notices.INVITATION).text
    assert "https://meet.example.com/glass" in text
    assert "Lisbon time. 11:00 in Berlin." in text


# --- bells ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (notices.INVITATION, "Can you be there? Lead vocals, Tue 17 Nov, 10:00"),
        (notices.MOVED, "New time: Lead vocals, Tue 17 Nov, 10:00"),
        (notices.REMINDER, "Lead vocals, Tue 17 Nov, 10:00 (tomorrow)"),
        (notices.PROPOSAL_ANSWERED, "The time stays: Lead vocals, Tue 17 Nov, 10:00"),
    ],
)
def test_the_bell_says_it_in_one_line(desk: Desk, kind: str, text: str) -> None:
    user = User.objects.create_user("juno@own.example.com", name="Juno")
    call = make_call(make_session(desk), user=user)
    assert ends(call, kind, "bell") == ("sent", "")
    notice = Notice.objects.get()
    assert (notice.user, notice.text, notice.path) == (user, text, f"/schedule/?call={call.pk}")


@pytest.mark.parametrize(("cancelled", "words"), [(True, "Cancelled"), (False, "You are not needed")])
def test_the_bell_tells_who_need_not_come(desk: Desk, cancelled: bool, words: str) -> None:
    call = make_call(make_session(desk), user=User.objects.create_user("juno@own.example.com", name="Juno"))
    if cancelled:
        StudioSession.objects.update(state="cancelled")
    else:
        Call.objects.update(removed_at=clock.now())
    assert ends(call, notices.CANCELLED, "bell") == ("sent", "")
    notice = Notice.objects.get()
    assert (notice.text, notice.path) == (f"{words}: Lead vocals, Tue 17 Nov, 10:00", "/schedule/")


def test_addresses_in_mails_and_bells_are_those_of_the_pages() -> None:
    secret = "s" * 43
    assert links.address(secret) == f"http://127.0.0.1:8000{reverse('sessions:my-mine', args=[secret])}"
    assert reverse("sessions:mine") == letter_parts.SCHEDULE
    assert letter_parts.SESSION.format(pk=7) == reverse("sessions:detail", args=[7])
    assert invitations.address(secret).endswith(reverse("members:join", args=[secret]))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"answer": "confirmed"}, "Juno Vale will be there: Lead vocals, Tue 17 Nov"),
        ({"answer": "declined", "reason": "Ill."}, "Juno Vale cannot come: Lead vocals, Tue 17 Nov"),
        (
            {"answer": "proposed", "proposed_at": TUESDAY + timedelta(minutes=90)},
            "Juno Vale proposes 11:30: Lead vocals, Tue 17 Nov",
        ),
        (
            {"answer": "proposed", "proposed_at": TUESDAY + timedelta(days=1)},
            "Juno Vale proposes Wed 18 Nov, 10:00: Lead vocals, Tue 17 Nov",
        ),
    ],
)
def test_a_producer_hears_of_an_answer(desk: Desk, call: Call, answer: dict[str, Any], text: str) -> None:
    Call.objects.update(**answer)
    mara = desk.staff.get()
    recipient = f"user:{mara.pk}"
    assert ends(call, notices.ANSWER, "bell", recipient=recipient) == ("sent", "")
    notice = Notice.objects.get(user=mara)
    assert (notice.text, notice.path) == (text, f"/sessions/{call.session_id}/")
    found = mail(call, notices.ANSWER, recipient=recipient)
    assert (found.to, found.subject) == (mara.email, text)
    assert "/my/" not in found.text
    assert answer.get("reason", "") in found.text


# --- until when it is true ------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("model", "change", "state", "reason"),
    [
        (StudioSession, {"state": "cancelled"}, "cancelled", "The session was cancelled."),
        (StudioSession, {"state": "wrapped"}, "cancelled", "The session is over."),
        (Call, {"removed_at": TUESDAY}, "cancelled", "No longer called."),
        (Call, {"generation": 2}, "superseded", "Something newer was told instead."),
    ],
)
def test_what_changed_is_not_told(
    call: Call, kind: str, model: type, change: dict[str, Any], state: str, reason: str
) -> None:
    delivery = tell(call, kind)
    model._default_manager.update(**change)  # type: ignore[attr-defined]
    dispatcher.dispatch(name="test")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (state, reason)
    assert not OutboxMail.objects.exists()


def test_who_declined_is_not_reminded_but_hears_of_a_move(call: Call) -> None:
    Call.objects.update(answer=Call.Answer.DECLINED)
    assert ends(call, notices.REMINDER) == ("cancelled", "Has said no.")
    assert ends(call, notices.MOVED) == ("sent", "")


def test_nobody_is_reminded_after_the_call_time(call: Call, monday: Any) -> None:
    monday.move_to(TUESDAY)
    assert ends(call, notices.REMINDER) == ("expired", "The call time had passed.")
    assert ends(call, notices.MOVED) == ("sent", ""), "it has begun, and goes on"
    monday.move_to(TUESDAY + timedelta(hours=8))
    assert ends(call, notices.INVITATION) == ("expired", "The session was over.")


def test_a_session_restored_before_the_mail_left_is_not_called_off(call: Call) -> None:
    assert ends(call, notices.CANCELLED) == ("cancelled", "It takes place after all.")


@pytest.mark.parametrize(
    ("change", "channel", "reason"),
    [
        ({"email": ""}, "email", "There is no e-mail address."),
        ({}, "bell", "There is no account."),
        ({"active": False}, "email", "Not active in your network any more."),
    ],
)
def test_who_cannot_be_reached_is_skipped_and_the_page_says_why(
    call: Call, change: dict[str, Any], channel: str, reason: str
) -> None:
    type(call.contributor).objects.update(**change or {"notes": ""})
    assert ends(call, notices.INVITATION, channel) == ("cancelled", reason)


def test_an_answer_taken_back_and_a_closed_account_ring_no_bell(desk: Desk, call: Call) -> None:
    mara = desk.staff.get()
    assert ends(call, notices.ANSWER, "bell", recipient=f"user:{mara.pk}")[0] == "superseded"
    Call.objects.update(answer=Call.Answer.CONFIRMED)
    User.objects.update(is_active=False)
    assert ends(call, notices.ANSWER, "bell", recipient=f"user:{mara.pk}", generation=2)[0] == "cancelled"


def test_a_batch_looks_things_up_once(desk: Desk, django_assert_max_num_queries: Any) -> None:
    session = make_session(desk)
    for number in range(30):
        user = User.objects.create_user(f"p{number}@own.example.com", name=f"P{number}")
        tell(make_call(session, f"P{number}", user=user), notices.REMINDER, "bell")
    # claim 4 (with the transaction), look up 3, insert and mark 5, two empty sweeps and the tick
    with django_assert_max_num_queries(24):
        assert dispatcher.dispatch(name="test").sent == 30
    assert Delivery.objects.filter(state="sent").count() == 30
