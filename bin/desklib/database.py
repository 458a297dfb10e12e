"""Whether the embedded database has been migrated by the very code that is about to run.

Asking Django costs seconds at every start. The mark stands in the database file itself, so a database that was put
back from a backup carries the mark of its own time.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from desklib.paths import REQUIREMENTS, ROOT
from desklib.say import fingerprint

NAME = "db.sqlite3"
# all of it: triggers and first rows are made after a migration, by code that is no migration
CODE = ("producerdesk", "projects", "budgets", "contributors", "sessions")


def is_current(data: Path) -> bool:
    """Say whether the database in `data` was migrated by the present code."""
    file = data / NAME
    if not file.exists():
        return False
    with closing(sqlite3.connect(file)) as connection:
        try:
            return connection.execute("PRAGMA user_version").fetchone() == (_mark(),)
        except sqlite3.DatabaseError:
            return False  # whatever is wrong with the file, Django says it better


def mark_current(data: Path) -> None:
    """Note that the database in `data` was migrated by the present code."""
    with closing(sqlite3.connect(data / NAME, timeout=20)) as connection:
        connection.execute(f"PRAGMA user_version = {_mark()}")


def _mark() -> int:
    files = sorted(file for folder in CODE for file in _python_files(ROOT / folder))
    return int(fingerprint(REQUIREMENTS, *files)[:7], 16)  # user_version has 31 bits


def _python_files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        # npm's packages are many thousand files and none of our code
        folders[:] = [name for name in folders if name not in ("node_modules", "__pycache__")]
        yield from (Path(place) / name for name in names if name.endswith(".py"))
