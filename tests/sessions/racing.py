"""A process full of clients that all want the same time. Run as a program; it reads jobs, one JSON object a line.

Each job: {"clients": 50, "seed": 7, "viewer": user id, "wishes": [{book_session's arguments, by id}]}.
With "port" and "tokens" the clients go over HTTP, else straight to the action. A wish that names a
"session" confirms it, or over HTTP does the "deed" it names; one that names a "path" is sent there,
by its own "tokens", "method" and "version", where it has some; without a port the API answers in this
process. They take the wishes in turn and wait for the line "go". The answer is one line: who won, who
was refused how.
"""

import http.client
import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

django.setup()

from django.test import Client  # noqa: E402 - apps must be there first

from contributors.models import Contributor  # noqa: E402
from producerdesk.accounts.authentication import viewer_of_user  # noqa: E402
from producerdesk.accounts.models import User  # noqa: E402
from producerdesk.kit.errors import Clash, Conflict  # noqa: E402
from projects.models import Project  # noqa: E402
from sessions import actions  # noqa: E402
from sessions.models import Gear, Room, StudioSession  # noqa: E402

THREADS = 10  # of a process; PostgreSQL takes a hundred connections as it comes, and other tests hold some


def book(job: dict, wish: dict, dice: random.Random) -> StudioSession:
    """Do what the API does for one client: look everything up, then book."""
    people = list(Contributor.objects.filter(pk__in=wish["people"]))
    gear = list(Gear.objects.filter(pk__in=wish.get("gear", ())))
    dice.shuffle(people)
    dice.shuffle(gear)
    return actions.book_session(
        viewer=viewer_of_user(User.objects.get(pk=job["viewer"])),
        project=Project.objects.select_related("desk").get(pk=wish["project"]),
        title="The same hour",
        starts_local=wish["starts"],
        ends_local=wish["ends"],
        room=Room.objects.select_related("studio").get(pk=wish["room"]),
        calls=[{"contributor": person} for person in people],
        gear=gear,
        hold=wish.get("hold", False),
    )


def confirm(job: dict, wish: dict, dice: random.Random) -> StudioSession:
    """Confirm a hold."""
    return actions.confirm_session(
        viewer=viewer_of_user(User.objects.get(pk=job["viewer"])),
        session=StudioSession.objects.get(pk=wish["session"]),
    )


def post(job: dict, wish: dict, dice: random.Random) -> dict:
    """Book over HTTP; return what became of it."""
    people = wish["people"][:]
    dice.shuffle(people)
    body = {
        "project": wish["project"],
        "title": "The same hour",
        "day": wish["starts"][:10],
        "starts": wish["starts"][11:],
        "ends": wish["ends"][11:],
        "room": wish["room"],
        "calls": [{"contributor": person} for person in people],
    }
    return _send(job, wish | {"path": "/api/v1/sessions/", "more": body | wish.get("more", {})}, dice)


def press(job: dict, wish: dict, dice: random.Random) -> dict:
    """Do something with a session over HTTP; return what became of it."""
    return _send(job, wish | {"path": f"/api/v1/sessions/{wish['session']}/{wish['deed']}/"}, dice)


def _send(job: dict, wish: dict, dice: random.Random) -> dict:
    token = dice.choice(wish.get("tokens") or job["tokens"])
    headers = {"Authorization": wish.get("authorization") or f"Bearer {token}", "Content-Type": "application/json"}
    if "version" in wish:
        headers["If-Match"] = f'"{wish["version"]}"'
    ask = _over_http if "port" in job else _in_process
    status, text = ask(job, wish.get("method", "POST"), wish["path"], json.dumps(wish.get("more", {})), headers)
    answer = json.loads(text) if status in (200, 201, 409) else {}
    if status in (200, 201):
        return {"won": answer.get("id") or answer.get("session")}
    if status == 204:
        return {"won": 0}
    if answer.get("code") == "clash":
        return {"clash": [each["field"] for each in answer["clashes"]]}
    if answer.get("code") == "conflict":
        return {"clash": ["conflict"]}
    if status == 412:
        return {"clash": ["stale"]}
    if status in wish.get("refused", ()):
        return {"clash": [str(status)]}
    return {"error": f"{wish.get('method', 'POST')} {wish['path']} {status}: {text[:300]!r}"}


def _over_http(job: dict, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", job["port"], timeout=60)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _in_process(job: dict, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, bytes]:
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    answer: Any = client.generic(method, path, body, "application/json", headers=headers)
    return answer.status_code, answer.content


def attempt(job: dict, wish: dict, dice: random.Random) -> dict[str, Any]:
    """Let one client try; return what became of it."""
    try:
        if "port" in job or "path" in wish:
            way = press if "session" in wish else _send if "path" in wish else post
            return way(job, wish, dice)
        return {"won": (confirm if "session" in wish else book)(job, wish, dice).pk}
    except Clash as error:
        return {"clash": [each["field"] for each in error.clashes]}
    except Conflict:
        return {"clash": ["conflict"]}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def run(job: dict, pool: ThreadPoolExecutor, gate: threading.Event, ready: threading.Semaphore) -> list[dict]:
    """Let all clients of a job go at once; return what became of each.

    The threads keep their connections from job to job, as those of a web server do.
    """

    def client(number: int) -> dict:
        dice = random.Random(job["seed"] * 1000 + number)
        wish = job["wishes"][number % len(job["wishes"])]
        ready.release()
        gate.wait()
        began = time.monotonic()
        return attempt(job, wish, dice) | {"seconds": time.monotonic() - began}

    return list(pool.map(client, range(job["clients"])))


def jobs() -> Iterator[dict]:
    """Yield the jobs that come in, until the line is closed."""
    while line := sys.stdin.readline():
        yield json.loads(line)


def main() -> None:
    """Work off the jobs."""
    with ThreadPoolExecutor(1) as runner, ThreadPoolExecutor(THREADS) as pool:
        for job in jobs():
            gate, ready = threading.Event(), threading.Semaphore(0)
            outcomes = runner.submit(run, job, pool, gate, ready)
            for _ in range(min(THREADS, job["clients"])):
                ready.acquire()
            print("ready", flush=True)
            sys.stdin.readline()
            gate.set()
            print(json.dumps(outcomes.result()), flush=True)


if __name__ == "__main__":
    main()
