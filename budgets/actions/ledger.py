"""Every way the ledger is written. Who books or hires calls these in the transaction of the deed.

Lock order everywhere: resources (sessions/booking), then the budget.
"""

from collections.abc import Callable, Collection, Iterable

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from budgets.actions.book import Bill, Book, Line, Part, Pen, Source
from budgets.models import Budget
from producerdesk.accounts.models import User
from producerdesk.kit.errors import Refused
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from projects.models import Project

Lines = Iterable[Line] | Callable[[], Iterable[Line]]  # a function is asked under the budget's lock


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
        pen = Pen(budget, by)
        book = Book(pen, source, first=first)
        book.commit([line for line in wanted if parts is None or line.part in parts], parts)
        book.follow()
        pen.write()


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
        pen = Pen(budget, by)
        book = Book(pen, source)
        book.commit([])
        book.spend(wanted)
        book.follow()
        pen.write()


def agrees(*, project: Project, source: Source, lines: Iterable[Line]) -> bool:
    """Return whether what this source has open is exactly these lines already. Reads, and writes nothing.

    Raises Refused at `exchange_rate` for a currency without a rate.
    """
    wanted = [line for line in lines if line.amount.minor]
    budget = Budget.objects.filter(project=project).first()
    if budget is None:
        return not wanted
    pen = Pen(budget, None)
    Book(pen, source).commit(wanted)
    return not pen.entries


def agreed(*, project: Project, source: Source) -> list[Line]:
    """Return what this source is booked at, as it was committed: what expenses have paid of it included."""
    budget = Budget.objects.filter(project=project).first()
    return [] if budget is None else Book(Pen(budget, None), source).agreed()


@transaction.atomic(savepoint=False)
def pay(*, project: Project, expense: Source, line: Line | None, against: Part | None, by: int | None) -> int:
    """Bring what an expense has spent to this line (None: it is taken back) and return what it is worth.

    With `against` it uses up as much of that part as is left, and follows what the source says later. Raises Refused at
    `commitment` where nothing is left to be paid.
    """
    budget = _locked(project, needed=line is not None)
    if budget is None:
        return 0
    pen = Pen(budget, by)
    worth = Book(pen, expense).spend([line] if line else [])
    _pay_parts(pen, expense.id, worth, against)
    pen.write()
    return worth


def _pay_parts(pen: Pen, expense_id: int, worth: int, against: Part | None) -> None:
    """Share out anew what expenses use up of each source that this one pays, or has paid before."""
    mine = pen.budget.entries.filter(used_by=expense_id)
    known = {Part(*found) for found in mine.values_list("source_kind", "source_id", "part").distinct().order_by()}
    parts = known | {against} if against else known
    for kind, source_id in sorted({(part.kind, part.id) for part in parts}):
        book = Book(pen, Source(kind, source_id, ""))
        bills = book.bills(but=expense_id)
        if against and (against.kind, against.id) == (kind, source_id):
            # what was paid once stays paid: it is not refused because the hire ended, or others paid meanwhile
            if worth and against not in known and book.left(against.part, bills) <= 0:
                raise Refused({"commitment": _("Nothing of this is left to be paid.")})
            bills = sorted([*bills, Bill(expense_id, against.part, worth)], key=lambda bill: bill.expense_id)
        book.share(bills)


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
