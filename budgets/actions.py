"""Every way the ledger is written. Who books or hires calls these in the transaction of the deed.

Lock order everywhere: resources (sessions/booking), then the budget.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from budgets.exchange import Exchange, exchange_in
from budgets.models import Budget, BudgetEntry, ExchangeRate
from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from producerdesk.kit.money import Money
from projects.models import Project

Kind = BudgetEntry.Kind
Key = tuple[int, str, str]  # account, part, foreign currency ("" for the budget's own)


@dataclass(frozen=True, slots=True)
class Source:
    """What writes money: the word of its page ("session" for `session:detail`), its id, its title of today."""

    kind: str
    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one part of a source costs. `part` tells it from the source's others; `label` says it to people."""

    account: int
    part: str
    amount: Money
    label: str = ""


Lines = Iterable[Line] | Callable[[], Iterable[Line]]  # a function is asked under the budget's lock


def open_budget(project: Project) -> Budget:
    """Return the project's budget, made now if there is none. Two at the same moment get the same one."""
    budget, _made = Budget.objects.get_or_create(project=project, defaults={"currency": project.currency})
    return budget


@transaction.atomic(savepoint=False)
def commit(
    *,
    project: Project,
    source: Source,
    lines: Lines,
    by: int | None,
    first: bool = False,
    parts: Collection[str] | None = None,
) -> None:
    """Bring what this source has open to exactly these lines. `by` is the user's id, None for nobody with an account.

    What stands already is left alone, whatever the rates are today. A line that changed is released and committed anew.
    `first` says that the source was just made and has written nothing yet. With `parts` all other parts are left alone.
    Lines given as a function are asked for once the budget is ours: whoever changes a fee and prices again waits for
    the same lock, so neither prices by what the other has just replaced.
    Raises Refused at `exchange_rate` for a currency without a rate.
    """
    budget, wanted = _priced(project, lines)
    if budget is not None:
        book = _Book(budget, source, by, first=first)
        book.commit([line for line in wanted if parts is None or line.part in parts], parts)
        book.write()


def release(*, project: Project, source: Source, by: int | None) -> None:
    """Give back all that this source has open."""
    commit(project=project, source=source, lines=(), by=by)


@transaction.atomic(savepoint=False)
def settle(*, project: Project, source: Source, lines: Lines, by: int | None) -> None:
    """Release what this source has open and bring what it has spent to exactly these lines.

    Settled again with other sums, the differences are appended.
    """
    budget, wanted = _priced(project, lines)
    if budget is not None:
        book = _Book(budget, source, by)
        book.commit([])
        book.spend(wanted)
        book.write()


def agrees(*, project: Project, source: Source, lines: Iterable[Line]) -> bool:
    """Return whether what this source has open is exactly these lines already. Reads, and writes nothing.

    Raises Refused at `exchange_rate` for a currency without a rate.
    """
    wanted = [line for line in lines if line.amount.minor]
    budget = Budget.objects.filter(project=project).first()
    if budget is None:
        return not wanted
    book = _Book(budget, source, None)
    book.commit(wanted)
    return not book.entries


@transaction.atomic
def set_exchange_rate(*, project: Project, currency: str, rate: Decimal) -> ExchangeRate:
    """Say what one unit of a currency is worth in the budget's. What is committed keeps the rate it came with."""
    budget = open_budget(project)
    if currency == budget.currency:
        raise Refused({"currency": _("The budget is in %(currency)s itself.") % {"currency": currency}})
    if not rate.is_finite() or rate <= 0:
        raise Refused({"rate": _("Give a rate above zero.")})
    found = ExchangeRate.objects.filter(budget=budget, currency=currency).first()
    found = found or ExchangeRate(budget=budget, currency=currency)
    found.rate = rate
    try:
        found.clean_fields(exclude=["budget"])
    except ValidationError as error:
        raise Refused(error.message_dict) from None
    found.save()
    return found


def _priced(project: Project, lines: Lines) -> tuple[Budget | None, list[Line]]:
    """Return the locked budget, None if there is none and none is needed, and the lines that cost something."""
    budget = None
    if callable(lines):
        budget = _locked(project, needed=False)
        lines = lines()
    wanted = [line for line in lines if line.amount.minor]
    return budget or _locked(project, needed=bool(wanted)), wanted


def _locked(project: Project, *, needed: bool) -> Budget | None:
    """Return the budget with its row locked, so that `seq` is ours; None if there is none and none is needed."""
    own = Budget.objects.filter(project=project)
    # SQLite knows no row locks and passes over select_for_update in silence: a write makes the others wait
    if not connection.features.has_select_for_update:
        own.update(last_seq=F("last_seq"))
    budget = own.select_for_update(no_key=True).first()
    if budget is None and needed:
        open_budget(project)
        return _locked(project, needed=True)
    return budget


@dataclass(slots=True)
class _Standing:
    """What the entries of one part add up to, and its last label."""

    own: int = 0
    foreign: int = 0
    label: str = ""


class _Book:
    """The entries that one source is about to append to a locked budget."""

    def __init__(self, budget: Budget, source: Source, by: int | None, *, first: bool = False) -> None:
        self.budget, self.source, self.by = budget, source, by
        self.entries: list[BudgetEntry] = []
        self._exchange: Exchange | None = None
        self._open: dict[Key, _Standing] = {}
        self._spent: dict[Key, _Standing] = {}
        if not first:
            self._read()

    def commit(self, lines: list[Line], parts: Collection[str] | None = None) -> None:
        """Bring the open commitments, or only those of some parts, to these lines."""
        wanted = self._by_key(lines)
        for key, standing in self._open.items():
            if parts is not None and key[1] not in parts:
                continue
            if (standing.own or standing.foreign) and not self._stands(key, standing, wanted):
                self._add(Kind.RELEASE, key, -standing.own, -standing.foreign, standing.label)
        for key, line in wanted.items():
            if not self._stands(key, self._open.get(key, _Standing()), wanted):
                self._add(Kind.COMMIT, key, self._worth(line), line.amount.minor, line.label)

    def spend(self, lines: list[Line]) -> None:
        """Bring what was spent to these lines, by differences."""
        wanted = self._by_key(lines)
        for key in {**wanted, **self._spent}:
            standing = self._spent.get(key, _Standing())
            if self._stands(key, standing, wanted):
                continue
            line = wanted.get(key)
            worth, asked = (self._worth(line), line.amount.minor) if line else (0, 0)
            label = line.label if line else standing.label
            self._add(Kind.ACTUAL, key, worth - standing.own, asked - standing.foreign, label)

    def write(self) -> None:
        """Number the entries, chain them to the last one and store them."""
        if not self.entries:
            return
        previous = self.budget.last_hash
        for seq, entry in enumerate(self.entries, start=self.budget.last_seq + 1):
            entry.seq, entry.prev_hash = seq, previous
            previous = entry.digest()
        BudgetEntry.objects.bulk_create(self.entries)
        Budget.objects.filter(pk=self.budget.pk).update(last_seq=self.entries[-1].seq, last_hash=previous)

    def _read(self) -> None:
        own = self.budget.entries.of_source(self.source.kind, self.source.id).order_by("seq")
        columns = ("kind", "account", "part", "foreign_currency", "amount_minor", "foreign_minor", "label")
        for kind, account, part, currency, minor, foreign, label in own.values_list(*columns):
            book = self._spent if kind == Kind.ACTUAL else self._open
            standing = book.setdefault((account, part, currency), _Standing())
            standing.own += minor
            standing.foreign += foreign or 0
            standing.label = label

    def _by_key(self, lines: list[Line]) -> dict[Key, Line]:
        found: dict[Key, Line] = {}
        for line in lines:
            if line.amount.minor < 0:
                raise ValueError("a line is never below zero: settle less instead")
            foreign = "" if line.amount.currency == self.budget.currency else line.amount.currency
            key = (line.account, line.part, foreign)
            same = found.get(key)
            found[key] = Line(line.account, line.part, same.amount + line.amount, same.label) if same else line
        return found

    @staticmethod
    def _stands(key: Key, standing: _Standing, wanted: dict[Key, Line]) -> bool:
        """Return whether this is what is asked for. Foreign sums are compared as agreed, whatever the rate today."""
        asked = wanted[key].amount.minor if key in wanted else 0
        return asked == (standing.foreign if key[2] else standing.own)

    def _worth(self, line: Line) -> int:
        if line.amount.currency == self.budget.currency:
            return line.amount.minor
        return self._rates().worth(line.amount, what=line.label).minor

    def _rates(self) -> Exchange:
        if self._exchange is None:
            self._exchange = exchange_in(self.budget)
        return self._exchange

    def _add(self, kind: Kind, key: Key, own: int, foreign: int, label: str) -> None:
        account, part, currency = key
        self.entries.append(
            BudgetEntry(
                budget=self.budget,
                at=clock.now(),
                by_id=self.by,
                account=account,
                kind=kind.value,
                amount_minor=own,
                foreign_minor=foreign if currency else None,
                foreign_currency=currency,
                # what is released goes back at the rate it came with, which its commit says
                rate=self._rates().rates.get(currency) if currency and kind != Kind.RELEASE else None,
                source_kind=self.source.kind,
                source_id=self.source.id,
                source_title=self.source.title[:200],
                part=part,
                label=label[:200],
            )
        )
