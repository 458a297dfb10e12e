"""Abstract pieces that models are made of. No table lives here."""

import zoneinfo
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from producerdesk.kit.errors import Stale
from producerdesk.kit.money import check_currency


class Versioned(models.Model):
    """A row that two people may edit. `version` is its ETag and grows by one with each change."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every IANA zone that stands for a place, and UTC."""
    return frozenset(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")) | {
        "UTC"
    }


def check_zone(value: str) -> None:
    """Refuse a name that is no IANA zone."""
    if value not in zone_names():
        raise ValidationError(_("“%(value)s” is no time zone. Give one like Europe/Berlin."), params={"value": value})


class ZoneField(models.CharField):
    """An IANA time zone name, such as Europe/Lisbon."""

    def __init__(self, **options) -> None:
        options.setdefault("max_length", 64)
        options.setdefault("default", "UTC")
        super().__init__(**options)
        self.validators = [*self.validators, check_zone]


class CurrencyField(models.CharField):
    """An ISO 4217 currency code, such as EUR."""

    def __init__(self, **options) -> None:
        options.setdefault("max_length", 3)
        super().__init__(**options)
        self.validators = [*self.validators, check_currency]


class MinorField(models.BigIntegerField):
    """A sum in minor units (cents). Its currency stands beside it in the same row or in the row it belongs to."""


def bump(row: Versioned, expected: int | None = None) -> None:
    """Raise the row's version by one, in the database and here: this takes the row's lock for the transaction.

    With `expected`, raises Stale unless that is the version that stands. Afterwards `row` holds what stands.
    """
    rows = type(row)._default_manager.filter(pk=row.pk)
    if expected is not None:
        rows = rows.filter(version=expected)
    if not rows.update(version=F("version") + 1):
        raise Stale
    row.refresh_from_db()
