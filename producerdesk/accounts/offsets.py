"""When reminders leave before a call, in minutes and as people say it: 7 days, 24 hours, 90 minutes."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from rest_framework import serializers

from producerdesk.kit.fields import is_blank

HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60
SHORTEST = 5  # below this a reminder comes with the call itself
LONGEST = 60 * DAY
MOST = 10
IN_HOURS_UNTIL = 2 * DAY  # "24 hours" is how people say it, "72 hours" is not

_SAID = re.compile(r"(\d{1,6})\s*([^\W\d_]*)\.?")
_UNITS = {"": 1, "m": 1, "min": 1, "mins": 1, "h": HOUR, "hr": HOUR, "hrs": HOUR, "d": DAY, "w": WEEK}


def in_words(minutes: int) -> str:
    """Return the offset as people say it."""
    if minutes >= IN_HOURS_UNTIL and minutes % DAY == 0:
        return ngettext("%(count)d day", "%(count)d days", minutes // DAY) % {"count": minutes // DAY}
    if minutes % HOUR == 0:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // HOUR) % {"count": minutes // HOUR}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def in_minutes(text: str) -> int | None:
    """Return the minutes of "7 days", "24 h", "1 day 12 h" or "90"; None for what is none of these."""
    text = text.strip().lower()
    parts = list(_SAID.finditer(text))
    if not parts or _SAID.sub("", text).strip():
        return None
    units = _UNITS | _spelt_out()
    if any(part[2] not in units for part in parts):
        return None
    return sum(int(part[1]) * units[part[2]] for part in parts)


def _spelt_out() -> dict[str, int]:
    """Return the words for the units, in English and in the reader's language."""
    words = {
        "minute": 1,
        "minutes": 1,
        "hour": HOUR,
        "hours": HOUR,
        "day": DAY,
        "days": DAY,
        "week": WEEK,
        "weeks": WEEK,
    }
    for minutes in (1, 5, HOUR, 2 * HOUR, 2 * DAY, 5 * DAY):
        number, _space, word = in_words(minutes).lower().partition(" ")
        words[word] = minutes // int(number)
    return words


class OffsetsField(serializers.ListField):
    """A desk's reminder offsets. The API gives and takes minutes; a form shows and sends words."""

    child = serializers.CharField(max_length=40)
    default_error_messages = {
        "unclear": _lazy("“{said}” is no span of time. Write it like 7 days, 24 hours or 90 minutes."),
        "short": _lazy("Give at least {least} minutes."),
        "long": _lazy("Give at most {most} days."),
        "twice": _lazy("“{said}” stands there twice."),
        "many": _lazy("At most {most} reminders."),
    }

    def get_value(self, dictionary: Any) -> Any:
        if hasattr(dictionary, "getlist"):
            # a form from which every line was taken sends nothing: then there are no reminders
            return [text for text in dictionary.getlist(self.field_name) if not is_blank(text)]
        return super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> list[int]:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if len(data) > MOST:
            self.fail("many", most=MOST)
        found: list[int] = []
        for said in data:
            minutes = self._minutes(said)
            if minutes in found:
                self.fail("twice", said=in_words(minutes))
            found.append(minutes)
        return sorted(found, reverse=True)

    def _minutes(self, said: Any) -> int:
        minutes = said if isinstance(said, int) and not isinstance(said, bool) else None
        if isinstance(said, str) and len(said) <= 40:
            minutes = in_minutes(said)
        if minutes is None:
            self.fail("unclear", said=str(said)[:40])
        if minutes < SHORTEST:
            self.fail("short", least=SHORTEST)
        if minutes > LONGEST:
            self.fail("long", most=LONGEST // DAY)
        return minutes

    def to_representation(self, value: list[int]) -> list[str]:
        return [in_words(minutes) for minutes in value]


class OffsetsLine(OffsetsField):
    """The same on one line of a form: "7 days, 24 hours". An empty line says: none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"style": {"input_type": "text"}})

    def get_value(self, dictionary: Any) -> Any:
        if hasattr(dictionary, "getlist"):
            return _parts(dictionary.get(self.field_name) or "")
        return serializers.Field.get_value(self, dictionary)

    def to_internal_value(self, data: Any) -> list[int]:
        return super().to_internal_value(_parts(data) if isinstance(data, str) else data)

    def to_representation(self, value: list[int]) -> Any:
        return ", ".join(in_words(minutes) for minutes in value)


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.split(",") if part.strip()]
