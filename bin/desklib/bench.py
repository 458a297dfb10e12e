"""Speed, as ratios to floors that are served beside the product (tests/bench)."""

import os

from desklib import checks, packages, setup
from desklib.paths import PYTHON, ROOT


def run(arguments: list[str]) -> int:
    """Measure and print the table; return 1 where a goal that must be reached is missed."""
    setup.for_tests()
    checks.find_redis()
    env = {**packages.venv_environment(), "PYTHONPATH": str(ROOT / "bin")}
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", "tests.bench.run", *arguments], env)
