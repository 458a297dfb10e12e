"""How what is written down in the room reads on its pages."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def kilohertz(rate: int | None) -> str:
    """Return "44.1 kHz" of 44100; nothing where it is not said."""
    return f"{rate / 1000:g} kHz" if rate else ""


@register.filter
def bits(depth: int | None) -> str:
    """Return "24 bit"; nothing where it is not said."""
    if not depth:
        return ""
    return _("%(n)d bit float") % {"n": depth} if depth == 32 else _("%(n)d bit") % {"n": depth}


@register.filter
def recorded(found: Mapping[str, Any]) -> str:
    """Return "Pro Tools, 96 kHz, 24 bit": how a session is recorded, as far as it is said."""
    return ", ".join(filter(None, (found["daw"], kilohertz(found["sample_rate"]), bits(found["bit_depth"]))))


@register.filter
def section_names(_nothing: str) -> list[str]:
    """Return what sections are usually called, to choose from while one types."""
    return [
        *(_("Intro"), _("Verse 1"), _("Pre-chorus"), _("Chorus 1"), _("Verse 2"), _("Chorus 2"), _("Bridge")),
        *(_("Solo"), _("Chorus 3"), _("Outro")),
    ]


@register.filter
def titled_in(pk: object, songs: Iterable[Mapping[str, Any]]) -> str:
    """Return the title of the song with this id."""
    return next((song["title"] for song in songs if str(song["id"]) == str(pk)), "")
