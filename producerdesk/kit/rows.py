"""Rows: what the API says of a thing, declared once for SQL, JSON and OpenAPI.

A `RowSerializer` is a read-only DRF serializer whose sources are columns. `read(queryset)` compiles it to one
`values_list`, shapes the tuples to plain dicts and joins `Children` by one further query each. It never makes model
objects: that is what lets a list of 50 stay cheap. `read_one` brings plain children in the very same query.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import OuterRef, QuerySet
from rest_framework import serializers

from producerdesk.kit import money
from producerdesk.kit.folded import Decoder, JsonRows, decoders_of, unfold
from producerdesk.kit.pagination import ALL
from producerdesk.kit.prepared import Ready
from producerdesk.kit.prepared.ready import How
from producerdesk.kit.viewer import NOBODY, Viewer

Shape = Callable[[Iterable[tuple], Viewer], list[Any]]
_SECONDS = len("2027-03-28T08:00:00")


def utc(moment: dt.datetime | None) -> str | None:
    """Return the moment as the API writes it: 2027-03-28T08:00:00Z."""
    if moment is None:
        return None
    # strftime takes five times as long, and a list of fifty has hundreds of moments
    return (moment if moment.tzinfo is dt.UTC else moment.astimezone(dt.UTC)).isoformat()[:_SECONDS] + "Z"


class MoneyField(serializers.Field):
    """A sum from two columns: minor units and currency."""

    def __init__(self, minor: str, currency: str, **options: Any) -> None:
        super().__init__(read_only=True, source="*", **options)
        self.columns = (minor, currency)


class Computed(serializers.Field):
    """A value that `fn(*columns)` makes of some columns. `kind` is a DRF field that tells the schema its type.

    With `for_viewer` it is `fn(viewer, *columns)`.
    """

    def __init__(
        self, fn: Callable[..., Any], *columns: str, kind: serializers.Field, for_viewer: bool = False, **options: Any
    ) -> None:
        super().__init__(read_only=True, source="*", **options)
        self.fn, self.columns, self.kind, self.for_viewer = fn, columns, kind, for_viewer


class Only(serializers.Field):
    """A field that a viewer gets only if `allow(viewer, *columns)`; else the key is missing."""

    def __init__(self, field: serializers.Field, allow: Callable[..., bool], *columns: str) -> None:
        super().__init__(read_only=True, source="*", required=False)
        self.field, self.allow, self.columns = field, allow, columns


class Children(serializers.Field):
    """The rows that belong to this one. `rows(viewer)` gives their queryset, `of` its column with our id."""

    def __init__(self, row: type["RowSerializer"], of: str, rows: Callable[[Viewer], QuerySet]) -> None:
        super().__init__(read_only=True, source="*")
        self.row, self.of, self.rows = row, of, rows
        self._decoders: tuple[Decoder, ...] | None = None
        self._looked = False  # whether it folds has been found out

    @property
    def columns(self) -> list[str]:
        """The columns that its rows are read from."""
        return _plan(self.row).columns

    def found(self, viewer: Viewer, keys: list[Any]) -> list[tuple]:
        """Return the rows that belong to these, as their columns and the key they belong to. One query."""
        columns = (*self.columns, self.of)
        if all(type(key) is int for key in keys):
            return Ready(self._of, viewer, {"keys": keys}, key=self).values_list(*columns)
        return list(self.rows(viewer).filter(**{f"{self.of}__in": keys}).values_list(*columns))

    def _of(self, viewer: Viewer, keys: list[int]) -> QuerySet:
        return self.rows(viewer).filter(**{f"{self.of}__among": keys})

    def shape(self, found: Iterable[tuple], viewer: Viewer) -> list[Any]:
        """Return rows of those columns as the API says them."""
        return _plan(self.row).shape(found, viewer)

    def decoders(self, rows: QuerySet | None = None) -> tuple[Decoder, ...] | None:
        """Return how its rows are read out of JSON, or None if they do not fold. Found once, from any of its rows."""
        if not self._looked and rows is not None:
            self._decoders = None if self.has_children() else decoders_of(rows)
            self._looked = True
        return self._decoders

    def has_children(self) -> bool:
        """Return whether its rows have children of their own."""
        return bool(_plan(self.row).children)


class Listed(Children):
    """One column of the rows that belong to this one, as a list of plain values: `["cello", "violin"]`."""

    def __init__(self, column: str, of: str, rows: Callable[[Viewer], QuerySet], kind: serializers.Field) -> None:
        super().__init__(RowSerializer, of, rows)
        self.column, self.kind = column, kind

    @property
    def columns(self) -> list[str]:
        return [self.column]

    def shape(self, found: Iterable[tuple], viewer: Viewer) -> list[Any]:
        return [values[0] for values in found]

    def has_children(self) -> bool:
        return False


class RowSerializer(serializers.Serializer):
    """Declare fields as in any serializer. A nested RowSerializer reads through the foreign key it is named after."""

    @classmethod
    def read(cls, rows: QuerySet | Ready, viewer: Viewer = NOBODY) -> list[dict[str, Any]]:
        """Return the rows as plain dicts, in their order. One query, and one for each kind of children."""
        columns = _plan(cls).columns
        return cls._shaped(_asked(rows, viewer, cls, lambda queryset, viewer: queryset.values_list(*columns)), viewer)

    @classmethod
    def read_page(cls, page: QuerySet | Ready, viewer: Viewer = NOBODY) -> tuple[list[dict[str, Any]], int | None]:
        """Return the rows of a page, and the count of all that came with them; None if there are no rows."""
        columns = (*_plan(cls).columns, ALL)
        found = _asked(page, viewer, (cls, ALL), lambda queryset, viewer: queryset.values_list(*columns))
        return cls._shaped(found, viewer), found[0][-1] if found else None

    @classmethod
    def read_one(cls, rows: QuerySet, pk: Any, viewer: Viewer = NOBODY) -> dict[str, Any] | None:
        """Return the row with this key, or None. One query, and one for each kind of children that does not fold."""
        return next(iter(cls.read_folded(rows.filter(pk=pk).order_by(), viewer)), None)

    @classmethod
    def read_folded(cls, rows: QuerySet | Ready, viewer: Viewer) -> list[dict[str, Any]]:
        """Return rows, their plain children in the very same statement: for a few rows."""
        plan = _plan(cls)
        return cls._shaped(_asked(rows, viewer, (cls, "folded"), plan.folded), viewer, plan.folds())

    @classmethod
    def page_folded(cls, ready: Ready, viewer: Viewer) -> dict[str, Any]:
        """Return the same as a page, of a query that has the count of all beside each row (`counted`)."""
        plan = _plan(cls)
        found = ready.tuples((cls, "folded", ALL), lambda queryset, viewer: plan.folded(queryset, viewer, ALL))
        return {"count": found[0][-1] if found else 0, "results": cls._shaped(found, viewer, plan.folds())}

    @classmethod
    def as_json(cls, rows: QuerySet) -> JsonRows:
        """Return rows as one column of another query, so that several lists take one statement. See `from_json`."""
        plan = _plan(cls)
        listed = rows.values_list(*plan.columns)
        decoders = decoders_of(listed)
        if decoders is None:
            raise TypeError(f"{cls.__name__} has columns that JSON would bend.")
        plan.decoders = decoders  # of what was asked before they stay where this is refused
        return JsonRows(listed)

    @classmethod
    def from_json(cls, text: str, viewer: Viewer = NOBODY) -> list[dict[str, Any]]:
        """Return the rows of a column that `as_json` made: as `read` does, one query for each kind of children."""
        decoders = _plan(cls).decoders
        if decoders is None:
            raise TypeError(f"No rows of {cls.__name__} were asked by as_json.")
        return cls._shaped(unfold(text, decoders), viewer)

    @classmethod
    def finish(cls, rows: list[dict[str, Any]]) -> None:
        """Change what no field can say by itself, in every row that anybody reads. Most rows leave it at that."""

    @classmethod
    def _shaped(
        cls,
        found: list[tuple],
        viewer: Viewer,
        folded: Mapping[int, int] = MappingProxyType({}),
    ) -> list[dict[str, Any]]:
        plan = _plan(cls)
        rows = plan.shape(found, viewer)
        plan.join_children(rows, found, viewer, folded)
        cls.finish(rows)
        return rows


class _Plan:
    """A RowSerializer compiled: its columns, how to shape a tuple of them, and its children."""

    def __init__(self, row: type[RowSerializer]) -> None:
        self.columns: list[str] = []
        self.children: list[tuple[tuple[str, ...], str, int, Children]] = []  # where, name, column of the key, what
        self.decoders: tuple[Decoder, ...] | None = None  # of the columns, once they were read as JSON
        self._named: dict[str, Any] = {}
        self._numbers = itertools.count()
        self.shape = self._compiled(self._object(row(), ()))

    def column(self, path: str) -> int:
        if path not in self.columns:
            self.columns.append(path)
        return self.columns.index(path)

    def fold(self, queryset: QuerySet, viewer: Viewer) -> tuple[QuerySet, dict[int, int]]:
        """Return the queryset with its plain children in it, and in which column each kind of them stands."""
        folded: dict[int, int] = {}
        for number, (_where, _name, key, child) in enumerate(self.children):
            rows = child.rows(viewer).values_list(*child.columns)
            if child.decoders(rows) is not None:
                mine = rows.filter(**{child.of: OuterRef(self.columns[key])})
                queryset = queryset.annotate(**{f"folded_{number}": JsonRows(mine)})
                folded[number] = len(self.columns) + len(folded)
        return queryset, folded

    def folds(self) -> dict[int, int]:
        """Return in which column each kind of children stands, once `fold` has found out which do."""
        known = [number for number, (*_where, child) in enumerate(self.children) if child.decoders() is not None]
        return {number: len(self.columns) + place for place, number in enumerate(known)}

    def folded(self, queryset: QuerySet, viewer: Viewer, *more: str) -> QuerySet:
        """Return the queryset as tuples of the columns, the plain children after them, and what more is named."""
        whole, folded = self.fold(queryset, viewer)
        return whole.values_list(*self.columns, *(f"folded_{number}" for number in folded), *more)

    def join_children(self, rows: list[dict], found: list[tuple], viewer: Viewer, folded: Mapping[int, int]) -> None:
        """Put each kind of children into its rows: one query a kind, deeper ones likewise; none for what is folded."""
        for number, (where, name, key, child) in enumerate(self.children):
            holders: dict[Any, list[dict]] = {}
            for row, values in zip(rows, found, strict=True):
                holder = _inside(row, where) if where else row
                if holder is not None:
                    holder[name] = []
                    holders.setdefault(values[key], []).append(holder)
            if not holders:
                continue
            if number in folded:
                _unfold(holders, name, child, [(values[key], values[folded[number]]) for values in found], viewer)
            else:
                _fill(holders, name, child, viewer)

    # --- shapes: each is one Python expression, since a call for every field would take most of the time
    def _compiled(self, expression: str) -> Shape:
        return eval(f"lambda found, viewer: [{expression} for values in found]", self._named)  # noqa: S307 - made of our own fields alone

    def _object(self, row: serializers.Serializer, where: tuple[str, ...], source: str = "") -> str:
        """Return the expression that makes a dict of this serializer's columns, which `source` leads to."""
        prefix = f"{source}__" if source else ""
        parts: list[tuple[str, str]] = []  # what one must be allowed ("" for everybody), and a field
        allowed: dict[str, str] = {}  # each question to the viewer is asked once a row
        for name, field in row.fields.items():
            if isinstance(field, Children):
                self.children.append((where, name, self.column(f"{prefix}pk"), field))
            elif isinstance(field, Only):
                question = f"{self._name(field.allow)}(viewer, {self._values(field.columns, prefix)})"
                if question not in allowed:
                    allowed[question] = f"answer_{next(self._numbers)}"
                parts.append((question, f"{name!r}: {self._field(name, field.field, where, prefix)}"))
            else:
                parts.append(("", f"{name!r}: {self._field(name, field, where, prefix)}"))
        asked: set[str] = set()
        said = []
        for question, together in itertools.groupby(parts, lambda part: part[0]):
            fields = ", ".join(field for _question, field in together)
            if question:
                answer = allowed[question] if question in asked else f"({allowed[question]} := {question})"
                asked.add(question)
                fields = f"**({{{fields}}} if {answer} else {{}})"
            said.append(fields)
        return f"{{{', '.join(said)}}}"

    def _field(self, name: str, field: serializers.Field, where: tuple[str, ...], prefix: str) -> str:
        if isinstance(field, MoneyField):
            minor, currency = (self._value(column, prefix) for column in field.columns)
            return f"None if {minor} is None else {self._name(money.as_json)}({minor}, {currency})"
        if isinstance(field, Computed):
            viewer = "viewer, " if field.for_viewer else ""
            return f"{self._name(field.fn)}({viewer}{self._values(field.columns, prefix)})"
        source = prefix + (field.source or name).replace(".", "__")
        if isinstance(field, RowSerializer):
            key = self._value("pk", f"{source}__")
            return f"None if {key} is None else {self._object(field, (*where, name), source)}"
        value, convert = self._value(source), _converter(field)
        return value if convert is None else f"None if {value} is None else {self._name(convert)}({value})"

    def _name(self, what: Any) -> str:
        """Return a name for something in the expression."""
        for name, known in self._named.items():
            if known is what:
                return name
        name = f"named_{next(self._numbers)}"
        self._named[name] = what
        return name

    def _value(self, column: str, prefix: str = "") -> str:
        return f"values[{self.column(prefix + column)}]"

    def _values(self, columns: Iterable[str], prefix: str) -> str:
        return ", ".join(self._value(column, prefix) for column in columns)


_plans: dict[type[RowSerializer], _Plan] = {}


def _plan(row: type[RowSerializer]) -> _Plan:
    if row not in _plans:
        _plans[row] = _Plan(row)
    return _plans[row]


def _converter(field: serializers.Field) -> Callable[[Any], Any] | None:
    match field:
        case serializers.DateTimeField():
            return utc
        case serializers.DateField() | serializers.TimeField():
            return lambda value: value.isoformat()
        case serializers.DecimalField():
            return lambda value: f"{Decimal(value).normalize():f}"
        case serializers.UUIDField():
            return str
    return None


def _inside(row: dict | None, where: tuple[str, ...]) -> dict | None:
    for name in where:
        row = row.get(name) if row is not None else None
    return row


def _unfold(
    holders: dict[Any, list[dict]], name: str, child: Children, found: list[tuple[Any, str]], viewer: Viewer
) -> None:
    for key, text in found:
        shaped = child.shape(unfold(text, child.decoders() or ()), viewer)
        for holder in holders.get(key, ()):
            holder[name].extend(shaped)


def _fill(holders: dict[Any, list[dict]], name: str, child: Children, viewer: Viewer) -> None:
    found = child.found(viewer, list(holders))
    shaped = child.shape(found, viewer)
    if child.has_children():
        _plan(child.row).join_children(shaped, found, viewer, {})
    for values, row in zip(found, shaped, strict=True):
        for holder in holders[values[-1]]:
            holder[name].append(row)


def _asked(rows: QuerySet | Ready, viewer: Viewer, what: Hashable, how: How) -> list[tuple]:
    return rows.tuples(what, how) if isinstance(rows, Ready) else list(how(rows, viewer))
