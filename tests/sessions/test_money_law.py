"""A history of bookings, hires and expenses against a plain model of it: at each step, and at every moment gone by.

The model is arithmetic on whole minor units that shares nothing with the product. It is the same on both databases, so
what agrees with it on each agrees between them, to the last unit.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
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
from sessions.models import CancellationTier, RoomRate, StudioSession
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
bills = st.none() | st.tuples(st.sampled_from(["hires", "sessions"]), which)  # what an expense pays
deeds = st.one_of(
    st.tuples(st.just("book"), quarters, st.booleans()),
    st.tuples(st.sampled_from(["move", "wrap"]), which, quarters),
    st.tuples(st.just("cancel"), which, st.booleans()),
    st.tuples(st.sampled_from(["restore", "end", "hire again", "take back", "count again"]), which),
    st.tuples(st.just("hire"), sums),
    st.tuples(st.sampled_from(["agree", "correct"]), which, sums),
    st.tuples(st.just("spend"), sums, bills, st.booleans()),
    st.tuples(st.just("plan"), st.decimals("0.01", "99", places=2), sums),
)
percents = st.sampled_from([0, 25, 50, 100])
terms = st.tuples(st.sampled_from(["EUR", "JPY", "KWD"]), st.integers(1, 10**6), st.integers(1, 10**6), percents)


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


# --- the model ----------------------------------------------------------------------------------------------
Bill = tuple[str, int]  # what an expense pays: "hires" or "sessions", and its number


@dataclass
class Booked:
    """A session: what its room and its people cost in the planned or the real time, and in all that was asked of it."""

    state: str
    room: int
    people: int
    players: int = 0
    fee: int = 0  # for cancelling

    @property
    def due(self) -> int:
        """What the room costs as things are."""
        return self.fee if self.state == "cancelled" else self.room


@dataclass
class Hired:
    """A hire: its fee, and whether it stands."""

    fee: int
    stands: bool = True

    @property
    def due(self) -> int:
        return self.fee if self.stands else 0


@dataclass
class Spent:
    """An expense. What has paid something of its bill once is not refused later because nothing is left of that."""

    worth: int
    pays: Bill | None
    dollars: bool
    has_paid: bool = False
    stands: bool = True


@dataclass
class Model:
    """What there should be, in minor units."""

    currency: str
    hour: int  # the room's
    player: int  # by the hour
    percent: int  # of the room, for cancelling
    sessions: list[Booked] = field(default_factory=list)
    hires: list[Hired] = field(default_factory=list)
    expenses: list[Spent] = field(default_factory=list)
    planned: int = 0

    def price(self, quarters: int, players: int) -> tuple[int, int]:
        """Return what room and people cost. Each is rounded."""
        share = Decimal(quarters) / 4
        return half_up(self.hour * share), players * half_up(self.player * share)

    def left_of(self, bill: Bill) -> int:
        """Return what is due and not paid by expenses."""
        paid = sum(each.worth for each in self.expenses if each.stands and each.pays == bill)
        return max(0, getattr(self, bill[0])[bill[1]].due - paid)

    def worth(self, amount: int, dollars: bool) -> int:
        return half_up(Decimal(amount).scaleb(digits(self.currency) - 2) * DOLLAR) if dollars else amount

    def totals(self) -> tuple[int, int, int]:
        """Return planned, committed, actual."""
        open_ = sum(self.left_of(("hires", number)) for number in range(len(self.hires)))
        actual = sum(each.worth for each in self.expenses if each.stands)
        for number, session in enumerate(self.sessions):
            owed = self.left_of(("sessions", number)) + (0 if session.state == "cancelled" else session.people)
            open_, actual = (open_ + owed, actual) if session.state == "confirmed" else (open_, actual + owed)
        return self.planned, open_ + actual, actual

    def book(self, quarters: int, with_player: bool) -> bool:
        self.sessions.append(Booked("confirmed", *self.price(quarters, with_player), players=int(with_player)))
        return True

    def move(self, number: int, quarters: int) -> bool:
        return self._priced(number, quarters, ("confirmed",), "confirmed")

    def wrap(self, number: int, quarters: int) -> bool:
        return self._priced(number, quarters, ("confirmed", "wrapped"), "wrapped")

    def _priced(self, number: int, quarters: int, states: tuple[str, ...], to: str) -> bool:
        session = self.sessions[number]
        if session.state not in states:
            return False
        session.state = to
        session.room, session.people = self.price(quarters, session.players)
        return True

    def cancel(self, number: int, waived: bool) -> bool:
        session = self.sessions[number]
        if session.state == "confirmed":
            session.state = "cancelled"
            session.fee = 0 if waived else half_up(Decimal(session.room) * self.percent / 100)
        return session.state == "cancelled"

    def restore(self, number: int) -> bool:
        session = self.sessions[number]
        done, session.state = session.state == "cancelled", session.state.replace("cancelled", "confirmed")
        return done

    def hire(self, fee: int) -> bool:
        self.hires.append(Hired(fee))
        return True

    def end(self, number: int) -> bool:
        return self._stands(self.hires[number], False)

    def hire_again(self, number: int) -> bool:
        return self._stands(self.hires[number], True)

    def _stands(self, hire: Hired, stands: bool) -> bool:
        done, hire.stands = hire.stands != stands, stands
        return done

    def agree(self, number: int, fee: int) -> bool:
        self.hires[number].fee = fee
        return True

    def spend(self, amount: int, pays: Bill | None, dollars: bool) -> bool:
        expense = Spent(0, pays, dollars)
        done = self._brought_to(expense, amount)
        self.expenses += [expense] if done else []
        return done

    def correct(self, number: int, amount: int) -> bool:
        return self.expenses[number].stands and self._brought_to(self.expenses[number], amount)

    def _brought_to(self, expense: Spent, amount: int) -> bool:
        was, expense.worth = expense.worth, 0
        worth = self.worth(amount, expense.dollars)
        if expense.pays is not None and worth and not expense.has_paid:
            expense.has_paid = self.left_of(expense.pays) > 0
            if not expense.has_paid:
                expense.worth = was
                return False
        expense.worth = worth
        return True

    def take_back(self, number: int) -> bool:
        self.expenses[number].stands = False
        return True

    def count_again(self, number: int) -> bool:
        self.expenses[number].stands = True
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
        studio = makers.make_studio(cast.desk, time_zone="UTC")
        self.room = makers.make_room(studio)
        if model.percent:
            CancellationTier.objects.create(studio=studio, notice=1, percent=model.percent)
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

    def cancel(self, number: int, waived: bool) -> None:
        actions.cancel_session(viewer=self.viewer, session=self.sessions[number], no_fee=waived)

    def restore(self, number: int) -> None:
        actions.restore_session(viewer=self.viewer, session=self.sessions[number])

    def hire(self, fee: int) -> None:
        person = makers.make_contributor(self.desk)
        said: dict[str, Any] = {"contributor": person, "state": "confirmed", "role": "Cello", "fee": self._flat(fee)}
        self.hires.append(hires.create_engagement(project=self.project, by=self.by, **said))

    def _flat(self, fee: int) -> hires.Fee:
        return {"unit": "flat", "amount": Money(fee, self.currency)}

    def end(self, number: int) -> None:
        hires.move(engagement=self._hire(number), name="end", by=self.by)

    def hire_again(self, number: int) -> None:
        """The same person is asked for the same role anew."""
        with transaction.atomic():
            person = self._hire(number).contributor
            for name, who in (("reopen", None), ("confirm", person)):
                hires.move(engagement=self._hire(number), name=name, contributor=who, by=self.by)

    def agree(self, number: int, fee: int) -> None:
        hire = self._hire(number)
        hires.update_engagement(engagement=hire, expected=hire.version, by=self.by, fee=self._flat(fee))

    def _hire(self, number: int) -> Engagement:
        return Engagement.objects.select_related("project", "contributor").get(pk=self.hires[number].pk)

    def spend(self, amount: int, pays: Bill | None, dollars: bool) -> None:
        said: dict[str, Any] = {"title": "Strings", "spent_on": "2026-11-14", "account": 610}
        said |= {"amount": self._sum(amount, dollars), "commitment": self._part(pays)}
        self.expenses.append(expenses.add_expense(budget=self.budget, by=self.by, **said))

    def _part(self, pays: Bill | None) -> Part | None:
        if pays is None:
            return None
        name, number = pays
        if name == "hires":
            return Part("engagement", self.hires[number].pk, "fee")
        return Part("session", self.sessions[number].pk, "room:hour")

    def _sum(self, amount: int, dollars: bool) -> Money:
        return Money(amount, "USD" if dollars else self.currency)

    def correct(self, number: int, amount: int) -> None:
        expense = self._fresh(number)
        dollars = expense.currency == "USD"
        sum_ = self._sum(amount, dollars)
        expenses.update_expense(expense=expense, expected=expense.version, by=self.by, amount=sum_)

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
OF = dict.fromkeys(("move", "wrap", "cancel", "restore"), "sessions")
OF |= dict.fromkeys(("end", "hire again", "agree"), "hires") | dict.fromkeys(
    ("correct", "take back", "count again"), "expenses"
)


def _chosen(deed: tuple, model: Model) -> list[Any] | None:
    """Return what the deed says, its number one of those that are there; None where there is none."""
    name, *said = deed
    if name in OF:
        return _one_of(model, OF[name], said[0], said[1:])
    if name == "spend" and said[1] is not None:
        kind, number = said[1]
        found = _one_of(model, kind, number, [])
        return [said[0], (kind, found[0]), said[2]] if found else None
    return said


def _one_of(model: Model, kind: str, number: int, said: list[Any]) -> list[Any] | None:
    count = len(getattr(model, kind))
    return [number % count, *said] if count else None


@pytest.mark.soak
# to look for a shorter history that fails takes minutes, and the one at hand is short
@settings(
    suppress_health_check=list(HealthCheck), deadline=None, max_examples=EXAMPLES, phases=[Phase.reuse, Phase.generate]
)
@given(terms, st.lists(deeds, min_size=6, max_size=16))
def test_at_every_moment_the_budget_says_what_a_plain_sum_says(
    cast: Cast, terms: tuple[str, int, int, int], history: list[tuple]
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
