"""Every way gear changes: what it is, its repairs and its faults."""

from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.models import bump
from producerdesk.kit.viewer import Viewer
from projects.actions import open_first_desk
from sessions.actions.standing import LIVE, who_books
from sessions.booking import away
from sessions.booking.resources import lock, resources_for
from sessions.models import Gear, GearFault, GearRepair, StudioSession

DAY = timedelta(days=1)


@transaction.atomic
def create_gear(*, by: User, desk: Desk | None, **said: Any) -> Gear:
    """Return a new item of the desk. Without one `by` gets it: this is the first act as a producer."""
    gear = Gear(desk=desk or open_first_desk(by), **said)
    _settle_home(gear)
    gear.full_clean()
    gear.save()
    return gear


@transaction.atomic
def update_gear(*, gear: Gear, expected: int, **said: Any) -> Gear:
    """Change what was said. It stays bookable while sessions to come have reserved it."""
    bump(gear, expected)
    if not said.get("bookable", True) and gear.bookable and _coming(gear).exists():
        raise Refused({"bookable": _("Sessions to come have reserved it. Take it off them first.")})
    for name, value in said.items():
        setattr(gear, name, value)
    _settle_home(gear)
    gear.full_clean()
    gear.save()
    return gear


@transaction.atomic
def delete_gear(*, gear: Gear) -> None:
    """Delete an item that no session ever reserved."""
    _lock(gear)
    if gear.sessions.exists():
        raise Conflict(_("Sessions have reserved it. Retire it instead; it then cannot be booked."))
    gear.delete()


def needed(*, gear: Gear) -> list[int]:
    """Return the sessions to come that have the item while it is out for repair, by id. Two queries."""
    repairs = list(gear.repairs.filter(removed_at=None))
    rows = _coming(gear).order_by("starts_at", "pk").values_list("pk", "starts_at", "ends_at", "time_zone")
    found = []
    for pk, starts_at, ends_at, zone in rows if repairs else ():
        days = away.days_of(starts_at, ends_at, zone)
        if any(repair.takes(*days) for repair in repairs):
            found.append(pk)
    return found


# --- repairs ------------------------------------------------------------------------------------------


@transaction.atomic
def send_to_repair(*, gear: Gear, first: date, last: date | None = None, reason: str = "") -> GearRepair:
    """Keep an item from being booked on these days. What is booked stands: `needed` lists it."""
    # whoever books it at this moment is either before us, and stands, or sees the repair
    _lock(gear)
    repair = GearRepair(gear=gear)
    return _write(repair, first, last, reason)


@transaction.atomic
def change_repair(*, repair: GearRepair, expected: int, first: date, last: date | None, reason: str) -> GearRepair:
    """Write other days or another reason."""
    _lock(repair.gear)
    bump(repair, expected)
    return _write(repair, first, last, reason)


@transaction.atomic
def bring_back(*, repair: GearRepair, today: date) -> GearRepair:
    """The item is back: it can be booked from today on."""
    bump(repair)
    if repair.removed_at is not None or (repair.last is not None and repair.last < today):
        raise Conflict(_("It is back already."))
    if repair.first >= today:
        repair.removed_at = clock.now()
    else:
        repair.last = today - DAY
    repair.save(update_fields=["last", "removed_at", "updated_at"])
    return repair


@transaction.atomic
def remove_repair(*, repair: GearRepair) -> None:
    """Take the days back: the item was not away, or will not be."""
    bump(repair)
    repair.removed_at = repair.removed_at or clock.now()
    repair.save(update_fields=["removed_at", "updated_at"])


@transaction.atomic
def restore_repair(*, repair: GearRepair) -> GearRepair:
    """Let days that were taken back count again."""
    _lock(repair.gear)
    bump(repair)
    return _write(repair, repair.first, repair.last, repair.reason)


def _write(repair: GearRepair, first: date, last: date | None, reason: str) -> GearRepair:
    if last is not None and last < first:
        raise Refused({"last": _("This is before the first day.")})
    others = repair.gear.repairs.filter(removed_at=None).exclude(pk=repair.pk)
    if any(other.takes(first, last or date.max) for other in others):
        raise Refused({"first": _("It is out for repair on some of these days already.")})
    repair.first, repair.last, repair.reason, repair.removed_at = first, last, reason.strip(), None
    repair.clean_fields(exclude=["gear"])
    repair.save()
    return repair


# --- faults -------------------------------------------------------------------------------------------


@transaction.atomic
def log_fault(*, viewer: Viewer, gear: Gear, text: str) -> GearFault:
    """Note that something is wrong with an item. It can still be booked: a crackle is no repair."""
    fault = GearFault(gear=gear, noted_at=clock.now(), noted_by_id=who_books(viewer), text=text.strip())
    fault.clean_fields(exclude=["gear", "noted_by"])
    fault.save()
    return fault


@transaction.atomic
def remove_fault(*, fault: GearFault) -> None:
    """Take an entry out of the log: nothing was wrong."""
    fault.delete()


@transaction.atomic
def fix_fault(*, fault: GearFault) -> GearFault:
    """Note that it was put right, now."""
    return _set_fixed(fault, fixed=True)


@transaction.atomic
def reopen_fault(*, fault: GearFault) -> GearFault:
    """It is still there, or there again."""
    return _set_fixed(fault, fixed=False)


def _set_fixed(fault: GearFault, *, fixed: bool) -> GearFault:
    bump(fault)
    fault.fixed_at = (fault.fixed_at or clock.now()) if fixed else None
    fault.save(update_fields=["fixed_at", "updated_at"])
    return fault


def _settle_home(gear: Gear) -> None:
    """Refuse a home at another desk, and let an item of a room be one of its studio."""
    if gear.room is not None:
        if gear.studio is not None and gear.room.studio_id != gear.studio_id:
            raise Refused({"room": _("This room is in another studio.")})
        gear.studio = gear.room.studio
    if gear.studio is not None and gear.studio.desk_id != gear.desk_id:
        raise Refused({"studio": _("This studio belongs to another desk.")})


def _coming(gear: Gear) -> models.QuerySet:
    return StudioSession.objects.filter(gear=gear, state__in=LIVE, ends_at__gt=clock.now())


def _lock(gear: Gear) -> None:
    lock(resources_for(gear_ids=[gear.pk]).gear.values())
