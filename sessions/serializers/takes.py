"""What the API says of the take log, and what one may tell it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.fields import ModelInputSerializer
from producerdesk.kit.filters import LARGEST_ID
from producerdesk.kit.rows import Children, Computed, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.serializers import ProjectRef
from sessions import permissions
from sessions.models import Call, StudioSession, Take

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


class PlayedSong(RowSerializer):
    """A song the session works on, with what the room asks of it."""

    id = serializers.IntegerField(source="song_id")
    title = serializers.CharField(source="song.title")
    tempo = serializers.DecimalField(source="song.tempo", max_digits=6, decimal_places=2, allow_null=True)
    key = serializers.CharField(source="song.key")
    chart_url = serializers.CharField(source="song.chart_url")


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
    taken_at = serializers.DateTimeField(required=False, label=_("Time of day"))

    class Meta(TakeInput.Meta):
        fields = ["key", "song", "taken_at", *TakeInput.Meta.fields]
