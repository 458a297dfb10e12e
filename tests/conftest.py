"""Fixtures for all tests, and the rules of a run: which tests run where, and what is said at its end."""

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker

from tests import databases, services
from tests.browsing import Browsing, chromium
from tests.live import Live

NEEDS_DATABASE = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live",
    "site",
}
# in a small round the other database is tried beside this one
BESIDE = bool(os.environ.get("DESK_BESIDE"))
PLAIN = ("accounts", "contributors", "projects")  # folders whose tests ask plain questions of plain tables


# --- the run --------------------------------------------------------------------------------------
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put heavy tests first; leave to SQLite what is the same on both, and to PostgreSQL what production does.

    In a soak, and where only one of the two is asked for, each is given more.
    """
    # each xdist process begins with its own stretch of the tests: one runs the heavy ones, one after another, the
    # others run what is light and at the end take over what is left
    items.sort(key=lambda item: item.get_closest_marker("heavy") is None)
    belongs = _belongs_to_postgres if services.on_postgres() else _belongs_to_sqlite
    chosen = [item for item in items if belongs(item)]
    config.hook.pytest_deselected(items=[item for item in items if not belongs(item)])
    items[:] = chosen


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what stays until the end: all that was imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def _belongs_to_sqlite(item: pytest.Item) -> bool:
    return not (BESIDE and item.get_closest_marker("production"))


def _belongs_to_postgres(item: pytest.Item) -> bool:
    uses = item.get_closest_marker("django_db") or NEEDS_DATABASE & set(getattr(item, "fixturenames", ()))
    plain = BESIDE and item.path.parent.name in PLAIN
    return bool(uses) and not plain and not item.get_closest_marker("once")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the counts for `bin/desk test`, and name what could not be had."""
    if hasattr(config, "workerinput"):
        return
    stats = terminalreporter.stats
    wanting = [report for kind in ("skipped", "failed", "error") for report in stats.get(kind, ())]
    missing = sorted({what for report in wanting if (what := _missing(report.longrepr))})
    if report_path := os.environ.get("DESK_TEST_REPORT"):
        counts = {
            "passed": len(stats.get("passed", ())),
            "failed": len(stats.get("failed", ())) + len(stats.get("error", ())),
            "skipped": len(stats.get("skipped", ())),
            "missing": missing,
        }
        Path(report_path).write_text(json.dumps(counts))


def _missing(told: object) -> str:
    # a skip is told as (file, line, reason), a failure as what is printed of it
    reason = str(told[2] if isinstance(told, tuple) else told)
    _, found, what = reason.partition(services.MISSING)
    return what.splitlines()[0] if found else ""


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Forget the rate limits that other tests used up."""
    cache.clear()


# --- databases ------------------------------------------------------------------------------------
if not services.on_postgres():

    @pytest.fixture(scope="session")
    def django_db_modify_db_settings_xdist_suffix() -> None:
        """Nothing to add: each xdist process has a data folder, and so a database file, of its own."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """A database of this process, migrated here or by the process beside it."""
    with django_db_blocker.unblock(), databases.shared() as copied:
        made = setup_databases(0, interactive=False, keepdb=copied or django_db_keepdb, serialized_aliases=[])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: databases.empty())
        yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            databases.leave_alone()
            teardown_databases(made, 0)


# --- processes ------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def redis_process() -> Iterator[services.RedisServer]:
    """The Redis behind `redis_server`."""
    server = services.RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_server(redis_process: services.RedisServer) -> services.RedisServer:
    """An empty Redis of our own, which a test may kill: `.url .kill9() .start() .flush()`."""
    if not redis_process.alive:
        redis_process.start()
    redis_process.flush()
    return redis_process


@pytest.fixture
def smtp_sink() -> Iterator[services.SmtpSink]:
    """A mail server that keeps what it gets: `.url .mails .to(address) .refuse_next .refused .delay .stop()`."""
    sink = services.SmtpSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def live(transactional_db: None) -> Iterator[Live]:
    """Web, worker and beat as real processes on this test's database; all are ended after the test."""
    desk = Live()
    yield desk
    desk.stop()


@pytest.fixture(scope="session")
def site_process(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Live]:
    """The web server behind `site`."""
    with django_db_blocker.unblock():
        desk = Live()
    desk.web(workers=1)
    yield desk
    desk.stop()


@pytest.fixture
def site(site_process: Live, transactional_db: None) -> str:
    """The address of a web server on this test's database. One server serves all tests, so it starts only once."""
    return site_process.url


# --- the browser ----------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    # Playwright's loop runs in this thread, where Django would refuse to speak to the database
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with chromium() as running:
        yield running


@pytest.fixture
def browsing(browser: Browser, site: str) -> Iterator[Browsing]:
    """Windows on `site`: `browsing.window(user, phone=True, dark=True)`. A problem in any of them fails the test."""
    desk = Browsing(browser, site)
    yield desk
    desk.close()
    assert not desk.problems, "\n".join(desk.problems)
