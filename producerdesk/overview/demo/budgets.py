"""What the records may cost and what was paid: plans with one line over, and a few receipts' worth of expenses."""

from decimal import Decimal

from budgets import chart
from budgets.actions import open_budget
from budgets.actions.expenses import add_expense
from budgets.actions.plan import add_line, set_controller
from budgets.models import Budget
from producerdesk.kit.money import parse
from producerdesk.overview.demo.hands import Demo, sum_of

PRODUCER, BACKLINE, TRANSPORT, MEALS, CONTINGENCY = 100, 610, 710, 730, 990
COPYING = 230
# account, unit, how many, each, what for; the musicians of Salt & Neon cost more than was thought
SALT_AND_NEON = (
    (PRODUCER, "song", "9", "300", "Nine songs"),
    (COPYING, "flat", "1", "180", "String parts"),
    (chart.TRACKING_ROOM, "day", "4", "480", "Drums and basics"),
    (chart.OVERDUB_ROOM, "day", "2", "480", ""),
    (chart.VOCAL_ROOM, "hour", "30", "40", "Lead and backing vocals"),
    (chart.MUSICIANS, "day", "2", "320", "Drums, strings"),
    (chart.ENGINEERS, "hour", "60", "40", "Tracking"),
    (chart.MIXING_ENGINEER, "song", "9", "140", ""),
    (chart.MASTERING_ENGINEER, "song", "9", "60", ""),
    (BACKLINE, "flat", "1", "350", ""),
    (TRANSPORT, "flat", "1", "250", "Van, trains"),
    (MEALS, "day", "12", "30", ""),
    (CONTINGENCY, "flat", "1", "600", ""),
)
FIELD_NOTES = (
    (PRODUCER, "flat", "1", "1600", "Four songs"),
    (chart.TRACKING_ROOM, "day", "3", "470", ""),
    (chart.MUSICIANS, "day", "3", "305", ""),
    (chart.ENGINEERS, "day", "3", "280", ""),
    (CONTINGENCY, "flat", "1", "300", ""),
)
SLOW_CATHEDRAL = (
    (PRODUCER, "song", "5", "350", ""),
    (chart.MIXING_ENGINEER, "song", "5", "210", ""),
    (chart.MASTERING_ENGINEER, "song", "5", "75", ""),
)
# days ago, account, vendor, what for, sum, currency
SPENT = (
    (13, BACKLINE, "Casa do Backline", "Felt piano for two days", "190.00", "EUR"),
    (12, TRANSPORT, "Northern Rail", "Lucho to the session and back", "84.50", "GBP"),
    (12, MEALS, "Tasca da Rua", "Lunch for six, tracking day", "96.40", "EUR"),
    (5, COPYING, "Ines Prata", "Parts for four players", "160.00", "EUR"),
)


def make(demo: Demo) -> None:
    """Plan the three records at work, with Mara in control, and enter what was paid for the first."""
    for title, lines in (
        ("Salt & Neon", SALT_AND_NEON),
        ("Field Notes", FIELD_NOTES),
        ("Slow Cathedral", SLOW_CATHEDRAL),
    ):
        budget = open_budget(demo.projects[title])
        budget = set_controller(budget=budget, expected=budget.version, controller=demo.mara)
        _plan(demo, budget, lines)
    _spend(demo, open_budget(demo.projects["Salt & Neon"]))


def _plan(demo: Demo, budget: Budget, lines: tuple[tuple[int, str, str, str, str], ...]) -> None:
    for account, unit, quantity, rate, what_for in lines:
        add_line(
            budget=budget,
            by=demo.mara.pk,
            account=account,
            unit=unit,
            quantity=Decimal(quantity),
            rate_minor=sum_of(rate).minor,
            note=what_for,
        )


def _spend(demo: Demo, budget: Budget) -> None:
    for days, account, vendor, title, amount, currency in SPENT:
        add_expense(
            budget=budget,
            by=demo.mara.pk,
            vendor=vendor,
            title=title,
            spent_on=demo.day(-days),
            account=account,
            amount=parse(amount, currency),
        )
