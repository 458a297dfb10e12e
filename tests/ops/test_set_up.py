"""The set-up's own pieces: what is locked, what is copied, what is said."""

import json
import re
import socket
from pathlib import Path

import pytest

from desklib import frontend, packages, say, start
from desklib.paths import FRONTEND, REQUIREMENTS, TEST_REQUIREMENTS, UV_REQUIREMENTS, VENDOR

pytestmark = pytest.mark.once

LOCKS = [REQUIREMENTS, TEST_REQUIREMENTS, UV_REQUIREMENTS, FRONTEND / "requirements.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: f"{lock.parent.name}/{lock.name}")
def test_every_python_package_is_locked_by_hash_and_no_registry_is_named(lock: Path) -> None:
    text = lock.read_text()
    packages = re.findall(r"^[\w.\-\[\]]+==.+\n(?=( *))", text, re.MULTILINE)
    assert packages and all(indent for indent in packages)
    assert text.count("--hash=sha256:") >= len(packages)
    assert "://" not in text and "index" not in text.split("--hash", 1)[0]


def test_every_npm_package_is_locked_by_hash_and_no_registry_is_named() -> None:
    packages = json.loads(frontend.LOCK.read_text())["packages"]
    third_party = [package for name, package in packages.items() if name]
    assert third_party
    assert all(package["integrity"] and "resolved" not in package for package in third_party)


def test_the_pages_get_exactly_the_files_that_are_named() -> None:
    named = set(json.loads(frontend.FILES.read_text()).values()) | {"icons.svg"}
    assert {file.name for file in VENDOR.iterdir()} == named
    assert not any(b"sourceMappingURL" in file.read_bytes() for file in VENDOR.glob("*.[jc]s*"))


def test_an_icon_becomes_a_symbol_that_takes_its_colour_from_the_page() -> None:
    drawn = frontend.sprite(["disc"], lambda name: '<svg\n stroke="currentColor">\n <path d="M1 1" />\n</svg>')
    assert '<symbol id="disc" viewBox="0 0 24 24"><path d="M1 1" /></symbol>' in drawn
    assert "currentColor" not in drawn


def test_a_misspelt_icon_is_said_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(say.Fault, match="no-such-icon"):
        frontend.sprite(["no-such-icon"], frontend._read_icon)


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("Traceback\n  File x\ndjango.db.utils.OperationalError: refused\n\tIs it running?\n", "refused"),
        ("Collecting a\nERROR: No matching distribution found for a==9\n\n", "No matching distribution found for a==9"),
        ("npm error code E404\nnpm error 404 Not Found\nnpm error A complete log of this run\n", "404 Not Found"),
        ("producerdesk: SECRET_KEY is missing\n", "SECRET_KEY is missing"),
        ("\n\n", ""),
    ],
)
def test_the_telling_line_of_a_failure_is_found(output: str, line: str) -> None:
    assert say.telling_line(output) == line


@pytest.mark.parametrize("name", ["DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"])
def test_what_a_shell_still_holds_does_not_reach_our_programs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    assert name not in packages.venv_environment()


def test_without_a_port_the_next_free_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(start, "FIRST_PORT", port)
        monkeypatch.setattr(start, "LAST_PORT", port + 20)
        assert port < start._free_port("127.0.0.1", None) <= port + 20


def test_beyond_loopback_the_desk_answers_to_the_name_it_was_given() -> None:
    assert start._names("127.0.0.1")[0] == "127.0.0.1"
    assert start._names("192.0.2.7")[0] == "192.0.2.7"
    assert "localhost" in start._names("0.0.0.0")  # noqa: S104 - only read
