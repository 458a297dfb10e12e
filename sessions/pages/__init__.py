"""The pages of sessions, calls, the calendar and studios."""
