"""The pages of budgets: figures, plan, ledger, expenses, settings."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import act, form_page, show

LATEST = 5  # expenses shown beside the figures


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The budgets of all projects that one may read."""
    query = _without_empty(request.GET)
    context = {"current": "budgets", "filters": query}
    return show(request, "budgets/list.html", context, budgets=ask(request, "api:budget-list", query=query))


def _without_empty(said: QueryDict) -> QueryDict:
    query = said.copy()
    for name, values in list(query.lists()):
        query.setlist(name, [value.strip() for value in values])
        if not any(query.getlist(name)):
            del query[name]
    return query


# --- /projects/<pk>/budget/ -----------------------------------------------------------------------------


@require_safe
def of_project(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How the money of a project stands, or the offer to start."""
    project = ask(request, "api:project-detail", args=[pk])
    head = {"project": project, "questions": ask(request, "api:project-questions", args=[pk])}
    context: dict[str, Any] = {"tab": "budget", "current": "budgets"}
    as_of, asked = request.GET.get("as_of", "").strip(), {"project": pk, "heads": "true"}
    found = ask(request, "api:budget-list", query=asked | {"as_of": as_of})
    if not found.ok:  # no such moment: say so above the figures of today
        context["as_of_refused"] = " ".join(found.data["fields"].get("as_of", [found.data["detail"]]))
        as_of, found = "", ask(request, "api:budget-list", query=asked)
    if not found.data["results"]:
        start = ask(request, "api:budget-list", method="OPTIONS").data["forms"]
        return show(request, "budgets/empty.html", context | {"may_start": "POST" in start}, **head)
    budget = found.data["results"][0]
    context |= {"budget": budget, "as_of": as_of, "by_account": request.GET.get("by") == "account"}
    # where a figure of a past day leads to, the ledger is of that day, and the plan says that it is not
    day, pk = urlencode({"as_of": as_of}) if as_of else "", budget["id"]
    plan_page = reverse("budgets:plan", args=[pk]) + (f"?{day}" if day else "")
    context |= {"part": "figures", "dated": f"&{day}" if day else "", "plan_page": plan_page}
    answers = head | {"budgets": found}
    if budget["plan"]["approval"]:
        answers["approvals"] = ask(request, "api:budget-approval-list", args=[pk])
    answers["history"] = ask(request, "api:budget-history", args=[pk], query={"as_of": as_of})
    answers["expenses"] = ask(request, "api:budget-expense-list", args=[pk], query={"page_size": LATEST})
    return show(request, "budgets/overview.html", context, **answers)


def start(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the budget of a project with the usual lines, and lead to its plan."""
    if request.method == "POST":
        ask(request, "api:project-detail", args=[pk])
        if request.POST.get("project") != str(pk):
            raise Http404
    return act(request, "api:budget-list", then=_plan_of, done=_("Put in what you know; the rest stays at nought."))


def _plan_of(budget: dict[str, Any]) -> str:
    return reverse("budgets:plan", args=[budget["id"]])


# --- /budgets/<pk>/ -------------------------------------------------------------------------------------


def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Lead to the budget, which stands with its project."""
    budget = ask(request, "api:budget-detail", args=[pk])
    return redirect("budgets:of_project", budget.data["project"]["id"])


def _frame(request: HttpRequest, pk: int, part: str) -> tuple[dict[str, Any], dict[str, Answer]]:
    """Return what every page of a budget shows on top."""
    context, answers = _books(request, pk, part)
    project = answers["project"].data["id"]
    return context, answers | {"questions": ask(request, "api:project-questions", args=[project])}


def _books(request: HttpRequest, pk: int, part: str) -> tuple[dict[str, Any], dict[str, Answer]]:
    """Return a budget and its project."""
    budget = ask(request, "api:budget-detail", args=[pk])
    project = ask(request, "api:project-detail", args=[budget.data["project"]["id"]])
    return {"tab": "budget", "current": "budgets", "part": part}, {"budget": budget, "project": project}


@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The lines of the plan, each to be changed where it stands."""
    context, answers = _frame(request, pk, "plan")
    lines = ask(request, "api:budget-line-list", args=[pk])
    forms = ask(request, "api:budget-line-list", args=[pk], method="OPTIONS").data["forms"]
    fields = forms["POST"]["fields"] if "POST" in forms else {}
    context |= {"fields": fields, "as_of": _came_from(request, pk)}
    return show(request, "budgets/plan.html", context, lines=lines, **answers)


def _came_from(request: HttpRequest, pk: int) -> str:
    """Return the day, or moment, of the figures that led here; nothing where there are no figures of it."""
    text = request.GET.get("as_of", "").strip()
    return text if text and ask(request, "api:budget-detail", args=[pk], query={"as_of": text}).ok else ""


def approve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say yes to the plan as it stood on the page that was read."""
    then, done = reverse("budgets:detail", args=[pk]), _("The plan is approved.")
    return act(request, "api:budget-approval-list", args=[pk], then=then, done=done)


def offer_lines(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give an empty plan the usual lines."""
    return act(request, "api:budget-start", args=[pk], then=reverse("budgets:plan", args=[pk]))


def new_line(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add a line."""
    return act(request, "api:budget-line-list", args=[pk], then=reverse("budgets:plan", args=[pk]) + "#new")


def line(request: HttpRequest, pk: int, line: int) -> HttpResponseBase:
    """Change a line."""
    return act(request, "api:budget-line-detail", args=[pk, line], method="PUT", then=_at_line(pk, line))


def remove_line(request: HttpRequest, pk: int, line: int) -> HttpResponseBase:
    """Take a line out of the plan; it can be brought back."""
    return act(
        request,
        "api:budget-line-detail",
        args=[pk, line],
        method="DELETE",
        then=reverse("budgets:plan", args=[pk]),
        done=_("The line is out of the plan."),
        undo=lambda nothing: reverse("budgets:restore_line", args=[pk, line]),
    )


def restore_line(request: HttpRequest, pk: int, line: int) -> HttpResponseBase:
    """Bring a removed line back."""
    return act(request, "api:budget-line-restore", args=[pk, line], then=_at_line(pk, line))


def _at_line(pk: int, line: int) -> str:
    return reverse("budgets:plan", args=[pk]) + f"#line-{line}"


@require_safe
def entries(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The ledger, latest first: where every figure comes from."""
    context, answers = _frame(request, pk, "entries")
    asked = _without_empty(request.GET)
    query = asked.copy()
    query.setdefault("ordering", "-seq")
    found = ask(request, "api:budget-entry-list", args=[pk], query=query)
    context |= {"filters": asked, "as_of": asked.get("as_of", "")}
    return show(request, "budgets/entries.html", context, entries=found, **answers)


def settings(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who controls the budget, and what other currencies are worth in it."""
    context, answers = _frame(request, pk, "settings")
    context |= {name: answer.data for name, answer in answers.items()}
    context["rates"] = ask(request, "api:budget-rate-list", args=[pk]).data
    if not context["budget"]["can"]["edit"]:
        return render(request, "budgets/settings.html", context)
    offered = ask(request, "api:budget-rate-list", args=[pk], method="OPTIONS").data["forms"]["POST"]["fields"]
    return form_page(
        request,
        "budgets/settings.html",
        "api:budget-detail",
        args=[pk],
        method="PUT",
        then=lambda saved: reverse("budgets:settings", args=[pk]),
        done=_("Saved."),
        context=context | {"rate_fields": offered},
    )


def set_rate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say what a currency is worth."""
    then = reverse("budgets:settings", args=[pk])
    said = _("One %(currency)s is worth %(rate)s now.")
    return act(request, "api:budget-rate-list", args=[pk], then=then, done=lambda rate: said % rate)


def forget_rate(request: HttpRequest, pk: int, rate: int) -> HttpResponseBase:
    """Forget what a currency is worth."""
    then = reverse("budgets:settings", args=[pk])
    return act(request, "api:budget-rate-detail", args=[pk, rate], method="DELETE", then=then, done=_("Forgotten."))


# --- expenses -------------------------------------------------------------------------------------------


@require_safe
def expenses(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What was paid, latest first."""
    context, answers = _frame(request, pk, "expenses")
    found = ask(request, "api:budget-expense-list", args=[pk], query=_without_empty(request.GET))
    return show(request, "budgets/expenses.html", context | {"filters": request.GET}, expenses=found, **answers)


def new_expense(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Enter what was paid, with its receipt."""
    context, answers = _books(request, pk, "expenses")
    context |= {name: answer.data for name, answer in answers.items()}
    return form_page(
        request,
        "budgets/expense_form.html",
        "api:budget-expense-list",
        args=[pk],
        then=lambda expense: reverse("budgets:expenses", args=[pk]),
        done=lambda expense: _("“%(title)s” is counted as spent.") % expense,
        undo=lambda expense: reverse("expense:remove", args=[expense["id"]]),
        context=context | {"payees": ask(request, "api:budget-payees", args=[pk]).data},
    )


@require_safe
def expense(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One expense: what it is for, its receipt, and what it wrote into the budget."""
    found = ask(request, "api:expense-detail", args=[pk])
    budget = found.data["budget"]
    query = {"source": "expense", "source_id": pk}
    answers = {"expense": found, "entries": ask(request, "api:budget-entry-list", args=[budget["id"]], query=query)}
    if found.data["pays"]:  # what of it one may open, the project says
        answers["project"] = ask(request, "api:project-detail", args=[budget["project"]["id"]])
    return show(request, "budgets/expense.html", {"current": "budgets"}, **answers)


def edit_expense(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change an expense; the budget gets the differences."""
    found = ask(request, "api:expense-detail", args=[pk]).data
    context = {"expense": found, "budget": found["budget"], "current": "budgets"}
    return form_page(
        request,
        "budgets/expense_form.html",
        "api:expense-detail",
        args=[pk],
        method="PUT",
        then=_page_of,
        done=_("Saved."),
        context=context | {"payees": ask(request, "api:budget-payees", args=[found["budget"]["id"]]).data},
    )


def _page_of(expense: dict[str, Any]) -> str:
    return reverse("expense:detail", args=[expense["id"]])


def remove_expense(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take an expense back; it can be restored."""
    return act(
        request,
        "api:expense-detail",
        args=[pk],
        method="DELETE",
        done=_("The expense is taken back: the budget has what it had before."),
        undo=lambda nothing: reverse("expense:restore", args=[pk]),
    )


def restore_expense(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Count a removed expense again."""
    return act(request, "api:expense-restore", args=[pk], then=_page_of, done=_("Counted again."))


def attach(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep a receipt with the expense."""
    return act(request, "api:expense-receipt", args=[pk], then=_page_of, done=_("The receipt is kept."))


def detach(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Delete the receipt."""
    then = reverse("expense:detail", args=[pk])
    return act(request, "api:expense-receipt", args=[pk], method="DELETE", then=then, done=_("The receipt is deleted."))
