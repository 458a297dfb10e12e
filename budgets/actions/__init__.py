"""Every way a budget changes: its ledger, its plan, its expenses."""

from budgets.actions.book import Line, Part, Source
from budgets.actions.ledger import Lines, agreed, agrees, commit, open_budget, pay, release, settle
from budgets.actions.rates import remove_exchange_rate, set_exchange_rate

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
