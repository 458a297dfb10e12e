"""A price, and what it does to the budget."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from budgets.exchange import exchange_of
from budgets.models import BudgetEntry
from budgets.queries import Agreed
from producerdesk.kit.money import Money, round_half_up
from sessions.models import StudioTerms
from sessions.pricing.asked import asked_for
from sessions.pricing.people import people_lines
from sessions.pricing.rooms import room_lines
from sessions.pricing.work import PriceLine, Work

SOURCE = "session"  # the ledger's word for what we write


def price(work: Work) -> list[PriceLine]:
    """Return what it costs, the room first. Lines that cost nothing are there and say why. One query."""
    asked = asked_for(work)
    return [*room_lines(work, asked.rates), *people_lines(work, asked)]


def quote(work: Work, session_id: int | None = None, lines: Sequence[PriceLine] | None = None) -> dict:
    """Return the price and what it does to the budget, as plain data.

    `open` is what this session has committed and not yet spent, `spent` what it has, `paid` what expenses have paid of
    both. `change` is what booking would add to the budget: less than what is paid it will not cost. Sums are in the
    budget's currency and None where a rate of exchange is missing, which `missing` names. `lines` are the price, where
    it is known already.
    """
    lines = price(work) if lines is None else lines
    exchange = exchange_of(work.project)
    entries = BudgetEntry.objects.filter(budget__project=work.project)
    committed = entries.level().committed
    mine = entries.of_source(SOURCE, session_id).agreed() if session_id else Agreed()
    missing = sorted({line.amount.currency for line in lines if not exchange.knows(line.amount.currency)})
    total = None if missing else sum(exchange.worth(line.amount).minor for line in lines)
    change = None if total is None else max(total, mine.paid) - mine.all

    def shown(minor: int | None) -> dict | None:
        return None if minor is None else Money(minor, exchange.currency).as_json()

    return {
        "lines": [line.as_json() for line in lines],
        "deposit": deposit_of(work, lines),
        "currency": exchange.currency,
        "total": shown(total),
        "open": shown(mine.open),
        "spent": shown(mine.spent),
        "paid": shown(mine.paid),
        "change": shown(change),
        "committed": shown(committed),
        "committed_after": shown(None if change is None else committed + change),
        "missing": [exchange.missing(currency) for currency in missing],
    }


def deposit_of(work: Work, lines: Iterable[PriceLine]) -> dict | None:
    """Return what of the room's price its studio wants ahead, and by when; None where it wants nothing.

    It is a part of the price and adds nothing to it. A sum in another currency than the room's is said as it is.
    """
    terms = StudioTerms.objects.filter(studio=work.room.studio_id).first() if work.room else None
    room = [line.amount for line in lines if line.part.partition(":")[0] == "room" and line.amount.minor]
    if terms is None or not room:
        return None
    price_ = Money(sum(amount.minor for amount in room), room[0].currency)
    if terms.deposit_percent:
        wanted = Money(round_half_up(Decimal(price_.minor) * terms.deposit_percent / 100), price_.currency)
    elif terms.deposit_minor:
        wanted = Money(terms.deposit_minor, terms.currency)
    else:
        return None
    if wanted.currency == price_.currency:
        wanted = Money(min(wanted.minor, price_.minor), price_.currency)
    due_on = work.day - timedelta(days=terms.deposit_days)
    return {"amount": wanted.as_json(), "percent": terms.deposit_percent, "due_on": due_on.isoformat()}
