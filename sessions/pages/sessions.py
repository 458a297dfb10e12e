"""Pages of one session and of lists of them: seen, edited, moved, cancelled, wrapped."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit import clock
from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import act, form_page, show
from sessions.pages.picks import take_pick, take_place

COMING, PAST, ALL = "coming", "past", "all"
ONE = "one"  # date of a series
NARROWING = ("search", "project", "studio", "room", "person", "state", "kind")
MOST_DELIVERIES = 100


def page_of(session: dict[str, Any]) -> str:
    """Return the address of a session's page."""
    return reverse("sessions:detail", args=[session["id"]])


# --- lists ------------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All sessions: those to come unless the past is asked for."""
    when = request.GET.get("when", COMING)
    filters = {name: request.GET.get(name, "") for name in NARROWING}
    context = {"current": "calendar", "filters": filters, "when": when, "narrowed": any(filters.values())}
    sessions = ask(request, "api:session-list", query=_asked(request.GET, when))
    return show(request, "sessions/list.html", context, sessions=sessions, known=known_to(request))


def known_to(request: HttpRequest) -> Answer:
    """Return what a list is narrowed by: what was worked on last, and what is chosen. More is found by its name."""
    chosen = {name: found for name in ("project", "person") if (found := request.GET.get(name, "")).isdecimal()}
    return ask(request, "api:session-known", query={"few": "true"} | chosen)


@require_safe
def of_project(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The sessions of one project."""
    when = request.GET.get("when", ALL)
    query = _asked(request.GET, when)
    query["project"] = str(pk)
    return show(
        request,
        "sessions/project.html",
        {"tab": "sessions", "current": "projects", "when": when},
        project=ask(request, "api:project-detail", args=[pk]),
        questions=ask(request, "api:project-questions", args=[pk]),
        sessions=ask(request, "api:session-list", query=query),
    )


def _asked(said: QueryDict, when: str) -> QueryDict:
    """Return the list's question: an empty field of the filter asks nothing, and "coming" is a span of time."""
    query = said.copy()
    for name in [name for name, values in query.lists() if name == "when" or not any(values)]:
        del query[name]
    now = clock.now().replace(microsecond=0).isoformat().replace("+00:00", "Z")
    if when == COMING:
        query["since"] = now
    elif when == PAST:
        query["until"] = now
    query.setdefault("ordering", "starts_at" if when == COMING else "-starts_at")
    return query


# --- one session ------------------------------------------------------------------------------------


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One session: what is asked of you, when and where, who comes, what it costs, what was sent."""
    return draw(request, pk)


def draw(request: HttpRequest, pk: int, clash: dict[str, Any] | None = None, then: str = "") -> HttpResponse:
    """Draw the page of a session; with a clash on top where something was refused because it is not free.

    `then` is the form that a free time which was offered is sent to.
    """
    session = ask(request, "api:session-detail", args=[pk])
    answers = {"session": session}
    if session.data["can"]["see_costs"]:
        answers["costs"] = ask(request, "api:session-costs", args=[pk])
    if session.data["can"]["confirm"]:
        answers["line"] = ask(request, "api:session-line", args=[pk])
    if session.data["can"]["duplicate"]:  # who plans
        answers["warnings"] = ask(request, "api:session-warnings", args=[pk])
        query = {"ref": f"session:{pk}", "page_size": MOST_DELIVERIES}
        answers["deliveries"] = ask(request, "api:delivery-list", query=query)
    if clash and not then:
        clash = clash | {"free": None}
    page = show(request, "sessions/detail.html", {"current": "calendar", "clash": clash, "pick_to": then}, **answers)
    if clash:
        page.status_code = 409
    return page


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change what a session is about."""
    return _change(request, pk, "edit", "api:session-detail", "PUT", done=_("Saved."))


def move(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a session another time or room."""
    take_pick(request)
    take_place(request)
    return _change(request, pk, "move", "api:session-move", done=_moved)


def gear(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say which gear a session has reserved, or dates of its series. Undo reserves what each of them had."""
    session = ask(request, "api:session-detail", args=[pk]).data
    return _change(
        request,
        pk,
        "session_gear",
        "api:session-gear",
        done=_reserved if _is_alone(request, session) else _reserved_on_dates,
        undo=lambda now: _dates_url("sessions:undo_session_gear", pk, now["before"]),
        more={"session": session},
    )


def undo_gear(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Reserve what each date had before: all of it, or nothing. The message with "Undo" sends it."""
    refused = clash_drawn(request, pk)
    return act(request, "api:session-gear-dates", args=[pk], done=_("As it was."), then=page_of, refused=refused)


def _dates_url(route: str, pk: int, dates: list[dict[str, Any]]) -> str:
    """Return the address that takes back what was done to these dates, or "" where nothing was."""
    fields = {
        f"dates[{number}]{name}": " ".join(map(str, value)) if isinstance(value, list) else value
        for number, each in enumerate(dates)
        for name, value in each.items()
    }
    return f"{reverse(route, args=[pk])}?{urlencode(fields)}" if fields else ""


def _reserved(session: dict[str, Any]) -> str:
    return _("Reserved. Nobody else gets it then.") if session["gear"] else _("Nothing is reserved any more.")


def _is_alone(request: HttpRequest, session: dict[str, Any]) -> bool:
    """Return whether one date is changed, be it of a series."""
    return session["series"] is None or request.POST.get("scope", ONE) == ONE


def _reserved_on_dates(session: dict[str, Any]) -> str:
    return (
        _("Reserved on each of these dates.") if session["gear"] else _("Nothing is reserved on these dates any more.")
    )


def _moved(session: dict[str, Any]) -> str:
    if session["state"] == "hold":
        return _("Moved. It is still a hold.")
    return _("Moved. Everybody called is told and asked again.") if session["calls"] else _("Moved.")


def duplicate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Book the same again on another day."""
    take_pick(request)
    return _change(request, pk, "duplicate", "api:session-duplicate", done=_("Booked once more: this is the new one."))


def wrap(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Close a session with its real hours."""
    then = lambda session: reverse("sessions:report", args=[session["id"]])  # noqa: E731
    done = _("Wrapped. The budget has what was spent.")
    return _change(request, pk, "wrap", "api:session-wrap", done=done, then=then)


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What a session came to: its hours, what it cost, what was recorded, what is to be done next."""
    session = ask(request, "api:session-detail", args=[pk])
    answers = {
        "session": session,
        "report": ask(request, "api:take-log-report", args=[pk]),
        "tasks": ask(request, "api:edit-task-list", query={"session": pk, "page_size": 100}),
    }
    if session.data["can"]["see_costs"]:
        answers["costs"] = ask(request, "api:session-costs", args=[pk])
    return show(request, "sessions/report.html", {"current": "calendar"}, **answers)


def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Cancel a session, with the reason people are told."""
    session = ask(request, "api:session-detail", args=[pk]).data
    alone = _is_alone(request, session)

    def done(now: dict[str, Any]) -> str:
        return _cancelled(now, session["state"])

    def undo(now: dict[str, Any]) -> str:
        if alone and now["cancelled"]:
            return reverse("sessions:restore", args=[pk])  # it shows free times where there is a clash
        return _dates_url("sessions:restore_dates", pk, now["cancelled"])

    costs = None
    if session["can"]["see_costs"] and session["state"] == "confirmed":
        costs = ask(request, "api:session-cancellation", args=[pk]).data
    more = {"session": session, "fee": costs}
    return _change(request, pk, "cancel", "api:session-cancel", done=done, undo=undo, more=more)


def _cancelled(session: dict[str, Any], was: str) -> str:
    if not session["cancelled"]:
        return _("This was cancelled already.")
    told = session["calls"] and was != "hold"  # nobody is told of a hold
    return _("Cancelled. Everybody called hears of it.") if told else _("Cancelled.")


def _change(
    request: HttpRequest,
    pk: int,
    name: str,
    route: str,
    method: str = "POST",
    *,
    done: str | Callable[[Any], str],
    undo: Callable[[Any], str] | None = None,
    more: dict[str, Any] | None = None,
    then: Callable[[Any], str] = page_of,
) -> HttpResponseBase:
    context = more or {"session": ask(request, "api:session-detail", args=[pk]).data}
    context["current"] = "calendar"
    return form_page(
        request,
        f"sessions/{name}.html",
        route,
        args=[pk],
        method=method,
        then=then,
        done=done,
        undo=undo,
        context=context,
    )


def confirm(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make a booking of a hold."""
    return _stand(request, pk, "confirm", _booked, "sessions:move")


def restore(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a cancellation back."""
    return _stand(request, pk, "restore", _stands_again, "sessions:duplicate")


def restore_dates(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take the cancellation of several dates back, of all or of none; the message with "Undo" sends it."""
    several = sum(name.endswith("]session") for name in request.POST) > 1
    done = _stand_again if several else _stands_again
    refused = clash_drawn(request, pk)
    return act(request, "api:session-restore-dates", args=[pk], then=page_of, done=done, refused=refused)


def _booked(session: dict[str, Any]) -> str:
    return _asked_of(session, _("Booked. Everybody called is asked."), _("Booked."))


def _stands_again(session: dict[str, Any]) -> str:
    return _asked_of(session, _("It stands again. Everybody called is asked."), _("It stands again."))


def _stand_again(session: dict[str, Any]) -> str:
    return _asked_of(session, _("They stand again. Everybody called is asked."), _("They stand again."))


def _asked_of(session: dict[str, Any], asked: str, otherwise: str) -> str:
    """Return what is said once it stands: of a hold, and where nobody is called, nobody is asked."""
    return asked if session["calls"] and session["state"] == "confirmed" else otherwise


def reprice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Commit a session by the fees and rates of today."""
    return act(
        request, "api:session-reprice", args=[pk], then=page_of, done=_("Priced again by today's fees and rates.")
    )


def _stand(request: HttpRequest, pk: int, name: str, done: Callable[[Any], str], otherwise: str) -> HttpResponseBase:
    refused = clash_drawn(request, pk, reverse(otherwise, args=[pk]))
    return act(request, f"api:session-{name}", args=[pk], then=page_of, done=done, refused=refused)


def clash_drawn(request: HttpRequest, pk: int, then: str = "") -> Callable[[Answer], HttpResponse | None]:
    """Return how an action's clash is drawn: on top of the page of its session."""

    def drawn(answer: Answer) -> HttpResponse | None:
        return draw(request, pk, answer.data, then) if answer.data.get("clashes") else None

    return drawn
