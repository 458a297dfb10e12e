"""A wrong or missing production setting stops start-up with one clear line."""

import subprocess
from pathlib import Path

import pytest

from desklib import programs
from tests import services
from tests.ops.desk import refused

pytestmark = pytest.mark.once

GOOD = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "SECRET_KEY": services.SECRET,
    "SITE_URL": "https://desk.example.com",
    "ALLOWED_HOSTS": "desk.example.com",
}
WRONG = {
    "SECRET_KEY": ["", "short"],
    "SITE_URL": ["", "desk.example.com", "ftp://desk.example.com"],
    "ALLOWED_HOSTS": ["", " , "],
    "DATABASE_URL": ["mysql://127.0.0.1/desk", "nonsense"],
    "REDIS_URL": ["http://127.0.0.1"],
    "EMAIL_URL": ["nonsense"],
    "MAIL_FROM": ["Desk", "Desk <desk@example.com>\nBcc: x@example.com", "Desk <desk>"],
    "INBOUND_MAIL": ["replies", "a+b@desk.example.com", "Desk <desk@example.com>"],
    "FETCH_ALSO_FROM": ["127.0.0.0/8", "everywhere"],
    "DEBUG": ["perhaps"],
    "DATA_DIR": ["/proc/no/such/folder"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_one_line_names_the_setting(name: str, value: str, tmp_path: Path) -> None:
    env = GOOD | {"DATA_DIR": str(tmp_path), name: value}
    done = subprocess.run(
        [str(programs.PYTHON), "-c", "from producerdesk import env; env.read()"],
        cwd=services.ROOT,
        env=services.clean_environment() | env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 78
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr


def test_the_line_reaches_the_person_who_starts_the_desk(tmp_path: Path) -> None:
    code, lines = refused("--data", str(tmp_path), **GOOD | {"SECRET_KEY": ""})
    assert code == 1
    assert lines == ["desk: SECRET_KEY is missing: give at least 32 random characters"]


def test_a_database_that_is_away_is_said_in_one_line(tmp_path: Path) -> None:
    code, lines = refused("--data", str(tmp_path), **GOOD)
    assert code == 1
    assert len(lines) == 1
    assert "connection" in lines[0] and "Traceback" not in lines[0]
