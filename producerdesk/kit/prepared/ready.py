"""Functions that build a query, prepared, and the values of one time that they are asked with."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import update_wrapper
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from producerdesk.kit.prepared import statements
from producerdesk.kit.prepared.kinds import Kind, stand_in
from producerdesk.kit.prepared.statements import Mistaken, Statement

if TYPE_CHECKING:
    from producerdesk.kit.viewer import Viewer

KEPT_AT_MOST = 1_000  # statements; a process that has met more kinds of viewers begins anew
OBJECTS = "objects"  # what is made of the rows, where it is no tuples
Build = Callable[..., QuerySet]
How = Callable[[QuerySet, "Viewer"], QuerySet]


def prepared(build: Build) -> Callable[..., "Ready"]:
    """Let a function of a viewer and further values (ids, lists of ids, texts, days, moments) build its SQL once.

    It gives a `Ready`. A list of ids stands after `__among`. None, yes and no are part of what the SQL is kept by.
    """

    def call(viewer: "Viewer", **given: Any) -> Ready:
        return Ready(build, viewer, given, key=build)

    return update_wrapper(call, build)


class Ready:
    """A query and the values of this time. Rows read it like a queryset.

    `key` names all that the SQL depends on beside viewer and values; without one it is built anew each time.
    """

    def __init__(
        self, build: Build, viewer: "Viewer", given: Mapping[str, Any], *, key: Hashable | None = None
    ) -> None:
        self._build, self._viewer, self._given, self._key = build, viewer, given, key

    def values_list(self, *columns: str) -> list[tuple]:
        """Return the rows as tuples."""
        return self.tuples(columns, lambda queryset, viewer: queryset.values_list(*columns))

    def values(self, *columns: str) -> list[dict[str, Any]]:
        """Return the rows as dicts."""
        return [dict(zip(columns, row, strict=True)) for row in self.values_list(*columns)]

    def rows(self) -> list[tuple]:
        """Return the tuples of a function that names its columns itself."""
        return self.tuples((), _as_built)

    def tuples(self, what: Hashable, how: How) -> list[tuple]:
        """Return what `how` makes of the queryset; `what` names it, the same for the same columns."""
        found = self._statement(what, how)
        return found[0].rows(found[1]) if found else list(self._anew(how))

    def objects(self) -> list[Any]:
        """Return the rows as objects of their model, with what `select_related` names."""
        found = self._statement(OBJECTS, _as_built)
        return found[0].objects(found[1]) if found else list(self._anew(_as_built))

    def tell(self) -> None:
        """Let the database do what the query does, a lock, and its rows be (kit.together)."""
        found = self._statement((), _as_built)
        if found:
            found[0].tell(found[1])
        else:
            list(self._anew(_as_built))

    def _anew(self, how: How) -> QuerySet:
        return how(self._build(self._viewer, **self._given), self._viewer)

    def _statement(self, what: Hashable, how: How) -> tuple[Statement, list[Any]] | None:
        """Return the statement and its values, or None if it is not one to keep."""
        kind = self._viewer.kind
        if self._key is None or kind is None:
            return None
        given, shape = _values(self._given)
        values = [*kind.ids, dt.date.min, *given]
        # nobody's clock is UTC; to ask for that of a request takes as long as all else here
        zone = timezone.get_current_timezone_name() if self._viewer.is_authenticated else ""
        key = (self._key, what, kind.key, shape, zone)
        if key not in _kept:
            if len(_kept) >= KEPT_AT_MOST:
                forget()  # another thread may be reading: it has its statement in its hand
            _kept[key] = self._made(kind, values, what, how)
        statement = _kept.get(key)
        if statement is None:
            return None
        day = len(kind.ids)
        if statement.plan and day in statement.plan.types:  # to look it up takes longer than all else here
            values[day] = _day_of(self._viewer)
        return statement, values

    def _made(self, kind: Kind, values: list[Any], what: Hashable, how: How) -> Statement | None:
        """Make the SQL with stand-ins, or None where words of the request look like what must not be kept."""
        stand_ins = [stand_in(number, value) for number, value in enumerate(values)]
        other = kind.stand_in(self._viewer, stand_ins)
        given = _refilled(self._given, iter(stand_ins[len(kind.ids) + 1 :]))
        clock = nullcontext() if self._viewer.is_authenticated else timezone.override(dt.UTC)
        try:
            with clock:
                return Statement.of(lambda: how(self._build(other, **given), other), stand_ins, objects=what is OBJECTS)
        except Mistaken:
            if self._key is self._build:
                raise
            return None


def at_once(objects: Sequence[Ready], rows: Sequence[Ready] = ()) -> tuple[list[list[Any]], list[list[tuple]]]:
    """Return the objects or rows of each of these, in no order: they take one way to PostgreSQL and back."""
    found = [
        *(each._statement(OBJECTS, _as_built) for each in objects),
        *(each._statement((), _as_built) for each in rows),
    ]
    asked = [each for each in found if each]
    if len(asked) < 2 or len(asked) < len(found):
        return [each.objects() for each in objects], [each.rows() for each in rows]
    said = statements.rows_at_once(asked)
    made = [statement.as_objects(own) for (statement, _values), own in zip(asked, said, strict=False)]
    return made[: len(objects)], said[len(objects) :]


_kept: dict[tuple, Statement | None] = {}


def forget() -> None:
    """Forget every statement."""
    _kept.clear()
    statements.forget()


def _as_built(queryset: QuerySet, viewer: "Viewer") -> QuerySet:
    return queryset


def _day_of(viewer: "Viewer") -> dt.date:
    return viewer.day or timezone.now().astimezone(ZoneInfo(viewer.time_zone)).date()


# --- what is given ----------------------------------------------------------------------------------


def _values(given: Mapping[str, Any]) -> tuple[list[Any], tuple]:
    """Return the given values in a row, and all else that the SQL depends on."""
    values, shape = [], []
    for name, value in given.items():
        fixed = _is_fixed(value)
        shape.append((name, value if fixed else type(value)))
        if not fixed:
            values.append(value)
    return values, tuple(shape)


def _refilled(given: Mapping[str, Any], stand_ins: Iterable[Any]) -> dict[str, Any]:
    rest = iter(stand_ins)
    return {name: value if _is_fixed(value) else next(rest) for name, value in given.items()}


def _is_fixed(value: Any) -> bool:
    return value is None or isinstance(value, bool)
