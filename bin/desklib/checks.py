"""Every check and test, with what they need: linters, then pytest on SQLite, and beside both on PostgreSQL."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from desklib import debian, packages, setup
from desklib.paths import PYTHON, ROOT
from desklib.say import AskedToEnd, CommandFailed, complain, run_quietly, step

BIN = PYTHON.parent
# the first draws no window, not even an unseen one, and so asks half the processor time of the others
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
TIME_TO_CLEAN_UP = 30.0  # seconds for pytest after Ctrl-C
NO_TESTS = 5  # pytest's exit code when nothing was selected
LINTERS = {
    "Style": (BIN / "ruff", "check"),
    "Layout": (BIN / "ruff", "format", "--check"),
    "Types": (BIN / "mypy",),
    "Import law": (BIN / "lint-imports", "--no-cache"),
    "Templates": (BIN / "djlint", "templates", "--lint", "--quiet"),
    "Migrations": (PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"),
}


@dataclass
class Result:
    """What has been counted so far, over all runs."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    missing: set[str] = field(default_factory=set)

    def add(self, report: Path, exit_code: int) -> None:
        """Add a pytest run. One that broke before it could count is a failure, unless it named what it misses."""
        try:
            counts = json.loads(report.read_text())
        except (OSError, ValueError):
            counts = {}
        self.passed += counts.get("passed", 0)
        self.skipped += counts.get("skipped", 0)
        self.missing |= set(counts.get("missing", ()))
        broke = exit_code not in (0, NO_TESTS) and not counts.get("not_run")
        self.failed += counts.get("failed", 0) or int(broke)

    def exit_code(self) -> int:
        """Return the exit code. In continuous integration what is missing is no excuse."""
        return 1 if self.failed or not self.passed or (self.missing and in_ci()) else 0


def in_ci() -> bool:
    """Say whether this run is continuous integration's."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def test(arguments: list[str], *, postgres: bool) -> int:
    """Run every check and test; with `arguments`, only that much of pytest. Return the exit code."""
    began = time.monotonic()
    _prepare()
    result = Result()
    if arguments:
        _pytest("sqlite", arguments, result)
        if postgres:
            _pytest("postgres", arguments, result)
    else:
        _everything(result)
    return _close(result, began)


def _everything(result: Result) -> None:
    """Run linters and tests. Where those on one database wait for a program or a page, those on the other work."""
    several = min(4, os.cpu_count() or 1)
    chosen = ["-n", str(several), "--dist", "worksteal"]
    # those of pages and programs run on SQLite and wait for these: there is work for one process more
    waiting = ["-n", str(several + 1), "--dist", "worksteal"]
    if fresh := not any((ROOT / "tests").rglob("*-pytest-*.pyc")):
        with _compiling():
            result.failed += _lint()
    with _beside("postgres", chosen, result, DESK_BESIDE="sqlite"):
        if not fresh:
            result.failed += _lint()
        _pytest("sqlite", waiting, result, DESK_BESIDE="postgres")


@contextlib.contextmanager
def _compiling() -> Iterator[None]:
    """Let one process load all tests while something else is done: else each that runs them would compile them all."""
    chosen = ["--collect-only", "-q"]
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "said.txt").open("wb") as output,
        _started("sqlite", chosen, Path(folder) / "counts.json", {}, output) as process,
    ):
        yield
        process.wait()  # what it stumbled over the runs after it will name


def soak(arguments: list[str]) -> int:
    """Run the race, crash and law suites with full numbers on both databases, and all else on PostgreSQL.

    Return the exit code.
    """
    began = time.monotonic()
    _prepare()
    result = Result()
    for database in ("sqlite", "postgres"):
        # one at a time: these suites bring their own processes and want the machine for themselves
        _pytest(database, ["-m", "soak", "-n", "0", *arguments], result, DESK_SOAK="1")
    _pytest("postgres", ["-m", "not soak", *arguments], result, DESK_SOAK="1")
    return _close(result, began)


def find_browser() -> str | None:
    """Return the browser for the tests, the lightest there is."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def install_browser() -> None:
    """Install Debian's Chromium, the light one if there is one, where we may."""
    for package in BROWSERS[:2]:
        if shutil.which(package) or not debian.can_install():
            return
        with step(package.capitalize()):
            if debian.install(package):
                return


def find_redis() -> None:
    """Install Debian's Redis where there is none and we may."""
    if not shutil.which("redis-server") and debian.can_install():
        with step("Redis"):
            debian.install("redis-server")


def _prepare() -> None:
    setup.for_tests()
    # what is still not there after this is named by the tests that miss it
    install_browser()
    find_redis()


def _lint() -> int:
    failures = 0
    with tempfile.TemporaryDirectory() as data:
        env = {**packages.venv_environment(), "DATA_DIR": data}
        for title, command in LINTERS.items():
            try:
                with step(title):
                    run_quietly(command, title, cwd=ROOT, env=env)
            except CommandFailed as failure:
                failures += 1
                print(failure.output, flush=True)
    return failures


def _pytest(database: str, arguments: list[str], result: Result, **extra: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "counts.json"
        print(_heading(database), flush=True)
        with _started(database, arguments, report, extra) as process:
            exit_code = process.wait()
        result.add(report, exit_code)


@contextlib.contextmanager
def _beside(database: str, arguments: list[str], result: Result, **extra: str) -> Iterator[None]:
    """Run pytest while something else is done, and show what it said after that."""
    with tempfile.TemporaryDirectory() as folder:
        report, said = Path(folder) / "counts.json", Path(folder) / "said.txt"
        with said.open("wb") as output, _started(database, arguments, report, extra, output) as process:
            yield
            exit_code = process.wait()
        print(_heading(database), said.read_text(errors="replace"), sep="\n", flush=True)
        result.add(report, exit_code)


@contextlib.contextmanager
def _started(
    database: str, arguments: list[str], report: Path, extra: Mapping[str, str], output: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start pytest. Whatever ends us, it gets the time to end the programs that its tests started."""
    env = {**packages.venv_environment(), "TEST_DB": database, "DESK_TEST_REPORT": str(report), **extra}
    command: list[str | Path] = [PYTHON, "-m", "pytest", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output) as process:
        try:
            yield process
        except BaseException as reason:
            # of Ctrl-C it has heard itself
            if isinstance(reason, AskedToEnd) or not isinstance(reason, KeyboardInterrupt):
                process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(TIME_TO_CLEAN_UP)
            process.kill()
            raise


def _heading(database: str) -> str:
    return f"\n== Tests on {database} =="


def _close(result: Result, began: float) -> int:
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    print(f"\nAll in {minutes} min {seconds} s.")
    if result.missing:
        complain("not tested, as it could not be had here: " + "; ".join(sorted(result.missing)))
    print(f"tests: {result.passed} passed, {result.failed} failed, {result.skipped} skipped", flush=True)
    return result.exit_code()
