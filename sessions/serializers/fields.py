"""A field of what one types of days."""

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
