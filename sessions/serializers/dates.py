"""Changes of several dates at once, and how they are taken back: what one tells the API, and what it says of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.kit.fields import FormRows, InputSerializer, words_in
from producerdesk.kit.filters import LARGEST_ID
from producerdesk.kit.rows import Computed
from sessions.recurring import AT_MOST
from sessions.serializers.inputs import GEAR_AT_MOST
from sessions.serializers.rows import SessionDetail

LAST_VERSION = 999_999_999  # of as many digits as an ETag has


class KeysField(serializers.ListField):
    """Ids as a list. A form says them in one text, so that one of many rows has few fields: `3 5 8`, or "" for none."""

    child = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)

    def get_value(self, dictionary: Any) -> Any:
        if not hasattr(dictionary, "getlist"):
            return super().get_value(dictionary)
        return words_in(dictionary, self.field_name) if self.field_name in dictionary else serializers.empty

    def to_internal_value(self, data: Any) -> list[int]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)  # before each of them is read
        return super().to_internal_value(data)


class DateInput(InputSerializer):
    """A date as it was read: what has another version by now is not written over."""

    session = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    version = serializers.IntegerField(min_value=1, max_value=LAST_VERSION)

    class Meta:
        list_serializer_class = FormRows


class DatesInput(InputSerializer):
    """Dates that are to stand again: what a cancellation answers as `cancelled`."""

    dates = DateInput(many=True, min_length=1, max_length=AT_MOST, label=_("Dates"))


class DateGearInput(DateInput):
    """The gear that a date is to have, by id: all of it."""

    gear = KeysField(max_length=GEAR_AT_MOST, label=_("Gear"))


class GearOfDatesInput(InputSerializer):
    """What each date is to have: what a change of gear answers as `before`."""

    dates = DateGearInput(many=True, min_length=1, max_length=AT_MOST, label=_("Dates"))


class DateChanged(serializers.Serializer):
    """A date that was changed, and the version it has since."""

    session = serializers.IntegerField()
    version = serializers.IntegerField()


class GearBefore(DateChanged):
    """The gear that a date had before, by id."""

    gear = serializers.ListField(child=serializers.IntegerField())


class ReservedSession(SessionDetail):
    """The session, and what each date that changed had before. `gear/dates/` takes it and puts that back."""

    before = Computed(list, kind=GearBefore(many=True))


class CancelledSession(SessionDetail):
    """The session, and the dates that are cancelled now. `restore/dates/` takes them and lets them stand again."""

    cancelled = Computed(list, kind=DateChanged(many=True))
