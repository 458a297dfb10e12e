"""Fields for days and moments that say so when the calendar has no such day: 30 February is no wrong format."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.kit import clock


class DayField(serializers.DateField):
    """A day, like 2027-03-28, in a year that can be meant."""

    default_error_messages = {"year": _("Give a year from {first} to {last}.")}

    def to_internal_value(self, value: Any) -> dt.date:
        _refuse_no_day(value)
        day = super().to_internal_value(value)
        if not clock.FIRST_YEAR <= day.year <= clock.LAST_YEAR:
            self.fail("year", first=clock.FIRST_YEAR, last=clock.LAST_YEAR)
        return day


class MomentField(serializers.DateTimeField):
    """A moment with its offset, like 2027-03-28T10:00:00Z."""

    def to_internal_value(self, value: Any) -> Any:
        _refuse_no_day(value)
        return super().to_internal_value(value)


def _refuse_no_day(said: Any) -> None:
    if isinstance(said, str) and (text := clock.no_such_day(said)):
        raise serializers.ValidationError(text, code="no_such_day")
