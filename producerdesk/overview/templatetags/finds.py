"""How what a search found reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()

ICONS = {
    "project": "vinyl",
    "song": "music",
    "session": "calendar",
    "person": "user",
    "hire": "user-check",
    "member": "key",
    "studio": "building",
    "room": "door",
    "gear": "microphone-2",
    "poll": "list-check",
    "expense": "receipt",
    "line": "coins",
    "task": "adjustments-horizontal",
    "calendar": "calendar-down",
}


@register.filter
def kind_word(kind: str) -> str:
    """Return what several of a kind are called."""
    names: dict[str, str] = {
        "project": _("Projects"),
        "song": _("Songs"),
        "session": _("Sessions"),
        "person": _("People"),
        "hire": _("Hires and open roles"),
        "member": _("Who has access"),
        "studio": _("Studios"),
        "room": _("Rooms"),
        "gear": _("Gear"),
        "poll": _("Date polls"),
        "expense": _("Expenses"),
        "line": _("Lines of plans"),
        "task": _("To edit"),
        "calendar": _("Imported calendars"),
    }
    return names[kind]


@register.filter
def kind_words(kinds: Sequence[str]) -> str:
    """Return what several of each of these kinds are called, in one line."""
    return " · ".join(map(kind_word, kinds))


@register.filter
def kind_icon(kind: str) -> str:
    """Return the icon of a kind."""
    return ICONS[kind]


@register.filter
def how_many(groups: Sequence[Mapping[str, Any]]) -> int:
    """Return how many things were found and are shown."""
    return sum(len(group["results"]) for group in groups)
