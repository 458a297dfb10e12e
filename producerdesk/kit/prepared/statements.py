"""Statements: SQL, where the values go into it, and how what comes back is read."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from producerdesk.kit.prepared.among import Json
from producerdesk.kit.prepared.kinds import FIRST_ID
from producerdesk.kit.prepared.plans import Place, Plan, Put
from producerdesk.kit.together import take_unnumbered, tell

_BAKED = re.compile(r"23058430\d{11}|\d{4}-\d\d-\d\d")  # a stand-in that became text, or a date
_TYPES = {int: "bigint", dt.date: "date", dt.datetime: "timestamptz", list: "bigint[]", str: "text"}
_PUT = {dt.date: "adapt_datefield_value", dt.datetime: "adapt_datetimefield_value"}


class Mistaken(AssertionError):
    """Something would be kept in a statement that is true for this one time alone."""


@dataclass(slots=True)
class Statement:
    """SQL with the places where values go. Without a plan nobody of this kind has any row."""

    using: str
    plan: Plan | None = None
    converters: Any = field(default_factory=dict)
    width: int = 0  # how many columns it has
    columns: int | None = None  # further ones only sort
    made_of: "_Objects | None" = None  # where objects are made of the rows
    alone: bool = False  # its rows come in an order, or are locked: it is asked by itself

    @classmethod
    def of(cls, build: Callable[[], QuerySet], stand_ins: Sequence[Any], *, objects: bool = False) -> "Statement":
        """Return the statement of a query built with stand-ins, of rows or of `objects`. May raise Mistaken."""
        connection = connections["default"]
        _ = connection.features.supports_json_field  # the first time Django finds it out by a query of its own
        with connection.execute_wrapper(_no_query):
            queryset = build()
            compiler = queryset.query.get_compiler(using=queryset.db)
            try:
                sql, params = compiler.as_sql()
            except EmptyResultSet:
                return cls(queryset.db)
        known = _Known(compiler.connection.ops, stand_ins)
        places = [(place, *found) for place, param in enumerate(params) if (found := known.place_of(param))]
        return cls(
            queryset.db,
            Plan(sql, params, places, {number: _TYPES[type(stand_ins[number])] for _place, number, _put in places}),
            compiler.get_converters([column for column, _sql, _alias in compiler.select[: compiler.col_count]]),
            len(compiler.select),
            compiler.col_count if compiler.has_extra_select else None,
            _Objects.of(compiler, queryset.db) if objects else None,
            queryset.ordered or queryset.query.select_for_update,
        )

    def rows(self, values: Sequence[Any]) -> list[tuple]:
        """Return what the database says with these values."""
        if self.plan is None:
            return []
        unnumbered = [] if self.alone else take_unnumbered(connections[self.using])
        if unnumbered:
            return _and_numbers((self, values), unnumbered)
        return self._converted(_fetched(self.using, self.plan, values))

    def _converted(self, found: list[tuple]) -> list[tuple]:
        if self.columns is not None:
            found = [row[: self.columns] for row in found]
        if self.converters:
            compiler = SQLCompiler(None, connections[self.using], self.using)  # type: ignore[arg-type]  # it only converts
            found = [tuple(row) for row in compiler.apply_converters(found, self.converters)]
        return found

    def objects(self, values: Sequence[Any]) -> list[Any]:
        """Return the rows as objects: what Django's own ModelIterable does with them."""
        return self.as_objects(self.rows(values))

    def as_objects(self, rows: Sequence[tuple]) -> list[Any]:
        """Return an object for each of its rows."""
        return self.made_of.read(self.using, rows) if self.made_of else []

    def tell(self, values: Sequence[Any]) -> None:
        """Let the database do this, and its rows be."""
        if self.plan is not None:
            tell(connections[self.using], self.plan, values)


Asked = tuple[Statement, Sequence[Any]]  # with the values of this time


def rows_at_once(asked: Sequence[Asked]) -> list[list[tuple]]:
    """Return the rows of each of these: on PostgreSQL by one statement, where none of them has to be asked alone."""
    statements = [statement for statement, _values in asked]
    vendor = connections[statements[0].using].vendor
    if vendor != "postgresql" or any(each.alone or each.plan is None for each in statements):
        return [statement.rows(values) for statement, values in asked]
    values = [value for _statement, own in asked for value in own]
    rows = _fetched(statements[0].using, _side_by_side(statements, [len(own) for _statement, own in asked]), values)
    found, first = [], 0
    for statement in statements:
        # a part of a row begins with yes where the row is one of its own
        place = slice(first + 1, first + 1 + statement.width)
        found.append(statement._converted([row[place] for row in rows if row[first]]))
        first = place.stop
    return found


def _and_numbers(asked: Asked, unnumbered: Sequence[Model]) -> list[tuple]:
    """Return the rows of a statement, and by the way give new rows their ids, in their order (kit.together)."""
    by_model: dict[type[Model], list[Model]] = {}
    for row in unnumbered:
        by_model.setdefault(type(row), []).append(row)
    drawing = [(_numbers(model), [list(range(len(rows)))]) for model, rows in by_model.items()]
    found, *drawn = rows_at_once([asked, *drawing])
    for rows, ids in zip(by_model.values(), drawn, strict=True):
        for row, (key,) in zip(rows, sorted(ids), strict=True):
            row.pk = key
    return found


@cache
def _numbers(model: type[Model]) -> Statement:
    """Return the statement that draws a new id for each item of a list. Of a bare count PostgreSQL would think large,
    and keep no plan for it.
    """
    table, key = model._meta.db_table, model._meta.pk.column
    sequence = f"(SELECT pg_get_serial_sequence('\"{table}\"', '{key}')::regclass AS own) sequence"
    sql = f"SELECT nextval(own) FROM {sequence}, unnest(%s)"  # noqa: S608 - our names
    return Statement("default", Plan(sql, [None], [(0, 0, None)], {0: "bigint[]"}), width=1)


_joined: dict[tuple[str, ...], Plan] = {}


def _side_by_side(statements: Sequence[Statement], given: Sequence[int]) -> Plan:
    """Return the plan of these in one: rows that never meet, each with nothing in the columns of the others."""
    plans = [each.plan for each in statements if each.plan]
    key = tuple(plan.name for plan in plans)
    if key not in _joined:
        parts = [f"(SELECT TRUE, own.* FROM ({plan.sql}) own) part_{n}" for n, plan in enumerate(plans)]  # noqa: S608 - what Django itself compiled
        sql = f"SELECT * FROM {parts[0]}{''.join(f' FULL JOIN {part} ON FALSE' for part in parts[1:])}"  # noqa: S608 - the same
        params: list[Any] = []
        places: list[Place] = []
        types: dict[int, str] = {}
        before = 0
        for plan, count in zip(plans, given, strict=True):
            places += [(len(params) + place, before + number, put) for place, number, put in plan.places]
            types |= {before + number: kind for number, kind in plan.types.items()}
            params += plan.params
            before += count
        _joined[key] = Plan(sql, params, places, types)
    return _joined[key]


def forget() -> None:
    """Forget what was put together."""
    _joined.clear()


def _fetched(using: str, plan: Plan, values: Sequence[Any]) -> list[tuple]:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(*plan.said(connection, values))
        return cursor.fetchall()


@dataclass(slots=True)
class _Objects:
    """How rows become objects of a model, and of those that `select_related` names."""

    model: Any
    names: list[str]
    place: slice
    related: Sequence[Any]

    @classmethod
    def of(cls, compiler: SQLCompiler, using: str) -> "_Objects":
        """Return how the rows of this query do."""
        select, info = compiler.select, compiler.klass_info
        place = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        names = [column[0].target.attname for column in select[place]]
        related = get_related_populators(info, select, using)  # type: ignore[call-arg]  # stubs of a later Django
        return cls(info["model"], names, place, related)

    def read(self, using: str, rows: Sequence[tuple]) -> list[Any]:
        """Return an object for each row."""
        found = []
        for row in rows:
            made = _made(self.model, using, self.names, row[self.place])
            for populator in self.related:
                _populate(populator, row, made)
            found.append(made)
        return found


def _made(model: type[Model], using: str, names: Sequence[str], values: Sequence[Any]) -> Any:
    """Return a row as an object: what Django's own `from_db` makes, without signals and in a third of its time."""
    made = model.__new__(model)
    made.__dict__.update(zip(names, values, strict=True))
    made._state = ModelState()
    made._state.adding, made._state.db = False, using
    return made


def _populate(populator: Any, row: tuple, onto: Any) -> None:
    """Put what came along onto an object: what Django's RelatedPopulator does."""
    values = row[populator.cols_start : populator.cols_end]
    found = None
    if values[populator.pk_idx] is not None:
        found = _made(populator.model_cls, populator.db, populator.init_list, values)
        for further in populator.related_populators:
            _populate(further, row, found)
        populator.remote_setter(found, onto)
    populator.local_setter(onto, found)


class _Known:
    """The stand-ins as the database has them in its parameters."""

    def __init__(self, ops: Any, stand_ins: Sequence[Any]) -> None:
        self._single: dict[Any, tuple[int, Put | None]] = {}
        self._lists: dict[int, int] = {}
        for number, stand_in in enumerate(stand_ins):
            if isinstance(stand_in, list):
                self._lists[stand_in[0]] = number
            else:
                put = getattr(ops, _PUT[type(stand_in)]) if type(stand_in) in _PUT else None
                self._single[put(stand_in) if put else stand_in] = (number, put)

    def place_of(self, param: Any) -> tuple[int, Put | None] | None:
        """Return which value takes the place of this parameter. Raises where one would be kept that must not be."""
        ids = orjson.loads(str(param)) if isinstance(param, Json) else param
        if isinstance(ids, list) and len(ids) == 1 and ids[0] in self._lists:
            return self._lists[ids[0]], Json.of if isinstance(param, Json) else None
        if isinstance(param, int | str | dt.date) and not isinstance(param, bool) and param in self._single:
            return self._single[param]
        strange = isinstance(param, int) and param >= FIRST_ID
        if strange or isinstance(param, dt.date | list | tuple | Json) or _BAKED.search(str(param)):
            raise Mistaken(f"{param!r} would be kept in a prepared query: give it by name.")
        return None


def _no_query(*_args: Any) -> NoReturn:
    raise Mistaken("A prepared query asks nothing while it is made: what it learns would be kept.")
