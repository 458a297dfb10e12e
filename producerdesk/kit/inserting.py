"""Inserting a few rows. Django leads every cell through an expression of its own, a third of the time of a booking.

`insert(rows)` does what `bulk_create` does, by one statement: what stands in a row already as the database wants it is
handed over as it is, all else is prepared by its field. No signals are sent, and `save` is not called.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connections, models, router

FEW = 50  # rows; Django knows better how to cut more of them into statements
Cell = Callable[[models.Model, Any], Any]  # of a row, for a connection

# what a field's value is where nothing need be done to it
_PLAIN: dict[Any, type] = {
    models.CharField.get_prep_value: str,
    models.TextField.get_prep_value: str,
    models.IntegerField.get_prep_value: int,
    models.BooleanField.get_prep_value: bool,
}


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Store new rows of one model and tell each its id, but not where conflicts are ignored."""
    if not rows:
        return
    model = type(rows[0])
    if len(rows) > FEW or not _is_simple(model) or any(row.pk is not None for row in rows):
        model._default_manager.bulk_create(rows, ignore_conflicts=ignore_conflicts)
        return
    using = router.db_for_write(model)
    connection = connections[using]
    cells = _cells(model, connection.vendor)
    params = [cell(row, connection) for row in rows for cell in cells]
    with connection.cursor() as cursor:
        cursor.execute(_sql(model, len(rows), ignore_conflicts), params)
        keys = [] if ignore_conflicts else cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=False):
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, using


@cache
def _sql(model: type[models.Model], count: int, ignore_conflicts: bool) -> str:
    names = [f'"{field.column}"' for field in _fields(model)]
    row = f"({', '.join(['%s'] * len(names))})"
    key = model._meta.pk.column
    after = "ON CONFLICT DO NOTHING" if ignore_conflicts else f'RETURNING "{key}"'
    rows = ", ".join([row] * count)
    return f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) VALUES {rows} {after}'  # noqa: S608 - our names


def _fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if not field.primary_key]


@cache
def _is_simple(model: type[models.Model]) -> bool:
    """Return whether the database makes nothing of a row but its id."""
    fields = _fields(model)
    return (
        isinstance(model._meta.pk, models.AutoField | models.BigAutoField)
        and not model._meta.parents
        and not any(field.generated or field.has_db_default() or hasattr(field, "get_placeholder") for field in fields)
    )


@cache
def _cells(model: type[models.Model], vendor: str) -> list[Cell]:
    return [_cell(field, vendor) for field in _fields(model)]


def _cell(field: models.Field, vendor: str) -> Cell:
    if type(field).pre_save is not models.Field.pre_save and not _is_plain_moment(field):
        return lambda row, connection: field.get_db_prep_save(field.pre_save(row, add=True), connection)
    name, plain = field.attname, _plain_type(field, vendor)

    def cell(row: models.Model, connection: Any) -> Any:
        value = row.__dict__[name]  # a key's own attribute would be a call
        if value is None or type(value) is plain:
            return value
        return field.get_db_prep_save(value, connection)

    return cell


def _is_plain_moment(field: models.Field) -> bool:
    """Return whether it is a moment that the row is told, and not the one in which it is stored."""
    return isinstance(field, models.DateTimeField) and not (field.auto_now or field.auto_now_add)


def _plain_type(field: models.Field, vendor: str) -> type | None:
    """Return the type whose values the database takes as they are, or None where the field has its own way."""
    while field.is_relation:
        field = field.target_field  # type: ignore[attr-defined] # of a relation
    own = type(field)
    if isinstance(field, models.AutoField):
        return int
    if own.get_db_prep_value is not models.Field.get_db_prep_value:
        # PostgreSQL takes moments as they are, and of ours each knows its zone
        return dt.datetime if vendor == "postgresql" and own is models.DateTimeField else None
    return _PLAIN.get(own.get_prep_value)
