"""Many at once, over HTTP: no change is lost, and a request that was sent a hundred times makes one thing."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache

from producerdesk.accounts.roles import RIGHTS
from projects.models import Song
from projects.tokens import make_token
from sessions.models import Room, StudioSession
from tests import makers, services
from tests.cast import Cast, make_cast
from tests.live import Live

pytestmark = [pytest.mark.heavy, pytest.mark.soak, pytest.mark.production]

EDITORS = 50
TRIES = services.rounds(2, 10)  # of each editor
REPEATS = 100


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: dict[str, Any]


class Server:
    """Two processes of the production server, and a token that may do everything."""

    def __init__(self, live: Live, cast: Cast) -> None:
        live.web(workers=2)
        self.cast, self.port = cast, live.port
        self._token = make_token(owner=cast.ana, name="many hands", scopes=RIGHTS, days=1)[1]

    def ask(self, method: str, path: str, said: Any = None, **headers: str) -> Answer:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                method,
                f"/api/v1/{path}",
                None if said is None else json.dumps(said),
                {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", **headers},
            )
            response = connection.getresponse()
            return Answer(response.status, response.headers, json.loads(response.read() or b"{}"))
        finally:
            connection.close()

    def at_once(self, number: int, do: Callable[[int], list[Answer]]) -> list[Answer]:
        """Let so many clients go at the same moment; return all they got."""
        cache.clear()  # the rate limit counts one person, who here has a hundred hands
        gate = threading.Barrier(number)

        def client(which: int) -> list[Answer]:
            gate.wait()
            return do(which)

        with ThreadPoolExecutor(number) as pool:
            return [answer for answers in pool.map(client, range(number)) for answer in answers]


@pytest.fixture
def server(live: Live) -> Server:
    """The server on the cast's database."""
    return Server(live, make_cast())


def _edited(cast: Cast) -> dict[str, str]:
    """Return what the editors work on: the field they change, and its thing's path."""
    session = makers.make_session(cast.project, cast.ana, room=cast.room)
    song = makers.make_song(cast.project, "Glass Teeth")
    return {"title": f"sessions/{session.pk}/", "notes": f"songs/{song.pk}/", "name": f"rooms/{cast.room.pk}/"}


def test_of_fifty_editors_each_version_is_one_success_and_nobody_overwrites_unseen(server: Server) -> None:
    for field, path in _edited(server.cast).items():
        start = server.ask("OPTIONS", path)
        first = _version_of(start)
        form = start.body["forms"]["PUT"]["values"]
        before: dict[int, str] = {}  # version that was read -> the text that replaced it

        def edit(
            which: int, path: str = path, field: str = field, form: Any = form, before: Any = before
        ) -> list[Answer]:
            answers = []
            for turn in range(TRIES):
                etag = server.ask("OPTIONS", path).body["etag"]
                text = f"Take {which}-{turn}"
                answer = server.ask("PUT", path, form | {field: text}, **{"If-Match": etag})
                answers.append(answer)
                if answer.status == 200:
                    assert before.setdefault(int(etag.strip('"')), text) == text, "two wrote over the same version"
            return answers

        answers = server.at_once(EDITORS, edit)
        counts = Counter(answer.status for answer in answers)
        assert set(counts) <= {200, 412}, counts
        assert counts[200] >= TRIES and counts[412], counts  # it was a race
        end = server.ask("OPTIONS", path)
        last = _version_of(end)
        assert last - first == counts[200]
        assert sorted(before) == list(range(first, last))
        assert end.body["forms"]["PUT"]["values"][field] == before[last - 1]


def _version_of(options: Answer) -> int:
    return int(options.body["etag"].strip('"'))


@pytest.mark.parametrize("what", ["session", "song", "room"])
def test_the_same_key_a_hundred_times_at_once_makes_one_thing(server: Server, what: str) -> None:
    cast = server.cast
    path, said, model = {
        "session": ("sessions/", _booking(cast), StudioSession),
        "song": ("songs/", {"project": cast.project.pk, "title": "Once"}, Song),
        "room": ("rooms/", {"studio": cast.room.studio_id, "name": "Room Once"}, Room),
    }[what]
    number = model._default_manager.count()
    key = {"Idempotency-Key": f"a {what}"}
    answers = server.at_once(REPEATS, lambda which: [server.ask("POST", path, said, **key)])
    counts = Counter((answer.status, answer.body.get("code")) for answer in answers)
    assert set(counts) <= {(201, None), (409, "in_progress")}, counts
    assert all(answer.headers.get("Retry-After") for answer in answers if answer.status == 409)
    again = server.ask("POST", path, said, **key)
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert {answer.body["id"] for answer in answers if answer.status == 201} == {again.body["id"]}
    assert model._default_manager.count() == number + 1
    other = server.ask("POST", path, said | {"title" if what != "room" else "name": "Another"}, **key)
    assert (other.status, other.body["code"]) == (422, "key_reused")
    assert model._default_manager.count() == number + 1


def _booking(cast: Cast) -> dict[str, Any]:
    where = {"project": cast.project.pk, "room": cast.room.pk}
    return where | {"title": "Once", "day": "2027-03-10", "starts": "10:00", "ends": "18:00"}
