"""Pages of imported calendars: which there are, how reading them goes, taking one in, ending one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, form_page, show

CURRENT = {"current": "calendar"}


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All imported calendars, or those of a room or a person."""
    narrow = {name: request.GET[name] for name in ("room", "person", "studio") if request.GET.get(name)}
    calendars = ask(request, "api:imported-calendar-list", query=narrow | {"page": request.GET.get("page")})
    return show(request, "sessions/imported.html", CURRENT | {"narrowed": bool(narrow)}, calendars=calendars)


def new(request: HttpRequest) -> HttpResponseBase:
    """Take in a calendar."""
    return form_page(
        request,
        "sessions/import_form.html",
        "api:imported-calendar-list",
        then=lambda calendar: reverse("sessions:imported"),
        done=lambda calendar: _("%(name)s is being read. It counts as busy in a few moments.") % calendar,
        context=CURRENT,
    )


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Call a calendar otherwise, or read it from elsewhere."""
    calendar = ask(request, "api:imported-calendar-detail", args=[pk]).data
    return form_page(
        request,
        "sessions/import_form.html",
        "api:imported-calendar-detail",
        args=[pk],
        method="PUT",
        then=lambda calendar: reverse("sessions:imported"),
        done=_("Saved."),
        context=CURRENT | {"calendar": calendar},
    )


def refresh(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Read a calendar at once."""
    then = reverse("sessions:imported")
    done = lambda calendar: _("%(name)s is read again in a few moments.") % calendar  # noqa: E731
    return act(request, "api:imported-calendar-refresh", args=[pk], then=then, done=done)


def end(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End a calendar, after asking."""
    calendar = ask(request, "api:imported-calendar-detail", args=[pk]).data
    if request.method == "POST" and ask(request, "api:imported-calendar-detail", args=[pk], method="DELETE").ok:
        messages.success(request, _("%(name)s is not read any more, and makes nobody busy.") % calendar)
        return redirect("sessions:imported")
    return render(request, "sessions/import_end.html", CURRENT | {"calendar": calendar})
