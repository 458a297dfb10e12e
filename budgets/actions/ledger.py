"""Every way the ledger is written. Who books or hires calls these in the transaction of the deed.

Lock order everywhere: resources (sessions/booking), then the budget.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from budgets.exchange import Exchange, exchange_in
from budgets.models import Budget, BudgetEntry, ExchangeRate
from producerdesk.accounts.models import User
from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from producerdesk.kit.inserting import insert
from producerdesk.kit.money import Money, round_half_up
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from projects.activity import note
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
    """What one part of a source costs. `part` tells it from the source's others; `label` says it to people.

    `rate` is what one unit of a foreign currency was worth when it was spent; None takes the budget's rate of today.
    """

    account: int
    part: str
    amount: Money
    label: str = ""
    rate: Decimal | None = None


Lines = Iterable[Line] | Callable[[], Iterable[Line]]  # a function is asked under the budget's lock


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a source, which an expense may pay: the room of a session, the fee of a hire."""

    kind: str
    id: int
    part: str


def open_budget(project: Project, controller: User | None = None) -> Budget:
    """Return the project's budget, made now if there is none. Two at the same moment get the same one."""
    defaults = {"currency": project.currency, "controller": controller}
    budget, _made = Budget.objects.get_or_create(project=project, defaults=defaults)
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


def agreed(*, project: Project, source: Source) -> list[Line]:
    """Return what this source is booked at, as it was committed: what expenses have paid of it included."""
    budget = Budget.objects.filter(project=project).first()
    return [] if budget is None else _Book(budget, source, None).agreed()


@transaction.atomic(savepoint=False)
def pay(*, project: Project, expense: Source, line: Line | None, against: Part | None, by: int | None) -> int:
    """Bring what an expense has spent to this line (None: it is taken back) and return what it is worth.

    With `against` it uses up as much of that part: first what is open, then what the part itself has counted as spent,
    so that an invoice for a session that was wrapped is not counted twice. What the source itself says later is counted
    without what is paid by expenses. Raises Refused at `commitment` where nothing is left to be paid.
    """
    budget = _locked(project, needed=line is not None)
    if budget is None:
        return 0
    book = _Book(budget, expense, by)
    worth = book.spend([line] if line else [])
    uses = _Uses(book)
    uses.bring_to(worth if against else 0, against)
    book.write()
    return worth


@transaction.atomic
def remove_exchange_rate(*, rate: ExchangeRate, by: int | None) -> None:
    """Forget what a currency is worth. What was counted with it stays."""
    rate.delete()
    note(rate.budget.project_id, "budget", "rate_removed", by=by, title=rate.currency)


@transaction.atomic
def set_exchange_rate(*, project: Project, currency: str, rate: Decimal, by: int | None) -> ExchangeRate:
    """Say what one unit of a currency is worth in the budget's. What is committed keeps the rate it came with."""
    budget = open_budget(project)
    if currency == budget.currency:
        raise Refused({"currency": _("The budget is in %(currency)s itself.") % {"currency": currency}})
    if not rate.is_finite() or rate <= 0:
        raise Refused({"rate": _("Give a rate above zero.")})
    found = ExchangeRate.objects.filter(budget=budget, currency=currency).first()
    found = found or ExchangeRate(budget=budget, currency=currency)
    is_new = found.rate != rate
    found.rate = rate
    try:
        found.clean_fields(exclude=["budget"])
    except ValidationError as error:
        raise Refused(error.message_dict) from None
    found.save()
    if is_new:
        note(project, "budget", "rate", by=by, title=currency)
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
    # SQLite knows no row locks and passes over select_for_update in silence: a write makes the others wait
    if not connection.features.has_select_for_update:
        Budget.objects.filter(project=project).update(last_seq=F("last_seq"))
    found = _of_project(NOBODY, project_id=project.pk).objects()
    if found or not needed:
        return found[0] if found else None
    open_budget(project)
    return _locked(project, needed=True)


@prepared
def _of_project(viewer: Viewer, project_id: int) -> QuerySet:
    return Budget.objects.filter(project=project_id).select_for_update(no_key=True)


@dataclass(slots=True)
class _Standing:
    """What the entries of one part add up to, and its last label."""

    own: int = 0
    foreign: int = 0
    label: str = ""

    def count(self, own: int, foreign: int | None, label: str) -> None:
        """Count one more entry in."""
        self.own += own
        self.foreign += foreign or 0
        self.label = label


class _Book:
    """The entries that one source is about to append to a locked budget."""

    def __init__(self, budget: Budget, source: Source, by: int | None, *, first: bool = False) -> None:
        self.budget, self.source, self.by = budget, source, by
        self.entries: list[BudgetEntry] = []
        self._exchange: Exchange | None = None
        self._open: dict[Key, _Standing] = {}
        self._spent: dict[Key, _Standing] = {}
        self._paid: dict[Key, _Standing] = {}  # by expenses, so that it is not counted here again
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
            if not self._stands(key, self._open.get(key, _Standing()), wanted) and line.amount.minor:
                self._add(Kind.COMMIT, key, self._worth(line), line.amount.minor, line.label, self._rate_of(line))

    def spend(self, lines: list[Line]) -> int:
        """Bring what was spent to these lines, by differences, and return what they are worth."""
        wanted = self._by_key(lines)
        total = 0
        for key in {**wanted, **self._spent}:
            standing = self._spent.get(key, _Standing())
            line = wanted.get(key)
            if self._stands(key, standing, wanted):
                total += standing.own
                continue
            worth, asked = (self._worth(line), line.amount.minor) if line else (0, 0)
            total += worth
            label, rate = (line.label, self._rate_of(line)) if line else (standing.label, None)
            self._add(Kind.ACTUAL, key, worth - standing.own, asked - standing.foreign, label, rate)
        return total

    def agreed(self) -> list[Line]:
        """Return what stands open, and with it what expenses have paid of that."""
        found = []
        for key, standing in self._open.items():
            account, part, currency = key
            paid = self._paid.get(key, _Standing())
            minor = standing.foreign + paid.foreign if currency else standing.own + paid.own
            if minor > 0:
                found.append(Line(account, part, Money(minor, currency or self.budget.currency), standing.label))
        return found

    def write(self) -> None:
        """Number the entries, chain them to the last one and store them."""
        if not self.entries:
            return
        previous = self.budget.last_hash
        for seq, entry in enumerate(self.entries, start=self.budget.last_seq + 1):
            entry.seq, entry.prev_hash = seq, previous
            previous = entry.digest()
        insert(self.entries)
        Budget.objects.filter(pk=self.budget.pk).update(last_seq=self.entries[-1].seq, last_hash=previous)

    def _read(self) -> None:
        own = self.budget.entries.of_source(self.source.kind, self.source.id).order_by("seq")
        columns = ("kind", "account", "part", "foreign_currency", "amount_minor", "foreign_minor", "label", "used_by")
        for kind, account, part, currency, minor, foreign, label, used_by in own.values_list(*columns):
            key = (account, part, currency)
            book = self._spent if kind == Kind.ACTUAL else self._open
            book.setdefault(key, _Standing()).count(minor, foreign, label)
            if used_by is not None:
                self._paid.setdefault(key, _Standing()).count(-minor, -(foreign or 0), label)

    def _by_key(self, lines: list[Line]) -> dict[Key, Line]:
        """Return the lines by what tells them apart, each without what expenses have paid of it."""
        found: dict[Key, Line] = {}
        for line in lines:
            if line.amount.minor < 0:
                raise ValueError("a line is never below zero: settle less instead")
            foreign = "" if line.amount.currency == self.budget.currency else line.amount.currency
            key = (line.account, line.part, foreign)
            same = found.get(key)
            found[key] = replace(same, amount=same.amount + line.amount) if same else line
        for key, paid in self._paid.items():
            if key in found:
                amount = found[key].amount
                rest = max(0, amount.minor - (paid.foreign if key[2] else paid.own))
                found[key] = replace(found[key], amount=Money(rest, amount.currency))
        return found

    @staticmethod
    def _stands(key: Key, standing: _Standing, wanted: dict[Key, Line]) -> bool:
        """Return whether this is what is asked for. Foreign sums are compared as agreed, whatever the rate today."""
        asked = wanted[key].amount.minor if key in wanted else 0
        return asked == (standing.foreign if key[2] else standing.own)

    def _worth(self, line: Line) -> int:
        if line.amount.currency == self.budget.currency:
            return line.amount.minor
        rates = self._rates()
        if line.rate is not None:
            rates = Exchange(self.budget.currency, {line.amount.currency: line.rate})
        return rates.worth(line.amount, what=line.label).minor

    def _rate_of(self, line: Line) -> Decimal | None:
        """Return the rate that is frozen into the entry; None for the budget's own currency."""
        if line.amount.currency == self.budget.currency:
            return None
        return line.rate or self._rates().rate(line.amount.currency)

    def _rates(self) -> Exchange:
        if self._exchange is None:
            self._exchange = exchange_in(self.budget)
        return self._exchange

    def _add(self, kind: Kind, key: Key, own: int, foreign: int, label: str, rate: Decimal | None = None) -> None:
        self.append(kind, key, own, foreign, label, source=self.source, rate=rate)

    def append(
        self,
        kind: Kind,
        key: Key,
        own: int,
        foreign: int,
        label: str,
        *,
        source: Source,
        rate: Decimal | None = None,
        used_by: int | None = None,
    ) -> None:
        """Keep one entry for `write`. What is released goes back at the rate it came with, which its commit says."""
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
                rate=rate if currency and kind != Kind.RELEASE else None,
                source_kind=source.kind,
                source_id=source.id,
                source_title=source.title[:200],
                part=part,
                label=label[:200],
                used_by=used_by,
            )
        )


@dataclass(slots=True)
class _Payable:
    """One key of a part: what stands of it, and how much of that this very expense has used up (below zero)."""

    title: str = ""
    open: _Standing = field(default_factory=_Standing)
    spent: _Standing = field(default_factory=_Standing)
    my_open: _Standing = field(default_factory=_Standing)
    my_spent: _Standing = field(default_factory=_Standing)


class _Uses:
    """What an expense uses up of what others have committed, or counted as spent before the invoice came."""

    def __init__(self, book: _Book) -> None:
        self.book, self.expense_id = book, book.source.id

    def bring_to(self, worth: int, against: Part | None) -> None:
        """Use up as much of this part, and give back what was used of others."""
        mine = self.book.budget.entries.filter(used_by=self.expense_id)
        known = {Part(*found) for found in mine.values_list("source_kind", "source_id", "part").distinct().order_by()}
        for part in sorted(known - {against}, key=lambda known: (known.kind, known.id, known.part)):
            self._bring(part, 0)
        if against and not self._bring(against, worth) and worth and against not in known:
            raise Refused({"commitment": _("Nothing of this is left to be paid.")})

    def _bring(self, part: Part, worth: int) -> int:
        """Bring what is used of one part to this sum, or to all there is of it; return how much that is."""
        payable, left = self._payable(part), worth
        for stage in ("open", "spent"):
            for key, found in payable.items():
                left -= self._take(part, key, found, stage, left)
        return worth - left

    def _payable(self, part: Part) -> dict[Key, _Payable]:
        found: dict[Key, _Payable] = {}
        own = self.book.budget.entries.of_source(part.kind, part.id).filter(part=part.part).order_by("seq")
        columns = ("kind", "account", "foreign_currency", "amount_minor", "foreign_minor", "label", "source_title")
        for *said, used_by in own.values_list(*columns, "used_by"):
            kind, account, currency, minor, foreign, label, title = said
            payable = found.setdefault((account, part.part, currency), _Payable())
            payable.title = title
            (payable.spent if kind == Kind.ACTUAL else payable.open).count(minor, foreign, label)
            if used_by == self.expense_id:
                (payable.my_spent if kind == Kind.ACTUAL else payable.my_open).count(minor, foreign, label)
        return found

    def _take(self, part: Part, key: Key, found: _Payable, stage: str, wanted: int) -> int:
        """Use up what is there of one key, at most `wanted`; return how much. Foreign sums go in the same share."""
        standing, mine = (found.open, found.my_open) if stage == "open" else (found.spent, found.my_spent)
        there, foreign_there = max(0, standing.own - mine.own), standing.foreign - mine.foreign
        taken = min(there, wanted)
        foreign = foreign_there if taken == there else round_half_up(Decimal(foreign_there) * taken / there)
        own, foreign = -taken - mine.own, -(foreign if taken else 0) - mine.foreign
        if own or foreign:
            kind = Kind.ACTUAL if stage == "spent" else Kind.RELEASE if (own or foreign) < 0 else Kind.COMMIT
            source = Source(part.kind, part.id, found.title)
            self.book.append(kind, key, own, foreign, standing.label, source=source, used_by=self.expense_id)
        return taken
