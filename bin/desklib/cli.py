"""The words that `bin/desk` understands."""

import argparse
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from desklib import bench, checks, locks, packages, setup, start
from desklib.paths import PYTHON, ROOT
from desklib.say import AskedToEnd, Fault, complain

EPILOG = """The data folder (--data or DATA_DIR, default var/) holds the database, uploads, mail, logs and the queue.
Production is the same code with DATABASE_URL, REDIS_URL, EMAIL_URL, SECRET_KEY, SITE_URL and ALLOWED_HOSTS set."""


def main(arguments: list[str]) -> int:
    """Do what the command line says; return the exit code."""
    if os.name != "posix":
        complain("ProducerDesk runs on Linux and macOS; on Windows use its Linux subsystem")
        return 1
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["run", *arguments]
    options, rest = _parser().parse_known_args(arguments)
    if rest and not options.passes_on:
        _parser().error(f"unknown arguments: {' '.join(rest)}")
    signal.signal(signal.SIGTERM, _end)
    # who starts us in the background may have had it ignored, and so would all that we start and end by it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return options.do(options, rest)
    except Fault as fault:
        complain(str(fault))
        return 1
    except KeyboardInterrupt:
        complain("stopped")
        return 130


def _end(number: int, frame: FrameType | None) -> None:
    raise AskedToEnd


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="desk", description="ProducerDesk on one machine.", epilog=EPILOG, allow_abbrev=False
    )
    commands = parser.add_subparsers(metavar="command", title="commands (without one: run)")

    run = _command(commands, "run", "set up what is missing, then run web, worker and beat until Ctrl-C", _run)
    run.add_argument("--port", type=_port, help="port to listen on (default 8000, or the next free one)")
    run.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; beyond loopback demo logins are refused"
    )
    run.add_argument("--data", type=Path, metavar="DIR", help="the data folder (default var/)")
    run.add_argument("--no-demo", action="store_true", help="no demo desk on the first start, no demo logins")

    test = _command(commands, "test", "run every check and test, or only the given pytest arguments", _test, rest=True)
    test.add_argument("--pg", action="store_true", help="with pytest arguments: run them on PostgreSQL as well")

    _command(commands, "soak", "run the race, crash and law suites with full numbers", _soak, rest=True)
    _command(
        commands, "bench", "measure the speed as ratios to two floors (--large: a million sessions)", _bench, rest=True
    )
    _command(commands, "screens", "make the README's pictures", _screens, rest=True)
    _command(commands, "manage", "run one of Django's or our management commands", _manage, rest=True)
    _command(commands, "lock", "compile the lock files anew (for developers)", _lock)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    help_: str,
    do: Callable[[argparse.Namespace, list[str]], int],
    *,
    rest: bool = False,
) -> argparse.ArgumentParser:
    # the programs behind these two have a --help of their own
    own_help = name not in ("manage", "bench")
    parser = commands.add_parser(name, help=help_, description=help_, add_help=own_help, allow_abbrev=False)
    parser.set_defaults(do=do, passes_on=rest)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: give a number from 1 to 65535")
    return int(text)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    return start.run(host=options.host, port=options.port, data=options.data, demo=not options.no_demo)


def _test(options: argparse.Namespace, rest: list[str]) -> int:
    return checks.test(rest, postgres=options.pg)


def _soak(options: argparse.Namespace, rest: list[str]) -> int:
    return checks.soak(rest)


def _bench(options: argparse.Namespace, rest: list[str]) -> int:
    return bench.run(rest)


def _screens(options: argparse.Namespace, rest: list[str]) -> int:
    setup.for_tests()
    checks.install_browser()
    return _become([str(PYTHON), "-m", "tests.browser.screens", *rest], PYTHONPATH=str(ROOT / "bin"))


def _manage(options: argparse.Namespace, rest: list[str]) -> int:
    setup.for_running()
    return _become([str(PYTHON), "manage.py", *rest])


def _lock(options: argparse.Namespace, rest: list[str]) -> int:
    return locks.compile_all()


def _become(command: list[str], **more: str) -> int:
    os.chdir(ROOT)
    os.execve(command[0], command, packages.venv_environment() | more)
