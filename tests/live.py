"""The programs of a running desk, started as real processes on the test's own database."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection

from desklib import programs
from desklib.paths import PYTHON
from tests import services


class Running:
    """One program: can be stopped, killed, and started again."""

    def __init__(self, program: programs.Program, env: dict[str, str], log: Path) -> None:
        self.program = program
        self.env = env
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process, which leads a process group of the same number."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> "Running":
        """Start it, again if need be, as a process group of its own."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self.program.command,
                cwd=services.ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def kill9(self) -> None:
        """Kill the whole group, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        assert self._process is not None
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end, then make sure."""
        if self._process is not None:
            services.end_group(self._process)

    def log(self) -> str:
        """Return what it has printed so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""


class Live:
    """A running desk on the test's database. Put addresses into `env` before start: `live.env["REDIS_URL"] = url`."""

    def __init__(self) -> None:
        self.port = services.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = Path(settings.DATA_DIR)
        self.env = services.clean_environment() | {
            "DATA_DIR": str(self.data),
            "SECRET_KEY": settings.SECRET_KEY,
            "SITE_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
        }
        if services.on_postgres():
            self.env["DATABASE_URL"] = _url_of_test_database()
        self._running: list[Running] = []

    def web(self, *, workers: int = 2) -> Running:
        """Start the web server and wait for its first answer."""
        self._collect_static()
        server = self._start(programs.web("127.0.0.1", self.port, workers=workers))
        self.wait_for_web(server)
        return server

    def worker(self, name: str = "worker") -> Running:
        """Start a Celery worker."""
        return self._start(programs.worker(name))

    def beat(self, name: str = "beat") -> Running:
        """Start the clock. A second one needs another name."""
        program = programs.beat(self.data / name)
        return self._start(programs.Program(name, program.command))

    def manage(self, *arguments: str, seconds: float = 120) -> str:
        """Run one management command on this desk; return what it printed."""
        command = [str(PYTHON), "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=services.ROOT, env=self.env, capture_output=True, text=True, timeout=seconds, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wait_for_web(self, server: Running) -> None:
        """Wait until pages are answered."""

        def answers() -> bool:
            return 0 < services.http_status(self.port) < 500

        services.wait_for(lambda: answers() or not server.alive, 30, what="the web server")
        assert server.alive, server.log()

    def stop(self) -> None:
        """End everything that was started, youngest first."""
        while self._running:
            self._running.pop().stop()

    def _collect_static(self) -> None:
        # with DATABASE_URL the settings are production's, where a server only hands out what was collected
        if services.on_postgres() and not any((self.data / "static").iterdir()):
            self.manage("collectstatic", "--no-input")

    def _start(self, program: programs.Program) -> Running:
        log = self.data / "log" / f"{program.name}.log"
        log.unlink(missing_ok=True)
        running = Running(program, dict(self.env), log).start()
        self._running.append(running)
        return running


def _url_of_test_database() -> str:
    name = connection.settings_dict["NAME"]
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
