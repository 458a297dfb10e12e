"""Imported busy calendars: what their files say, and reading them again and again."""
