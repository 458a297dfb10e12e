"""What belongs to a budget: the lines of its plan, approvals, the ledger, rates of exchange, what may be paid."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from budgets import actions, permissions, serializers
from budgets.actions import plan
from budgets.filters import EntryFilter
from budgets.models import Approval, Budget, BudgetEntry, BudgetLine, ExchangeRate
from producerdesk.accounts.models import User
from producerdesk.accounts.once import once
from producerdesk.kit.api import DeskViewSet, NoPages
from producerdesk.kit.fresh import Fresh
from producerdesk.kit.money import as_json
from producerdesk.kit.pagination import Pages

Rows = list[dict[str, Any]]


def payable(budget: Budget) -> list[dict[str, Any]]:
    """Return what an expense may pay, as the API says it. Two queries."""
    rows = budget.entries.all().payable()
    last = {row["last"] for row in rows}
    told = {
        seq: (title, label)
        for seq, title, label in budget.entries.filter(seq__in=last).values_list("seq", "source_title", "label")
    }
    found: dict[str | None, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["last"], reverse=True):
        key = serializers.commitment_key(row["source_kind"], row["source_id"], row["part"])
        title, label = told[row["last"]]
        named = {"key": key, "kind": row["source_kind"], "id": row["source_id"], "title": title, "label": label}
        one = found.setdefault(key, named | {"account": row["account"], "open": 0, "actual": 0})
        one["open"] += row["open"]
        one["actual"] += row["actual"]
    sums = ("open", "actual")
    return [one | {name: as_json(one[name], budget.currency) for name in sums} for one in found.values()]


class ListOfBudget:
    """A list below a budget. Rows prove that the viewer reads it; where there are none it is asked for."""

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)  # a view set comes after
        if not answer.data["count"]:
            _ = self.budget  # a 404, if there is none
        return answer


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
        return found.filter(budget=self.kwargs["budget"]) if "budget" in self.kwargs else found

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        return context | {"budget": self.budget, "currency": self.budget.currency, "payable": self._choices}

    def place_of(self, found: Any) -> tuple[int, int | None]:
        project = found.project if isinstance(found, Budget) else found.budget.project
        return project.desk_id, project.pk

    def _choices(self) -> Rows:
        return [_choice(row) for row in payable(self.budget)]


def _choice(row: dict[str, Any]) -> dict[str, Any]:
    # of what was wrapped nothing is open: the invoice pays what was counted as spent then
    return serializers.commitment_choice(row, row["open"] if Decimal(row["open"]["amount"]) else row["actual"])


class LineViewSet(ListOfBudget, NoPages, OfBudget):
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


class ApprovalViewSet(ListOfBudget, NoPages, OfBudget):
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


class LedgerPages(Pages):
    """Pages that say, too, which entry is the last of them, and what all entries come to that were asked for."""

    def get_paginated_response_schema(self, schema: dict) -> dict:
        whole = super().get_paginated_response_schema(schema)
        money = {"type": "object", "required": ["amount", "currency"]}
        money["properties"] = {"amount": {"type": "string"}, "currency": {"type": "string"}}
        said = {
            "all": "All of them: what is committed.",
            "open": "Commits less releases: booked or agreed, and not yet spent.",
            "actual": "What was spent.",
        }
        sums = {
            "type": "object",
            "description": "What the entries that were asked for add up to, those of all pages.",
            "required": list(said),
            "properties": {name: money | {"description": text} for name, text in said.items()},
        }
        cursor = {"type": "integer", "description": "The largest `seq` of this page."}
        more = {"cursor": cursor, "sums": sums}
        return whole | {"required": [*whole["required"], *more], "properties": whole["properties"] | more}


class EntryViewSet(ListOfBudget, OfBudget):
    """The ledger: every entry since the budget was opened, in its order. Nothing in it is ever changed.

    `?since=` the last `cursor` gives what is new, in order: never one twice, never one missed. `seq` has no gaps, and
    an entry is seen only when all before it are.
    """

    queryset = BudgetEntry.objects
    row = serializers.EntryRow
    filterset_class = EntryFilter
    needs = permissions.ENTRIES
    pagination_class = LedgerPages

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().order_by("seq")

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        if request.query_params.get("since") and "-seq" in request.query_params.get("ordering", ""):
            # the newest of them would give a cursor that passes over the rest
            raise ValidationError({"ordering": _("What came after a cursor is read oldest first.")})
        answer = super().list(request, *args, **kwargs)
        given = Decimal(request.query_params.get("since") or 0)  # the filter has checked it
        last = max((entry["seq"] for entry in answer.data["results"]), default=int(given))
        answer.data["cursor"] = last
        answer.data["sums"] = self._sums(answer.data["results"])
        return answer

    def _sums(self, rows: Rows) -> dict[str, Any]:
        """Return what all entries come to that were asked for, beyond this page, too. One query."""
        currency = rows[0]["amount"]["currency"] if rows else self.budget.currency
        level = self.filter_queryset(self.get_queryset()).level()
        sums = {"all": level.committed, "open": level.open, "actual": level.actual}
        return {name: as_json(minor, currency) for name, minor in sums.items()}

    def answer(self, pk: Any, status: int = 200) -> Response:
        """Return the entry of this `seq`."""
        rows = self.row.read(self.get_queryset().filter(seq=pk), self.viewer)
        if not rows:
            raise Http404
        return Response(rows[0], status=status)


class RateViewSet(ListOfBudget, NoPages, OfBudget):
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
