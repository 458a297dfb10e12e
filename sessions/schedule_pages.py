"""The pages of one's own schedule: with a login at /schedule/, with a private link and no account at /my/<secret>/.

Both draw the same from the same API; what differs is who asks (`request.way_in`) and where links lead (`Door`).
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit import clock, forms, moments
from producerdesk.kit.ask import Answer, SignInFirst, ask
from producerdesk.kit.pages import DRAWN_AS, act, refusal
from producerdesk.kit.throttles import PerSecret, WrongSecrets, hold_back
from sessions import schedule

Page = Callable[..., HttpResponseBase]
MOST = 100  # the API's largest page: nobody is called a hundred times ahead
LATEST = 5  # sessions that have been, under the fold; the rest stand on a page of their own
ANSWERS = ("confirm", "decline", "propose")


class Door:
    """Where the pages of one way in stand: `door.url("mine")`."""

    def __init__(self, secret: str = "") -> None:
        self.secret = secret

    def url(self, name: str, *args: Any) -> str:
        """Return the address of a page of this schedule."""
        if self.secret:
            return reverse(f"sessions:my-{name}", args=[self.secret, *args])
        return reverse(f"sessions:{name}", args=args)

    def call(self, pk: int | str) -> str:
        """Return the address that shows one call large."""
        return f"{self.url('mine')}?call={pk}"


def by_login(page: Page) -> Page:
    """Open a page to who is signed in."""

    @wraps(page)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return page(request, Door(), *args, **kwargs)

    return wrapper


def by_link(page: Page) -> Page:
    """Open a page to who has the private link. A wrong, an expired and a revoked secret find the same nothing."""

    @wraps(page)
    def wrapper(request: HttpRequest, secret: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        hold_back(PerSecret, request, secret)
        request.way_in = f"Link {secret}"  # type: ignore[attr-defined] # read by kit.ask
        return unseen(or_nothing(request, lambda: page(request, Door(secret), *args, **kwargs)))

    return wrapper


def or_nothing(request: HttpRequest, page: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Draw a page under a secret address; who has the wrong secret finds nothing."""
    try:
        return page()
    except SignInFirst:
        hold_back(WrongSecrets, request)
        return render(request, "errors/link.html", status=404)
    except Http404:
        return render(request, "errors/404.html", status=404)


def unseen(response: HttpResponseBase) -> HttpResponseBase:
    """Keep what stands under a secret address out of caches and search engines."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


# --- the schedule ---------------------------------------------------------------------------------------
@require_safe
def mine(request: HttpRequest, door: Door) -> HttpResponse:
    """What comes next, large, with its question; what comes after that; or, asked for, what has been."""
    if "past" in request.GET:
        return _past(request, door)
    return _draw(request, door, wanted=_number(request.GET.get("call", "")))


def answer(request: HttpRequest, door: Door, pk: str, name: str) -> HttpResponseBase:
    """Yes, no, or another time. What cannot be is said beside what was typed."""
    if request.method != "POST":
        return redirect(door.call(pk))
    said = ask(request, f"api:call-{name}", args=[pk], method="POST")
    if not said.ok:
        return _draw(request, door, wanted=int(pk), refused=said, name=name)
    hosts = ask(request, "api:schedule").data["desks"]
    messages.success(request, _thanks(said.data, schedule.who_answers(said.data["session"]["desk"], hosts)))
    return redirect(door.call(pk))


def seen(request: HttpRequest, door: Door, pk: str) -> HttpResponseBase:
    """Note that the person has the call open. The page's script posts it: fetching the address alone notes nothing."""
    return act(request, "api:call-seen", args=[pk], then=door.url("mine"))


def edit_done(request: HttpRequest, door: Door, pk: str) -> HttpResponseBase:
    """Note that something one was to edit is done."""
    back = door.url("edit-reopen", pk)
    if page := request.POST.get("next"):
        back += f"?{urlencode({'next': page})}"
    said = lambda task: _("Done: %(text)s") % task  # noqa: E731
    return act(request, "api:edit-task-done", args=[pk], then=door.url("mine"), done=said, undo=lambda task: back)


def edit_reopen(request: HttpRequest, door: Door, pk: str) -> HttpResponseBase:
    """Take that back."""
    said = lambda task: _("To be done: %(text)s") % task  # noqa: E731
    return act(request, "api:edit-task-reopen", args=[pk], then=door.url("mine"), done=said)


def _been(request: HttpRequest, now: datetime, **more: Any) -> Answer:
    """Ask for one's calls that have been, the latest first."""
    query = {"mine": "true", "until": now.isoformat(), "ordering": "-call_at"}
    return ask(request, "api:call-list", query=query | more)


def _past(request: HttpRequest, door: Door) -> HttpResponse:
    now = clock.now()
    calls = _been(request, now, page=request.GET.get("page"))
    whose = ask(request, "api:schedule").data
    rows = [_row(door, call, whose, now) for call in calls.data.get("results", [])]
    context = {"whose": whose, "rows": rows, "calls": calls.data}
    return draw_page(request, door, "past", _("Sessions that have been"), context, status=calls.status)


def _draw(
    request: HttpRequest, door: Door, *, wanted: int | None, refused: Answer | None = None, name: str = ""
) -> HttpResponse:
    now = clock.now()
    query = {"mine": "true", "since": now.isoformat(), "ordering": "call_at", "page_size": MOST}
    whose, calls = ask(request, "api:schedule").data, ask(request, "api:call-list", query=query).data["results"]
    if wanted and wanted not in {call["id"] for call in calls}:
        calls = [*_call(request, wanted), *calls]
    shown, first = schedule.chosen(calls, wanted, now), schedule.chosen(calls, None, now)
    been = _been(request, now, page_size=LATEST).data
    polls = ask(request, "api:date-poll-list", query={"asked": "true", "page_size": LATEST}).data["results"]
    edits = ask(request, "api:edit-task-list", query={"mine": "true", "open": "true", "page_size": MOST}).data[
        "results"
    ]
    context: dict[str, Any] = {
        "whose": whose,
        "polls": [poll | {"url": door.url("dates", poll["id"])} for poll in polls],
        "edits": edits,
        "about": schedule.about(calls, whose["desks"]),
        "card": schedule.card(shown, whose["desks"], now) if shown else None,
        "is_next": shown is first,
        "rows": [_row(door, call, whose, now) for call in calls if call is not shown],
        "been": [_row(door, call, whose, now) for call in been["results"]],
        "been_count": been["count"],
        "many_projects": len({call["session"]["project"]["id"] for call in calls}) > 1,
        "refusal": refusal(refused) if refused and name == "confirm" else "",
    }
    if shown:
        context |= {
            "seen_url": door.url("call-seen", shown["id"]),
            "ics_url": door.url("call-ics", shown["id"]),
            "sheet_url": door.url("sheet", shown["id"]),
            "answer_urls": {action: door.url(f"call-{action}", shown["id"]) for action in ANSWERS},
        }
    if shown and context["card"]["is_open"]:
        context["forms"] = {
            action: _form(request, shown, action, refused if action == name else None)
            for action in ("propose", "decline")
        }
    status = DRAWN_AS.get(refused.status, refused.status) if refused else 200
    return draw_page(request, door, "mine", _("Your sessions"), context, status=status)


def _row(door: Door, call: dict[str, Any], whose: dict[str, Any], now: datetime) -> dict[str, Any]:
    return schedule.row(call, whose["desks"], now) | {"url": door.call(call["id"])}


def _call(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Return a call that is not ahead: from an old mail, perhaps to a session without this person by now."""
    try:
        return [ask(request, "api:call-detail", args=[pk]).data]
    except Http404:
        messages.info(request, _("That session is not on your schedule any more."))
        return []


def _form(request: HttpRequest, call: dict[str, Any], action: str, refused: Answer | None) -> dict[str, Any]:
    drawn = ask(request, f"api:call-{action}", args=[call["id"]], method="OPTIONS").data["forms"]["POST"]
    values = forms.typed(drawn["fields"], request.POST) if refused else drawn["values"]
    form = forms.build(drawn["fields"], values=values, errors=refused.data.get("fields") if refused else None)
    if refused and not form["has_errors"]:  # a clash or a conflict belongs to no field
        form |= {"errors": [refusal(refused)], "has_errors": True}
    fold = form["fields"].get("proposed_fold")
    if fold and not fold["errors"]:  # asked only in the night the clocks go back
        del form["fields"]["proposed_fold"]
    for field in form["fields"].values():
        field["id"] = f"{action}-{field['name']}"
    return form | {"open": bool(refused)}


def draw_page(
    request: HttpRequest, door: Door, body: str, heading: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Draw one of the schedule's pages in the frame of its way in."""
    template, context = frame(door, body, heading, context)
    return render(request, template, context, status=status)


def frame(door: Door, body: str, heading: str, context: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the template of this way in, and the context with what its frame needs."""
    desks = context["whose"]["desks"]
    return f"schedule/by_{'link' if door.secret else 'login'}.html", context | {
        "hosts": [host | {"first": schedule.first_name(host["owner"] or host["name"])} for host in desks],
        "door": door,
        "heading": heading,
        "body": f"schedule/_{body}.html",
        "mine_url": door.url("mine"),
        "feeds_url": door.url("feeds"),
        "notices_url": door.url("notices"),
        "current": "mine",
    }


def _thanks(call: dict[str, Any], who: str) -> str:
    texts = {
        "confirmed": _("Thank you. %(who)s sees that you will be there, and you are reminded before."),
        "declined": _("%(who)s hears that you cannot. Nothing will remind you of it."),
        "proposed": _("%(who)s will answer. Until then please keep the time free that you were called for."),
    }
    return texts[call["answer"]] % {"who": who}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


# --- calendars ------------------------------------------------------------------------------------------
@require_safe
def call_ics(request: HttpRequest, door: Door, pk: str) -> HttpResponse:
    """One own call as a calendar file."""
    call = ask(request, "api:call-detail", args=[pk]).data
    from sessions import ics  # it takes as long to load as all of our own, and few processes ever need it

    return ics_file(ics.calendar([ics.event_of_call(call)]), f"call-{pk}")


@require_safe
def session_ics(request: HttpRequest, pk: int) -> HttpResponse:
    """One session as a calendar file, for who plans or follows it."""
    session = ask(request, "api:session-detail", args=[pk]).data
    from sessions import ics  # it takes as long to load as all of our own, and few processes ever need it

    return ics_file(ics.calendar([ics.event_of_session(session)]), f"session-{pk}")


def ics_file(body: bytes, name: str) -> HttpResponse:
    """Return the answer that a calendar app opens."""
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


# --- one's feeds ----------------------------------------------------------------------------------------
def feeds(request: HttpRequest, door: Door) -> HttpResponse:
    """The own calendar feeds: make one, whose address is told once, or end one."""
    made = ask(request, "api:feed-list", method="POST") if request.method == "POST" else None
    listed = ask(request, "api:feed-list").data["results"]
    whose = ask(request, "api:schedule").data
    drawn = ask(request, "api:feed-list", method="OPTIONS").data["forms"]["POST"]
    refused = made.data if made and not made.ok else {}
    values = forms.typed(drawn["fields"], request.POST) if refused else drawn["values"]
    address = "" if refused or made is None else made.data["address"] or ""
    context = {
        "whose": whose,
        "form": forms.build(drawn["fields"], values=values, errors=refused.get("fields")),
        "feeds": [
            feed
            | {
                "end_url": door.url("feed-end", feed["id"]),
                "made": moments.when(feed["created_at"], whose["time_zone"]),
            }
            for feed in listed
        ],
        "address": address,
        "made_already": bool(made and made.ok and not address),
        "webcal": f"webcal://{address.partition('://')[2]}",
    }
    status = DRAWN_AS.get(made.status, made.status) if made and refused else 200
    return draw_page(request, door, "feeds", _("Keep all of it in your calendar"), context, status=status)


def feed_end(request: HttpRequest, door: Door, pk: str) -> HttpResponseBase:
    """End one feed: its address shows nothing from now on."""
    then = door.url("feeds")
    said = _("The address shows nothing any more.")
    return act(request, "api:feed-detail", args=[pk], method="DELETE", then=then, done=said)
