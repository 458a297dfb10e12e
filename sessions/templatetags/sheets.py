"""What templates of call sheets say of the API's data."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _

from sessions.sheets import paper

register = template.Library()
Row = Mapping[str, Any]

register.filter("gear_word", paper.gear_word)
register.filter("lasts", paper.length_of)


@register.filter
def at_on(at: str, sheet: Row) -> str:
    """Return a time of a sheet on the studio's clock, with its day where that is another one."""
    return paper.clock_of(sheet, at)


@register.filter
def place_lines(place: Row) -> list[str]:
    """Return where it is, line by line."""
    return paper.place_lines(place).split("\n")


@register.filter
def first_call(people: Sequence[Row]) -> str:
    """Return the earliest call time."""
    return min((person["call_at"] for person in people), default="")


@register.filter
def own(people: Iterable[Row], call: int) -> Row | None:
    """Return the line of the person whose call this is."""
    return next((person for person in people if person["call"] == call), None)


@register.filter
def offering(field: Row, listed: str) -> Row:
    """Return the field with a list of words to choose from."""
    return dict(field) | {"attrs": {"list": listed, "autocomplete": "off"}}


@register.filter
def named_in(contributor: Any, calls: Iterable[Row]) -> str:
    """Return the name of somebody called."""
    return next((call["person"]["name"] for call in calls if str(call["person"]["id"]) == str(contributor)), "")


@register.filter
def reached(readers: Sequence[Row]) -> dict[str, int]:
    """Return how far a version came: how many have it, opened it, confirmed it."""
    states = [reader["state"] for reader in readers]
    return {
        "called": len(states),
        "opened": sum(state in ("opened", "confirmed") for state in states),
        "confirmed": states.count("confirmed"),
    }


@register.filter
def reader_words(reader: Row) -> str:
    """Return how far a version came with this person."""
    words = {
        "unsent": _("Not sent yet"),
        "sending": _("On its way"),
        "sent": _("Sent"),
        "failed": _("Not delivered"),
        "opened": _("Opened"),
        "confirmed": _("Confirmed"),
    }
    return str(words[reader["state"]])


@register.filter
def reader_look(reader: Row) -> str:
    """Return the state whose icon stands for it."""
    look: dict[str, str] = {"unsent": "unanswered", "opened": "done"}
    return look.get(reader["state"], str(reader["state"]))
