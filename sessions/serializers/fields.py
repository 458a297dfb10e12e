"""Fields of what one types of days and times of day."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.kit import clock


class DayField(serializers.DateField):
    """A day in a year that can be meant."""

    default_error_messages = {"year": _("Give a year from {first} to {last}.")}

    def to_internal_value(self, value: Any) -> dt.date:
        day = super().to_internal_value(value)
        if not clock.FIRST_YEAR <= day.year <= clock.LAST_YEAR:
            self.fail("year", first=clock.FIRST_YEAR, last=clock.LAST_YEAR)
        return day


class TimeOfDay(serializers.TimeField):
    """A time as a clock on the wall shows it, to the minute. A zone or an offset has no place in it."""

    default_error_messages = {
        "invalid": _("Give a time like 10:00."),
        "zoned": _("Leave the offset out: the place says which clock is meant."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"format": "%H:%M"} | options)

    def to_internal_value(self, value: Any) -> dt.time:
        if isinstance(value, str) and any(sign in value for sign in "Zz+-"):  # Django would pass over it in silence
            self.fail("zoned")
        time = super().to_internal_value(value)
        if time.second or time.microsecond:
            self.fail("invalid")
        return time
