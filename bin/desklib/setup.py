"""Everything that is installed into the checkout, brought up to date by one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desklib import fonts, frontend, packages
from desklib.paths import REQUIREMENTS, TEST_REQUIREMENTS


def for_running() -> None:
    """Bring what a desk needs to run."""
    _bring(REQUIREMENTS)


def for_tests() -> None:
    """Bring what a desk needs, and the tests beside it."""
    _bring(REQUIREMENTS, TEST_REQUIREMENTS)


def _bring(*locks: Path) -> None:
    if packages.are_current(*locks) and frontend.is_current():
        return
    with _alone():
        packages.ensure(*locks)
        frontend.ensure()
        fonts.ensure()


@contextmanager
def _alone() -> Iterator[None]:
    with REQUIREMENTS.open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  Another set-up of this checkout is under way; waiting for it.", flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
