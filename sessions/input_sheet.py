"""An input list as a table of text, for spreadsheets. Nothing here knows the database."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from producerdesk.kit.text import guarded

COLUMNS = ("channel", "source", "mic", "preamp", "inserts", "converter", "note")


def write(channels: list[Mapping[str, Any]]) -> str:
    """Return the rows as CSV, in their order. Text is never a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in channels:
        writer.writerow(guarded(row[name]) for name in COLUMNS)
    return out.getvalue()
