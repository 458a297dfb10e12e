"""The API of a producer's own notes. Who does not plan the session finds nothing here, called to it or not."""

import itertools
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import Http404, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.once import once
from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.errors import Refused
from producerdesk.kit.files import pieces
from sessions import permissions, serializers, voice
from sessions.actions import private
from sessions.filters import CoachingNoteFilter, VoiceNoteFilter
from sessions.models import CoachingNote, StudioSession, VoiceNote


class _Private(DeskViewSet):
    """What both kinds share: they belong to a session, and to who plans it."""

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset().select_related("session")
        return found.standing() if self.action == "list" else found  # one that was removed can be brought back

    def place_of(self, found: CoachingNote | VoiceNote) -> tuple[int, int]:
        return found.session.desk_id, found.session.project_id

    def form_narrow(self, action: str, found: CoachingNote | VoiceNote | None) -> dict[str, Q]:
        session = found.session if found else self._asked_session()
        if session is None:
            return {"session": Q(pk__in=())}  # a form stands on a session's page; a program knows its id
        people = Q(desk_id=session.desk_id, active=True)
        return {"session": Q(pk=session.pk), "song": Q(project_id=session.project_id), "about": people}

    def _asked_session(self) -> StudioSession | None:
        text = self.request.query_params.get("session", "")
        if not text.isdecimal() or len(text) > 17:
            return None
        return StudioSession.objects.visible_to(self.viewer).filter(pk=int(text)).first()


class CoachingNoteViewSet(_Private):
    """Coaching notes, for the producers alone."""

    queryset = CoachingNote.objects
    row = serializers.CoachingNoteRow
    filterset_class = CoachingNoteFilter
    needs = permissions.COACHING_NOTES
    inputs = {
        "create": serializers.NewCoachingNoteInput,
        "update": serializers.CoachingNoteInput,
        "restore": serializers.NothingInput,
    }

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().order_by("created_at", "pk")

    def form_values(self, found: CoachingNote, action: str = "update") -> dict[str, Any]:
        return {"about": found.about_id, "song": found.song_id, "text": found.text} if action == "update" else {}

    @once
    def create(self, request: Any) -> Response:
        note = private.write_note(viewer=self.viewer, **self.said())
        return self.answer(note.pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        note = self.get_object()
        private.change_note(note=note, expected=self.expected_version(), **self.said(note))
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        private.set_note_removed(note=self.get_object(), removed=True)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Bring a note back that was removed."""
        private.set_note_removed(note=self.get_object(), removed=False)
        return self.answer(pk)


class VoiceNoteViewSet(_Private):
    """Voice notes, for the producers alone."""

    queryset = VoiceNote.objects
    row = serializers.VoiceNoteRow
    filterset_class = VoiceNoteFilter
    needs = permissions.VOICE_NOTES
    inputs = {"create": serializers.VoiceNoteInput, "restore": serializers.NothingInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().order_by("made_at", "pk")

    @once
    def create(self, request: Any) -> Response:
        """Keep a recording: send a form (multipart) with the file in `sound`."""
        said = self.said()
        try:
            sound = voice.check(said.pop("sound"))
        except voice.NotASound as why:
            raise Refused({"sound": str(why)}) from None
        note = private.keep_voice(viewer=self.viewer, sound=sound, **said)
        return self.answer(note.pk, status=201)

    @extend_schema(responses=dict.fromkeys(itertools.product((200, 206), voice.MEDIA_TYPES), OpenApiTypes.BINARY))
    @action(detail=True)
    def sound(self, request: Any, pk: str) -> StreamingHttpResponse:
        """The recording itself, whole or the part that a Range header asks for."""
        note = self.get_object()
        path = str(note.file.name)
        if not default_storage.exists(path):
            raise Http404
        part = voice.asked_part(request.headers.get("Range", ""), note.size)
        first, last = part or (0, note.size - 1)
        answer = StreamingHttpResponse(pieces(path, first, last), content_type=note.media_type)
        if part:
            answer.status_code = 206
            answer["Content-Range"] = f"bytes {first}-{last}/{note.size}"
        answer["Accept-Ranges"] = "bytes"
        answer["Content-Length"] = str(last - first + 1)
        answer["Content-Disposition"] = f'attachment; filename="voice-note-{pk}.{path.rsplit(".", 1)[-1]}"'
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer["Cache-Control"] = "private, no-store"
        return answer

    def destroy(self, request: Any, pk: str) -> Response:
        private.set_voice_removed(note=self.get_object(), removed=True)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Bring a voice note back that was removed."""
        private.set_voice_removed(note=self.get_object(), removed=False)
        return self.answer(pk)
