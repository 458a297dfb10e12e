"""GET /healthz."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.utils import OperationalError
from django.test import Client

from producerdesk.kit import clock
from producerdesk.notices import dispatcher, health
from producerdesk.notices.models import Delivery, DispatcherTick
from tests.services import RedisServer

Notes = Any
PARTS = ("database", "migrations", "dispatcher", "deliveries", "broker")


@pytest.fixture(autouse=True)
def long_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process has been up for a while."""
    monkeypatch.setattr(health, "_started", time.monotonic() - 121)


@pytest.fixture
def embedded(settings: Any, tmp_path: Path) -> Path:
    """A broker in a folder, and a dispatcher that has just run."""
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    return tmp_path


@pytest.fixture
def healthy(embedded: Path, notes: Notes) -> Notes:
    """A desk with nothing wrong."""
    dispatcher.dispatch(name="worker")
    return notes


def look(client: Client, *, status: int) -> dict[str, Any]:
    """Return the answer's parts."""
    answer = client.get("/healthz", headers={"accept": "text/html"})
    assert answer.status_code == status, answer.json()
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    assert answer.json()["ok"] is (status == 200)
    return answer.json()["parts"]


def bad(parts: dict[str, Any]) -> list[str]:
    """Return the parts that are not well."""
    return [name for name in PARTS if not parts[name]["ok"]]


def test_all_is_well_and_anybody_may_ask(client: Client, healthy: Notes) -> None:
    parts = look(client, status=200)
    assert list(parts) == list(PARTS)
    assert bad(parts) == []
    assert 0 <= parts["dispatcher"]["age_seconds"] <= 60
    assert parts["deliveries"]["overdue"] == 0


def test_a_dispatcher_that_never_ran_is_red(client: Client, healthy: Notes) -> None:
    DispatcherTick.objects.all().delete()
    assert bad(look(client, status=503)) == ["dispatcher"]


def test_a_dispatcher_that_stopped_is_red_and_its_age_is_told(client: Client, healthy: Notes) -> None:
    DispatcherTick.objects.update(at=clock.now() - timedelta(seconds=150))
    parts = look(client, status=503)
    assert bad(parts) == ["dispatcher"]
    assert 150 <= parts["dispatcher"]["age_seconds"] <= 210


@pytest.mark.parametrize("tick", [None, timedelta(hours=8)])
def test_a_desk_that_has_just_started_says_so_and_is_not_red(
    client: Client, healthy: Notes, monkeypatch: pytest.MonkeyPatch, tick: timedelta | None
) -> None:
    """It was off over night: the first sweep is still to come, and what fell due meanwhile leaves with it."""
    monkeypatch.setattr(health, "_started", time.monotonic() - 110)
    DispatcherTick.objects.all().delete()
    if tick:
        DispatcherTick.objects.create(name="worker", at=clock.now() - tick)
    healthy.plan("note:1")
    Delivery.objects.update(try_at=clock.now() - timedelta(hours=3))
    parts = look(client, status=200)
    assert parts["dispatcher"]["starting"] is parts["deliveries"]["starting"] is True
    assert client.get("/healthz").json()["starting"] is True
    dispatcher.dispatch(name="worker")
    assert "starting" not in look(client, status=200)["dispatcher"]
    assert client.get("/healthz").json()["starting"] is False


def test_starting_hides_nothing_else(client: Client, healthy: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_started", time.monotonic())
    monkeypatch.setattr("producerdesk.notices.health._brought", lambda: frozenset({("notices", "0099_new")}))
    DispatcherTick.objects.all().delete()
    assert bad(look(client, status=503)) == ["migrations"]
    assert client.get("/healthz").json()["starting"] is False


@pytest.mark.parametrize("state", ["pending", "claimed", "sending"])
def test_what_is_overdue_for_more_than_two_minutes_is_red(client: Client, healthy: Notes, state: str) -> None:
    healthy.plan("note:1", "note:2")
    Delivery.objects.update(state=state, try_at=clock.now() - timedelta(seconds=110))
    assert bad(look(client, status=200)) == []
    Delivery.objects.filter(ref="note:1").update(try_at=clock.now() - timedelta(seconds=130))
    parts = look(client, status=503)
    assert bad(parts) == ["deliveries"]
    assert parts["deliveries"]["overdue"] == 1


def test_what_has_ended_is_never_overdue(client: Client, healthy: Notes) -> None:
    healthy.plan("note:1")
    Delivery.objects.update(state="failed", try_at=clock.now() - timedelta(days=1))
    assert bad(look(client, status=200)) == []


def test_a_missing_migration_is_red(client: Client, healthy: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producerdesk.notices.health._brought", lambda: frozenset({("notices", "0099_new")}))
    assert bad(look(client, status=503)) == ["migrations"]


def test_a_folder_that_is_gone_is_red(client: Client, healthy: Notes, embedded: Path) -> None:
    embedded.rmdir()
    assert bad(look(client, status=503)) == ["broker"]


def test_redis_is_asked(client: Client, healthy: Notes, settings: Any, redis_server: RedisServer) -> None:
    settings.CELERY_BROKER_URL = redis_server.url
    assert bad(look(client, status=200)) == []
    redis_server.kill9()
    assert bad(look(client, status=503)) == ["broker"]


def test_a_database_that_does_not_answer_is_red_and_tells_no_more(
    client: Client, healthy: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> None:
        raise OperationalError("could not connect to postgres.internal as secret_user")

    with monkeypatch.context() as away:
        away.setattr(CursorWrapper, "execute", refuse)
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert bad(answer.json()["parts"]) == ["database", "migrations", "dispatcher", "deliveries"]
    assert "secret" not in answer.content.decode()


def test_asking_is_cheap(client: Client, healthy: Notes, django_assert_max_num_queries: Any) -> None:
    connection.ensure_connection()
    with django_assert_max_num_queries(5):
        look(client, status=200)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_can_only_be_read(client: Client, healthy: Notes, method: str) -> None:
    assert getattr(client, method)("/healthz").status_code == 405
