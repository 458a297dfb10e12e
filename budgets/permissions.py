"""Which right each action on budgets takes. What is not listed is denied; who reads no money finds nothing here."""

from producerdesk.accounts.roles import BUDGET_APPROVE, BUDGET_READ, BUDGET_WRITE
from producerdesk.kit.viewer import Viewer

BUDGETS = {
    "list": BUDGET_READ,
    "retrieve": BUDGET_READ,
    "summary": BUDGET_READ,
    "history": BUDGET_READ,
    "export": BUDGET_READ,
    "commitments": BUDGET_READ,
    "payees": BUDGET_READ,
    "create": BUDGET_WRITE,
    "update": BUDGET_WRITE,
    "start": BUDGET_WRITE,
}
LINES = {
    "list": BUDGET_READ,
    "retrieve": BUDGET_READ,
    "create": BUDGET_WRITE,
    "update": BUDGET_WRITE,
    "destroy": BUDGET_WRITE,
    "restore": BUDGET_WRITE,
}
# "create" asks `may_approve`, besides: whoever controls a budget approves its plan, whatever the role
APPROVALS = {"list": BUDGET_READ, "retrieve": BUDGET_READ, "create": BUDGET_READ}
ENTRIES = {"list": BUDGET_READ, "retrieve": BUDGET_READ}
RATES = {"list": BUDGET_READ, "retrieve": BUDGET_READ, "create": BUDGET_WRITE, "destroy": BUDGET_WRITE}
BUDGET_EXPENSES = {"list": BUDGET_READ, "retrieve": BUDGET_READ, "create": BUDGET_WRITE}
EXPENSES = {
    "list": BUDGET_READ,
    "retrieve": BUDGET_READ,
    "receipt": BUDGET_READ,
    "update": BUDGET_WRITE,
    "destroy": BUDGET_WRITE,
    "restore": BUDGET_WRITE,
    "attach": BUDGET_WRITE,
    "detach": BUDGET_WRITE,
}


def may_approve(viewer: Viewer, desk_id: int, project_id: int, controller_id: int | None) -> bool:
    """Return whether this viewer's yes counts: the owner's, the label's, the executive producer's, the controller's."""
    place = {"desk_id": desk_id, "project_id": project_id}
    controls = controller_id is not None and viewer.user_id == controller_id and viewer.allows(BUDGET_APPROVE)
    return viewer.can(BUDGET_APPROVE, **place) or (controls and viewer.can(BUDGET_READ, **place))
