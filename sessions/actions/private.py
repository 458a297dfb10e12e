"""Every way a producer's own notes change. Nothing of them is noted among the deeds, told or sent."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict
from producerdesk.kit.files import stored
from producerdesk.kit.models import bump
from producerdesk.kit.viewer import Viewer
from projects.models import Song
from sessions.actions.standing import who_books
from sessions.models import CoachingNote, StudioSession, VoiceNote
from sessions.voice import Sound, stored_name

NOTES_AT_MOST = 500  # of a session
VOICES_AT_MOST = 100  # of a session: 2 GB at the very most


@transaction.atomic
def write_note(*, viewer: Viewer, session: StudioSession, **said: Any) -> CoachingNote:
    """Write a coaching note."""
    if session.coaching_notes.count() >= NOTES_AT_MOST:
        raise Conflict(_("A session holds up to %(most)d notes.") % {"most": NOTES_AT_MOST})
    return CoachingNote.objects.create(session=session, written_by_id=who_books(viewer), **said)


@transaction.atomic
def change_note(*, note: CoachingNote, expected: int, **said: Any) -> CoachingNote:
    """Change what a coaching note says."""
    bump(note, expected)
    if note.removed_at is not None:
        raise Conflict(_("This note was removed. Bring it back first."))
    for name, value in said.items():
        setattr(note, name, value)
    note.save(update_fields=[*said, "updated_at"])
    return note


@transaction.atomic
def set_note_removed(*, note: CoachingNote, removed: bool) -> CoachingNote:
    """Take a coaching note out, or bring it back."""
    bump(note)
    note.removed_at = clock.now() if removed else None
    note.save(update_fields=["removed_at", "updated_at"])
    return note


def keep_voice(
    *, viewer: Viewer, session: StudioSession, sound: Sound, song: Song | None = None, title: str = ""
) -> VoiceNote:
    """Keep a voice note. Its file is deleted again if the note is not saved."""
    by = who_books(viewer)
    if session.voice_notes.count() >= VOICES_AT_MOST:
        raise Conflict(_("A session holds up to %(most)d voice notes.") % {"most": VOICES_AT_MOST})
    with stored(stored_name(session.pk, sound.suffix), sound.file) as path, transaction.atomic():
        return VoiceNote.objects.create(
            session=session,
            song=song,
            title=title,
            file=path,
            media_type=sound.media_type,
            size=sound.file.size,
            made_at=clock.now(),
            made_by_id=by,
        )


@transaction.atomic
def set_voice_removed(*, note: VoiceNote, removed: bool) -> VoiceNote:
    """Take a voice note out, or bring it back. Its file stays for as long as the session does."""
    note.removed_at = clock.now() if removed else None
    note.save(update_fields=["removed_at"])
    return note
