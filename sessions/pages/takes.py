"""The page in the control room: the take log, and the worker that keeps it open without a network."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import show
from sessions import take_paper


@require_safe
def room(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What happens in the room, logged take by take."""
    log = ask(request, "api:take-log-detail", args=[pk])
    return show(request, "sessions/room.html", {"current": "calendar"}, log=log)


@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The take sheet on paper: the desk's, or what is asked for (`?paper=letter`)."""
    log = ask(request, "api:take-log-report", args=[pk]).data
    session = ask(request, "api:session-detail", args=[pk]).data
    address = request.build_absolute_uri(reverse("sessions:room", args=[pk]))
    return take_paper.answer(log, session, request.GET.get("paper", ""), address=address)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the page above. It stands here and not with the files: it serves what lies beneath it."""
    return render(request, "sessions/room-worker.js", content_type="text/javascript; charset=utf-8")
