"""Filters by allow-list: what a list may be asked, per role. An unknown filter and a forbidden one get the same 400."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django_filters.fields import BaseCSVField, IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend

from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from producerdesk.kit.permissions import viewer_of

PAGING = frozenset({"page", "page_size"})
LARGEST_ID = 2**53
LONGEST_ID = 18  # digits
YES_NO = {"true": True, "1": True, "false": False, "0": False, "": None}


class DeskFilterSet(django_filters.FilterSet):
    """A FilterSet whose `needs` says which right a filter (or an ordering) takes: `{"fee_min": "budget:read"}`."""

    needs: dict[str, str] = {}

    @classmethod
    def allowed(cls, viewer: Any) -> set[str]:
        """Return the filters that this viewer may use."""
        return {name for name in cls.base_filters if name not in cls.needs or viewer.can_anywhere(cls.needs[name])}


class IdFilter(django_filters.NumberFilter):
    """A filter by an id: a whole number that a database can hold."""

    def __init__(self, field_name: str | None = None, **options: Any) -> None:
        super().__init__(field_name=field_name, min_value=1, max_value=LARGEST_ID, decimal_places=0, **options)


def asked_id(query: Mapping[str, str], name: str) -> int | None:
    """Return the id that an address names, `?project=7`, or None where it names none, or no number of ours."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else None


class _MomentField(IsoDateTimeField):
    def to_python(self, value: Any) -> dt.datetime | None:
        if text := clock.no_such_day(str(value or "")):
            raise ValidationError(text, code="no_such_day")
        moment = super().to_python(value)
        try:
            # zones of more than 16 hours are nowhere, and PostgreSQL fails at them
            return moment.astimezone(dt.UTC) if moment else None
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(django_filters.IsoDateTimeFilter):
    """A filter by a moment with its zone, which reaches the database in UTC."""

    field_class = _MomentField


class _YesNoField(forms.Field):
    widget = forms.TextInput

    def to_python(self, value: str | None) -> bool | None:
        word = (value or "").strip().lower()
        if word not in YES_NO:
            raise ValidationError(_("Say true or false."))
        return YES_NO[word]


class YesNoFilter(django_filters.BooleanFilter):
    """A filter by yes or no. Another word is refused: taken for "never said", it would quietly list everything."""

    field_class = _YesNoField


class _Names(BaseCSVField):
    """What to sort by, each with a name: between two commas, or after the last, there has to be one."""

    def clean(self, value: Any) -> Any:
        names = super().clean(value)
        if names and not all(names):
            raise ValidationError(_("Between two commas there is nothing to sort by."))
        return names


class Ordering(django_filters.OrderingFilter):
    """`?ordering=-deadline`: always ends in the key, so pages never shuffle, and what has no value comes last.

    `expressions` sorts by more than a column: `{"stage": order_of("stage")}`.
    """

    base_field_class = _Names

    def __init__(self, *args: Any, expressions: dict[str, Any] | None = None, **options: Any) -> None:
        self.expressions = expressions or {}
        super().__init__(*args, **options)

    def filter(self, queryset: QuerySet, value: list[str] | None) -> QuerySet:
        if not value:
            return queryset
        return queryset.order_by(*(self._by(param) for param in value), "pk")

    def _by(self, param: str) -> Any:
        column = self.get_ordering_value(param.removeprefix("-"))
        expression = self.expressions.get(column, F(column))
        return expression.desc(nulls_last=True) if param.startswith("-") else expression.asc(nulls_last=True)


class AllowListFilter(DjangoFilterBackend):
    """Refuses every query parameter that the list does not name, and every value that makes no sense, by field."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        filterset_class = self.get_filterset_class(view, queryset)
        refuse_unknown(request, (filterset_class.allowed(viewer_of(request)) if filterset_class else set()) | PAGING)
        if filterset_class is None:
            return queryset
        filterset = filterset_class(request.query_params, queryset=queryset, request=request)
        if not filterset.is_valid():
            raise Refused({name: list(texts) for name, texts in filterset.errors.items()})
        return filterset.qs


def refuse_unknown(request: Any, known: set[str] | frozenset[str]) -> None:
    """Answer 400 to a query parameter that is not in the list."""
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise Refused({name: _("This list has no such filter.") for name in unknown})
