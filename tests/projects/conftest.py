"""What tests of projects share: the cast, and clients that are signed in as somebody."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from producerdesk.accounts.models import User
from projects.models import Project, Song, StageDate
from tests.cast import Cast, make_cast

TODAY = dt.date(2026, 11, 17)


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    """Noon of TODAY, everywhere from Honolulu to Tokyo the same day; the clock stands still."""
    with time_machine.travel(dt.datetime(2026, 11, 17, 12, tzinfo=dt.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def api() -> Callable[[User | None], "Api"]:
    """`api(user).get("projects/")`: the REST API as that person's browser asks it."""
    return Api


class Api:
    """A signed-in client of the API. Answers are Django's, with `.json()`."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client()
        if user is not None:
            self.client.force_login(user)

    def get(self, path: str, query: dict | None = None) -> Any:
        return self.client.get(f"/api/v1/{path}", query or {})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def put(self, path: str, body: Any, etag: str | None = None) -> Any:
        return self._send("put", path, body, {"If-Match": etag} if etag else {})

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}")

    def options(self, path: str) -> Any:
        return self.client.options(f"/api/v1/{path}")

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {} if body is None else body
        return getattr(self.client, method)(f"/api/v1/{path}", sent, "application/json", headers=headers)


def day(distance: int) -> dt.date:
    """Return the day so many days from TODAY."""
    return TODAY + dt.timedelta(days=distance)


def set_due(thing: Project | Song, **distances: int) -> None:
    """Give a project or a song dates: `set_due(song, tracking=-4)`."""
    project, song = (thing.project, thing) if isinstance(thing, Song) else (thing, None)
    for stage, distance in distances.items():
        StageDate.objects.update_or_create(project=project, song=song, stage=stage, defaults={"due_on": day(distance)})
