"""The three programs that make a running desk. The tests start the very same ones."""

from dataclasses import dataclass
from pathlib import Path

from desklib.paths import PYTHON

THREADS = 4  # per web process: each keeps a database connection
CELERY = (str(PYTHON), "-m", "celery", "--app", "producerdesk", "--quiet")


@dataclass(frozen=True)
class Program:
    """One thing to keep running."""

    name: str
    command: tuple[str, ...]


def web(host: str, port: int, *, workers: int = 2) -> Program:
    """The web server."""
    command = (
        *(str(PYTHON), "-m", "producerdesk.web", "producerdesk.wsgi:application", "--interface", "wsgi"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--no-ws", "--http", "1"),
        # an idle thread that is let go takes its database connection with it: keep them as long as may be
        *("--blocking-threads", str(THREADS), "--blocking-threads-idle-timeout", "600"),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "5"),
    )
    return Program("web", command)


def worker(name: str = "worker") -> Program:
    """A worker: claims what is due and does it. Start as many as the work needs."""
    options = ("--concurrency", "1", "--prefetch-multiplier", "1", "--without-gossip", "--without-mingle")
    return Program(name, (*CELERY, "worker", *options, "--hostname", f"{name}@%h", "--loglevel", "warning"))


def beat(data: Path) -> Program:
    """The clock that wakes the workers. One is enough; never inside a worker."""
    files = ("--schedule", str(data / "celerybeat-schedule"), "--pidfile", "")
    return Program("beat", (*CELERY, "beat", *files, "--loglevel", "warning"))
