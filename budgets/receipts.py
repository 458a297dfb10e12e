"""Receipts: what a file really is, by its content. Nothing here knows the database.

Taken: PDF, PNG, JPEG, WebP. A file that is two things at once (a picture that is also a page, a PDF that is also an
archive) is refused, as is a picture too large to be opened safely. What the sender says of the file counts for nothing.
"""

import io
import re
import secrets
import unicodedata
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

LARGEST_FILE = 4608 * 1024  # 4.5 MB: with its form still below what we read of one request
MOST_PIXELS = 60_000_000  # above what a phone's camera makes; a few kB can claim billions
LONGEST_NAME = 100
_PICTURES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}
# what a browser or a program would take the rest of a file for
_FOREIGN = re.compile(rb"<script|<html|<svg|<!doctype|<\?php|<iframe|%pdf-", re.IGNORECASE)
_MARKUP = re.compile(rb"<script|<html|<svg|<!doctype|<\?php|<iframe|<\?xml", re.IGNORECASE)
_ARCHIVE_END = b"PK\x05\x06"  # an archive is read from its end
_TAIL = 66_000  # where that end would be
_HEAD = 1024  # where browsers look for what a file is


class NotAReceipt(Exception):
    """This file is not taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept."""

    content: bytes
    media_type: str
    suffix: str
    name: str


def check(content: bytes, name: str) -> Checked:
    """Return what the file is. Raises NotAReceipt for what is not taken."""
    if not content:
        raise NotAReceipt(_("This file is empty."))
    if len(content) > LARGEST_FILE:
        raise NotAReceipt(too_large())
    media_type, suffix = _pdf(content) if content.startswith(b"%PDF-") else _picture(content)
    if _ARCHIVE_END in content[-_TAIL:]:
        raise NotAReceipt(_two_things())
    return Checked(content, media_type, suffix, safe_name(name, suffix))


def safe_name(name: str, suffix: str) -> str:
    """Return the name without its path and without what a file system or a header would stumble over."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    kept = "".join(sign if sign.isalnum() or sign in " -_()+&" else "_" for sign in stem)
    return f"{kept.strip(' _.-')[:LONGEST_NAME] or 'receipt'}.{suffix}"


def stored_name(budget_id: int, suffix: str) -> str:
    """Return where a file is kept: a name that nobody can guess and that says nothing."""
    return f"receipts/{budget_id}/{secrets.token_hex(16)}.{suffix}"


def _pdf(content: bytes) -> tuple[str, str]:
    if b"%%EOF" not in content[-_HEAD:]:
        raise NotAReceipt(_("This PDF is cut off."))
    if _MARKUP.search(content[:_HEAD]):
        raise NotAReceipt(_two_things())
    return "application/pdf", "pdf"


def _picture(content: bytes) -> tuple[str, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=list(_PICTURES)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NotAReceipt(_too_many_pixels())
                found = _PICTURES[picture.format or ""]
                picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAReceipt(_too_many_pixels()) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Warning):
        raise NotAReceipt(_("Send a PDF, PNG, JPEG or WebP.")) from None
    if _FOREIGN.search(content):
        raise NotAReceipt(_two_things())
    return found


def too_large() -> str:
    """Return what to tell who sends too large a file."""
    return _("This file is too large: at most %(most)s MB.") % {"most": LARGEST_FILE / 1024**2}


def _two_things() -> str:
    return _("This file is more than a receipt: something else is hidden in it. Print it to a new PDF and send that.")


def _too_many_pixels() -> str:
    return _("This picture is too large: at most %(most)d megapixels.") % {"most": MOST_PIXELS // 1_000_000}
