"""Deposits, and what cancelling costs: said before, spent after, taken back when the session is restored."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.actions import Part, expenses, open_budget
from budgets.models import BudgetEntry
from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from producerdesk.kit.money import Money
from projects.tokens import make_token
from sessions import actions, cancelling, pricing
from sessions.actions.studios import set_terms
from sessions.models import CancellationTier, RoomRate, StudioSession, StudioTerms
from tests import makers, services
from tests.calling import Caller
from tests.cast import Cast

SCALE = ((14, "days", 25), (7, "days", 50), (48, "hours", 100))
EXAMPLES = services.rounds(12, 150)


def tiers(scale: Any = SCALE) -> list[dict[str, Any]]:
    return [{"notice": notice, "unit": unit, "percent": percent} for notice, unit, percent in scale]


def give(cast: Cast, **terms: Any) -> None:
    studio = cast.room.studio
    studio.refresh_from_db()
    set_terms(studio=studio, expected=studio.version, **terms)


def booked(cast: Cast, **ahead: float) -> StudioSession:
    """Return a session of eight hours at 62.00, so far ahead."""
    starts = clock.wall(clock.now() + dt.timedelta(**ahead), cast.room.studio.time_zone)
    ends = clock.wall(clock.now() + dt.timedelta(**ahead) + dt.timedelta(hours=8), cast.room.studio.time_zone)
    return makers.make_session(
        cast.project,
        cast.ana,
        starts.local,
        ends.local,
        room=cast.room,
        calls=[{"contributor": cast.emil_called}],
        starts_fold=starts.fold or None,
        ends_fold=ends.fold or None,
    )


def level(session: StudioSession) -> tuple[int, int]:
    found = BudgetEntry.objects.of_source(pricing.SOURCE, session.pk).level()
    return found.open, found.actual


def cancel(cast: Cast, session: StudioSession, **said: Any) -> StudioSession:
    return actions.cancel_session(viewer=cast.viewer("ana"), session=session, **said)


@pytest.mark.parametrize(
    ("ahead", "percent"),
    [
        ({"days": 15}, 0),
        ({"days": 13, "hours": 23}, 25),
        ({"days": 7, "minutes": 5}, 25),
        ({"days": 6}, 50),
        ({"hours": 49}, 50),
        ({"hours": 47}, 100),
        ({"hours": -2}, 100),  # it has begun
    ],
)
def test_the_less_notice_the_dearer(cast: Cast, ahead: dict[str, float], percent: int) -> None:
    give(cast, tiers=tiers())
    session = booked(cast, **ahead)
    said = cancelling.what_it_costs(session, clock.now())
    assert said["percent"] == percent
    cancel(cast, session)
    assert level(session) == (0, 49_600 * percent // 100)
    assert said["fee"]["amount"] == str(Decimal(496 * percent) / 100 + Decimal("0.00"))


def test_the_fee_is_of_the_room_alone(cast: Cast) -> None:
    makers.make_rate(cast.emil_called, "hour", "40")
    give(cast, tiers=tiers())
    session = booked(cast, days=1)
    assert level(session) == (49_600 + 32_000, 0)
    cancel(cast, session)
    assert level(session) == (0, 49_600)


def test_the_fee_is_of_what_was_booked_not_of_todays_rate(cast: Cast) -> None:
    give(cast, tiers=tiers())
    session = booked(cast, days=1)
    RoomRate.objects.update(amount_minor=99_900)
    cancel(cast, session)
    assert level(session) == (0, 49_600)


def test_a_hold_costs_nothing_and_neither_does_a_studio_without_terms(cast: Cast) -> None:
    session = booked(cast, days=1)
    cancel(cast, session)
    give(cast, tiers=tiers())
    hold = makers.make_session(cast.project, cast.ana, "2026-03-10T10:00", room=cast.room, hold=True)
    cancel(cast, hold)
    assert level(session) == level(hold) == (0, 0)


def test_a_fee_that_is_waived_is_not_spent(cast: Cast) -> None:
    give(cast, tiers=tiers())
    session = booked(cast, days=1)
    cancel(cast, session, no_fee=True)
    assert level(session) == (0, 0)


def test_restoring_takes_the_fee_back(cast: Cast) -> None:
    give(cast, tiers=tiers())
    session = booked(cast, days=1)
    cancel(cast, session)
    actions.restore_session(viewer=cast.viewer("ana"), session=session)
    assert level(session) == (49_600, 0)
    cancel(cast, session)
    assert level(session) == (0, 49_600)


@pytest.mark.parametrize(("days", "spent"), [(20, 30_000), (10, 30_000), (1, 49_600)])
def test_a_deposit_that_was_paid_is_part_of_the_fee(cast: Cast, days: int, spent: int) -> None:
    """An invoice for 300 of the 496 is there; cancelling adds only what the fee is above it."""
    give(cast, tiers=tiers(), deposit_percent=50)
    session = booked(cast, days=days)
    expenses.add_expense(
        budget=open_budget(cast.project),
        by=cast.ana.pk,
        vendor="Foxglove",
        title="Deposit",
        spent_on=dt.date(2026, 3, 1),
        account=310,
        amount=Money(30_000, "EUR"),
        commitment=Part(pricing.SOURCE, session.pk, "room:hour"),
    )
    all_ = BudgetEntry.objects.filter(budget__project=cast.project)
    assert (all_.level().open, all_.level().actual) == (19_600, 30_000)
    cancel(cast, session)
    assert (all_.level().open, all_.level().actual) == (0, spent)


# --- deposits -------------------------------------------------------------------------------------------
def quote(cast: Cast) -> dict[str, Any]:
    return actions.price_of(
        project=cast.project, starts_local="2087-03-20T10:00", ends_local="2087-03-20T18:00", room=cast.room
    )


@pytest.mark.parametrize(
    ("terms", "amount"),
    [
        ({"deposit_percent": 30}, "148.80"),
        ({"deposit_percent": 33}, "163.68"),
        ({"deposit": Money(10_000, "EUR")}, "100.00"),
        ({"deposit": Money(90_000, "EUR")}, "496.00"),  # never more than the room
    ],
)
def test_a_deposit_is_said_with_its_day_and_adds_nothing(cast: Cast, terms: dict[str, Any], amount: str) -> None:
    before = quote(cast)
    give(cast, deposit_days=14, **terms)
    found = quote(cast)
    assert (found["deposit"]["amount"]["amount"], found["deposit"]["due_on"]) == (amount, "2087-03-06")
    assert {name: found[name] for name in found if name != "deposit"} == {
        name: before[name] for name in before if name != "deposit"
    }
    session = makers.make_session(cast.project, cast.ana, "2087-03-20T10:00", room=cast.room)
    assert level(session) == (49_600, 0)


def test_what_is_not_booked_yet_was_not_due_before(cast: Cast) -> None:
    give(cast, deposit_days=14, deposit_percent=30)
    day = clock.wall(clock.now() + dt.timedelta(days=3), cast.room.studio.time_zone).local[:10]
    said = {
        "project": cast.project.pk,
        "title": "x",
        "room": cast.room.pk,
        "day": day,
        "starts": "10:00",
        "ends": "12:00",
    }
    drawn = Caller(cast.ana).send("/sessions/price/", **said).content.decode()
    assert "due at once" in drawn
    later = Caller(cast.ana).send("/sessions/price/", **said | {"day": "2087-03-20"}).content.decode()
    assert "due Thu 6 Mar 2087" in later


def test_without_a_price_there_is_no_deposit(cast: Cast) -> None:
    give(cast, deposit_percent=30)
    RoomRate.objects.all().delete()
    assert quote(cast)["deposit"] is None


# --- writing terms --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"deposit_percent": 30, "deposit": Money(100, "EUR")}, "deposit"),
        ({"tiers": tiers([(2, "days", 50), (48, "hours", 60)])}, "tiers.1.notice"),
        ({"tiers": tiers([(14, "days", 50), (7, "days", 25)])}, "tiers.1.percent"),
    ],
)
def test_terms_that_make_no_sense_are_refused_by_name(cast: Cast, said: dict[str, Any], field: str) -> None:
    give(cast, tiers=tiers())
    with pytest.raises(Refused) as refused:
        give(cast, **said)
    assert list(refused.value.fields) == [field]
    assert CancellationTier.objects.count() == len(SCALE)
    assert StudioTerms.objects.get().deposit_percent is None


def test_terms_are_written_by_the_api_whole_and_with_their_version(cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    address = f"/api/v1/studios/{cast.room.studio_id}/"
    body = {"deposit": {"amount": "120.00", "currency": "EUR"}, "deposit_days": 3, "tiers": tiers()}
    etag = client.get(address)["ETag"]

    def put(said: dict[str, Any], **headers: str) -> Any:
        return client.put(f"{address}terms/", said, content_type="application/json", headers=headers)

    assert put(body).status_code == 428
    answer = put(body, **{"If-Match": etag})
    assert answer.status_code == 200
    assert answer.json()["deposit"] == body["deposit"]
    assert [tier["percent"] for tier in answer.json()["tiers"]] == [25, 50, 100]
    assert put(body, **{"If-Match": etag}).status_code == 412
    emptied = put({}, **{"If-Match": answer["ETag"]}).json()
    assert (emptied["deposit"], emptied["tiers"]) == (None, [])


def test_the_page_says_the_fee_before_it_is_spent(cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    give(cast, tiers=tiers(), deposit_percent=40)
    session = booked(cast, days=1)
    text = client.get(f"/sessions/{session.pk}/cancel/").text
    assert "The studio takes 100 % of the room" in text
    assert "Less than 48 hours" in text
    assert text.count("€496") >= 2  # the fee, and of what
    client.post(f"/sessions/{session.pk}/cancel/", {"reason": "Flu"})
    assert level(session) == (0, 49_600)
    assert "spent for cancelling" in client.get(f"/sessions/{session.pk}/").text


def test_who_only_plans_neither_reads_nor_writes_terms(cast: Cast, client: Client) -> None:
    give(cast, tiers=tiers(), deposit_percent=40)
    session = booked(cast, days=1)
    _token, secret = make_token(owner=cast.ana, name="Planner", scopes=["schedule:read", "schedule:write"], days=30)
    planner = {"Authorization": f"Bearer {secret}"}
    studio = f"/api/v1/studios/{cast.room.studio_id}/"
    answer = client.get(studio, headers=planner)
    assert answer.status_code == 200
    assert answer.json()["tiers"] == []
    assert [name for name in answer.json() if name.startswith("deposit")] == []
    options = client.options(f"{studio}terms/", headers=planner).json()
    assert options["forms"].get("PUT", {}).get("values", {}) == {}
    put: dict[str, Any] = {"content_type": "application/json", "headers": planner | {"If-Match": answer["ETag"]}}
    assert client.put(f"{studio}terms/", {}, **put).status_code == 403
    assert client.get(f"/api/v1/sessions/{session.pk}/cancellation/", headers=planner).status_code == 403
    assert CancellationTier.objects.count() == len(SCALE)


# --- the law --------------------------------------------------------------------------------------------
@pytest.mark.soak
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["JPY", "KWD", "EUR"]),
    st.integers(0, 10**8),
    st.integers(0, 10**8),
    st.integers(1, 24),
    st.integers(1, 100),
)
def test_fee_and_release_are_what_was_booked(
    cast: Cast, currency: str, hour: int, overtime: int, hours: int, percent: int
) -> None:
    project = makers.make_project(cast.desk, currency=currency)
    room = makers.make_room(cast.desk)
    for unit, minor, holds in (("hour", hour, 1), ("overtime", overtime, 5)):
        RoomRate.objects.create(room=room, unit=unit, amount_minor=minor, currency=currency, hours=holds)
    set_terms(studio=room.studio, expected=room.studio.version, tiers=tiers([(2, "days", percent)]))
    ends = f"2026-03-1{hours // 24}T{hours % 24:02}:00"
    session = actions.book_session(
        viewer=cast.viewer("ana"),
        project=project,
        title="Any",
        starts_local="2026-03-10T00:00",
        ends_local=ends,
        room=room,
    )
    booked_at, _spent = level(session)
    lines = pricing.price(pricing.Work(project, session.kind, room, session.starts_at, session.ends_at, ()))
    assert booked_at == sum(line.amount.minor for line in lines)
    said = cancelling.what_it_costs(session, clock.now())
    cancel(cast, session)
    released = -sum(
        BudgetEntry.objects.of_source(pricing.SOURCE, session.pk)
        .filter(kind=BudgetEntry.Kind.RELEASE)
        .values_list("amount_minor", flat=True)
    )
    still_open, fee = level(session)
    assert (still_open, released) == (0, booked_at)
    assert 0 <= fee <= booked_at
    assert abs(fee * 100 - booked_at * percent) <= 50 * len(lines)  # each line is rounded once
    exact = {name: Money(minor, currency).as_json() for name, minor in (("fee", fee), ("released", booked_at - fee))}
    assert {name: said[name] for name in exact} == exact
    actions.restore_session(viewer=cast.viewer("ana"), session=session)
    assert level(session) == (booked_at, 0)
