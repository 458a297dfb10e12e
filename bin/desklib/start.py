"""From whatever state the machine is in to a running desk."""

import errno
import fcntl
import http.client
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from desklib import database, packages, programs, setup
from desklib.paths import PYTHON, ROOT
from desklib.say import CommandFailed, Fault, complain, run_quietly, step
from desklib.supervisor import Supervisor

FIRST_PORT, LAST_PORT = 8000, 8099
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - asked for by the user, never a default
PATIENCE = 60.0  # seconds for the first answer, on a slow machine


def run(*, host: str, port: int | None, data: Path | None, demo: bool) -> int:
    """Set up what is missing and run the desk until asked to stop; return the exit code."""
    setup.for_running()
    data = (data or Path(os.environ.get("DATA_DIR") or ROOT / "var")).absolute()
    port = _free_port(host, port)
    with _only_one(data):
        env = _environment(host, port, data)
        _prepare_data(env, data, demo)
        logins = _demo_logins(data) if demo and host in LOOPBACK else []
        env["DESK_DEMO"] = "true" if logins else "false"
        return _serve(host, port, data, env, logins)


def _serve(host: str, port: int, data: Path, env: Mapping[str, str], logins: list[dict[str, str]]) -> int:
    with Supervisor(data / "log", env) as supervisor:
        supervisor.keep(programs.web(host, port))
        with step("Web server"):
            ready = supervisor.wait_until(lambda: _answers(host, port), PATIENCE)
        if ready:
            # after the first page: four programs that load at once would all be late
            supervisor.keep(programs.worker())
            supervisor.keep(programs.beat(data))
            _welcome(host, data, env, logins)
            supervisor.watch()
        print("\nStopping ...", flush=True)
    print("Stopped. No process is left.", flush=True)
    return 0


def _free_port(host: str, wanted: int | None) -> int:
    if wanted is not None:
        if not _is_free(host, wanted):
            raise Fault(f"port {wanted} of {host} is taken: choose another with --port")
        return wanted
    for port in range(FIRST_PORT, LAST_PORT + 1):
        if _is_free(host, port):
            if port != FIRST_PORT:
                print(f"  Port {FIRST_PORT} is taken; this desk takes {port}.")
            return port
    raise Fault(f"no port from {FIRST_PORT} to {LAST_PORT} is free: choose one with --port")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        # the port of a desk that has just stopped is free, though the system still remembers its connections
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except PermissionError:
            raise Fault(f"port {port} needs the rights of root: choose one above 1023 with --port") from None
        except socket.gaierror:
            raise Fault(f"{host} is no address of this machine") from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise Fault(f"{host} is no address of this machine") from None
            return False
    return True


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Hold the data folder: two desks on one queue and one clock would wake everything twice."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "desk.lock").open("w")
    except OSError as error:
        raise Fault(f"the data folder {data} cannot be written: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Fault(
                f"another desk is running on {data}: stop it first, or choose another folder with --data"
            ) from None
        yield


def _environment(host: str, port: int, data: Path) -> dict[str, str]:
    env = {**packages.venv_environment(), "DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}
    if env.get("DATABASE_URL"):
        return env  # production: the settings say themselves what is missing
    names = _names(host)
    env.setdefault("SITE_URL", f"http://{names[0]}:{port}")
    env.setdefault("ALLOWED_HOSTS", ",".join(names))
    return env


def _names(host: str) -> list[str]:
    """Return the names under which browsers may call this desk, the best first."""
    if host in LOOPBACK:
        return [_bracketed(host), *(_bracketed(name) for name in LOOPBACK if name != host)]
    own = [socket.gethostname(), socket.getfqdn(), *LOOPBACK]
    if host not in ANY_ADDRESS:
        own.insert(0, _bracketed(host))
    elif address := _outward_address():
        own.insert(0, address)
    return list(dict.fromkeys(own))


def _outward_address() -> str:
    """Return this machine's address in its network, or nothing. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation: it only asks for the way out
        except OSError:
            return ""
        return probe.getsockname()[0]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _prepare_data(env: dict[str, str], data: Path, demo: bool) -> None:
    embedded = not env.get("DATABASE_URL")
    # stays behind when a first start is interrupted, so that the next one still brings the demo desk
    first_start = data / "first-start"
    if embedded and not (data / database.NAME).exists():
        first_start.touch()
    if not embedded or not database.is_current(data):
        with step("Database"):
            _manage(env, "Preparing the database", "migrate", "--no-input")
        if embedded:
            database.mark_current(data)
    if not embedded:
        with step("Static files"):
            _manage(env, "Collecting the static files", "collectstatic", "--no-input")
    if first_start.exists() and demo:
        with step("Demo desk"):
            _manage(env, "Loading the demo desk", "seed_demo")
    first_start.unlink(missing_ok=True)


def _manage(env: Mapping[str, str], doing: str, *command: str) -> None:
    try:
        run_quietly([PYTHON, "manage.py", *command], doing, cwd=ROOT, env=env)
    except CommandFailed as failed:
        if failed.status == os.EX_CONFIG:  # a setting is wrong: the settings' own line says it all
            raise Fault(failed.line) from None
        raise


def _demo_logins(data: Path) -> list[dict[str, str]]:
    try:
        return json.loads((data / "demo.json").read_text())
    except (OSError, ValueError):
        return []


def _answers(host: str, port: int) -> bool:
    """Say whether the server answers a page; which one, and whether it redirects to https, does not matter."""
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    connection = http.client.HTTPConnection(reach, port, timeout=10)
    with closing(connection), suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status < 500
    return False


def _welcome(host: str, data: Path, env: Mapping[str, str], logins: list[dict[str, str]]) -> None:
    print(f"\nProducerDesk is ready: {env['SITE_URL']}\n")
    if logins:
        print("Demo logins:")
        wide = max(len(login["email"]) for login in logins)
        for login in logins:
            print(f"  {login['email']:<{wide}}  {login['password']}  {login['who']}")
        print()
    elif host not in LOOPBACK:
        complain(
            f"listening on {host}: the demo logins are refused, since anybody could read them in the documentation"
        )
    print(f"Data and logs: {data}\nCtrl-C stops it.", flush=True)
