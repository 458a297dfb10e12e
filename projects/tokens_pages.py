"""The page of one's API tokens."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit import forms
from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, described


def index(request: HttpRequest) -> HttpResponseBase:
    """One's tokens, and the form that makes one. The secret of a new one is drawn on this answer and on no other."""
    made = ask(request, "api:token-list", method="POST") if request.method == "POST" else None
    refused = made if made and not made.ok else None
    fields = described(request, "api:token-list")[1]["fields"]
    typed = refused is not None
    values = forms.typed(fields, request.POST) if typed else {"scopes": ["budget:read"], "days": 90}
    context = {
        "current": "tokens",
        "form": forms.build(fields, values=values, errors=refused.data.get("fields") if refused else None),
        "answer": refused.data if refused else None,
        "made": made.data if made and made.ok else None,
        "tokens": ask(request, "api:token-list", query={"page_size": 100}).data,
    }
    page = render(request, "projects/tokens.html", context, status=422 if refused else 200)
    page["Cache-Control"] = "no-store"
    return page


def end(request: HttpRequest, key: str) -> HttpResponseBase:
    """End a token."""
    then = reverse("tokens:list")
    return act(request, "api:token-detail", args=[key], method="DELETE", then=then, done=_("The token is ended."))
