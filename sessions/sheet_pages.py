"""The call sheet as one person called reads it: with a login or by private link, on a phone or on paper."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, refusal
from sessions.schedule_pages import Door, draw_page
from sessions.sheets import files, paper


@require_safe
def sheet(request: HttpRequest, door: Door, pk: str) -> HttpResponse:
    """The newest call sheet of one own call, with what changed since it was read last."""
    copy = ask(request, "api:call-sheet-copy-detail", args=[pk]).data
    context = {
        "whose": ask(request, "api:schedule").data,
        "copy": copy,
        "opened_url": door.url("sheet-opened", pk),
        "confirm_url": door.url("sheet-confirm", pk),
        "pdf_url": door.url("sheet-pdf", pk),
        "back_url": door.call(pk),
    }
    return draw_page(request, door, "sheet", _("Call sheet"), context)


def opened(request: HttpRequest, door: Door, pk: str) -> HttpResponseBase:
    """Note that the person reads it. The page's script posts it: fetching the address alone notes nothing."""
    return act(request, "api:call-sheet-copy-opened", args=[pk], then=door.url("sheet", pk))


def confirm(request: HttpRequest, door: Door, pk: str) -> HttpResponseBase:
    """“I have read it and will be there.”"""
    if request.method == "POST":
        said = ask(request, "api:call-sheet-copy-confirm", args=[pk], method="POST")
        if said.ok:
            messages.success(request, _("Thank you. The desk sees that you have read it."))
        else:
            messages.error(request, refusal(said))
    return redirect(door.url("sheet", pk))


@require_safe
def sheet_pdf(request: HttpRequest, door: Door, pk: str) -> HttpResponse:
    """The same on paper."""
    copy = ask(request, "api:call-sheet-copy-detail", args=[pk]).data
    address = request.build_absolute_uri(door.url("sheet", pk))
    size = request.GET.get("paper", "")
    return files.answer(copy, copy["number"], size, address=address, warning=paper.warning_of(copy))
