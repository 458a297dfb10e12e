"""Addresses of budgets: pages here, API resources for `producerdesk.api_urls`."""

from budgets import api

app_name = "budgets"
_OF = r"budgets/(?P<budget>\d{1,18})"
resources = [
    ("budgets", api.BudgetViewSet, "budget"),
    (f"{_OF}/lines", api.LineViewSet, "budget-line"),
    (f"{_OF}/entries", api.EntryViewSet, "budget-entry"),
    (f"{_OF}/expenses", api.BudgetExpenseViewSet, "budget-expense"),
    (f"{_OF}/exchange-rates", api.RateViewSet, "budget-rate"),
    ("expenses", api.ExpenseViewSet, "expense"),
]
urlpatterns: list = []
