"""Every way studios and rooms change."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from producerdesk.accounts.models import Desk
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.models import bump
from sessions.models import Room, RoomRate, Studio, StudioSession

OPEN = (StudioSession.State.HOLD, StudioSession.State.CONFIRMED)


@transaction.atomic
def create_studio(*, desk: Desk, **said: Any) -> Studio:
    """Return a new studio of the desk."""
    studio = Studio(desk=desk, **said)
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
def set_active(*, row: Studio | Room, active: bool) -> None:
    """Put a studio or room out of use, or back. Out of use it cannot be booked; what is booked stands."""
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
    units = [rate["unit"] for rate in rates]
    if len(units) != len(set(units)):
        raise Refused({"rates": _("Give one rate for each unit.")})
    room.rates.all().delete()
    for rate in rates:
        amount = rate.pop("amount")
        row = RoomRate(room=room, amount_minor=amount.minor, currency=amount.currency, **rate)
        row.full_clean()
        row.save()
