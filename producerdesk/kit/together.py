"""Statements whose answer nobody waits for: they travel with the next one that is asked, in the order they came in.

A way to PostgreSQL and back costs both sides more than most of what is done there. Within `together()`, what is told by
`tell` waits for the next statement, whoever asks it, and goes at the end at the latest. What it breaks is raised there,
in the same transaction. New rows that others refer to learn their ids with a query that comes before them
(`number_ahead`), so that they can be told, too. SQLite lies in our own process, and does at once what it is told.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import connections
from django.db.models import Model

Said = tuple[str, Sequence[Any]]  # SQL and its parameters


class Sayable(Protocol):
    """A statement that values go into."""

    def said(self, connection: Any, values: Sequence[Any]) -> Said:
        """Return what the database is told with these values."""


class _Waiting:
    """What waits for the next statement of a connection: a wrapper around its execution."""

    def __init__(self) -> None:
        self._sql: list[str] = []
        self._params: list[Any] = []
        self.unnumbered: list[Model] = []

    def add(self, sql: str, params: Sequence[Any]) -> None:
        """Let one more wait."""
        self._sql.append(sql)
        self._params += params

    def taken(self) -> Said:
        """Return all that waits as one text, and let nothing wait any more."""
        sql, params = "; ".join(self._sql), self._params
        self._sql, self._params = [], []
        return sql, params

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict) -> Any:
        """Execute a statement, and before it what waits."""
        if not self._sql:
            return execute(sql, params, many, context)
        before, told = self.taken()
        if sql.startswith("ROLLBACK"):
            return execute(sql, params, many, context)  # it would undo what waits
        try:
            if params is None or many or context["cursor"].cursor.name is not None:
                with context["connection"].cursor() as cursor:
                    cursor.execute(before, told)
                return execute(sql, params, many, context)
            return execute(f"{before}; {sql}", [*told, *params], many, context)
        except BaseException:
            # it may never have reached the database: whoever catches this must not go on without what waited
            context["connection"].needs_rollback = True
            raise


@contextmanager
def together(using: str = "default") -> Iterator[None]:
    """Let what is told within travel with what is asked. Inside a transaction: what fails takes all of it back."""
    connection = connections[using]
    if connection.vendor != "postgresql" or _waiting(connection):
        yield
        return
    with connection.execute_wrapper(_Waiting()):
        yield
        go(connection)


def tell(connection: Any, statement: Sayable, values: Sequence[Any]) -> None:
    """Let the database do this with these values, before whatever it is asked next."""
    waiting = _waiting(connection)
    if waiting:
        waiting.add(*statement.said(connection, values))
        return
    with connection.cursor() as cursor:
        cursor.execute(*statement.said(connection, values))


def go(connection: Any) -> None:
    """Do now what waits."""
    waiting = _waiting(connection)
    sql, params = waiting.taken() if waiting else ("", ())
    if sql:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)


def number_ahead(rows: Iterable[Model], using: str = "default") -> None:
    """Let new rows learn their ids with a query that is asked next, so that nobody waits for them to be inserted.

    They have none yet where no such query was asked by then, and on SQLite: inserted, they learn them as ever.
    """
    waiting = _waiting(connections[using])
    if waiting:
        waiting.unnumbered += rows


def take_unnumbered(connection: Any) -> list[Model]:
    """Return the rows that wait for ids: who asks will see to it."""
    waiting = _waiting(connection)
    if not waiting or not waiting.unnumbered:
        return []
    rows, waiting.unnumbered = waiting.unnumbered, []
    return [row for row in rows if row.pk is None]


def _waiting(connection: Any) -> _Waiting | None:
    return next((each for each in connection.execute_wrappers if isinstance(each, _Waiting)), None)
