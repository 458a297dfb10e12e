"""GET /healthz: is everything there that a running desk needs? For load balancers and people on call; no login."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from producerdesk.kit import clock
from producerdesk.notices.models import Delivery, DispatcherTick

log = structlog.get_logger(__name__)

LATE = timedelta(minutes=2)  # a tick comes every 5 seconds; two minutes without one is no hiccup
BROKER_TIMEOUT = 2.0  # seconds
_started = time.monotonic()  # this process

# each looks at one part and returns whether it is well, and what else may be told to anybody
Look = Callable[[], tuple[bool, dict[str, Any]]]


@never_cache
@require_safe
def answer(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all parts are well and 503 when one is not. What is wrong in detail stands in the log.

    In its first two minutes a desk that was off has sent nothing yet, or is catching up: that is `starting`, not red.
    """
    parts = {"database": _told(_database)}
    for name, look in (("migrations", _migrations), ("dispatcher", _dispatcher), ("deliveries", _deliveries)):
        # each would wait for the database again
        parts[name] = _told(look) if parts["database"]["ok"] else {"ok": False}
    parts["broker"] = _told(_broker)
    well = all(part["ok"] for part in parts.values())
    starting = any(part.get("starting") for part in parts.values())
    return JsonResponse({"ok": well, "starting": well and starting, "parts": parts}, status=200 if well else 503)


def _told(look: Look) -> dict[str, Any]:
    try:
        well, more = look()
    except Exception as error:  # whatever it is, this part is not well
        log.warning("not healthy", part=look.__name__.strip("_"), error=str(error))
        return {"ok": False}
    return {"ok": well, **more}


def _database() -> tuple[bool, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True, {}


def _migrations() -> tuple[bool, dict[str, Any]]:
    return not _brought() - MigrationRecorder(connection).applied_migrations().keys(), {}


@lru_cache(maxsize=1)
def _brought() -> frozenset[tuple[str, str]]:
    """Return the migrations this code brings. Read once: the files do not change under a running process."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _dispatcher() -> tuple[bool, dict[str, Any]]:
    """A worker or `manage dispatch` swept a moment ago."""
    last = DispatcherTick.objects.aggregate(last=Max("at"))["last"]
    age = None if last is None else clock.now() - last
    swept = {"age_seconds": None if age is None else max(0, round(age.total_seconds()))}
    if age is not None and age <= LATE:
        return True, swept
    return _is_starting(), swept | {"starting": _is_starting()}


def _deliveries() -> tuple[bool, dict[str, Any]]:
    """Nothing waits that should have left."""
    overdue = Delivery.objects.waiting_since(clock.now() - LATE).count()
    if not overdue:
        return True, {"overdue": 0}
    return _is_starting(), {"overdue": overdue, "starting": _is_starting()}


def _is_starting() -> bool:
    return time.monotonic() - _started <= LATE.total_seconds()


def _broker() -> tuple[bool, dict[str, Any]]:
    """Redis answers, or the folder of the embedded broker can be written."""
    if urlsplit(settings.CELERY_BROKER_URL).scheme == "filesystem":
        folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]
        return os.access(folder, os.W_OK | os.X_OK), {}
    import redis  # a tenth of a web process's start: only where a Redis is named

    timeouts = {"socket_connect_timeout": BROKER_TIMEOUT, "socket_timeout": BROKER_TIMEOUT}
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, **timeouts) as client:
        return bool(client.ping()), {}
