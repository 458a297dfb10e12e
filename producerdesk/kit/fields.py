"""Input fields that serializers share."""

import copy
import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db import models as columns
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.relations import MANY_RELATION_KWARGS
from rest_framework.utils import html

from producerdesk.kit import models, moments, money
from producerdesk.kit.dates import DayField, MomentField
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.prepared import Ready, at_once
from producerdesk.kit.viewer import Viewer

MANY_AT_MOST = 100
CHOICES_AT_MOST = 500  # what a form's select lists; beyond it one types
HOUR = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
CHOOSE = _("Choose one.")


class VisibleField(serializers.PrimaryKeyRelatedField):
    """A related id, searched only among the rows that this viewer may see.

    `may(viewer, row)` further asks whether the viewer may use the row; where not, the text says so. A row that is not
    visible and one that does not exist get the same text. `facts(row)` adds to what a form's choice says of the row.
    `along` names what comes with a row that is looked up (as in `select_related`), for what is done with it next.
    """

    default_error_messages = {
        "does_not_exist": _("There is nothing with the id %(pk)s here.").replace("%(pk)s", "{pk_value}"),
        "incorrect_type": _("Give the id, a whole number."),
        "not_yours": _("Your role does not let you use this."),
        "null": CHOOSE,
    }

    def __init__(
        self,
        rows: Any = None,
        may: Any = None,
        label_of: Any = str,
        facts: Any = None,
        along: Sequence[str] = (),
        **options: Any,
    ) -> None:
        self.rows, self.may, self.label_of, self.facts, self.along = rows, may, label_of, facts, along
        self._found: dict[int, Any] | None = None
        if not options.get("read_only"):
            options["queryset"] = rows
        super().__init__(**options)

    @classmethod
    def many_init(cls, *args: Any, **options: Any) -> "VisibleMany":
        at_most = options.pop("max_length", MANY_AT_MOST)
        own = {name: options[name] for name in MANY_RELATION_KWARGS if name in options}
        return VisibleMany(child_relation=cls(*args, **options), at_most=at_most, **own)

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.context["request"])

    def get_queryset(self) -> QuerySet:
        return self.rows.all().visible_to(self.viewer)

    def __deepcopy__(self, memo: dict) -> "VisibleField":
        return type(self)(*self._args, **self._kwargs)  # each request has its own; the queryset need not be copied

    def looked_up(self, keys: Iterable[int]) -> Ready:
        """Return the query for the visible rows with these ids."""

        def visible(viewer: Viewer, keys: list[int]) -> QuerySet:
            found = self.rows.all().visible_to(viewer).filter(pk__among=keys).order_by()
            return found.select_related(*self.along) if self.along else found

        return Ready(visible, self.viewer, {"keys": sorted(set(keys))}, key=("look up", self.rows, self.along))

    def keep(self, found: Iterable[Any]) -> None:
        """Keep rows that were looked up."""
        self._found = {row.pk: row for row in found}

    def known(self, keys: Iterable[int]) -> dict[int, Any]:
        """Return the visible rows with these ids, by id: those that are kept, else by one query."""
        if self._found is not None:
            return self._found
        return {row.pk: row for row in self.looked_up(keys).objects()}

    def to_internal_value(self, data: Any) -> Any:
        key = id_in(data)
        if key is None:
            self.fail("incorrect_type")
        found = self.known([key]).get(key)
        if found is None:
            self.fail("does_not_exist", pk_value=data)
        if self.may and not self.may(self.viewer, found):
            self.fail("not_yours")
        return found

    def options(self) -> list[dict[str, Any]]:
        """Return what a form may choose from."""
        narrow = self.context.get("narrow", {}).get(self.field_name or self.parent.field_name, Q())
        rows = self.get_queryset().filter(narrow)[:CHOICES_AT_MOST]
        return [
            {"value": row.pk, "label": str(self.label_of(row))} | (self.facts(row) if self.facts else {})
            for row in rows
            if self.may is None or self.may(self.viewer, row)
        ]


class Choice(serializers.ChoiceField):
    """One of a few words. A form whose select was left as it is says nothing, which is no wrong word."""

    default_error_messages = {"null": CHOOSE, "left": CHOOSE}

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and not self.allow_blank:
            self.fail("left")
        return super().to_internal_value(data)


class VisibleMany(serializers.ManyRelatedField):
    """Many related ids, looked up at once; at most so many."""

    default_error_messages = {"too_many": _("Choose at most {at_most}.")}

    def __init__(self, *, at_most: int, **options: Any) -> None:
        self.at_most = at_most
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, str) or not hasattr(data, "__iter__"):
            self.fail("not_a_list", input_type=type(data).__name__)
        wanted = list(data)
        if not wanted and not self.allow_empty:
            self.fail("empty")
        if len(wanted) > self.at_most:
            self.fail("too_many", at_most=self.at_most)
        keys = [self._key(value) for value in wanted]
        child: VisibleField = self.child_relation
        found = child.known(keys)
        for key in keys:
            if key not in found:
                child.fail("does_not_exist", pk_value=key)
            if child.may and not child.may(child.viewer, found[key]):
                child.fail("not_yours")
        return [found[key] for key in dict.fromkeys(keys)]

    def _key(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isdecimal():
            self.child_relation.fail("incorrect_type")
        if len(str(value)) > 18:
            self.child_relation.fail("incorrect_type")
        return int(value)


class AmountField(serializers.Field):
    """A sum as people write it: `{"amount": "12.50", "currency": "EUR"}`. Gives `money.Money`.

    Forms send `name.amount` and `name.currency`; with `choose` they offer the usual currencies, first the one that the
    context calls `currency`.
    """

    default_error_messages = {
        "shape": _('Give {"amount": "12.50", "currency": "EUR"}.').replace("{", "{{").replace("}", "}}"),
        "negative": _("This cannot be below zero."),
    }

    def __init__(self, *, negative: bool = False, choose: bool = False, **options: Any) -> None:
        self.negative, self.choose = negative, choose
        super().__init__(**options)

    def currencies(self) -> list[str]:
        """Return the codes a form offers."""
        return list(dict.fromkeys([self.context.get("currency") or money.USUAL[0], *money.USUAL]))

    def get_value(self, dictionary: Any) -> Any:
        if hasattr(dictionary, "getlist"):
            amount = dictionary.get(f"{self.field_name}.amount")
            if amount is None:
                return serializers.empty
            if is_blank(amount) and (not self.required or self.allow_null):
                return None
            return {"amount": amount, "currency": dictionary.get(f"{self.field_name}.currency", "")}
        return super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> money.Money:
        if not isinstance(data, dict) or set(data) != {"amount", "currency"} or not isinstance(data["currency"], str):
            self.fail("shape")
        try:
            money.check_currency(data["currency"])
            found = money.parse(data["amount"], data["currency"])
        except ModelError as error:
            raise serializers.ValidationError(error.messages) from None
        if not self.negative and str(data["amount"]).strip().startswith("-"):
            self.fail("negative")
        return found

    def to_representation(self, value: money.Money) -> dict[str, str]:
        return value.as_json()


class TimeOfDay(serializers.TimeField):
    """A time as a clock on the wall shows it, to the minute. A zone or an offset has no place in it."""

    default_error_messages = {
        "invalid": _("Give a time like 10:00."),
        "no_hour": _("There is no {time} on a clock: a day goes from 00:00 to 23:59."),
        "zoned": _("Leave the offset out: the place says which clock is meant."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"format": "%H:%M"} | options)

    def to_internal_value(self, value: Any) -> dt.time:
        if isinstance(value, str) and any(sign in value for sign in "Zz+-"):  # Django would pass over it in silence
            self.fail("zoned")
        if isinstance(value, str) and (said := HOUR.fullmatch(value.strip())):
            hour, minute = map(int, said.groups())
            if hour > 23 or minute > 59:
                self.fail("no_hour", time=said[0])
        time = super().to_internal_value(value)
        if time.second or time.microsecond:
            self.fail("invalid")
        return time


class ZoneText(serializers.CharField):
    """An IANA zone. Forms offer the places; what is typed is checked by the model."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"style": {"input_type": "zone"}})

    def options(self) -> list[dict[str, Any]]:
        """Return every zone, after the place it is called for."""
        return [{"value": name, "label": moments.city(name)} for name in sorted(models.zone_names())]


class CurrencyText(serializers.CharField):
    """An ISO 4217 code. Forms offer the codes, those that most records are paid in first."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"style": {"input_type": "select"}})

    def options(self) -> list[dict[str, Any]]:
        """Return every currency with its name, in two groups."""
        rest = sorted(money.currency_codes() - set(money.USUAL))
        groups = ((_("Often used"), money.USUAL), (_("All others"), rest))
        return [
            {"value": code, "label": f"{code} – {money.name_of(code)}", "group": str(group)}
            for group, codes in groups
            for code in codes
        ]


class FormRows(serializers.ListSerializer):
    """Rows of a form (`class Meta: list_serializer_class = FormRows`).

    A form is always sent whole, so a form without a row says: there are none. Rows that were left empty are no rows.
    """

    def get_value(self, dictionary: Any) -> Any:
        if not html.is_html_input(dictionary):
            return super().get_value(dictionary)
        numbered = re.compile(rf"{re.escape(str(self.field_name))}\[[0-9]{{1,18}}\]")  # what is longer numbers no row
        said = {name: value for name, value in dictionary.items() if numbered.match(name)}
        rows = html.parse_html_list(said, prefix=self.field_name, default=[])
        return [row for row in rows if not isinstance(row, dict) or not all(map(is_blank, row.values()))]


def is_blank(said: Any) -> bool:
    """Return whether a form says nothing here. A file in place of a text says something: the field refuses it."""
    return isinstance(said, str) and not said.strip()


def words_in(form: Any, name: str, between: str = r"\s+") -> list[str | None]:
    """Return the words that a form says in one text or in several. A file in their place is None: no field takes it."""
    said = [re.split(between, text) if isinstance(text, str) else [None] for text in form.getlist(name)]
    return [word for words in said for word in words if not is_blank(word)]


def id_in(said: Any) -> int | None:
    """Return the id that somebody gave, or None for what is none."""
    if isinstance(said, bool | float | dict | list) or len(str(said)) > 18:
        return None
    try:
        return int(said)
    except (TypeError, ValueError):
        return None


def look_ahead(form: serializers.Serializer, said: Mapping[str, Any]) -> None:
    """Look up all that a form names by id, in its rows too: a statement a field, on PostgreSQL one for all of them."""
    named: dict[VisibleField, list[int]] = {}
    for field, text in _named(form, said):
        key = id_in(text)
        if key is not None:
            named.setdefault(field, []).append(key)
    found, _none = at_once([field.looked_up(keys) for field, keys in named.items()])
    for field, rows in zip(named, found, strict=True):
        field.keep(rows)


def _named(form: serializers.Serializer, said: Mapping[str, Any]) -> Iterator[tuple[VisibleField, Any]]:
    """Yield each field that names rows by id with what is said of it. What is no id is refused by the field later."""
    for field in form.fields.values():
        if isinstance(field, VisibleField):
            yield field, field.get_value(said)
        elif isinstance(field, VisibleMany):
            child: VisibleField = field.child_relation
            for text in _listed(field.get_value(said), field.at_most):
                yield child, text
        elif isinstance(field, serializers.ListSerializer) and isinstance(field.child, serializers.Serializer):
            for row in _listed(field.get_value(said), field.max_length):
                if isinstance(row, Mapping):
                    yield from _named(field.child, row)


def _listed(said: Any, at_most: int | None) -> Sequence[Any]:
    return said[:at_most] if isinstance(said, list) else ()


def _copied(field: serializers.Field) -> serializers.Field:
    """Return a field like one that was declared and never asked, with parts of its own that know it as their parent."""
    if hasattr(field, "__copy__"):
        return copy.copy(field)  # it has its own way
    made: serializers.Field = object.__new__(type(field))
    made.__dict__.update(field.__dict__)
    made.__dict__.pop("fields", None)  # of a serializer: it makes its own
    for name in ("child", "child_relation"):
        if name in made.__dict__:
            part = _copied(made.__dict__[name])
            part.parent = made
            made.__dict__[name] = part
    return made


class KnownKeysMixin:
    """A serializer that refuses keys it does not know, and keys that are read-only, by name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            fields = self.fields
            wrong = {
                key: [_("This cannot be set.") if key in fields else _("There is no such field.")]
                for key in self._names_in(data)
                if key not in fields or fields[key].read_only
            }
            if wrong:
                raise serializers.ValidationError(wrong)
        if self.parent is None and isinstance(data, Mapping):
            look_ahead(self, data)
        return super().to_internal_value(data)  # type: ignore[misc] # stands before a field

    def _names_in(self, data: dict[str, Any]) -> Collection[str]:
        """Return the keys that are said; of a form the names before a bracket or a dot, `calls[0]role`."""
        if not hasattr(data, "getlist"):
            return data
        # a page's form has fields of its own, and the parts of a form are looked at with the whole of it
        if self.parent is not None or getattr(self.context.get("request"), "_asked", False):
            return ()
        names = {re.split(r"[\[.]", key, maxsplit=1)[0] for key in data if key != "csrfmiddlewaretoken"}
        return {name for name in names if name[:1] != "_"}


class InputSerializer(KnownKeysMixin, serializers.Serializer):
    """What a request may say, and nothing else."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return fields of this request's own. REST framework makes them anew, which takes longer than asking them."""
        return {name: _copied(field) for name, field in self._declared_fields.items()}


class ModelInputSerializer(KnownKeysMixin, serializers.ModelSerializer):
    """What a request may say about a model's own columns, and nothing else."""

    serializer_choice_field = Choice
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.ZoneField: ZoneText,
        models.CurrencyField: CurrencyText,
        columns.DateField: DayField,
        columns.DateTimeField: MomentField,
    }
