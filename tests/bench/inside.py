"""What is measured inside a process: SQL statements a request, and reminders against bare SQL. Run as a program."""

import json
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - apps must be there first
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from producerdesk.kit import clock  # noqa: E402
from producerdesk.notices import dispatcher  # noqa: E402
from producerdesk.notices.models import Delivery, Notice  # noqa: E402

BATCHES, TURNS = 10, 7
RAW_CLAIM = """UPDATE notices_delivery SET state = 'claimed', claimed_by = %s, lease_until = now() + interval '60 s'
    WHERE id IN (SELECT id FROM notices_delivery WHERE channel = 'bell' AND state = 'pending' AND try_at <= now()
    ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED) RETURNING id"""
RAW_MARK = """UPDATE notices_delivery SET state = 'sent', sent_at = now(), reason = '', lease_until = NULL
    WHERE id = ANY(%s) AND claimed_by = %s AND state = 'claimed'"""


def client_of(facts: dict[str, Any]) -> Client:
    """Return a browser with the login of one of the desk's people."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["desk_login"] = facts["logins"][0]["session"]
    return client


def statements(facts: dict[str, Any]) -> dict[str, int]:
    """Return how many SQL statements each kind of request takes, the login's own included."""
    client = client_of(facts)
    day = date.fromisoformat(facts["begin"]) + timedelta(35)
    month = {"since": f"{day}T00:00:00Z", "until": f"{day + timedelta(31)}T00:00:00Z"}
    booking = {
        "project": facts["other"],
        "title": "Evening",
        "day": day.isoformat(),
        "starts": "21:00",
        "ends": "23:00",
        "room": facts["rooms"][0],
        "calls": [{"contributor": person} for person in facts["people"][:2]],
    }

    def get(path: str, **query: Any) -> Callable[[], Any]:
        return lambda: client.get(path, query)

    asked: dict[str, Callable[[], Any]] = {
        "list 10": get("/api/v1/sessions/", page_size=10),
        "list": get("/api/v1/sessions/", page_size=50),
        "list 100": get("/api/v1/sessions/", page_size=100),
        "detail": get(f"/api/v1/sessions/{facts['session']}/"),
        "create": lambda: client.post("/api/v1/sessions/", booking, content_type="application/json"),
        "refuse": lambda: client.post("/api/v1/sessions/", booking, content_type="application/json"),
        "sessions page": get("/sessions/"),
        "project page": get(f"/projects/{facts['project']}/"),
        "month": get("/api/v1/sessions/calendar/month/", **month),
    }
    if morning := home(facts):
        asked["today page"] = get(morning)
    counts = {}
    for name, ask in asked.items():
        if name not in ("create", "refuse"):
            ask()  # once before: caches of types and rates
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = ask()
        assert answer.status_code in (200, 201, 409), (name, answer.status_code, answer.content[:300])
        counts[name] = sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in seen)
    return counts


def home(facts: dict[str, Any]) -> str:
    """Return where `/` leads, if that is a page of its own and not the list of projects or sessions."""
    answer = client_of(facts).get("/")
    if answer.status_code == 200:
        return "/"
    place = answer.headers.get("Location", "")
    return "" if place.startswith(("/projects/", "/sessions/", "/calendar/", "/accounts/")) else place


def reminders() -> float:
    """Return how many reminders a second are claimed and marked, in percent of what bare SQL does beside it."""
    return 100 * median(_ours() / _raw() for _turn in range(TURNS))


def _ours() -> float:
    _due()
    began = time.perf_counter()
    for _ in range(BATCHES):
        batch = dispatcher.claim(Delivery.Channel.BELL, now=clock.now())
        assert batch is not None and len(batch.rows) == dispatcher.BATCH
        with transaction.atomic():
            assert len(batch.hold(batch.rows)) == dispatcher.BATCH
            dispatcher._mark_sent(batch.ours(batch.rows), clock.now())
    return BATCHES * dispatcher.BATCH / (time.perf_counter() - began)


def _raw() -> float:
    _due()
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for number in range(BATCHES):
            cursor.execute(RAW_CLAIM, (f"raw:{number}",))
            ids = [row[0] for row in cursor.fetchall()]
            cursor.execute(RAW_MARK, (ids, f"raw:{number}"))
            assert cursor.rowcount == dispatcher.BATCH
    return BATCHES * dispatcher.BATCH / (time.perf_counter() - began)


def _due() -> None:
    """Make a thousand bells due."""
    wanted = BATCHES * dispatcher.BATCH
    Notice.objects.filter(delivery__isnull=False).delete()
    ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True)[:wanted])
    now = clock.now()
    Delivery.objects.exclude(pk__in=ids).filter(state=Delivery.State.PENDING, try_at__lte=now).update(
        state=Delivery.State.SENT
    )
    Delivery.objects.filter(pk__in=ids).update(
        channel=Delivery.Channel.BELL, state=Delivery.State.PENDING, try_at=now, due_at=now, claimed_by=""
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notices_delivery")


def main() -> None:
    """Answer one question."""
    facts = json.loads(sys.argv[2])
    if sys.argv[1] == "home":
        print(home(facts))
    else:
        print(json.dumps({"sql": statements(facts), "reminders": reminders()}))


if __name__ == "__main__":
    main()
