"""Every way studios and rooms change."""

from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.models import bump
from producerdesk.kit.money import Money
from projects.actions import open_first_desk
from sessions.booking.hours import Hours, find_overlap
from sessions.models import CancellationTier, Gear, Room, RoomRate, Studio, StudioSession, StudioTerms

OPEN = (StudioSession.State.HOLD, StudioSession.State.CONFIRMED)


@transaction.atomic
def create_studio(*, by: User, desk: Desk | None, **said: Any) -> Studio:
    """Return a new studio of the desk. Without one `by` gets it: this is the first act as a producer."""
    studio = Studio(desk=desk or open_first_desk(by), **said)
    studio.full_clean()
    studio.save()
    return studio


@transaction.atomic
def update_studio(*, studio: Studio, expected: int, **said: Any) -> Studio:
    """Change what was said. Another zone is refused while sessions are to come: their wall times would lie."""
    bump(studio, expected)
    if said.get("time_zone", studio.time_zone) != studio.time_zone and _coming(room__studio=studio).exists():
        raise Refused({"time_zone": _("Sessions are booked here in this zone. Move or cancel them first.")})
    return _apply(studio, said)


@transaction.atomic
def create_room(*, studio: Studio, rates: list[dict] | None = None, **said: Any) -> Room:
    """Return a new room of the studio, with its rates."""
    room = Room(studio=studio, **said)
    _refuse_same_name(room)
    room.full_clean()
    room.save()
    _set_rates(room, rates or [])
    return room


@transaction.atomic
def update_room(*, room: Room, expected: int, rates: list[dict] | None = None, **said: Any) -> Room:
    """Change what was said. Sessions that are booked keep the set-up and reset they were booked with until moved."""
    bump(room, expected)
    if said.get("name", room.name) != room.name:
        _refuse_same_name(Room(pk=room.pk, studio=room.studio, name=said["name"]))
    _apply(room, said)
    if rates is not None:
        _set_rates(room, rates)
    return room


@transaction.atomic
def set_active(*, row: Studio | Room | Gear, active: bool) -> None:
    """Put a studio, a room or gear out of use, or back. Out of use it cannot be booked; what is booked stands."""
    bump(row)
    _apply(row, {"active": active})


@transaction.atomic
def delete(*, row: Studio | Room) -> None:
    """Delete a studio with its rooms, or a room, that no session ever used."""
    try:
        if isinstance(row, Studio):
            for room in row.rooms.all():
                room.delete()
        row.delete()
    except models.ProtectedError:
        raise Conflict(_("Sessions were booked here. Put it out of use instead; it then cannot be booked.")) from None


@transaction.atomic
def set_hours(*, studio: Studio, expected: int, opening_hours: list[dict], closed_days: list[dict]) -> Studio:
    """Say when the studio is open. What is booked stands, also where it now lies outside: `outside` lists it."""
    bump(studio, expected)
    _refuse_overlaps(opening_hours)
    week = [
        {"weekday": row["weekday"], "opens": f"{row['opens']:%H:%M}", "closes": f"{row['closes']:%H:%M}"}
        for row in sorted(opening_hours, key=lambda row: (row["weekday"], row["opens"]))
    ]
    closed = []
    for number, row in enumerate(closed_days):
        last = row.get("last") or row["first"]
        if last < row["first"]:
            raise Refused({f"closed_days.{number}.last": _("This is before the first day.")})
        reason = row.get("reason", "").strip()
        closed.append({"first": row["first"].isoformat(), "last": last.isoformat(), "reason": reason})
    return _apply(studio, {"opening_hours": week, "closed_days": sorted(closed, key=lambda row: row["first"])})


def _refuse_overlaps(week: list[dict]) -> None:
    """Refuse hours that lie in others: one of the two is a slip, and nobody can see which is meant."""
    if found := find_overlap(week):
        number, other = found[0], week[found[1]]
        words = {"day": WEEKDAYS[other["weekday"]], "hours": f"{other['opens']:%H:%M} – {other['closes']:%H:%M}"}
        raise Refused({f"opening_hours.{number}.opens": _("It is open then already: %(day)s, %(hours)s.") % words})


def outside(*, studio: Studio) -> list[int]:
    """Return what is still to come and lies outside the opening hours without being agreed, by id. One query."""
    hours = Hours(studio)
    rows = _coming(room__studio=studio, outside_hours=False).order_by("starts_at", "pk")
    times = rows.values_list("pk", "starts_at", "ends_at")
    return [pk for pk, starts_at, ends_at in times if not hours.covers(starts_at, ends_at)]


@transaction.atomic
def set_terms(
    *,
    studio: Studio,
    expected: int,
    deposit_percent: int | None = None,
    deposit: Money | None = None,
    deposit_days: int = 0,
    tiers: list[dict] | None = None,
) -> Studio:
    """Write the studio's terms: the deposit it wants, and tiers of what cancelling costs. They count from now on."""
    bump(studio, expected)
    if deposit_percent is not None and deposit is not None:
        raise Refused({"deposit": _("Give a percentage or a sum, not both.")})
    if deposit is not None and not deposit.minor:
        deposit = None
    minor, currency = (deposit.minor, deposit.currency) if deposit else (None, "")
    terms = StudioTerms.objects.filter(studio=studio).first() or StudioTerms(studio=studio)
    terms.deposit_percent, terms.deposit_days = deposit_percent, deposit_days
    terms.deposit_minor, terms.currency = minor, currency
    terms.clean_fields(exclude=["studio"])
    terms.save()
    rows = [CancellationTier(studio=studio, **tier) for tier in tiers or []]
    _check_tiers(rows)
    studio.tiers.all().delete()
    CancellationTier.objects.bulk_create(rows)
    return studio


def _check_tiers(rows: list[CancellationTier]) -> None:
    """Refuse two tiers of one notice, and a tier that costs less than one with more notice."""
    for number, row in enumerate(rows):
        row.clean_fields(exclude=["studio"])
        if any(row.span == other.span for other in rows[:number]):
            raise Refused({f"tiers.{number}.notice": _("There is a tier with this notice already.")})
        if any(row.span < other.span and row.percent < other.percent for other in rows):
            raise Refused({f"tiers.{number}.percent": _("Less notice cannot cost less.")})


def _refuse_same_name(room: Room) -> None:
    """Refuse a second room of this name in the studio: two rows for one room could be booked at the same time."""
    if Room.objects.filter(studio=room.studio, name__iexact=room.name.strip()).exclude(pk=room.pk).exists():
        raise Refused({"name": _("This studio has a room of this name already.")})


def _coming(**where: Any) -> models.QuerySet:
    return StudioSession.objects.filter(state__in=OPEN, ends_at__gt=clock.now(), **where)


def _apply(row: Any, said: dict[str, Any]) -> Any:
    for name, value in said.items():
        setattr(row, name, value)
    row.full_clean()
    row.save(update_fields=[*said, "updated_at"])
    return row


def _set_rates(room: Room, rates: list[dict]) -> None:
    rows = [_rate(room, **rate) for rate in rates]
    for number, row in enumerate(rows):
        _check_rate(row, number, rows)
    room.rates.all().delete()
    RoomRate.objects.bulk_create(rows)


def _rate(room: Room, amount: Money | None = None, **said: Any) -> RoomRate:
    minor, currency = (amount.minor, amount.currency) if amount else (None, "")
    return RoomRate(room=room, amount_minor=minor, currency=currency, **said)


def _check_rate(row: RoomRate, number: int, rows: list[RoomRate]) -> None:
    """Refuse a rate that makes no sense, alone or beside those before it."""
    overtime = row.unit == RoomRate.Unit.OVERTIME

    def refuse(name: str, text: str) -> None:
        raise Refused({f"rates.{number}.{name}": text})

    if row.factor is not None and (row.amount_minor is not None or not overtime):
        refuse("factor", _("Overtime costs a rate of its own or a factor of the hour; nothing else has a factor."))
    if row.factor is None and row.amount_minor is None:
        refuse("amount", _("Give a rate, or how many times the hour it costs.") if overtime else _("Give a rate."))
    if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
        refuse("valid_until", _("This is before the first day."))
    if any(row.overlaps(other) for other in rows[:number]):
        refuse("valid_from", _("Another rate of the same kind is valid on some of these days."))
    usual = [each for each in rows if each.unit != RoomRate.Unit.OVERTIME]
    if overtime and row.amount and usual and row.currency not in {each.currency for each in usual}:
        refuse("amount", _("Overtime is paid in the currency of the other rates."))
    longest = max((max(each.hours, each.minimum_hours) for each in usual), default=Decimal(0))
    if overtime and row.hours < longest:
        text = _("Overtime begins after the longest rate, %(hours)s h, at the earliest.")
        refuse("hours", text % {"hours": f"{longest.normalize():f}"})
    row.full_clean(exclude=["room"])
