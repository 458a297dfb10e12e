"""The API of budgets: figures, plan, ledger, expenses, rates of exchange."""

from budgets.api.budgets import BudgetViewSet
from budgets.api.expenses import BudgetExpenseViewSet, ExpenseViewSet
from budgets.api.parts import ApprovalViewSet, EntryViewSet, LineViewSet, RateViewSet

__all__ = [
    "ApprovalViewSet",
    "BudgetExpenseViewSet",
    "BudgetViewSet",
    "EntryViewSet",
    "ExpenseViewSet",
    "LineViewSet",
    "RateViewSet",
]
