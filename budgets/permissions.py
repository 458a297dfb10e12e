"""Which right each action on budgets takes. What is not listed is denied; who reads no money finds nothing here."""

from producerdesk.accounts.roles import BUDGET_READ, BUDGET_WRITE

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
