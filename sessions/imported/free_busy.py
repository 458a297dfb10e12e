"""What VFREEBUSY components (RFC 5545, 3.6.4) say: periods of busy time, with no event around them.

They are taken out of a file before a library reads the rest: it refuses a whole file for one senseless period.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from icalendar.parser import Contentline
from icalendar.prop import vDDDTypes

FOLD = re.compile(r"\r?\n[ \t]")
FREE = "FREE"  # any other FBTYPE, also one nobody knows, is busy (3.2.9)
Period = tuple[date | datetime, date | datetime | timedelta]
SENSELESS = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


class NeverEnds(ValueError):
    """The last of them is not closed: the file is broken."""


def taken_out(text: str) -> tuple[str, list[str]]:
    """Return the file without its VFREEBUSY components, and these, unfolded."""
    if "VFREEBUSY" not in text.upper():
        return text, []
    rest: list[str] = []
    found: list[str] = []
    inside: list[str] | None = None
    for line in text.split("\n"):
        word = line.strip().upper()
        if inside is None and word == "BEGIN:VFREEBUSY":
            inside = []
        elif inside is None:
            rest.append(line)
        elif word == "END:VFREEBUSY":
            found.append(FOLD.sub("", "\n".join(inside)))
            inside = None
        else:
            inside.append(line)
    if inside is not None:
        raise NeverEnds
    return "\n".join(rest), found


def uid_of(component: str) -> str:
    """Return the UID of a component, or nothing."""
    return next((line[4:].strip() for line in component.split("\n") if line.upper().startswith("UID:")), "")


def periods(component: str) -> Iterator[Period | None]:
    """Yield each busy period as its start and its end or length; None for what nobody can make sense of."""
    for line in component.split("\n"):
        if not line.upper().startswith(("FREEBUSY:", "FREEBUSY;")):
            continue
        try:
            _name, params, value = Contentline(line.rstrip()).parts()
        except SENSELESS:
            yield None
            continue
        if str(params.get("FBTYPE", "")).upper() != FREE:
            yield from (_period(text, params.get("TZID")) for text in value.split(","))


def _period(text: str, zone: Any) -> Period | None:
    try:
        begins, ends = (vDDDTypes.from_ical(part.strip(), zone) for part in text.split("/"))
    except SENSELESS:
        return None
    return None if isinstance(begins, timedelta) else (begins, ends)
