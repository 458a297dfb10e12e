"""What the API says of comp maps and of what is to be edited, and what one may tell it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from rest_framework import serializers

from contributors.models import Contributor
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.fields import InputSerializer, VisibleField
from producerdesk.kit.filters import LARGEST_ID
from producerdesk.kit.rows import Children, Computed, Listed, RowSerializer
from producerdesk.kit.text import one_line
from producerdesk.kit.viewer import Viewer
from projects.models import Song
from projects.serializers import ProjectRef
from sessions.models import CompSection, Take
from sessions.serializers.inputs import may_plan
from sessions.serializers.rows import PersonRef
from sessions.serializers.takes import PerformerRow, playing


def _used(viewer: Viewer) -> QuerySet:
    used = CompSection.takes.through._default_manager.filter(take__removed_at=None)
    return used.order_by("take__taken_at", "take_id")


class SectionRow(RowSerializer):
    """A section of a song and the takes used in it, by id."""

    id = serializers.IntegerField()
    song = serializers.IntegerField(source="song_id")
    position = serializers.IntegerField()
    name = serializers.CharField()
    takes = Listed("take_id", "compsection_id", _used, serializers.IntegerField())
    removed_at = serializers.DateTimeField(allow_null=True)


class CompTake(RowSerializer):
    """A take to choose from, with the session it was played in."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    session = serializers.IntegerField(source="session_id")
    session_title = serializers.CharField(source="session.title")
    time_zone = serializers.CharField(source="session.time_zone")
    taken_at = serializers.DateTimeField()
    performers = Children(PerformerRow, "take_id", playing)
    rating = serializers.IntegerField(allow_null=True)
    keeper = serializers.BooleanField()
    note = serializers.CharField()


class CompMapRow(RowSerializer):
    """Which takes are used where in a song."""

    id = serializers.IntegerField()
    project = ProjectRef()
    title = serializers.CharField()
    sections = Children(SectionRow, "song_id", lambda viewer: CompSection.objects.standing())
    takes = Children(
        CompTake, "song_id", lambda viewer: Take.objects.visible_to(viewer).standing().order_by("taken_at", "pk")
    )


class TakeRef(RowSerializer):
    """A take, in short."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    session = serializers.IntegerField(source="session_id")
    note = serializers.CharField()


class SectionRef(RowSerializer):
    """A section, with the numbers of its takes."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    takes = Listed("take__number", "compsection_id", _used, serializers.IntegerField())


class EditedSong(RowSerializer):
    """The song something is to be edited of."""

    id = serializers.IntegerField()
    title = serializers.CharField()


def _can(viewer: Viewer, desk_id: int, project_id: int) -> dict[str, bool]:
    return {"assign": viewer.can(SCHEDULE_WRITE, desk_id=desk_id, project_id=project_id)}


class EditTaskRow(RowSerializer):
    """Something to edit: a `take` that is kept, a `section` to put together, or what somebody wrote. `text` says it."""

    id = serializers.IntegerField()
    song = EditedSong()
    project = ProjectRef(source="song.project")
    text = serializers.CharField(source="title")
    take = TakeRef(allow_null=True)
    section = SectionRef(allow_null=True)
    assigned_to = PersonRef(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.CharField()
    can = Computed(
        _can,
        "song__project__desk_id",
        "song__project_id",
        kind=serializers.DictField(child=serializers.BooleanField()),
        for_viewer=True,
    )
    version = serializers.IntegerField()

    @classmethod
    def finish(cls, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row["text"] = row["text"] or _worded(row)


def _worded(row: dict[str, Any]) -> str:
    if row["take"]:
        return _("Edit take %(number)d") % row["take"]
    takes = row["section"]["takes"]
    text = ngettext("%(name)s from take %(takes)s", "%(name)s from takes %(takes)s", len(takes))
    return text % {"name": row["section"]["name"], "takes": ", ".join(map(str, takes))}


# --- in -------------------------------------------------------------------------------------------------
class NameInput(InputSerializer):
    """What a section is called."""

    name = serializers.CharField(max_length=60, label=_lazy("Section"))

    def validate_name(self, name: str) -> str:
        return one_line(name)


def _of_song() -> VisibleField:
    return VisibleField(
        Song.objects.select_related("project"),
        may=lambda viewer, song: may_plan(viewer, song.project),
        label=_lazy("Song"),
    )


class NewSectionInput(NameInput):
    """A section, after those there are."""

    song = _of_song()


class PlaceInput(InputSerializer):
    """Where a section goes."""

    position = serializers.IntegerField(min_value=1, max_value=500, label=_lazy("Place"))


class UseInput(InputSerializer):
    """A take of the song, and whether it is used there."""

    take = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, label=_lazy("Take"))
    used = serializers.BooleanField(default=True, label=_lazy("Used"))


class NewTaskInput(InputSerializer):
    """Something to edit on a song."""

    song = _of_song()
    title = serializers.CharField(max_length=200, label=_lazy("What is to be done"))

    def validate_title(self, title: str) -> str:
        return one_line(title)


class AssignInput(InputSerializer):
    """Who does it; nobody where it is left empty."""

    assigned_to = VisibleField(
        Contributor.objects, required=False, allow_null=True, default=None, label=_lazy("Who does it")
    )
