"""The pages of projects and songs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit import clock, moments
from producerdesk.kit.ask import Answer, ask
from producerdesk.kit.pages import act, form_page, show
from producerdesk.kit.rows import utc
from producerdesk.kit.words import word

DELIVERED = "delivered"
ON_THE_SHELF = 8  # sleeves of what was delivered last
AHEAD = 4  # sessions beside a song


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All projects, as a board by stage or as a list. An empty desk starts its first record."""
    summary = ask(request, "api:project-summary")
    if not summary.data["open"] + summary.data["delivered"]:
        return redirect("projects:start")
    return _list(request, summary) if request.GET.get("view") == "list" else _board(request, summary)


def _list(request: HttpRequest, summary: Answer) -> HttpResponseBase:
    query = _asked(request, open="true", ordering="deadline")
    context = {"view": "list", "filters": query}
    return show(request, "projects/list.html", context, summary=summary, projects=_projects(request, query))


def _board(request: HttpRequest, summary: Answer) -> HttpResponseBase:
    query = _asked(request, ordering="deadline")
    query["open"], query["page_size"] = "true", "100"
    delivered = query.copy()
    delivered["open"], delivered["page_size"], delivered["ordering"] = "false", str(ON_THE_SHELF), "-updated_at"
    open_, shelf = _projects(request, query), _projects(request, delivered)
    beyond = shelf.data.get("count", 0) - len(shelf.data.get("results", []))
    context = {"view": "board", "filters": query, "lanes": _lanes(summary, open_), "beyond": beyond}
    return show(request, "projects/board.html", context, summary=summary, projects=open_, shelf=shelf)


def _asked(request: HttpRequest, **usual: str) -> QueryDict:
    """Return what the list is asked for: the address's own words, and what is usual where it has none."""
    query = request.GET.copy()
    query.pop("view", None)
    for name, value in usual.items():
        query.setdefault(name, value)
    for name in [name for name, values in query.lists() if not any(values)]:
        del query[name]  # an empty field of the filter asks nothing
    return query


def _projects(request: HttpRequest, query: QueryDict) -> Answer:
    return ask(request, "api:project-list", query=query)


def _lanes(summary: Answer, projects: Answer) -> list[dict[str, Any]]:
    stages = [row["stage"] for row in summary.data["stages"] if row["stage"] != DELIVERED]
    rows = projects.data.get("results", [])
    return [{"stage": stage, "projects": [row for row in rows if row["stage"] == stage]} for stage in stages]


def start(request: HttpRequest) -> HttpResponseBase:
    """Start a record with three words; all else can wait."""
    summary = ask(request, "api:project-summary").data
    invited = ask(request, "api:join-list").data["results"]
    return _new(request, "projects/start.html", first=not summary["open"] + summary["delivered"], invited=invited)


def new(request: HttpRequest) -> HttpResponseBase:
    """Start a record and say all about it."""
    return _new(request, "projects/form.html")


def _new(request: HttpRequest, template: str, **context: Any) -> HttpResponseBase:
    return form_page(
        request,
        template,
        "api:project-list",
        then=lambda project: reverse("projects:detail", args=[project["id"]]),
        done=lambda project: _and_late(_("“%(title)s” is on your desk.") % project, project, []),
        context=context,
    )


def _and_late(text: str, project: dict[str, Any], before: list[dict[str, Any]]) -> str:
    """Return what is said of a saved project, and of a date just given by which a stage is late from the start."""
    stage, day = project["late_stage"], project["late_stage_on"]
    if stage is None or any((due["stage"], due["due_on"]) == (stage, day) for due in before):
        return text
    said = {"stage": word(stage, "Song.stage"), "day": moments.day(day)}
    return f"{text} " + _("%(stage)s was due on %(day)s: it counts as late.") % said


# --- /projects/<pk>/ ------------------------------------------------------------------------------------


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One project at a glance."""
    glance = ask(request, "api:project-glance", args=[pk])
    return show(request, "projects/detail.html", {"tab": "overview"}, glance=glance)


def _questions(request: HttpRequest, pk: int) -> Answer:
    """Return what every page of a project opens with."""
    return ask(request, "api:project-questions", args=[pk])


def _sessions(request: HttpRequest, query: dict[str, Any]) -> Answer:
    """Return the sessions ahead, as far as this viewer may see them."""
    ahead = {"since": utc(clock.now()), "state": ["hold", "confirmed"], "ordering": "starts_at"}
    return ask(request, "api:session-list", query=ahead | query)


@require_safe
def brief(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the record should become: the brief, what it should sound like, and its dates."""
    project = ask(request, "api:project-detail", args=[pk])
    return show(request, "projects/brief.html", {"tab": "brief"}, project=project, questions=_questions(request, pk))


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a project."""
    project = ask(request, "api:project-detail", args=[pk])
    return form_page(
        request,
        "projects/form.html",
        "api:project-detail",
        args=[pk],
        method="PUT",
        then=lambda project: reverse("projects:detail", args=[pk]),
        done=lambda now: _and_late(_("Saved."), now, project.data["due"]),
        context={"project": project.data},
    )


def stage(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Move a project to a stage."""
    return act(request, "api:project-stage", args=[pk], done=_moved, undo=_back_to_stage(request))


def _back_to_stage(request: HttpRequest) -> Callable[[dict[str, Any]], str]:
    """Return how a new stage is taken back: the one of before, which the form tells, sent to the same address."""
    was = request.POST.get("_was", "")
    return lambda thing: f"{request.path}?{urlencode({'stage': was})}" if was not in ("", thing["stage"]) else ""


def _moved(thing: dict[str, Any]) -> str:
    return _("“%(title)s” is in %(stage)s now.") % {
        "title": thing["title"],
        "stage": word(thing["stage"], "Song.stage"),
    }


def delete(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Delete a project, after asking."""
    project = ask(request, "api:project-detail", args=[pk])
    return _delete(request, "projects/delete.html", "api:project-detail", project, then=reverse("projects:list"))


def _delete(request: HttpRequest, template: str, route: str, thing: Answer, then: str, **context: Any) -> Any:
    """Ask whether to delete a thing; on POST delete it, or say why it must stay."""
    if not thing.data["can"]["edit"]:
        raise PermissionDenied(_("Only who works on this project may delete it."))
    answer = ask(request, route, args=[thing.data["id"]], method="DELETE") if request.method == "POST" else None
    if answer and answer.ok:
        messages.success(request, _("“%(title)s” is deleted.") % thing.data)
        return redirect(then)
    context |= {"thing": thing.data, "refusal": answer.data["detail"] if answer else ""}
    return render(request, template, context, status=answer.status if answer else 200)


# --- /projects/<pk>/songs/ ------------------------------------------------------------------------------


@require_safe
def songs(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The songs in their order, with what is known of each."""
    return show(
        request,
        "projects/songs.html",
        {"tab": "songs"},
        project=ask(request, "api:project-detail", args=[pk]),
        songs=_songs(request, pk, page=request.GET.get("page")),
        tasks=_tasks(request, project=pk, open="true"),
        questions=_questions(request, pk),
    )


def _songs(request: HttpRequest, pk: int, **query: Any) -> Answer:
    return ask(request, "api:song-list", query={"project": pk, "page_size": 100, "ordering": "position"} | query)


def new_song(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add a song."""
    if request.method == "POST" and request.POST.get("project") != str(pk):
        raise Http404
    project = ask(request, "api:project-detail", args=[pk])
    return form_page(
        request,
        "projects/song_form.html",
        "api:song-list",
        then=lambda song: _after_song(request, pk),
        context={"project": project.data},
    )


def _after_song(request: HttpRequest, pk: int) -> str:
    """Return to the page that the short form stood on, or to the list of songs."""
    if request.POST.get("_from") == "overview":
        return reverse("projects:detail", args=[pk]) + "#songs"
    return reverse("projects:songs", args=[pk])


@require_safe
def song(request: HttpRequest, pk: int, song: int) -> HttpResponseBase:
    """One song."""
    answers = {
        "song": _song(request, pk, song),
        "project": ask(request, "api:project-detail", args=[pk]),
        "questions": _questions(request, pk),
        "next_sessions": _sessions(request, {"song": song, "page_size": AHEAD}),
        "tasks": _tasks(request, song=song),
    }
    if answers["song"].data["can"]["see_people"] and answers["song"].data["can"]["book"]:
        answers["people"] = _editors(request)
    return show(request, "projects/song.html", {"tab": "songs"}, **answers)


def _tasks(request: HttpRequest, **query: Any) -> Answer:
    """Return what is to be edited, as far as it is this viewer's."""
    return ask(request, "api:edit-task-list", query={"page_size": 100} | query)


def _editors(request: HttpRequest) -> Answer:
    """Return who could edit: the people of the network, by name."""
    return ask(request, "api:contributor-list", query={"page_size": 100, "active": "true"})


def _song(request: HttpRequest, pk: int, song: int) -> Answer:
    """Return a song of this very project; one of another has no page here."""
    answer = ask(request, "api:song-detail", args=[song])
    if answer.data["project"]["id"] != pk:
        raise Http404
    return answer


def edit_song(request: HttpRequest, pk: int, song: int) -> HttpResponseBase:
    """Change a song."""
    found = _song(request, pk, song)
    return form_page(
        request,
        "projects/song_form.html",
        "api:song-detail",
        args=[song],
        method="PUT",
        then=lambda answer: reverse("projects:song", args=[pk, song]),
        done=_("Saved."),
        context={"project": ask(request, "api:project-detail", args=[pk]).data, "song": found.data},
    )


def song_stage(request: HttpRequest, pk: int, song: int) -> HttpResponseBase:
    """Move a song to a stage."""
    _song(request, pk, song)
    return act(request, "api:song-stage", args=[song], done=_moved, undo=_back_to_stage(request))


def move_song(request: HttpRequest, pk: int, song: int) -> HttpResponseBase:
    """Put a song at another place in the order."""
    _song(request, pk, song)
    return act(
        request, "api:song-move", args=[song], done=lambda found: _("“%(title)s” is now number %(position)d.") % found
    )


def delete_song(request: HttpRequest, pk: int, song: int) -> HttpResponseBase:
    """Delete a song, after asking."""
    found = _song(request, pk, song)
    then = reverse("projects:songs", args=[pk])
    return _delete(request, "projects/delete.html", "api:song-detail", found, then, project=found.data["project"])
