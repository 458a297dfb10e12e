"""What one may tell the API of series: how a session repeats, and which of its dates are meant."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.kit.dates import DayField
from producerdesk.kit.fields import InputSerializer, words_in
from sessions.actions.dates import ALL, LATER, ONE
from sessions.models import SessionSeries
from sessions.recurring import AT_MOST, Repeat

SCOPES = ((ONE, _("Only this date")), (LATER, _("This and the later dates")), (ALL, _("All dates to come")))
WEEKDAYS = tuple(enumerate((_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))))


class ScopeInput(InputSerializer):
    """Which dates of a series are meant."""

    scope = serializers.ChoiceField(SCOPES, default=ONE, label=_("Which dates"))


class DaysField(serializers.ListField):
    """Days as a list, or as one text of them: `2027-03-30, 2027-04-06`."""

    child = DayField()

    def get_value(self, dictionary: Any) -> Any:
        if hasattr(dictionary, "getlist"):
            return words_in(dictionary, self.field_name, between=r"[\s,]+")
        return super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> list[dt.date]:
        if isinstance(data, str):
            data = data.replace(",", " ").split()
        if isinstance(data, list) and len(data) > AT_MOST:
            self.fail("max_length", max_length=AT_MOST)
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError:
            raise serializers.ValidationError([_("Give days like 2027-03-30, one after another.")]) from None


class RepeatInput(InputSerializer):
    """How a session repeats: every so many days or weeks, until a day or so many times, without some days."""

    repeats = serializers.ChoiceField(
        SessionSeries.Rule.choices, required=False, allow_blank=True, default="", label=_("Repeats")
    )
    repeat_every = serializers.IntegerField(
        required=False, allow_null=True, default=1, min_value=1, max_value=52, label=_("Every so many days or weeks")
    )
    repeat_days = serializers.MultipleChoiceField(
        choices=WEEKDAYS,
        required=False,
        default=list,
        label=_("On"),
        help_text=_("For weeks; else that of the date."),
    )
    repeat_until = DayField(required=False, allow_null=True, default=None, label=_("Until"))
    repeat_times = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=2,
        max_value=AT_MOST,
        label=_("Or so many times"),
        error_messages={
            "min_value": _("A series has two dates at least."),
            "max_value": _("A series has {max_value} dates at most. Book what comes later as another series."),
        },
    )
    repeat_skip = DaysField(
        required=False, default=list, label=_("Without"), help_text=_("Days like 2027-03-30, one after another.")
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Turn what was said of repeating into one value: `repeat`."""
        said = super().validate(said)
        names = ("repeats", "repeat_every", "repeat_days", "repeat_until", "repeat_times", "repeat_skip")
        rule, every, days, until, times, skip = (said.pop(name) for name in names)
        said["repeat"] = (
            Repeat(rule, every or 1, tuple(int(day) for day in days), until, times, frozenset(skip)) if rule else None
        )
        return said
