"""The page on which a session is booked, and the price that stands beside it while one types."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import form_page
from sessions.pages.picks import take_pick, take_place, take_row


def new(request: HttpRequest) -> HttpResponseBase:
    """Book a session. Another project, a suggestion or the price draw the form again with all that was typed."""
    again = bool(request.POST.get("redraw"))
    take_row(request)
    take_pick(request)
    take_place(request)
    # asked for only where the form is drawn
    context = {"current": "calendar", "quote": lambda: _quote(request), "hires": lambda: hires_of(request)}
    return form_page(
        request,
        "sessions/book.html",
        "api:session-list",
        about=("project",),
        again=again,
        then=lambda session: reverse("sessions:detail", args=[session["id"]]),
        done=_said,
        context=context,
    )


def _said(session: dict[str, Any]) -> str:
    if session["series"]:
        return _("All %(count)d dates are booked. This is the first.") % {"count": session["series"]["count"]}
    if session["state"] == "hold":
        return _("Held. Confirm it when you are sure.")
    return _("Booked. Everybody called is asked.") if session["calls"] else _("Booked.")


def hires_of(request: HttpRequest) -> list[dict[str, Any]]:
    """Return who is hired for the project: offered first, to be added with one press."""
    project = request.POST.get("project") or request.GET.get("project") or ""
    if not project.isdecimal():
        return []
    query = {"project": project, "state": "confirmed", "page_size": 100}
    answer = ask(request, "api:engagement-list", query=query)
    return [row for row in answer.data["results"] if row["contributor"]] if answer.ok else []


def price(request: HttpRequest) -> HttpResponse:
    """What the form as it stands would cost."""
    take_place(request)
    return render(request, "sessions/_price.html", {"quote": _quote(request)})


def _quote(request: HttpRequest) -> dict[str, Any] | None:
    """Return the price of what is typed, or what is still wanting for it."""
    if request.method != "POST" or not all(request.POST.get(name) for name in ("project", "day", "starts", "ends")):
        return None
    answer: Answer = ask(request, "api:session-price", method="POST")
    said = {"hold": request.POST.get("hold") == "true", "each": bool(request.POST.get("repeats"))}
    return answer.data | said if answer.ok else {"problems": answer.data.get("fields", {})}
