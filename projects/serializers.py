"""What the API says of projects and songs, and what one may tell it."""

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from producerdesk.accounts.models import Desk
from producerdesk.accounts.roles import BUDGET_READ, PEOPLE_READ, PROJECT_WRITE, SCHEDULE_READ, SCHEDULE_WRITE
from producerdesk.accounts.serializers import DeskRef
from producerdesk.kit import clock
from producerdesk.kit.dates import DayField
from producerdesk.kit.fields import Choice, FormRows, InputSerializer, ModelInputSerializer, VisibleField
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.rows import Children, Computed, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.models import Project, ReferenceTrack, Song, StageDate
from projects.stages import Stage

LONGEST_SECONDS = 6 * 3600
_LENGTH = re.compile(r"^(?:(\d{1,3}):([0-5]\d)|(\d{1,5}))$")


def today(viewer: Viewer) -> dt.date:
    """Return the day by which this viewer judges dates: the one that has begun where the viewer is."""
    return viewer.day or clock.today(viewer.time_zone)


# --- out ----------------------------------------------------------------------------------------------


def as_length(seconds: int | None) -> str | None:
    """Return a length as people write it: 3:45."""
    return None if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


def _earliest(*days: dt.date | None) -> str | None:
    found = [day for day in days if day]
    return min(found).isoformat() if found else None


def _can(viewer: Viewer, desk_id: int, project_id: int) -> dict[str, bool]:
    """Return what this viewer may do with a project, so that pages need not decide."""
    rights = {
        "edit": PROJECT_WRITE,
        "book": SCHEDULE_WRITE,
        "see_sessions": SCHEDULE_READ,
        "see_people": PEOPLE_READ,
        "see_budget": BUDGET_READ,
    }
    return {word: viewer.can(right, desk_id=desk_id, project_id=project_id) for word, right in rights.items()}


_RIGHTS = serializers.DictField(child=serializers.BooleanField())


class ProjectRef(RowSerializer):
    """A project, in short."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    artist = serializers.CharField()


class StageDateRow(RowSerializer):
    """When a stage is due."""

    stage = serializers.ChoiceField(Stage.choices)
    due_on = serializers.DateField()


class ReferenceTrackRow(RowSerializer):
    """A recording that shows the way."""

    title = serializers.CharField()
    url = serializers.URLField()


class SongStage(RowSerializer):
    """How far one song is: a segment of the project's meter."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    late_on = serializers.DateField(allow_null=True)


class ProjectRow(RowSerializer):
    """A project as lists show it.

    `late_on` is the earliest date that was missed: the deadline, a date of the project's own stage (`late_stage`), or
    that of a song.
    """

    id = serializers.IntegerField()
    title = serializers.CharField()
    artist = serializers.CharField()
    kind = serializers.ChoiceField(Project.Kind.choices)
    producer_type = serializers.ChoiceField(Project.ProducerType.choices)
    label = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    deadline = serializers.DateField(allow_null=True)
    late_on = Computed(
        _earliest,
        "late_deadline_on",
        "late_stage_on",
        "late_song_on",
        kind=serializers.DateField(allow_null=True),
    )
    late_stage = serializers.ChoiceField(Stage.choices, allow_null=True)
    late_stage_on = serializers.DateField(allow_null=True)
    desk = DeskRef()
    songs = Children(
        SongStage,
        "project_id",
        lambda viewer: Song.objects.with_lateness(today(viewer)).order_by("position", "pk"),
    )
    can = Computed(_can, "desk_id", "id", kind=_RIGHTS, for_viewer=True)
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class ProjectDetail(ProjectRow):
    """A project, whole. `due` holds the dates that its songs keep to where they have no own."""

    brief = serializers.CharField()
    time_zone = serializers.CharField()
    currency = serializers.CharField()
    due = Children(StageDateRow, "project_id", lambda viewer: StageDate.objects.filter(song=None).in_order())
    reference_tracks = Children(ReferenceTrackRow, "project_id", lambda viewer: ReferenceTrack.objects.all())
    created_at = serializers.DateTimeField()


class SongDateRow(RowSerializer):
    """When a stage of a song is due: on its own date, or (`own` is false) on the project's."""

    stage = serializers.ChoiceField(Stage.choices, source="date_stage")
    due_on = serializers.DateField(source="date_due_on")
    own = serializers.BooleanField(source="date_own")


class SongRow(RowSerializer):
    """A song. `due` holds the date of each stage, `due_on` the next one to keep; `late_on` is the same if it passed."""

    id = serializers.IntegerField()
    project = ProjectRef()
    position = serializers.IntegerField()
    title = serializers.CharField()
    tempo = serializers.DecimalField(6, 2, allow_null=True)
    key = serializers.CharField()
    length = Computed(as_length, "seconds", kind=serializers.CharField(allow_null=True))
    chart_url = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    notes = serializers.CharField()
    due = Children(SongDateRow, "pk", lambda viewer: Song.objects.with_stage_dates())
    due_on = serializers.DateField(allow_null=True)
    late_on = serializers.DateField(allow_null=True)
    can = Computed(_can, "project__desk_id", "project_id", kind=_RIGHTS, for_viewer=True)
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class StageCount(serializers.Serializer):
    """How many projects stand in a stage."""

    stage = serializers.ChoiceField(Stage.choices)
    count = serializers.IntegerField()


class DeadlineRow(RowSerializer):
    """An open project whose deadline is ahead."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    deadline = serializers.DateField()


class ProjectSummary(serializers.Serializer):
    """All projects of the viewer in a few numbers. `produces`: whether records are this viewer's trade."""

    produces = serializers.BooleanField()
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    delivered = serializers.IntegerField()
    stages = StageCount(many=True)
    next = DeadlineRow(allow_null=True)


# --- in -----------------------------------------------------------------------------------------------


@extend_schema_field(OpenApiTypes.STR)
class LengthField(serializers.Field):
    """A length: 3:45, or whole seconds."""

    default_error_messages = {"shape": _lazy("Give minutes and seconds, like 3:45."), "long": _lazy("At most 6 hours.")}

    def to_internal_value(self, data: Any) -> int:
        match = _LENGTH.match(str(data).strip()) if isinstance(data, str | int) and not isinstance(data, bool) else None
        if not match:
            self.fail("shape")
        minutes, seconds, whole = match.groups()
        found = int(whole) if whole else int(minutes) * 60 + int(seconds)
        if found > LONGEST_SECONDS:
            self.fail("long")
        return found

    def to_representation(self, value: int) -> str | None:
        return as_length(value)


class DueInput(InputSerializer):
    """A date for each stage; null or empty takes one away, a missing one stays."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {stage.value: DayField(required=False, allow_null=True, label=stage.label) for stage in Stage}

    def get_attribute(self, instance: Any) -> Any:
        return instance  # the dates stand in rows of their own

    def to_representation(self, instance: Project | Song) -> dict[str, str]:
        mine = {"song": instance} if isinstance(instance, Song) else {"project": instance, "song": None}
        return {date.stage: date.due_on.isoformat() for date in StageDate.objects.filter(**mine)}


class ReferenceTrackInput(ModelInputSerializer):
    """A reference track: a title and a web address."""

    class Meta:
        model = ReferenceTrack
        fields = ["title", "url"]
        list_serializer_class = FormRows


class ProjectInput(ModelInputSerializer):
    """What one may say of a project."""

    due = DueInput(required=False, label=_lazy("Due dates"))
    reference_tracks = ReferenceTrackInput(many=True, required=False, max_length=50, label=_lazy("Reference tracks"))

    class Meta:
        model = Project
        fields = [
            "title",
            "artist",
            "kind",
            "producer_type",
            "label",
            "deadline",
            "time_zone",
            "currency",
            "brief",
            "due",
            "reference_tracks",
        ]

    def validate_deadline(self, day: dt.date | None) -> dt.date | None:
        """A date in the past is refused when it is set or changed, and left in peace when it is only sent back."""
        stands = self.instance.deadline if self.instance else None
        if day and day != stands and day < today(viewer_of(self.context["request"])):
            raise serializers.ValidationError(_("This day has passed."))
        return day


class NewProjectInput(ProjectInput):
    """A new project, perhaps for another desk than the first one works at."""

    desk = VisibleField(
        Desk.objects,
        may=lambda viewer, desk: viewer.can(PROJECT_WRITE, desk_id=desk.pk),
        required=False,
        allow_null=True,
        label=_lazy("Desk"),
    )

    class Meta(ProjectInput.Meta):
        fields = [*ProjectInput.Meta.fields, "desk"]


class StageInput(InputSerializer):
    """The stage something moves to."""

    stage = Choice(Stage.choices, label=_lazy("Stage"))


class SongInput(ModelInputSerializer):
    """What one may say of a song."""

    length = LengthField(
        source="seconds", required=False, allow_null=True, label=_lazy("Length"), help_text=_lazy("Like 3:45.")
    )
    due = DueInput(required=False, label=_lazy("Own due dates"))

    class Meta:
        model = Song
        fields = ["title", "tempo", "key", "length", "chart_url", "stage", "notes", "due"]


class NewSongInput(SongInput):
    """A new song of a project."""

    project = VisibleField(
        Project.objects,
        may=lambda viewer, project: viewer.can(PROJECT_WRITE, desk_id=project.desk_id, project_id=project.pk),
        label=_lazy("Project"),
    )

    class Meta(SongInput.Meta):
        fields = ["project", *SongInput.Meta.fields]


class PositionInput(InputSerializer):
    """Where a song goes."""

    position = serializers.IntegerField(min_value=1, max_value=500, label=_lazy("Number"))
