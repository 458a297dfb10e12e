"""Django's own list of what production must have, asked of the production settings."""

import subprocess
from pathlib import Path

import pytest

from desklib.paths import PYTHON
from tests import services
from tests.ops.test_wrong_settings import GOOD

pytestmark = pytest.mark.once


def _check(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    surroundings = services.clean_environment()
    surroundings.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # a browser in this process sets it
    return subprocess.run(
        [str(PYTHON), "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=services.ROOT,
        env=surroundings | GOOD | {"DATA_DIR": str(tmp_path)} | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_nothing_is_left_to_do_before_production(tmp_path: Path) -> None:
    done = _check(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_without_https_it_is_told(tmp_path: Path) -> None:
    done = _check(tmp_path, SITE_URL="http://desk.example.com")
    assert done.returncode != 0
    assert "SECURE_HSTS_SECONDS" in done.stderr


def test_postgres_is_told_not_to_compile_plans(tmp_path: Path) -> None:
    """It guesses too high what the rights in a query cost, and compiling then takes longer than the query."""
    done = subprocess.run(
        [str(PYTHON), "-c", "from producerdesk import env; print(env.read().database['OPTIONS'])"],
        cwd=services.ROOT,
        env=services.clean_environment() | GOOD | {"DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "-c jit=off" in done.stdout
