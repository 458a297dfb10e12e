"""Which right each action on what spans all apps takes. What is not listed is denied."""

from producerdesk.accounts.roles import PROJECT_READ
from producerdesk.kit.viewer import Viewer


def looks_around(viewer: Viewer) -> bool:
    """Return whether the way in is for a whole desk: a calendar feed carries sessions, and nothing else."""
    return viewer.is_authenticated and viewer.via != "feed"


# everybody has a day, finds and reads what the own roles see: the rows go through `visible_to`, each part has its right
TODAY = {"retrieve": looks_around}
SEARCH = {"retrieve": looks_around}
ACTIVITY = {"list": looks_around, "retrieve": looks_around, "doers": looks_around}
QUESTIONS = GLANCE = {"retrieve": PROJECT_READ}
