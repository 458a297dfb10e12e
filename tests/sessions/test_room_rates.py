"""Rates of rooms: dates of validity, steps, overtime; and that the ledger gets what was said."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.models import BudgetEntry
from producerdesk.kit import money
from producerdesk.kit.errors import Refused
from producerdesk.kit.money import Money
from sessions import actions, pricing
from sessions.actions.studios import update_room
from sessions.models import Room, RoomRate, StudioSession
from tests import makers, services
from tests.cast import Cast

MARCH = dt.date(2087, 3, 1)
EXAMPLES = services.rounds(15, 200)


def euros(text: str) -> Money:
    return Money(int(Decimal(text) * 100), "EUR")


def said(unit: str, amount: str = "", **more: Any) -> dict[str, Any]:
    hours = {"hours": Decimal(1), "minimum_hours": Decimal(0)}
    return {"unit": unit} | hours | ({"amount": euros(amount)} if amount else {}) | more


def give(room: Room, *rates: dict[str, Any], **more: Any) -> Room:
    room.refresh_from_db()
    return update_room(room=room, expected=room.version, rates=list(rates), **more)


def quoted(cast: Cast, day: str, starts: str = "10:00", ends: str = "16:00") -> list[tuple[str, str]]:
    """Return what the booking form would say."""
    quote = actions.price_of(
        project=cast.project,
        starts_local=f"{day}T{starts}",
        ends_local=f"{day}T{ends}",
        room=Room.objects.get(pk=cast.room.pk),
    )
    return [(line["detail"], line["amount"]["amount"]) for line in quote["lines"]]


@pytest.fixture
def cast(cast: Cast) -> Cast:
    cast.room.rates.all().delete()
    return cast


def test_a_session_is_priced_by_the_rates_of_the_day_it_starts(cast: Cast) -> None:
    last = MARCH - dt.timedelta(days=1)
    give(cast.room, said("hour", "60", valid_until=last), said("hour", "70", valid_from=MARCH))
    assert quoted(cast, "2087-02-28") == [("6 h at €60.00", "360.00")]
    assert quoted(cast, "2087-03-01") == [("6 h at €70.00", "420.00")]


def test_the_day_is_that_of_the_studios_clock(cast: Cast) -> None:
    """In Auckland it is the first of March already while it is February in UTC."""
    studio = cast.room.studio
    studio.time_zone = "Pacific/Auckland"
    studio.save()
    give(cast.room, said("hour", "60"), said("day", "1", hours=Decimal(24), valid_from=MARCH))
    assert quoted(cast, "2087-03-01", "01:00", "07:00") == [("1 day at €1.00", "1.00")]
    assert quoted(cast, "2087-02-28", "18:00", "23:30") == [("5 h 30 at €60.00", "330.00")]


def test_a_day_without_a_rate_says_so(cast: Cast) -> None:
    give(cast.room, said("hour", "60", valid_from=MARCH))
    assert quoted(cast, "2087-02-28") == [("No rate on that day", "0.00")]


def test_what_is_wrapped_on_another_day_keeps_the_rates_of_the_planned_one(cast: Cast) -> None:
    give(
        cast.room,
        said("hour", "60", valid_until=dt.date(2026, 3, 9)),
        said("hour", "70", valid_from=dt.date(2026, 3, 10)),
    )
    session = makers.make_session(cast.project, cast.ana, "2026-03-09T20:00", "2026-03-09T23:00", room=cast.room)
    late = [session.starts_at + dt.timedelta(hours=hours) for hours in (5, 7)]
    actions.wrap_session(viewer=cast.viewer("ana"), session=session, real_starts_at=late[0], real_ends_at=late[1])
    assert spent(session) == 12_000


@pytest.mark.parametrize(
    ("step", "ends", "detail"), [(15, "12:05", "2 h 15"), (30, "12:05", "2 h 30"), (60, "12:05", "3 h")]
)
def test_a_step_that_was_begun_is_paid(cast: Cast, step: int, ends: str, detail: str) -> None:
    give(cast.room, said("hour", "60"), billing_step=step)
    assert quoted(cast, "2087-03-01", ends=ends)[0][0] == f"{detail} at €60.00"


def test_a_step_is_one_of_three(cast: Cast) -> None:
    with pytest.raises(Exception, match="valid choice"):
        give(cast.room, billing_step=20)


def test_after_so_many_hours_comes_overtime(cast: Cast) -> None:
    rates = [said("hour", "60"), said("day", "480", hours=Decimal(10))]
    give(cast.room, *rates, said("overtime", factor=Decimal("1.5"), hours=Decimal(10)))
    assert quoted(cast, "2087-03-01", "08:00", "18:00") == [("1 day at €480.00", "480.00")]
    by_factor = [("1 day at €480.00", "480.00"), ("2 h 30 of overtime at €90.00", "225.00")]
    assert quoted(cast, "2087-03-01", "08:00", "20:30") == by_factor
    give(cast.room, *rates, said("overtime", "100", hours=Decimal(12)))
    assert quoted(cast, "2087-03-01", "08:00", "21:00")[-1] == ("1 h of overtime at €100.00", "100.00")


def test_overtime_by_a_factor_without_an_hourly_rate_takes_an_hour_of_the_longest(cast: Cast) -> None:
    give(cast.room, said("day", "500", hours=Decimal(8)), said("overtime", factor=Decimal("1.25"), hours=Decimal(8)))
    assert quoted(cast, "2087-03-01", "08:00", "17:00")[-1] == ("1 h of overtime at €78.13", "78.13")


def test_a_session_that_ran_over_is_settled_with_overtime(cast: Cast) -> None:
    give(cast.room, said("day", "500", hours=Decimal(10)), said("overtime", "80", hours=Decimal(10)))
    session = makers.make_session(cast.project, cast.ana, "2026-03-09T10:00", "2026-03-09T20:00", room=cast.room)
    assert opened(session) == 50_000
    actions.wrap_session(
        viewer=cast.viewer("ana"), session=session, real_ends_at=session.ends_at + dt.timedelta(minutes=80)
    )
    assert (opened(session), spent(session)) == (0, 50_000 + 12_000)  # an hour and a half was begun


@pytest.mark.parametrize(
    ("rates", "field"),
    [
        ([said("hour", "60"), said("hour", "70")], "rates.1.valid_from"),
        ([said("hour", "60", valid_until=MARCH), said("hour", "70", valid_from=MARCH)], "rates.1.valid_from"),
        ([said("day", "60", valid_from=MARCH), said("hour", "1"), said("day", "7")], "rates.2.valid_from"),
        ([said("hour", "60", valid_from=MARCH, valid_until=MARCH - dt.timedelta(days=1))], "rates.0.valid_until"),
        ([said("hour")], "rates.0.amount"),
        ([said("overtime", hours=Decimal(8))], "rates.0.amount"),
        ([said("hour", "60", factor=Decimal(2))], "rates.0.factor"),
        ([said("overtime", "60", factor=Decimal(2), hours=Decimal(8))], "rates.0.factor"),
        ([said("day", "60", hours=Decimal(10)), said("overtime", "9", hours=Decimal(8))], "rates.1.hours"),
        (
            [said("hour", "60"), said("overtime", hours=Decimal(8)) | {"amount": Money(900, "USD")}],
            "rates.1.amount",
        ),
    ],
)
def test_rates_that_make_no_sense_are_refused_by_name(cast: Cast, rates: list[dict], field: str) -> None:
    give(cast.room, said("hour", "55"))
    with pytest.raises(Refused) as refused:
        give(cast.room, *rates)
    assert list(refused.value.fields) == [field]
    assert RoomRate.objects.get(room=cast.room).amount_minor == 5_500


def test_rates_of_one_unit_may_follow_each_other(cast: Cast) -> None:
    later = MARCH + dt.timedelta(days=1)
    give(cast.room, said("hour", "60", valid_until=MARCH), said("hour", "70", valid_from=later), said("day", "300"))
    assert cast.room.rates.count() == 3


# --- the law --------------------------------------------------------------------------------------------
def entries(session: StudioSession) -> Any:
    return BudgetEntry.objects.of_source(pricing.SOURCE, session.pk)


def opened(session: StudioSession) -> int:
    return entries(session).level().open


def spent(session: StudioSession) -> int:
    return entries(session).level().actual


sums = st.integers(0, 10**7)
halves = st.integers(2, 24).map(lambda n: Decimal(n) / 2)


@st.composite
def priced_rooms(draw: st.DrawFn) -> tuple[list[RoomRate], int, int]:
    """Return rates of a room that may have overtime, its step and a length in minutes."""
    currency = draw(st.sampled_from(["JPY", "KWD", "EUR"]))
    rates = [RoomRate(unit="hour", amount_minor=draw(sums), currency=currency, hours=1, minimum_hours=draw(halves))]
    for unit in draw(st.sets(st.sampled_from(["half_day", "day"]))):
        rates.append(
            RoomRate(unit=unit, amount_minor=draw(sums), currency=currency, hours=draw(halves), minimum_hours=0)
        )
    after = max(max(rate.hours, rate.minimum_hours) for rate in rates)
    kind = draw(st.sampled_from(["none", "sum", "factor"]))
    if kind != "none":
        own: dict[str, Any] = {"factor": draw(st.decimals(1, 10, places=2))}
        if kind == "sum":
            own = {"amount_minor": draw(sums), "currency": currency}
        rates.append(RoomRate(unit="overtime", hours=after, minimum_hours=0, **own))
    return rates, draw(st.sampled_from([15, 30, 60])), draw(st.integers(15, 36 * 60))


@settings(max_examples=EXAMPLES * 4, deadline=None)
@given(priced_rooms())
def test_paid_time_covers_the_time_and_never_falls_as_it_grows(room: tuple[list[RoomRate], int, int]) -> None:
    rates, step, length = room
    minutes = pricing.begun(dt.timedelta(minutes=length), step)
    used = pricing.paid_time(rates, minutes)
    assert sum(each[1] for each in used) >= minutes >= length
    cost = [pricing.room_amount(*each).minor for each in used]
    assert min(cost) >= 0
    longer = pricing.paid_time(rates, minutes + step)
    assert sum(pricing.room_amount(*each).minor for each in longer) >= sum(cost) - len(cost)  # each line is rounded


@pytest.mark.soak
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(priced_rooms(), st.integers(1, 30))
def test_the_ledger_gets_what_the_lines_say(cast: Cast, room: tuple[list[RoomRate], int, int], over: int) -> None:
    rates, step, length = room
    currency = rates[0].currency
    project = makers.make_project(cast.desk, currency=currency)
    place = makers.make_room(cast.desk, billing_step=step)
    for rate in rates:
        rate.room, rate.pk = place, None
    RoomRate.objects.bulk_create(rates)
    ends = (dt.datetime(2026, 3, 10, 8, tzinfo=dt.UTC) + dt.timedelta(minutes=length)).isoformat()[:16]
    plan: dict[str, Any] = {"project": project, "starts_local": "2026-03-10T08:00", "ends_local": ends, "room": place}
    quote = actions.price_of(**plan)
    session = actions.book_session(viewer=cast.viewer("ana"), title="Any", **plan)
    assert opened(session) == minor_of(quote["lines"], currency) == minor_of([{"amount": quote["total"]}], currency)
    real = session.ends_at + dt.timedelta(minutes=min(over * 10, 36 * 60 - length))
    actions.wrap_session(viewer=cast.viewer("ana"), session=session, real_ends_at=real)
    work = pricing.Work(project, session.kind, place, session.starts_at, real, ())
    assert (opened(session), spent(session)) == (0, sum(line.amount.minor for line in pricing.price(work)))


def minor_of(lines: list[dict], currency: str) -> int:
    return sum(money.parse(line["amount"]["amount"], currency).minor for line in lines)
