"""What the API says of budgets, and what one may tell it."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from budgets import chart, receipts
from budgets.actions import Part
from budgets.models import Budget, BudgetEntry, BudgetLine, Expense
from budgets.permissions import may_approve
from producerdesk.accounts.models import User
from producerdesk.accounts.roles import BUDGET_READ, BUDGET_WRITE, RIGHTS_OF
from producerdesk.kit.fields import AmountField, Choice, CurrencyText, InputSerializer, VisibleField
from producerdesk.kit.filters import LARGEST_ID
from producerdesk.kit.money import Money
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.rows import Computed, MoneyField, RowSerializer
from producerdesk.kit.text import one_line
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from projects.serializers import ProjectRef, today

MOST_CHOICES = 500

# --- figures ------------------------------------------------------------------------------------------


class FiguresRow(serializers.Serializer):
    """Planned, approved, committed (booked or agreed, spent or not), actual (spent), forecast and left.

    `left` is approved less committed; `over` is by how much the committed exceeds the approved, null within it.
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
    `entries/?since=` for what is new. `lines` says how many lines the plan has.
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


def _key(kind: str, id: int | None, part: str) -> str | None:
    return f"{kind}:{id}:{part}" if kind else None


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
        _key, "against_kind", "against_id", "against_part", kind=serializers.CharField(allow_null=True)
    )
    note = serializers.CharField()
    receipt = ReceiptRow(allow_null=True)
    by = WriterRow(allow_null=True)
    removed = Computed(lambda at: at is not None, "removed_at", kind=serializers.BooleanField())
    can = Computed(_can, "budget__project__desk_id", "budget__project_id", kind=_RIGHTS, for_viewer=True)
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


# --- in -----------------------------------------------------------------------------------------------


def may_budget(viewer: Viewer, project: Project) -> bool:
    """Return whether the viewer writes money for this project."""
    return viewer.can(BUDGET_WRITE, desk_id=project.desk_id, project_id=project.pk)


class NewBudgetInput(InputSerializer):
    """A budget for a project that has none yet."""

    project = VisibleField(Project.objects, may=may_budget, label=_lazy("Project"))
    chart = serializers.BooleanField(required=False, default=False, label=_lazy("Start with the usual lines"))


@extend_schema_field(OpenApiTypes.INT)
class ControllerField(serializers.Field):
    """Somebody who reads this budget, by the id of the user."""

    default_error_messages = {"unknown": _lazy("Choose somebody who may read this budget.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"style": {"input_type": "select"}})

    def get_value(self, dictionary: Any) -> Any:
        found = super().get_value(dictionary)
        return None if found == "" else found

    def options(self) -> list[dict[str, Any]]:
        """Return who may be chosen."""
        budget: Budget | None = self.parent.instance
        return [{"value": user.pk, "label": user.name} for user in _readers(budget)] if budget else []

    def to_internal_value(self, data: Any) -> User:
        text = str(data)
        known = {str(user.pk): user for user in _readers(self.parent.instance)}
        if isinstance(data, bool) or text not in known:
            self.fail("unknown")
        return known[text]

    def to_representation(self, value: User) -> int:
        return value.pk


def _readers(budget: Budget) -> list[User]:
    roles = [role for role, rights in RIGHTS_OF.items() if BUDGET_READ in rights]
    staff = Q(staff_rows__desk=budget.project.desk_id)
    members = Q(memberships__project=budget.project_id, memberships__role__in=roles)
    return list(User.objects.filter(staff | members).distinct().order_by("name", "pk")[:MOST_CHOICES])


class BudgetInput(InputSerializer):
    """What one may say of a budget."""

    controller = ControllerField(required=False, allow_null=True, label=_lazy("Who controls it"))


class ApprovalInput(InputSerializer):
    """A yes to the plan as it was read: `plan` is its `version`."""

    plan = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, label=_lazy("Version of the plan"))
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=300, label=_lazy("Note"), help_text=_lazy("Stands with it.")
    )

    def validate_note(self, text: str) -> str:
        return one_line(text)


class NothingInput(InputSerializer):
    """An action that needs no words."""


class OwnAmountField(AmountField):
    """A sum in the budget's own currency."""

    default_error_messages = {"currency": _lazy("This budget is in {own}.")}

    def to_internal_value(self, data: Any) -> Money:
        found = super().to_internal_value(data)
        if found.currency != self.context["budget"].currency:
            self.fail("currency", own=self.context["budget"].currency)
        return found

    def get_attribute(self, instance: BudgetLine) -> Money | None:
        minor = getattr(instance, f"{self.field_name}_minor")
        return None if minor is None else Money(minor, instance.budget.currency)


class LineInput(InputSerializer):
    """A line of the plan: so many units at such a rate."""

    account = Choice(chart.CHOICES, label=_lazy("Account"))
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, label=_lazy("What for"))
    unit = Choice(BudgetLine.Unit.choices, default=BudgetLine.Unit.FLAT, label=_lazy("Unit"))
    quantity = serializers.DecimalField(9, 2, min_value=0, default=1, label=_lazy("Quantity"))
    rate = OwnAmountField(label=_lazy("Rate"))
    expected = OwnAmountField(
        required=False,
        allow_null=True,
        label=_lazy("Expected in the end"),
        help_text=_lazy("Where you know that it will cost more or less than planned. It makes the forecast."),
    )

    def validate_note(self, text: str) -> str:
        return one_line(text)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Turn sums into columns."""
        for name in ("rate", "expected"):
            if name in said:
                found = said.pop(name)
                said[f"{name}_minor"] = None if found is None else found.minor
        return said


class ExchangeInput(InputSerializer):
    """What one unit of a currency is worth in the budget's own."""

    currency = CurrencyText(max_length=3, label=_lazy("Currency"))
    rate = serializers.DecimalField(18, 8, label=_lazy("Is worth"))


class VendorField(serializers.CharField):
    """Whom it was paid to, by name. Who is new is remembered."""

    def get_attribute(self, instance: Expense) -> str:
        return instance.payee.name if instance.payee else ""


@extend_schema_field(OpenApiTypes.STR)
class CommitmentField(serializers.Field):
    """The key of what is paid: `commitments/` lists them."""

    default_error_messages = {"unknown": _lazy("There is nothing of this key to be paid in this budget.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"style": {"input_type": "select"}})

    def get_value(self, dictionary: Any) -> Any:
        found = super().get_value(dictionary)
        return None if found == "" else found

    def options(self) -> list[dict[str, Any]]:
        """Return what a form may choose from."""
        return self.context["payable"]()

    def to_internal_value(self, data: Any) -> Part:
        kind, _colon, rest = str(data).partition(":")
        number, colon, part = rest.partition(":")
        if not isinstance(data, str) or not colon or not number.isdecimal() or len(data) > 80 or len(number) > 18:
            self.fail("unknown")
        found = Part(kind, int(number), part)
        if found != self._stands() and not self._exists(found):
            self.fail("unknown")
        return found

    def _stands(self) -> Part | None:
        expense: Expense | None = self.parent.instance
        if expense is None or not expense.against_kind:
            return None
        return Part(expense.against_kind, expense.against_id or 0, expense.against_part)

    def _exists(self, part: Part) -> bool:
        entries = BudgetEntry.objects.filter(budget=self.context["budget"], part=part.part)
        return part.kind != "expense" and entries.of_source(part.kind, part.id).exists()

    def get_attribute(self, instance: Expense) -> str | None:
        return _key(instance.against_kind, instance.against_id, instance.against_part)

    def to_representation(self, value: str) -> str:
        return value


class ExpenseInput(InputSerializer):
    """What was paid: to whom, when, for what, how much, and which commitment it uses up."""

    vendor = VendorField(required=False, allow_blank=True, max_length=120, label=_lazy("Paid to"))
    title = serializers.CharField(max_length=160, label=_lazy("What for"))
    spent_on = serializers.DateField(label=_lazy("Date"))
    account = Choice(chart.CHOICES, label=_lazy("Account"))
    amount = AmountField(choose=True, label=_lazy("Amount"))
    commitment = CommitmentField(
        required=False,
        allow_null=True,
        label=_lazy("Pays"),
        help_text=_lazy("A booking or a hire whose commitment this uses up. Without one it is counted on top."),
    )
    note = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=2_000,
        style={"base_template": "textarea.html"},
        label=_lazy("Note"),
    )

    def validate_title(self, text: str) -> str:
        return one_line(text)

    def validate_amount(self, amount: Money) -> Money:
        if amount.minor <= 0:
            raise serializers.ValidationError(_("Give a sum above zero."))
        return amount

    def validate_spent_on(self, day: dt.date) -> dt.date:
        """A day to come is refused: what is agreed but not paid is a commitment."""
        if day > today(viewer_of(self.context["request"])):
            raise serializers.ValidationError(_("This day is still to come."))
        return day


_hint = lazy(receipts.hint, str)


class ReceiptInput(InputSerializer):
    """A receipt: PDF, PNG, JPEG or WebP."""

    receipt = serializers.FileField(label=_lazy("Receipt"), help_text=_hint())


class NewExpenseInput(ExpenseInput):
    """A new expense, perhaps with its receipt (as a form)."""

    receipt = serializers.FileField(
        required=False,
        allow_null=True,
        label=_lazy("Receipt"),
        help_text=_hint(),
    )
