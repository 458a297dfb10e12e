"""Budgets with their figures: the list, one of them, its summary, its history, its CSV."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from budgets import actions, chart, permissions, serializers, sheets
from budgets.actions import plan
from budgets.api.parts import payable
from budgets.as_of import moment_of
from budgets.filters import BudgetFilter
from budgets.history import days_of
from budgets.models import Approval, Budget, BudgetLine, Payee
from budgets.standing import Figures, Standing, standings
from producerdesk.accounts.models import User
from producerdesk.accounts.once import once
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet
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
        dated = self.action in ("summary", "history", "export", "retrieve")
        return frozenset({"as_of"}) if dated else super().known_params()

    def form_start(self, action: str) -> dict[str, Any]:
        return {"chart": True}

    # --- reading ------------------------------------------------------------------------------------

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        whole = self.filter_queryset(self.get_queryset())
        rows, count = self.row.read_page(self.paginate_queryset(whole), self.viewer)
        found = self._with_figures(rows, heads=request.query_params.get("heads") == "true")
        return self.pages.answer(found, count, lambda: whole)

    def answer(self, pk: Any, status: int = 200) -> Response:
        """Return the budget with its figures."""
        row = self.row.read_one(self.get_queryset(), pk, self.viewer)
        if row is None:
            raise Http404
        return Response(self._with_figures([row])[0], status=status, headers={"ETag": f'"{row["version"]}"'})

    def _with_figures(self, rows: Rows, *, heads: bool = False) -> Rows:
        ids, until = [row["id"] for row in rows], self._until()
        found, approvals = standings(ids, until), self._approvals(ids, until)
        for row in rows:
            standing = found[row["id"]]
            row["plan"] = _plan(standing, approvals.get(row["id"]))
            row["total"] = standing.total.as_json(row["currency"])
            row["over_lines"] = standing.over_lines
            row["heads"] = _heads(standing, row["currency"]) if heads else None
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
        return Response({"until": self._last_day(until).isoformat(), "results": points})

    def _last_day(self, until: dt.datetime | None) -> dt.date:
        return (until or clock.now()).astimezone(ZoneInfo(self.viewer.time_zone)).date()

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR}, parameters=[AS_OF])
    @action(detail=True)
    def export(self, request: Any, pk: str) -> HttpResponse:
        """The budget as CSV: total, heads, accounts and lines. Of a past day, lines say what was planned for them then;
        how many and at what rate is only known of today's.
        """
        budget, until = self.get_object(), self._until()
        rows = self._lines_then(budget, until) if until else self._lines(budget)
        text = sheets.write(self._summary(budget), rows)
        answer = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="budget-{budget.pk}-{self._last_day(until)}.csv"'
        return answer

    def _lines(self, budget: Budget) -> Rows:
        lines = BudgetLine.objects.visible_to(self.viewer).standing().filter(budget=budget).order_by("account", "pk")
        return serializers.LineRow.read(lines, self.viewer)

    def _lines_then(self, budget: Budget, until: dt.datetime) -> Rows:
        """Return the lines of which something was planned at that moment, those removed since, too. Two queries."""
        planned = budget.plan_changes.all().until(until).by_line()
        notes = dict(budget.lines.values_list("pk", "note"))
        return [
            {"account": account, "account_title": chart.title_of(account), "note": notes[line]}
            | {"unit": "", "quantity": "", "rate": None, "planned": as_json(minor, budget.currency)}
            for (account, line), minor in planned.items()
        ]

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
