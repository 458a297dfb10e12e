"""Prepared queries: the SQL is made once for each kind of viewer, and then asked with other values.

What `visible_to` and its annotations compile to is nearly always the same text with other ids in it, and making it
costs Django far more than the database needs to answer it. A function marked `@prepared` is called with stand-ins: a
viewer whose ids are numbers that no row has, and such values for whatever else is given. The SQL it comes to is kept by
the viewer's shape (which rights in how many desks and projects), and the real values take the places of the stand-ins.

    @prepared
    def _late(viewer: Viewer) -> QuerySet:
        return Song.objects.visible_to(viewer).with_lateness(viewer.day)[:8]

    LateSong.read(_late(viewer), viewer)

A stand-in that does not come out as it went in, a date that was found elsewhere than in what was given, a query asked
while the SQL is made: each is a mistake that would be kept, and raises.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from functools import update_wrapper
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.utils import timezone

from producerdesk.kit.viewer import Grant, Viewer

KEPT_AT_MOST = 2000  # statements; a process that has met more kinds of viewers begins anew
# stand-ins lie far apart, so that one with something added to it is no other one
FIRST_ID, ID_STEP = 7_000_000_000_000_003, 1_000_003
FIRST_DAY, DAY_STEP = dt.datetime(8001, 1, 1, 1, 17, tzinfo=dt.UTC), dt.timedelta(days=371, hours=1)
_BAKED = re.compile(r"70000\d{11}|\d{4}-\d\d-\d\d")  # a stand-in that became text, or a date

How = Callable[[QuerySet, Viewer], QuerySet]
Taken = tuple[int, int, Callable[[Any], Any] | None]  # which parameter, which value, how the database wants it


def prepared(build: Callable[..., QuerySet]) -> Callable[..., "Ready"]:
    """Let a function of a viewer and further values (ids, days, moments) build its SQL once. It gives a `Ready`."""

    def call(viewer: Viewer, **given: Any) -> Ready:
        return Ready(build, viewer, given)

    return update_wrapper(call, build)


class Ready:
    """A prepared query and the values of this time. Rows read it like a queryset."""

    def __init__(self, build: Callable[..., QuerySet], viewer: Viewer, given: dict[str, Any]) -> None:
        self._build, self._viewer, self._given = build, viewer, given

    def values_list(self, *columns: str) -> list[tuple]:
        """Return the rows as tuples."""
        return self.tuples(columns, lambda queryset, viewer: queryset.values_list(*columns))

    def values(self, *columns: str) -> list[dict[str, Any]]:
        """Return the rows as dicts."""
        return [dict(zip(columns, row, strict=True)) for row in self.values_list(*columns)]

    def tuples(self, what: Any, how: How) -> list[tuple]:
        """Return what `how` makes of the queryset; `what` names it, the same for the same columns."""
        values, shape = _values(self._viewer, self._given)
        key = (self._build, what, shape, timezone.get_current_timezone_name())
        statement = _kept.get(key, _UNMADE)
        if isinstance(statement, str):
            if len(_kept) >= KEPT_AT_MOST:
                _kept.clear()  # another thread may be reading: it has its statement in its hand
            statement = _kept[key] = _prepare(self._build, how, self._viewer, self._given)
        return statement.fetch(values) if statement else []


_kept: dict[Any, "_Statement | None"] = {}
_UNMADE = "not made yet"  # None says: made, and nobody of this shape has any row


class _Statement:
    """SQL, where the values go into it, and how what comes back is read."""

    def __init__(self, alias: str, sql: str, params: list[Any], taken: list[Taken], converters: list) -> None:
        self._alias, self._sql, self._params = alias, sql, params
        self._taken, self._converters = taken, converters

    def fetch(self, values: Sequence[Any]) -> list[tuple]:
        """Ask the database."""
        connection, params = connections[self._alias], self._params.copy()
        for place, number, adapt in self._taken:
            params[place] = adapt(values[number]) if adapt else values[number]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            found = cursor.fetchall()
        return [self._converted(row, connection) for row in found] if self._converters else found

    def _converted(self, row: tuple, connection: Any) -> tuple:
        cells = list(row)
        for place, converters, expression in self._converters:
            for convert in converters:
                cells[place] = convert(cells[place], expression, connection)
        return tuple(cells)


def _prepare(build: Callable[..., QuerySet], how: How, viewer: Viewer, given: dict[str, Any]) -> _Statement | None:
    """Make the SQL with stand-ins. None where nobody of this shape has any row."""
    values, _shape = _values(viewer, given)
    stand_ins = [_stand_in(number, value) for number, value in enumerate(values)]
    other, rest = _with(viewer, given, stand_ins)
    connection = connections["default"]
    _ = connection.features.supports_json_field  # the first time Django finds it out by a query of its own
    with connection.execute_wrapper(_no_query):
        queryset = how(build(other, **rest), other)
        compiler = queryset.query.get_compiler(queryset.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
    places = _places(compiler.connection.ops, stand_ins)
    taken = [(at, *places[param]) for at, param in enumerate(params) if _is_stand_in(param, places)]
    expressions = [column[0] for column in compiler.select[: compiler.col_count]]
    converters = [(place, *pair) for place, pair in compiler.get_converters(expressions).items()]
    return _Statement(queryset.db, sql, list(params), taken, converters)


def _no_query(*_args: Any) -> NoReturn:
    raise AssertionError("A prepared query asks nothing while it is made: what it learns would be kept.")


# --- values and what stands in for them -------------------------------------------------------------


def _values(viewer: Viewer, given: dict[str, Any]) -> tuple[list[Any], tuple]:
    """Return the values of this time in a row, and all else that the SQL depends on."""
    desks, projects = _places_of(viewer)
    at = {key: number for number, key in enumerate(desks)}
    among = {key: number for number, key in enumerate(projects)}
    values = [viewer.user_id or 0, viewer.contributor_id or 0, _day_of(viewer), *desks, *projects]
    shape: list[Any] = [
        (viewer.via, bool(viewer.user_id), bool(viewer.contributor_id), viewer.scopes),
        tuple((at[key], grant.role, grant.rights) for key, grant in viewer.desks.items()),
        tuple((among[key], at[grant.desk_id], grant.role, grant.rights) for key, grant in viewer.projects.items()),
        None if viewer.project_limit is None else frozenset(among[key] for key in viewer.project_limit),
        (len(desks), len(projects)),
    ]
    for name, value in given.items():
        flat = _flat(value)
        values += flat
        shape.append((name, type(value), value if value is None or isinstance(value, bool) else len(flat)))
    return values, tuple(shape)


def _places_of(viewer: Viewer) -> tuple[list[int], list[int]]:
    """Return the ids of desks and projects that the viewer knows, in their order: which is the first stays so."""
    grants = (*viewer.desks.values(), *viewer.projects.values())
    desks = sorted({*viewer.desks, *(grant.desk_id for grant in grants)})
    return desks, sorted({*viewer.projects, *(viewer.project_limit or ())})


def _day_of(viewer: Viewer) -> dt.date:
    return viewer.day or timezone.now().astimezone(ZoneInfo(viewer.time_zone)).date()


def _flat(value: Any) -> list[Any]:
    """Return a value as the places it takes: none for yes, no and nothing, which the SQL itself depends on.

    Ids in a row are filled up to the next power of two with the last of them, so that few lengths are met.
    """
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, int | dt.date):
        return [value]
    ids = list(value)
    return ids + ids[-1:] * ((1 << (len(ids) - 1).bit_length()) - len(ids)) if ids else []


def _stand_in(number: int, value: Any) -> Any:
    moment = FIRST_DAY + number * DAY_STEP
    if isinstance(value, dt.datetime):
        return moment
    if isinstance(value, dt.date):
        return moment.date()
    if isinstance(value, int):
        return FIRST_ID + number * ID_STEP
    raise TypeError(f"{value!r} has no stand-in: give ids, days and moments.")


def _with(viewer: Viewer, given: dict[str, Any], stand_ins: list[Any]) -> tuple[Viewer, dict[str, Any]]:
    """Return the viewer and the values once more, with the stand-ins in them."""
    desks, projects = _places_of(viewer)
    rest = iter(stand_ins)
    user, contributor, day = next(rest), next(rest), next(rest)
    at = {key: next(rest) for key in desks}
    among = {key: next(rest) for key in projects}
    other = Viewer(
        via=viewer.via,
        user_id=user if viewer.user_id else None,
        contributor_id=contributor if viewer.contributor_id else None,
        time_zone="",  # whoever looks for the day there finds no such zone: it stands in `day`
        day=day,
        scopes=viewer.scopes,
        desks={at[key]: Grant(at[key], None, *grant[2:]) for key, grant in viewer.desks.items()},
        projects={
            among[key]: Grant(at[grant.desk_id], among[key], *grant[2:]) for key, grant in viewer.projects.items()
        },
        project_limit=None if viewer.project_limit is None else frozenset(among[key] for key in viewer.project_limit),
    )
    return other, {name: _refilled(value, rest) for name, value in given.items()}


def _refilled(value: Any, rest: Iterable[Any]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    found = [next(rest) for _place in _flat(value)]  # type: ignore[call-overload]
    return found[0] if isinstance(value, int | dt.date) else tuple(found)


# --- finding them again -----------------------------------------------------------------------------


def _places(ops: Any, stand_ins: list[Any]) -> dict[Any, tuple[int, Callable[[Any], Any] | None]]:
    """Return by parameter which value takes its place, and how the database wants it."""
    found: dict[Any, tuple[int, Callable[[Any], Any] | None]] = {}
    for number, stand_in in enumerate(stand_ins):
        adapt = _ADAPTED.get(type(stand_in))
        adapt_ = getattr(ops, adapt) if adapt else None
        found[adapt_(stand_in) if adapt_ else stand_in] = (number, adapt_)
    return found


_ADAPTED = {dt.date: "adapt_datefield_value", dt.datetime: "adapt_datetimefield_value"}


def _is_stand_in(param: Any, places: dict[Any, Any]) -> bool:
    """Return whether a value takes the place of this parameter. Raises where one would be kept that must not be."""
    if isinstance(param, int | str | dt.date) and not isinstance(param, bool) and param in places:
        return True
    strange = isinstance(param, int) and FIRST_ID <= param < 2 * FIRST_ID
    if strange or isinstance(param, dt.date | list | tuple) or _BAKED.search(str(param)):
        raise AssertionError(f"{param!r} would be kept in a prepared query: give it by name.")
    return False
