"""Expenses and their receipts."""

from typing import Any

from django.core.files.storage import default_storage
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, StreamingHttpResponse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from budgets import permissions, serializers
from budgets.actions import expenses
from budgets.api.parts import ListOfBudget, OfBudget
from budgets.filters import ExpenseFilter
from budgets.models import Budget, BudgetEntry, Expense, Receipt
from budgets.receipts import MEDIA_TYPES, Checked, NotAReceipt, check
from producerdesk.accounts.once import once
from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from producerdesk.kit.files import pieces


def _of_paid(column: str) -> Subquery:
    """Return what the ledger says last, in this column, of the part that an expense pays."""
    part = {name: OuterRef(f"against_{name.removeprefix('source_')}") for name in ("source_kind", "source_id", "part")}
    own = BudgetEntry.objects.filter(budget=OuterRef("budget"), used_by=None, **part)
    return Subquery(own.order_by("-seq").values(column)[:1])


class _Expenses(OfBudget):
    """What both ways to expenses share."""

    queryset = Expense.objects
    row = serializers.ExpenseRow
    detail_row = serializers.ExpenseDetail

    def get_queryset(self) -> QuerySet:
        expenses = super().get_queryset().order_by("-spent_on", "-pk")
        if self.action != "list":
            expenses = expenses.annotate(paid_title=_of_paid("source_title"), paid_label=_of_paid("label"))
        return expenses if self.action in ("list", "retrieve") else expenses.select_related("budget__project", "payee")

    def sent_receipt(self) -> Checked | None:
        """Return the file that was sent, checked, or None. Raises Refused at `receipt`."""
        sent = self.request.FILES.get("receipt")
        if sent is None:
            return None
        try:
            return check(sent, sent.name or "")
        except NotAReceipt as why:
            raise Refused({"receipt": str(why)}) from None


class BudgetExpenseViewSet(ListOfBudget, _Expenses):
    """The expenses of a budget, latest first."""

    filterset_class = ExpenseFilter
    needs = permissions.BUDGET_EXPENSES
    inputs = {"create": serializers.NewExpenseInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().standing()

    def form_start(self, action: str) -> dict[str, Any]:
        amount = {"amount": "", "currency": self.budget.currency}
        return {"spent_on": clock.today(self.viewer.time_zone).isoformat(), "amount": amount}

    @once
    def create(self, request: Any, budget: str) -> Response:
        """Enter an expense; with a receipt, send a form (multipart) with the file in `receipt`."""
        self.require(self.needs["create"], self.budget)
        said = self.said()
        said.pop("receipt", None)
        expense = expenses.add_expense(budget=self.budget, by=self.viewer.user_id, receipt=self.sent_receipt(), **said)
        return self.answer(expense.pk, status=201)


class ExpenseViewSet(_Expenses):
    """Expenses, of every budget that one reads."""

    filterset_class = ExpenseFilter
    needs = permissions.EXPENSES
    inputs = {
        "update": serializers.ExpenseInput,
        "restore": serializers.NothingInput,
        "attach": serializers.ReceiptInput,
    }

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().standing() if self.action == "list" else super().get_queryset()

    @cached_property
    def budget(self) -> Budget:
        """The budget of the expense that the path names."""
        rows = Budget.objects.all().visible_to(self.viewer).select_related("project__desk")
        found = rows.filter(expenses=self.kwargs.get("pk", 0)).first()
        if found is None:
            raise Http404
        return found

    def update(self, request: Any, pk: str) -> Response:
        expense = self.get_object()
        expected, said = self.expected_version(), self.said(expense)
        expenses.update_expense(expense=expense, expected=expected, by=self.viewer.user_id, **said)
        return self.answer(pk)

    def destroy(self, request: Any, pk: str) -> Response:
        """Take the expense back: the ledger gets entries that undo it. `restore/` counts it again."""
        expenses.remove_expense(expense=self.get_object(), by=self.viewer.user_id)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Count a removed expense again."""
        expenses.restore_expense(expense=self.get_object(), by=self.viewer.user_id)
        return self.answer(pk)

    @extend_schema(responses={(200, media_type): OpenApiTypes.BINARY for media_type in MEDIA_TYPES})
    @action(detail=True)
    def receipt(self, request: Any, pk: str) -> StreamingHttpResponse:
        """The receipt itself, to be saved."""
        receipt = Receipt.objects.filter(expense=self.get_object()).first()
        if receipt is None or not default_storage.exists(receipt.file.name):
            raise Http404
        answer = StreamingHttpResponse(pieces(receipt.file.name, 0, receipt.size - 1), content_type=receipt.media_type)
        answer["Content-Length"] = str(receipt.size)
        answer["Content-Disposition"] = str(content_disposition_header(True, receipt.name))
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer["Cache-Control"] = "private, no-store"
        return answer

    @extend_schema(responses=serializers.ExpenseDetail)
    @receipt.mapping.post
    def attach(self, request: Any, pk: str) -> Response:
        """Keep a receipt (a form, multipart, with the file in `receipt`) in the place of one there may be."""
        expense = self.get_object()
        self.said()
        receipt = self.sent_receipt()
        if receipt is None:
            raise Refused({"receipt": str(serializers.ReceiptInput().fields["receipt"].error_messages["required"])})
        expenses.attach(expense=expense, receipt=receipt, by=self.viewer.user_id)
        return self.answer(pk)

    @extend_schema(responses={204: None})
    @receipt.mapping.delete
    def detach(self, request: Any, pk: str) -> Response:
        """Delete the receipt."""
        expenses.detach(expense=self.get_object())
        return Response(status=204)
