"""The pages of the network."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit import clock, forms
from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import act, described, form_page, show
from producerdesk.kit.rows import utc

COMING_AT_MOST = 5  # sessions a person is called to next
SHOWN_AT_MOST = 300  # rows of an import's preview; the counts tell the rest


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Everybody the desk works with; archived people only when asked for."""
    query = request.GET.copy()
    query.setdefault("active", "true")
    people = ask(request, "api:contributor-list", query=query)
    narrowed = any(query.get(name) for name in ("search", "role", "instrument", "genre", "city"))
    context = {"filters": query, "narrowed": narrowed or query["active"] != "true"}
    return show(request, "contributors/list.html", context, people=people, known=ask(request, "api:contributor-known"))


def new(request: HttpRequest) -> HttpResponseBase:
    """Add a person."""
    return form_page(
        request,
        "contributors/form.html",
        "api:contributor-list",
        then=_page_of,
        done=lambda person: _("%(name)s is in your network.") % person,
    )


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One person: how to reach them, what they do and charge, what they are hired for and called to."""
    coming = {"person": pk, "since": utc(clock.now()), "page_size": COMING_AT_MOST}
    return show(
        request,
        "contributors/detail.html",
        person=ask(request, "api:contributor-detail", args=[pk]),
        sessions=ask(request, "api:session-list", query=coming),
    )


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a person."""
    return form_page(
        request,
        "contributors/form.html",
        "api:contributor-detail",
        args=[pk],
        method="PUT",
        then=_page_of,
        done=_("Saved."),
        context={"person": ask(request, "api:contributor-detail", args=[pk]).data},
    )


def archive(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Archive a person. Their page offers to take it back."""
    return act(request, "api:contributor-archive", args=[pk], then=_page_of)


def restore(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Bring an archived person back."""
    done = lambda person: _("%(name)s is back.") % person  # noqa: E731
    return act(request, "api:contributor-restore", args=[pk], then=_page_of, done=done)


def delete(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Delete a person, after asking; who was hired or called stays."""
    person = ask(request, "api:contributor-detail", args=[pk])
    answer = ask(request, "api:contributor-detail", args=[pk], method="DELETE") if request.method == "POST" else None
    if answer and answer.ok:
        messages.success(request, _("%(name)s is deleted.") % person.data)
        return redirect("contributors:list")
    context = {"person": person.data, "refusal": answer.data["detail"] if answer else ""}
    return render(request, "contributors/delete.html", context, status=answer.status if answer else 200)


def _page_of(person: dict[str, Any]) -> str:
    return reverse("contributors:detail", args=[person["id"]])


# --- /people/import/ ------------------------------------------------------------------------------------


def import_sheet(request: HttpRequest) -> HttpResponseBase:
    """Add many people from a CSV: choose it, look at what would happen, do it. Nothing is kept in between."""
    if request.method != "POST":
        return _choose(request, None)
    answer = ask(request, "api:contributor-import", method="POST")
    if not answer.ok:
        return _choose(request, answer)
    template = "contributors/import_preview.html" if answer.data["dry_run"] else "contributors/import_done.html"
    return render(request, template, {"sheet": answer.data, "shown": _shown(answer.data), "form": _form(request, None)})


def _choose(request: HttpRequest, refused: Answer | None) -> HttpResponseBase:
    context = {"form": _form(request, refused), "answer": refused.data if refused else None}
    return render(request, "contributors/import.html", context, status=422 if refused else 200)


def _form(request: HttpRequest, refused: Answer | None) -> dict[str, Any]:
    fields = described(request, "api:contributor-import")[1]["fields"]
    return forms.build(
        fields,
        values=forms.typed(fields, request.POST),
        errors=refused.data.get("fields") if refused else None,
    )


def _shown(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows a page lists: first those that were left out, as somebody must look at them."""
    rows = sorted(sheet["rows"], key=lambda row: (row["outcome"] != "skipped", row["line"]))
    return rows[:SHOWN_AT_MOST]
