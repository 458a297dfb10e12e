"""What the API says of sessions and of who is called to them."""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from rest_framework import serializers

from producerdesk.accounts.roles import BUDGET_READ, SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.rows import Children, Computed, Listed, Only, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.serializers import DeskRef, ProjectRef
from sessions import warnings
from sessions.booking import away
from sessions.booking.holds import ranks
from sessions.models import Call, CallSheetVersion, Gear, SessionSeries, SheetCopy, StudioSession
from sessions.models.session import is_up
from sessions.permissions import is_in_room
from sessions.serializers.call_sheet import SheetRef
from sessions.serializers.gear import GearRef, RoomGear
from sessions.serializers.studios import RoomRef

FLAGS = serializers.DictField(child=serializers.BooleanField())

# --- who reads what -------------------------------------------------------------------------------------


def _plans(viewer: Viewer, desk_id: int, project_id: int) -> bool:
    return viewer.can(SCHEDULE_WRITE, desk_id=desk_id, project_id=project_id)


def _plans_or_is_called(viewer: Viewer, desk_id: int, project_id: int, called: bool) -> bool:
    return called or _plans(viewer, desk_id, project_id)


def plans_or_is_it(viewer: Viewer, desk_id: int, project_id: int, contributor_id: int, user_id: int | None) -> bool:
    return is_it(viewer, contributor_id, user_id) or _plans(viewer, desk_id, project_id)


def is_it(viewer: Viewer, contributor_id: int, user_id: int | None) -> bool:
    if viewer.contributor_id:
        return viewer.contributor_id == contributor_id
    return user_id is not None and viewer.user_id == user_id


def may_move(viewer: Viewer, desk_id: int, project_id: int, state: str) -> bool:
    """Return whether the viewer may give the session another time or room."""
    return state in (StudioSession.State.HOLD, StudioSession.State.CONFIRMED) and _plans(viewer, desk_id, project_id)


def _can(
    viewer: Viewer, desk_id: int, project_id: int, state: str, starts_at: dt.datetime, is_there: bool
) -> dict[str, bool]:
    """Return what this viewer may do with a session in this state, so that pages need not decide."""
    plans = _plans(viewer, desk_id, project_id)
    open_ = state in (StudioSession.State.HOLD, StudioSession.State.CONFIRMED)
    now = clock.now()
    return {
        "edit": plans and state != StudioSession.State.CANCELLED,
        "move": plans and open_,
        "call": plans and open_,
        "confirm": plans and state == StudioSession.State.HOLD,
        "cancel": plans and open_,
        "restore": plans and state == StudioSession.State.CANCELLED,
        # wrapped again, the ledger gets the difference
        "wrap": plans and state in (StudioSession.State.CONFIRMED, StudioSession.State.WRAPPED) and starts_at <= now,
        "duplicate": plans,
        "take_log": is_in_room(viewer, desk_id, project_id, is_there),
        "see_costs": viewer.can(BUDGET_READ, desk_id=desk_id, project_id=project_id),
    }


# --- out ------------------------------------------------------------------------------------------------


class PersonRef(RowSerializer):
    """A person, by name alone."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class SongRef(RowSerializer):
    """A song a session works on."""

    id = serializers.IntegerField(source="song_id")
    title = serializers.CharField(source="song.title")


OF_A_CALL = ("session__desk_id", "session__project_id", "contributor_id", "contributor__user_id")


class CallRow(RowSerializer):
    """A person called. The answer is for who plans the session, and for that person."""

    id = serializers.IntegerField()
    person = PersonRef(source="contributor")
    role = serializers.CharField()
    call_at = serializers.DateTimeField()
    answer = Only(serializers.ChoiceField(Call.Answer.choices), plans_or_is_it, *OF_A_CALL)
    reason = Only(serializers.CharField(), plans_or_is_it, *OF_A_CALL)
    proposed_at = Only(serializers.DateTimeField(allow_null=True), plans_or_is_it, *OF_A_CALL)
    answered_at = Only(serializers.DateTimeField(allow_null=True), plans_or_is_it, *OF_A_CALL)
    seen_at = Only(serializers.DateTimeField(allow_null=True), _plans, "session__desk_id", "session__project_id")
    mine = Only(
        Computed(lambda: True, kind=serializers.BooleanField()),
        lambda viewer, contributor_id, user_id: is_it(viewer, contributor_id, user_id),
        "contributor_id",
        "contributor__user_id",
    )
    # it rises with each answer, so it is told to whom the answers are
    version = Only(serializers.IntegerField(), plans_or_is_it, *OF_A_CALL)


def called(viewer: Viewer) -> QuerySet:
    """Return the calls that stand, in their order."""
    return Call.objects.filter(removed_at=None)


def _worked_on(viewer: Viewer) -> QuerySet:
    return StudioSession.songs.through.objects.order_by("song__position", "song_id")


_PLACE = ("desk_id", "project_id")
HOLD = ("state", "hold_until", "answer_by")
_HELD = StudioSession.State.HOLD


def is_expired(state: str, hold_until: dt.datetime | None, answer_by: dt.datetime | None) -> bool:
    return state == _HELD and is_up(clock.now(), hold_until, answer_by)


class HeldRow(RowSerializer):
    """How a hold stands. `hold_rank` is 1 for the first hold, for who plans it; what has `expired` is in no line."""

    expired = Computed(is_expired, *HOLD, kind=serializers.BooleanField())
    hold_rank = Only(Computed(lambda: None, kind=serializers.IntegerField(allow_null=True)), _plans, *_PLACE)

    @classmethod
    def finish(cls, rows: list[dict[str, Any]]) -> None:
        held = [row for row in rows if row["state"] == _HELD and not row["expired"] and "hold_rank" in row]
        found = ranks([row["id"] for row in held], clock.now())
        for row in held:
            row["hold_rank"] = found[row["id"]]


class SessionWarning(serializers.Serializer):
    """What could go wrong with a session. `link` is the page on which it is put right, where there is one."""

    code = serializers.ChoiceField([(code, code) for code in warnings.CODES])
    text = serializers.CharField()
    link = serializers.CharField()


class Warned(RowSerializer):
    """A session ahead with its warnings, for who plans it."""

    warnings = Only(Computed(list, kind=SessionWarning(many=True)), _plans, *_PLACE)

    @classmethod
    def finish(cls, rows: list[dict[str, Any]]) -> None:
        super().finish(rows)
        planned = [row for row in rows if "warnings" in row]
        if planned:
            for row, found in zip(planned, warnings.of(planned, clock.now()), strict=True):
                row["warnings"] = found


class SessionInBrief(RowSerializer):
    """What is said of a session wherever there is one. Instants are UTC."""

    id = serializers.IntegerField()
    project = ProjectRef()
    title = serializers.CharField()
    state = serializers.ChoiceField(StudioSession.State.choices)
    room = RoomRef(allow_null=True)
    time_zone = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class SessionFacts(SessionInBrief):
    """What every list says of a session. `starts_local` is the wall time in `time_zone`."""

    kind = serializers.ChoiceField(StudioSession.Kind.choices)
    remote_place = serializers.CharField()
    starts_local = serializers.CharField()
    hold_until = serializers.DateTimeField(allow_null=True)
    expired = Computed(is_expired, *HOLD, kind=serializers.BooleanField())
    calls = Children(CallRow, "session_id", called)


class SeriesRef(RowSerializer):
    """The series that a session is a date of. `weekdays` count from 0 for Monday."""

    id = serializers.IntegerField()
    rule = serializers.ChoiceField(SessionSeries.Rule.choices)
    every = serializers.IntegerField()
    weekdays = serializers.ListField(child=serializers.IntegerField())
    count = serializers.IntegerField()


class SessionRow(HeldRow, SessionFacts):
    """A session as lists show it."""

    ends_local = serializers.CharField()
    songs = Children(SongRef, "studiosession_id", _worked_on)
    sequence = serializers.IntegerField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    series = SeriesRef(allow_null=True)
    series_number = serializers.IntegerField(allow_null=True)


class ReservedGear(GearRef):
    """An item that a session has reserved."""

    id = serializers.IntegerField(source="gear_id")
    name = serializers.CharField(source="gear.name")
    kind = serializers.ChoiceField(Gear.Kind.choices, source="gear.kind")
    serial = serializers.CharField(source="gear.serial")


def _reserved(viewer: Viewer) -> QuerySet:
    """Return the gear of sessions, for who books at its desk. Who is called reads of it on the call sheet."""
    gear = StudioSession.gear.through.objects.filter(gear__desk_id__in=viewer.reach_desks(SCHEDULE_WRITE))
    return gear.order_by("gear__kind", "gear__name", "gear_id")


class SessionWarnings(Warned, SessionFacts):
    """What warnings are found by, and they."""


class WarningList(serializers.Serializer):
    """What could go wrong with a session, the gravest first."""

    count = serializers.IntegerField()
    results = SessionWarning(many=True)


def _in_the_room(viewer: Viewer) -> QuerySet:
    """Return what stays in rooms, for who books at their desk."""
    return Gear.objects.visible_to(viewer).staying().order_by("kind", "name", "pk")


class SessionDetail(SessionRow):
    """A session, whole. Private notes are for producers, access notes for who plans it or is called."""

    desk = DeskRef()
    gear = Children(ReservedGear, "studiosession_id", _reserved)
    room_gear = Children(RoomGear, "room__sessions", _in_the_room)
    prepare = serializers.CharField()
    address = serializers.CharField(source="room.studio.address", allow_null=True)
    access_notes = Only(
        serializers.CharField(source="room.studio.access_notes", allow_null=True),
        _plans_or_is_called,
        *_PLACE,
        "is_called",
    )
    setup_minutes = serializers.IntegerField(source="room.setup_minutes", allow_null=True)
    reset_minutes = serializers.IntegerField(source="room.reset_minutes", allow_null=True)
    outside_hours = serializers.BooleanField()
    real_starts_at = serializers.DateTimeField(allow_null=True)
    real_ends_at = serializers.DateTimeField(allow_null=True)
    answer_by = Only(serializers.DateTimeField(allow_null=True), _plans, *_PLACE)
    cancel_reason = serializers.CharField()
    notes = Only(serializers.CharField(), _plans, *_PLACE)
    booked_by = serializers.CharField(source="booked_by.name")
    # written down when it was over: nobody was reminded of it
    booked_afterwards = Computed(
        lambda created_at, ends_at: ends_at <= created_at, "created_at", "ends_at", kind=serializers.BooleanField()
    )
    created_at = serializers.DateTimeField()
    can = Computed(
        _can,
        *_PLACE,
        "state",
        "starts_at",
        "is_there",
        kind=serializers.DictField(child=serializers.BooleanField()),
        for_viewer=True,
    )

    @classmethod
    def finish(cls, rows: list[dict[str, Any]]) -> None:
        super().finish(rows)
        for row in rows:
            moments = (dt.datetime.fromisoformat(row[name]) for name in ("starts_at", "ends_at"))
            days = away.days_of(*moments, row["time_zone"])
            out = away.repairs_of([item["id"] for item in row["room_gear"]], *days)
            for item in row["room_gear"]:
                item["is_out"] = item["id"] in out


class PlayedSong(SongRef):
    """A song the session works on, with what whoever plays it asks."""

    tempo = serializers.DecimalField(source="song.tempo", max_digits=6, decimal_places=2, allow_null=True)
    key = serializers.CharField(source="song.key")
    chart_url = serializers.CharField(source="song.chart_url")


class PlannedBreak(serializers.Serializer):
    """A break of the running order, placed in time."""

    what = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


def breaks_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the breaks of a running order that is placed in time."""
    return [{name: row[name] for name in ("what", "starts_at", "ends_at")} for row in rows if row["is_break"]]


def _sheets(viewer: Viewer) -> QuerySet:
    """Return what the call sheet says that each of the called has."""
    version = CallSheetVersion.objects.filter(session=OuterRef("call__session"), number=OuterRef("number"))
    return SheetCopy.objects.annotate(said=Subquery(version.values("content")[:1]))


class CalledTo(SessionRow):
    """The session of a call, with all that who is called needs to come: only the called and who plans read calls."""

    hold_rank = None  # told of sessions, not of calls

    songs = Children(PlayedSong, "studiosession_id", _worked_on)

    desk = DeskRef()
    prepare = serializers.CharField()
    address = serializers.CharField(source="room.studio.address", allow_null=True)
    access_notes = serializers.CharField(source="room.studio.access_notes", allow_null=True)
    phone = serializers.CharField(source="room.studio.phone", allow_null=True)
    cancel_reason = serializers.CharField()


# what a session tells who was taken off it: enough for a calendar to drop it, no door code and no company
_AFTER_REMOVAL: dict[str, Any] = {
    "prepare": "",
    "address": None,
    "access_notes": None,
    "phone": None,
    "calls": [],
    "songs": [],
}


class CallDetail(CallRow):
    """A call and its session: what somebody answers. Who was taken off reads no more than when it would have been."""

    session = CalledTo()
    breaks = Listed("said", "call_id", _sheets, PlannedBreak())
    call_sheet = SheetRef(source="sheet_copy", allow_null=True)
    removed_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()

    @classmethod
    def finish(cls, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row["breaks"] = [each for sheet in row["breaks"] for each in breaks_of(sheet["running_order"])]
            if row["removed_at"] is not None:
                row["session"] |= _AFTER_REMOVAL
                row["breaks"] = []


class HostRow(RowSerializer):
    """A desk that calls one to sessions, and who owns it: whom to ask.

    In its quiet hours, on the clock of whom a mail goes to, it sends none that can wait.
    """

    id = serializers.IntegerField(source="desk_id")
    name = serializers.CharField(source="desk_name")
    owner = serializers.CharField(allow_null=True)
    owner_email = serializers.CharField(allow_null=True)
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)


class ScheduleRow(serializers.Serializer):
    """Whose schedule this is, and the desks whose people may call that person."""

    name = serializers.CharField()
    time_zone = serializers.CharField()
    desks = HostRow(many=True)
