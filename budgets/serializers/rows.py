"""What the API says of budgets: figures, plan, ledger, expenses."""

from typing import Any

from rest_framework import serializers

from budgets import chart
from budgets.models import BudgetEntry, BudgetLine
from budgets.permissions import may_approve
from producerdesk.accounts.roles import BUDGET_WRITE
from producerdesk.kit.rows import Computed, MoneyField, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.serializers import ProjectRef

# --- figures ------------------------------------------------------------------------------------------


class FiguresRow(serializers.Serializer):
    """Planned, approved, committed (booked or agreed, spent or not), actual (spent), forecast and left.

    `left` is approved less committed, null where nothing was ever planned; `over` is by how much the committed exceeds
    the approved, null within it.
    """

    planned = MoneyField("", "")
    approved = MoneyField("", "")
    committed = MoneyField("", "")
    actual = MoneyField("", "")
    forecast = MoneyField("", "")
    left = MoneyField("", "")
    over = MoneyField("", "")


class AccountFigures(FiguresRow):
    """The figures of one account."""

    account = serializers.IntegerField()
    title = serializers.CharField()


class HeadFigures(AccountFigures):
    """The figures of a head (300 Studio) with all its accounts."""

    accounts = AccountFigures(many=True)


class ApproverRow(RowSerializer):
    """Who approved a plan."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ApprovalRow(RowSerializer):
    """Somebody's yes to a plan as it stood then, and what it came to."""

    id = serializers.IntegerField()
    budget = serializers.IntegerField(source="budget_id")
    at = serializers.DateTimeField()
    by = ApproverRow()
    note = serializers.CharField()
    approved = MoneyField("approved_minor", "budget__currency")


PLAN_STATES = ("empty", "proposed", "approved", "changed")


class PlanState(serializers.Serializer):
    """Whether the plan is approved. `version` is what an approval names; it grows with each change of a sum.

    `empty`: nothing is planned. `proposed`: nobody has approved it yet, and its sums count as approved until then.
    `approved`: it is what was approved last. `changed`: it is not; what was approved last counts until the next yes.
    """

    state = serializers.ChoiceField(PLAN_STATES)
    version = serializers.IntegerField()
    approval = ApprovalRow(allow_null=True)


class Summary(serializers.Serializer):
    """How a budget stands, now or `as_of` a moment. `cursor` is the last entry counted in.

    Accounts add up to their head, heads to the total, to the last minor unit.
    """

    budget = serializers.IntegerField()
    currency = serializers.CharField()
    as_of = serializers.DateTimeField(allow_null=True)
    cursor = serializers.IntegerField()
    plan = PlanState()
    total = FiguresRow()
    over_lines = serializers.IntegerField(help_text="How many heads are over what was approved for them.")
    heads = HeadFigures(many=True)


class HistoryPoint(serializers.Serializer):
    """What stood at the end of a day."""

    on = serializers.DateField()
    planned = MoneyField("", "")
    approved = MoneyField("", "")
    committed = MoneyField("", "")
    actual = MoneyField("", "")


class History(serializers.Serializer):
    """Plan and spending, day by day on the reader's clock; days on which nothing changed are left out.

    `until` is the last day that is told of: today's, or that of `as_of`.
    """

    until = serializers.DateField()
    results = HistoryPoint(many=True)


class CommitmentRow(serializers.Serializer):
    """A part of a booking or a hire that an expense may pay. `key` goes into the expense's `commitment`."""

    key = serializers.CharField()
    kind = serializers.CharField()
    id = serializers.IntegerField()
    title = serializers.CharField()
    label = serializers.CharField()
    account = serializers.IntegerField()
    open = MoneyField("", "")
    actual = MoneyField("", "")


class Commitments(serializers.Serializer):
    """What expenses may pay."""

    count = serializers.IntegerField()
    results = CommitmentRow(many=True)


class PayeeRow(RowSerializer):
    """Whom the desk pays."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class Payees(serializers.Serializer):
    """Whom the desk has paid before."""

    count = serializers.IntegerField()
    results = PayeeRow(many=True)


# --- out ----------------------------------------------------------------------------------------------


def _can(viewer: Viewer, desk_id: int, project_id: int) -> dict[str, bool]:
    return {"edit": viewer.can(BUDGET_WRITE, desk_id=desk_id, project_id=project_id)}


def _can_of_budget(viewer: Viewer, desk_id: int, project_id: int, controller_id: int | None) -> dict[str, bool]:
    approve = may_approve(viewer, desk_id, project_id, controller_id)
    return _can(viewer, desk_id, project_id) | {"approve": approve}


_RIGHTS = serializers.DictField(child=serializers.BooleanField())


def _account_title() -> Computed:
    return Computed(chart.title_of, "account", kind=serializers.CharField())


class ControllerRow(RowSerializer):
    """Who controls a budget."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class BudgetRow(RowSerializer):
    """A project's budget with its figures. `cursor` is the number of its last ledger entry: when it has grown, ask
    `entries/?since=` for what is new. `lines` says how many lines the plan has. `heads`
    is null unless `?heads=true` asks for it.
    """

    id = serializers.IntegerField()
    project = ProjectRef()
    currency = serializers.CharField()
    controller = ControllerRow(allow_null=True)
    cursor = serializers.IntegerField(source="last_seq")
    lines = serializers.IntegerField(source="line_count")
    plan = Computed(lambda pk: None, "pk", kind=PlanState())
    total = Computed(lambda pk: None, "pk", kind=FiguresRow())
    over_lines = Computed(lambda pk: 0, "pk", kind=serializers.IntegerField())
    heads = Computed(lambda pk: None, "pk", kind=HeadFigures(many=True, allow_null=True))
    can = Computed(_can_of_budget, "project__desk_id", "project_id", "controller_id", kind=_RIGHTS, for_viewer=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class LineRow(RowSerializer):
    """A line of the plan: `planned` is quantity x rate. `expected` is what it will really cost, where said."""

    id = serializers.IntegerField()
    account = serializers.IntegerField()
    account_title = _account_title()
    note = serializers.CharField()
    unit = serializers.ChoiceField(BudgetLine.Unit.choices)
    quantity = serializers.DecimalField(9, 2)
    rate = MoneyField("rate_minor", "budget__currency")
    planned = MoneyField("planned_minor", "budget__currency")
    expected = MoneyField("expected_minor", "budget__currency")
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class WriterRow(RowSerializer):
    """Who wrote an entry."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class SourceRow(serializers.Serializer):
    """What wrote an entry: a session, an engagement, an expense. `title` is that of the day."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    title = serializers.CharField()


class EntryRow(RowSerializer):
    """An entry of the ledger, never changed. `amount` is in the budget's currency.

    What was agreed in another one stands in `foreign`, with the `rate` of that day. `used_by` is the expense that paid
    this much of what the source had committed.
    """

    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = WriterRow(allow_null=True)
    account = serializers.IntegerField()
    account_title = _account_title()
    kind = serializers.ChoiceField(BudgetEntry.Kind.choices)
    amount = MoneyField("amount_minor", "budget__currency")
    foreign = MoneyField("foreign_minor", "foreign_currency")
    rate = serializers.DecimalField(18, 8, allow_null=True)
    source = Computed(
        lambda kind, id, title: {"kind": kind, "id": id, "title": title},
        *("source_kind", "source_id", "source_title"),
        kind=SourceRow(),
    )
    part = serializers.CharField()
    label = serializers.CharField()
    used_by = serializers.IntegerField(allow_null=True)


class ExchangeRow(RowSerializer):
    """What one unit of a currency is worth in the budget's."""

    id = serializers.IntegerField()
    currency = serializers.CharField()
    rate = serializers.DecimalField(18, 8)


class ReceiptRow(RowSerializer):
    """What is known of a receipt. The file itself is at the expense's `receipt/`."""

    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    added_at = serializers.DateTimeField()


class BudgetRef(RowSerializer):
    """The budget something belongs to."""

    id = serializers.IntegerField()
    project = ProjectRef()
    currency = serializers.CharField()


def commitment_key(kind: str, id: int | None, part: str) -> str | None:
    """Return the key of what an expense may pay: of one part of a booking or a hire. None for no kind: of nothing."""
    return f"{kind}:{id}:{part}" if kind else None


class PaidPart(serializers.Serializer):
    """What an expense pays of a booking or a hire: whose page it is, and what of it, in the words of the ledger."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    title = serializers.CharField()
    label = serializers.CharField()


def _paid_part(kind: str, id: int | None, title: str | None, label: str | None) -> dict[str, Any] | None:
    return {"kind": kind, "id": id, "title": title or "", "label": label or ""} if kind else None


class ExpenseRow(RowSerializer):
    """What was paid. `worth` is the sum in the budget's currency, at the `rate` of the day it was entered.

    `commitment` is the key of what it pays of a booking or a hire; null stands on its own. `removed` was taken back.
    """

    id = serializers.IntegerField()
    budget = BudgetRef()
    vendor = PayeeRow(source="payee", allow_null=True)
    title = serializers.CharField()
    spent_on = serializers.DateField()
    account = serializers.IntegerField()
    account_title = _account_title()
    amount = MoneyField("amount_minor", "currency")
    worth = MoneyField("worth_minor", "budget__currency")
    rate = serializers.DecimalField(18, 8, allow_null=True)
    commitment = Computed(
        commitment_key, "against_kind", "against_id", "against_part", kind=serializers.CharField(allow_null=True)
    )
    note = serializers.CharField()
    receipt = ReceiptRow(allow_null=True)
    by = WriterRow(allow_null=True)
    removed = Computed(lambda at: at is not None, "removed_at", kind=serializers.BooleanField())
    can = Computed(_can, "budget__project__desk_id", "budget__project_id", kind=_RIGHTS, for_viewer=True)
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class ExpenseDetail(ExpenseRow):
    """An expense, and `pays`: what its commitment is called; null where it stands on its own."""

    pays = Computed(
        *(_paid_part, "against_kind", "against_id", "paid_title", "paid_label"), kind=PaidPart(allow_null=True)
    )
