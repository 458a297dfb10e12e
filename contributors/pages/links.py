"""The page of a person's private links."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, refusal


def index(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The links that open this person's schedule; make one, whose address is told once."""
    person = ask(request, "api:contributor-detail", args=[pk])
    made = None
    if request.method == "POST":
        made = ask(request, "api:private-link-list", method="POST", data={"contributor": pk})
    context = {
        "person": person.data,
        "links": ask(request, "api:private-link-list", query={"contributor": pk}).data["results"],
        "made": made.data if made and made.ok else None,
        "refusal": refusal(made) if made and not made.ok else "",
        "current": "people",
    }
    status = 422 if context["refusal"] else 200
    response = render(request, "contributors/links.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def end(request: HttpRequest, pk: int, link: int) -> HttpResponseBase:
    """End one link at once."""
    then = reverse("contributors:links", args=[pk])
    done = _("The link opens nothing any more. The next mail brings a new one.")
    return act(request, "api:private-link-detail", args=[link], method="DELETE", then=then, done=done)
