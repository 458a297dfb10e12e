"""What templates of the calendar say: titles of spans, what comes next, and the words of its scripts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from producerdesk.kit import fetching, moments

register = template.Library()

Row = Mapping[str, Any]


@register.filter
def now_before(sessions: Sequence[Row], today: Any) -> int | None:
    """Return which session of today comes next: the line "now" stands above it. The last has passed: their number."""
    now = timezone.now()
    if not sessions or sessions[0]["starts_local"][:10] != str(today):
        return None
    return sum(1 for session in sessions if (moments.read(session["starts_at"]) or now) <= now)


@register.simple_tag
def span_title(view: str, day: date, first: date, last: date) -> dict[str, str]:
    """Return "16 – 22 November" and "2026"; of a day "Tuesday 17 November", of a month "November"."""
    if view in ("month", "agenda"):
        return {"days": moments.part(day, "F"), "year": str(day.year)}
    if first == last:
        return {"days": moments.written(first, "l j F"), "year": str(first.year)}
    if first.month == last.month:
        text = f"{first.day} – {last.day} {moments.part(last, 'F')}"
    else:
        text = f"{first.day} {moments.part(first, 'F')} – {last.day} {moments.part(last, 'F')}"
    year = str(last.year) if first.year == last.year else f"{first.year} – {last.year}"
    return {"days": text, "year": year}


@register.simple_tag
def calendar_texts() -> dict[str, str]:
    """Return the words that the calendar's scripts say."""
    return {
        "moved": _("Moved to %s."),
        "resized": _("Now %s."),
        "asked": _("Everybody called is told and asked again."),
        "back": _("It stands where it stood."),
        "booked": _("Booked: %s."),
        "held": _("Held: %s."),
        "allBooked": _("All %n dates are booked, the first: %s."),
        "allHeld": _("All %n dates are held, the first: %s."),
        "unbooked": _("Cancelled: it is off the calendar again."),
        "taken": _("Not moved: something is taken at that time"),
        "notBooked": _("Not booked: something is taken at that time"),
        "closed": _("The studio is closed at that time"),
        "notMoved": _("It was not moved"),
        "changed": _("Somebody changed it in the meantime. This is how it stands now."),
        "agreed": _("The studio has agreed"),
        "call": _("Call %s"),
        "reserve": _("Reserve %s"),
        "gone": _("That room is out of use. Choose another."),
        "form": _("Open the form"),
        "leave": _("Leave it"),
        "free": _("Free for everyone"),
        "moving": _(
            "Moving %s. Arrows shift it, with Shift its end, Page Up and Down by a day or a week; "
            "Enter saves, Escape leaves it."
        ),
        "left": _("Not moved."),
        "nothingChanged": _("Nothing changed."),
        "fill": _("Say what will be done, and for which project."),
    }


@register.filter
def free_days(week: Iterable[Any], busy: Iterable[str]) -> str:
    """Return "Wednesday and Sunday": the days on which nothing is."""
    return get_text_list([moments.part(day, "l") for day in week if day.isoformat() not in busy], _("and"))


@register.simple_tag
def import_limit() -> SafeString:
    """Return what makes the field of a calendar's file say that it is too large before it is sent."""
    most = settings.LARGEST_CALENDAR
    return format_html('data-most-bytes="{}" data-most-said="{}"', most, fetching.too_large(most))
