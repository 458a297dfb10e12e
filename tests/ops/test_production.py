"""Production as the README describes it, with PostgreSQL and Redis: the main job, from signing up to the reminder."""

import re
import secrets
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests

from producerdesk.kit import clock
from tests import services
from tests.makers import PASSWORD
from tests.ops.readme import commands

pytestmark = [pytest.mark.heavy, pytest.mark.once]

WEB, WORKERS = 4, 3
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/\S+)")


class Production:
    """The programs of the README on a PostgreSQL and a Redis of this test's own."""

    def __init__(self, folder: Path, redis: services.RedisServer, mail: services.SmtpSink) -> None:
        self.folder, self.port = folder, services.free_port()
        self.server = services.postgres_server()
        self.url = self.new_database()
        self.site = f"http://127.0.0.1:{self.port}"
        self.env = services.clean_environment() | {
            "DATABASE_URL": self.url,
            "REDIS_URL": redis.url,
            "EMAIL_URL": mail.url,
            "SECRET_KEY": services.SECRET,
            "SITE_URL": self.site,
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATA_DIR": str(folder / "data"),
        }
        self._running: list[subprocess.Popen[bytes]] = []
        self._databases = [self.url]

    def new_database(self) -> str:
        """Make an empty database; return its URL."""
        base, _, query = self.server.partition("?")
        url = f"{base.rpartition('/')[0]}/desk_production_{secrets.token_hex(4)}" + (f"?{query}" if query else "")
        self._on_server(f"CREATE DATABASE {_name(url)}")
        self._databases = [*getattr(self, "_databases", []), url]
        return url

    def run(self, line: str, **env: str) -> str:
        """Run one line of the README to its end, in the checkout; return what it said."""
        done = subprocess.run(
            ["bash", "-c", line], cwd=services.ROOT, env=self.env | env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, line: str, log: str) -> None:
        """Start one line of the README, to run beside the others."""
        with (self.folder / log).open("wb") as said:
            self._running.append(
                subprocess.Popen(
                    shlex.split(line),
                    cwd=services.ROOT,
                    env=self.env,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                )
            )

    def sql(self, statement: str, *values: Any, url: str = "") -> list[tuple[Any, ...]]:
        """Ask the database behind the desk's back."""
        with closing(psycopg2.connect(url or self.url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        """End everything and drop the databases."""
        while self._running:
            services.end_group(self._running.pop())
        for url in self._databases:
            self._on_server(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        with closing(psycopg2.connect(self.server)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(statement)


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


class Browser:
    """Somebody's browser, which sends the forms and the API's requests that pages send."""

    def __init__(self, site: str) -> None:
        self.site, self._session = site, requests.Session()

    def open(self, path: str) -> requests.Response:
        """Open a page."""
        answer = self._session.get(self.site + path, timeout=30)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    def send(self, path: str, **said: Any) -> requests.Response:
        """Send a form."""
        said["csrfmiddlewaretoken"] = self._session.cookies["csrftoken"]
        answer = self._session.post(self.site + path, said, timeout=30)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    def ask(self, method: str, path: str, said: Any = None) -> dict[str, Any]:
        """Ask the API, signed in as the pages are."""
        headers = {"X-CSRFToken": str(self._session.cookies["csrftoken"])}
        answer = self._session.request(method, f"{self.site}/api/v1/{path}", json=said, headers=headers, timeout=30)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()


@pytest.fixture
def production(
    tmp_path: Path, redis_server: services.RedisServer, smtp_sink: services.SmtpSink
) -> Iterator[Production]:
    """The desk, up and answering: 4 web processes, 3 workers, 1 beat."""
    desk = Production(tmp_path, redis_server, smtp_sink)
    try:
        install, migrate, collect, web, worker, beat = commands("Production")
        assert "-r requirements.txt" in install  # the checkout that runs this test was set up from the same lock
        desk.run(migrate)
        desk.run(collect)
        assert f"--workers {WEB}" in web and "--port 8000" in web
        desk.start(web.replace("--port 8000", f"--port {desk.port}"), "web.log")
        for number in range(WORKERS):
            desk.start(f"{worker} --hostname worker{number}@%h", f"worker{number}.log")
        desk.start(f"{beat} --pidfile= --schedule={tmp_path / 'beat'}", "beat.log")
        services.wait_for(lambda: services.http_status(desk.port) == 200, 60, what="the web processes")
        yield desk
    finally:
        desk.stop()


def test_the_main_job_from_signing_up_to_the_reminder_and_back_from_a_backup(
    production: Production, smtp_sink: services.SmtpSink
) -> None:
    producer = _sign_up(production, smtp_sink)
    call = _book(production, producer)
    _artist_answers(production, smtp_sink, call)
    services.wait_for(lambda: producer.ask("GET", "notices/")["count"], 30, what="the producer's bell")

    beat = commands("Production")[-1]
    production.start(f"{beat} --pidfile= --schedule={production.folder / 'second'}", "second.log")
    due = "UPDATE notices_delivery SET due_at = now(), try_at = now() WHERE kind LIKE %s AND state = 'pending'"
    production.sql(due, "%reminder%")  # as if the day before had come
    reminders = "SELECT count(*), bool_and(state = 'sent') FROM notices_delivery WHERE kind LIKE %s AND due_at <= now()"
    services.wait_for(lambda: production.sql(reminders, "%reminder%")[0][1], 30, what="the reminders")
    number = production.sql(reminders + " AND channel = 'email'", "%reminder%")[0][0]
    got = [mail for mail in smtp_sink.to("juno@example.com") if mail.message_id]
    assert number and len(got) == number + 1  # and the invitation
    assert len({mail.message_id for mail in got}) == len(got), "two beats, and nothing came twice"
    health = requests.get(f"{production.site}/healthz", timeout=30)
    assert health.status_code == 200, health.text

    _back_from_a_backup(production)


def _sign_up(production: Production, mail: services.SmtpSink) -> Browser:
    browser = Browser(production.site)
    browser.open("/accounts/signup/")
    browser.send("/accounts/signup/", name="Mara Ellison", email="mara@example.com", password1=PASSWORD)
    (letter,) = services.wait_for(lambda: mail.to("mara@example.com"), what="the mail that verifies")
    path = _path_in(letter)
    browser.open(path)
    browser.send(path)
    assert browser.ask("GET", "me/")["email"] == "mara@example.com"
    return browser


def _book(production: Production, producer: Browser) -> int:
    """Make a project, a room and a person, and book them for three days on; return the call."""
    zone = {"time_zone": "Europe/Lisbon"}
    project = producer.ask("POST", "projects/", {"title": "Salt & Neon", "artist": "Juno", "currency": "EUR"} | zone)
    production.sql("UPDATE accounts_desk SET quiet_from = NULL, quiet_until = NULL")  # as if it were day
    studio = producer.ask("POST", "studios/", {"name": "Foxglove", "city": "Porto"} | zone)
    rate = {"unit": "hour", "amount": {"amount": "62.00", "currency": "EUR"}, "hours": "1", "minimum_hours": "0"}
    room = producer.ask("POST", "rooms/", {"studio": studio["id"], "name": "Room A", "rates": [rate]})
    juno = producer.ask("POST", "contributors/", {"name": "Juno Vale", "email": "juno@example.com"})
    when = {"day": (clock.now() + timedelta(days=3)).date().isoformat(), "starts": "10:00", "ends": "18:00"}
    said = {"project": project["id"], "title": "Lead vocals", "room": room["id"]}
    session = producer.ask("POST", "sessions/", said | when | {"calls": [{"contributor": juno["id"]}]})
    assert producer.ask("GET", f"sessions/{session['id']}/costs/")["open"]["amount"] == "496.00"
    return session["calls"][0]["id"]


def _artist_answers(production: Production, mail: services.SmtpSink, call: int) -> None:
    (letter,) = services.wait_for(lambda: mail.to("juno@example.com"), 30, what="the invitation")
    path = _path_in(letter)
    artist = Browser(production.site)
    assert "Lead vocals" in artist.open(path).text
    artist.send(f"{path.partition('?')[0]}calls/{call}/confirm/")
    assert production.sql("SELECT answer FROM studio_sessions_call WHERE id = %s", call) == [("confirmed",)]


def _path_in(letter: services.Mail) -> str:
    found = LINK.search(letter.text())
    assert found, letter.text()
    return found.group(1)


def _back_from_a_backup(production: Production) -> None:
    """Write everything away and bring it back elsewhere, by the README's lines: nothing is missing, nothing else."""
    upload = Path(production.env["DATA_DIR"]) / "media" / "receipts" / "studio.pdf"
    upload.parent.mkdir(parents=True, exist_ok=True)
    upload.write_bytes(b"%PDF-1.7 a receipt")
    kept = production.folder / "kept"
    elsewhere = production.folder / "elsewhere"
    for folder in (kept, elsewhere):
        folder.mkdir()
    dump, pack, restore, unpack, migrate = commands("Backup and restore")
    other = production.new_database()
    for line in (dump, pack):
        production.run(f"cd {kept} && {line}")
    new = {"DATABASE_URL": other, "DATA_DIR": str(elsewhere)}
    for line in (restore, unpack):
        production.run(f"cd {kept} && {line}", **new)
    production.run(migrate, **new)
    assert (elsewhere / "media" / "receipts" / "studio.pdf").read_bytes() == upload.read_bytes()
    moving = {"django_session", "notices_dispatchertick", "django_migrations"}  # the desk went on meanwhile
    tables = [row[0] for row in production.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    assert len(tables) > 30
    for table in set(tables) - moving:
        rows = f"SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (SELECT t::text AS line FROM \"{table}\" t) x"  # noqa: S608
        assert production.sql(rows) == production.sql(rows, url=other), table
    net = "SELECT count(*) FROM pg_constraint WHERE contype = 'x'"
    assert production.sql(net, url=other) == production.sql(net) != [(0,)]
