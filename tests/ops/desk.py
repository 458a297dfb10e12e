"""A whole desk as a person starts it: `python3 bin/desk`, with everything that it starts."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

from tests import services

MARK = "DESK_TEST_MARK"


class Desk:
    """One `python3 bin/desk`. Whatever it starts inherits a mark by which it is found again."""

    def __init__(self, data: Path, *options: str, **env: str) -> None:
        self.port = services.free_port()
        self.mark = uuid.uuid4().hex
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            command("--port", str(self.port), "--data", str(data), *options),
            cwd=data,
            env=services.clean_environment() | {MARK: self.mark} | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def output(self) -> str:
        """What it has said so far."""
        return "".join(self.lines)

    def wait_until_ready(self, seconds: float = 120) -> "Desk":
        """Wait for the line that gives the address."""
        services.wait_for(lambda: "is ready" in self.output or not self.alive, seconds, what="the desk")
        assert self.alive, self.output
        return self

    @property
    def alive(self) -> bool:
        """Whether the supervisor runs."""
        return self._process.poll() is None

    def status(self, path: str = "/accounts/login/") -> int:
        """Return the status of a page; 0 while nobody answers."""
        return services.http_status(self.port, path)

    def send(self, number: int) -> None:
        """Send a signal to the supervisor alone."""
        self._process.send_signal(number)

    def wait(self, seconds: float = 60) -> int:
        """Return the exit code."""
        return self._process.wait(seconds)

    def processes(self, *words: str) -> list[int]:
        """Return every live process of this desk whose command line holds all `words`."""
        return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if self._is_ours(pid, words)]

    def seconds_worked(self) -> float:
        """Return the processor time that all its processes have taken until now."""
        ticks = 0
        for pid in self.processes():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15]))  # its own and its ended children's, in user and system
        return ticks / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """End whatever a test left."""
        # the supervisor first, and then again until nothing is left: it may be starting something this very moment
        self._process.kill()
        self._process.wait()
        while left := self.processes():
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        self._listener.join()

    def _is_ours(self, pid: int, words: tuple[str, ...]) -> bool:
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return False
        return f"{MARK}={self.mark}".encode() in environment and all(word in line for word in words)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            self.lines.extend(output)


def command(*arguments: str) -> list[str]:
    """Return the command line of `bin/desk`."""
    return [sys.executable, str(services.ROOT / "bin" / "desk"), *arguments]


def refused(*arguments: str, **env: str) -> tuple[int, list[str]]:
    """Run `bin/desk` where it must stop by itself; return its exit code and its error lines."""
    done = subprocess.run(
        command(*arguments),
        env=services.clean_environment() | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()
