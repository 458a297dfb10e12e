"""The way of a delivery, each step of it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, transaction

from producerdesk.kit import clock
from producerdesk.notices import actions, dispatcher
from producerdesk.notices.dispatcher import BACKOFF, Counts
from producerdesk.notices.models import Delivery, DispatcherTick, Notice, OutboxMail
from producerdesk.notices.reasons import worded
from producerdesk.notices.registry import NotDue

Notes = Any
State = Delivery.State
HELD = 0.3  # seconds that a transaction stays open


def sweep() -> Counts:
    """Let a dispatcher run."""
    return dispatcher.dispatch(name="test")


def after(moment: timedelta) -> Any:
    """Return a context in which it is that much later."""
    return time_machine.travel(clock.now() + moment, tick=False)


# --- bells and the outbox -------------------------------------------------------------------------
def test_a_due_bell_rings_once(notes: Notes) -> None:
    notes.plan()
    assert sweep() == Counts(sent=1)
    assert sweep() == Counts()
    notice = Notice.objects.get()
    assert (notice.user_id, notice.text, notice.path) == (notes.user.pk, "About note:1", "/somewhere/")
    assert notes.delivery().sent_at is not None


def test_the_database_holds_each_message_once(notes: Notes) -> None:
    (twin,) = notes.plan()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_what_is_not_due_yet_waits(notes: Notes) -> None:
    notes.plan(due_at=clock.now() + timedelta(minutes=1))
    assert sweep() == Counts()
    with after(timedelta(minutes=2)):
        assert sweep() == Counts(sent=1)


def test_without_a_mail_server_a_mail_stands_in_the_outbox(notes: Notes) -> None:
    (row,) = notes.plan(channel="email")
    assert sweep() == Counts(sent=1)
    mail = OutboxMail.objects.get()
    assert (mail.desk_id, mail.to, mail.subject) == (notes.desk.pk, "note-1@example.com", "About note:1")
    assert mail.message_id == row.message_id


def test_more_than_a_batch_is_sent_in_one_sweep(notes: Notes) -> None:
    notes.plan(*(f"note:{n}" for n in range(dispatcher.BATCH * 2 + 5)))
    assert sweep().sent == dispatcher.BATCH * 2 + 5
    assert Notice.objects.count() == dispatcher.BATCH * 2 + 5


def test_a_sweep_says_when_it_was_there_and_what_it_sent(notes: Notes) -> None:
    notes.plan()
    sweep()
    sweep()
    assert DispatcherTick.objects.get().sent == 1


# --- asked at send time ---------------------------------------------------------------------------
@pytest.mark.parametrize("state", [State.CANCELLED, State.SUPERSEDED, State.EXPIRED])
@pytest.mark.parametrize("channel", ["bell", "email"])
def test_what_is_not_due_any_more_does_not_leave(notes: Notes, channel: str, state: State) -> None:
    notes.plan(channel=channel)
    notes.not_due["note:1"] = NotDue(state, "Has said no.")
    assert sweep() == Counts(dropped=1)
    row = notes.delivery()
    assert (row.state, worded(row.reason)) == (state, "Has said no.")
    assert not Notice.objects.exists() and not OutboxMail.objects.exists()


def test_what_is_gone_does_not_leave(notes: Notes) -> None:
    notes.plan("note:1", "note:2")
    notes.gone.add("note:1")
    assert sweep() == Counts(sent=1, dropped=1)
    assert notes.state("note:1") == "cancelled"


def test_what_comes_too_late_does_not_leave(notes: Notes) -> None:
    notes.plan(expires_at=clock.now() + timedelta(hours=2))
    with after(timedelta(hours=3)):
        assert sweep() == Counts(dropped=1)
    assert notes.state() == "expired"


def test_what_is_cancelled_while_it_is_claimed_does_not_leave(notes: Notes) -> None:
    notes.plan("note:1", "note:2")
    notes.asked = lambda delivery: actions.cancel(ref="note:1", reason="The session was cancelled.")
    assert sweep() == Counts(sent=1)
    assert notes.state("note:1") == "cancelled"
    assert Notice.objects.get().text == "About note:2"


# --- what breaks ----------------------------------------------------------------------------------
def test_one_that_cannot_be_written_stops_only_itself(notes: Notes) -> None:
    notes.plan("note:1", "note:2")
    notes.broken.add("note:1")
    assert sweep() == Counts(sent=1, postponed=1)
    row = notes.delivery("note:1")
    assert (row.state, row.attempts, worded(row.reason)) == (
        "pending",
        1,
        "It could not be written (ZeroDivisionError).",
    )


def test_what_breaks_is_tried_again_later_and_later_and_then_has_failed(notes: Notes) -> None:
    with time_machine.travel("2026-11-17T10:00:00+00:00", tick=False) as now:
        notes.plan()
        notes.broken.add("note:1")
        for pause in BACKOFF:
            assert sweep() == Counts(postponed=1)
            assert notes.delivery().try_at == clock.now() + pause
            assert sweep() == Counts()
            now.shift(pause)
        assert sweep() == Counts(failed=1)
        assert notes.state() == "failed"
        assert notes.delivery().due_at < clock.now(), "the plan stays as it was"


def test_a_kind_whose_app_is_gone_stops_only_itself(notes: Notes) -> None:
    notes.plan("note:1", "note:2")
    Delivery.objects.filter(ref="note:1").update(kind="nobody.knows")
    assert sweep() == Counts(sent=1, postponed=1)


def test_a_kind_that_cannot_look_stops_only_itself(notes: Notes) -> None:
    notes.plan()
    notes.blind = True
    assert sweep() == Counts(postponed=1)
    assert worded(notes.delivery().reason) == "It could not be written (ZeroDivisionError)."


# --- leases ---------------------------------------------------------------------------------------
def test_what_a_dead_dispatcher_had_claimed_is_taken_over_when_its_lease_is_over(notes: Notes, settings: Any) -> None:
    notes.plan()
    assert dispatcher.claim("bell", now=clock.now()) is not None  # and dies
    assert sweep() == Counts()
    with after(settings.DELIVERY_CLAIM_LEASE + timedelta(seconds=1)):
        assert sweep() == Counts(sent=1)


def test_a_slow_dispatcher_whose_row_was_taken_over_changes_nothing(notes: Notes, settings: Any) -> None:
    notes.plan()
    slow = dispatcher.claim("bell", now=clock.now())
    with after(settings.DELIVERY_CLAIM_LEASE + timedelta(seconds=1)):
        assert sweep() == Counts(sent=1)
    assert slow is not None
    assert dispatcher._keep(slow, clock.now()) == Counts()
    assert Notice.objects.count() == 1


def test_a_slow_dispatcher_leaves_alone_what_another_has_claimed_since(notes: Notes, settings: Any) -> None:
    notes.plan()
    slow = dispatcher.claim("bell", now=clock.now())
    with after(settings.DELIVERY_CLAIM_LEASE + timedelta(seconds=1)):
        other = dispatcher.claim("bell", now=clock.now())
        assert slow and other
        assert dispatcher._keep(slow, clock.now()) == Counts()
        assert dispatcher._keep(other, clock.now()) == Counts(sent=1)


def test_two_dispatchers_claim_different_rows(notes: Notes) -> None:
    notes.plan("note:1", "note:2", "note:3")
    one = dispatcher.claim("bell", now=clock.now(), limit=2)
    two = dispatcher.claim("bell", now=clock.now(), limit=2)
    assert one and two
    assert {row.ref for row in one.rows} | {row.ref for row in two.rows} == {"note:1", "note:2", "note:3"}
    assert len(one.rows) + len(two.rows) == 3


def test_two_dispatchers_at_the_same_moment_claim_different_rows(transactional_db: None, notes: Notes) -> None:
    """The first has not committed yet when the second looks: it must neither wait for those rows nor take them."""
    notes.plan("note:1", "note:2", "note:3")
    looking, claimed = threading.Event(), []

    def first() -> None:
        with transaction.atomic():
            claimed.append(dispatcher.claim("bell", now=clock.now(), limit=2))
            looking.set()
            time.sleep(HELD)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(first)
        assert looking.wait(10)
        claimed.append(dispatcher.claim("bell", now=clock.now()))
        done.result()
    assert sorted(row.ref for batch in claimed if batch for row in batch.rows) == ["note:1", "note:2", "note:3"]


# --- by a mail server -----------------------------------------------------------------------------
def test_a_mail_leaves_with_its_own_message_id(notes: Notes, mail_server: Any) -> None:
    (row,) = notes.plan(channel="email")
    assert sweep() == Counts(sent=1)
    (mail,) = mail_server.mails
    assert mail.message_id == row.message_id
    assert (mail.subject, mail.text().strip(), mail.html().strip()) == (
        *("About note:1", "Text of note:1"),
        "<p>note:1</p>",
    )
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert notes.delivery().attempts == 1


def test_a_bad_address_fails_at_once_and_stops_nobody_else(notes: Notes, mail_server: Any) -> None:
    mail_server.refused["note-1@example.com"] = "550 5.1.1 nobody here"
    notes.plan("note:1", "note:2", channel="email")
    assert sweep() == Counts(sent=1, failed=1)
    row = notes.delivery("note:1")
    assert (row.state, worded(row.reason)) == ("failed", "Refused: 550 5.1.1 nobody here")
    assert notes.state("note:2") == "sent"


def test_a_temporary_refusal_is_tried_again_with_the_same_message_id(notes: Notes, mail_server: Any) -> None:
    mail_server.refused["note-1@example.com"] = "450 4.2.1 grey"
    (before,) = notes.plan(channel="email")
    assert sweep() == Counts(postponed=1)
    row = notes.delivery()
    assert (row.state, worded(row.reason)) == ("pending", "The mail server said: 450 4.2.1 grey")
    mail_server.refused.clear()
    with after(BACKOFF[0]):
        assert sweep() == Counts(sent=1)
    assert mail_server.mails[0].message_id == before.message_id


def test_a_message_that_the_server_takes_later_is_tried_again(notes: Notes, mail_server: Any) -> None:
    mail_server.refuse_next = 1
    notes.plan("note:1", "note:2", channel="email")
    assert sweep() == Counts(sent=1, postponed=1)


def test_while_the_mail_server_is_away_mails_wait_without_losing_a_try(notes: Notes, mail_server: Any) -> None:
    mail_server.stop()
    notes.plan("note:1", "note:2", channel="email")
    notes.plan("note:3")
    assert sweep() == Counts(sent=1, put_back=2), "the bell rings all the same"
    row = notes.delivery("note:1")
    assert (row.state, row.attempts, worded(row.reason)) == ("pending", 0, "The mail server did not answer.")
    mail_server.start()
    assert sweep() == Counts(sent=2)


@pytest.mark.parametrize("address", ["", "a@example.com\nBcc: b@example.com", "no address", "a@exa mple.com"])
def test_an_address_that_is_none_fails_at_once(notes: Notes, mail_server: Any, address: str) -> None:
    notes.address = lambda ref: address
    notes.plan(channel="email")
    assert sweep() == Counts(failed=1)
    assert worded(notes.delivery().reason) == "The e-mail address cannot be used."
    assert mail_server.mails == []


def test_what_is_cancelled_at_the_last_moment_does_not_leave(notes: Notes, mail_server: Any) -> None:
    notes.plan(channel="email")
    notes.asked = lambda delivery: actions.cancel(ref="note:1", reason="The session was cancelled.")
    assert sweep() == Counts()
    assert mail_server.mails == []
    assert notes.state() == "cancelled"


def test_a_dispatcher_that_dies_after_the_mail_left_repeats_it_with_the_same_message_id(
    notes: Notes, mail_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes.plan(channel="email")
    with monkeypatch.context() as broken:
        broken.setattr(dispatcher, "_mark_sent", _die)
        with pytest.raises(OperationalError):
            sweep()
    assert notes.state() == "sending"
    assert sweep() == Counts(), "perhaps it is only slow"
    with after(settings.DELIVERY_SENDING_LEASE + timedelta(seconds=1)):
        assert sweep() == Counts(sent=1)
    assert len(mail_server.mails) == 2
    assert len({mail.message_id for mail in mail_server.mails}) == 1


def test_a_mail_whose_cause_ended_while_its_dispatcher_was_dead_is_not_repeated(
    notes: Notes, mail_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes.plan(channel="email")
    with monkeypatch.context() as broken:
        broken.setattr(dispatcher, "_mark_sent", _die)
        with pytest.raises(OperationalError):
            sweep()
    notes.not_due["note:1"] = NotDue(State.CANCELLED, "The session was cancelled.")
    with after(settings.DELIVERY_SENDING_LEASE + timedelta(seconds=1)):
        assert sweep() == Counts(dropped=1)
    assert len(mail_server.mails) == 1


def test_a_mail_that_ends_every_dispatcher_is_given_up(notes: Notes, mail_server: Any) -> None:
    notes.plan(channel="email")
    Delivery.objects.update(attempts=dispatcher.GIVE_UP)
    assert sweep() == Counts(failed=1)
    assert mail_server.mails == []


def test_when_the_time_is_up_the_rest_is_given_back(notes: Notes, mail_server: Any) -> None:
    notes.plan("note:1", "note:2", channel="email")
    batch = dispatcher.claim("email", now=clock.now())
    assert batch
    Delivery.objects.update(reason="The mail server said: 450 later")
    assert dispatcher._post(batch, stop_at=0.0) == Counts(put_back=2)
    assert notes.delivery("note:1").reason == "The mail server said: 450 later", "why it is late is still told"
    assert sweep() == Counts(sent=2), "at once, not when the lease is over"


def test_one_connection_serves_a_batch(notes: Notes, mail_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple] = []
    monkeypatch.setattr(dispatcher.MailServer, "__init__", _counting(dispatcher.MailServer.__init__, opened))
    notes.plan(*(f"note:{n}" for n in range(20)), channel="email")
    assert sweep().sent == 20
    assert len(opened) == 1


def _counting(function: Any, calls: list) -> Any:
    def counted(*args: Any) -> None:
        calls.append(args)
        function(*args)

    return counted


def _die(*args: Any) -> int:
    raise OperationalError("the database is gone")
