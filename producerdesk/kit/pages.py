"""Pages: ask the API, then draw. The shortcuts every `pages.py` is made of."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

from producerdesk.kit import forms
from producerdesk.kit.ask import Answer, SignInFirst, TurnedAway, ask
from producerdesk.kit.json import JSONRenderer
from producerdesk.kit.kept import take

# how a refused write is drawn: the form again, with what was typed
DRAWN_AS = {400: 422, 422: 422, 409: 409, 412: 412, 428: 412}


def show(request: HttpRequest, template: str, context: dict[str, Any] | None = None, **answers: Answer) -> HttpResponse:
    """Draw a page from the API's answers: each stands in the context under its name, as plain data."""
    refused = next((answer for answer in answers.values() if not answer.ok), None)
    if refused:
        return render(request, "errors/refused.html", {"data": refused.data}, status=refused.status)
    return render(request, template, (context or {}) | {name: answer.data for name, answer in answers.items()})


def form_page(
    request: HttpRequest,
    template: str,
    route: str,
    *,
    args: Sequence[Any] = (),
    method: str = "POST",
    then: Callable[[Any], str],
    done: str | Callable[[Any], str] = "",
    undo: Callable[[Any], str] | None = None,
    about: Sequence[str] = (),
    again: bool = False,
    context: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """Draw a form and send it: GET shows it, POST asks the API and leads on, or shows it again with what is wrong.

    `then` makes the next address of the answer's data; `done` is what the next page says, and `undo` where one takes it
    back. `about` names the fields whose value OPTIONS is told, because it narrows what the others offer (a project: its
    songs). `again` sends nothing and draws what was typed once more.
    """
    answer = None
    if request.method == "POST" and not again:
        answer = ask(request, route, args=args, method=method)
        if answer.ok:
            _say(request, done, answer.data, undo)
            return redirect(then(answer.data))
    query = {name: request.POST.get(name) or request.GET.get(name) for name in about}
    options, drawn = described(request, route, args=args, method=method, query=query)
    return _draw(request, template, options, drawn, context, answer)


def described(
    request: HttpRequest, route: str, *, args: Sequence[Any] = (), method: str = "POST", query: Any = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return OPTIONS and in it the form of this method. Who may not use the form is refused as the API refuses."""
    options = ask(request, route, args=args, method="OPTIONS", query=query).data
    if method not in options["forms"]:
        # one may see the thing and not change it: let the API say so in its own words
        ask(request, route, args=args, method=method, data={})
    return options, options["forms"][method]


def act(
    request: HttpRequest,
    route: str,
    *,
    args: Sequence[Any] = (),
    method: str = "POST",
    then: str | Callable[[Any], str] = "",
    done: str | Callable[[Any], str] = "",
    undo: Callable[[Any], str] | None = None,
    refused: Callable[[Answer], HttpResponse | None] | None = None,
) -> HttpResponseBase:
    """Send a small action (confirm, cancel, a stage) and lead back, with the API's own words where it was refused.

    `then` leads on; a form that says `next` leads back to the page it stands on instead.
    `refused` may draw a refusal that one line cannot say. A script that asks for JSON gets the API's answer as it is,
    and says itself what happened.
    """
    if request.method != "POST":
        return redirect(_back(request))
    if request.headers.get("Accept", "").startswith("application/json"):
        return _act_for_script(request, route, args, method)
    try:
        answer = ask(request, route, args=args, method=method)
    except SignInFirst as error:
        # the address of an action shows nothing: after signing in the person is where the button is
        messages.info(request, _("Sign in first. Nothing was done yet."))
        raise SignInFirst(_back(request, request.get_full_path())) from error
    if answer.ok:
        _say(request, done, answer.data, undo)
    elif refused and (drawn := refused(answer)):
        return drawn
    else:
        messages.error(request, refusal(answer))
    if request.POST.get("next"):
        return redirect(_back(request))
    if callable(then):
        return redirect(then(answer.data) if answer.ok else _back(request))
    return redirect(then or _back(request))


def _act_for_script(request: HttpRequest, route: str, args: Sequence[Any], method: str) -> HttpResponse:
    """Answer in JSON whatever happens: a script cannot follow to the login page, nor read a page that says 404."""
    try:
        answer = ask(request, route, args=args, method=method)
    except SignInFirst:
        status, data = 401, {"code": "not_authenticated", "detail": _("You were signed out. Sign in and try again.")}
    except PermissionDenied as error:
        status, data = 403, {"code": "permission_denied", "detail": str(error)}
    except Http404 as error:
        status, data = 404, {"code": "not_found", "detail": str(error)}
    except TurnedAway as error:
        status, data = error.answer.status, error.answer.data
    else:
        status, data = answer.status, answer.data
    return HttpResponse(JSONRenderer().render(data), "application/json", status)


def resend(request: HttpRequest, values: Mapping[str, str | None]) -> None:
    """Put other values into the form that was sent, as if they had been typed; None takes a field away."""
    post = request.POST.copy()
    for name, value in values.items():
        if value is None:
            post.pop(name, None)
        else:
            post[name] = value
    body = post.urlencode().encode()
    request._body = body
    request._post = request.POST = post  # type: ignore[assignment, attr-defined] # Django reads it from there
    request.META |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-www-form-urlencoded"}


def undo_url(route: str, pk: int, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return the address that writes back what was said `before`, unless somebody has written since `now`."""
    fields = dict(before) | {"_etag": f'"{now["version"]}"'}
    return f"{reverse(route, args=[pk])}?{urlencode(fields, doseq=True)}"


def refusal(answer: Answer) -> str:
    """Return in one line why the API said no."""
    texts = [text for found in answer.data.get("fields", {}).values() for text in found]
    texts += [clash["text"] for clash in answer.data.get("clashes", [])]
    return " ".join(texts) or answer.data["detail"]


def _draw(
    request: HttpRequest,
    template: str,
    options: dict[str, Any],
    drawn: dict[str, Any],
    context: dict[str, Any] | None,
    answer: Answer | None,
) -> HttpResponse:
    values, etag, once, kept = drawn["values"] | _wished(request, drawn["fields"]), options.get("etag", ""), "", None
    if request.method == "POST":
        values, once = forms.typed(drawn["fields"], request.POST), request.POST.get("_once", "")
        etag = etag_after(answer, request, etag)
    elif kept := take(request):
        values, once = forms.typed(drawn["fields"], kept), kept.get("_once", "")
        etag = kept.get("_etag", etag)
        messages.info(request, _("You were signed out meanwhile. Here is what you had typed; nothing was sent."))
    form = forms.build(drawn["fields"], values=values, errors=_errors(answer), etag=etag, once=once)
    page = (context or {}) | {"form": form, "answer": answer.data if answer else None, "options": options}
    return render(request, template, page, status=DRAWN_AS.get(answer.status, answer.status) if answer else 200)


def _wished(request: HttpRequest, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the values that the address asks to start with: `?project=7&starts=...`."""
    asked = {name.partition("[")[0] for name in request.GET}  # `calls[0]contributor` is of `calls`
    return {name: value for name, value in forms.typed(fields, request.GET).items() if name in asked}


def _errors(answer: Answer | None) -> dict[str, list[str]] | None:
    """Return what was wrong by field; what clashes stands beside the field that asks for it."""
    if answer is None or "clashes" not in answer.data:
        return answer.data.get("fields") if answer else None
    found: dict[str, list[str]] = {}
    for clash in answer.data["clashes"]:
        found.setdefault(clash["field"], []).append(clash["text"])
    return found


def etag_after(answer: Answer | None, request: HttpRequest, now: str) -> str:
    """Return which version a form that is drawn again was made of.

    After a 412 the next press means: keep mine over theirs. Else the version the person first read stays.
    """
    return now if answer and answer.status in (412, 428) else request.POST.get("_etag", now)


def _say(request: HttpRequest, done: str | Callable[[Any], str], data: Any, undo: Callable[[Any], str] | None) -> None:
    """Let the next page say what was done; `_messages.html` draws the way back beside it."""
    if text := done(data) if callable(done) else done:
        messages.success(request, text, extra_tags=undo(data) if undo else "")


def _back(request: HttpRequest, otherwise: str = "/") -> str:
    """Return the page the person was on, if it was ours. Never one that would lead here again."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and not wanted.startswith(("//", "/\\")):
        return wanted
    found = urlsplit(request.headers.get("Referer", ""))
    leads_here = {resolve_url(settings.LOGIN_URL)} | ({request.path} if request.method != "POST" else set())
    if found.netloc != request.get_host() or found.path in leads_here:
        return otherwise
    return found.path + (f"?{found.query}" if found.query else "")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Draw the page for a form whose secret does not fit (an old tab, blocked cookies)."""
    return render(request, "errors/csrf.html", status=403)
