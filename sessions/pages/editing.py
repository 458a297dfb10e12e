"""Pages of a song's comp map, and what is to be edited, noted where one reads it."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, show


@require_safe
def comp(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Which takes are used where in a song: a grid of takes and sections."""
    found = ask(request, "api:comp-map-detail", args=[pk])
    tasks = ask(request, "api:edit-task-list", query={"song": pk, "page_size": 100})
    people = ask(request, "api:contributor-list", query={"page_size": 100, "active": "true"})
    return show(request, "sessions/comp.html", {"current": "projects"}, found=found, tasks=tasks, people=people)


def _page(section: dict[str, Any]) -> str:
    return reverse("sessions:comp", args=[section["song"]])


def new_section(request: HttpRequest) -> HttpResponseBase:
    """Add a section."""
    return act(request, "api:comp-section-list", then=_page)


def rename_section(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Call a section otherwise."""
    return act(request, "api:comp-section-rename", args=[pk], then=_page)


def move_section(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put a section at another place."""
    return act(request, "api:comp-section-move", args=[pk], then=_page)


def use(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Use a take in a section, or no more."""
    return act(request, "api:comp-section-use", args=[pk], then=_page)


def remove_section(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a section out."""
    back = reverse("sessions:restore_section", args=[pk])
    done = _("The section is out.")
    return act(request, "api:comp-section-detail", args=[pk], method="DELETE", done=done, undo=lambda gone: back)


def restore_section(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Bring a section back."""
    return act(request, "api:comp-section-restore", args=[pk], then=_page, done=_("The section is back."))


def new_task(request: HttpRequest) -> HttpResponseBase:
    """Write down something to edit."""
    return act(request, "api:edit-task-list", done=lambda task: _("Written down: %(text)s") % task)


def done(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Note that something is edited."""
    back = reverse("sessions:reopen_task", args=[pk])
    said = lambda task: _("Done: %(text)s") % task  # noqa: E731
    return act(request, "api:edit-task-done", args=[pk], done=said, undo=lambda task: back)


def reopen(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take back that it is done."""
    return act(request, "api:edit-task-reopen", args=[pk], done=lambda task: _("To be done: %(text)s") % task)


def assign(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say who edits it."""
    return act(request, "api:edit-task-assign", args=[pk], done=_assigned)


def _assigned(task: dict[str, Any]) -> str:
    if not task["assigned_to"]:
        return _("Nobody is to do it now.")
    return _("%(name)s is to do it.") % task["assigned_to"]
