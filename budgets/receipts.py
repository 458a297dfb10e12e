"""Receipts: what a file really is, by its content. Nothing here knows the database.

Taken: PDF, PNG, JPEG, WebP. A file that is two things at once (a picture that is also a page, a PDF that is also an
archive) is refused, as is a picture too large to be opened safely. What the sender says of the file counts for nothing.
A PDF with actions of its own (/OpenAction, /JavaScript) is kept as it is: no library of ours reads PDFs, and a search
for words misses what is packed. It is only ever sent as a download, by one address that says `attachment`, `nosniff`
and a sandbox (budgets/api/expenses.py): it never runs as a page of the desk, and opens in a reader of the person's own.
A file is read piece by piece: what a phone or a scanner makes is too large to be held in memory by many at once.
"""

import re
import secrets
import unicodedata
import warnings
from dataclasses import dataclass

from django.core.files.base import File
from django.utils.translation import gettext as _

MEGABYTES = 25  # a phone's photo has up to 12, a scan of several pages more
LARGEST_FILE = MEGABYTES * 2**20
MOST_PIXELS = 60_000_000  # above what a phone's camera makes; a few kB can claim billions
LONGEST_NAME = 100
_PICTURES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}
MEDIA_TYPES = ("application/pdf", *(media_type for media_type, _suffix in _PICTURES.values()))
# what a browser or a program would take the rest of a file for
_FOREIGN = re.compile(rb"<script|<html|<svg|<!doctype|<\?php|<iframe|%pdf-", re.IGNORECASE)
_MARKUP = re.compile(rb"<script|<html|<svg|<!doctype|<\?php|<iframe|<\?xml", re.IGNORECASE)
_ARCHIVE_END = b"PK\x05\x06"  # an archive is read from its end
_TAIL = 66_000  # where that end would be
_HEAD = 1024  # where browsers look for what a file is
_OVERLAP = 16  # of two pieces: longer than any sign of something foreign


class NotAReceipt(Exception):
    """This file is not taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept."""

    file: File
    media_type: str
    suffix: str
    name: str


def check(file: File, name: str) -> Checked:
    """Return what the file is. Raises NotAReceipt for what is not taken."""
    if not file.size:
        raise NotAReceipt(_("This file is empty."))
    if file.size > LARGEST_FILE:
        raise NotAReceipt(too_large())
    head = _piece(file, 0, _HEAD)
    media_type, suffix = _pdf(file, head) if head.startswith(b"%PDF-") else _picture(file)
    if _ARCHIVE_END in _piece(file, -_TAIL, _TAIL):
        raise NotAReceipt(_two_things())
    file.seek(0)
    return Checked(file, media_type, suffix, safe_name(name, suffix))


def too_large() -> str:
    """Return what to tell who sends too large a file."""
    return _("This file is too large: at most %(most)d MB.") % {"most": MEGABYTES}


def hint() -> str:
    """Return what may be sent, as a form says it."""
    return _("PDF, PNG, JPEG or WebP, up to %(most)d MB.") % {"most": MEGABYTES}


def safe_name(name: str, suffix: str) -> str:
    """Return the name without its path and without what a file system or a header would stumble over."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    kept = "".join(sign if sign.isalnum() or sign in " -_()+&" else "_" for sign in stem)
    return f"{kept.strip(' _.-')[:LONGEST_NAME] or 'receipt'}.{suffix}"


def stored_name(budget_id: int, suffix: str) -> str:
    """Return where a file is kept: a name that nobody can guess and that says nothing."""
    return f"receipts/{budget_id}/{secrets.token_hex(16)}.{suffix}"


def _piece(file: File, start: int, length: int) -> bytes:
    """Return a piece of the file; a start below nought counts from its end."""
    file.seek(max(0, start if start >= 0 else file.size + start))
    return file.read(length)


def _holds(file: File, sign: re.Pattern[bytes]) -> bool:
    """Return whether this stands anywhere in the file, across pieces, too."""
    before = b""
    for piece in file.chunks():
        if sign.search(before + piece):
            return True
        before = piece[-_OVERLAP:]
    return False


def _pdf(file: File, head: bytes) -> tuple[str, str]:
    if b"%%EOF" not in _piece(file, -_HEAD, _HEAD):
        raise NotAReceipt(_("This PDF is cut off."))
    if _MARKUP.search(head):
        raise NotAReceipt(_two_things())
    return "application/pdf", "pdf"


def _picture(file: File) -> tuple[str, str]:
    from PIL import Image, UnidentifiedImageError  # only who takes receipts in needs to hold it

    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(file, formats=list(_PICTURES)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NotAReceipt(_too_many_pixels())
                found = _PICTURES[picture.format or ""]
                picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAReceipt(_too_many_pixels()) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Warning):
        raise NotAReceipt(_("Send a PDF, PNG, JPEG or WebP.")) from None
    if _holds(file, _FOREIGN):
        raise NotAReceipt(_two_things())
    return found


def _two_things() -> str:
    return _("This file is more than a receipt: something else is hidden in it. Print it to a new PDF and send that.")


def _too_many_pixels() -> str:
    return _("This picture is too large: at most %(most)d megapixels.") % {"most": MOST_PIXELS // 1_000_000}
