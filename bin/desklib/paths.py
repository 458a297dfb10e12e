"""Where things lie in a checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SETUP_LOG = VENV / "setup.log"

REQUIREMENTS = ROOT / "requirements.txt"
TEST_REQUIREMENTS = ROOT / "tests" / "requirements.txt"
UV_REQUIREMENTS = ROOT / "bin" / "desklib" / "uv.txt"

FRONTEND = ROOT / "producerdesk" / "frontend"
VENDOR = ROOT / "producerdesk" / "static" / "vendor"
