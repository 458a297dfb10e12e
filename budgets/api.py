"""The API of budgets: figures, plan, ledger, expenses, rates of exchange."""

import datetime as dt
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from budgets import actions, chart, permissions, serializers, sheets
from budgets.actions import expenses, plan
from budgets.as_of import moment_of
from budgets.filters import BudgetFilter, EntryFilter, ExpenseFilter
from budgets.history import days_of
from budgets.models import Approval, Budget, BudgetEntry, BudgetLine, ExchangeRate, Expense, Payee, Receipt
from budgets.receipts import Checked, NotAReceipt, check
from budgets.standing import Figures, Standing, standings
from producerdesk.accounts.models import User
from producerdesk.accounts.once import once
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet, NoPages
from producerdesk.kit.errors import Refused
from producerdesk.kit.fresh import Fresh
from producerdesk.kit.money import as_json
from producerdesk.kit.rows import utc

AS_OF = OpenApiParameter("as_of", description="As it stood then: a day (its end, on your clock), or a moment.")
MOST_PAYEES = 500
HISTORY = ("planned", "approved", "committed", "actual")
Rows = list[dict[str, Any]]


class BudgetViewSet(Fresh, DeskViewSet):
    """Budgets of projects, with their figures."""

    queryset = Budget.objects
    row = serializers.BudgetRow
    filterset_class = BudgetFilter
    needs = permissions.BUDGETS
    inputs = {
        "create": serializers.NewBudgetInput,
        "update": serializers.BudgetInput,
        "start": serializers.NothingInput,
    }

    def get_queryset(self) -> QuerySet:
        standing = Count("lines", filter=Q(lines__removed_at=None))
        found = super().get_queryset().annotate(line_count=standing)
        return found.select_related("project").order_by("project__title", "pk")

    def known_params(self) -> frozenset[str]:
        return (
            frozenset({"as_of"})
            if self.action in ("summary", "history", "export", "retrieve")
            else super().known_params()
        )

    def form_start(self, action: str) -> dict[str, Any]:
        return {"chart": True}

    # --- reading ------------------------------------------------------------------------------------

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        whole = self.filter_queryset(self.get_queryset())
        rows, count = self.row.read_page(self.paginate_queryset(whole), self.viewer)
        return self.pages.answer(self._with_figures(rows), count, lambda: whole)

    def answer(self, pk: Any, status: int = 200) -> Response:
        """Return the budget with its figures."""
        row = self.row.read_one(self.get_queryset(), pk, self.viewer)
        if row is None:
            raise Http404
        return Response(self._with_figures([row])[0], status=status, headers={"ETag": f'"{row["version"]}"'})

    def _with_figures(self, rows: Rows) -> Rows:
        ids, until = [row["id"] for row in rows], self._until()
        found, approvals = standings(ids, until), self._approvals(ids, until)
        for row in rows:
            standing = found[row["id"]]
            row["plan"] = _plan(standing, approvals.get(row["id"]))
            row["total"] = standing.total.as_json(row["currency"])
            row["over_lines"] = standing.over_lines
        return rows

    def _approvals(self, budgets: Collection[int], until: dt.datetime | None) -> dict[int, dict[str, Any]]:
        latest = Approval.objects.all().until(until).standing(budgets).with_sums().order_by("pk")
        return {row["budget"]: row for row in serializers.ApprovalRow.read(latest, self.viewer)}

    def _until(self) -> dt.datetime | None:
        return moment_of(self.request.query_params.get("as_of"), self.viewer)

    @extend_schema(responses=serializers.Summary, parameters=[AS_OF])
    @action(detail=True)
    def summary(self, request: Any, pk: str) -> Response:
        """How the budget stands: by head and account, and in all."""
        return Response(self._summary(self.get_object()))

    def _summary(self, budget: Budget) -> dict[str, Any]:
        until = self._until()
        standing = standings([budget.pk], until)[budget.pk]
        cursor = budget.last_seq if until is None else budget.entries.until(until).count()  # numbered without gaps
        return {
            "budget": budget.pk,
            "currency": budget.currency,
            "as_of": utc(until),
            "cursor": cursor,
            "plan": _plan(standing, self._approvals([budget.pk], until).get(budget.pk)),
            "total": standing.total.as_json(budget.currency),
            "over_lines": standing.over_lines,
            "heads": _heads(standing, budget.currency),
        }

    @extend_schema(responses=serializers.History, parameters=[AS_OF])
    @action(detail=True)
    def history(self, request: Any, pk: str) -> Response:
        """Plan and spending as they grew, a point for each day on which something changed."""
        budget, until, zone = self.get_object(), self._until(), ZoneInfo(self.viewer.time_zone)
        points = [
            {"on": day.on.isoformat()} | {name: as_json(getattr(day, name), budget.currency) for name in HISTORY}
            for day in days_of(budget, zone, until)
        ]
        last = (until or clock.now()).astimezone(zone).date()
        return Response({"until": last.isoformat(), "results": points})

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR}, parameters=[AS_OF])
    @action(detail=True)
    def export(self, request: Any, pk: str) -> HttpResponse:
        """The budget as CSV: total, heads, accounts and, as it stands today, lines."""
        budget = self.get_object()
        lines = BudgetLine.objects.visible_to(self.viewer).standing().filter(budget=budget).order_by("account", "pk")
        rows = [] if self._until() else serializers.LineRow.read(lines, self.viewer)
        text = sheets.write(self._summary(budget), rows)
        answer = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="budget-{budget.pk}-{clock.now():%Y-%m-%d}.csv"'
        return answer

    @extend_schema(responses=serializers.Commitments)
    @action(detail=True)
    def commitments(self, request: Any, pk: str) -> Response:
        """Parts of bookings and hires that an expense may pay, what was booked last first."""
        rows = payable(self.get_object())
        return Response({"count": len(rows), "results": rows})

    @extend_schema(responses=serializers.Payees)
    @action(detail=True)
    def payees(self, request: Any, pk: str) -> Response:
        """Whom this desk has paid before, by name."""
        known = Payee.objects.filter(desk=self.get_object().project.desk_id).order_by("name", "pk")[:MOST_PAYEES]
        rows = serializers.PayeeRow.read(known, self.viewer)
        return Response({"count": len(rows), "results": rows})

    # --- changes ------------------------------------------------------------------------------------

    @once
    def create(self, request: Any) -> Response:
        """Open the budget of a project. Where one stands already (a booking opens it, too), it is answered."""
        said = self.said()
        owner = User.objects.filter(pk=self.viewer.user_id).first()
        budget = actions.open_budget(said["project"], owner)
        if said["chart"] and not budget.lines.standing().exists():
            plan.start_from_chart(budget=budget, by=self.viewer.user_id)
        return self.answer(budget.pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        budget = self.get_object()
        expected, said = self.expected_version(), self.said(budget)
        controller = said.get("controller")
        plan.set_controller(budget=budget, expected=expected, controller=controller, by=self.viewer.user_id)
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    @once
    def start(self, request: Any, pk: str) -> Response:
        """Give an empty plan the usual lines of this kind of production."""
        plan.start_from_chart(budget=self.get_object(), by=self.viewer.user_id)
        return self.answer(pk)


def _heads(standing: Standing, currency: str) -> list[dict[str, Any]]:
    return [
        _named(head.number, head.figures, currency)
        | {"accounts": [_named(number, figures, currency) for number, figures in head.accounts]}
        for head in standing.heads
    ]


def _plan(standing: Standing, approval: dict[str, Any] | None) -> dict[str, Any]:
    if approval:
        state = "approved" if standing.is_approved else "changed"
    else:
        state = "proposed" if standing.total.planned else "empty"
    return {"state": state, "version": standing.version, "approval": approval}


def _named(number: int, figures: Figures, currency: str) -> dict[str, Any]:
    return {"account": number, "title": chart.title_of(number)} | figures.as_json(currency)


def payable(budget: Budget) -> list[dict[str, Any]]:
    """Return what an expense may pay, as the API says it. Two queries."""
    rows = budget.entries.all().payable()
    last = {row["last"] for row in rows}
    told = {
        seq: (title, label)
        for seq, title, label in budget.entries.filter(seq__in=last).values_list("seq", "source_title", "label")
    }
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["last"], reverse=True):
        key = f"{row['source_kind']}:{row['source_id']}:{row['part']}"
        title, label = told[row["last"]]
        named = {"key": key, "kind": row["source_kind"], "id": row["source_id"], "title": title, "label": label}
        one = found.setdefault(key, named | {"account": row["account"], "open": 0, "actual": 0})
        one["open"] += row["open"]
        one["actual"] += row["actual"]
    sums = ("open", "actual")
    return [one | {name: as_json(one[name], budget.currency) for name in sums} for one in found.values()]


class OfBudget(Fresh, DeskViewSet):
    """What belongs to the budget that the path names: `/budgets/7/lines/`. A budget one may not read is a 404."""

    lookup_value_regex = r"\d{1,18}"

    @cached_property
    def budget(self) -> Budget:
        """The budget of the path."""
        rows = Budget.objects.all().visible_to(self.viewer).select_related("project__desk")
        found = rows.filter(pk=self.kwargs["budget"]).first() if "budget" in self.kwargs else None
        if found is None:
            raise Http404
        return found

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset()
        return found.filter(budget=self.budget) if "budget" in self.kwargs else found

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        return context | {"budget": self.budget, "currency": self.budget.currency, "payable": self._choices}

    def place_of(self, found: Any) -> tuple[int, int | None]:
        project = found.project if isinstance(found, Budget) else found.budget.project
        return project.desk_id, project.pk

    def _choices(self) -> Rows:
        return [{"value": row["key"], "label": _payable_label(row)} for row in payable(self.budget)]


def _payable_label(row: dict[str, Any]) -> str:
    what = f"{row['title']}: {row['label']}" if row["label"] and row["label"] != row["title"] else row["title"]
    return f"{what}, {row['open']['amount']} {row['open']['currency']}"


class LineViewSet(NoPages, OfBudget):
    """The lines of a plan, by account. All of them come at once."""

    queryset = BudgetLine.objects
    row = serializers.LineRow
    filterset_class = None
    needs = permissions.LINES
    inputs = {
        "create": serializers.LineInput,
        "update": serializers.LineInput,
        "restore": serializers.NothingInput,
    }

    def get_queryset(self) -> QuerySet:
        lines = super().get_queryset().select_related("budget__project").order_by("account", "pk")
        return lines if self.action == "restore" else lines.standing()

    def form_start(self, action: str) -> dict[str, Any]:
        return {"rate": {"amount": "", "currency": self.budget.currency}}

    @once
    def create(self, request: Any, budget: str) -> Response:
        self.require(self.needs["create"], self.budget)
        line = plan.add_line(budget=self.budget, by=self.viewer.user_id, **self.said())
        return self.answer(line.pk, status=201)

    def retrieve(self, request: Any, budget: str, pk: str) -> Response:
        return self.answer(pk)

    def update(self, request: Any, budget: str, pk: str) -> Response:
        line = self.get_object()
        expected, said = self.expected_version(), self.said(line)
        plan.update_line(line=line, expected=expected, by=self.viewer.user_id, **said)
        return self.answer(pk)

    def destroy(self, request: Any, budget: str, pk: str) -> Response:
        """Take the line out of the plan; `restore/` brings it back."""
        plan.remove_line(line=self.get_object(), by=self.viewer.user_id)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, budget: str, pk: str) -> Response:
        """Bring a removed line back."""
        plan.restore_line(line=self.get_object(), by=self.viewer.user_id)
        return self.answer(pk)


class ApprovalViewSet(NoPages, OfBudget):
    """Who approved the plan, when, and what it came to; the latest first. Nothing of it is ever changed."""

    queryset = Approval.objects
    row = serializers.ApprovalRow
    filterset_class = None
    needs = permissions.APPROVALS
    inputs = {"create": serializers.ApprovalInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().with_sums().order_by("-pk")

    @once
    def create(self, request: Any, budget: str) -> Response:
        """Approve the plan in its present `version`: another one is a 412, one that waits for no yes a 409."""
        project, controller = self.budget.project, self.budget.controller_id
        if not permissions.may_approve(self.viewer, project.desk_id, project.pk, controller):
            raise PermissionDenied
        by = User.objects.get(pk=self.viewer.user_id)
        approval = plan.approve(budget=self.budget, by=by, **self.said())
        return self.answer(approval.pk, status=201)


class EntryViewSet(OfBudget):
    """The ledger: every entry since the budget was opened, in its order. Nothing in it is ever changed.

    `?since=` the last `cursor` gives what is new, in order: never one twice, never one missed. `seq` has no gaps, and
    an entry is seen only when all before it are.
    """

    queryset = BudgetEntry.objects
    row = serializers.EntryRow
    filterset_class = EntryFilter
    needs = permissions.ENTRIES

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().order_by("seq")

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        given = Decimal(request.query_params.get("since") or 0)  # the filter has checked it
        last = max((entry["seq"] for entry in answer.data["results"]), default=int(given))
        answer.data["cursor"] = last
        return answer

    def answer(self, pk: Any, status: int = 200) -> Response:
        """Return the entry of this `seq`."""
        rows = self.row.read(self.get_queryset().filter(seq=pk), self.viewer)
        if not rows:
            raise Http404
        return Response(rows[0], status=status)


class RateViewSet(NoPages, OfBudget):
    """What foreign currencies are worth in the budget's. Sums that were entered keep the rate they came with."""

    queryset = ExchangeRate.objects
    row = serializers.ExchangeRow
    filterset_class = None
    needs = permissions.RATES
    inputs = {"create": serializers.ExchangeInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("budget__project").order_by("currency")

    @once
    def create(self, request: Any, budget: str) -> Response:
        """Set a rate, or change the one that stands."""
        self.require(self.needs["create"], self.budget)
        rate = actions.set_exchange_rate(project=self.budget.project, by=self.viewer.user_id, **self.said())
        return self.answer(rate.pk, status=201)

    def destroy(self, request: Any, budget: str, pk: str) -> Response:
        actions.remove_exchange_rate(rate=self.get_object(), by=self.viewer.user_id)
        return Response(status=204)


class _Expenses(OfBudget):
    """What both ways to expenses share."""

    queryset = Expense.objects
    row = serializers.ExpenseRow

    def get_queryset(self) -> QuerySet:
        expenses = super().get_queryset().order_by("-spent_on", "-pk")
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


class BudgetExpenseViewSet(_Expenses):
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


def _pieces(name: str) -> Iterator[bytes]:
    """Yield a kept file. It is opened when it is wanted, and closed when it was read."""
    with default_storage.open(name) as file:
        yield from file.chunks()


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

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def receipt(self, request: Any, pk: str) -> StreamingHttpResponse:
        """The receipt itself, to be saved."""
        receipt = Receipt.objects.filter(expense=self.get_object()).first()
        if receipt is None or not default_storage.exists(receipt.file.name):
            raise Http404
        answer = StreamingHttpResponse(_pieces(receipt.file.name), content_type=receipt.media_type)
        answer["Content-Length"] = str(receipt.size)
        answer["Content-Disposition"] = str(content_disposition_header(True, receipt.name))
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer["Cache-Control"] = "private, no-store"
        return answer

    @extend_schema(responses=serializers.ExpenseRow)
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
