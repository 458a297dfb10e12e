"""Imported calendars: taken in, changed, read at once, ended."""

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from contributors.models import Contributor
from producerdesk.kit import clock, fetching
from producerdesk.kit.errors import Refused
from producerdesk.kit.models import bump
from sessions.actions.plans import KEEP
from sessions.imported.files import looks_like_one, packed
from sessions.models import ImportedCalendar, Room

AT_MOST = 100  # of a desk
HEAD = 4096


def import_calendar(
    *,
    name: str,
    room: Room | None = None,
    contributor: Contributor | None = None,
    address: str = "",
    file: File | None = None,
) -> ImportedCalendar:
    """Return a new calendar of a room or a person, to be read at once by the next worker."""
    owner = room.studio if room else contributor
    if owner is None or (room and contributor):
        raise Refused({"room" if room is None else "contributor": _("Say whose it is: a room or a person.")})
    if bool(address.strip()) == (file is not None):
        raise Refused({"address": _("Give the address of the calendar, or a file: one of the two.")})
    if ImportedCalendar.objects.filter(desk=owner.desk_id).count() >= AT_MOST:
        raise Refused({"form": _("A desk reads %(most)d calendars at most.") % {"most": AT_MOST}})
    calendar = ImportedCalendar(desk_id=owner.desk_id, room=room, contributor=contributor, name=name.strip())
    _set_source(calendar, address, file)
    calendar.clean_fields(exclude=["desk", "room", "contributor", "content"])
    calendar.save()
    return calendar


@transaction.atomic
def change_calendar(
    *, calendar: ImportedCalendar, name: str = KEEP, address: str = "", file: File | None = None, expected: int
) -> ImportedCalendar:
    """Call it otherwise, or read it from elsewhere from now on; without address and file it stays where it is."""
    bump(calendar, expected)
    if address.strip() and file is not None:
        raise Refused({"address": _("Give the address of the calendar, or a file: one of the two.")})
    if name is not KEEP:
        calendar.name = name.strip()
    if address.strip() or file is not None:
        _set_source(calendar, address, file)
    calendar.clean_fields(exclude=["desk", "room", "contributor", "content"])
    calendar.save()
    return calendar


def refresh_calendar(*, calendar: ImportedCalendar) -> None:
    """Let the next worker read it, however long it would have waited."""
    ImportedCalendar.objects.filter(pk=calendar.pk).update(next_at=clock.now())


def end_calendar(*, calendar: ImportedCalendar) -> None:
    """Read it no more; nobody is busy by it any more."""
    calendar.delete()


def _set_source(calendar: ImportedCalendar, address: str, file: File | None) -> None:
    calendar.address, calendar.file_name, calendar.content = "", "", b""
    calendar.etag = calendar.last_modified = calendar.problem = ""
    calendar.failures, calendar.next_at, calendar.lease_until = 0, clock.now(), None
    if file is None:
        try:
            calendar.address = fetching.check(address)
        except fetching.NotFetched as why:
            raise Refused({"address": str(why)}) from None
        return
    calendar.content = packed(_read_file(file))
    name = "".join(sign for sign in str(file.name or "").rpartition("/")[2] if sign.isprintable())
    calendar.file_name = name[-100:] or "calendar.ics"


def _read_file(file: File) -> bytes:
    if not file.size:
        raise Refused({"file": _("This file is empty.")})
    if file.size > settings.LARGEST_CALENDAR:  # it lies on the disk: nothing of it is read
        what_to_do = _("Export a shorter time: only what is ahead counts.")
        raise Refused({"file": f"{fetching.too_large(settings.LARGEST_CALENDAR)} {what_to_do}"})
    if not looks_like_one(file.read(HEAD)):
        raise Refused({"file": _("It is no calendar: it does not begin with BEGIN:VCALENDAR.")})
    file.seek(0)
    return file.read()
