"""The lookup for lists of ids whose SQL is the same however long they are."""

from typing import Any

import orjson
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler


class Json(str):
    """A list of ids as SQLite reads it, told from a text that somebody typed."""

    @classmethod
    def of(cls, ids: list[int]) -> "Json":
        """Return the list as JSON."""
        return cls(orjson.dumps(ids).decode())


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`column__among=[1, 2, 3]`: as `__in`, but one parameter however many there are, so the SQL is ever the same."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        """Compare with an array."""
        column, params = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.db_type(connection)  # an empty list would be of no type
        return f"{column} = ANY(%s::{kind}[])", [*params, list(self.rhs)]

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        """Compare with the rows of a JSON list."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, Json.of(list(self.rhs))]  # noqa: S608
