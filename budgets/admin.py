"""Budgets and their ledger, for operators to look at."""

from producerdesk.kit.admin import show_all

show_all("budgets")
