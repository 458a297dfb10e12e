"""What one may tell the API of sessions and calls."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contributors.models import Contributor
from producerdesk.accounts.roles import SCHEDULE_READ, SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.dates import DayField, MomentField
from producerdesk.kit.fields import Choice, FormRows, InputSerializer, TimeOfDay, VisibleField, ZoneText
from producerdesk.kit.filters import LARGEST_ID
from producerdesk.kit.viewer import Viewer
from projects.models import Project, Song
from projects.stages import Stage
from sessions.booking.resources import OF_A_PERSON, OF_A_ROOM
from sessions.models import Gear, Room, StudioSession
from sessions.serializers.repeating import RepeatInput, ScopeInput
from sessions.telling import WITH_WISHES

CALLS_AT_MOST, SONGS_AT_MOST, GEAR_AT_MOST = 60, 100, 60
OVER_MIDNIGHT = dt.timedelta(hours=18)  # a long night is 14; 10:00 to 09:00 is a mistake


def may_plan(viewer: Viewer, project: Project) -> bool:
    return viewer.can(SCHEDULE_WRITE, desk_id=project.desk_id, project_id=project.pk)


FOLDS = ((0, _("The first")), (1, _("The second")))


class FoldField(serializers.ChoiceField):
    """Which of two hours of the same name is meant, in the night the clocks go back. Asked for only then."""

    def __init__(self, **options: Any) -> None:
        options = {"required": False, "allow_null": True, "default": None} | options
        super().__init__(choices=FOLDS, **options)

    def to_internal_value(self, data: Any) -> int | None:
        return None if data == "" else int(super().to_internal_value(data))


class WhenInput(InputSerializer):
    """When: a day and two times on the clock of the room.

    An end that is not after the start is on the next day, and at most 18 hours ahead: beyond that it is a slip, unless
    the day it ends is said. That is how a room is locked out around the clock.
    """

    day = DayField(label=_("Date"))
    starts = TimeOfDay(label=_("From"))
    ends = TimeOfDay(label=_("Until"))
    ends_on = DayField(
        required=False,
        allow_null=True,
        default=None,
        label=_("Ends on"),
        help_text=_("For a lock-out of 48 hours at most. Else leave it empty: a night ends on the next day by itself."),
    )
    starts_fold = FoldField(label=_("Which hour it starts"))
    ends_fold = FoldField(label=_("Which hour it ends"))
    outside_hours = serializers.BooleanField(
        default=False,
        label=_("Book outside opening hours"),
        help_text=_("The studio has agreed to open for it."),
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Turn day and times into wall time: `starts_local`, `ends_local`."""
        day, starts, ends = said.pop("day"), said.pop("starts"), said.pop("ends")
        last = said.pop("ends_on") or _ends_by_itself(day, starts, ends)
        if last is None:
            said_so = _("It ends before it starts, or lasts over 18 hours. For a lock-out, say on which day it ends.")
            raise serializers.ValidationError({"ends": [said_so]})
        if last < day:
            raise serializers.ValidationError({"ends_on": [_("It ends before it starts.")]})
        said["starts_local"] = f"{day.isoformat()}T{starts:%H:%M}"
        said["ends_local"] = f"{last.isoformat()}T{ends:%H:%M}"
        return said

    @staticmethod
    def typed(starts_local: str, ends_local: str, starts_fold: int, ends_fold: int) -> dict[str, Any]:
        """Return how a time on the wall would be typed."""
        starts, ends = dt.datetime.fromisoformat(starts_local), dt.datetime.fromisoformat(ends_local)
        by_itself = _ends_by_itself(starts.date(), starts.time(), ends.time()) == ends.date()
        return {
            "day": starts.date().isoformat(),
            "starts": f"{starts:%H:%M}",
            "ends": f"{ends:%H:%M}",
            "ends_on": None if by_itself else ends.date().isoformat(),
            "starts_fold": starts_fold or None,
            "ends_fold": ends_fold or None,
        }


def _ends_by_itself(day: dt.date, starts: dt.time, ends: dt.time) -> dt.date | None:
    """Return the day on which a session ends that says no other; None where somebody has to say it."""
    if ends > starts:
        return day
    last = day + dt.timedelta(days=1)
    night = dt.datetime.combine(last, ends) - dt.datetime.combine(day, starts)
    return last if night <= OVER_MIDNIGHT else None


class WhereInput(InputSerializer):
    """Where: a room, or remote with its place and zone."""

    room = VisibleField(
        Room.objects.select_related("studio"),
        required=False,
        allow_null=True,
        label=_("Room"),
        facts=lambda room: {"time_zone": room.studio.time_zone, "place": room.studio.city},
        along=OF_A_ROOM,
    )
    remote_place = serializers.CharField(
        max_length=240,
        required=False,
        allow_blank=True,
        label=_("Where, if remote"),
        help_text=_("A video link or an address."),
    )
    time_zone = ZoneText(
        max_length=64,
        required=False,
        allow_blank=True,
        label=_("Time zone"),
        help_text=_("Only for a remote session: a room has its own."),
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Refuse a room and a place elsewhere at once: one of the two would count in silence."""
        said = super().validate(said)
        room = said.get("room")
        if room is None:
            return said
        if said.get("remote_place", "").strip():
            text = _("It is in a room: leave this empty, or leave the room out.")
            raise serializers.ValidationError({"remote_place": [text]})
        zone = room.studio.time_zone
        if said.get("time_zone") not in (None, "", zone):
            text = _("In this room the clock of %(zone)s counts. Leave this empty, or leave the room out.")
            raise serializers.ValidationError({"time_zone": [text % {"zone": zone}]})
        return said


class CallInput(InputSerializer):
    """A person to call. Without a call time it is the start."""

    contributor = VisibleField(Contributor.objects, label=_("Person"), along=(*OF_A_PERSON, *WITH_WISHES))
    role = serializers.CharField(max_length=60, required=False, allow_blank=True, default="", label=_("Role"))
    call = TimeOfDay(required=False, allow_null=True, default=None, label=_("Call time"))
    call_fold = FoldField(label=_("Which hour"))

    class Meta:
        list_serializer_class = FormRows


def gear_field() -> VisibleField:
    """Return the field for gear that a session reserves. Two of a kind are told apart by their serial numbers."""
    return VisibleField(Gear.objects, many=True, required=False, label=_("Gear"), max_length=GEAR_AT_MOST)


class AboutInput(InputSerializer):
    """What a session is about, which may change without telling anybody's calendar."""

    kind = Choice(StudioSession.Kind.choices, default=StudioSession.Kind.TRACKING, label=_("Kind"))
    title = serializers.CharField(max_length=160, label=_("What will be done"))
    songs = VisibleField(Song.objects, many=True, required=False, label=_("Songs"), max_length=SONGS_AT_MOST)
    prepare = serializers.CharField(
        max_length=4000,
        required=False,
        allow_blank=True,
        label=_("To prepare and bring"),
        help_text=_("Everybody called can read this."),
        style={"base_template": "textarea.html"},
    )
    notes = serializers.CharField(
        max_length=10000,
        required=False,
        allow_blank=True,
        label=_("Private notes"),
        help_text=_("Only producers read these."),
        style={"base_template": "textarea.html"},
    )


class WallMoment(MomentField):
    """A moment with its offset, or without one: as the clock on the session's wall showed it (comes out as text)."""

    def to_internal_value(self, value: Any) -> Any:
        if isinstance(value, str) and clock.WALL.fullmatch(value):
            return value
        return super().to_internal_value(value)


class HoldInput(InputSerializer):
    """Until when a hold stands."""

    hold_until = WallMoment(
        required=False,
        allow_null=True,
        default=None,
        label=_("Hold until"),
        help_text=_("Left empty, it stands as long as holds of your desk do."),
    )


class EditInput(ScopeInput, AboutInput):
    """What a session is about, for one date of a series or more."""


class NewSessionInput(RepeatInput, HoldInput, AboutInput, WhereInput, WhenInput):
    """A session to book, or to hold until it is confirmed; once, or as a series."""

    project = VisibleField(Project.objects.select_related("desk"), may=may_plan, label=_("Project"))
    gear = gear_field()
    calls = CallInput(many=True, required=False, max_length=CALLS_AT_MOST, label=_("People"))
    hold = serializers.BooleanField(default=False, label=_("Only hold it until I confirm"))


class PriceInput(NewSessionInput):
    """A session as for booking; it need not have a title yet."""

    title = serializers.CharField(max_length=160, required=False, allow_blank=True, label=_("What will be done"))


class MoveInput(ScopeInput, WhereInput, WhenInput):
    """Another time, another room, or both."""


class DuplicateInput(WhenInput):
    """The day and the times of the copy."""

    hold = serializers.BooleanField(default=False, label=_("Only hold it until I confirm"))


class ReasonInput(InputSerializer):
    """Why, in a sentence; may be left out."""

    reason = serializers.CharField(max_length=240, required=False, allow_blank=True, default="", label=_("Reason"))


class GearOfSessionInput(ScopeInput):
    """The gear that a session is to have: all of it."""

    gear = gear_field()


class CancelInput(ScopeInput, ReasonInput):
    """Why it is cancelled, and whether the studio takes its fee."""

    no_fee = serializers.BooleanField(
        default=False,
        label=_("Without the fee"),
        help_text=_("The studio cancelled, or waives it."),
    )


class StageProposal(InputSerializer):
    """A song of the session and the stage it has reached; it moves there if `apply` is said."""

    song = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, style={"input_type": "hidden"}, label=_("Song"))
    stage = Choice(Stage.choices, label=_("Stage"))
    apply = serializers.BooleanField(default=False, label=_("Move it there"))

    class Meta:
        list_serializer_class = FormRows


class WrapInput(InputSerializer):
    """How long it really was, and how far its songs are now."""

    real_starts_at = WallMoment(required=False, allow_null=True, label=_("Really started"))
    real_ends_at = WallMoment(required=False, allow_null=True, label=_("Really ended"))
    real_starts_fold = FoldField(label=_("Which hour it started"))
    real_ends_fold = FoldField(label=_("Which hour it ended"))
    stages = StageProposal(many=True, required=False, max_length=SONGS_AT_MOST, label=_("How far the songs are"))

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Turn what was read off the wall into moments."""
        session: Any = self.instance
        said["stages"] = {row["song"]: row["stage"] for row in said.get("stages") or [] if row["apply"]}
        for name in ("real_starts", "real_ends"):
            fold, typed = said.pop(f"{name}_fold"), said.get(f"{name}_at")
            if isinstance(typed, str):
                said[f"{name}_at"] = clock.resolve(typed, session.time_zone, fold, field=f"{name}_local")
        return said


class ProposeInput(InputSerializer):
    """Another time for one's own call, on the clock of the session."""

    day = DayField(label=_("Date"))
    at = TimeOfDay(label=_("I could be there at"))
    proposed_fold = FoldField(label=_("Which hour"))
    reason = serializers.CharField(max_length=400, required=False, allow_blank=True, default="", label=_("Why"))

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        said["proposed_local"] = f"{said.pop('day').isoformat()}T{said.pop('at'):%H:%M}"
        return said


class ReopenInput(InputSerializer):
    """The proposal as it was before it was answered, and when the person was called then, where that changed."""

    proposed_at = MomentField(default_timezone=dt.UTC, label=_("Could be there at"))
    call_at = MomentField(default_timezone=dt.UTC, required=False, allow_null=True, label=_("Called at"))
    reason = serializers.CharField(max_length=400, required=False, allow_blank=True, default="", label=_("Why"))


class AcceptInput(InputSerializer):
    """Whether only this person's call time moves, or the whole session."""

    move = Choice([("call", _("Only this person")), ("session", _("Everybody"))], default="call", label=_("Who moves"))


class NudgeInput(InputSerializer):
    """Whom to ask once more: all of one session, or, without one, of all that one plans."""

    session = VisibleField(
        StudioSession.objects.select_related("project"),
        may=lambda viewer, session: may_plan(viewer, session.project),
        required=False,
        allow_null=True,
        label=_("Session"),
    )


class FeedInput(InputSerializer):
    """What a feed is about: one project, one room, or, with neither, one's own schedule."""

    project = VisibleField(
        Project.objects,
        may=lambda viewer, project: viewer.can(SCHEDULE_READ, desk_id=project.desk_id, project_id=project.pk),
        required=False,
        allow_null=True,
        default=None,
        label=_("Of one project"),
    )
    room = VisibleField(
        Room.objects.select_related("studio"),
        required=False,
        allow_null=True,
        default=None,
        label_of=lambda room: f"{room.studio.name}, {room.name}",
        label=_("Of one room"),
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if said["project"] and said["room"]:
            raise serializers.ValidationError({"room": _("Choose the project or the room.")})
        return said


class NothingInput(InputSerializer):
    """An action that takes no words."""


class CallTimeInput(InputSerializer):
    """Another call time or role for somebody who is called."""

    role = serializers.CharField(max_length=60, required=False, allow_blank=True, label=_("Role"))
    at = TimeOfDay(label=_("Call time"))
    call_fold = FoldField(label=_("Which hour"))


class SwapInput(InputSerializer):
    """Who comes instead."""

    contributor = VisibleField(Contributor.objects, label=_("Who comes instead"))
