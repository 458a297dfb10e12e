"""Every way a budget changes: its ledger, its plan, its expenses."""

from budgets.actions.ledger import (
    Line,
    Lines,
    Part,
    Source,
    agreed,
    agrees,
    commit,
    open_budget,
    pay,
    release,
    remove_exchange_rate,
    set_exchange_rate,
    settle,
)

__all__ = [
    "Line",
    "Lines",
    "Part",
    "Source",
    "agreed",
    "agrees",
    "commit",
    "open_budget",
    "pay",
    "release",
    "remove_exchange_rate",
    "set_exchange_rate",
    "settle",
]
