"""What one may ask of free times, and how they are told."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contributors.models import Contributor
from producerdesk.kit.dates import DayField
from producerdesk.kit.fields import Choice, InputSerializer, TimeOfDay, VisibleField
from projects.models import Project
from sessions.booking.finding import Search
from sessions.models import Gear, Room, Studio
from sessions.serializers.inputs import GEAR_AT_MOST, may_plan
from sessions.serializers.studios import RoomRef

LONGEST_SEARCH = dt.timedelta(days=31)
ROOMS_AT_MOST, PEOPLE_AT_MOST = 50, 30
TIME_FIRST, ROOM_FIRST = "time", "room"


class FindInput(InputSerializer):
    """How long it takes, who comes, in which rooms, on which days and within which hours of them."""

    project = VisibleField(Project.objects.select_related("desk"), may=may_plan, label=_("Project"))
    minutes = serializers.IntegerField(min_value=15, max_value=48 * 60, label=_("Minutes it takes"))
    first = DayField(label=_("From"))
    last = DayField(label=_("Until"))
    opens = TimeOfDay(default=dt.time(9), label=_("Not before"))
    closes = TimeOfDay(default=dt.time(22), label=_("Over by"), help_text=_("At or before the other: the next day."))
    rooms = VisibleField(
        Room.objects.select_related("studio"),
        many=True,
        required=False,
        max_length=ROOMS_AT_MOST,
        label=_("Rooms"),
        help_text=_("None chosen: all that are in use."),
    )
    kind = Choice(Room.Kind.choices, required=False, allow_blank=True, default="", label=_("Kind of room"))
    studio = VisibleField(Studio.objects, required=False, label=_("Studio"))
    people = VisibleField(Contributor.objects, many=True, required=False, max_length=PEOPLE_AT_MOST, label=_("People"))
    gear = VisibleField(
        Gear.objects,
        many=True,
        required=False,
        max_length=GEAR_AT_MOST,
        label=_("Gear"),
        help_text=_("Free, and not out for repair."),
    )
    hold = serializers.BooleanField(
        default=False, label=_("For a hold"), help_text=_("Then times that others hold count as free.")
    )
    by = serializers.ChoiceField(
        [(TIME_FIRST, _("Time first")), (ROOM_FIRST, _("Room first"))], default=TIME_FIRST, label=_("Order")
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Gather what is looked for in `search`; refuse what is of another desk than the project."""
        first, last = said.pop("first"), said.pop("last")
        if last < first:
            raise serializers.ValidationError({"last": [_("It ends before it starts.")]})
        if last - first >= LONGEST_SEARCH:
            raise serializers.ValidationError(
                {"last": [_("Look at %(days)d days at most.") % {"days": LONGEST_SEARCH.days}]}
            )
        desk_id = said["project"].desk_id
        if any(room.studio.desk_id != desk_id for room in said.get("rooms", ())):
            raise serializers.ValidationError({"rooms": [_("This room belongs to another desk.")]})
        if any(person.desk_id != desk_id for person in said.get("people", ())):
            raise serializers.ValidationError({"people": [_("This person belongs to another desk.")]})
        if any(item.desk_id != desk_id for item in said.get("gear", ())):
            raise serializers.ValidationError({"gear": [_("This gear belongs to another desk.")]})
        length = dt.timedelta(minutes=said.pop("minutes"))
        said["search"] = Search(length, first, last, said.pop("opens"), said.pop("closes"), said.pop("hold"))
        return said


class FreeStart(serializers.Serializer):
    """A time that is free: its instants, and how one would type it for booking."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    starts = serializers.CharField()
    ends = serializers.CharField()
    ends_on = serializers.DateField(allow_null=True)
    starts_fold = serializers.IntegerField(allow_null=True)
    ends_fold = serializers.IntegerField(allow_null=True)


class FreeDay(serializers.Serializer):
    """When a session might begin in a room on a day."""

    room = RoomRef()
    day = serializers.DateField()
    time_zone = serializers.CharField()
    starts = FreeStart(many=True)


class FoundTimes(serializers.Serializer):
    """The times that were found. `more` says that there are further ones: look at fewer days or rooms."""

    more = serializers.BooleanField()
    results = FreeDay(many=True)
