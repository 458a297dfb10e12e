"""What the API says of gear, its repairs and its faults, and what one may tell it."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.dates import DayField
from producerdesk.kit.fields import InputSerializer, ModelInputSerializer, VisibleField
from producerdesk.kit.rows import Children, Computed, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.serializers import DeskRef
from sessions.models import Gear, GearFault, GearRepair, Room, Studio
from sessions.serializers.fields import where_booked


class GearRef(RowSerializer):
    """An item, in short."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Gear.Kind.choices)
    serial = serializers.CharField()


class RoomGear(GearRef):
    """An item that stays in a session's room: it comes with it. `is_out` on one of the session's days."""

    is_out = Computed(lambda: False, kind=serializers.BooleanField())


class HomeRef(RowSerializer):
    """The studio or the room that an item lives in."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class RepairOfGear(RowSerializer):
    """Days on which an item is away, both included; without a last one nobody knows until when."""

    id = serializers.IntegerField()
    first = serializers.DateField()
    last = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    version = serializers.IntegerField()


class FaultOfGear(RowSerializer):
    """Something wrong with an item, and when it was put right."""

    id = serializers.IntegerField()
    noted_at = serializers.DateTimeField()
    noted_by = serializers.CharField(source="noted_by.name")
    text = serializers.CharField()
    fixed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


def _repairs(viewer: Viewer) -> QuerySet:
    return GearRepair.objects.filter(removed_at=None)


class GearRow(GearRef):
    """An item as lists show it. `is_out` is about today, `faults_open` counts what nobody has put right."""

    desk = DeskRef()
    studio = HomeRef(allow_null=True)
    room = HomeRef(allow_null=True)
    bookable = serializers.BooleanField()
    active = serializers.BooleanField()
    is_out = serializers.BooleanField()
    faults_open = serializers.IntegerField()
    repairs = Children(RepairOfGear, "gear_id", _repairs)
    version = serializers.IntegerField()


class GearDetail(GearRow):
    """An item, whole."""

    notes = serializers.CharField()
    faults = Children(FaultOfGear, "gear_id", lambda viewer: GearFault.objects.all())
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RepairRow(RepairOfGear):
    """A repair and the item it is about."""

    gear = GearRef()


class FaultRow(FaultOfGear):
    """A fault and the item it is about."""

    gear = GearRef()


# --- in -----------------------------------------------------------------------------------------------


class GearItemInput(ModelInputSerializer):
    """What one may say of an item."""

    studio = VisibleField(
        Studio.objects,
        required=False,
        allow_null=True,
        label=_("Home studio"),
        help_text=_("Left empty, it travels, or the home room says it."),
    )
    room = VisibleField(Room.objects.select_related("studio"), required=False, allow_null=True, label=_("Home room"))

    class Meta:
        model = Gear
        fields = ["name", "kind", "serial", "studio", "room", "bookable", "notes"]


class NewGearItemInput(GearItemInput):
    """An item, perhaps of another desk than the first one works at."""

    desk = where_booked()

    class Meta(GearItemInput.Meta):
        fields = [*GearItemInput.Meta.fields, "desk"]


def _of_gear() -> VisibleField:
    return VisibleField(
        Gear.objects, may=lambda viewer, gear: viewer.can_in_desk(SCHEDULE_WRITE, gear.desk_id), label=_("Item")
    )


class RepairInput(InputSerializer):
    """Days on which an item is away, and why."""

    first = DayField(label=_("Out from"))
    last = DayField(
        required=False,
        allow_null=True,
        default=None,
        label=_("Until"),
        help_text=_("The last day it is away. Left empty: nobody knows yet."),
    )
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True, default="", label=_("Reason"))


class NewRepairInput(RepairInput):
    """A repair of an item."""

    gear = _of_gear()


class NewFaultInput(InputSerializer):
    """Something wrong with an item."""

    gear = _of_gear()
    text = serializers.CharField(max_length=400, label=_("What is wrong"))
