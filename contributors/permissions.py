"""Which right each action on people and hires takes. What is not listed is denied."""

from producerdesk.accounts.roles import BUDGET_READ, BUDGET_WRITE, PEOPLE_READ, PEOPLE_WRITE
from producerdesk.kit.permissions import SIGNED_IN, Right
from producerdesk.kit.viewer import Viewer


def may_look(viewer: Viewer) -> bool:
    """Return whether there is a network to look at. Who is new here may look at the empty one and start it."""
    return viewer.can_anywhere(PEOPLE_READ) or viewer.is_new(PEOPLE_READ)


def may_add(viewer: Viewer) -> bool:
    """Return whether the viewer may add people. Adding the first one is an act as a producer: it makes a desk."""
    return viewer.can_anywhere(PEOPLE_WRITE) or viewer.is_new(PEOPLE_WRITE)


def may_import(viewer: Viewer) -> bool:
    """Return whether the viewer may add many people at once, with their rates."""
    return may_add(viewer) and viewer.allows(BUDGET_WRITE)


def may_export(viewer: Viewer) -> bool:
    """Return whether the viewer may take the whole network away, with its rates."""
    return viewer.can_anywhere(PEOPLE_READ) and viewer.allows(BUDGET_READ)


def may_link(viewer: Viewer) -> bool:
    """Return whether the viewer may make private links: who produces, signed in. No token makes another way in."""
    return viewer.scopes is None and viewer.can_anywhere(PEOPLE_WRITE)


LINKS: dict[str, Right] = {"list": may_link, "create": may_link, "destroy": may_link}
CONTRIBUTORS: dict[str, Right] = {
    "list": may_look,
    "known": may_look,
    "retrieve": PEOPLE_READ,
    "create": may_add,
    "update": PEOPLE_WRITE,
    "archive": PEOPLE_WRITE,
    "restore": PEOPLE_WRITE,
    "destroy": PEOPLE_WRITE,
    "import_sheet": may_import,
    "export": may_export,
}
ENGAGEMENTS: dict[str, Right] = {
    "list": SIGNED_IN,  # one's own, for who does not produce
    "retrieve": SIGNED_IN,
    "candidates": PEOPLE_READ,
    "create": PEOPLE_WRITE,
    "update": PEOPLE_WRITE,
    "audition": PEOPLE_WRITE,
    "offer": PEOPLE_WRITE,
    "confirm": PEOPLE_WRITE,
    "decline": PEOPLE_WRITE,
    "end": PEOPLE_WRITE,
    "reopen": PEOPLE_WRITE,
    "destroy": PEOPLE_WRITE,
}
