"""Queries within the query that reads rows: the children of one thing as JSON, the count of a list beside its page.

Each spares a round trip. The children of lists are not folded in: SQLite works out every column of a row before it
cuts the page, so it would read the children of rows that nobody sees.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.db.models import IntegerField, QuerySet, Subquery, TextField
from django.db.models.sql.compiler import SQLCompiler

Decoder = Callable[[Any], Any] | None
# how a column's values stand in JSON; a column of any other kind does not fold (decimals would lose their digits)
_DECODERS: dict[str, Decoder] = {
    **dict.fromkeys(("CharField", "TextField", "SlugField", "EmailField", "URLField"), None),
    **dict.fromkeys(("AutoField", "BigAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField"), None),
    **dict.fromkeys(("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"), None),
    "BooleanField": bool,  # SQLite says 0 and 1
    "DateField": dt.date.fromisoformat,
    "DateTimeField": lambda text: _utc(dt.datetime.fromisoformat(text)),
}
Sql = tuple[str, tuple]
_TEMPLATES = {
    "sqlite": "(SELECT JSON_GROUP_ARRAY(JSON_ARRAY({columns})) FROM ({rows}) folded)",
    "postgresql": "(SELECT COALESCE(JSON_AGG(JSON_BUILD_ARRAY({columns})), '[]')::text FROM ({rows}) folded)",
}
MOST_COLUMNS = 100  # arguments that either function takes


class JsonRows(Subquery):
    """The rows of a `values_list`, in its order: `[[1, "Harbour Lights"], [2, "Glass Teeth"]]`."""

    output_field = TextField()

    def as_sql(self, compiler: SQLCompiler, connection: Any, template: str | None = None, **extra: Any) -> Sql:
        inner = self.query.get_compiler(connection=connection, elide_empty=False)
        rows, params = inner.as_sql(with_col_aliases=True)
        columns = ", ".join(f"folded.{connection.ops.quote_name(alias)}" for _expr, _sql, alias in inner.select)
        return _TEMPLATES[connection.vendor].format(columns=columns, rows=rows), tuple(params)


class RowCount(Subquery):
    """How many rows a queryset has, at most so many, beside each row of a page. The database counts once for them."""

    output_field = IntegerField()

    def __init__(self, queryset: QuerySet, at_most: int) -> None:
        # what only shows, and the order, are not worked out
        super().__init__(queryset.order_by().values("pk")[:at_most])

    def as_sql(self, compiler: SQLCompiler, connection: Any, template: str | None = None, **extra: Any) -> Sql:
        inner = self.query.get_compiler(connection=connection, elide_empty=False)
        rows, params = inner.as_sql(with_col_aliases=True)
        return f"(SELECT COUNT(*) FROM ({rows}) counted)", tuple(params)  # noqa: S608 - what Django itself compiled


def decoders_of(rows: QuerySet) -> tuple[Decoder, ...] | None:
    """Return how to read each column of a `values_list` out of JSON, or None where one of them does not fold."""
    compiler = rows.query.clone().get_compiler(using=rows.db, elide_empty=False)
    compiler.pre_sql_setup()
    fields = [_plain_field(expression.output_field) for expression, _sql, _alias in compiler.select]
    kinds = [None if hasattr(field, "from_db_value") else field.get_internal_type() for field in fields]
    if len(kinds) > MOST_COLUMNS or not all(kind in _DECODERS for kind in kinds):
        return None
    return tuple(_DECODERS[kind] for kind in kinds if kind)


def unfold(text: str, decoders: Sequence[Decoder]) -> list[tuple]:
    """Return the rows as the `values_list` itself would have given them."""
    return [
        tuple(
            value if decode is None or value is None else decode(value)
            for value, decode in zip(row, decoders, strict=True)
        )
        for row in orjson.loads(text)
    ]


def _plain_field(field: Any) -> Any:
    """Return the field whose values a column holds: of a foreign key, the key that it points at."""
    while field.is_relation:
        field = field.target_field
    return field


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
