"""Fields for days and moments that say so when the calendar has no such day: 30 February is no wrong format."""

import datetime as dt
from typing import Any

from rest_framework import serializers

from producerdesk.kit import clock


class DateField(serializers.DateField):
    """A day, like 2027-03-28."""

    def to_internal_value(self, value: Any) -> dt.date:
        _refuse_no_day(value)
        return super().to_internal_value(value)


class MomentField(serializers.DateTimeField):
    """A moment with its offset, like 2027-03-28T10:00:00Z."""

    def to_internal_value(self, value: Any) -> Any:
        _refuse_no_day(value)
        return super().to_internal_value(value)


def _refuse_no_day(said: Any) -> None:
    if isinstance(said, str) and (text := clock.no_such_day(said)):
        raise serializers.ValidationError(text, code="no_such_day")
