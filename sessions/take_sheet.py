"""A take log as a table of text, for spreadsheets. Nothing here knows the database."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from producerdesk.kit.text import guarded

HEADER = (
    *("song", "take", "date", "time", "who plays", "rating", "keeper"),
    *("once more because", "note", "logged by"),
)


def write(log: Mapping[str, Any]) -> str:
    """Return a take log as CSV, in the order the takes were played, on the session's clock. Text is never a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    zone = ZoneInfo(log["time_zone"])
    for take in log["takes"]:
        at = datetime.fromisoformat(take["taken_at"]).astimezone(zone)
        row = (
            take["song_title"],
            take["number"],
            f"{at:%Y-%m-%d}",
            f"{at:%H:%M:%S}",
            ", ".join(person["name"] for person in take["performers"]),
            take["rating"] or "",
            "yes" if take["keeper"] else "",
            take["reason"],
            take["note"],
            take["logged_by"] or "",
        )
        writer.writerow(guarded(str(cell)) for cell in row)
    return out.getvalue()
