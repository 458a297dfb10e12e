"""Storing a few rows. Django leads every cell through an expression of its own, a third of the time of a booking.

`insert(rows)` does what `bulk_create` does, by one statement: what stands in a row already as the database wants it is
handed over as it is, all else is prepared by its field. A model with bytes or floats, which JSON would bend, goes
Django's way; a moment without a zone is refused. No signals are sent, and `save` is not called. PostgreSQL gets
the rows as one JSON text, so that however many they are it is one statement, whose plan is kept.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import orjson
from django.db import connections, models, router
from django.db.models.base import ModelState

from producerdesk.kit.prepared.plans import Plan
from producerdesk.kit.together import tell

FEW = 50  # rows; Django knows better how to cut more of them into statements
Row = TypeVar("Row", bound=models.Model)
Cell = Callable[[models.Model, Any], Any]  # of a row, for a connection

# what a field's value is where nothing need be done to it
_PLAIN: dict[Any, type] = {
    models.CharField.get_prep_value: str,
    models.TextField.get_prep_value: str,
    models.IntegerField.get_prep_value: int,
    models.BooleanField.get_prep_value: bool,
}
# by these a value goes to either database as it is
_AS_IT_IS = (models.Field.get_db_prep_value, models.IntegerField.get_db_prep_value)


def new(model: type[Row], **columns: Any) -> Row:
    """Return a new row to insert, by its columns (`project_id`): without signals, in a tenth of Django's time."""
    row: Row = model.__new__(model)
    fixed, made = _defaults(model)
    if not columns.keys() <= fixed.keys():
        raise TypeError(f"{model.__name__} has no such columns: {', '.join(columns.keys() - fixed.keys())}")
    row.__dict__ = fixed | {name: make() for name, make in made} | columns
    row._state = ModelState()
    return row


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False, keys: bool = True) -> None:
    """Store new rows of one model and tell each its id, but not where conflicts are ignored.

    Without `keys` nobody asks for the ids and none are told: a few rows travel with the next statement (kit.together).
    So do rows that have their ids ahead (`number_ahead`).
    """
    if not rows:
        return
    model = type(rows[0])
    using = router.db_for_write(model)
    connection = connections[using]
    on_postgres = connection.vendor == "postgresql"
    numbered = [row.pk is not None for row in rows]
    few = len(rows) <= FEW and _is_simple(model)
    if not few or (any(numbered) and not (on_postgres and all(numbered))):
        model._default_manager.bulk_create(rows, ignore_conflicts=ignore_conflicts)
        return
    asks = keys and not ignore_conflicts and not numbered[0]
    after = "ON CONFLICT DO NOTHING" if ignore_conflicts else f'RETURNING "{model._meta.pk.column}"' if asks else ""
    cells = _cells(model, connection.vendor, numbered[0])
    if on_postgres:
        said = [{name: cell(row, connection) for name, cell in cells} for row in rows]
        values: list[Any] = [orjson.dumps(said, default=str).decode()]
        statement = _from_json(model, after, numbered[0])
    else:
        values = [cell(row, connection) for row in rows for _name, cell in cells]
        statement = _by_cells(model, len(rows), after)
    if not asks:
        tell(connection, statement, values)
    else:
        with connection.cursor() as cursor:
            cursor.execute(*statement.said(connection, values))
            for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, using


def change(row: models.Model, *names: str) -> None:
    """Store these fields of a row that is there and ours, as they stand: with the next statement (kit.together)."""
    model = type(row)
    connection = connections[router.db_for_write(model)]
    fields, plan = _update(model, names)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    tell(connection, plan, [*values, row.pk])


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[list[models.Field], Plan]:
    """Return the fields of these names, and the statement that stores them."""
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.concrete_fields if field.name in names]
    key = model._meta.pk
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    types = {number: str(field.rel_db_type(connection)) for number, field in enumerate([*fields, key])}
    places = [(number, number, None) for number in types]
    sql = f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{key.column}" = %s'  # noqa: S608 - our names
    return fields, Plan(sql, [None] * len(types), places, types)


@cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Return what columns hold where nothing is said: the same in each row, and what is made for each."""
    fields = model._meta.concrete_fields
    made = [field for field in fields if callable(field.default) and field.has_default()]
    return {field.attname: field.get_default() for field in fields}, [(field.attname, field.default) for field in made]


@cache
def _from_json(model: type[models.Model], after: str, numbered: bool) -> Plan:
    """Return the statement that takes rows out of JSON: one value, and its plan fits any number of rows."""
    connection = connections[router.db_for_write(model)]
    fields = _fields(model, numbered)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    typed = ", ".join(f'"{field.column}" {field.rel_db_type(connection)}' for field in fields)
    source = f"SELECT {columns} FROM json_to_recordset(%s) AS said ({typed})"  # noqa: S608 - our names
    return Plan(_insert(model, columns, source, after), [None], [(0, 0, None)], {0: "json"})


@cache
def _by_cells(model: type[models.Model], count: int, after: str) -> Plan:
    """Return the statement that takes so many rows cell by cell."""
    fields = _fields(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    rows = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    places = [(number, number, None) for number in range(count * len(fields))]
    return Plan(_insert(model, columns, f"VALUES {rows}", after), [None] * len(places), places, {})


def _insert(model: type[models.Model], columns: str, source: str, after: str) -> str:
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) {source} {after}'


def _fields(model: type[models.Model], numbered: bool = False) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if numbered or not field.primary_key]


@cache
def _is_simple(model: type[models.Model]) -> bool:
    """Return whether the database makes nothing of a row but its id, and JSON bends none of it."""
    fields = _fields(model)
    return (
        isinstance(model._meta.pk, models.AutoField | models.BigAutoField)
        and not model._meta.parents
        and not any(field.generated or field.has_db_default() or hasattr(field, "get_placeholder") for field in fields)
        and not any(isinstance(field, models.FloatField) for field in fields)  # JSON has no NaN
    )


@cache
def _cells(model: type[models.Model], vendor: str, numbered: bool) -> list[tuple[str, Cell]]:
    return [(str(field.column), _cell(field, vendor)) for field in _fields(model, numbered)]


def _cell(field: models.Field, vendor: str) -> Cell:
    if isinstance(field, models.JSONField) and vendor == "postgresql":
        return _in_json(field)
    if type(field).pre_save is not models.Field.pre_save and not _is_plain_moment(field):
        return lambda row, connection: field.get_db_prep_save(field.pre_save(row, add=True), connection)
    name, plain = field.attname, _plain_type(field, vendor)
    if isinstance(field, models.DateTimeField):
        return _moment(field, name, plain)

    def cell(row: models.Model, connection: Any) -> Any:
        value = row.__dict__[name]  # a key's own attribute would be a call
        if value is None or type(value) is plain:
            return value
        return field.get_db_prep_save(value, connection)

    return cell


def _moment(field: models.Field, name: str, plain: type | None) -> Cell:
    """Return what hands over a moment, and refuses one of which nobody knows where on earth it is meant."""

    def cell(row: models.Model, connection: Any) -> Any:
        value = row.__dict__[name]
        if isinstance(value, dt.datetime) and value.tzinfo is None:
            raise ValueError(f"{type(row).__name__}.{name} got a moment without a time zone: {value}.")
        if value is None or type(value) is plain:
            return value
        return field.get_db_prep_save(value, connection)

    return cell


def _in_json(field: models.JSONField) -> Cell:
    """Return what puts the JSON of a column into that of its row."""

    def cell(row: models.Model, connection: Any) -> Any:
        value = row.__dict__[field.attname]
        return None if value is None else orjson.Fragment(json.dumps(value, cls=field.encoder))

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
    if own.get_db_prep_value not in _AS_IT_IS:
        # PostgreSQL takes moments as they are, and of ours each knows its zone
        return dt.datetime if vendor == "postgresql" and own is models.DateTimeField else None
    return _PLAIN.get(own.get_prep_value)
