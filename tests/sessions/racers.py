"""Processes full of clients that all want the same at once; each runs tests/sessions/racing.py."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from contributors.models import Contributor
from desklib.paths import PYTHON
from producerdesk.accounts.models import ApiToken
from producerdesk.kit import clock
from sessions import actions
from sessions.models import DatePoll
from tests import makers, services
from tests.cast import Cast

PROCESSES = 4


@dataclass
class Outcome:
    """What became of all clients of a round."""

    won: list[int]
    clashes: list[list[str]]
    errors: list[str]
    worst: float


class Racers:
    """The four processes."""

    def __init__(self, env: dict[str, str]) -> None:
        command = [str(PYTHON), "-m", "tests.sessions.racing"]
        self._processes = [
            subprocess.Popen(
                command, cwd=services.ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            for _ in range(PROCESSES)
        ]

    def race(self, viewer: int, wishes: list[dict], *, seed: int, clients: int = 50, **over: object) -> Outcome:
        """Let all clients go at once and wait for the last. `over` says by which port and tokens they go."""
        job = {"clients": clients, "viewer": viewer, "wishes": wishes} | over
        for number, process in enumerate(self._processes):
            self._say(process, json.dumps(job | {"seed": seed * 10 + number}))
        for process in self._processes:
            assert self._hear(process) == "ready"
        for process in self._processes:
            self._say(process, "go")
        found = [each for process in self._processes for each in json.loads(self._hear(process))]
        return Outcome(
            won=[each["won"] for each in found if "won" in each],
            clashes=[each["clash"] for each in found if "clash" in each],
            errors=[each["error"] for each in found if "error" in each],
            worst=max(each["seconds"] for each in found),
        )

    def stop(self) -> None:
        """End them."""
        for process in self._processes:
            assert process.stdin and process.stdout
            process.stdin.close()
            process.wait(timeout=30)
            process.stdout.close()

    def _say(self, process: subprocess.Popen, line: str) -> None:
        assert process.stdin
        process.stdin.write(line + "\n")
        process.stdin.flush()

    def _hear(self, process: subprocess.Popen) -> str:
        assert process.stdout
        return process.stdout.readline().strip()


def tokens_of(cast: Cast) -> list[str]:
    """Return tokens of as many people as together stay under the limit of requests a minute."""
    scopes = ["project:read", "project:write", "people:read", "schedule:read", "schedule:write"]
    tokens = []
    for _ in range(8):
        user = makers.make_user()
        makers.make_staff(cast.desk, user)
        tokens.append(ApiToken.objects.create(user=user, name="race", scopes=scopes)[1])
    return tokens


def poll_of(cast: Cast, day: int, people: Sequence[Contributor], hours: Sequence[int]) -> DatePoll:
    """Return a date poll with a slot from each of these hours of a day on, each an hour long."""
    return actions.propose_dates(
        viewer=cast.viewer("ana"),
        project=cast.project,
        title="Vocals",
        room=cast.room,
        calls=[{"contributor": person} for person in people],
        answer_by=clock.now() + timedelta(hours=1),
        slots=[
            {"starts_local": f"2027-07-{day:02}T{hour}:00", "ends_local": f"2027-07-{day:02}T{hour + 1}:00"}
            for hour in hours
        ],
    )
