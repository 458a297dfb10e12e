"""Statements that are compiled once: Django builds a list's SQL longer than the database works on it.

What a viewer may read is said by querysets (`visible_to`), and for viewers of one kind (the same roles in as many desks
and projects) their SQL differs in nothing but ids. So a queryset is built for a stand-in of that kind, whose ids are
numbers that nothing real has; its SQL is kept, and each request puts the viewer's own ids where the stand-in's stood.

    fetch(lambda viewer: Thing.objects.visible_to(viewer).values_list("pk"), viewer, key=("things", query))

`key` names everything else that the SQL depends on: the resource, the query's exact words, today's date if it counts.
Without a key, and for who holds a great many roles, the queryset is built for the viewer as ever.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Field, ForeignObject, Lookup, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from producerdesk.kit.kinds import FIRST
from producerdesk.kit.viewer import Viewer

FIRST_MOMENT = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)  # stand-in moments: no session is so far ahead
MOST_KEPT = 1_000  # statements; then all are forgotten and come again as they are asked for
Build = Callable[..., QuerySet]
_Place = tuple[int, int, Callable[[Any], Any]]  # in the parameters, number of the value, how it is put there


def fetch(build: Build, viewer: Viewer, key: Hashable | None = None, *given: Any) -> list[tuple]:
    """Return the rows of the `values_list` that `build(viewer, *given)` makes, its SQL compiled once for the key.

    `given` are ids, lists of ids that stand after `__among`, or moments: they may differ from one request to the next.
    """
    if key is None or viewer.kind is None:
        return list(build(viewer, *given))
    return _statement(build, viewer, key, given).rows([*viewer.kind.ids, *given])


def fetch_objects(build: Build, viewer: Viewer, key: Hashable, *given: Any) -> list[Any]:
    """Return the objects of the queryset that `build(viewer, *given)` makes, with what `select_related` names."""
    if viewer.kind is None:
        return list(build(viewer, *given))
    return _statement(build, viewer, key, given).objects([*viewer.kind.ids, *given])


def _statement(build: Build, viewer: Viewer, key: Hashable, given: Sequence[Any]) -> "_Statement":
    kind: Any = viewer.kind
    place = (key, kind.key)
    statement = _kept.get(place)
    if statement is None:
        stand_ins = [_stand_in(value, number) for number, value in enumerate(given, start=len(kind.ids))]
        statement = _compile(
            build(kind.stand_in(viewer), *stand_ins), [s for s in stand_ins if isinstance(s, dt.datetime)]
        )
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[place] = statement
    return statement


def forget() -> None:
    """Forget every statement."""
    _kept.clear()


# --- statements -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Statement:
    """SQL with the places where values go."""

    sql: str
    params: Sequence[Any]
    places: list[_Place]
    converters: Any = field(default_factory=dict)
    columns: int | None = None
    using: str = "default"
    made_of: Any = None  # the select and its classes, where objects are made of the rows

    def rows(self, ids: Sequence[Any]) -> list[tuple]:
        """Return what the database says with these ids."""
        if not self.sql:
            return []
        params = list(self.params)
        for place, number, put in self.places:
            params[place] = put(ids[number])
        connection = connections[self.using]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = cursor.fetchall()
        if self.columns is not None:  # further ones only sort
            found = [row[: self.columns] for row in found]
        if self.converters:
            compiler = SQLCompiler(None, connection, self.using)  # type: ignore[arg-type]  # it only converts
            found = [tuple(row) for row in compiler.apply_converters(found, self.converters)]
        return found

    def objects(self, ids: Sequence[Any]) -> list[Any]:
        """Return the rows as objects: what Django's own ModelIterable does with them."""
        if not self.sql:
            return []
        select, info = self.made_of
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[first:last]]
        related = get_related_populators(info, select, self.using)  # type: ignore[call-arg]  # stubs of a later Django
        found = []
        for row in self.rows(ids):
            made = info["model"].from_db(self.using, names, row[first:last])
            for populator in related:
                populator.populate(row, made)
            found.append(made)
        return found


_kept: dict[tuple, _Statement] = {}


def _compile(queryset: QuerySet, moments: Iterable[dt.datetime]) -> _Statement:
    compiler = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Statement("", (), [])
    adapt = connections[queryset.db].ops.adapt_datetimefield_value
    numbers: dict[Any, int] = {adapt(moment): (moment - FIRST_MOMENT).days for moment in moments}
    places: list[_Place] = []
    for place, param in enumerate(params):
        if isinstance(param, dt.datetime | str) and param in numbers:
            places.append((place, numbers[param], adapt))
        elif found := _place_of(place, param):
            places.append(found)
    return _Statement(
        sql,
        params,
        places,
        compiler.get_converters([column for column, _sql, _alias in compiler.select]),
        compiler.col_count if compiler.has_extra_select else None,
        queryset.db,
        (compiler.select, compiler.klass_info),
    )


def _stand_in(value: Any, number: int) -> Any:
    """Return what stands for a given value, told by its number from all others."""
    if isinstance(value, list):
        return [FIRST + number]
    if isinstance(value, dt.datetime):
        return FIRST_MOMENT + dt.timedelta(days=number)
    return FIRST + number


def _place_of(place: int, param: Any) -> _Place | None:
    """Return whether ids stand here that are put in anew each time, and how."""
    if isinstance(param, _Json):
        return place, orjson.loads(str(param))[0] - FIRST, _Json.of
    found = param[0] if isinstance(param, list) and param else param
    return (place, found - FIRST, _as_it_is) if isinstance(found, int) and found >= FIRST else None


def _as_it_is(value: Any) -> Any:
    return value


class _Json(str):
    """A list of ids as SQLite reads it, told from a text that somebody typed."""

    @classmethod
    def of(cls, ids: list[int]) -> "_Json":
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
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, _Json.of(list(self.rhs))]  # noqa: S608
