"""What a person sees on the console: steps with their times, and faults as one line."""

import hashlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from desklib.paths import SETUP_LOG

# The lines that tool authors meant to be read, best first.
TELLING = (
    re.compile(r"^producerdesk: (.+)"),
    re.compile(r"^\S+: \(\w+\.[CE]\d+\) (.+)"),  # Django's system checks
    re.compile(r"^ERROR: (.+)"),
    re.compile(r"^error: (.+)"),
    re.compile(r"^npm error (?!code|A complete log)(.+)"),
    re.compile(r"^E: (.+)"),
    re.compile(r"^[\w.]+(?:Error|Exception|Warning|Configured|Exit): (.+)"),
)


class Fault(Exception):
    """Something a person can mend. Shown as one line, without a traceback."""


class AskedToEnd(KeyboardInterrupt):
    """Somebody sent SIGTERM: like Ctrl-C, except that our children have heard nothing of it."""


class CommandFailed(Fault):
    """A command of the set-up failed; says the line that tells why."""

    def __init__(self, doing: str, output: str, status: int) -> None:
        self.line = telling_line(output) or f"exit code {status}"
        super().__init__(f"{doing} failed: {self.line}")
        self.output = output
        self.status = status


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show `title` while the work goes on, then how long it took."""
    began = time.monotonic()
    print(f"  {title:<30}", end=" ", flush=True)
    try:
        yield
    except BaseException:
        print("stopped", flush=True)
        raise
    print(f"{time.monotonic() - began:5.1f} s", flush=True)


def run_quietly(
    command: Sequence[str | Path], doing: str, *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Return the output of `command`. Its whole output also goes to the set-up log."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise Fault(f"{doing} failed: {command[0]}: {error.strerror}") from None
    _keep(command, done.stdout)
    if done.returncode:
        raise CommandFailed(doing, done.stdout, done.returncode)
    return done.stdout


def telling_line(output: str) -> str:
    """Return the line of a failed command's output that says why; the last one where none stands out."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for pattern in TELLING:
        for line in reversed(lines):
            if found := pattern.match(line):
                return found.group(1)
    return lines[-1] if lines else ""


def fingerprint(*files: Path) -> str:
    """Return a hash over the contents of `files`."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def complain(line: str) -> None:
    """Print one line to the error output."""
    print(f"desk: {line}", file=sys.stderr, flush=True)


def _keep(command: Sequence[str | Path], output: str) -> None:
    if not SETUP_LOG.parent.is_dir():
        return
    with SETUP_LOG.open("a") as log:
        log.write(f"$ {' '.join(map(str, command))}\n{output}\n")
