"""The call sheet of the vocals: two versions, the engineer has confirmed the second, Juno has read the first."""

from typing import Any

from producerdesk.overview.demo.hands import Demo, viewer_of
from sessions import actions
from sessions.models import StudioSession
from sessions.sheets import content


def send_twice(demo: Demo, session: StudioSession) -> None:
    """Write the sheet and send it; a day later there is only one place to park."""
    viewer, anselm = viewer_of(demo.mara), demo.people["Anselm Roy"]
    calls = {call.contributor.name: call for call in session.calls.select_related("contributor")}
    said: dict[str, Any] = {
        "running_order": content.sheet_of(session).running_order,
        "parking": "Two places in the yard, left of the door. The street is free after 19:00.",
        "gear": [
            {"what": "Nylon-string guitar", "source": "bring", "who": "Juno Vale"},
            {"what": "Ribbon microphone", "source": "hired", "who": "Som & Fio, collected at 09:00"},
        ],
        "sharing": {str(anselm.pk): "everyone"},
        "emergency": "Hospital de Santo António, 24 h, ten minutes by car. Emergency number 112.",
        "notes": "No shoes on the wooden floor of the booth. Tea and honey are there.",
    }
    with demo.on(-2, "16:30"):
        actions.save_sheet(viewer=viewer, session=session, expected=0, **said)
        actions.publish_sheet(viewer=viewer, session=session, expected=1)
    with demo.on(-2, "18:10"):
        actions.open_sheet(call=calls["Juno Vale"])
    said["parking"] = "One place in the yard. The street is free after 19:00."
    with demo.on(-1, "10:15"):
        actions.save_sheet(viewer=viewer, session=session, expected=1, **said)
        actions.publish_sheet(viewer=viewer, session=session, expected=2)
    with demo.on(-1, "11:05"):
        actions.confirm_sheet(viewer=viewer_of(demo.users["Anselm Roy"]), call=calls["Anselm Roy"], number=2)
