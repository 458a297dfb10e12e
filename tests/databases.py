"""The database of a test process: how it is made, and how it is emptied after a test that commits.

To migrate takes as long as to load the product ten times, so in a run of several processes the first migrates one, and
the others begin with its copy.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from django.db import connection, transaction

from tests import services

KEPT = "migrated"
FILLED_BY_MIGRATE = {"django_content_type", "auth_permission"}


@contextmanager
def shared() -> Iterator[bool]:
    """Say whether the database stands already, as a copy. If not, it is to be made now, and the others get its copy."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield False
        return
    with (services.run_folder() / f"{KEPT}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        copy, keep = (_copy_on_postgres, _keep_on_postgres) if services.on_postgres() else (_copy_file, _keep_file)
        copied = copy()
        yield copied
        if not copied:
            keep()


def empty() -> None:
    """Take everything out again. What `migrate` filled stays, so nothing has to be done that is done after it.

    Django's own way takes twenty times as long: it tells all apps that they were migrated.
    """
    tables = _tables()
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        if services.on_postgres():
            # what a server is still writing has to come first, and to go with the rest
            cursor.execute("LOCK TABLE " + ", ".join(f'"{table}"' for table in tables))
        cursor.execute(asked)
        for (table,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608


@cache
def _tables() -> list[str]:
    return sorted(set(connection.introspection.django_table_names(only_existing=True)) - FILLED_BY_MIGRATE)


def leave_alone() -> None:
    """Be the last in the database: PostgreSQL drops none that a program still speaks to. Files go with their folder."""
    if not services.on_postgres():
        return
    with connection.cursor() as own:
        mine = "datname = current_database() AND pid <> pg_backend_pid()"
        own.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")  # noqa: S608
    with connection._nodb_cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{_kept_name()}"')


def _own() -> str:
    return str(connection.settings_dict["TEST"]["NAME"])


# --- SQLite ---------------------------------------------------------------------------------------------
def _kept_file() -> Path:
    return services.run_folder() / f"{KEPT}.sqlite3"


def _copy_file() -> bool:
    if found := _kept_file().exists():
        shutil.copyfile(_kept_file(), _own())
    return found


def _keep_file() -> None:
    # what is still in its log beside it comes along, as it would not with a copy of the file
    with closing(sqlite3.connect(_own())) as own, closing(sqlite3.connect(_kept_file())) as kept:
        own.backup(kept)


# --- PostgreSQL -----------------------------------------------------------------------------------------
def _kept_name() -> str:
    server, _, _query = os.environ["DATABASE_URL"].partition("?")
    return f"{server.rpartition('/')[2]}_{KEPT}"


def _copy_on_postgres() -> bool:
    with connection._nodb_cursor() as server:
        server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_kept_name()])
        if found := server.fetchone() is not None:
            server.execute(f'CREATE DATABASE "{_own()}" TEMPLATE "{_kept_name()}"')
    return found


def _keep_on_postgres() -> None:
    connection.close()  # nobody may be in what is copied
    with connection._nodb_cursor() as server:
        server.execute(f'CREATE DATABASE "{_kept_name()}" TEMPLATE "{_own()}"')
