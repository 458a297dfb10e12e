"""What the API says of studios and rooms, and what one may tell it."""

import calendar
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.accounts.roles import BUDGET_READ, SCHEDULE_WRITE
from producerdesk.kit.dates import DayField
from producerdesk.kit.fields import (
    AmountField,
    Choice,
    FormRows,
    InputSerializer,
    ModelInputSerializer,
    TimeOfDay,
    VisibleField,
)
from producerdesk.kit.rows import Children, Computed, MoneyField, Only, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.serializers import DeskRef
from sessions.models import CancellationTier, Room, RoomRate, Studio
from sessions.serializers.fields import where_booked

RATES_AT_MOST = 40  # some years of a room
TIERS_AT_MOST = 8
WEEKDAYS = tuple(enumerate(calendar.day_name))


class StudioRef(RowSerializer):
    """A studio, in short."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    city = serializers.CharField()


class RoomRef(RowSerializer):
    """A room and the studio it is in."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    studio = StudioRef()


class RoomRow(RowSerializer):
    """A room. Its rates are money and stand in a resource of their own."""

    id = serializers.IntegerField()
    studio = StudioRef()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Room.Kind.choices, allow_blank=True)
    time_zone = serializers.CharField(source="studio.time_zone")
    setup_minutes = serializers.IntegerField()
    reset_minutes = serializers.IntegerField()
    billing_step = serializers.IntegerField()
    active = serializers.BooleanField()
    version = serializers.IntegerField()


class RoomRateRow(RowSerializer):
    """What a room costs; only who may read sums gets any."""

    unit = serializers.ChoiceField(RoomRate.Unit.choices)
    amount = MoneyField("amount_minor", "currency")
    hours = serializers.DecimalField(4, 2)
    minimum_hours = serializers.DecimalField(4, 2)
    factor = serializers.DecimalField(4, 2, allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)


def _rates(viewer: Viewer) -> QuerySet:
    return RoomRate.objects.filter(room__studio__desk_id__in=viewer.reach_desks(BUDGET_READ))


class RoomDetail(RoomRow):
    """A room and what it costs."""

    rates = Children(RoomRateRow, "room_id", _rates)


class RoomOfStudio(RowSerializer):
    """A room as its studio lists it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Room.Kind.choices, allow_blank=True)
    setup_minutes = serializers.IntegerField()
    reset_minutes = serializers.IntegerField()
    billing_step = serializers.IntegerField()
    active = serializers.BooleanField()
    rates = Children(RoomRateRow, "room_id", _rates)
    version = serializers.IntegerField()


class StudioRow(RowSerializer):
    """A studio and its rooms."""

    id = serializers.IntegerField()
    desk = DeskRef()
    name = serializers.CharField()
    address = serializers.CharField()
    city = serializers.CharField()
    time_zone = serializers.CharField()
    access_notes = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    active = serializers.BooleanField()
    rooms = Children(RoomOfStudio, "studio_id", lambda viewer: Room.objects.order_by("-active", "name", "pk"))
    version = serializers.IntegerField()


class OpenRow(serializers.Serializer):
    """A span in which a studio is open; closing not after opening is the next day."""

    weekday = serializers.IntegerField()
    opens = serializers.TimeField()
    closes = serializers.TimeField()


class ClosedRow(serializers.Serializer):
    """Days on which a studio is closed."""

    first = serializers.DateField()
    last = serializers.DateField()
    reason = serializers.CharField()


class TierRow(RowSerializer):
    """Cancelling with less notice than this costs so much of the room's price; only who may read sums learns it."""

    notice = serializers.IntegerField()
    unit = serializers.ChoiceField(CancellationTier.Unit.choices)
    percent = serializers.IntegerField()


def _tiers(viewer: Viewer) -> QuerySet:
    return CancellationTier.objects.filter(studio__desk_id__in=viewer.reach_desks(BUDGET_READ))


def _reads_money(viewer: Viewer, desk_id: int) -> bool:
    return viewer.can_in_desk(BUDGET_READ, desk_id)


class StudioDetail(StudioRow):
    """A studio with its opening hours (none: always open), and, for who may read sums, with its terms."""

    opening_hours = Computed(lambda rows: rows, "opening_hours", kind=OpenRow(many=True))
    closed_days = Computed(lambda rows: rows, "closed_days", kind=ClosedRow(many=True))

    deposit_percent = Only(
        serializers.IntegerField(source="terms.deposit_percent", allow_null=True), _reads_money, "desk_id"
    )
    deposit = Only(MoneyField("terms__deposit_minor", "terms__currency"), _reads_money, "desk_id")
    deposit_days = Only(serializers.IntegerField(source="terms.deposit_days", allow_null=True), _reads_money, "desk_id")
    tiers = Children(TierRow, "studio_id", _tiers)


class OpenInput(InputSerializer):
    """A span of the week in which a studio is open."""

    weekday = Choice(WEEKDAYS, label=_("Day"))
    opens = TimeOfDay(label=_("Opens"))
    closes = TimeOfDay(label=_("Closes"))

    class Meta:
        list_serializer_class = FormRows

    def to_internal_value(self, data: Any) -> Any:
        said = super().to_internal_value(data)
        return said | {"weekday": int(said["weekday"])}


class ClosedInput(InputSerializer):
    """Days on which a studio is closed; the last may be left out."""

    first = DayField(label=_("Closed from"))
    last = DayField(required=False, allow_null=True, label=_("Until"))
    reason = serializers.CharField(max_length=80, required=False, allow_blank=True, label=_("Reason"))

    class Meta:
        list_serializer_class = FormRows


class HoursInput(InputSerializer):
    """When a studio is open. Without opening hours it always is."""

    opening_hours = OpenInput(many=True, required=False, default=list, max_length=28, label=_("Opening hours"))
    closed_days = ClosedInput(many=True, required=False, default=list, max_length=100, label=_("Closed days"))


class TierInput(ModelInputSerializer):
    """A tier of what cancelling costs."""

    class Meta:
        model = CancellationTier
        fields = ["notice", "unit", "percent"]
        list_serializer_class = FormRows


class TermsInput(InputSerializer):
    """The terms of a studio: a deposit, by a percentage or a sum, and tiers of what cancelling costs."""

    deposit_percent = serializers.IntegerField(
        min_value=1, max_value=100, required=False, allow_null=True, label=_("Percent")
    )
    deposit = AmountField(choose=True, required=False, allow_null=True, label=_("or a sum"))
    deposit_days = serializers.IntegerField(
        min_value=0, max_value=365, required=False, default=0, label=_("Days before")
    )
    tiers = TierInput(many=True, required=False, max_length=TIERS_AT_MOST, label=_("Cancelling"))


class RoomRateInput(ModelInputSerializer):
    """A rate: so much an hour, a half-day or a day of so many hours; overtime after so many, by a sum or a factor."""

    amount = AmountField(choose=True, required=False, allow_null=True, label=_("Rate"))

    class Meta:
        model = RoomRate
        fields = ["unit", "amount", "factor", "hours", "minimum_hours", "valid_from", "valid_until"]
        list_serializer_class = FormRows


class RoomInput(ModelInputSerializer):
    """What one may say of a room."""

    rates = RoomRateInput(many=True, required=False, max_length=RATES_AT_MOST, label=_("Rates"))

    class Meta:
        model = Room
        fields = ["name", "kind", "setup_minutes", "reset_minutes", "billing_step", "rates"]


class NewRoomInput(RoomInput):
    """A new room of a studio."""

    studio = VisibleField(
        Studio.objects,
        may=lambda viewer, studio: viewer.can_in_desk(SCHEDULE_WRITE, studio.desk_id),
        label=_("Studio"),
    )

    class Meta(RoomInput.Meta):
        fields = ["studio", *RoomInput.Meta.fields]


class StudioInput(ModelInputSerializer):
    """What one may say of a studio."""

    class Meta:
        model = Studio
        fields = ["name", "address", "city", "time_zone", "access_notes", "email", "phone"]


class NewStudioInput(StudioInput):
    """A studio, perhaps of another desk than the first one works at."""

    desk = where_booked()

    class Meta(StudioInput.Meta):
        fields = [*StudioInput.Meta.fields, "desk"]
