"""Voice notes: what a file really is, by its content. Nothing here knows the database.

Taken is what browsers and phones record: WebM, Ogg, MP4 (M4A), MP3, WAV, FLAC. What the sender says of the file counts
for nothing, and a file that begins like a page is refused: it is only ever served as sound, and to be saved.
"""

import re
import secrets
from dataclasses import dataclass

from django.core.files.base import File
from django.utils.translation import gettext as _

MEGABYTES = 20  # an hour of speech as phones record it
LARGEST_FILE = MEGABYTES * 2**20
_HEAD = 4096
MEDIA_TYPES = ("audio/webm", "audio/ogg", "audio/mp4", "audio/wav", "audio/flac", "audio/mpeg")
_MARKUP = re.compile(rb"<script|<html|<svg|<!doctype|<\?php|<iframe|<\?xml|%pdf-", re.IGNORECASE)
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


class NotASound(Exception):
    """This file is not taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that may be kept."""

    file: File
    media_type: str
    suffix: str


def check(file: File) -> Sound:
    """Return what the file is. Raises NotASound for what is not taken."""
    if not file.size:
        raise NotASound(_("This file is empty."))
    if file.size > LARGEST_FILE:
        raise NotASound(too_large())
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    found = _kind(head)
    if found is None or _MARKUP.search(head):
        raise NotASound(_("Send a recording: WebM, Ogg, M4A, MP3, WAV or FLAC."))
    return Sound(file, *found)


def _kind(head: bytes) -> tuple[str, str] | None:
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return "audio/webm", "webm"
    if head.startswith(b"OggS"):
        return "audio/ogg", "ogg"
    if head[4:8] == b"ftyp":
        return "audio/mp4", "m4a"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav", "wav"
    if head.startswith(b"fLaC"):
        return "audio/flac", "flac"
    if head.startswith(b"ID3") or (len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "audio/mpeg", "mp3"
    return None


def too_large() -> str:
    """Return what to tell who sends too large a file."""
    return _("This recording is too large: at most %(most)d MB.") % {"most": MEGABYTES}


def stored_name(session_id: int, suffix: str) -> str:
    """Return where a file is kept: a name that nobody can guess and that says nothing."""
    return f"voice/{session_id}/{secrets.token_hex(16)}.{suffix}"


def asked_part(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte that a Range header asks for, or None for all of it. Phones ask piece by piece."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not size or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:  # so many from the end
        return max(0, size - int(last)), size - 1
    start, end = int(first), min(int(last) if last else size - 1, size - 1)
    return (start, end) if start <= end else None
