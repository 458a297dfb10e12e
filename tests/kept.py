"""What tests begin with, made once in each process: the next test gets the very rows back, in a few statements.

A cast is sixty statements and as many walks through our own code, a world three hundred. They are made anew wherever
that could be told apart: at another time (a clock that was set), where numbers fall otherwise (tests.law.twins), where
something is in the database already, and where rows are committed, as work may be done after that.
"""

import copy
import datetime as dt
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection
from django.db.models import GeneratedField

from producerdesk.kit import clock
from tests import makers, services

SOON = dt.timedelta(seconds=60)  # so long ago is now
KEPT_AT_MOST = 20  # of each kind: tests set the clock to a few certain times
NOT_OURS = {"contenttypes", "auth", "admin"}
NUMBERS = makers._numbers

Rows = dict[str, list[tuple[Any, ...]]]  # by table
T = TypeVar("T")


@dataclass
class _Kept:
    at: dt.datetime
    made: Any
    tables: list[str]
    put: Callable[[], None]


def kept(make: Callable[[], T]) -> Callable[[], T]:
    """Let `make` fill an empty database only once; then its rows and what it returned are copied."""
    known: list[_Kept] = []

    @wraps(make)
    def again() -> T:
        if not connection.in_atomic_block or makers._numbers is not NUMBERS:
            return make()
        now = clock.now()
        found = next((each for each in known if abs(now - each.at) < SOON), None)
        if _filled(found.tables if found else _tables()):
            return make()
        if found is None:
            made = make()
            rows = rows_now()
            known[:] = [*known[1 - KEPT_AT_MOST :], _Kept(now, copy.deepcopy(made), list(rows), putter(rows))]
            return made
        found.put()
        return copy.deepcopy(found.made)

    return again


def rows_now(without: Container[str] = ()) -> Rows:
    """Return all rows in our tables, as they are stored, `without` columns of such names."""
    found = {}
    with connection.cursor() as cursor:
        for table, names in _tables().items():
            columns = [name for name in names if name.strip('"') not in without]
            # what SQLite reckons is of no declared type, so it comes as it is stored
            said = ", ".join(columns) if services.on_postgres() else ", ".join(f"+{column}" for column in columns)
            cursor.execute(f'SELECT {said} FROM "{table}" ORDER BY 1')  # noqa: S608
            if rows := cursor.fetchall():
                found[table] = [tuple(map(_plain, row)) for row in rows]
    return found


def _plain(value: Any) -> Any:
    # PostgreSQL's driver gives bytes as a window on them, of which no two are alike
    return bytes(value) if isinstance(value, memoryview) else value


def putter(rows: Rows) -> Callable[[], None]:
    """Return what inserts the rows as they are."""
    statements = [(_insert(table), values) for table, values in rows.items()]

    def one_by_one() -> None:
        with connection.cursor() as cursor:
            for statement, values in statements:
                cursor.executemany(statement, values)

    if not services.on_postgres():
        return one_by_one
    with connection.cursor() as cursor:
        said = ";".join(cursor.mogrify(statement, row).decode() for statement, values in statements for row in values)

    def at_once() -> None:
        with connection.cursor() as cursor:
            cursor.execute(said)

    return at_once


def _insert(table: str) -> str:
    columns = _tables()[table]
    return f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({", ".join(["%s"] * len(columns))})'  # noqa: S608


def _filled(tables: Iterable[str]) -> bool:
    rows = " UNION ALL ".join(f'SELECT 1 FROM "{table}"' for table in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({rows})")
        return bool(cursor.fetchone()[0])


@cache
def _tables() -> dict[str, list[str]]:
    """Return our tables, and of each the columns that are written."""
    return {
        model._meta.db_table: [
            f'"{field.column}"' for field in model._meta.concrete_fields if not isinstance(field, GeneratedField)
        ]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in NOT_OURS
    }
