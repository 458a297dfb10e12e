"""Compiling the lock files: a developer's command, after a change of a requirements.in or package.json."""

import shutil
from pathlib import Path

from desklib import frontend, packages
from desklib.paths import FRONTEND, PYTHON, REQUIREMENTS, ROOT, TEST_REQUIREMENTS, UV_REQUIREMENTS
from desklib.say import run_quietly, step

# one lock for every system and every Python we run on; never the address of a registry in it
COMPILE = ("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header")


def compile_all() -> int:
    """Write every lock file anew, keeping the versions that still fit; return the exit code."""
    packages.ensure(UV_REQUIREMENTS)
    # the tests' lock is held to the product's, so the product's comes first
    for lock in (REQUIREMENTS, TEST_REQUIREMENTS, FRONTEND / "requirements.txt", UV_REQUIREMENTS):
        with step(str(lock.relative_to(ROOT))):
            _compile(lock)
    with step("package-lock.json"):
        frontend.npm("install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund")
    return 0


def _compile(lock: Path) -> None:
    uv = shutil.which("uv") or str(PYTHON.parent / "uv")
    source = lock.with_suffix(".in").name
    run_quietly([uv, *COMPILE, source, "--output-file", lock.name], f"Compiling {source}", cwd=lock.parent)
