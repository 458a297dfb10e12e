"""What one is told of the line of holds: one's place, who comes before as far as one may see it, what one may do."""

from datetime import datetime
from typing import Any

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import Viewer
from sessions.booking import holds
from sessions.models import StudioSession

State = StudioSession.State


def line_of(session: StudioSession, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return the line that this session stands in, as plain data. What is no standing hold stands in none."""
    if session.state != State.HOLD or session.has_lapsed(now):
        renew = session.state == State.HOLD
        return {
            "rank": None,
            "booked": renew and holds.booked_over(session),
            "before": [],
            "challenged_by": None,
            "can": {"challenge": False, "promote": False, "renew": renew},
        }
    slots = {slot.session_id: slot for slot in holds.ahead_of(session, now)}
    seen = _visible([*slots, session.challenged_by_id], viewer)
    challenger = seen.get(session.challenged_by_id or 0)
    booked = holds.booked_over(session)
    unasked = any(slot.session.answer_by is None for slot in slots.values())
    return {
        "rank": holds.ranks([session.pk], now)[session.pk],
        "booked": booked,
        "before": [_before(slot.session, seen.get(key)) for key, slot in slots.items()],
        "challenged_by": challenger.title if challenger else None,
        "can": {
            "challenge": unasked and not booked and session.ends_at > now,
            "promote": bool(slots) and all(_plans(viewer, slot.session) for slot in slots.values()),
            "renew": False,
        },
    }


def _visible(keys: list[int | None], viewer: Viewer) -> dict[int, StudioSession]:
    wanted = [key for key in keys if key]
    if not wanted:
        return {}
    return StudioSession.objects.visible_to(viewer).select_related("project").in_bulk(wanted)


def _before(held: StudioSession, seen: StudioSession | None) -> dict[str, Any]:
    return {
        "session": seen.pk if seen else None,
        "title": seen.title if seen else None,
        "project": seen.project.title if seen else None,
        "starts_at": utc(seen.starts_at) if seen else None,
        "ends_at": utc(seen.ends_at) if seen else None,
        "answer_by": utc(held.answer_by),
    }


def _plans(viewer: Viewer, session: StudioSession) -> bool:
    return viewer.can(SCHEDULE_WRITE, desk_id=session.desk_id, project_id=session.project_id)
