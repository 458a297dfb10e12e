"""Pages of the people called to a session: calling somebody, other times, other people, and what they answered."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, form_page, refusal
from sessions.pages.sessions import clash_drawn, page_of


def new(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Call one more person to a session."""
    session = ask(request, "api:session-detail", args=[pk]).data
    query = {"project": session["project"]["id"], "state": "confirmed", "page_size": 100}
    context = {
        "session": session,
        "current": "calendar",
        "hires": lambda: ask(request, "api:engagement-list", query=query).data["results"],
    }
    return form_page(
        request,
        "sessions/call.html",
        "api:session-call",
        args=[pk],
        then=page_of,
        done=lambda session: _("Held for that person too.") if session["state"] == "hold" else _("Called, and asked."),
        context=context,
    )


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give somebody another call time or role."""
    return _change(request, pk, "call_edit", "api:call-detail", "PUT", done=_("Saved."))


def swap(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Call somebody else instead."""
    return _change(request, pk, "call_swap", "api:call-swap", done=_("Swapped."))


def _change(
    request: HttpRequest, pk: int, name: str, route: str, method: str = "POST", *, done: str
) -> HttpResponseBase:
    call = ask(request, "api:call-detail", args=[pk]).data
    context = {"call": call, "session": call["session"], "current": "calendar"}
    return form_page(
        request,
        f"sessions/{name}.html",
        route,
        args=[pk],
        method=method,
        then=_to(call),
        done=done,
        context=context,
    )


def _to(call: dict[str, Any]) -> Callable[[Any], str]:
    return lambda _answer: page_of(call["session"])


def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take somebody off a session, after asking."""
    call = ask(request, "api:call-detail", args=[pk]).data
    answer = ask(request, "api:call-detail", args=[pk], method="DELETE") if request.method == "POST" else None
    if answer and answer.ok:
        messages.success(request, _("%(name)s is not called any more.") % call["person"])
        return redirect(page_of(call["session"]))
    context = {"call": call, "session": call["session"], "current": "calendar"}
    context["refusal"] = refusal(answer) if answer else ""
    return render(request, "sessions/call_remove.html", context, status=answer.status if answer else 200)


# --- answers ----------------------------------------------------------------------------------------


def accept(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take the time somebody proposed, for this person or for the whole session."""
    call = ask(request, "api:call-detail", args=[pk]).data
    session = call["session"]["id"]
    # only of a whole session that should move can another free time be offered
    then = reverse("sessions:move", args=[session]) if request.POST.get("move") == "session" else ""
    refused = clash_drawn(request, session, then)
    done = _("Taken over. Everybody concerned is told.")
    # a whole session that moved has moved for others, too: that is moved back on its page
    undo = None if request.POST.get("move") == "session" else _reopened(request, call)
    return act(request, "api:call-accept", args=[pk], then=_to(call), done=done, undo=undo, refused=refused)


def _reopened(request: HttpRequest, call: dict[str, Any]) -> Callable[[Any], str]:
    """Return how an answer to this proposal is taken back: the call as it stood, sent to the address for that."""
    said = {name: call[name] or "" for name in ("proposed_at", "call_at", "reason")}
    said["next"] = request.POST.get("next", "")
    return lambda _answer: f"{reverse('sessions:reopen_call', args=[call['id']])}?{urlencode(said)}"


def reopen(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take back what was said to a proposal."""
    refused = clash_drawn(request, ask(request, "api:call-detail", args=[pk]).data["session"]["id"])
    return act(request, "api:call-reopen", args=[pk], done=_("It waits for you again."), refused=refused)


def keep(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep the time as it was."""
    undo = None
    if request.method == "POST":
        undo = _reopened(request, ask(request, "api:call-detail", args=[pk]).data)
    done = lambda call: _("Kept. %(name)s is told and asked again.") % call["person"]  # noqa: E731
    return act(request, "api:call-keep", args=[pk], done=done, undo=undo)


def nudge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask somebody once more."""
    done = lambda call: _("%(name)s is asked again.") % call["person"]  # noqa: E731
    return act(request, "api:call-nudge", args=[pk], done=done)


def answer(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Note what somebody said on the phone, or what one says oneself."""
    call = ask(request, "api:call-detail", args=[pk]).data
    refused = clash_drawn(request, call["session"]["id"])
    return act(request, f"api:call-{name}", args=[pk], then=_to(call), done=_("Noted."), refused=refused)
