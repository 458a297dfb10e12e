"""Plans that PostgreSQL keeps: `PREPARE` once on a connection, then `EXECUTE` with the values.

It would plan each statement anew every time, which takes it longer than reading or writing the few rows.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from producerdesk.kit import together

OFTEN = 3  # times that a statement is asked by this process before its plan is worth keeping
PLANS_AT_MOST = 200  # on a connection: each takes the database some 50 kB
_numbers = itertools.count(1)
_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # by connection, the statements it knows

Put = Callable[[Any], Any]
Place = tuple[int, int, Put | None]  # in the parameters, which value, how the database wants it
Said = tuple[str, Sequence[Any]]  # SQL and its parameters


@dataclass(slots=True)
class Plan:
    """SQL with places for values, and of which type each value is."""

    sql: str
    params: Sequence[Any]
    places: Sequence[Place]
    types: Mapping[int, str]  # by number of the value
    asked: int = 0
    name: str = field(default_factory=lambda: f"desk_{next(_numbers)}")
    _execute: str = ""

    def said(self, connection: Any, values: Sequence[Any]) -> Said:
        """Return what the database is told with these values: by plan, if it is told often. With a cursor at hand."""
        self.asked += 1
        if connection.vendor != "postgresql" or self.asked <= OFTEN:
            return self._in_full(values)
        known = _planned.setdefault(connection.connection, set())
        if self.name not in known:
            self._prepare(connection, known)
        return self._execute, [values[number] for number in self.types]

    def _in_full(self, values: Sequence[Any]) -> Said:
        params = list(self.params)
        for place, number, put in self.places:
            params[place] = put(values[number]) if put else values[number]
        return self.sql, params

    def _prepare(self, connection: Any, known: set[str]) -> None:
        """Let PostgreSQL keep the plan. What never changes stands in it as it is.

        By itself: what its first use meets, a deadlock or a time limit, must not leave a plan nobody knows of.
        """
        # beside the log of queries: it asks nothing
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            if len(known) >= PLANS_AT_MOST:
                together.go(connection)  # what waits goes by the plans that are let go
                cursor.execute("DEALLOCATE ALL")
                known.clear()
            numbered = {number: place for place, number in enumerate(self.types, start=1)}
            params = list(self.params)
            for place, number, _put in self.places:
                params[place] = _Numbered(f"${numbered[number]}")
            types = f" ({', '.join(self.types.values())})" if self.types else ""
            cursor.execute(f"PREPARE {self.name}{types} AS {cursor.mogrify(self.sql, params).decode()}")
        self._execute = f"EXECUTE {self.name}" + (f" ({', '.join(['%s'] * len(self.types))})" if self.types else "")
        known.add(self.name)


class _Numbered(str):
    """A parameter in a statement that PostgreSQL keeps: `$1`."""

    def __conform__(self, protocol: Any) -> "_Numbered":
        return self

    def getquoted(self) -> bytes:
        """Return it as psycopg writes it into the SQL: bare."""
        return self.encode()
