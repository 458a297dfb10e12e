"""Keeps a few programs running: restarts the dead, and leaves no process behind, whatever ends it."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import IO

from desklib import announced, guard
from desklib.paths import ROOT
from desklib.programs import Program
from desklib.say import Fault, complain, telling_line

GRACE = 12.0  # a worker finishes what it is sending; on the embedded queue its pool needs some seconds to end
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY = 30.0  # a program that ran this long starts over with the shortest pause
HOPELESS = 3  # deaths before the first answer: it will not come
LOG_LIMIT = 5_000_000
# a program's line that begins like this is meant for the person at the console
FOR_THE_CONSOLE = b"desk: "


class Log:
    """A program's log file and one older one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab")

    def write(self, line: bytes) -> None:
        """Add a line; begin a new file when this one has grown too long."""
        if self._file.tell() > LOG_LIMIT:
            self._file.close()
            self.path.replace(self.path.with_suffix(".log.1"))
            self._file = self.path.open("ab")
        self._file.write(line)
        self._file.flush()

    def tail(self) -> str:
        """Return the last few thousand characters."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - 4000))
            return file.read().decode(errors="replace")


class Child:
    """One program as a process group of its own."""

    def __init__(self, program: Program, log_dir: Path, env: Mapping[str, str], guarded_by: Callable[[], IO[bytes]]):
        self.program = program
        self.log = Log(log_dir / f"{program.name}.log")
        self.deaths = 0
        self._env = env
        self._guarded_by = guarded_by
        self._pause = FIRST_PAUSE
        self._next_start = 0.0
        self._started = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def group(self) -> int | None:
        """The process group, while there is one."""
        return self._process.pid if self._process else None

    def tend(self, now: float) -> None:
        """Start the program if it is time to; clean up after it if it died."""
        if self._process is None:
            if now >= self._next_start:
                self._start(now)
        elif self._process.poll() is not None:
            self._bury(now)

    def wait(self) -> None:
        """Wait for its end. An ended leader keeps its group alive until somebody has asked for the exit code."""
        if self._process is not None:
            self._process.wait()

    def _start(self, now: float) -> None:
        guard_hears = self._guarded_by().fileno()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", announced.__file__, str(guard_hears), *self.program.command],
            pass_fds=(guard_hears,),
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._started = now
        threading.Thread(target=self._listen, args=[self._process], daemon=True).start()

    def _bury(self, now: float) -> None:
        assert self._process is not None
        # its own children may have outlived it and still hold the port or a task
        guard.signal_group(self._process.pid, signal.SIGKILL)
        _tell(self._guarded_by(), f"-{self._process.pid}")
        if now - self._started > STEADY:
            self._pause = FIRST_PAUSE
        self.deaths += 1
        self._next_start = now + self._pause
        complain(
            f"{self.program.name} ended ({_how(self._process.returncode)}); starting it again in {self._pause:g} s"
        )
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self._process = None

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.log.write(line)
            if line.startswith(FOR_THE_CONSOLE):
                print(line[len(FOR_THE_CONSOLE) :].decode(errors="replace").rstrip(), flush=True)


class Supervisor:
    """Runs programs between `with` and its end. Ctrl-C or SIGTERM asks it to stop; a second one does not wait."""

    def __init__(self, log_dir: Path, env: Mapping[str, str]) -> None:
        self._log_dir = log_dir
        self._env = env
        self._stops_asked = 0
        self._guard = _start_guard()
        self._children: list[Child] = []

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def keep(self, program: Program) -> None:
        """Have `program` running from now on."""
        self._children.append(Child(program, self._log_dir, self._env, self._guard_hears))
        self._tend()

    def wait_until(self, is_ready: Callable[[], bool], seconds: float) -> bool:
        """Tend the programs until `is_ready()`; False if asked to stop before."""
        until = time.monotonic() + seconds
        while not self._stops_asked:
            self._tend()
            if is_ready():
                return True
            self._refuse_hopeless(time.monotonic() > until, seconds)
            time.sleep(0.1)
        return False

    def watch(self) -> None:
        """Tend the programs until asked to stop."""
        while not self._stops_asked:
            self._tend()
            time.sleep(0.2)

    def _tend(self) -> None:
        now = time.monotonic()
        if self._guard.poll() is not None:
            self._guard = _start_guard()
            for group in self._groups():
                _tell(self._guard_hears(), f"+{group}")
        for child in self._children:
            child.tend(now)

    def _refuse_hopeless(self, too_late: bool, seconds: float) -> None:
        for child in self._children:
            if child.deaths >= HOPELESS:
                why = telling_line(child.log.tail())
                raise Fault(f"{child.program.name} does not start: {why} (see {child.log.path})")
        if too_late:
            raise Fault(f"no answer within {seconds:g} s (see {self._children[0].log.path})")

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stops_asked += 1
        if self._stops_asked > 1:
            for group in self._groups():
                guard.signal_group(group, signal.SIGKILL)

    def _groups(self) -> set[int]:
        return {child.group for child in self._children if child.group is not None}

    def _stop(self) -> None:
        groups = self._groups()
        reapers = [threading.Thread(target=child.wait, daemon=True) for child in self._children]
        for reaper in reapers:
            reaper.start()
        guard.end_groups(groups, GRACE)
        for reaper in reapers:
            reaper.join(timeout=2)
        for group in groups:
            _tell(self._guard_hears(), f"-{group}")
        with contextlib.suppress(BrokenPipeError):
            self._guard.communicate()

    def _guard_hears(self) -> IO[bytes]:
        assert self._guard.stdin is not None
        return self._guard.stdin


def _tell(guard_hears: IO[bytes], line: str) -> None:
    # a guard that was killed is replaced, and told everything, at the next look
    with contextlib.suppress(BrokenPipeError):
        guard_hears.write(f"{line}\n".encode())
        guard_hears.flush()


def _start_guard() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", guard.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _how(returncode: int) -> str:
    if returncode >= 0:
        return f"exit code {returncode}"
    return signal.Signals(-returncode).name
