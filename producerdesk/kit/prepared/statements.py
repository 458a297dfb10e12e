"""Statements: SQL, where the values go into it, and how what comes back is read."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from producerdesk.kit.prepared.among import Json
from producerdesk.kit.prepared.kinds import FIRST_ID
from producerdesk.kit.prepared.plans import Plan, Put
from producerdesk.kit.together import tell

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
    columns: int | None = None  # further ones only sort
    made_of: "_Objects | None" = None  # where objects are made of the rows

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
            compiler.col_count if compiler.has_extra_select else None,
            _Objects.of(compiler, queryset.db) if objects else None,
        )

    def rows(self, values: Sequence[Any]) -> list[tuple]:
        """Return what the database says with these values."""
        if self.plan is None:
            return []
        connection = connections[self.using]
        with connection.cursor() as cursor:
            cursor.execute(*self.plan.said(connection, values))
            found = cursor.fetchall()
        if self.columns is not None:
            found = [row[: self.columns] for row in found]
        if self.converters:
            compiler = SQLCompiler(None, connection, self.using)  # type: ignore[arg-type]  # it only converts
            found = [tuple(row) for row in compiler.apply_converters(found, self.converters)]
        return found

    def objects(self, values: Sequence[Any]) -> list[Any]:
        """Return the rows as objects: what Django's own ModelIterable does with them."""
        return self.made_of.read(self.using, self.rows(values)) if self.made_of else []

    def tell(self, values: Sequence[Any]) -> None:
        """Let the database do this, and its rows be."""
        if self.plan is not None:
            tell(connections[self.using], self.plan, values)


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
            made = self.model.from_db(using, self.names, row[self.place])
            for populator in self.related:
                populator.populate(row, made)
            found.append(made)
        return found


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
