"""What single people wish to be told: their settings, quiet hours, unsubscribing, and what comes anyway."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from contributors.models import Contributor
from producerdesk.accounts import actions as accounts
from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.notices import dispatcher
from producerdesk.notices.models import Delivery, OutboxMail
from projects import joining
from projects.models import Invitation
from sessions import actions, kinds, notices, telling
from sessions.actions.telling import set_mailed, set_notices
from sessions.letter_parts import place_of
from sessions.models import Call, NoticeSettings, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import book, by_link, call_of, mint

pytestmark = pytest.mark.usefixtures("noon")
Moment = Any
State = Delivery.State


@pytest.fixture
def called(cast: Cast) -> Call:
    """Wren, who has no account, is called to 10 March at 10:00 in Berlin."""
    return call_of(book(cast, cast.wren_called), cast.wren_called)


def reminders(call: Call, channel: str = "email") -> list[tuple[str, str]]:
    """Return when the call's reminders leave, in UTC, and what state they are in; replaced ones left out."""
    rows = Delivery.objects.filter(ref=f"call:{call.pk}", kind=notices.REMINDER, channel=channel)
    rows = rows.exclude(state=State.SUPERSEDED).order_by("due_at", "offset")
    return [(f"{row.due_at:%d %b %H:%M}", row.state) for row in rows]


def due(call: Call, channel: str = "email") -> list[str]:
    return [at for at, state in reminders(call, channel) if state == State.PENDING]


def only(call: Call, kind: str, channel: str = "email") -> Delivery:
    return Delivery.objects.filter(ref=f"call:{call.pk}", kind=kind, channel=channel).latest("pk")


def send_all() -> None:
    dispatcher.dispatch(name="test")


# --- the desk's rules -------------------------------------------------------------------------------------
def test_kind_and_role_say_when_somebody_is_reminded(cast: Cast) -> None:
    rules = [
        {"kind": "vocal", "role": "", "offsets": [60]},
        {"kind": "", "role": "engineer", "offsets": [2880]},
    ]
    accounts.update_desk(desk=cast.desk, expected=1, reminder_rules=rules)
    cast.project.refresh_from_db()
    people = [{"contributor": cast.wren_called}, {"contributor": cast.emil_called, "role": "Mixing engineer"}]
    session = makers.make_session(cast.project, cast.ana, kind="vocal", calls=people)
    wren, emil = call_of(session, cast.wren_called), call_of(session, cast.emil_called)
    assert due(wren) == ["10 Mar 08:00"]
    assert due(emil) == due(emil, "bell") == ["08 Mar 09:00"]
    actions.update_session(viewer=cast.viewer("ana"), session=session, kind="mixing")
    assert due(wren) == ["03 Mar 09:00", "09 Mar 09:00", "10 Mar 07:00"]
    actions.change_call(viewer=cast.viewer("ana"), call=wren, role="Second engineer")
    assert due(wren) == ["08 Mar 09:00"]


def test_a_desks_new_rules_and_quiet_hours_change_what_is_planned(cast: Cast, called: Call) -> None:
    accounts.update_desk(desk=cast.desk, expected=1, quiet_from=time(6), quiet_until=time(8, 30))
    assert due(called) == ["03 Mar 09:00", "09 Mar 09:00", "10 Mar 07:30"]
    accounts.update_desk(
        desk=cast.desk,
        expected=2,
        reminder_rules=[{"kind": "", "role": "voice", "offsets": [45]}],
        quiet_from=None,
        quiet_until=None,
    )
    assert due(called) == ["10 Mar 08:15"]


# --- quiet hours ------------------------------------------------------------------------------------------
def quiet_desk(cast: Cast, begins: time = time(22), ends: time = time(9)) -> None:
    accounts.update_desk(desk=cast.desk, expected=1, quiet_from=begins, quiet_until=ends)
    cast.project.refresh_from_db()


def test_a_reminder_leaves_on_the_persons_own_clock(cast: Cast) -> None:
    quiet_desk(cast)
    Contributor.objects.filter(pk=cast.wren_called.pk).update(time_zone="America/New_York")
    call = call_of(book(cast, cast.wren_called), cast.wren_called)
    # 10:00 in Berlin is 04:00 in New York: two hours and a day before lie in the night there
    assert due(call) == ["03 Mar 14:00", "09 Mar 14:00", "10 Mar 02:59"]


def test_reminders_pushed_to_one_moment_are_one(cast: Cast) -> None:
    quiet_desk(cast)
    accounts.update_desk(desk=cast.desk, expected=2, reminder_offsets=[600, 480, 120])
    call = call_of(book(cast, cast.wren_called, starts="2027-03-10T12:00"), cast.wren_called)
    assert due(call) == ["10 Mar 08:00", "10 Mar 09:00"]


def test_the_bell_makes_no_noise_and_does_not_wait(cast: Cast) -> None:
    quiet_desk(cast, ends=time(9, 30))
    call = call_of(book(cast, cast.nora_called), cast.nora_called)
    assert due(call, "bell")[-1] == "10 Mar 07:00"


def test_an_invitation_waits_for_the_morning_but_not_past_the_call(cast: Cast) -> None:
    quiet_desk(cast)
    with time_machine.travel("2027-03-09T23:00:00Z", tick=False):  # midnight in Berlin
        late = call_of(book(cast, cast.wren_called, starts="2027-03-10T14:00"), cast.wren_called)
        at_once = call_of(book(cast, cast.emil_called, starts="2027-03-10T07:00"), cast.emil_called)
        assert f"{only(late, notices.INVITATION).due_at:%d %H:%M}" == "10 08:00"
        assert only(at_once, notices.INVITATION).due_at == clock.now()
        assert reminders(at_once) == [("10 Mar 04:00", State.CANCELLED)], "neither before them nor after"
        assert only(at_once, notices.REMINDER).reason == telling.QUIET


def test_a_new_desk_sleeps_at_night_and_nobody_oversleeps(cast: Cast) -> None:
    """Quiet from 22 to 7 unless said: who must be there at six reads of it the evening before."""
    fresh = Desk.objects.create(name="Fresh", time_zone="Europe/Berlin")
    assert (fresh.quiet_from, fresh.quiet_until) == (time(22), time(7))
    quiet_desk(cast, time(22), time(7))
    early = call_of(book(cast, cast.wren_called, starts="2027-03-10T06:00"), cast.wren_called)
    assert due(early) == ["03 Mar 06:00", "09 Mar 06:00", "09 Mar 20:59"]
    page = by_link(secret := mint(cast.wren_called)).page(f"/my/{secret}/notices/").content.decode()
    assert "Lowlight: no mail from 22:00 until 07:00, on your clock." in page


@pytest.mark.parametrize(
    ("starts", "evening"),
    [
        ("2027-03-28T06:00", "27 Mar 20:59"),  # the night the clocks go on
        ("2027-10-31T06:00", "30 Oct 19:59"),  # and back: six in the morning is an hour further off
    ],
)
def test_the_evening_before_is_the_evening_when_the_clocks_change(cast: Cast, starts: str, evening: str) -> None:
    quiet_desk(cast, time(22), time(7))
    call = call_of(book(cast, cast.wren_called, starts=starts), cast.wren_called)
    assert due(call)[-1] == evening
    with time_machine.travel(Delivery.objects.get(ref=f"call:{call.pk}", offset=120).due_at, tick=False):
        send_all()
        assert only(call, notices.REMINDER).state == State.SENT
        assert OutboxMail.objects.filter(subject__startswith="Reminder: ").exists()


def test_quiet_hours_set_in_the_night_lose_no_reminder(cast: Cast) -> None:
    early = call_of(book(cast, cast.wren_called, starts="2027-03-10T06:00"), cast.wren_called)
    send_all()
    with time_machine.travel("2027-03-09T22:30:00Z", tick=False):
        assert due(early)[-1] == "10 Mar 03:00"
        quiet_desk(cast, time(22), time(7))
        send_all()
        assert reminders(early)[-1] == ("09 Mar 22:30", State.SENT)


def test_a_cancellation_does_not_wait(cast: Cast, called: Call) -> None:
    quiet_desk(cast)
    send_all()
    with time_machine.travel("2027-03-09T23:00:00Z", tick=False):
        actions.cancel_session(viewer=cast.viewer("ana"), session=called.session)
        send_all()
        assert only(called, notices.CANCELLED).state == State.SENT


def test_what_a_slow_dispatcher_finds_in_the_night_waits(cast: Cast, called: Call) -> None:
    send_all()
    Desk.objects.update(quiet_from=time(22), quiet_until=time(9))  # unseen by what was planned
    with time_machine.travel("2027-03-09T22:00:00Z", tick=False) as travel:
        send_all()  # of the day before, late by 13 hours
        row = Delivery.objects.get(ref=f"call:{called.pk}", kind=notices.REMINDER, offset=1440)
        assert (row.state, f"{row.try_at:%d %H:%M}") == (State.PENDING, "10 08:00")
        assert "quiet" in row.reason
        travel.move_to("2027-03-10T08:00:00Z")
        send_all()
        row.refresh_from_db()
        assert (row.state, row.reason) == (State.SENT, "")


# --- one's own settings -----------------------------------------------------------------------------------
def test_ones_own_offsets_and_quiet_hours_come_before_the_desks(cast: Cast, called: Call) -> None:
    quiet_desk(cast, time(0), time(10))
    assert due(called)[-1] == "09 Mar 22:59"
    mine = by_link(mint(cast.wren_called))
    answer = mine.put("notice-settings/", own_offsets=True, offsets=["3 h", 30], own_quiet=True)
    assert answer.json()["offsets"] == [180, 30]
    assert due(called) == ["10 Mar 06:00", "10 Mar 08:30"]
    mine.put("notice-settings/", quiet_from="05:00", quiet_until="07:30")
    assert due(called) == ["10 Mar 06:30", "10 Mar 08:30"]
    mine.put("notice-settings/", own_offsets=True, offsets=[])
    assert due(called) == []
    mine.put("notice-settings/", own_offsets=False, own_quiet=False)
    assert due(called)[-1] == "09 Mar 22:59"


def test_settings_of_an_account_hold_at_every_desk(cast: Cast) -> None:
    elsewhere = makers.make_contributor(cast.other_desk, user=cast.nora)
    here = call_of(book(cast, cast.nora_called), cast.nora_called)
    booked = book(cast, elsewhere, project=cast.other_project, by=cast.cleo, starts="2027-03-12T10:00")
    there = call_of(booked, elsewhere)
    Caller(cast.nora).put("notice-settings/", own_offsets=True, offsets=[60])
    assert due(here) == ["10 Mar 08:00"]
    assert due(there) == ["12 Mar 08:00"]
    assert set(Delivery.objects.filter(ref=f"call:{there.pk}").values_list("desk", flat=True)) == {cast.other_desk.pk}


def test_a_change_sends_nothing_twice(cast: Cast, called: Call) -> None:
    send_all()
    with time_machine.travel("2027-03-03T09:00:00Z", tick=False):
        send_all()
        for said in ({"own_offsets": True, "offsets": [10080, 60]}, {"own_offsets": False}, {"mail_reminders": False}):
            set_notices(owner=cast.wren_called, **said)
        set_mailed(owner=cast.wren_called, topic="reminders", mailed=True)
        send_all()
    sent = Delivery.objects.filter(kind=notices.REMINDER, state=State.SENT)
    assert [row.offset for row in sent] == [10080]
    assert OutboxMail.objects.filter(delivery__kind=notices.REMINDER).count() == 1
    assert due(called) == ["09 Mar 09:00", "10 Mar 07:00"]


def test_only_the_bell_rings_where_mail_is_not_wanted(cast: Cast) -> None:
    Caller(cast.nora).put("notice-settings/", mail_reminders=False, mail_invitations=False)
    call = call_of(book(cast, cast.nora_called), cast.nora_called)
    assert {state for _at, state in reminders(call)} == {State.CANCELLED}
    assert due(call, "bell") == ["03 Mar 09:00", "09 Mar 09:00", "10 Mar 07:00"]
    send_all()
    assert only(call, notices.INVITATION).reason == telling.UNSUBSCRIBED
    assert only(call, notices.INVITATION, "bell").state == State.SENT
    assert not OutboxMail.objects.exists()


def test_a_move_and_a_cancellation_come_anyway(cast: Cast, called: Call) -> None:
    send_all()
    for topic in telling.TOPICS:
        set_mailed(owner=cast.wren_called, topic=topic, mailed=False)
    move: Any = {"starts_local": "2027-03-11T10:00", "ends_local": "2027-03-11T18:00"}
    actions.move_session(viewer=cast.viewer("ana"), session=called.session, **move)
    send_all()
    assert only(called, notices.MOVED).state == State.SENT
    actions.cancel_session(viewer=cast.viewer("ana"), session=called.session)
    send_all()
    assert only(called, notices.CANCELLED).state == State.SENT


def test_a_producer_may_read_answers_under_the_bell_alone(cast: Cast, called: Call) -> None:
    Caller(cast.ana).put("notice-settings/", mail_answers=False)
    by_link(mint(cast.wren_called)).post(f"calls/{called.pk}/decline/")
    send_all()
    assert (only(called, notices.ANSWER).state, only(called, notices.ANSWER).reason) == (
        State.CANCELLED,
        telling.UNSUBSCRIBED,
    )
    assert only(called, notices.ANSWER, "bell").state == State.SENT


def test_what_is_skipped_is_told_on_the_sessions_page(cast: Cast, called: Call) -> None:
    set_mailed(owner=cast.wren_called, topic="reminders", mailed=False)
    page = " ".join(Caller(cast.ana).page(f"/sessions/{called.session_id}/").content.decode().split())
    assert "Unsubscribed from such mails." in page
    assert "Skipped" in page


def test_wishes_are_asked_again_when_a_mail_leaves(cast: Cast, called: Call) -> None:
    send_all()
    NoticeSettings.objects.create(contributor=cast.wren_called, mail_reminders=False)  # unseen by what was planned
    with time_machine.travel("2027-03-09T09:00:00Z", tick=False):
        send_all()
    row = Delivery.objects.get(kind=notices.REMINDER, offset=1440)
    assert (row.state, row.reason) == (State.CANCELLED, telling.UNSUBSCRIBED)


def test_what_was_said_by_the_link_holds_after_joining(cast: Cast, called: Call) -> None:
    set_mailed(owner=cast.wren_called, topic="reminders", mailed=False)
    wren = makers.make_user("Wren", email=cast.wren_called.email)
    invitation: Invitation = joining.invite(
        project=cast.project,
        email=wren.email,
        role="contributor",
        by=cast.ana,
        desk=cast.desk,
        now=clock.now(),
    )
    joining.accept(invitation=invitation, user=wren, now=clock.now())
    assert NoticeSettings.objects.get().user == wren
    assert due(called) == []
    assert len(due(called, "bell")) == 3


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"mail_reminders": "perhaps"}, "mail_reminders"),
        ({"offsets": ["soon"]}, "offsets"),
        ({"offsets": [1]}, "offsets"),
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet_until"),
        ({"quiet_from": "26:00", "quiet_until": "22:00"}, "quiet_from"),
        ({"mail_moves": False}, "mail_moves"),
        ({"mail_answers": False}, "mail_answers"),  # of who plans no sessions
        ({"user": 1}, "user"),
    ],
)
def test_nonsense_is_refused_by_field(cast: Cast, said: dict[str, Any], field: str) -> None:
    answer = by_link(mint(cast.wren_called)).put("notice-settings/", **said)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not NoticeSettings.objects.exists()


def test_saying_nothing_new_leaves_no_row(cast: Cast) -> None:
    mine = by_link(mint(cast.wren_called))
    usual = {name: value for name, value in mine.get("notice-settings/").json().items() if name != "mail_answers"}
    assert mine.put("notice-settings/", **usual).status_code == 200
    assert not NoticeSettings.objects.exists()


# --- one press --------------------------------------------------------------------------------------------
@pytest.fixture
def outside() -> Iterator[Client]:
    """A mail program: no cookie, and every check of a form's secret on."""
    yield Client(enforce_csrf_checks=True)


def test_one_press_stops_a_topic_without_login_and_can_be_taken_back(cast: Cast, called: Call, outside: Client) -> None:
    path = f"/unsubscribe/{telling.stop_secret(cast.wren_called, 'reminders')}/"
    assert b"Stop these mails?" in outside.get(path).content
    assert not NoticeSettings.objects.exists(), "a scanner that opens links changes nothing"
    answer = outside.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200, "mail programs follow no redirect"
    assert b"These mails are stopped" in answer.content
    assert due(called) == []
    assert {state for _at, state in reminders(called)} == {State.CANCELLED}
    assert outside.post(path).status_code == 200
    assert NoticeSettings.objects.count() == 1
    assert b"These mails come again" in outside.post(path, {"again": "1"}).content
    assert due(called) == ["03 Mar 09:00", "09 Mar 09:00", "10 Mar 07:00"]


def test_the_link_of_a_mail_before_joining_speaks_for_the_account(cast: Cast, outside: Client) -> None:
    path = f"/unsubscribe/{telling.stop_secret(cast.wren_called, 'invitations')}/"
    wren = makers.make_user("Wren")
    Contributor.objects.filter(pk=cast.wren_called.pk).update(user=wren)
    outside.post(path)
    assert NoticeSettings.objects.get().user == wren


def test_wrong_secrets_find_nothing(cast: Cast, outside: Client) -> None:
    good = telling.stop_secret(cast.wren_called, "reminders")
    signed = telling._signer.sign
    wrong = [
        good[:-1],
        good.replace("reminders", "invitations"),
        good.replace("c", "u", 1),
        f"c{cast.emil_called.pk}.{good.partition('.')[2]}",
        "x",
        signed("reminders"),
        signed("cx.reminders"),
        signed("c999999.reminders"),
        signed(f"c{cast.wren_called.pk}.everything"),
    ]
    for secret in wrong:
        assert telling.read_secret(secret) is None, secret
        assert outside.post(f"/unsubscribe/{secret}/").status_code == 404, secret
        assert Caller().post(f"unsubscribe/{secret}/stop/").status_code == 404
    assert not NoticeSettings.objects.exists()


def test_a_closed_account_has_no_mails_to_stop(cast: Cast) -> None:
    secret = telling.stop_secret(cast.nora, "reminders")
    User.objects.filter(pk=cast.nora.pk).update(is_active=False)
    assert telling.read_secret(secret) is None


def test_every_mail_that_may_be_stopped_says_how_and_others_do_not(cast: Cast, called: Call) -> None:
    call = Call.objects.get(pk=called.pk)
    rows = [
        Delivery(pk=n, kind=kind, ref=f"call:{call.pk}", channel="email", generation=1)
        for n, kind in enumerate((notices.INVITATION, notices.REMINDER, notices.MOVED, notices.CANCELLED), 1)
    ]
    for row in rows:
        kind = kinds.registry.kind_of(row)
        assert kind.mail is not None
        mail = kind.mail(row, kind.load([row])[row.pk])
        topic = telling.TOPIC_OF.get(row.kind)
        if topic is None:
            assert not mail.headers
            assert "/unsubscribe/" not in mail.text + mail.html
            continue
        address = f"http://127.0.0.1:8000/unsubscribe/{telling.stop_secret(cast.wren_called, topic)}/"
        assert mail.headers["List-Unsubscribe"].strip("<>").partition("/unsubscribe/")[2] in address
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert address.partition("//")[2].partition("/")[2] in mail.text
        assert address.partition("//")[2].partition("/")[2] in mail.html


# --- the page ---------------------------------------------------------------------------------------------
def test_the_settings_are_behind_both_doors(cast: Cast, called: Call) -> None:
    secret = mint(cast.wren_called)
    for client, path in ((Client(), f"/my/{secret}/notices/"), (Caller(cast.nora).client, "/schedule/notices/")):
        page = client.get(path)
        assert page.status_code == 200
        fields = page.context["form"]["fields"]
        assert "mail_answers" not in fields
        sent = {name: "true" for name, field in fields.items() if field["value"] is True} | {"offsets": ""}
        del sent["mail_reminders"]
        assert client.post(path, sent)["Location"] == path
    assert {str(row.user or row.contributor) for row in NoticeSettings.objects.filter(mail_reminders=False)} == {
        "Nora",
        "Wren Castellan",
    }
    assert "mail_answers" in Caller(cast.ana).page("/schedule/notices/").context["form"]["fields"]
    assert Client().get(f"/my/{'x' * 43}/notices/").status_code == 404


def test_nobody_reads_or_writes_for_another(cast: Cast) -> None:
    set_mailed(owner=cast.nora, topic="reminders", mailed=False)
    assert by_link(mint(cast.wren_called)).get("notice-settings/").json()["mail_reminders"] is True
    assert Caller(cast.ana).get("notice-settings/").json()["mail_reminders"] is True
    assert Caller().get("notice-settings/").status_code == 401


def test_a_reminder_never_leaves_after_the_call_time(cast: Cast, called: Call) -> None:
    send_all()
    with time_machine.travel("2027-03-10T09:00:01Z", tick=False):
        send_all()
    assert not Delivery.objects.filter(kind=notices.REMINDER, state=State.SENT).exists()
    session = StudioSession.objects.get(pk=called.session_id)
    assert all(row.expires_at == session.starts_at for row in Delivery.objects.filter(kind=notices.REMINDER))
    assert clock.now() + timedelta(days=1) < session.starts_at


@pytest.mark.parametrize(
    ("address", "city", "told"),
    [
        ("Kai 4", "Hamburg", ["Kai 4, Hamburg"]),
        ("Kai 4, 20457 Hamburg", "Hamburg", ["Kai 4, 20457 Hamburg"]),
        ("", "Hamburg", ["Hamburg"]),
        ("", "", []),
    ],
)
def test_a_mail_says_street_and_city(cast: Cast, address: str, city: str, told: list[str]) -> None:
    session = makers.make_session(cast.project, cast.ana, "2027-03-10T10:00", room=cast.room)
    studio = session.room.studio  # type: ignore[union-attr] # it has one
    studio.address, studio.city, studio.access_notes = address, city, "Bell 2"
    assert place_of(session)[1:] == [*told, "Bell 2"]
