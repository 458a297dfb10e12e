"""Studios, sessions, calls and booked slots, for operators to look at."""

from producerdesk.kit.admin import show_all

show_all("studio_sessions")
