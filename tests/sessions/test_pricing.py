"""What a session costs, line by line."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets import actions as budgets
from budgets.models import BudgetEntry
from contributors.models import Contributor
from producerdesk.kit.money import Money
from sessions import actions, pricing
from sessions.models import Room, RoomRate, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.hostile import NO_AMOUNTS

START = datetime(2027, 3, 10, 9, tzinfo=UTC)


def rate(unit: str, euros: int, hours: str = "1", minimum: str = "0") -> RoomRate:
    return RoomRate(
        unit=unit, amount_minor=euros * 100, currency="EUR", hours=Decimal(hours), minimum_hours=Decimal(minimum)
    )


HOUR = rate("hour", 62)
HOUR_FROM_THREE = rate("hour", 62, minimum="3")
OVERTIME = rate("hour", 75)
HALF_DAY = rate("half_day", 260, "5")
DAY = rate("day", 480, "8")


def total(used: list[tuple[RoomRate, int]]) -> int:
    return sum(pricing.room_amount(*each).minor for each in used) // 100


@pytest.mark.parametrize(
    ("rates", "hours", "expected", "euros"),
    [
        # by the hour
        ([HOUR], 6, [("hour", 6)], 372),
        ([HOUR], 0.25, [("hour", 0.25)], 15),  # 15.50
        ([HOUR_FROM_THREE], 2, [("hour", 3)], 186),
        ([HOUR_FROM_THREE], 3.5, [("hour", 3.5)], 217),
        # a day where it is cheaper, hours where they are
        ([OVERTIME, DAY], 6, [("hour", 6)], 450),
        ([OVERTIME, DAY], 7, [("day", 8)], 480),
        ([OVERTIME, DAY], 8, [("day", 8)], 480),
        ([OVERTIME, DAY], 9, [("day", 8), ("hour", 1)], 555),
        ([OVERTIME, DAY], 15, [("day", 16)], 960),
        ([OVERTIME, HALF_DAY, DAY], 5, [("half_day", 5)], 260),
        ([OVERTIME, HALF_DAY, DAY], 6, [("half_day", 5), ("hour", 1)], 335),
        ([OVERTIME, HALF_DAY, DAY], 8, [("day", 8)], 480),
        ([OVERTIME, HALF_DAY, DAY], 12, [("half_day", 10), ("hour", 2)], 670),
        # without an hourly rate whole packs cover the time
        ([HALF_DAY], 1, [("half_day", 5)], 260),
        ([HALF_DAY], 6, [("half_day", 10)], 520),
        ([DAY], 9, [("day", 16)], 960),
        # an hour's minimum counts for the whole booking: overtime after a day is paid from its first hour
        ([rate("hour", 75, minimum="4"), DAY], 9, [("day", 8), ("hour", 1)], 555),
        # a day that is only let as two
        ([rate("day", 480, "8", "16")], 3, [("day", 16)], 960),
        # the same sum: what leaves fewer hours over
        ([rate("hour", 60), rate("day", 480, "10")], 8, [("hour", 8)], 480),
        ([rate("day", 0, "8")], 8, [("day", 8)], 0),
    ],
)
def test_a_room_costs_the_cheapest_combination_that_covers_the_time(
    rates: list[RoomRate], hours: float, expected: list[tuple[str, float]], euros: int
) -> None:
    used = pricing.cheapest(rates, int(hours * 60))
    assert [(each.unit, minutes / 60) for each, minutes in used] == expected
    assert total(used) == euros


@given(
    st.integers(1, 36 * 4),
    st.integers(1, 200),
    st.integers(1, 600),
    st.sampled_from(["2", "4", "5.5"]),
    st.integers(1, 900),
    st.sampled_from(["8", "10", "12"]),
    st.sampled_from(["0", "2", "4"]),
)
def test_no_price_is_above_that_of_hours_alone_or_below_what_covers_the_time(
    quarters: int, hour: int, half: int, half_hours: str, day: int, day_hours: str, minimum: str
) -> None:
    minutes = quarters * 15
    by_hour = rate("hour", hour, minimum=minimum)
    rates = [by_hour, rate("half_day", half, half_hours), rate("day", day, day_hours)]
    used = pricing.cheapest(rates, minutes)
    assert sum(paid for _rate, paid in used) >= minutes
    assert total(used) <= total(pricing.cheapest([by_hour], minutes))
    longer = pricing.cheapest(rates, minutes + 15)
    assert total(longer) >= total(used)


@pytest.mark.parametrize(("minutes", "paid"), [(0, 0), (1, 15), (15, 15), (16, 30), (61, 75), (480, 480)])
def test_a_quarter_that_is_begun_is_paid(minutes: int, paid: int) -> None:
    assert pricing.begun(timedelta(minutes=minutes)) == paid


def work(cast: Cast, *people: tuple[Contributor, str], hours: float = 6, kind: str = "tracking") -> pricing.Work:
    workers = tuple(pricing.Worker(person.pk, person.name, role, START) for person, role in people)
    return pricing.Work(cast.project, kind, cast.room, START, START + timedelta(hours=hours), workers)


def lines(cast: Cast, *people: tuple[Contributor, str], **said: object) -> list[tuple[str, str, int, int]]:
    found = pricing.price(work(cast, *people, **said))  # type: ignore[arg-type]
    return [(line.label, line.detail, line.amount.minor, line.account) for line in found]


def test_a_price_says_what_each_line_is(cast: Cast) -> None:
    makers.make_rate(cast.emil_called, "hour", "40.00")
    makers.make_engagement(cast.project, cast.wren_called, "Violin", fee="220", unit="flat")
    assert lines(
        cast, (cast.emil_called, "Recording engineer"), (cast.wren_called, "Violin"), (cast.nora_called, "Artist")
    ) == [
        ("Room A", "6 h at €62.00", 37_200, 310),
        ("Emil", "6 h at €40.00", 24_000, 500),
        ("Wren Castellan", "Flat, agreed for the project", 0, 400),
        ("Nora", "No fee agreed", 0, 400),
    ]


@pytest.mark.parametrize(
    ("kind", "account"),
    [("tracking", 310), ("vocal", 330), ("mixing", 350), ("mastering", 350), ("rehearsal", 210), ("audition", 300)],
)
def test_the_kind_of_session_says_which_account_pays_the_room(cast: Cast, kind: str, account: int) -> None:
    assert lines(cast, kind=kind)[0][3] == account


def test_the_fee_of_the_confirmed_engagement_goes_before_the_usual_rate(cast: Cast) -> None:
    makers.make_rate(cast.wren_called, "hour", "90")
    makers.make_engagement(cast.project, cast.wren_called, fee="55.50", account=410)
    assert lines(cast, (cast.wren_called, "Violin"))[1] == ("Wren Castellan", "6 h at €55.50", 33_300, 410)


@pytest.mark.parametrize("state", ["offered", "declined", "ended", "auditioning"])
def test_an_engagement_that_is_not_confirmed_has_no_fee_yet(cast: Cast, state: str) -> None:
    makers.make_rate(cast.wren_called, "hour", "90")
    makers.make_engagement(cast.project, cast.wren_called, fee="10", state=state)
    assert lines(cast, (cast.wren_called, "Violin"))[1][1] == "6 h at €90.00"


def test_an_engagement_on_another_project_says_nothing_here(cast: Cast) -> None:
    makers.make_engagement(makers.make_project(cast.desk), cast.wren_called, fee="10")
    assert lines(cast, (cast.wren_called, "Violin"))[1][1] == "No fee agreed"


def test_of_two_engagements_the_one_of_the_same_role_counts(cast: Cast) -> None:
    makers.make_engagement(cast.project, cast.wren_called, "Arranger", fee="500", unit="flat")
    makers.make_engagement(cast.project, cast.wren_called, "Violin", fee="50")
    assert lines(cast, (cast.wren_called, "violin"))[1][1] == "6 h at €50.00"
    assert lines(cast, (cast.wren_called, ""))[1][1] == "Flat, agreed for the project"


@pytest.mark.parametrize(("hours", "days"), [(1, 1), (12, 1), (12.25, 2), (36, 3)])
def test_a_day_fee_pays_twelve_hours(cast: Cast, hours: float, days: int) -> None:
    makers.make_engagement(cast.project, cast.wren_called, fee="300", unit="day")
    words = "1 day" if days == 1 else f"{days} days"
    assert lines(cast, (cast.wren_called, ""), hours=hours)[1][1:3] == (f"{words} at €300.00", 30_000 * days)


def test_of_a_persons_usual_rates_the_cheaper_counts(cast: Cast) -> None:
    makers.make_rate(cast.wren_called, "hour", "50")
    makers.make_rate(cast.wren_called, "day", "320")
    makers.make_rate(cast.wren_called, "song", "1")
    assert lines(cast, (cast.wren_called, ""), hours=6)[1][1] == "6 h at €50.00"
    assert lines(cast, (cast.wren_called, ""), hours=8)[1][1] == "1 day at €320.00"


def test_who_is_called_later_is_paid_from_then_on(cast: Cast) -> None:
    makers.make_rate(cast.wren_called, "hour", "50")
    late = pricing.Worker(cast.wren_called.pk, "Wren", "", START + timedelta(hours=4))
    found = pricing.price(pricing.Work(cast.project, "vocal", None, START, START + timedelta(hours=6), (late,)))
    assert [(line.detail, line.amount.minor) for line in found] == [("2 h at €50.00", 10_000)]


def test_a_room_without_rates_says_so(cast: Cast) -> None:
    cast.room.rates.all().delete()
    assert lines(cast)[0] == ("Room A", "No rate given", 0, 310)


def test_a_room_priced_in_two_currencies_is_paid_in_the_projects(cast: Cast) -> None:
    makers.make_room_rate(cast.room, "day", "1", hours="8", currency="USD")
    assert lines(cast)[0][1] == "6 h at €62.00"
    cast.project.currency = "JPY"
    assert lines(cast)[0][1] == "6 h at €62.00"  # the first that was given
    cast.project.currency = "USD"
    assert lines(cast)[0][1] == "1 day at US$1.00"


def test_every_line_is_rounded_once(cast: Cast) -> None:
    makers.make_rate(cast.wren_called, "hour", "33.33")
    assert lines(cast, (cast.wren_called, ""), hours=1.75)[1][2] == 5_833  # 58.3275


# --- the quote ------------------------------------------------------------------------------------
def asked(cast: Cast, **said: object) -> dict:
    return actions.price_of(
        **{
            "project": cast.project,
            "starts_local": "2027-03-10T10:00",
            "ends_local": "2027-03-10T16:00",
            "room": cast.room,
        }
        | said  # type: ignore[arg-type]
    )


def amount(text: str) -> dict[str, str]:
    return {"amount": text, "currency": "EUR"}


def test_a_quote_says_what_it_does_to_the_budget_and_writes_nothing(cast: Cast) -> None:
    budgets.commit(
        project=cast.project,
        source=budgets.Source("engagement", 1, "Cello"),
        lines=[budgets.Line(400, "fee", Money(26_000, "EUR"))],
        by=None,
    )
    quote = asked(cast)
    assert quote["total"] == quote["change"] == amount("372.00")
    assert (quote["committed"], quote["committed_after"]) == (amount("260.00"), amount("632.00"))
    assert quote["lines"] == [
        {
            "label": "Room A",
            "detail": "6 h at €62.00",
            "amount": amount("372.00"),
            "account": 310,
            "account_title": "Tracking rooms",
            "part": "room:hour",
        }
    ]
    assert BudgetEntry.objects.count() == 1
    assert not StudioSession.objects.exists()


def test_a_quote_without_a_place_prices_the_people(cast: Cast) -> None:
    makers.make_rate(cast.wren_called, "hour", "50")
    quote = asked(cast, room=None, calls=[{"contributor": cast.wren_called}])
    assert quote["total"] == amount("300.00")


def test_a_quote_of_what_is_booked_adds_nothing(cast: Cast) -> None:
    session = makers.make_session(cast.project, cast.ana, room=cast.room)
    quote = pricing.quote(
        pricing.Work(cast.project, session.kind, cast.room, session.starts_at, session.ends_at, ()), session.pk
    )
    assert (quote["open"], quote["change"]) == (amount("496.00"), amount("0.00"))
    assert quote["committed_after"] == quote["committed"] == amount("496.00")


def test_a_quote_in_a_currency_without_a_rate_says_what_is_missing(cast: Cast) -> None:
    makers.make_rate(cast.wren_called, "hour", "50", "USD")
    quote = asked(cast, calls=[{"contributor": cast.wren_called}])
    assert quote["total"] is quote["change"] is quote["committed_after"] is None
    assert "what one USD is worth in EUR" in quote["missing"][0]
    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("0.9"), by=None)
    quote = asked(cast, calls=[{"contributor": cast.wren_called}])
    assert quote["total"] == amount("642.00")
    assert quote["lines"][1]["amount"] == {"amount": "300.00", "currency": "USD"}


@pytest.mark.parametrize("amount", [*NO_AMOUNTS, None], ids=repr)
def test_a_rate_that_is_none_is_refused_at_its_row(cast: Cast, amount: Any) -> None:
    rates = [{"unit": "hour", "amount": {"amount": amount, "currency": "EUR"}}]
    answer = Caller(cast.ana).post("rooms/", studio=cast.room.studio_id, name="Room Z", rates=rates)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["rates.0.amount"])
    assert not Room.objects.filter(name="Room Z").exists()
