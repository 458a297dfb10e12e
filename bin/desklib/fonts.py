"""Fonts for PDFs beside the one that comes as a package: names of the whole world want more letters than one font has.

Where we are not root nothing is installed; what no font has is printed as □ and the PDF says so.
"""

from pathlib import Path

from desklib import debian
from desklib.say import step

PACKAGE = "fonts-wqy-zenhei"  # Chinese, Japanese and Korean in 7 MB
THERE = Path("/usr/share/fonts")
ANY = ("**/wqy-zenhei*", "**/NotoSansCJK*")


def ensure() -> None:
    """Bring a font for Chinese, Japanese and Korean names, where that can be done without asking anybody."""
    if not debian.can_install() or any(found for pattern in ANY for found in THERE.glob(pattern)):
        return
    with step("Fonts for PDFs"):
        debian.install(PACKAGE)
