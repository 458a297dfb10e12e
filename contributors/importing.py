"""From a table of text to people: what each row would do, and doing it.

`preview` and `apply` make the same plan; `apply` makes it under the desk's lock and carries it out, all or nothing.
Whoever has the row's address is updated; blank cells leave what stands, skills are added to those that are there. A row
without an address is new unless somebody of that name is there. So the same file twice changes nothing more.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from contributors.actions import people as actions
from contributors.models import Contributor, FeeUnit
from contributors.serializers.imports import OUTCOMES
from contributors.serializers.people import ContributorInput
from contributors.sheets import Row, Sheet
from producerdesk.accounts.models import Desk
from producerdesk.kit import money

RATES = ("rate", "unit", "currency")
COLUMNS = {"rates": "unit"}  # what the form complains of, and the column that says it here
_UNITS = {
    word: unit
    for unit, words in {
        FeeUnit.HOUR: "hour|hours|hourly|h|hr|per hour|an hour|by the hour",
        FeeUnit.DAY: "day|days|daily|d|per day|a day|by the day|day rate",
        FeeUnit.SONG: "song|songs|track|tracks|title|per song|a song|per track|by the song",
        FeeUnit.FLAT: "flat|fixed|flat fee|fixed fee|project|per project|lump sum|total",
    }.items()
    for word in words.split("|")
}
_NAMES = re.compile(r"[,;|\n]")
_SUMS = re.compile(r"[;|\n]")
_DECIMAL_COMMA = re.compile(r"^(\d+),(\d{1,2})$")  # 60,50; with three digits it could as well be thousands


@dataclass(slots=True)
class Planned:
    """A row and what becomes of it."""

    row: Row
    outcome: str = "skipped"
    said: dict[str, Any] = field(default_factory=dict)
    person: Contributor | None = None
    changes: list[str] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        cells = self.row.cells
        return {
            "line": self.row.line,
            "outcome": self.outcome,
            "name": cells.get("name") or (self.person.name if self.person else ""),
            "email": cells.get("email", ""),
            "cells": {name: text for name, text in cells.items() if text},
            "changes": self.changes,
            "problems": self.problems,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or would do."""

    sheet: Sheet
    plan: list[Planned]
    dry_run: bool

    def as_json(self) -> dict[str, Any]:
        counts = Counter(planned.outcome for planned in self.plan)
        listed = [planned for planned in self.plan if self.dry_run or planned.outcome == "skipped"]
        answer = {
            "dry_run": self.dry_run,
            "encoding": self.sheet.encoding,
            "delimiter": self.sheet.delimiter,
            "columns": [{"header": column.header, "field": column.field} for column in self.sheet.columns],
            "counts": {name: counts[name] for name, _label in OUTCOMES},
            "rows": [planned.as_json() for planned in listed],
        }
        return answer | ({"text": self.sheet.text} if self.dry_run else {})


def preview(sheet: Sheet, desk: Desk | None, request: Any) -> Outcome:
    """Return what the sheet would do. Writes nothing. Three queries, whatever its size."""
    return Outcome(sheet, _plan(sheet, desk, request, Contributor.objects.filter(desk=desk)), dry_run=True)


@transaction.atomic
def apply(sheet: Sheet, desk: Desk, request: Any) -> Outcome:
    """Do it: every row that can be read, in one transaction."""
    # one at a time: rows without an address are matched against what stands, which no constraint does
    Desk.objects.select_for_update().get(pk=desk.pk)
    plan = _plan(sheet, desk, request, Contributor.objects.filter(desk=desk).select_for_update())
    actions.add_many(desk=desk, people=[planned.said for planned in plan if planned.outcome == "new"])
    actions.amend_many(
        [(planned.person, planned.said) for planned in plan if planned.outcome == "update" and planned.person]
    )
    return Outcome(sheet, plan, dry_run=False)


# --- the plan -------------------------------------------------------------------------------------------


def _plan(sheet: Sheet, desk: Desk | None, request: Any, people: QuerySet[Contributor]) -> list[Planned]:
    reader = _Reader(desk, request, people.prefetch_related("skills", "rates") if desk else ())
    return [reader.planned(row) for row in sheet.rows]


class _Reader:
    """Reads row after row, and remembers whom it has met."""

    def __init__(self, desk: Desk | None, request: Any, people: Iterable[Contributor]) -> None:
        self.currency = desk.currency if desk else Desk._meta.get_field("currency").default
        self.serializer = ContributorInput(context={"request": request})
        everybody = list(people)
        self.by_address = {person.email: person for person in everybody if person.email}
        self.names = {person.name.casefold() for person in everybody}
        self.lines: dict[str, int] = {}  # address, or name without one -> the line that had it first

    def planned(self, row: Row) -> Planned:
        planned = Planned(row)
        if row.problem:
            planned.problems.append({"column": "", "text": row.problem})
            return planned
        planned.person = self.by_address.get(row.cells.get("email", "").lower())
        planned.problems += self._read(planned)
        planned.problems += self._met_before(planned) if not planned.problems else ()
        if planned.problems:
            return planned
        if planned.person is None:
            planned.outcome = "new"
        else:
            planned.changes = list(_changes(planned.person, planned.said))
            planned.outcome = "update" if planned.changes else "unchanged"
        return planned

    def _read(self, planned: Planned) -> list[dict[str, str]]:
        """Fill `said` with what the row says, by the same rules as a form. Return all that is wrong with it."""
        cells = planned.row.cells
        said: dict[str, Any] = {name: cells[name] for name in actions.TEXTS if cells.get(name)}
        said.setdefault("name", planned.person.name if planned.person else "")
        said |= {name: _names(cells[name]) for name in actions.KINDS if cells.get(name)}
        problems = []
        try:
            said["rates"] = list(self._rates(cells))
        except _Wrong as error:
            problems.append(error.problem)
        if not said["name"]:
            problems.append(_problem("name", _("Give the name.")))
        try:
            planned.said = self.serializer.run_validation(said)
        except serializers.ValidationError as error:
            found: Any = error.detail  # of a whole serializer: by field
            told = {problem["column"] for problem in problems}
            columns = {COLUMNS.get(name, name): str(texts[0]) for name, texts in found.items()}
            problems += [_problem(column, text) for column, text in columns.items() if column not in told]
        return problems

    def _rates(self, cells: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Yield the rates of a row: `60` an `hour` in `EUR`, or several with semicolons between, in step."""
        sums, units, currencies = ([text.strip() for text in _SUMS.split(cells.get(name, ""))] for name in RATES)
        if not any(sums):
            return
        if len(units) != len(sums):
            raise _Wrong("unit", _("Give one unit for each rate."))
        if len(currencies) == 1:
            currencies *= len(sums)
        if len(currencies) != len(sums):
            raise _Wrong("currency", _("Give one currency, or one for each rate."))
        for text, unit, code in zip(sums, units, currencies, strict=True):
            yield {"unit": _unit(unit), "amount": _amount(text, code.upper() or self.currency)}

    def _met_before(self, planned: Planned) -> list[dict[str, str]]:
        """Return why this row is one too many: the file had it before, or the network has that name."""
        email, name = planned.said.get("email", ""), planned.said["name"]
        first = self.lines.setdefault(email or name.casefold(), planned.row.line)
        if first != planned.row.line:
            word = (
                _("The same address stands in line %(line)d.") if email else _("The same name stands in line %(line)d.")
            )
            return [_problem("email" if email else "name", word % {"line": first})]
        if not email and name.casefold() in self.names:
            text = _("%(name)s is in your network already. Give the e-mail address to say who it is.")
            return [_problem("email", text % {"name": name})]
        return []


class _Wrong(Exception):
    def __init__(self, column: str, text: str) -> None:
        self.problem = _problem(column, text)


def _problem(column: str, text: str) -> dict[str, str]:
    return {"column": column, "text": text}


def _names(cell: str) -> list[str]:
    return [" ".join(name.split()) for name in _NAMES.split(cell) if name.strip()]


def _unit(text: str) -> str:
    found = _UNITS.get(" ".join(text.casefold().split()))
    if found is None:
        allowed = {"units": ", ".join(FeeUnit.values), "said": text}
        if text:
            raise _Wrong("unit", _("“%(said)s” is no unit. Say what the rate is paid for: %(units)s.") % allowed)
        raise _Wrong("unit", _("Say what the rate is paid for: %(units)s.") % allowed)
    return found


def _amount(text: str, currency: str) -> dict[str, str]:
    try:
        money.check_currency(currency)
    except ValidationError as error:
        raise _Wrong("currency", error.messages[0]) from None
    text = _DECIMAL_COMMA.sub(r"\1.\2", text)
    try:
        money.parse(text, currency)
    except ValidationError as error:
        raise _Wrong("rate", error.messages[0]) from None
    if text.startswith("-"):
        raise _Wrong("rate", _("A rate cannot be below zero."))
    return {"amount": text, "currency": currency}


def _changes(person: Contributor, said: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields in which a row differs from what stands."""
    yield from (name for name in actions.TEXTS if name in said and said[name] != getattr(person, name))
    known = {(skill.kind, skill.key) for skill in person.skills.all()}
    for name, kind in actions.KINDS.items():
        if any((kind, text.casefold()) not in known for text in said.get(name, ())):
            yield name
    standing = {rate.unit: rate.amount for rate in person.rates.all()}
    if any(standing.get(rate["unit"]) != rate["amount"] for rate in said.get("rates", ())):
        yield "rates"
