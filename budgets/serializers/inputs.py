"""What one may tell the API of budgets."""

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
from budgets.serializers.rows import commitment_key
from producerdesk.accounts.models import User
from producerdesk.accounts.roles import BUDGET_READ, BUDGET_WRITE, RIGHTS_OF
from producerdesk.kit.dates import DayField
from producerdesk.kit.fields import AmountField, Choice, CurrencyText, InputSerializer, VisibleField
from producerdesk.kit.filters import LARGEST_ID
from producerdesk.kit.money import Money
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.text import one_line
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from projects.serializers import today

MOST_CHOICES = 500


def may_budget(viewer: Viewer, project: Project) -> bool:
    """Return whether the viewer writes money for this project."""
    return viewer.can(BUDGET_WRITE, desk_id=project.desk_id, project_id=project.pk)


class NewBudgetInput(InputSerializer):
    """A budget for a project that has none yet."""

    project = VisibleField(Project.objects, may=may_budget, label=_lazy("Project"))
    chart = serializers.BooleanField(required=False, default=False, label=_lazy("Start with the usual lines"))


class PickField(serializers.Field):
    """One of what its `options()` offer. A form whose select is left empty says null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"style": {"input_type": "select"}})

    def get_value(self, dictionary: Any) -> Any:
        found = super().get_value(dictionary)
        return None if found == "" else found


@extend_schema_field(OpenApiTypes.INT)
class ControllerField(PickField):
    """Somebody who reads this budget, by the id of the user."""

    default_error_messages = {"unknown": _lazy("Choose somebody who may read this budget.")}

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


def commitment_choice(row: dict[str, Any], due: dict[str, str]) -> dict[str, Any]:
    """Return what may be paid as a form offers it, with the account and the sum that it fills in."""
    what = f"{row['title']}: {row['label']}" if row["label"] and row["label"] != row["title"] else row["title"]
    label = f"{what}, {due['amount']} {due['currency']}"
    return {"value": row["key"], "label": label, "account": row["account"], "due": due}


@extend_schema_field(OpenApiTypes.STR)
class CommitmentField(PickField):
    """The key of what is paid: `commitments/` lists them."""

    default_error_messages = {"unknown": _lazy("There is nothing of this key to be paid in this budget.")}
    account: int | None = None  # the one that what was said is committed on

    def options(self) -> list[dict[str, Any]]:
        """Return what a form may choose from: what is left to be paid, and what this expense has paid."""
        offered: list[dict[str, Any]] = self.context["payable"]()
        expense = self.parent.instance
        key = self.get_attribute(expense) if expense else None
        if expense is None or key is None or key in [row["value"] for row in offered]:
            return offered
        named = {"key": key, "title": expense.paid_title or "", "label": expense.paid_label or ""}
        return [commitment_choice(named | {"account": expense.account}, expense.amount.as_json()), *offered]

    def to_internal_value(self, data: Any) -> Part:
        kind, _colon, rest = str(data).partition(":")
        number, colon, part = rest.partition(":")
        if not isinstance(data, str) or not colon or not number.isdecimal() or len(data) > 80 or len(number) > 18:
            self.fail("unknown")
        found = Part(kind, int(number), part)
        # what the booking or the hire itself wrote last says where it is committed now
        own = BudgetEntry.objects.filter(budget=self.context["budget"], part=part, used_by=None).order_by("-seq")
        self.account = own.of_source(kind, found.id).values_list("account", flat=True).first()
        if found != paid_by(self.parent.instance) and (self.account is None or kind == "expense"):
            self.fail("unknown")
        return found

    def get_attribute(self, instance: Expense) -> str | None:
        return commitment_key(instance.against_kind, instance.against_id, instance.against_part)

    def to_representation(self, value: str) -> str:
        return value


def paid_by(expense: Expense | None) -> Part | None:
    """Return the part of a booking or a hire that an expense pays already."""
    if expense is None or not expense.against_kind:
        return None
    return Part(expense.against_kind, expense.against_id or 0, expense.against_part)


class ExpenseInput(InputSerializer):
    """What was paid: to whom, when, for what, how much, and which commitment it uses up."""

    vendor = VendorField(required=False, allow_blank=True, max_length=120, label=_lazy("Paid to"))
    title = serializers.CharField(max_length=160, label=_lazy("What for"))
    spent_on = DayField(label=_lazy("Date"))
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

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Refuse an account under another head than the commitment's.

        What is left is approved less committed, head by head (budgets/standing.py). An invoice for 300 Studio that is
        counted under 600 would give the studio's line back what it has cost, and nobody would see why. Below one head
        nothing moves: an invoice may say more exactly than the booking which of its accounts it was. What stands may
        stay, as a room or a role may get another account after its invoice came.
        """
        paying: Any = self.fields["commitment"]
        committed_on: int | None = paying.account if said.get("commitment") else None
        if committed_on is None or chart.head_of(committed_on) == chart.head_of(said["account"]):
            return said
        if self.instance and (self.instance.account, paid_by(self.instance)) == (said["account"], said["commitment"]):
            return said
        names = {"account": f"{committed_on} {chart.title_of(committed_on)}"}
        text = _("What this pays is committed on %(account)s. Choose that account, or leave “Pays” empty.") % names
        raise serializers.ValidationError({"account": [text]})

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
