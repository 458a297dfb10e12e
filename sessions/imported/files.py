"""The file of an imported calendar: whether it may be one, and how it is kept.

Apart from what reads it: the library that follows calendars loads slowly, and only workers need it.
"""

import zlib


def looks_like_one(head: bytes) -> bool:
    """Return whether a file that begins like this may be a calendar."""
    return b"BEGIN:VCALENDAR" in head.upper()


def packed(content: bytes) -> bytes:
    """Return the file as it is kept."""
    return zlib.compress(content)


def unpacked(kept: bytes | memoryview | None) -> bytes:
    """Return the file that was kept, empty where there is none yet."""
    return zlib.decompress(kept) if kept else b""
