"""What becomes of the money of booked sessions when fees and rates change after they were booked."""

import threading
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection, transaction

from budgets import actions as budgets
from budgets.models import BudgetEntry
from contributors.actions import engagements
from contributors.models import Contributor, Engagement, EngagementStep, Skill
from producerdesk.kit.money import Money
from sessions import actions
from sessions.models import StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast, make_cast
from tests.sessions import scheduling

HOURLY = {"unit": "hour", "amount": Money(4_000, "EUR")}
DEARER = {"unit": "hour", "amount": Money(5_000, "EUR")}


def agree(cast: Cast, fee: dict, contributor: Contributor | None = None) -> Engagement:
    return engagements.create_engagement(
        project=cast.project,
        by=cast.ana.pk,
        role="Voice",
        contributor=contributor or cast.wren_called,
        state="confirmed",
        fee=fee,
    )


def change_fee(engagement: Engagement, fee: dict | None, cast: Cast) -> None:
    engagement.refresh_from_db()
    engagements.update_engagement(engagement=engagement, expected=engagement.version, by=cast.ana.pk, fee=fee)


def committed(session: StudioSession) -> int:
    entries = BudgetEntry.objects.filter(source_kind="session", source_id=session.pk)
    return sum(entries.exclude(kind="actual").values_list("amount_minor", flat=True))


def test_a_new_fee_is_committed_with_what_is_booked_and_not_wrapped(cast: Cast) -> None:
    hire = agree(cast, HOURLY)
    session = scheduling.book(cast, cast.wren_called)  # eight hours
    held = scheduling.book(cast, cast.wren_called, starts="2027-03-12T10:00", hold=True)
    gone = scheduling.book(cast, cast.wren_called, starts="2027-03-13T10:00")
    actions.cancel_session(viewer=makers.viewer_of(cast.ana), session=gone)
    assert committed(session) == 32_000
    change_fee(hire, DEARER, cast)
    assert [committed(each) for each in (session, held, gone)] == [40_000, 0, 0]
    change_fee(hire, None, cast)
    assert committed(session) == 0


def test_a_wrapped_session_stays_as_it_was_paid(cast: Cast, time_machine: object) -> None:
    hire = agree(cast, HOURLY)
    session = scheduling.book(cast, cast.wren_called)
    time_machine.move_to("2027-03-11T12:00:00Z")  # type: ignore[attr-defined]
    actions.wrap_session(viewer=makers.viewer_of(cast.ana), session=session)
    before = BudgetEntry.objects.count()
    change_fee(hire, DEARER, cast)
    assert BudgetEntry.objects.count() == before


def test_a_new_fee_leaves_the_room_and_the_others_at_the_price_they_were_booked_at(cast: Cast) -> None:
    room = makers.make_room(cast.desk, hour="50")
    hire = agree(cast, HOURLY)
    agree(cast, HOURLY, cast.emil_called)
    session = scheduling.book(cast, cast.wren_called, cast.emil_called, room=room)
    room.rates.update(amount_minor=9_900)
    change_fee(hire, DEARER, cast)
    entries = BudgetEntry.objects.filter(source_kind="session").order_by("seq")
    assert [(entry.kind, entry.amount_minor) for entry in entries][3:] == [("release", -32_000), ("commit", 40_000)]
    assert committed(session) == 40_000 + 32_000 + 40_000


def test_other_words_about_a_hire_write_no_money(cast: Cast) -> None:
    hire = agree(cast, HOURLY)
    scheduling.book(cast, cast.wren_called)
    before = BudgetEntry.objects.count()
    engagements.update_engagement(engagement=hire, expected=hire.version, by=cast.ana.pk, notes="Likes tea.")
    change_fee(hire, HOURLY, cast)
    assert BudgetEntry.objects.count() == before


def test_a_session_booked_before_the_hire_was_confirmed_costs_the_fee_from_then_on(cast: Cast) -> None:
    makers.make_rate(cast.wren_called, "hour", "90")
    session = scheduling.book(cast, cast.wren_called)
    assert committed(session) == 72_000
    hire = agree(cast, HOURLY)
    assert committed(session) == 32_000
    engagements.move(engagement=hire, name="decline", by=cast.ana.pk)
    assert committed(session) == 72_000


def test_a_hire_that_ended_still_says_what_was_agreed(cast: Cast, time_machine: object) -> None:
    makers.make_rate(cast.wren_called, "hour", "90")
    hire = agree(cast, {"unit": "flat", "amount": Money(80_000, "EUR")})
    session = scheduling.book(cast, cast.wren_called)
    engagements.move(engagement=hire, name="end", by=cast.ana.pk)
    assert committed(session) == 0
    time_machine.move_to("2027-03-11T12:00:00Z")  # type: ignore[attr-defined]
    actions.wrap_session(viewer=makers.viewer_of(cast.ana), session=session)
    assert not BudgetEntry.objects.filter(kind="actual").exists()


def test_a_role_that_ended_before_anybody_agreed_says_nothing_of_fees(cast: Cast) -> None:
    makers.make_rate(cast.wren_called, "hour", "90")
    hire = engagements.create_engagement(
        project=cast.project, by=None, role="Voice", contributor=cast.wren_called, state="offered", fee=HOURLY
    )
    engagements.move(engagement=hire, name="end", by=None)
    assert committed(scheduling.book(cast, cast.wren_called)) == 72_000


def test_a_session_says_that_its_rates_changed_and_is_priced_again_when_asked(cast: Cast) -> None:
    room = makers.make_room(cast.desk, hour="50")
    session = scheduling.book(cast, room=room)
    ana = Caller(cast.ana)
    path = f"sessions/{session.pk}/"
    assert ana.get(path + "costs/").json()["outdated"] is False
    room.rates.update(amount_minor=6_000)
    costs = ana.get(path + "costs/").json()
    assert (costs["outdated"], costs["open"]["amount"], costs["total"]["amount"]) == (True, "400.00", "480.00")
    page = ana.client.get(f"/sessions/{session.pk}/").text
    assert "Price again" in page
    assert "By today's rates" in unescape(page)
    said = ana.client.post(f"/sessions/{session.pk}/reprice/", follow=True).text
    assert "Priced again" in said
    assert f'action="/sessions/{session.pk}/reprice/"' not in said
    assert committed(session) == 48_000
    assert ana.post(path + "reprice/").status_code == 200
    assert committed(session) == 48_000


def test_what_is_not_booked_is_not_priced_again(cast: Cast) -> None:
    ana = Caller(cast.ana)
    held = scheduling.book(cast, hold=True)
    assert ana.get(f"sessions/{held.pk}/costs/").json()["outdated"] is False
    assert ana.post(f"sessions/{held.pk}/reprice/").status_code == 409
    actions.cancel_session(viewer=makers.viewer_of(cast.ana), session=held)
    assert ana.post(f"sessions/{held.pk}/reprice/").status_code == 409
    assert Caller(cast.cleo).post(f"sessions/{held.pk}/reprice/").status_code == 404
    assert Caller(cast.nora).post(f"sessions/{held.pk}/reprice/").status_code == 403


def test_a_foreign_fee_that_stands_is_not_outdated_by_todays_rate_of_exchange(cast: Cast) -> None:
    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("0.9"), by=None)
    agree(cast, {"unit": "hour", "amount": Money(4_000, "USD")})
    session = scheduling.book(cast, cast.wren_called)
    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("0.8"), by=None)
    assert Caller(cast.ana).get(f"sessions/{session.pk}/costs/").json()["outdated"] is False


@pytest.mark.django_db(transaction=True)
def test_a_fee_changed_while_a_session_is_booked_counts_for_it(transactional_db: None) -> None:
    """The booking prices under the budget's lock: it waits for the change, or the change finds it booked."""
    cast = make_cast()
    hire = agree(cast, HOURLY)
    scheduling.book(cast, cast.wren_called, starts="2027-03-20T10:00")  # the budget is there
    priced, booked = threading.Event(), []

    def book() -> None:
        try:
            priced.wait(10)
            booked.append(scheduling.book(cast, cast.wren_called))
        finally:
            connection.close()

    other = threading.Thread(target=book)
    other.start()
    with transaction.atomic():
        change_fee(hire, DEARER, cast)
        priced.set()
        other.join(0.6)
        assert not booked, "it waits"
    other.join(30)
    assert committed(booked[0]) == 40_000


# --- the history of a role ------------------------------------------------------------------------


def test_a_reopened_role_still_tells_who_was_asked_and_who_declined(cast: Cast) -> None:
    ana = Caller(cast.ana)
    role = engagements.create_engagement(project=cast.project, by=cast.ana.pk, role="Cello")
    path = f"engagements/{role.pk}/"
    Skill.objects.create(contributor=cast.wren_called, kind="instrument", name="Cello", key="cello")
    ana.post(path + "offer/", contributor=cast.wren_called.pk)
    ana.post(path + "decline/")
    ana.post(path + "reopen/")
    steps = ana.get(path).json()["steps"]
    told = [(step["state"], (step["contributor"] or {}).get("name"), step["by"]) for step in steps]
    wren, by = cast.wren_called.name, cast.ana.name
    assert told == [("needed", None, by), ("declined", wren, by), ("offered", wren, by), ("needed", None, by)]
    page = ana.client.get(f"/engagements/{role.pk}/").text
    assert "What happened" in page
    assert wren in page
    candidates = ana.get(path + "candidates/").json()["results"]
    assert [(row["name"], row["state_here"]) for row in candidates] == [(wren, "declined")]


def test_who_was_asked_before_is_not_told_to_the_one_who_plays(cast: Cast) -> None:
    role = engagements.create_engagement(project=cast.project, by=None, role="Voice")
    engagements.move(engagement=role, name="offer", by=None, contributor=cast.wren_called)
    engagements.move(engagement=role, name="decline", by=None)
    engagements.move(engagement=role, name="reopen", by=None)
    engagements.move(engagement=role, name="confirm", by=None, contributor=cast.nora_called)
    assert Caller(cast.nora).get(f"engagements/{role.pk}/").json()["steps"] == []
    assert cast.wren_called.name not in Caller(cast.nora).client.get(f"/engagements/{role.pk}/").text


def test_who_stands_in_a_history_is_archived_not_deleted(cast: Cast) -> None:
    role = engagements.create_engagement(project=cast.project, by=None, role="Voice")
    engagements.move(engagement=role, name="offer", by=None, contributor=cast.emil_called)
    refused = Caller(cast.ana).delete(f"contributors/{cast.emil_called.pk}/")
    assert "has 1 engagement" in refused.json()["detail"]
    engagements.move(engagement=role, name="reopen", by=None)
    refused = Caller(cast.ana).delete(f"contributors/{cast.emil_called.pk}/")
    assert (refused.status_code, "history of a role" in refused.json()["detail"]) == (409, True)
    assert EngagementStep.objects.filter(contributor=cast.emil_called).count() == 1
    engagements.delete_engagement(engagement=role)
    assert Caller(cast.ana).delete(f"contributors/{cast.emil_called.pk}/").status_code == 204
