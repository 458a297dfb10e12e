"""`as_of`: the moment at which a budget is looked at."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from producerdesk.kit.viewer import Viewer

LONGEST = 40


def moment_of(text: str | None, viewer: Viewer) -> dt.datetime | None:
    """Return the moment that `2026-11-03` (the end of that day on the viewer's clock) or a moment with a zone means.

    None for nothing said, as a form says it that was left empty. Raises Refused at `as_of` for what is neither, and for
    what is still to come.
    """
    text = (text or "").strip()
    if not text:
        return None
    now = clock.now()
    found = _read(text, viewer)
    if found is None:
        raise Refused({"as_of": _("Give a day like 2026-11-03, or a moment like 2026-11-03T12:00:00Z.")})
    if found > now and not (len(text) == 10 and text == clock.today(viewer.time_zone).isoformat()):
        raise Refused({"as_of": _("This is still to come.")})
    return min(found, now)


def _read(text: str, viewer: Viewer) -> dt.datetime | None:
    if len(text) > LONGEST:
        return None
    try:
        if len(text) == 10:
            day = dt.date.fromisoformat(text)
            found = dt.datetime.combine(day, dt.time.max, ZoneInfo(viewer.time_zone))
        else:
            found = dt.datetime.fromisoformat(text)
        moment = found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    # the first day of all has none before it, where the clocks are behind; too late a year is still to come
    return moment if found.tzinfo and found.year >= clock.FIRST_YEAR else None
