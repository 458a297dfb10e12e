"""Which right each action on desks, their staff and oneself takes, and who may give which role to whom."""

from producerdesk.accounts.roles import DESK_MANAGE, RIGHTS_OF
from producerdesk.kit.permissions import SIGNED_IN
from producerdesk.kit.viewer import Viewer


def in_person(viewer: Viewer) -> bool:
    """Return whether somebody with an account is here by login: a token or a link never changes a person's own."""
    return viewer.via == "login"


def has_account(viewer: Viewer) -> bool:
    """Return whether the viewer is somebody with an account. A calendar feed carries the schedule and no person."""
    return viewer.via in ("login", "token")


def may_give(viewer: Viewer, role: str, *, desk_id: int, project_id: int | None = None) -> bool:
    """Return whether the viewer has every right that the role carries there: nobody gives what he or she has not."""
    return all(viewer.can(right, desk_id=desk_id, project_id=project_id) for right in RIGHTS_OF[role])


DESKS = {"list": has_account, "retrieve": has_account, "update": DESK_MANAGE}
STAFF = {"list": SIGNED_IN, "retrieve": SIGNED_IN, "role": DESK_MANAGE, "destroy": has_account}
ME = {"retrieve": has_account, "update": in_person}
