"""The pages of the desk's settings, its staff and oneself."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, form_page, show


def own_desk(request: HttpRequest) -> HttpResponseBase:
    """Lead to the desk one works at, the first if there are several."""
    desks = ask(request, "api:desk-list")
    if desks.ok and desks.data["results"]:
        return redirect("accounts:desk", desks.data["results"][0]["id"])
    return show(request, "accounts/no_desk.html", desks=desks)


def desk(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The desk: its name, clock, currency and reminders."""
    found = ask(request, "api:desk-detail", args=[pk])
    answers = {"desk": found, "desks": ask(request, "api:desk-list")}
    if not found.data["may_manage"]:
        return show(request, "accounts/desk.html", None, **answers)
    return form_page(
        request,
        "accounts/desk.html",
        "api:desk-detail",
        args=[pk],
        method="PUT",
        then=lambda saved: reverse("accounts:desk", args=[pk]),
        done=_("Saved."),
        context={name: answer.data for name, answer in answers.items()},
    )


def staff(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who works at the desk, who is asked to, and the form that asks one more."""
    found = ask(request, "api:desk-detail", args=[pk])
    answers = {
        "desk": found,
        "staff": ask(request, "api:staff-list", query={"desk": pk, "page_size": 100}),
        "invitations": ask(request, "api:staff-invitation-list", query={"desk": pk, "waiting": "true"}),
    }
    if not found.data["may_manage"]:
        return show(request, "accounts/staff.html", None, **answers)
    return form_page(
        request,
        "accounts/staff.html",
        "api:staff-invitation-list",
        then=lambda invitation: reverse("accounts:staff", args=[pk]),
        done=lambda invitation: _("%(email)s is invited.") % invitation,
        context={name: answer.data for name, answer in answers.items()},
    )


def staff_role(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give somebody another role."""
    return act(request, "api:staff-role", args=[pk], done=_("Saved."))


def staff_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove somebody from the desk, or leave it."""
    return act(request, "api:staff-detail", args=[pk], method="DELETE", done=_("Done."))


def me(request: HttpRequest) -> HttpResponseBase:
    """Oneself: name, time zone, keys."""
    return form_page(
        request,
        "accounts/me.html",
        "api:me",
        method="PUT",
        then=lambda saved: reverse("accounts:me"),
        done=_("Saved."),
        context={"me": ask(request, "api:me").data},
    )
