"""Work on what strangers send, ended when it takes too long."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TookTooLong(Exception):
    """The time for it was up."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in what is done within when the time is up, wherever it stands.

    In the main thread of a process, which is where workers and commands work; elsewhere it sets no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
