"""Notices, deliveries and the outbox, for operators to look at."""

from producerdesk.kit.admin import show_all

show_all("notices")
