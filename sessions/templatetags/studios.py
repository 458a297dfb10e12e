"""What templates of studios say of the API's data: rates by their unit, opening hours by their day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _

from producerdesk.kit import forms, moments

register = template.Library()

Row = Mapping[str, Any]
RATE_UNITS = (("hour", "1"), ("half_day", "4"), ("day", "8"), ("overtime", "10"))  # and the hours to begin with
A_MONDAY = date(2024, 1, 1)


@register.filter
def rate_rows(field: Row) -> list[dict[str, Any]]:
    """Return a row for each rate that is typed or agreed, by unit, and an empty one for each unit that has none."""
    rows: list[Row] = []
    for unit, hours in RATE_UNITS:
        typed = [row for row in field["rows"] if row["unit"]["value"] == unit]
        rows += sorted(typed, key=lambda row: row["valid_from"]["value"] or "") or [_blank_rate(field, unit, hours)]
    return [
        {name: _numbered(part, number, name) for name, part in row.items()} | {"dated": _is_dated(row)}
        for number, row in enumerate(rows)
    ]


@register.filter
def blank_rate(field: Row) -> dict[str, Any]:
    """Return the row that a press adds: a rate of any unit, from some day on."""
    row = _blank_rate(field, "hour", "1")
    return {name: _numbered(part, "__n__", name) for name, part in row.items()} | {"dated": True}


def _is_dated(row: Row) -> bool:
    return any(row[name]["value"] or row[name]["errors"] for name in ("valid_from", "valid_until"))


@register.filter
def by_weekday(hours: Sequence[Row]) -> list[dict[str, str]]:
    """Return for each day of the week when it is open; days in a row that are alike are one: "Monday – Friday"."""
    found: list[dict[str, str]] = []
    for number in range(7) if hours else ():
        spans = ", ".join(f"{row['opens']} – {row['closes']}" for row in hours if row["weekday"] == number)
        name = weekday_name(number)
        if found and found[-1]["hours"] == spans:
            found[-1]["last"] = name
        else:
            found.append({"first": name, "last": name, "hours": spans})
    for day in found:
        day["name"] = day["first"] if day["first"] == day["last"] else f"{day['first']} – {day['last']}"
    return found


@register.filter
def week_rows(field: Row) -> list[dict[str, Any]]:
    """Return a row for each span that is typed or said, by weekday, and an empty one for each day that has none."""
    rows: list[Row] = []
    for number in range(7):
        typed = [row for row in field["rows"] if str(row["weekday"]["value"]) == str(number)]
        rows += typed or [_blank_row(field, {"weekday": number})]
    return [
        {name: _numbered(part, number, name, "opening_hours") for name, part in row.items()}
        | {"day": weekday_name(int(row["weekday"]["value"]))}
        for number, row in enumerate(rows)
    ]


def weekday_name(number: int) -> str:
    """Return what a day of the week is called; 0 is Monday."""
    return moments.part(A_MONDAY + timedelta(days=number), "l")


@register.filter
def valid_when(rate: Row) -> str:
    """Return from and until when a rate is valid, where it is not for good: "from 1 Mar 2027"."""
    first, last = (moments.day(rate[name]) if rate[name] else "" for name in ("valid_from", "valid_until"))
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    return _("from %(day)s") % {"day": first} if first else _("until %(day)s") % {"day": last} if last else ""


def _blank_rate(field: Row, unit: str, hours: str) -> dict[str, Any]:
    row = _blank_row(field, {"unit": unit, "hours": hours, "minimum_hours": "0"})
    row["amount"]["value"] = {"amount": "", "currency": row["amount"]["currencies"][0]}
    return row


def _blank_row(field: Row, values: dict[str, Any]) -> dict[str, Any]:
    drawn = forms.build({field["name"]: field}, values={field["name"]: [values]})
    return drawn["fields"][field["name"]]["rows"][0]


def _numbered(part: Row, number: int | str, name: str, rows: str = "rates") -> dict[str, Any]:
    # that all of it is optional is said once, above
    return dict(part) | {"name": f"{rows}[{number}]{name}", "id": f"f-{rows}-{number}-{name}", "required": True}
