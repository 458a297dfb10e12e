"""A moment that the database reckons from a given one: a prepared query holds none that was reckoned here."""

import datetime as dt
from typing import Any

from django.db.models import DateTimeField, Func, Value


class Earlier(Func):
    """The moment so long before a given one, to the second."""

    output_field = DateTimeField()

    def __init__(self, moment: dt.datetime, by: dt.timedelta) -> None:
        super().__init__(Value(moment, output_field=DateTimeField()))
        self.seconds = int(by.total_seconds())

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Take an interval off."""
        return self.as_sql(compiler, connection, template=f"(%(expressions)s - interval '{self.seconds} seconds')")

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Take seconds off; what comes is text of the form in which moments are stored."""
        return self.as_sql(compiler, connection, template=f"datetime(%(expressions)s, '-{self.seconds} seconds')")
