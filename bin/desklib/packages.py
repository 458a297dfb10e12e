"""The virtual environment and the locked Python packages in it."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from desklib import debian
from desklib.paths import PYTHON, ROOT, SETUP_LOG, UV_REQUIREMENTS, VENV
from desklib.say import CommandFailed, Fault, fingerprint, run_quietly, step

STAMP = VENV / "desk-stamp.json"
# another project's settings module, left in a shell, is none of ours; and a shell that keeps no bytecode would have
# every program compile all its libraries anew, which is most of its start
NOT_OURS = ("DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE")


def are_current(*locks: Path) -> bool:
    """Say whether the virtual environment is what `locks` say."""
    return not _missing(locks) and _works()


def ensure(*locks: Path, title: str = "Python packages") -> None:
    """Bring the virtual environment to what `locks` say."""
    if not _works():
        with step("Virtual environment"):
            _make()
    if missing := _missing(locks):
        with step(title):
            for lock in missing:
                _install(lock)
        STAMP.write_text(json.dumps(_read_stamp() | {_name(lock): fingerprint(lock) for lock in missing}, indent=1))


def venv_environment() -> dict[str, str]:
    """Return the environment with the virtual environment's commands first."""
    env = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return env | {"PATH": f"{PYTHON.parent}{os.pathsep}{env.get('PATH', os.defpath)}"}


def _missing(locks: Iterable[Path]) -> list[Path]:
    done = _read_stamp()
    return [lock for lock in locks if done.get(_name(lock)) != fingerprint(lock)]


def _name(lock: Path) -> str:
    return str(lock.relative_to(ROOT))


def _works() -> bool:
    # a link to a Python that has been removed since is no use
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode == 0


def _make() -> None:
    if importlib.util.find_spec("ensurepip") is None and not debian.install("python3-venv"):
        raise Fault("this Python cannot make virtual environments: install its venv package (Debian: python3-venv)")
    run_quietly([sys.executable, "-m", "venv", "--clear", VENV], "Making the virtual environment")
    SETUP_LOG.touch()


def _install(lock: Path) -> None:
    doing = f"Installing {_name(lock)}"
    if uv := _uv():
        try:
            run_quietly([uv, "pip", "install", "--python", PYTHON, "--require-hashes", "-r", lock], doing)
            return
        except CommandFailed:
            pass  # uv reads none of pip's configuration: where only pip knows the way, pip goes
    _pip(lock, doing)


def _uv() -> str | None:
    own = PYTHON.parent / "uv"
    if not (shutil.which("uv") or own.exists()):
        try:
            _pip(UV_REQUIREMENTS, "Installing uv")
        except CommandFailed:
            return None  # uv is a convenience: pip does the same, only slower
    return shutil.which("uv") or str(own)


def _pip(lock: Path, doing: str) -> None:
    pip = (PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet")
    run_quietly((*pip, "--require-hashes", "-r", lock), doing)


def _read_stamp() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
