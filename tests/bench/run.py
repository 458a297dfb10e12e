"""`bin/desk bench`: how fast the product is, as ratios to two floors that are served beside it in the same run.

A shared machine has no speed of its own, so no figure here means anything alone: each turn of the run asks every case
and both floors for a moment, one after the other, and a case's ratio is the median over the turns.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2

from desklib import programs
from desklib.paths import PYTHON
from tests import services
from tests.bench.client import Heard, load, request

SMALL, LARGE = 10_000, 1_000_000
WORKERS = 2
SINCE_START = 10.0  # seconds a process may take to its first answer, before we give up
Requests = Callable[["Desk"], Iterator[bytes]]


@dataclass
class Goal:
    """A figure, what it must be, and what we would like it to be."""

    what: str
    figure: float
    must: float
    stretch: float
    more_is_better: bool
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether the must is reached."""
        return self.figure >= self.must if self.more_is_better else self.figure <= self.must

    def line(self) -> str:
        """Return the line of the table."""
        sign = "≥" if self.more_is_better else "≤"
        wish = f"{sign} {self.must:g}{self.unit}", f"{sign} {self.stretch:g}{self.unit}"
        verdict = "ok" if self.holds else "MISSED"
        return f"{self.what:<58}{self.figure:>10.2f}{self.unit:<4}{wish[0]:>12}{wish[1]:>12}  {verdict}"


@dataclass
class Case:
    """Something that is asked again and again."""

    name: str
    requests: Requests
    status: int = 200
    heard: dict[str, list[Heard]] = field(default_factory=dict)  # by desk, one a turn


class Desk:
    """The production server on a database of its own, and the floors beside it."""

    def __init__(self, name: str, server: str, redis: str, folder: Path) -> None:
        self.name, self._folder = name, folder / name
        base, _, query = server.partition("?")
        url = f"{base.rpartition('/')[0]}/desk_bench_{os.getpid()}_{name.lower()}" + (f"?{query}" if query else "")
        self.database, self._server = url, server
        self.port, self.floor_port = services.free_port(), services.free_port()
        self.env = services.clean_environment() | {
            "DATABASE_URL": url,
            "REDIS_URL": redis,
            "DATA_DIR": str(self._folder),
            "SECRET_KEY": services.SECRET,
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
            "DJANGO_SETTINGS_MODULE": "producerdesk.settings",
        }
        self.start_seconds = 0.0
        self._processes: list[subprocess.Popen[bytes]] = []
        self._turn = itertools.count()
        self.facts: dict[str, Any] = {}

    def fill(self, sessions: int) -> None:
        """Make the database with so many sessions."""
        _on_server(self._server, f"CREATE DATABASE {self._database_name}")
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        self.facts = json.loads(self.run("-m", "tests.bench.maker", str(sessions)).splitlines()[-1])
        self._free = self._bookable(self.facts["days"])

    @property
    def _database_name(self) -> str:
        return self.database.partition("?")[0].rpartition("/")[2]

    def run(self, *command: str) -> str:
        """Run a Python program on this desk; return what it printed."""
        done = subprocess.run(
            [str(PYTHON), *command], cwd=services.ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-4000:]}")
        return done.stdout

    def serve(self) -> None:
        """Start the production server, and the floors on another port."""
        command = list(programs.web("127.0.0.1", self.port, workers=WORKERS).command)
        began = time.monotonic()
        self._start(command, self.port, "/accounts/login/")
        self.start_seconds = time.monotonic() - began
        floor = [part.replace("producerdesk.wsgi:application", "tests.bench.floors:application") for part in command]
        floor[floor.index(str(self.port))] = str(self.floor_port)
        self._start(floor, self.floor_port, "/raw/", DJANGO_SETTINGS_MODULE="tests.bench.floor_settings")

    def _start(self, command: list[str], port: int, path: str, **env: str) -> None:
        with (self._folder / "log" / f"{port}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=services.ROOT, env=self.env | env, stdout=log, stderr=log, start_new_session=True
            )
        self._processes.append(process)
        until = time.monotonic() + SINCE_START * 3
        while services.http_status(port, path) != 200:
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit((self._folder / "log" / f"{port}.log").read_text()[-4000:])
            time.sleep(0.01)

    def memory(self) -> float:
        """Return the megabytes that the web server's processes hold, shared pages counted once."""
        pages = [Path(f"/proc/{pid}/smaps_rollup") for pid in services.group_members(self._processes[0].pid)]
        lines = [line.split() for page in pages for line in page.read_text().splitlines()]
        return sum(int(line[1]) for line in lines if line[0] == "Pss:") / 1024

    def stop(self) -> None:
        """End the servers and drop the database."""
        for process in self._processes:
            services.end_group(process)
        _on_server(self._server, f"DROP DATABASE IF EXISTS {self._database_name} WITH (FORCE)")

    # --- requests -----------------------------------------------------------------------------------
    def headers(self, key: str = "session") -> dict[str, str]:
        """Return what the next of the desk's people sends: each has a rate limit of its own."""
        logins = self.facts["logins"]
        login = logins[next(self._turn) % len(logins)]
        return {"Cookie": f"desk_login={login[key]}; csrftoken={login['csrf']}", "X-CSRFToken": login["csrf"]}

    def gets(self, path: str, key: str = "session") -> Iterator[bytes]:
        """Yield the same question for ever. `key` says which of a person's logins is sent."""
        for _ in itertools.count():
            yield request("GET", path, headers=self.headers(key))

    def posts(self, free: bool) -> Iterator[bytes]:
        """Yield bookings of evenings that nobody has, or of mornings that somebody has."""
        for project, room, people, day in self._free if free else self._bookable(self.facts["days"]):
            hours = ("21:00", "23:00") if free else ("11:00", "13:00")
            said = {
                "project": project,
                "title": "Evening",
                "day": day,
                "starts": hours[0],
                "ends": hours[1],
                "room": room,
                "calls": [{"contributor": person} for person in people],
            }
            yield request("POST", "/api/v1/sessions/", headers=self.headers(), body=json.dumps(said).encode())

    def _bookable(self, days: int) -> Iterator[tuple[int, int, list[int], str]]:
        """Yield each room of each day to come, with a project and two people of its own.

        Those who book at once book for different records, as the people of a desk do; else they would wait for each
        other's budget, and the disk below it would be what is measured.
        """
        begin, rooms, people = date.fromisoformat(self.facts["begin"]), self.facts["rooms"], self.facts["people"]
        for day in itertools.count(32):
            there = (begin + timedelta(32 + day % (days - 40))).isoformat()
            for number, room in enumerate(rooms):
                yield self.facts["other"] + number, room, people[2 * number : 2 * number + 2], there


def _on_server(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


# --- what is asked ----------------------------------------------------------------------------------
def cases(desk: Desk) -> list[Case]:
    """Return everything that is measured over HTTP."""
    month = "since={}T00:00:00Z&until={}T00:00:00Z".format(
        *(date.fromisoformat(desk.facts["begin"]) + timedelta(days) for days in (31, 62))
    )
    project, session = desk.facts["project"], desk.facts["session"]

    def get(name: str, path: str) -> Case:
        return Case(name, lambda desk: desk.gets(path))

    return [
        get("list", "/api/v1/sessions/?page_size=50"),
        get("detail", f"/api/v1/sessions/{session}/"),
        Case("create", lambda desk: desk.posts(free=True), 201),
        Case("refuse", lambda desk: desk.posts(free=False), 409),
        get("sessions page", "/sessions/"),
        get("project page", f"/projects/{project}/"),
        *([get("today page", _today(desk))] if _today(desk) else []),
        get("month", f"/api/v1/sessions/calendar/month/?{month}"),
    ]


def _today(desk: Desk) -> str:
    """Return the address that the producer's morning stands at: where `/` leads."""
    found = desk.run("-m", "tests.bench.inside", "home", json.dumps(desk.facts)).split()
    return found[-1] if found else ""


def floors() -> list[Case]:
    """Return what everything is measured against."""
    return [
        Case("hello", lambda desk: desk.gets("/hello/", "floor")),
        Case("raw", lambda desk: desk.gets("/raw/", "floor")),
    ]


def measure(desks: list[Desk], asked: list[Case], *, turns: int, seconds: float) -> None:
    """Ask every case of every desk in every turn."""
    for turn in range(-1, turns):  # the first turn warms up and is not counted
        for case, desk in itertools.product(asked, desks):
            port = desk.floor_port if case.name in ("hello", "raw") else desk.port
            heard = load(port, case.requests(desk), seconds=seconds if turn >= 0 else seconds / 2)
            wrong = {status: number for status, number in heard.statuses.items() if status != case.status}
            if wrong:
                raise SystemExit(f"{case.name} on {desk.name}: answered {wrong} where {case.status} was due")
            if turn >= 0:
                case.heard.setdefault(desk.name, []).append(heard)


# --- what it comes to -------------------------------------------------------------------------------
def goals(desks: list[Desk], found: dict[str, Case], inside: dict[str, Any]) -> list[Goal]:
    """Return every figure beside its goal (design, section 8)."""
    desk = desks[0]

    def share(name: str) -> float:
        pairs = zip(found[name].heard[desk.name], found["hello"].heard[desk.name], strict=True)
        return 100 * median(case.rate / hello.rate for case, hello in pairs)

    def against(name: str, other: str, place: str) -> float:
        pairs = zip(found[name].heard[place], found[other].heard[place], strict=True)
        return median(one.middle / two.middle for one, two in pairs)

    sql = inside["sql"]
    lines = []
    if "list" in found:
        lines += [
            Goal("sessions list of 50, share of the hello", share("list"), 25, 35, True, " %"),
            Goal("  its SQL statements, 10 rows", sql["list 10"], 5, 4, False),
            Goal("  its SQL statements, 100 rows", sql["list 100"], sql["list 10"], sql["list 10"], False),
        ]
    if "detail" in found:
        lines.append(Goal("session detail, share of the hello", share("detail"), 30, 45, True, " %"))
    if "create" in found:
        lines += [
            Goal("create a session, share of the hello", share("create"), 15, 25, True, " %"),
            Goal("  its SQL statements", sql["create"], 20, 14, False),
        ]
    if {"create", "refuse"} <= set(found):
        refused = "refuse a double booking against a create, {}"
        lines += [
            Goal(refused.format(place.name), against("refuse", "create", place.name), 1.2, 1, False, "×")
            for place in desks
        ]
    if "sessions page" in found:
        size = found["sessions page"].heard[desk.name][-1].size / 1000
        lines += [
            Goal("sessions page of 50, share of the hello", share("sessions page"), 10, 16, True, " %"),
            Goal("  its SQL statements", sql["sessions page"], 8, 6, False),
            Goal("  its size", size, 60, 40, False, " kB"),
        ]
    for name in ("project page", "today page"):
        if name in found:
            lines += [
                Goal(f"{name}, share of the hello", share(name), 8, 14, True, " %"),
                Goal("  its SQL statements", sql[name], 14, 10, False),
            ]
    if len(desks) == 2:
        for name in {"list", "month", "create"} & set(found):
            pairs = zip(found[name].heard[desks[1].name], found[name].heard[desk.name], strict=True)
            grown = median(large.middle / small.middle for large, small in pairs)
            lines.append(Goal(f"{name}, {desks[1].name} sessions against {desk.name}", grown, 1.3, 1.1, False, "×"))
    lines += [
        Goal("reminders claimed and marked, share of raw SQL", inside["reminders"], 40, 60, True, " %"),
        Goal(f"memory of {WORKERS} web workers, shared pages once", desk.memory(), 230, 180, False, " MB"),
        Goal("from process start to the first 200", desk.start_seconds, 1.3, 0.8, False, " s"),
    ]
    return lines


def table(desk: Desk, found: dict[str, Case], inside: dict[str, Any]) -> Iterator[str]:
    """Yield the plain figures of one desk, which mean something only beside each other."""
    yield f"\n{desk.name + ' sessions':<16}{'req/s':>9}{'median':>10}{'95 %':>10}{'bytes':>9}{'SQL':>6}{'of raw':>8}"
    for case in found.values():
        turns = case.heard[desk.name]
        rate = median(heard.rate for heard in turns)
        raw = median(one.rate / two.rate for one, two in zip(turns, found["raw"].heard[desk.name], strict=True))
        middle, slow = median(heard.middle for heard in turns), median(heard.slow for heard in turns)
        number = inside["sql"].get(case.name, "")
        yield f"{case.name:<16}{rate:>9.0f}{middle:>7.1f} ms{slow:>7.1f} ms{turns[-1].size:>9}{number:>6}{raw:>7.0%}"


def main() -> int:
    """Measure, print, and return 1 where a must is missed."""
    parser = argparse.ArgumentParser(prog="desk bench", description=__doc__)
    parser.add_argument("--large", action="store_true", help="beside 10,000 sessions also 1,000,000")
    parser.add_argument("--turns", type=int, default=7, help="how often all is asked (default 7)")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each is asked in a turn (default 1)")
    parser.add_argument("--only", default="", metavar="NAMES", help="only these, like list,create,today page")
    options = parser.parse_args()
    only = {name for name in options.only.split(",") if name}
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="desk-bench-")))
        redis = services.RedisServer()
        redis.start()
        held.callback(redis.stop)
        server = services.postgres_server()
        desks = []
        for name, sessions in [("10k", SMALL), *([("1M", LARGE)] if options.large else [])]:
            print(f"Filling a desk with {sessions:,} sessions …", flush=True)
            desk = Desk(name, server, redis.url, folder)
            held.callback(desk.stop)  # before it is filled: a filling that fails leaves no database behind
            desk.fill(sessions)
            desks.append(desk)
        inside = json.loads(
            desks[0].run("-m", "tests.bench.inside", "count", json.dumps(desks[0].facts)).splitlines()[-1]
        )
        for desk in desks:
            desk.serve()
        every = cases(desks[0])
        if unknown := only - {case.name for case in every}:
            parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(case.name for case in every)}")
        asked = [*floors(), *(case for case in every if not only or case.name in only)]
        print(f"Asking {len(asked)} things of {len(desks)} desk(s), {options.turns} turns …", flush=True)
        measure(desks, asked, turns=options.turns, seconds=options.seconds)
        found = {case.name: case for case in asked}
        for desk in desks:
            print("\n".join(table(desk, found, inside)))
        lines = goals(desks, found, inside)
        print(f"\n{'':<58}{'measured':>14}{'must':>12}{'stretch':>12}")
        print("\n".join(goal.line() for goal in lines))
        missed = sum(not goal.holds for goal in lines)
        print(f"\n{len(lines) - missed} of {len(lines)} goals reached" + (f", {missed} missed" if missed else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
