"""What a session costs, line by line, before it is booked and after it is over.

**A room** costs the cheapest combination of its rates that covers the time, of those that are valid on the day the
session starts, by the studio's clock. Time is counted in the room's steps, begun ones included. Days and half-days
cover the hours they hold; what is left is paid by the hour. If any of it is paid by the hour, or if a rate is used at
all, the whole booking covers at least that rate's minimum hours. Without an hourly rate whole half-days or days must
cover the time. Equal sums: the one with the fewer hours over. A room with rates in several currencies is priced in the
budget's, else in that of its first rate. Where it has a rate of overtime, what comes after so many hours is paid by
that, and only what comes before is combined.

**A person** costs the fee of the confirmed engagement on the project: by the hour from call to end, or by the day (each
started twelve hours). Of several engagements the one whose role is that of the call counts, else the first. A hire that
has ended still says what was agreed, where none is confirmed any more. Song and flat fees were committed with the
engagement: the line says so and costs nothing. Without a fee the person's usual rate by the hour or the day counts,
whichever is less; without that, nothing.

Each line is rounded once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from math import ceil
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets import chart
from budgets.actions import Line
from budgets.exchange import exchange_of
from budgets.models import BudgetEntry
from budgets.queries import Level
from contributors.models import ContributorRate, Engagement, EngagementFee, EngagementStep, FeeUnit
from producerdesk.kit import moments
from producerdesk.kit.money import Money, round_half_up
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from projects.models import Project
from sessions.models import Room, RoomRate, StudioSession, StudioTerms

Kind = StudioSession.Kind
State = Engagement.State
SOURCE = "session"  # the ledger's word for what we write
QUARTER = 15  # minutes: what is begun is paid
DAY_OF_WORK = 12 * 60  # minutes that a fee by the day pays for

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


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works on a session from the call time on."""

    contributor_id: int
    name: str
    role: str
    call_at: datetime


@dataclass(frozen=True)
class Work:
    """A session as far as its price goes: planned, or as it really was."""

    project: Project
    kind: str
    room: Room | None
    starts_at: datetime
    ends_at: datetime
    people: tuple[Worker, ...]
    planned_day: date | None = None  # whose rates count, where it really began on another

    @property
    def day(self) -> date:
        """The day whose rates count, by the studio's clock."""
        if self.planned_day is not None or self.room is None:
            return self.planned_day or self.starts_at.date()
        return self.starts_at.astimezone(ZoneInfo(self.room.studio.time_zone)).date()


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price. `part` tells the ledger what of the session it pays."""

    label: str
    detail: str
    amount: Money
    account: int
    part: str

    def as_json(self) -> dict:
        """Return the line as the API says it."""
        return {
            "label": self.label,
            "detail": self.detail,
            "amount": self.amount.as_json(),
            "account": self.account,
            "account_title": chart.title_of(self.account),
            "part": self.part,
        }


def price(work: Work) -> list[PriceLine]:
    """Return what it costs, the room first. Lines that cost nothing are there and say why. At most three queries."""
    return [*_room_lines(work), *_people_lines(work)]


def ledger_lines(lines: Iterable[PriceLine]) -> list[Line]:
    """Return the lines as the ledger takes them."""
    return [Line(line.account, line.part, line.amount, f"{line.label}, {line.detail}") for line in lines]


def person_part(contributor_id: int) -> str:
    """Return the part of a session that pays one person."""
    return f"person:{contributor_id}"


def quote(work: Work, session_id: int | None = None, lines: Sequence[PriceLine] | None = None) -> dict:
    """Return the price and what it does to the budget, as plain data.

    `open` is what this session has committed and not yet spent, `spent` what it has, `change` what booking would add
    to both; sums are in the budget's currency and None where a rate of exchange is missing, which `missing` names.
    `lines` are the price, where it is known already.
    """
    lines = price(work) if lines is None else lines
    exchange = exchange_of(work.project)
    entries = BudgetEntry.objects.filter(budget__project=work.project)
    committed = entries.level().committed
    mine = entries.of_source(SOURCE, session_id).level() if session_id else Level(0, 0)
    missing = sorted({line.amount.currency for line in lines if not exchange.knows(line.amount.currency)})
    total = None if missing else sum(exchange.worth(line.amount).minor for line in lines)

    def shown(minor: int | None) -> dict | None:
        return None if minor is None else Money(minor, exchange.currency).as_json()

    return {
        "lines": [line.as_json() for line in lines],
        "deposit": deposit_of(work, lines),
        "currency": exchange.currency,
        "total": shown(total),
        "open": shown(mine.open),
        "spent": shown(mine.actual),
        "change": shown(None if total is None else total - mine.committed),
        "committed": shown(committed),
        "committed_after": shown(None if total is None else committed - mine.committed + total),
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


# --- the room -------------------------------------------------------------------------------------
def _room_lines(work: Work) -> list[PriceLine]:
    if work.room is None:
        return []
    account = ROOM_ACCOUNTS.get(Kind(work.kind), chart.STUDIO)
    rates = _rates_of(NOBODY, room_id=work.room.pk).objects()
    valid = _one_currency([rate for rate in rates if rate.is_valid_on(work.day)], work.project)
    if not valid:
        text = _("No rate on that day") if rates else _("No rate given")
        return [PriceLine(work.room.name, text, Money(0, work.project.currency), account, "room")]
    used = paid_time(valid, _begun(work.ends_at - work.starts_at, work.room.billing_step))
    return [
        PriceLine(
            work.room.name,
            _room_detail(rate, minutes),
            _room_amount(rate, minutes),
            account,
            f"room:{rate.unit}",
        )
        for rate, minutes in used
    ]


@prepared
def _rates_of(viewer: Viewer, room_id: int) -> QuerySet:
    return RoomRate.objects.filter(room=room_id)


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
        key=lambda used: (sum(_room_amount(*each).minor for each in used), sum(each[1] for each in used), len(used)),
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


def _room_amount(rate: RoomRate, minutes: int) -> Money:
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


# --- people ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Fee:
    role: str
    unit: str
    amount: Money
    account: int | None = None


def _people_lines(work: Work) -> list[PriceLine]:
    ids = [person.contributor_id for person in work.people]
    fees = _agreed(work.project, ids)
    usual = _usual([key for key in ids if key not in fees])
    return [_person_line(person, fees, usual, work) for person in work.people]


def _person_line(person: Worker, fees: dict[int, list[_Fee]], usual: dict[int, list[_Fee]], work: Work) -> PriceLine:
    minutes = _begun(work.ends_at - person.call_at)
    agreed = fees.get(person.contributor_id, [])
    same_role = [fee for fee in agreed if fee.role.casefold() == person.role.casefold()]
    choice = [_paid(fee, minutes) for fee in (same_role or agreed)[:1]]
    choice = choice or [_paid(fee, minutes) for fee in usual.get(person.contributor_id, [])]
    # rates in two currencies cannot be compared: the first counts
    choice = [each for each in choice if each[1].currency == choice[0][1].currency]
    part = person_part(person.contributor_id)
    if not choice:
        empty = Money(0, work.project.currency)
        return PriceLine(person.name, _("No fee agreed"), empty, chart.account_of_role(person.role), part)
    fee, amount, detail = min(choice, key=lambda each: each[1].minor)
    account = chart.account_of_role(person.role or fee.role) if fee.account is None else fee.account
    return PriceLine(person.name, detail, amount, account, part)


def _paid(fee: _Fee, minutes: int) -> tuple[_Fee, Money, str]:
    """Return the fee, what it comes to and how."""
    rate = str(fee.amount)
    match fee.unit:
        case FeeUnit.HOUR:
            sum_ = round_half_up(Decimal(fee.amount.minor) * minutes / 60)
            detail = _("%(hours)s at %(rate)s") % {"hours": moments.duration(minutes), "rate": rate}
        case FeeUnit.DAY:
            days = ceil(minutes / DAY_OF_WORK)
            sum_ = fee.amount.minor * days
            detail = ngettext("%(number)d day at %(rate)s", "%(number)d days at %(rate)s", days) % {
                "number": days,
                "rate": rate,
            }
        case FeeUnit.SONG:
            sum_, detail = 0, _("By the song, agreed for the project")
        case _:
            sum_, detail = 0, _("Flat, agreed for the project")
    return fee, Money(sum_, fee.amount.currency), detail


def _agreed(project: Project, contributor_ids: list[int]) -> dict[int, list[_Fee]]:
    """Return the fees agreed with each, what holds now before what has ended."""
    found = defaultdict(list)
    standing: set[int] = set()
    for state, key, role, *fee in _fees_of(NOBODY, project_id=project.pk, contributor_ids=contributor_ids).rows():
        if state == State.CONFIRMED:
            standing.add(key)
        elif key in standing:
            continue
        unit, minor, currency, account = fee
        found[key].append(_Fee(role, unit, Money(minor, currency), account))
    return dict(found)


@prepared
def _fees_of(viewer: Viewer, project_id: int, contributor_ids: list[int]) -> QuerySet:
    was_confirmed = EngagementStep.objects.filter(
        engagement=OuterRef("engagement"), contributor=OuterRef("engagement__contributor"), state=State.CONFIRMED
    )
    rows = EngagementFee.objects.filter(
        Q(engagement__state=State.CONFIRMED) | Q(Exists(was_confirmed), engagement__state=State.ENDED),
        engagement__project=project_id,
        engagement__contributor__among=contributor_ids,
    ).order_by("engagement__state", "engagement")
    columns = ("engagement__state", "engagement__contributor", "engagement__role")
    return rows.values_list(*columns, "unit", "amount_minor", "currency", "account")


def _usual(contributor_ids: list[int]) -> dict[int, list[_Fee]]:
    found = defaultdict(list)
    if contributor_ids:
        for key, unit, minor, currency in _rates_usual(NOBODY, contributor_ids=contributor_ids).rows():
            found[key].append(_Fee("", unit, Money(minor, currency)))
    return dict(found)


@prepared
def _rates_usual(viewer: Viewer, contributor_ids: list[int]) -> QuerySet:
    rows = ContributorRate.objects.filter(contributor__among=contributor_ids, unit__in=(FeeUnit.HOUR, FeeUnit.DAY))
    return rows.order_by("pk").values_list("contributor", "unit", "amount_minor", "currency")


def _begun(length: timedelta, step: int = QUARTER) -> int:
    """Return the minutes to pay: each step that was begun. Who left before coming costs nothing."""
    return max(0, ceil(length / timedelta(minutes=step))) * step
