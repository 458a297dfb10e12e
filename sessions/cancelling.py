"""What cancelling a session costs, by the notice that is given: a part of what its room was booked at.

The fee is counted line by line from what the ledger has committed, each line rounded once: what a deposit has paid of a
line is part of the fee, and what is left over is released. Holds cost nothing, and people cost nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets import actions as budgets
from budgets.exchange import exchange_of
from producerdesk.kit.money import Money, round_half_up
from sessions import pricing
from sessions.models import CancellationTier, StudioSession

ROOM = "room"  # how the parts that pay a room begin


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What cancelling costs now: the tier it falls under, if any, and the ledger's lines of the fee."""

    tier: CancellationTier | None
    lines: list[budgets.Line]


def source_of(session: StudioSession) -> budgets.Source:
    """Return the session as the ledger names it."""
    return budgets.Source(pricing.SOURCE, session.pk, session.title)


def tier_of(session: StudioSession, now: datetime) -> CancellationTier | None:
    """Return the tier that the notice falls under: of several the dearest; None where cancelling is free. One query."""
    if session.room is None or session.state != StudioSession.State.CONFIRMED:
        return None
    notice = session.starts_at - now
    tiers = CancellationTier.objects.filter(studio=session.room.studio_id)
    return max((tier for tier in tiers if notice < tier.span), key=lambda tier: tier.percent, default=None)


def fee_lines(booked: Iterable[budgets.Line], percent: int) -> list[budgets.Line]:
    """Return the fee: so much of each line that pays the room."""
    return [_part_of(line, percent) for line in booked if line.part.partition(":")[0] == ROOM]


def _part_of(line: budgets.Line, percent: int) -> budgets.Line:
    minor = round_half_up(Decimal(line.amount.minor) * percent / 100)
    text = _("Cancelled: %(percent)d %% of %(line)s") % {"percent": percent, "line": line.label}
    return replace(line, amount=Money(minor, line.amount.currency), label=text)


def what_it_costs(session: StudioSession, now: datetime) -> dict:
    """Return, as plain data, what cancelling would cost now and what of the budget it would release."""
    tier = tier_of(session, now)
    booked = budgets.agreed(project=session.project, source=source_of(session))
    lines = fee_lines(booked, tier.percent) if tier else []
    exchange = exchange_of(session.project)
    missing = {line.amount.currency for line in booked if not exchange.knows(line.amount.currency)}

    def total(lines: Iterable[budgets.Line]) -> int:
        return sum(exchange.worth(line.amount).minor for line in lines)

    def shown(minor: int) -> dict | None:
        return None if missing else Money(minor, exchange.currency).as_json()

    fee, all_ = (0, 0) if missing else (total(lines), total(booked))
    return {
        "percent": tier.percent if tier else 0,
        "notice": tier.notice if tier else None,
        "unit": tier.unit if tier else None,
        "lines": [{"label": line.label, "amount": line.amount.as_json()} for line in lines],
        "fee": shown(fee),
        "released": shown(all_ - fee),
    }
