"""A history of bookings, hires and expenses against a plain model of it: at each step, and at every moment gone by.

The model is arithmetic on whole minor units that shares nothing with the product. It is the same on both databases, so
what agrees with it on each agrees between them, to the last unit.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from budgets.actions import Part, expenses, open_budget, plan, set_exchange_rate
from budgets.audit import chain_break
from budgets.models import Budget, Expense
from budgets.standing import standings
from contributors.actions import engagements as hires
from contributors.models import ContributorRate, Engagement
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.money import Money, digits, parse
from sessions import actions
from sessions.models import RoomRate, StudioSession
from tests import makers, services
from tests.calling import Caller
from tests.cast import Cast

EXAMPLES = services.rounds(8, 250)
BEGINS = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)  # all sessions lie before it, so that they can be wrapped
STEP = dt.timedelta(minutes=1)
DOLLAR = Decimal("0.9137")  # what one is worth, whatever the currency of the budget

quarters = st.integers(1, 40)
which = st.integers(0, 9)
sums = st.integers(1, 10**7)
deeds = st.one_of(
    st.tuples(st.just("book"), quarters, st.booleans()),
    st.tuples(st.sampled_from(["move", "wrap"]), which, quarters),
    st.tuples(st.sampled_from(["cancel", "restore", "end", "take back", "count again"]), which),
    st.tuples(st.just("hire"), sums),
    st.tuples(st.just("spend"), sums, st.none() | which, st.booleans()),
    st.tuples(st.just("plan"), st.decimals("0.01", "99", places=2), sums),
)
terms = st.tuples(st.sampled_from(["EUR", "JPY", "KWD"]), st.integers(1, 10**6), st.integers(1, 10**6))


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


# --- the model ----------------------------------------------------------------------------------------------
@dataclass
class Booked:
    """A session: what its planned and its real time cost."""

    state: str
    cost: int
    people: int = 0


@dataclass
class Spent:
    """An expense, and how much of the hire it pays it has used up."""

    worth: int
    against: int | None
    used: int = 0
    stands: bool = True


@dataclass
class Model:
    """What there should be, in minor units."""

    currency: str
    hour: int  # the room's
    player: int  # by the hour
    sessions: list[Booked] = field(default_factory=list)
    hires: list[int] = field(default_factory=list)  # what is agreed; 0 when it ended
    expenses: list[Spent] = field(default_factory=list)
    planned: int = 0

    def price(self, quarters: int, people: int) -> int:
        """Room and person are rounded each."""
        share = Decimal(quarters) / 4
        return half_up(self.hour * share) + people * half_up(self.player * share)

    def left_of(self, hire: int) -> int:
        return max(0, self.hires[hire] - sum(each.used for each in self.expenses if each.against == hire))

    def ended(self, hire: int | None) -> bool:
        return hire is not None and not self.hires[hire]

    def in_dollars(self, cents: int) -> int:
        return half_up(Decimal(cents).scaleb(digits(self.currency) - 2) * DOLLAR)

    def totals(self) -> tuple[int, int, int]:
        """Return planned, committed, actual."""
        open_ = sum(each.cost for each in self.sessions if each.state == "confirmed")
        open_ += sum(self.left_of(number) for number in range(len(self.hires)))
        actual = sum(each.cost for each in self.sessions if each.state == "wrapped")
        actual += sum(each.worth for each in self.expenses if each.stands)
        return self.planned, open_ + actual, actual

    def book(self, quarters: int, with_player: bool) -> bool:
        self.sessions.append(Booked("confirmed", self.price(quarters, with_player), int(with_player)))
        return True

    def move(self, number: int, quarters: int) -> bool:
        return self._priced(number, quarters, ("confirmed",), "confirmed")

    def wrap(self, number: int, quarters: int) -> bool:
        return self._priced(number, quarters, ("confirmed", "wrapped"), "wrapped")

    def _priced(self, number: int, quarters: int, states: tuple[str, ...], to: str) -> bool:
        session = self.sessions[number]
        if session.state not in states:
            return False
        session.state, session.cost = to, self.price(quarters, session.people)
        return True

    def cancel(self, number: int) -> bool:
        return self._goes(number, "confirmed", "cancelled") or self.sessions[number].state == "cancelled"

    def restore(self, number: int) -> bool:
        return self._goes(number, "cancelled", "confirmed")

    def _goes(self, number: int, was: str, to: str) -> bool:
        session = self.sessions[number]
        done, session.state = session.state == was, to if session.state == was else session.state
        return done

    def hire(self, fee: int) -> bool:
        self.hires.append(fee)
        return True

    def end(self, number: int) -> bool:
        done, self.hires[number] = self.hires[number] > 0, 0
        return done

    def spend(self, amount: int, against: int | None, dollars: bool) -> bool:
        expense = Spent(self.in_dollars(amount) if dollars else amount, against)
        return self._counts(expense, lambda: self.expenses.append(expense))

    def take_back(self, number: int) -> bool:
        self.expenses[number].stands, self.expenses[number].used = False, 0
        return True

    def count_again(self, number: int) -> bool:
        expense = self.expenses[number]
        return expense.stands or self._counts(expense, lambda: setattr(expense, "stands", True))

    def _counts(self, expense: Spent, then: Callable[[], None]) -> bool:
        if expense.against is not None:
            left = self.left_of(expense.against)
            if not left and expense.worth:
                return False
            expense.used = min(left, expense.worth)
        then()
        return True

    def plan(self, quantity: Decimal, rate: int) -> bool:
        self.planned += half_up(quantity * rate)
        return True


# --- the product --------------------------------------------------------------------------------------------
class Desk:
    """The same deeds, done to the product."""

    def __init__(self, cast: Cast, model: Model) -> None:
        self.viewer, self.by, self.desk = cast.viewer("ana"), cast.ana.pk, cast.desk
        self.project = makers.make_project(cast.desk, currency=model.currency)
        self.budget = open_budget(self.project)
        self.currency = model.currency
        self.room = makers.make_room(makers.make_studio(cast.desk, time_zone="UTC"))
        RoomRate.objects.create(room=self.room, unit="hour", amount_minor=model.hour, currency=model.currency)
        self.player = makers.make_contributor(cast.desk)
        ContributorRate.objects.create(
            contributor=self.player, unit="hour", amount_minor=model.player, currency=model.currency
        )
        set_exchange_rate(project=self.project, currency="USD", rate=DOLLAR, by=None)
        self.sessions: list[StudioSession] = []
        self.hires: list[Engagement] = []
        self.expenses: list[Expense] = []

    def _hours(self, number: int, quarters: int) -> tuple[dt.datetime, dt.datetime]:
        """Each session has a day of its own: here nothing clashes."""
        starts = BEGINS - dt.timedelta(days=2 + number)
        return starts, starts + dt.timedelta(minutes=15 * quarters)

    def _when(self, number: int, quarters: int) -> dict[str, Any]:
        starts, ends = self._hours(number, quarters)
        return {"starts_local": f"{starts:%Y-%m-%dT%H:%M}", "ends_local": f"{ends:%Y-%m-%dT%H:%M}"}

    def book(self, quarters: int, with_player: bool) -> None:
        calls: list[actions.CallSpec] = [{"contributor": self.player}] if with_player else []
        when = self._when(len(self.sessions), quarters)
        said: dict[str, Any] = {"project": self.project, "title": "Any", "room": self.room, "calls": calls}
        self.sessions.append(actions.book_session(viewer=self.viewer, **said, **when))

    def move(self, number: int, quarters: int) -> None:
        when = self._when(number, quarters)
        actions.move_session(viewer=self.viewer, session=self.sessions[number], room=self.room, **when)

    def wrap(self, number: int, quarters: int) -> None:
        starts, ends = self._hours(number, quarters)
        real: dict[str, Any] = {"real_starts_at": starts, "real_ends_at": ends}
        actions.wrap_session(viewer=self.viewer, session=self.sessions[number], **real)

    def cancel(self, number: int) -> None:
        actions.cancel_session(viewer=self.viewer, session=self.sessions[number])

    def restore(self, number: int) -> None:
        actions.restore_session(viewer=self.viewer, session=self.sessions[number])

    def hire(self, fee: int) -> None:
        person = makers.make_contributor(self.desk)
        terms = {"unit": "flat", "amount": Money(fee, self.currency)}
        said: dict[str, Any] = {"contributor": person, "state": "confirmed", "role": "Cello", "fee": terms}
        self.hires.append(hires.create_engagement(project=self.project, by=self.by, **said))

    def end(self, number: int) -> None:
        hires.move(engagement=self.hires[number], name="end", by=self.by)

    def spend(self, amount: int, against: int | None, dollars: bool) -> None:
        part = None if against is None else Part("engagement", self.hires[against].pk, "fee")
        said: dict[str, Any] = {"title": "Strings", "spent_on": "2026-11-14", "account": 610, "commitment": part}
        money = Money(amount, "USD" if dollars else self.currency)
        self.expenses.append(expenses.add_expense(budget=self.budget, by=self.by, amount=money, **said))

    def take_back(self, number: int) -> None:
        expenses.remove_expense(expense=self._fresh(number), by=self.by)

    def count_again(self, number: int) -> None:
        expenses.restore_expense(expense=self._fresh(number), by=self.by)

    def _fresh(self, number: int) -> Expense:
        return Expense.objects.select_related("budget__project").get(pk=self.expenses[number].pk)

    def plan(self, quantity: Decimal, rate: int) -> None:
        plan.add_line(budget=self.budget, by=self.by, account=310, quantity=quantity, rate_minor=rate)

    def totals(self, until: dt.datetime | None = None) -> tuple[int, int, int]:
        standing = standings([self.budget.pk], until)[self.budget.pk]
        of_heads = [sum(getattr(head.figures, name) for head in standing.heads) for name in FIGURES]
        of_accounts = [
            sum(getattr(figures, name) for head in standing.heads for _account, figures in head.accounts)
            for name in FIGURES
        ]
        assert of_heads == of_accounts == [getattr(standing.total, name) for name in FIGURES]
        return of_heads[0], of_heads[1], of_heads[2]


FIGURES = ("planned", "committed", "actual")
# what a deed changes one of
OF = dict.fromkeys(("move", "wrap", "cancel", "restore"), "sessions") | {"end": "hires"}
OF |= dict.fromkeys(("take back", "count again"), "expenses")


def _chosen(deed: tuple, model: Model) -> list[Any] | None:
    """Return what the deed says, its number one of those that are there; None where there is none.

    The invoice of a hire that ended is not taken back here: what is owed then the ledger's entries do not tell.
    """
    name, *said = deed
    if name in OF:
        count = len(getattr(model, OF[name]))
        number = said[0] % count if count else None
        if number is None or (name == "take back" and model.ended(model.expenses[number].against)):
            return None
        return [number, *said[1:]]
    if name == "spend" and said[1] is not None:
        return [said[0], said[1] % len(model.hires), said[2]] if model.hires else None
    return said


@pytest.mark.soak
# to look for a shorter history that fails takes minutes, and the one at hand is short
@settings(
    suppress_health_check=list(HealthCheck), deadline=None, max_examples=EXAMPLES, phases=[Phase.reuse, Phase.generate]
)
@given(terms, st.lists(deeds, min_size=6, max_size=16))
def test_at_every_moment_the_budget_says_what_a_plain_sum_says(
    cast: Cast, terms: tuple[str, int, int], history: list[tuple]
) -> None:
    model = Model(*terms)
    with time_machine.travel(BEGINS, tick=False) as clock:
        desk = Desk(cast, model)
        told = {BEGINS: model.totals()}
        for number, deed in enumerate(history, start=1):
            if (said := _chosen(deed, model)) is None:
                continue
            clock.move_to(BEGINS + number * STEP)
            _do_both(deed[0].replace(" ", "_"), said, model, desk)
            told[BEGINS + number * STEP] = model.totals()
            assert desk.totals() == model.totals(), (deed, history)
        clock.move_to(BEGINS + (len(history) + 1) * STEP)
        _then_as_now(cast, desk, told)


def _do_both(name: str, said: list[Any], model: Model, desk: Desk) -> None:
    """Do it to both. What the model does not allow the product refuses, and nothing changes."""
    try:
        getattr(desk, name)(*said)
        done = True
    except (Conflict, Refused):
        done = False
    assert getattr(model, name)(*said) == done, (name, said)


def _then_as_now(cast: Cast, desk: Desk, told: dict[dt.datetime, tuple[int, int, int]]) -> None:
    """Each past moment is told as it was then, by the sums and by the API; a moment later nothing else is."""
    ana = Caller(cast.ana)
    for moment, totals in told.items():
        assert desk.totals(moment) == desk.totals(moment + STEP / 2) == totals
    for moment in list(told)[-3:]:
        said = ana.get(f"budgets/{desk.budget.pk}/summary/", as_of=moment.isoformat()).json()["total"]
        minor = [parse(said[name]["amount"], said[name]["currency"]).minor for name in FIGURES]
        assert tuple(minor) == told[moment]
    assert desk.totals(BEGINS - STEP) == (0, 0, 0)
    assert chain_break(Budget.objects.get(pk=desk.budget.pk)) is None
