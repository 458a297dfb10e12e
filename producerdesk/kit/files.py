"""Files that people give us: stored with the row that names them or not at all, and read piece by piece."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.base import File
from django.core.files.storage import default_storage

_PIECE = 64 * 1024


@contextmanager
def stored(name: str, file: File) -> Iterator[str]:
    """Store the file, and delete it again if what comes with it is not saved. Gives where it is kept."""
    path = default_storage.save(name, file)
    try:
        yield path
    except BaseException:  # raised again: also who is ended in the middle leaves no file that nobody names
        default_storage.delete(path)
        raise


def pieces(path: str, first: int, last: int) -> Iterator[bytes]:
    """Yield these bytes of a stored file. It is opened when it is wanted, and closed when it was read."""
    with default_storage.open(path, "rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
