"""Planning notices and taking them back."""

from datetime import timedelta
from typing import Any

import pytest

from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict
from producerdesk.notices import actions, dispatcher
from producerdesk.notices.models import Delivery

Notes = Any


def test_a_row_planned_twice_is_one_delivery(notes: Notes) -> None:
    first = notes.plan()
    again = notes.plan()
    assert [row.pk for row in first] == [row.pk for row in again]
    assert first[0].message_id == again[0].message_id


def test_each_delivery_has_a_message_id_of_its_own_from_the_start(notes: Notes) -> None:
    ids = {row.message_id for row in notes.plan("note:1", "note:2", channel="email")}
    assert len(ids) == 2
    assert all(one.startswith("<") and one.endswith("@127.0.0.1>") for one in ids)


def test_what_was_sent_is_not_planned_again(notes: Notes) -> None:
    notes.plan()
    dispatcher.dispatch(name="test")
    notes.plan(due_at=clock.now() + timedelta(days=1))
    assert notes.state() == "sent"
    assert Delivery.objects.count() == 1


def test_a_cancelled_row_planned_again_stands_as_a_new_message(notes: Notes) -> None:
    (before,) = notes.plan()
    actions.cancel(ref="note:1", reason="Changed our mind.")
    later = clock.now() + timedelta(hours=1)
    (after,) = notes.plan(due_at=later)
    assert (after.state, after.reason, after.due_at, after.try_at) == ("pending", "", later, later)
    assert after.message_id != before.message_id


def test_a_newer_plan_replaces_only_older_generations_of_these_kinds(notes: Notes) -> None:
    notes.plan(generation=1)
    notes.plan(generation=2)
    assert actions.supersede(ref="note:1", kinds=["other"], reason="Moved.", before_generation=2) == 0
    assert actions.supersede(ref="note:1", kinds=["test.note"], reason="Moved.", before_generation=2) == 1
    states = dict(Delivery.objects.values_list("generation", "state"))
    assert states == {1: "superseded", 2: "pending"}


def test_many_things_are_cancelled_at_once(notes: Notes) -> None:
    notes.plan("note:1", "note:2", "note:3")
    assert actions.cancel(ref=["note:1", "note:2"], reason="Cancelled.") == 2
    assert [notes.state(ref) for ref in ("note:1", "note:2", "note:3")] == ["cancelled", "cancelled", "pending"]


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "expired"])
def test_what_left_or_ended_cannot_be_cancelled(notes: Notes, state: str) -> None:
    notes.plan()
    Delivery.objects.update(state=state)
    assert actions.cancel(ref="note:1", reason="Too late.") == 0
    assert notes.state() == state


def test_a_failed_delivery_is_sent_again_when_a_producer_says_so(notes: Notes) -> None:
    (row,) = notes.plan()
    Delivery.objects.update(state="failed", attempts=5, reason="Refused: 550 nobody here")
    row.refresh_from_db()
    actions.retry(row, now=clock.now())
    assert (row.state, row.attempts, row.reason) == ("pending", 0, "")
    dispatcher.dispatch(name="test")
    assert notes.state() == "sent"


def test_only_what_failed_is_sent_again(notes: Notes) -> None:
    (row,) = notes.plan()
    with pytest.raises(Conflict):
        actions.retry(row, now=clock.now())


def test_planning_asks_and_writes_once_whatever_the_number(notes: Notes, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        actions.plan(desk=notes.desk.pk, rows=[notes.row(f"note:{n}") for n in range(40)], now=clock.now())
