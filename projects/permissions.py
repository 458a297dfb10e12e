"""Which right each action on projects takes. What is not listed is denied."""

from producerdesk.accounts.roles import PROJECT_READ, PROJECT_WRITE
from producerdesk.kit.permissions import SIGNED_IN
from producerdesk.kit.viewer import Viewer


def may_start(viewer: Viewer) -> bool:
    """Return whether the viewer may make a project: anybody with an account. Who does it first gets a desk."""
    return viewer.user_id is not None and viewer.allows(PROJECT_WRITE) and viewer.project_limit is None


def produces(viewer: Viewer) -> bool:
    """Return whether records are this viewer's trade: who works on one, or has nothing yet and is about to start.

    An artist or a player may start one too, but is not asked to on every page.
    """
    return may_start(viewer) and (viewer.can_anywhere(PROJECT_WRITE) or not (viewer.desks or viewer.projects))


PROJECTS = {
    "list": SIGNED_IN,
    "summary": SIGNED_IN,
    "retrieve": PROJECT_READ,
    "create": may_start,
    "update": PROJECT_WRITE,
    "stage": PROJECT_WRITE,
    "destroy": PROJECT_WRITE,
}
SONGS = {
    "list": SIGNED_IN,
    "retrieve": PROJECT_READ,
    "create": PROJECT_WRITE,
    "update": PROJECT_WRITE,
    "stage": PROJECT_WRITE,
    "move": PROJECT_WRITE,
    "destroy": PROJECT_WRITE,
}
