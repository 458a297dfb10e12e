"""What the API says of a long span of sessions, short: a month of a full desk in one small answer."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from producerdesk.kit.rows import Children, Computed, Only, RowSerializer
from projects.serializers import ProjectRef
from sessions.models import Call, Gear, StudioSession
from sessions.serializers.rows import OF_A_CALL, HeldRow, PersonRef, SessionInBrief, called, may_move, plans_or_is_it
from sessions.serializers.studios import RoomRef, StudioDetail


class CalendarCall(RowSerializer):
    """Somebody called, as a calendar needs it. The answer is for who plans the session, and for that person."""

    person = PersonRef(source="contributor")
    role = serializers.CharField()
    call_at = serializers.DateTimeField()
    answer = Only(serializers.ChoiceField(Call.Answer.choices), plans_or_is_it, *OF_A_CALL)
    # where the person is at home, as far as the desk knows
    time_zone = Only(serializers.CharField(source="contributor.time_zone"), plans_or_is_it, *OF_A_CALL)


class CalendarRow(HeldRow, SessionInBrief):
    """A session as a calendar draws it."""

    kind = serializers.ChoiceField(StudioSession.Kind.choices)
    remote_place = serializers.CharField()
    starts_local = serializers.CharField()
    ends_local = serializers.CharField()
    starts_fold = serializers.IntegerField()
    ends_fold = serializers.IntegerField()
    outside_hours = serializers.BooleanField()
    setup_minutes = serializers.IntegerField(source="room.setup_minutes", allow_null=True)
    reset_minutes = serializers.IntegerField(source="room.reset_minutes", allow_null=True)
    may_move = Computed(may_move, "desk_id", "project_id", "state", kind=serializers.BooleanField(), for_viewer=True)
    version = serializers.IntegerField()
    calls = Children(CalendarCall, "session_id", called)


class CalendarRows(serializers.Serializer):
    """Sessions that something stands in the way of, all of them."""

    count = serializers.IntegerField()
    results = CalendarRow(many=True)


class CalendarPage(serializers.Serializer):
    """The sessions of a span. `more` says that there are further ones: ask for a shorter span."""

    more = serializers.BooleanField()
    results = CalendarRow(many=True)


class MonthRow(HeldRow, SessionInBrief):
    """A session as the square of a day shows it."""

    outside_hours = serializers.BooleanField()
    may_move = Computed(may_move, "desk_id", "project_id", "state", kind=serializers.BooleanField(), for_viewer=True)
    version = serializers.IntegerField()


class BriefSession(serializers.Serializer):
    """A session, with its project and its room by id alone."""

    id = serializers.IntegerField()
    project = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.ChoiceField(StudioSession.State.choices)
    room = serializers.IntegerField(allow_null=True)
    time_zone = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    outside_hours = serializers.BooleanField()
    may_move = serializers.BooleanField()
    expired = serializers.BooleanField()
    hold_rank = serializers.IntegerField(allow_null=True, required=False)
    version = serializers.IntegerField()


class BriefCalendar(serializers.Serializer):
    """The sessions of a span, and once each the projects and rooms they name. `more`: ask for a shorter span."""

    more = serializers.BooleanField()
    projects = ProjectRef(many=True)
    rooms = RoomRef(many=True)
    results = BriefSession(many=True)


class BusySpan(serializers.Serializer):
    """A room, an item of gear or a person is not free from then till then.

    By what is not told, but for an imported `calendar`.
    """

    room = serializers.IntegerField(allow_null=True)
    gear = serializers.IntegerField(allow_null=True)
    person = serializers.IntegerField(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    calendar = serializers.CharField(allow_null=True)


class BusyPage(serializers.Serializer):
    """What is taken by sessions that the viewer may not see, and by imported calendars.

    `more` says that there are further ones: ask for a shorter span.
    """

    more = serializers.BooleanField()
    results = BusySpan(many=True)


class StudioWithHours(StudioDetail):
    """A studio with the hours it was just given, and what is booked outside of them."""

    outside = CalendarRow(many=True)


class OpenSpan(serializers.Serializer):
    """A studio is open from then till then."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class OpenStudio(serializers.Serializer):
    """When a studio is open."""

    studio = serializers.IntegerField()
    time_zone = serializers.CharField()
    spans = OpenSpan(many=True)


class OpenPage(serializers.Serializer):
    """When studios are open."""

    results = OpenStudio(many=True)


class CalendarItem(serializers.Serializer):
    """An item of gear that sessions reserve."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Gear.Kind.choices)
    serial = serializers.CharField()


class ReservedItem(serializers.Serializer):
    """A session has an item."""

    session = serializers.IntegerField()
    gear = serializers.IntegerField()


class ItemOut(serializers.Serializer):
    """An item is out for repair on these days, both included; without a last one nobody knows until when."""

    gear = serializers.IntegerField()
    first = serializers.DateField()
    last = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class GearCalendar(serializers.Serializer):
    """What a calendar tells of gear. `more` says that there is further gear, or more of it reserved."""

    more = serializers.BooleanField()
    items = CalendarItem(many=True)
    reserved = ReservedItem(many=True)
    out = ItemOut(many=True)


def briefly(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows with each project and each room said once: they are most of what a row weighs."""
    projects: dict[int, dict[str, Any]] = {}
    rooms: dict[int, dict[str, Any]] = {}
    results = []
    for row in rows:
        project, room = row["project"], row["room"]
        projects.setdefault(project["id"], project)
        if room:
            rooms.setdefault(room["id"], room)
        results.append(row | {"project": project["id"], "room": room and room["id"]})
    return {"projects": list(projects.values()), "rooms": list(rooms.values()), "results": results}
