"""When studios are open in a span, for a calendar to shade what is closed."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import Viewer
from sessions.booking.hours import Hours
from sessions.busy import EARLIEST, LATEST
from sessions.models import Studio


def open_between(viewer: Viewer, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return the spans in which each studio that the viewer books is open. One that never closes is not told.

    One query.
    """
    since, until = max(since, EARLIEST), min(until, LATEST)
    if until <= since:
        return []
    studios = Studio.objects.visible_to(viewer).filter(active=True).exclude(Q(opening_hours=[]) & Q(closed_days=[]))
    return [
        {
            "studio": studio.pk,
            "time_zone": studio.time_zone,
            "spans": [
                {"starts_at": utc(opens), "ends_at": utc(closes)}
                for opens, closes in Hours(studio).windows(since, until)
                if opens < until and closes > since
            ],
        }
        for studio in studios
    ]
