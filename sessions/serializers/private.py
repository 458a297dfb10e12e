"""What the API says of a producer's own notes, and what one may tell it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contributors.models import Contributor
from producerdesk.kit.fields import InputSerializer, VisibleField
from producerdesk.kit.rows import RowSerializer
from producerdesk.kit.text import one_line
from projects.models import Song
from sessions.models import StudioSession
from sessions.serializers.inputs import may_plan
from sessions.serializers.rows import PersonRef


class NoteSong(RowSerializer):
    """The song a note is about."""

    id = serializers.IntegerField()
    title = serializers.CharField()


class CoachingNoteRow(RowSerializer):
    """How to bring the best out of somebody. For the producers alone."""

    id = serializers.IntegerField()
    session = serializers.IntegerField(source="session_id")
    song = NoteSong(allow_null=True)
    about = PersonRef(allow_null=True)
    text = serializers.CharField()
    written_by = serializers.CharField(source="written_by.name")
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class VoiceNoteRow(RowSerializer):
    """What is known of a voice note. The sound itself is at its `sound/`."""

    id = serializers.IntegerField()
    session = serializers.IntegerField(source="session_id")
    song = NoteSong(allow_null=True)
    title = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField(source="made_by.name")


def _session() -> VisibleField:
    return VisibleField(
        StudioSession.objects.select_related("project"),
        may=lambda viewer, session: may_plan(viewer, session.project),
        label=_("Session"),
    )


def _song() -> VisibleField:
    return VisibleField(Song.objects, required=False, allow_null=True, default=None, label=_("Song"))


class _OfSession(InputSerializer):
    """What belongs to a session: a song and a person of the same project and desk."""

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        session = said.get("session") or getattr(self.instance, "session", None)
        if session and said.get("song") and said["song"].project_id != session.project_id:
            raise serializers.ValidationError({"song": [_("Choose a song of this project.")]})
        if session and said.get("about") and said["about"].desk_id != session.desk_id:
            raise serializers.ValidationError({"about": [_("Choose somebody of the desk.")]})
        return said


class CoachingNoteInput(_OfSession):
    """What a coaching note says."""

    about = VisibleField(Contributor.objects, required=False, allow_null=True, default=None, label=_("About whom"))
    song = _song()
    text = serializers.CharField(max_length=4_000, label=_("Note"), style={"base_template": "textarea.html"})


class NewCoachingNoteInput(CoachingNoteInput):
    """A coaching note of a session."""

    session = _session()


class VoiceNoteInput(_OfSession):
    """A recording, as a form (multipart) with the file in `sound`."""

    session = _session()
    song = _song()
    title = serializers.CharField(
        max_length=160, required=False, allow_blank=True, default="", label=_("What it is about")
    )
    sound = serializers.FileField(label=_("Recording"), help_text=_("WebM, Ogg, M4A, MP3, WAV or FLAC, up to 20 MB."))

    def validate_title(self, title: str) -> str:
        return one_line(title)
