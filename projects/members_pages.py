"""The pages of who may see a project, and of an invitation."""

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, form_page, show


def access(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who may see a project, who is invited, and the form that invites one more."""
    project = ask(request, "api:project-detail", args=[pk])
    answers = {
        "project": project,
        "questions": ask(request, "api:project-questions", args=[pk]),
        "members": ask(request, "api:member-list", query={"project": pk, "page_size": 100}),
        "staff": ask(request, "api:staff-list", query={"desk": project.data["desk"]["id"], "page_size": 100}),
        "invitations": ask(request, "api:invitation-list", query={"project": pk, "waiting": "true"}),
    }
    return form_page(
        request,
        "projects/access.html",
        "api:invitation-list",
        then=lambda invitation: reverse("members:access", args=[pk]),
        done=lambda invitation: _("%(email)s is invited.") % invitation,
        context={name: answer.data for name, answer in answers.items()},
    )


def member_role(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give somebody another role in the project."""
    return act(request, "api:member-role", args=[pk], done=_("Saved."))


def member_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove somebody from the project, or leave it."""
    return act(request, "api:member-detail", args=[pk], method="DELETE", done=_("Done."))


def resend(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the mail of an invitation again."""
    return act(request, "api:invitation-resend", args=[pk], done=lambda sent: _("Sent again to %(email)s.") % sent)


def take_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take an invitation back."""
    return act(request, "api:invitation-detail", args=[pk], method="DELETE", done=_("The invitation is taken back."))


def resend_staff(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the mail of an invitation to the staff again."""
    return act(
        request, "api:staff-invitation-resend", args=[pk], done=lambda sent: _("Sent again to %(email)s.") % sent
    )


def take_back_staff(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take an invitation to the staff back."""
    return act(
        request, "api:staff-invitation-detail", args=[pk], method="DELETE", done=_("The invitation is taken back.")
    )


@never_cache
def join(request: HttpRequest, secret: str) -> HttpResponseBase:
    """An invitation: who asks to what, and the way in."""
    if request.method == "POST":
        return act(request, "api:join-accept", args=[secret], then=_joined, done=_("Welcome. This is where you work."))
    answer = ask(request, "api:join-detail", args=[secret])
    invitation = answer.data
    if invitation["state"] == "accepted" and invitation["is_mine"]:
        return redirect(_joined(invitation))
    if invitation["proves_address"] and not request.user.is_authenticated:
        # who signs up with the invited address from here need not prove it by a second mail
        get_adapter().stash_verified_email(request, invitation["email"])
    query = urlencode({"next": request.path, "email": invitation["email"] or ""})
    return show(
        request,
        "projects/join.html",
        {"query": query, "next_query": urlencode({"next": request.path})},
        invitation=answer,
    )


def _joined(invitation: dict) -> str:
    """Return where somebody who joined goes first."""
    return (
        reverse("projects:detail", args=[invitation["project"]["id"]])
        if invitation["project"]
        else reverse("overview:today")
    )
