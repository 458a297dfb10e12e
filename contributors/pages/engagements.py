"""The pages of hires and open roles."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, form_page, show

GROUPS = ("needed", "auditioning", "offered", "confirmed")  # in the order of what wants doing
OVER = ("declined", "ended")


@require_safe
def index(request: HttpRequest, project: int) -> HttpResponseBase:
    """Who is needed, asked and hired for a record."""
    engagements = ask(request, "api:engagement-list", query={"project": project, "page_size": 100} | _page(request))
    rows = engagements.data.get("results", [])
    context = {
        "tab": "people",
        "groups": [(state, [row for row in rows if row["state"] == state]) for state in GROUPS],
        "over": [row for row in rows if row["state"] in OVER],
    }
    return show(
        request,
        "contributors/project.html",
        context,
        project=ask(request, "api:project-detail", args=[project]),
        questions=ask(request, "api:project-questions", args=[project]),
        engagements=engagements,
    )


def _page(request: HttpRequest) -> dict[str, str]:
    return {"page": request.GET["page"]} if "page" in request.GET else {}


def new(request: HttpRequest, project: int) -> HttpResponseBase:
    """Say who is needed, or add somebody with whom it is agreed already."""
    if request.method == "POST" and request.POST.get("project") != str(project):
        raise Http404
    if request.method != "POST" and "project" not in request.GET:
        return redirect(f"{reverse('engagement:new', args=[project])}?project={project}")
    return form_page(
        request,
        "contributors/engagement_form.html",
        "api:engagement-list",
        about=("project",),
        then=lambda engagement: reverse("engagement:list", args=[project]),
        done=lambda engagement: _("“%(role)s” is on the list.") % engagement,
        context={"project": ask(request, "api:project-detail", args=[project]).data, "tab": "people"},
    )


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One role: who fills or could fill it, for which songs, for what fee."""
    engagement = ask(request, "api:engagement-detail", args=[pk])
    context: dict[str, Any] = {"search": request.GET.get("search", ""), "current": "projects"}
    if engagement.data["can"]["offer"] or engagement.data["can"]["audition"]:
        candidates = ask(request, "api:engagement-candidates", args=[pk], query={"search": context["search"]})
        return show(request, "contributors/engagement.html", context, engagement=engagement, candidates=candidates)
    return show(request, "contributors/engagement.html", context, engagement=engagement)


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a role: its songs, its fee, until when somebody is needed."""
    engagement = ask(request, "api:engagement-detail", args=[pk])
    return form_page(
        request,
        "contributors/engagement_form.html",
        "api:engagement-detail",
        args=[pk],
        method="PUT",
        then=lambda answer: reverse("engagement:detail", args=[pk]),
        done=_("Saved."),
        context={"engagement": engagement.data, "project": engagement.data["project"], "current": "projects"},
    )


def move(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Move a role on: audition, offer, confirm, decline, end, reopen."""
    return act(request, f"api:engagement-{name}", args=[pk], done=_said_of)


def _said_of(engagement: dict[str, Any]) -> str:
    words = {
        "needed": _("%(role)s: nobody yet."),
        "auditioning": _("%(role)s is being auditioned."),
        "offered": _("%(role)s is offered to %(person)s."),
        "confirmed": _("%(person)s is confirmed."),
        "declined": _("%(person)s declined."),
        "ended": _("%(role)s has ended."),
    }
    person = engagement["contributor"]["name"] if engagement["contributor"] else ""
    return words[engagement["state"]] % {"role": engagement["role"], "person": person}


def delete(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a role off the list, after asking; what the budget tells of stays."""
    engagement = ask(request, "api:engagement-detail", args=[pk])
    if not engagement.data["can"]["edit"]:
        raise PermissionDenied(_("Only who hires for this project may delete a role."))
    answer = ask(request, "api:engagement-detail", args=[pk], method="DELETE") if request.method == "POST" else None
    if answer and answer.ok:
        messages.success(request, _("“%(role)s” is off the list.") % engagement.data)
        return redirect("engagement:list", engagement.data["project"]["id"])
    refusal = answer.data["detail"] if answer else ""
    context = {"engagement": engagement.data, "refusal": refusal, "current": "projects"}
    return render(request, "contributors/engagement_delete.html", context, status=answer.status if answer else 200)
