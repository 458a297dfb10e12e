"""What the list of deeds tells of sessions and calls. One line in each action; the words are found when it is read."""

from typing import Any

from producerdesk.kit.viewer import Viewer
from projects.activity import note
from sessions.models import Call, StudioSession


def note_session(session: StudioSession, deed: str, viewer: Viewer, **facts: Any) -> None:
    """Note what was done to a session, with its time as it stands now."""
    facts = {"starts_at": session.starts_at, "time_zone": session.time_zone} | facts
    note(session.project_id, "session", deed, by=viewer, about=session, title=session.title, **facts)


def note_call(session: StudioSession, call: Call, deed: str, viewer: Viewer, **facts: Any) -> None:
    """Note what was done to a call, or what somebody answered. `own`: it was the person called who said it.

    It is about the session: a call has no page of its own.
    """
    person = call.contributor
    own = viewer.contributor_id == person.pk or (viewer.user_id is not None and viewer.user_id == person.user_id)
    facts = {"person": person.name, "own": own, "time_zone": session.time_zone} | facts
    note(session.project_id, "call", deed, by=viewer, about=session, title=session.title, **facts)
