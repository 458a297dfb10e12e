"""The second net under the lock: the database itself refuses two excluding slots of one resource at one time.

Made after each `migrate`, never in `Meta.constraints`: SQLite has no exclusion constraints and would stop, and a later
AlterField on SQLite builds the table anew and drops its triggers in silence.
"""

from typing import Any

from django.db import connections

NAME = "no_two_at_one_time"
TABLE = "studio_sessions_bookingslot"
_EXCLUDES = "state IN ('confirmed', 'in_progress') AND NOT reported_clash"

# int8range makes a number fit a GiST index without an extension
_POSTGRES = f"""
ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} EXCLUDE USING gist (
    int8range(resource_id, resource_id, '[]') WITH &&,
    tstzrange(starts_at, ends_at) WITH &&
) WHERE ({_EXCLUDES})
"""
_NEW_EXCLUDES = "NEW.state IN ('confirmed', 'in_progress') AND NOT NEW.reported_clash"
# three days: LONGEST_SLOT, so that the index answers
_SQLITE = f"""
CREATE TRIGGER {NAME}_on_{{event}} BEFORE {{when}} ON {TABLE}
WHEN {_NEW_EXCLUDES}
BEGIN
    SELECT RAISE(ABORT, '{NAME}') WHERE EXISTS (
        SELECT 1 FROM {TABLE}
        WHERE resource_id = NEW.resource_id AND id IS NOT NEW.id AND {_EXCLUDES}
          AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
          AND starts_at > datetime(NEW.starts_at, '-3 days')
    );
END
"""  # noqa: S608 - made of constants
_EVENTS = {"insert": "INSERT", "update": "UPDATE OF resource_id, starts_at, ends_at, state, reported_clash"}


def lay(sender: Any = None, using: str = "default", **signal: Any) -> None:
    """Make the net where it is missing. Connected to `post_migrate`; safe to run again."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return  # migrated back to before the table
    with connection.cursor() as cursor:
        standing = laid(using)
        if connection.vendor == "postgresql" and NAME not in standing:
            cursor.execute(_POSTGRES)
        elif connection.vendor == "sqlite":
            for event, when in _EVENTS.items():
                if f"{NAME}_on_{event}" not in standing:
                    cursor.execute(_SQLITE.format(event=event, when=when))


def laid(using: str = "default") -> set[str]:
    """Return the names of the net's parts that stand in the database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass", [TABLE])
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        return {name for (name,) in cursor.fetchall() if name.startswith(NAME)}
