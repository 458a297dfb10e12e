"""What the API says of the take log, and what one may tell it."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit import papers
from producerdesk.kit.dates import MomentField
from producerdesk.kit.fields import ModelInputSerializer
from producerdesk.kit.filters import LARGEST_ID
from producerdesk.kit.rows import Children, Computed, RowSerializer, utc
from producerdesk.kit.viewer import Viewer
from projects.serializers import ProjectRef
from projects.stages import Stage
from sessions import permissions
from sessions.models import Call, StudioSession, Take
from sessions.serializers.rows import PlannedBreak, PlayedSong, breaks_of
from sessions.sheets.running import Span, timed

PERFORMERS_AT_MOST = 60


# --- out ------------------------------------------------------------------------------------------------


class PerformerRow(RowSerializer):
    """Who plays on a take."""

    id = serializers.IntegerField(source="contributor_id")
    name = serializers.CharField(source="contributor.name")


def playing(viewer: Viewer) -> QuerySet:
    """Return who plays on takes, by name."""
    return Take.performers.through._default_manager.order_by("contributor__name", "contributor_id")


class TakeRow(RowSerializer):
    """A take. `key` is what whoever logged it called it."""

    id = serializers.IntegerField()
    key = serializers.UUIDField()
    session = serializers.IntegerField(source="session_id")
    song = serializers.IntegerField(source="song_id")
    song_title = serializers.CharField(source="song.title")
    number = serializers.IntegerField()
    taken_at = serializers.DateTimeField()
    performers = Children(PerformerRow, "take_id", playing)
    rating = serializers.IntegerField(allow_null=True)
    keeper = serializers.BooleanField()
    reason = serializers.CharField()
    note = serializers.CharField()
    logged_by = serializers.CharField(source="logged_by.name", allow_null=True)
    removed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class PresentPerson(RowSerializer):
    """Somebody called to the session."""

    id = serializers.IntegerField(source="contributor_id")
    name = serializers.CharField(source="contributor.name")
    role = serializers.CharField()


def _worked_on(viewer: Viewer) -> QuerySet:
    return StudioSession.songs.through._default_manager.order_by("song__position", "song_id")


def _coming(viewer: Viewer) -> QuerySet:
    return Call.objects.filter(removed_at=None).exclude(answer=Call.Answer.DECLINED).order_by("call_at", "pk")


def _taken(viewer: Viewer) -> QuerySet:
    return Take.objects.standing().order_by("taken_at", "pk")


def _breaks(
    viewer: Viewer,
    desk_id: int,
    project_id: int,
    written: list[dict[str, Any]] | None,
    wrap: str | None,
    sent: dict[str, Any] | None,
    *span: Any,
) -> list[dict[str, Any]]:
    """Return the breaks: as they are written for who plans, as they were sent last for everybody else."""
    if viewer.can(SCHEDULE_WRITE, desk_id=desk_id, project_id=project_id) and written is not None:
        order = timed(written, wrap or "", Span(*span))
        rows = [
            row | {"starts_at": utc(at[0]), "ends_at": utc(at[1])} for row, at in zip(written, order.rows, strict=True)
        ]
    else:
        rows = sent["running_order"] if sent else []
    return breaks_of(rows)


def _can(viewer: Viewer, desk_id: int, project_id: int, state: str, engineers: bool) -> dict[str, bool]:
    return {
        "log": permissions.may_log(viewer, desk_id, project_id, engineers) and state != StudioSession.State.CANCELLED,
        "edit": viewer.can(SCHEDULE_WRITE, desk_id=desk_id, project_id=project_id),
    }


class TakeLogRow(RowSerializer):
    """What happened in the room: the session's songs, who is there, and every take in the order they were played."""

    id = serializers.IntegerField()
    project = ProjectRef()
    title = serializers.CharField()
    state = serializers.ChoiceField(StudioSession.State.choices)
    time_zone = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    daw = serializers.CharField(source="input_list.daw", allow_null=True)
    sample_rate = serializers.IntegerField(source="input_list.sample_rate", allow_null=True)
    bit_depth = serializers.IntegerField(source="input_list.bit_depth", allow_null=True)
    songs = Children(PlayedSong, "studiosession_id", _worked_on)
    breaks = Computed(
        _breaks,
        *("desk_id", "project_id", "call_sheet__running_order", "call_sheet__wrap", "sent_sheet"),
        *("starts_at", "ends_at", "time_zone"),
        kind=PlannedBreak(many=True),
        for_viewer=True,
    )
    people = Children(PresentPerson, "session_id", _coming)
    takes = Children(TakeRow, "session_id", _taken)
    me = Computed(lambda viewer: viewer.principal, kind=serializers.CharField(), for_viewer=True)
    can = Computed(
        _can,
        "desk_id",
        "project_id",
        "state",
        "engineers",
        kind=serializers.DictField(child=serializers.BooleanField()),
        for_viewer=True,
    )


class ReportedSong(PlayedSong):
    """A song as the session leaves it: how far it is, how many takes there are of it, how many are kept."""

    stage = serializers.ChoiceField(Stage.choices, source="song.stage")
    takes = Computed(lambda: 0, kind=serializers.IntegerField())
    keepers = Computed(lambda: 0, kind=serializers.IntegerField())


class ReportRow(TakeLogRow):
    """What a session came to. Minutes are null until it is wrapped; overtime is what it took longer than planned."""

    kind = serializers.ChoiceField(StudioSession.Kind.choices)
    paper = Computed(papers.of_desk, "desk__paper", "desk__time_zone", kind=serializers.ChoiceField(papers.CHOICES))
    real_starts_at = serializers.DateTimeField(allow_null=True)
    real_ends_at = serializers.DateTimeField(allow_null=True)
    planned_minutes = Computed(lambda: 0, kind=serializers.IntegerField())
    real_minutes = Computed(lambda: None, kind=serializers.IntegerField(allow_null=True))
    overtime_minutes = Computed(lambda: None, kind=serializers.IntegerField(allow_null=True))
    songs = Children(ReportedSong, "studiosession_id", _worked_on)

    @classmethod
    def finish(cls, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row["planned_minutes"] = _minutes(row["starts_at"], row["ends_at"])
            if row["real_starts_at"]:
                row["real_minutes"] = _minutes(row["real_starts_at"], row["real_ends_at"])
                row["overtime_minutes"] = max(0, row["real_minutes"] - row["planned_minutes"])
            for song in row["songs"]:
                takes = [take for take in row["takes"] if take["song"] == song["id"]]
                song |= {"takes": len(takes), "keepers": sum(take["keeper"] for take in takes)}


def _minutes(starts_at: str, ends_at: str) -> int:
    length = datetime.fromisoformat(ends_at) - datetime.fromisoformat(starts_at)
    return round(length.total_seconds() / 60)


# --- in -------------------------------------------------------------------------------------------------


class PerformersField(serializers.ListField):
    """Ids of people called to the session."""

    def __init__(self, **options: Any) -> None:
        child = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
        said = {"label": _("Who plays"), "required": False, "max_length": PERFORMERS_AT_MOST}
        super().__init__(**said | options | {"child": child})


class TakeInput(ModelInputSerializer):
    """What is noted of a take, all of it."""

    performers = PerformersField(default=list)

    class Meta:
        model = Take
        fields = ["performers", "rating", "keeper", "reason", "note"]
        # kept as sent: who waits for the network compares what stands there with what was typed
        extra_kwargs = {name: {"trim_whitespace": False} for name in ("reason", "note")}

    def to_representation(self, instance: Take) -> dict[str, Any]:
        said = {name: getattr(instance, name) for name in ("rating", "keeper", "reason", "note")}
        return {"performers": sorted(instance.performers.values_list("pk", flat=True))} | said


class NewTakeInput(TakeInput):
    """A take as it is logged. `key` is a UUID of one's own: sent again, it leads to the same take."""

    key = serializers.UUIDField()
    song = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, label=_("Song"))
    taken_at = MomentField(required=False, label=_("Time of day"))

    class Meta(TakeInput.Meta):
        fields = ["key", "song", "taken_at", *TakeInput.Meta.fields]
