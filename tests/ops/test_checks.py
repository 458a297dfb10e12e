"""`python3 bin/desk test`: what it counts, and what it makes of things that cannot be had."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from desklib import checks
from desklib.paths import PYTHON
from desklib.say import AskedToEnd
from tests import services

pytestmark = pytest.mark.once


def result_of(tmp_path: Path, *runs: tuple[int, dict[str, Any] | None]) -> checks.Result:
    """Return the result of runs that ended with an exit code and, perhaps, a report."""
    result = checks.Result()
    for code, report in runs:
        file = tmp_path / "report.json"
        file.unlink(missing_ok=True)
        if report is not None:
            file.write_text(json.dumps(report))
        result.add(file, code)
    return result


def test_runs_are_added_up(tmp_path: Path) -> None:
    result = result_of(tmp_path, (0, {"passed": 5, "skipped": 1}), (1, {"passed": 4, "failed": 2}))
    assert (result.passed, result.failed, result.skipped) == (9, 2, 1)
    assert result.exit_code() == 1


def test_a_run_that_broke_before_it_could_count_has_failed(tmp_path: Path) -> None:
    assert result_of(tmp_path, (0, {"passed": 5}), (3, None)).exit_code() == 1


def test_a_run_without_any_test_has_failed(tmp_path: Path) -> None:
    assert result_of(tmp_path, (checks.NO_TESTS, {"passed": 0})).exit_code() == 1


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_what_is_missing_fails_in_continuous_integration_only(
    ci: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    result = result_of(tmp_path, (0, {"passed": 5}), (4, {"missing": ["PostgreSQL"], "not_run": True}))
    assert result.missing == {"PostgreSQL"}
    assert result.exit_code() == code


@pytest.mark.parametrize(("ci", "counted"), [("", {"skipped": 1, "failed": 0}), ("true", {"skipped": 0, "failed": 1})])
def test_a_missing_program_is_named_once(ci: str, counted: dict[str, int], tmp_path: Path) -> None:
    file = tmp_path / "test_wanting.py"
    file.write_text("from tests.services import missing\n\ndef test_it():\n    missing('Redis (redis-server)')\n")
    report = tmp_path / "report.json"
    env = services.clean_environment() | {"CI": ci, "DESK_TEST_REPORT": str(report)}
    env.pop("DESK_TEST_FOLDER", None)
    command = [str(PYTHON), "-m", "pytest", "-q", "-p", "tests.conftest", "--rootdir", str(services.ROOT), str(file)]
    subprocess.run([*command, "-c", "pyproject.toml"], cwd=services.ROOT, env=env, capture_output=True, check=False)
    counts = json.loads(report.read_text())
    assert counts["missing"] == ["Redis (redis-server)"]
    assert {name: counts[name] for name in counted} == counted


@pytest.fixture
def a_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tests that stand for ours: one that passes on SQLite and fails on PostgreSQL, and one that takes for ever."""
    (tmp_path / "conftest.py").write_text(
        "import json, os, pathlib\n"
        "def pytest_sessionfinish(session):\n"
        "    counts = {'passed': session.testscollected - session.testsfailed, 'failed': session.testsfailed}\n"
        "    pathlib.Path(os.environ['DESK_TEST_REPORT']).write_text(json.dumps(counts))\n"
        "    with open('ended', 'a') as ended:\n"
        "        ended.write('loaded ' if session.config.option.collectonly else 'run ')\n"
    )
    (tmp_path / "test_it.py").write_text("import os\ndef test_it():\n    assert os.environ['TEST_DB'] == 'sqlite'\n")
    (tmp_path / "for_ever.py").write_text(
        "import pathlib, time\n"
        "def test_it():\n"
        "    pathlib.Path('begun').touch()\n"
        "    try:\n"
        "        time.sleep(60)\n"
        "    finally:\n"
        "        pathlib.Path('cleaned-up').touch()\n"
    )
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    monkeypatch.setattr(checks, "_lint", lambda: 0)
    return tmp_path


def test_both_databases_count_and_what_was_said_is_not_mixed(a_suite: Path, capfd: pytest.CaptureFixture[str]) -> None:
    result = checks.Result()
    checks._everything(result)
    said = capfd.readouterr().out
    assert (result.passed, result.failed) == (1, 1), said
    of_sqlite, of_postgres = said.split("== Tests on postgres ==")
    # nothing was compiled here yet, so first one process loads all there is
    loaded, *ran = (a_suite / "ended").read_text().split()
    assert loaded == "loaded" and set(ran) == {"run"}
    assert "1 passed" in of_sqlite and "1 failed" in of_postgres and "AssertionError" in of_postgres


def test_whatever_ends_us_the_tests_beside_clean_up(a_suite: Path) -> None:
    with pytest.raises(AskedToEnd), checks._beside("postgres", ["-q", "for_ever.py"], checks.Result()):
        services.wait_for((a_suite / "begun").exists, 30)
        raise AskedToEnd
    assert (a_suite / "cleaned-up").exists()
