"""What a room costs: the cheapest combination of its rates.

A room costs the cheapest combination of its rates that covers the time, of those that are valid on the day the
session starts, by the studio's clock. Time is counted in the room's steps, begun ones included. Days and half-days
cover the hours they hold; what is left is paid by the hour. If any of it is paid by the hour, or if a rate is used at
all, the whole booking covers at least that rate's minimum hours. Without an hourly rate whole half-days or days must
cover the time. Equal sums: the one with the fewer hours over. A room with rates in several currencies is priced in the
budget's, else in that of its first rate. Where it has a rate of overtime, what comes after so many hours is paid by
that, and only what comes before is combined.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets import chart
from producerdesk.kit import moments
from producerdesk.kit.money import Money, round_half_up
from projects.models import Project
from sessions.models import RoomRate
from sessions.pricing.work import Kind, PriceLine, Work, begun

BY_THE_HOUR = (RoomRate.Unit.HOUR, RoomRate.Unit.OVERTIME)
ROOM_ACCOUNTS = {
    Kind.WRITING: chart.REHEARSAL_ROOM,
    Kind.PRE_PRODUCTION: chart.REHEARSAL_ROOM,
    Kind.REHEARSAL: chart.REHEARSAL_ROOM,
    Kind.TRACKING: chart.TRACKING_ROOM,
    Kind.OVERDUB: chart.OVERDUB_ROOM,
    Kind.VOCAL: chart.VOCAL_ROOM,
    Kind.EDITING: chart.EDITING_ROOM,
    Kind.MIXING: chart.MIXING_ROOM,
    Kind.MASTERING: chart.MIXING_ROOM,
}


def room_lines(work: Work, rates: Sequence[RoomRate]) -> list[PriceLine]:
    if work.room is None:
        return []
    account = ROOM_ACCOUNTS.get(Kind(work.kind), chart.STUDIO)
    valid = _one_currency([rate for rate in rates if rate.is_valid_on(work.day)], work.project)
    if not valid:
        text = _("No rate on that day") if rates else _("No rate given")
        return [PriceLine(work.room.name, text, Money(0, work.project.currency), account, "room")]
    used = paid_time(valid, begun(work.ends_at - work.starts_at, work.room.billing_step))
    return [
        PriceLine(
            work.room.name,
            _room_detail(rate, minutes),
            room_amount(rate, minutes),
            account,
            f"room:{rate.unit}",
        )
        for rate, minutes in used
    ]


def paid_time(rates: Sequence[RoomRate], minutes: int) -> list[tuple[RoomRate, int]]:
    """Return the rates of one currency to pay with, and the minutes each pays for; overtime last."""
    usual = [rate for rate in rates if rate.unit != RoomRate.Unit.OVERTIME]
    overtime = next((rate for rate in rates if rate.unit == RoomRate.Unit.OVERTIME), None)
    if overtime is None or minutes <= _size(overtime):
        return cheapest(usual, minutes)
    after = minutes - _size(overtime)
    return [*cheapest(usual, _size(overtime)), (_an_hour_of_overtime(overtime, usual), after)]


def _an_hour_of_overtime(overtime: RoomRate, usual: Sequence[RoomRate]) -> RoomRate:
    """Return overtime as a rate an hour. A factor is one of the hour, else of what an hour of the longest rate costs.

    It is a sum that can be said, so it is rounded: hours times what the line says is what the line costs.
    """
    if overtime.factor is None:
        return overtime
    hour = next((rate for rate in usual if rate.unit == RoomRate.Unit.HOUR), None) or max(usual, key=_size)
    each = Decimal(_minor(hour)) * 60 / _unit(hour)
    minor = round_half_up(each * overtime.factor)
    return RoomRate(unit=overtime.unit, amount_minor=minor, currency=hour.currency, hours=overtime.hours)


def cheapest(rates: Sequence[RoomRate], minutes: int) -> list[tuple[RoomRate, int]]:
    """Return the rates of one currency to pay with the minutes each pays for, the longest unit first."""
    by_unit = {rate.unit: rate for rate in rates}
    hour = by_unit.pop(RoomRate.Unit.HOUR, None)
    packs = sorted(by_unit.values(), key=_size, reverse=True)
    longest = max([minutes, *(_minimum(rate) for rate in rates)])
    counts = product(*(range(ceil(longest / _size(pack)) + 1) for pack in packs))
    options = [option for count in counts if (option := _combined(packs, count, hour, minutes)) is not None]
    return min(
        options,
        key=lambda used: (sum(room_amount(*each).minor for each in used), sum(each[1] for each in used), len(used)),
    )


def _combined(
    packs: Sequence[RoomRate], count: tuple[int, ...], hour: RoomRate | None, minutes: int
) -> list[tuple[RoomRate, int]] | None:
    """Return so many of each pack and the rest by the hour; None where that does not cover the time."""
    used = [(pack, n * _size(pack)) for pack, n in zip(packs, count, strict=True) if n]
    covered = sum(each[1] for each in used)
    needed = max([minutes, *(_minimum(pack) for pack, _paid in used)])
    if covered < needed:
        if hour is None:
            return None
        used.append((hour, max(needed, _minimum(hour)) - covered))
    return used


def _size(pack: RoomRate) -> int:
    return int(pack.hours * 60)


def _minimum(rate: RoomRate) -> int:
    return int(rate.minimum_hours * 60)


def room_amount(rate: RoomRate, minutes: int) -> Money:
    return Money(round_half_up(Decimal(_minor(rate)) * minutes / _unit(rate)), rate.currency)


def _unit(rate: RoomRate) -> int:
    """Return the minutes that the rate's sum pays for."""
    return 60 if rate.unit in BY_THE_HOUR else _size(rate)


def _minor(rate: RoomRate) -> int:
    if rate.amount_minor is None:
        raise ValueError("overtime by a factor is priced by _an_hour_of_overtime")
    return rate.amount_minor


def _room_detail(rate: RoomRate, minutes: int) -> str:
    cost = str(rate.amount)
    if rate.unit == RoomRate.Unit.OVERTIME:
        return _("%(hours)s of overtime at %(rate)s") % {"hours": moments.duration(minutes), "rate": cost}
    if rate.unit == RoomRate.Unit.HOUR:
        return _("%(hours)s at %(rate)s") % {"hours": moments.duration(minutes), "rate": cost}
    number = minutes // _size(rate)
    if rate.unit == RoomRate.Unit.DAY:
        return ngettext("%(number)d day at %(rate)s", "%(number)d days at %(rate)s", number) % {
            "number": number,
            "rate": cost,
        }
    return ngettext("%(number)d half-day at %(rate)s", "%(number)d half-days at %(rate)s", number) % {
        "number": number,
        "rate": cost,
    }


def _one_currency(rates: list[RoomRate], project: Project) -> list[RoomRate]:
    """Return the rates in the project's currency if there are any, else those in the currency of the first."""
    sums = [rate for rate in rates if rate.factor is None and rate.unit != RoomRate.Unit.OVERTIME]
    if not sums:
        return []
    known = {rate.currency for rate in sums}
    currency = project.currency if project.currency in known else min(sums, key=lambda rate: rate.pk).currency
    return [rate for rate in rates if rate.factor is not None or rate.currency == currency]
