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
    "studio": "building",
    "room": "door",
}


@register.filter
def kind_word(kind: str) -> str:
    """Return what several of a kind are called."""
    names: dict[str, str] = {
        "project": _("Projects"),
        "song": _("Songs"),
        "session": _("Sessions"),
        "person": _("People"),
        "studio": _("Studios"),
        "room": _("Rooms"),
    }
    return names[kind]


@register.filter
def kind_icon(kind: str) -> str:
    """Return the icon of a kind."""
    return ICONS[kind]


@register.filter
def how_many(groups: Sequence[Mapping[str, Any]]) -> int:
    """Return how many things were found and are shown."""
    return sum(len(group["results"]) for group in groups)
