"""Debian packages, for a machine where we are root. Elsewhere these are for the owner to install."""

import os
import shutil
import subprocess

from desklib.say import CommandFailed, run_quietly


def can_install() -> bool:
    """Say whether packages can be installed here without asking anybody."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> bool:
    """Install `packages`; say whether that worked."""
    if not can_install():
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install_them = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if not _known(packages):
        _try(["apt-get", "update"], environment)
    if _try(install_them, environment):
        return True
    # the list may be older than the archive: one fresh look, one more try
    return _try(["apt-get", "update"], environment) and _try(install_them, environment)


def _known(packages: tuple[str, ...]) -> bool:
    return all(subprocess.run(["apt-cache", "show", name], capture_output=True).returncode == 0 for name in packages)


def _try(command: list[str], environment: dict[str, str]) -> bool:
    try:
        run_quietly(command, command[1], env=environment)
    except CommandFailed:
        return False
    return True
