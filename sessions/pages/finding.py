"""The page that finds a time: what is looked for, and the times at which it can be booked with one press."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from producerdesk.kit import forms
from producerdesk.kit.ask import ask
from producerdesk.kit.pages import described

SHOWN = 8  # times of a room and day; the others are found by narrower hours


def find(request: HttpRequest) -> HttpResponse:
    """Ask for a time, and show what is free."""
    project = request.GET.get("project", "")
    options, drawn = described(request, "api:session-find", method="GET", query={"project": project})
    asked = "minutes" in request.GET
    typed = {name: value for name, value in forms.typed(drawn["fields"], request.GET).items() if name in request.GET}
    values: dict[str, Any] = drawn["values"] | (typed if asked else {})
    choices = drawn["fields"]["project"]["choices"]
    if not values["project"] and choices:
        values["project"] = choices[0]["value"]
    said = {name: values for name, values in request.GET.lists() if any(values)}
    answer = ask(request, "api:session-find", query=said) if asked else None
    errors = answer.data.get("fields") if answer and not answer.ok else None
    form = forms.build(drawn["fields"], values=values, errors=errors)
    found = answer.data if answer and answer.ok else None
    context = {"current": "calendar", "options": options, "form": form, "found": found, "shown": SHOWN}
    if found:
        context["length"] = int(values["minutes"])
    return render(request, "sessions/find.html", context, status=422 if errors else 200)
