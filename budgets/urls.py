"""Addresses of budgets: pages here, API resources for `producerdesk.api_urls`."""

from django.urls import path

from budgets import api, pages

app_name = "budgets"
_OF = r"budgets/(?P<budget>\d{1,18})"
resources = [
    ("budgets", api.BudgetViewSet, "budget"),
    (f"{_OF}/lines", api.LineViewSet, "budget-line"),
    (f"{_OF}/approvals", api.ApprovalViewSet, "budget-approval"),
    (f"{_OF}/entries", api.EntryViewSet, "budget-entry"),
    (f"{_OF}/expenses", api.BudgetExpenseViewSet, "budget-expense"),
    (f"{_OF}/exchange-rates", api.RateViewSet, "budget-rate"),
    ("expenses", api.ExpenseViewSet, "expense"),
]
urlpatterns = [
    path("budgets/", pages.index, name="list"),
    path("projects/<id:pk>/budget/", pages.of_project, name="of_project"),
    path("projects/<id:pk>/budget/start/", pages.start, name="start"),
    # /budgets/<pk>/
    path("budgets/<id:pk>/", pages.detail, name="detail"),
    path("budgets/<id:pk>/plan/", pages.plan, name="plan"),
    path("budgets/<id:pk>/plan/approve/", pages.approve, name="approve"),
    path("budgets/<id:pk>/plan/start/", pages.offer_lines, name="offer_lines"),
    path("budgets/<id:pk>/lines/", pages.new_line, name="new_line"),
    path("budgets/<id:pk>/lines/<id:line>/", pages.line, name="line"),
    path("budgets/<id:pk>/lines/<id:line>/remove/", pages.remove_line, name="remove_line"),
    path("budgets/<id:pk>/lines/<id:line>/restore/", pages.restore_line, name="restore_line"),
    path("budgets/<id:pk>/entries/", pages.entries, name="entries"),
    path("budgets/<id:pk>/settings/", pages.settings, name="settings"),
    path("budgets/<id:pk>/rates/", pages.set_rate, name="set_rate"),
    path("budgets/<id:pk>/rates/<id:rate>/forget/", pages.forget_rate, name="forget_rate"),
    path("budgets/<id:pk>/expenses/", pages.expenses, name="expenses"),
    path("budgets/<id:pk>/expenses/new/", pages.new_expense, name="new_expense"),
]
# the ledger's entries lead to `expense:detail`
spent = (
    [
        path("expenses/<id:pk>/", pages.expense, name="detail"),
        path("expenses/<id:pk>/edit/", pages.edit_expense, name="edit"),
        path("expenses/<id:pk>/remove/", pages.remove_expense, name="remove"),
        path("expenses/<id:pk>/restore/", pages.restore_expense, name="restore"),
        path("expenses/<id:pk>/receipt/", pages.attach, name="attach"),
        path("expenses/<id:pk>/receipt/delete/", pages.detach, name="detach"),
    ],
    "expense",
)
