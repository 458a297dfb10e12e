"""The page on which one says which dates work: with a login or by private link, made for a phone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import DRAWN_AS
from sessions.pages import poll_answers
from sessions.schedule_pages import Door, draw_page


def dates(request: HttpRequest, door: Door, pk: str) -> HttpResponseBase:
    """Say of each date whether it works, and change one's mind until the answer is due."""
    said = None
    if request.method == "POST":
        said = ask(request, "api:date-poll-answer", args=[pk], method="POST")
        if said.ok:
            messages.success(request, _("Thank you. You can change it until the answer is due."))
            return redirect(door.url("dates", pk))
    return _draw(request, door, pk, said)


def _draw(request: HttpRequest, door: Door, pk: str, refused: Answer | None) -> HttpResponse:
    poll = ask(request, "api:date-poll-detail", args=[pk]).data
    fields = ask(request, "api:date-poll-answer", args=[pk], method="OPTIONS").data["forms"]["POST"]["fields"]
    whose = ask(request, "api:schedule").data
    mine = next((reply for reply in poll["replies"] if reply["mine"]), None)
    context = poll_answers.drawn(request, fields, poll, mine, refused) | {
        "whose": whose,
        "mine": mine,
        "is_open": mine is not None and not poll["late"] and poll_answers.is_open(poll),
    }
    status = DRAWN_AS.get(refused.status, refused.status) if refused else 200
    return draw_page(request, door, "dates", poll["title"], context, status=status)
