"""What one source has in a budget's ledger, and the entries that bring it to something else.

What a source writes itself always adds up to what is agreed with it now, and to what it has spent. What expenses use up
of that follows from it: each pays as much of its part as is left, and whenever the source changes, or an expense does,
the uses are reckoned again and their differences appended beside (`used_by`). So all entries add up to what is open and
spent, at every moment that has been, and none of them has to be told apart for a sum.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from budgets.exchange import Exchange, exchange_in
from budgets.models import Budget, BudgetEntry, Expense
from producerdesk.kit import clock
from producerdesk.kit.inserting import change, insert, new
from producerdesk.kit.money import Money, round_half_up

Kind = BudgetEntry.Kind
Key = tuple[int, str, str]  # account, part, foreign currency ("" for the budget's own)
Place = tuple[bool, Key]  # of what is spent (else of what is open), which key
Use = tuple[bool, Key, int]  # the same, and by which expense


@dataclass(frozen=True, slots=True)
class Source:
    """What writes money: the word of its page ("session" for `session:detail`), its id, its title of today."""

    kind: str
    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one part of a source costs. `part` tells it from the source's others; `label` says it to people.

    A part is a word, or a word and after a colon a rate in letters ("room:hour") or somebody's number ("person:7").
    `rate` is what one unit of a foreign currency was worth when it was spent; None takes the budget's rate of today.
    """

    account: int
    part: str
    amount: Money
    label: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a source, which an expense may pay: the room of a session, the fee of a hire."""

    kind: str
    id: int
    part: str


@dataclass(frozen=True, slots=True)
class Bill:
    """An expense that pays a part of a source, and what it is worth in the budget's currency."""

    expense_id: int
    part: str
    worth: int


@dataclass(slots=True)
class Sums:
    """What the entries of one key add up to, and the last label."""

    own: int = 0
    foreign: int = 0
    label: str = ""

    def count(self, own: int, foreign: int | None, label: str) -> None:
        """Count one more entry in."""
        self.own += own
        self.foreign += foreign or 0
        self.label = label


class Pen:
    """Writes to a ledger whose budget is locked."""

    def __init__(self, budget: Budget, by: int | None) -> None:
        self.budget, self.by = budget, by
        self.entries: list[BudgetEntry] = []

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
            new(
                BudgetEntry,
                budget_id=self.budget.pk,
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

    def write(self) -> None:
        """Number the entries, chain them to the last one and store them."""
        if not self.entries:
            return
        previous = self.budget.last_hash
        for seq, entry in enumerate(self.entries, start=self.budget.last_seq + 1):
            entry.seq, entry.prev_hash = seq, previous
            previous = entry.digest()
        insert(self.entries, keys=False)
        self.budget.last_seq, self.budget.last_hash = self.entries[-1].seq, previous
        change(self.budget, "last_seq", "last_hash")
        self.entries = []


def _subject(part: str) -> str:
    """Return what a part pays: "room" for "room:hour" and "room:day", one room, but "person:7" for that person."""
    thing, _colon, rest = part.partition(":")
    return part if rest.isdecimal() else thing


def _by_nearness(bills: list[Bill], places: Iterable[Place]) -> list[tuple[Bill, Place]]:
    """Return what each bill may pay, and before it all that bills pay by name."""
    met = [(bill, place) for place in places for bill in bills if _subject(bill.part) == _subject(place[1][1])]
    return sorted(met, key=lambda pair: pair[0].part != pair[1][1][1])


class Book:
    """What one source has in the ledger. What it changes is kept by the pen."""

    def __init__(self, pen: Pen, source: Source, *, first: bool = False) -> None:
        self.pen, self.source = pen, source
        self._exchange: Exchange | None = None
        self._open: dict[Key, Sums] = {}
        self._spent: dict[Key, Sums] = {}
        self._uses: dict[Use, Sums] = {}
        if not first:
            self._read()

    def commit(self, lines: Iterable[Line], parts: Collection[str] | None = None) -> None:
        """Bring what is agreed, or only that of some parts, to these lines."""
        wanted = self._by_key(lines)
        for key, sums in self._open.items():
            if parts is not None and key[1] not in parts:
                continue
            if (sums.own or sums.foreign) and not self._stands(key, sums, wanted):
                self._add(Kind.RELEASE, key, -sums.own, -sums.foreign, sums.label)
        for key, line in wanted.items():
            if not self._stands(key, self._open.get(key, Sums()), wanted) and line.amount.minor:
                self._add(Kind.COMMIT, key, self._worth(line), line.amount.minor, line.label, self._rate_of(line))

    def spend(self, lines: Iterable[Line]) -> int:
        """Bring what was spent to these lines, by differences, and return what they are worth."""
        wanted = self._by_key(lines)
        total = 0
        for key in {**wanted, **self._spent}:
            sums = self._spent.get(key, Sums())
            line = wanted.get(key)
            if self._stands(key, sums, wanted):
                total += sums.own
                continue
            worth, asked = (self._worth(line), line.amount.minor) if line else (0, 0)
            total += worth
            label, rate = (line.label, self._rate_of(line)) if line else (sums.label, None)
            self._add(Kind.ACTUAL, key, worth - sums.own, asked - sums.foreign, label, rate)
        return total

    def agreed(self) -> list[Line]:
        """Return what is agreed and not settled yet, whatever expenses have paid of it."""
        found = []
        for (account, part, currency), sums in self._open.items():
            minor = sums.foreign if currency else sums.own
            if minor > 0:
                found.append(Line(account, part, Money(minor, currency or self.pen.budget.currency), sums.label))
        return found

    def follow(self) -> None:
        """Bring what expenses use up to what is there now, after a change. One query, if anything was ever used."""
        if self._uses:
            self.share(self.bills())

    def bills(self, but: int | None = None) -> list[Bill]:
        """Return the expenses that pay this source, the first one first, without this one. One query."""
        found = Expense.objects.filter(budget=self.pen.budget, against_kind=self.source.kind, removed_at=None)
        rows = found.filter(against_id=self.source.id).order_by("pk").values_list("pk", "against_part", "worth_minor")
        return [Bill(*row) for row in rows if row[0] != but]

    def left(self, part: str, bills: Iterable[Bill]) -> int:
        """Return what is left of a part for another expense than these; below zero where they paid more."""
        subject = _subject(part)
        there = [
            sums for book in (self._open, self._spent) for key, sums in book.items() if _subject(key[1]) == subject
        ]
        paid = sum(bill.worth for bill in bills if _subject(bill.part) == subject)
        return sum(max(0, sums.own) for sums in there) - paid

    def share(self, bills: Iterable[Bill]) -> None:
        """Bring what these expenses use up to what is there now, and give back what others have used."""
        wanted = self._shares(list(bills))
        for use in {**self._uses, **wanted}:
            is_spent, key, expense_id = use
            had, want = self._uses.setdefault(use, Sums()), wanted.get(use, Sums())
            own, foreign = want.own - had.own, want.foreign - had.foreign
            if not own and not foreign:
                continue
            kind = Kind.ACTUAL if is_spent else Kind.RELEASE if (own or foreign) < 0 else Kind.COMMIT
            label = (self._spent if is_spent else self._open)[key].label
            self.pen.append(kind, key, own, foreign, label, source=self.source, used_by=expense_id)
            had.count(own, foreign, label)

    def _shares(self, bills: list[Bill]) -> dict[Use, Sums]:
        """Return what each expense uses up: of what is open first, then of what the source has counted as spent.

        So an invoice for a session that was wrapped is not counted twice. What is over goes to what is akin: a deposit
        for a room by the hour pays it by the day, too. Foreign sums go in the same share.
        """
        there = {(False, key): sums for key, sums in self._open.items()}
        there |= {(True, key): sums for key, sums in self._spent.items()}
        unused = {bill.expense_id: bill.worth for bill in bills}
        used = {place: Sums() for place in there}
        found: dict[Use, Sums] = {}
        for bill, place in _by_nearness(bills, there):
            whole, so_far = there[place], used[place]
            taken = min(unused[bill.expense_id], whole.own - so_far.own)
            if taken <= 0:
                continue
            unused[bill.expense_id] -= taken
            own, foreign = so_far.own + taken, whole.foreign
            if own < whole.own:  # reckoned on all that is used so far, so that the shares add up to the whole
                foreign = round_half_up(Decimal(foreign) * own / whole.own)
            found[*place, bill.expense_id] = Sums(-taken, so_far.foreign - foreign)
            used[place] = Sums(own, foreign)
        return found

    def _read(self) -> None:
        entries = self.pen.budget.entries.of_source(self.source.kind, self.source.id).order_by("seq")
        columns = ("kind", "account", "part", "foreign_currency", "amount_minor", "foreign_minor", "label", "used_by")
        title = ""
        for *said, used_by, title in entries.values_list(*columns, "source_title"):  # noqa: B007 - the last one counts
            kind, account, part, currency, minor, foreign, label = said
            key, is_spent = (account, part, currency), kind == Kind.ACTUAL
            if used_by is None:
                (self._spent if is_spent else self._open).setdefault(key, Sums()).count(minor, foreign, label)
            else:
                self._uses.setdefault((is_spent, key, used_by), Sums()).count(minor, foreign, label)
        self.source = replace(self.source, title=self.source.title or title)

    def _by_key(self, lines: Iterable[Line]) -> dict[Key, Line]:
        """Return the lines by what tells them apart."""
        found: dict[Key, Line] = {}
        for line in lines:
            if line.amount.minor < 0:
                raise ValueError("a line is never below zero: settle less instead")
            foreign = "" if line.amount.currency == self.pen.budget.currency else line.amount.currency
            key = (line.account, line.part, foreign)
            same = found.get(key)
            found[key] = replace(same, amount=same.amount + line.amount) if same else line
        return found

    @staticmethod
    def _stands(key: Key, sums: Sums, wanted: dict[Key, Line]) -> bool:
        """Return whether this is what is asked for. Foreign sums are compared as agreed, whatever the rate today."""
        asked = wanted[key].amount.minor if key in wanted else 0
        return asked == (sums.foreign if key[2] else sums.own)

    def _worth(self, line: Line) -> int:
        if line.amount.currency == self.pen.budget.currency:
            return line.amount.minor
        rates = self._rates()
        if line.rate is not None:
            rates = Exchange(self.pen.budget.currency, {line.amount.currency: line.rate})
        return rates.worth(line.amount, what=line.label).minor

    def _rate_of(self, line: Line) -> Decimal | None:
        """Return the rate that is frozen into the entry; None for the budget's own currency."""
        if line.amount.currency == self.pen.budget.currency:
            return None
        return line.rate or self._rates().rate(line.amount.currency)

    def _rates(self) -> Exchange:
        if self._exchange is None:
            self._exchange = exchange_in(self.pen.budget)
        return self._exchange

    def _add(self, kind: Kind, key: Key, own: int, foreign: int, label: str, rate: Decimal | None = None) -> None:
        self.pen.append(kind, key, own, foreign, label, source=self.source, rate=rate)
        (self._spent if kind == Kind.ACTUAL else self._open).setdefault(key, Sums()).count(own, foreign, label)
