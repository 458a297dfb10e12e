"""What a person is told of a clash: what is taken, when and by whom, as far as that person may see it."""

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit import clock, moments
from producerdesk.kit.errors import Clash
from producerdesk.kit.prepared import prepared
from producerdesk.kit.rows import utc
from producerdesk.kit.together import together
from producerdesk.kit.viewer import Viewer
from sessions.booking import away
from sessions.booking.beside import InTheWay
from sessions.booking.free import Wish, free_spans, span
from sessions.booking.hours import Closed
from sessions.booking.models import BookingSlot, ImportedSpan
from sessions.booking.slots import Taken, Want
from sessions.models.gear import GearRepair
from sessions.models.imported import ImportedCalendar
from sessions.models.session import StudioSession

P = ParamSpec("P")
R = TypeVar("R")
A_DAY = timedelta(days=1)


class NotFree(Exception):
    """A booking failed; carries what is needed to tell of it once its transaction is undone."""

    def __init__(self, taken: Taken | Closed, wish: Wish, viewer: Viewer) -> None:
        self.taken, self.wish, self.viewer = taken, wish, viewer
        super().__init__(str(taken))


class NotFreeOn(Exception):
    """Dates of a series that cannot be had: why, one after another, and how many dates it has in all."""

    def __init__(self, refused: list[NotFree], dates: int) -> None:
        self.refused, self.dates = refused, dates
        super().__init__(f"{len(refused)} of {dates} dates")


def books(action: Callable[P, R]) -> Callable[P, R]:
    """Make an action one transaction, and a booking that fails in it a Clash.

    The clash is described and free times are sought after the transaction: the locks are gone by then, and whoever
    waits for them goes on.
    """

    @functools.wraps(action)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic(), together():
                return action(*args, **kwargs)
        except NotFreeOn as error:
            raise clash_on_dates(error) from None
        except NotFree as error:
            if isinstance(error.taken, Closed):
                raise closed_clash(error.taken, error.wish) from None
            raise clash_of(error.taken, error.wish, error.viewer) from None

    return wrapper


def closed_clash(closed: Closed, wish: Wish) -> Clash:
    """Return the 409 of a studio that is not open then, and the next times at which it is and everything is free."""
    detail = _("The studio is closed at that time. Nothing was saved or sent.")
    wished = span(wish.starts_at, wish.ends_at, wish.time_zone)
    return Clash(detail, [_told_closed(closed, wish)], free_spans(wish, now=clock.now()), wished)


def _told_closed(closed: Closed, wish: Wish) -> dict:
    return {
        "field": closed.field,
        "label": wish.hours.name if wish.hours else "",
        "starts_at": utc(wish.starts_at),
        "ends_at": utc(wish.ends_at),
        "session": None,
        "closed": True,
        "text": closed.text,
    }


def clash_on_dates(error: NotFreeOn) -> Clash:
    """Return the 409 of a series: each clash in words, with its day first. No other times are sought for so many."""
    clashes = []
    for each in error.refused:
        wish, zone = each.wish, each.wish.time_zone
        taken = each.taken
        told = [_told_closed(taken, wish)] if isinstance(taken, Closed) else _told_all(taken, wish, each.viewer)
        day = clock.wall(wish.starts_at, zone).local[:10]
        said = moments.day(wish.starts_at, zone)
        clashes += [one | {"day": day, "text": f"{said}: {one['text']}"} for one in told]
    number = {"n": len(error.refused), "dates": error.dates}
    detail = ngettext(
        "Of %(dates)d dates %(n)d cannot be had. Nothing was saved or sent.",
        "Of %(dates)d dates %(n)d cannot be had. Nothing was saved or sent.",
        error.dates,
    )
    first = error.refused[0].wish
    return Clash(detail % number, clashes, [], span(first.starts_at, first.ends_at, first.time_zone))


def clash_of(taken: Taken, wish: Wish, viewer: Viewer) -> Clash:
    """Return the 409: each clash in words, and the next times that are free for everything wished."""
    clashes = _told_all(taken, wish, viewer)
    things = len({want.resource_id for want, _obstacle in [*taken.pairs, *taken.away]})
    detail = ngettext(
        "Something is taken at that time. Nothing was saved or sent.",
        "%(things)d things are taken at that time. Nothing was saved or sent.",
        things,
    ) % {"things": things}
    return Clash(detail, clashes, free_spans(wish, now=clock.now()), span(wish.starts_at, wish.ends_at, wish.time_zone))


def _told_all(taken: Taken, wish: Wish, viewer: Viewer) -> list[dict]:
    known = _visible({slot.session_id for _want, slot in taken.pairs if slot.session_id}, viewer)
    names = _names({slot.calendar_id for _want, slot in taken.pairs if isinstance(slot, ImportedSpan)}, viewer)
    order = {want.resource_id: number for number, want in enumerate(wish.wants)}
    pairs = sorted(taken.pairs, key=lambda pair: (order[pair[0].resource_id], pair[1].starts_at))
    told = [
        _told_import(want, slot, names.get(slot.calendar_id), wish)
        if isinstance(slot, ImportedSpan)
        else _told(want, slot, known.get(slot.session_id), wish)
        for want, slot in pairs
    ]
    return told + [_told_away(want, repair) for want, repair in taken.away]


def _told_away(want: Want, repair: GearRepair) -> dict:
    return {
        "field": want.field,
        "label": want.label,
        "starts_at": utc(want.starts_at),
        "ends_at": utc(want.ends_at),
        "session": None,
        "text": away.told(repair, want.label),
    }


def _visible(session_ids: set[int], viewer: Viewer) -> dict[int, StudioSession]:
    if not session_ids:
        return {}
    return {session.pk: session for session in _seen(viewer, keys=sorted(session_ids)).objects()}


@prepared
def _seen(viewer: Viewer, keys: list[int]) -> QuerySet:
    return StudioSession.objects.visible_to(viewer).select_related("project").filter(pk__among=keys).order_by()


def _names(calendar_ids: set[int], viewer: Viewer) -> dict[int, str]:
    """Return what the viewer's own desks call these calendars."""
    if not calendar_ids:
        return {}
    rows = ImportedCalendar.objects.visible_to(viewer).filter(pk__in=calendar_ids)
    return dict(rows.values_list("pk", "name"))


def _told(want: Want, slot: BookingSlot, session: StudioSession | None, wish: Wish) -> dict:
    if session is None:
        return _busy(want, slot, wish, held=slot.state == BookingSlot.State.HOLD)
    text = _taken_by(want, slot, session, wish)
    return _clash(want, slot.starts_at, slot.ends_at, text) | {"session": session.pk}


def _told_import(want: Want, found: ImportedSpan, name: str | None, wish: Wish) -> dict:
    """Return what is told of an imported calendar: its name to the desk that reads it, to others that it is busy."""
    if name is None:
        return _busy(want, found, wish)
    when = _from_to(found.starts_at, found.ends_at, wish)
    words = {"what": want.label, "name": name, "when": when}
    text = _("%(what)s is busy in imported calendar %(name)s, %(when)s.") % words
    return _clash(want, found.starts_at, found.ends_at, text)


def _busy(want: Want, found: InTheWay, wish: Wish, *, held: bool = False) -> dict:
    """Return what is told of another's calendar: nothing but that it is not free when asked for."""
    starts, ends = max(found.starts_at, want.starts_at), min(found.ends_at, want.ends_at)
    words = {"what": want.label, "when": _span(starts, ends, wish)}
    text = (_("%(what)s has another hold %(when)s.") if held else _("%(what)s is busy %(when)s.")) % words
    return _clash(want, starts, ends, text)


def _clash(want: Want, starts: datetime, ends: datetime, text: str) -> dict:
    return {
        "field": want.field,
        "label": want.label,
        "starts_at": utc(starts),
        "ends_at": utc(ends),
        "session": None,
        "text": text,
    }


def _from_to(starts: datetime, ends: datetime, wish: Wish) -> str:
    """Return from when until when, with the days where it is longer than one."""
    if ends - starts <= A_DAY:
        return _span(starts, ends, wish)
    words = {name: moments.when(at, wish.time_zone) for name, at in (("first", starts), ("last", ends))}
    return _("%(first)s to %(last)s") % words


def _taken_by(want: Want, slot: BookingSlot, session: StudioSession, wish: Wish) -> str:
    in_room = want.field == "room"
    starts, ends = (session.starts_at, session.ends_at) if in_room else (slot.starts_at, slot.ends_at)
    words = {"what": want.label, "when": _span(starts, ends, wish), "project": session.project.title}
    if slot.state == BookingSlot.State.HOLD:
        text = _("%(what)s is held %(when)s for %(project)s.") % words
    elif not in_room:
        text = _("%(what)s is booked %(when)s for %(project)s.") % words
    else:
        text = _("%(what)s is taken %(when)s by %(project)s.") % words
    if in_room and not (starts < want.ends_at - want.after and ends > want.starts_at + want.before):
        minutes = int((want.before + want.after).total_seconds() // 60)
        text += " " + _("It needs %(minutes)d min between two sessions.") % {"minutes": minutes}
    return text


def _span(starts: datetime, ends: datetime, wish: Wish) -> str:
    text = moments.span(starts, ends, wish.time_zone)
    if moments.day(starts, wish.time_zone) == moments.day(wish.starts_at, wish.time_zone):
        return text
    return f"{moments.day(starts, wish.time_zone)} {text}"
