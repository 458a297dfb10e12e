"""Pages of studios and their rooms."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, form_page, resend, show

RATE_SAYS = ("amount.amount", "factor")  # without either a line of the form is no rate
ROW_FIELD = re.compile(r"(\w+)\[(\d{1,4})\](.+)")


def page_of(studio: dict[str, Any]) -> str:
    """Return the address of a studio's page."""
    return reverse("sessions:studio", args=[studio["id"]])


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All studios with their rooms and rates."""
    query = {"active": request.GET.get("active", "true"), "search": request.GET.get("search")}
    studios = ask(request, "api:studio-list", query=query | {"page": request.GET.get("page")})
    context = {"current": "studios", "filters": request.GET, "narrowed": bool(request.GET.get("search"))}
    if query["active"] == "true" and not query["search"]:
        archived = ask(request, "api:studio-list", query={"active": "false", "page_size": 1})
        context["archived"] = archived.data["count"]
    return show(request, "sessions/studios.html", context, studios=studios)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One studio: where it is, how one gets in, its rooms and what they cost."""
    studio = _studio(request, pk)
    answers = {"studio": studio}
    if studio.data["opening_hours"] or studio.data["closed_days"]:
        answers["outside"] = ask(request, "api:studio-outside", args=[pk])
    return show(request, "sessions/studio.html", {"current": "studios"}, **answers)


def _studio(request: HttpRequest, pk: Any) -> Any:
    return ask(request, "api:studio-detail", args=[pk])


def new(request: HttpRequest) -> HttpResponseBase:
    """Add a studio; its first room comes next."""
    return form_page(
        request,
        "sessions/studio_form.html",
        "api:studio-list",
        then=lambda studio: reverse("sessions:new_room", args=[studio["id"]]),
        done=lambda studio: _("%(name)s is there. Now its first room.") % studio,
        context={"current": "studios"},
    )


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a studio."""
    return _change(request, pk, "sessions/studio_form.html", "api:studio-detail", _("Saved."))


def hours(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say when a studio is open."""
    _drop_empty(request, "opening_hours", ("opens", "closes"))
    return _change(request, pk, "sessions/studio_hours.html", "api:studio-hours", _hours_done)


def terms(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say what deposit a studio wants and what cancelling costs."""
    done = _("Saved. These terms count from now on.")
    return _change(request, pk, "sessions/studio_terms.html", "api:studio-terms", done)


def _hours_done(studio: dict[str, Any]) -> str:
    count = len(studio["outside"])
    if not count:
        return _("Saved. What is booked lies within these hours.")
    text = ngettext(
        "Saved. %(n)d session lies outside of these hours, stands, and is listed here.",
        "Saved. %(n)d sessions lie outside of these hours, stand, and are listed here.",
        count,
    )
    return text % {"n": count}


def _change(
    request: HttpRequest, pk: int, template: str, route: str, done: str | Callable[[Any], str]
) -> HttpResponseBase:
    context = {"studio": _studio(request, pk).data, "current": "studios"}
    return form_page(request, template, route, args=[pk], method="PUT", then=page_of, done=done, context=context)


# --- rooms --------------------------------------------------------------------------------------------


def new_room(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add a room to a studio."""
    studio = _studio(request, pk).data
    _drop_empty(request, "rates", RATE_SAYS)
    if request.method == "POST":
        resend(request, {"studio": str(pk)})
    return form_page(
        request,
        "sessions/room_form.html",
        "api:room-list",
        then=lambda room: page_of(room["studio"]),
        done=lambda room: _("%(name)s can be booked now.") % room,
        context={"studio": studio, "current": "studios"},
    )


def edit_room(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a room and its rates."""
    room = ask(request, "api:room-detail", args=[pk]).data
    _drop_empty(request, "rates", RATE_SAYS)
    return form_page(
        request,
        "sessions/room_form.html",
        "api:room-detail",
        args=[pk],
        method="PUT",
        then=lambda room: page_of(room["studio"]),
        done=_("Saved."),
        context={"room": room, "studio": room["studio"], "current": "studios"},
    )


def _drop_empty(request: HttpRequest, name: str, says: tuple[str, ...]) -> None:
    """Leave out the rows of a form that say nothing: it has a line for each unit or weekday, and few may be filled."""
    typed = {key: found for key in request.POST if (found := ROW_FIELD.fullmatch(key)) and found[1] == name}
    rows: dict[int, dict[str, str]] = {}
    for key, found in typed.items():
        rows.setdefault(int(found[2]), {})[found[3]] = str(request.POST[key])
    kept = [row for _number, row in sorted(rows.items()) if any(row.get(field, "").strip() for field in says)]
    none: dict[str, str | None] = dict.fromkeys(typed)
    if typed:
        resend(
            request, none | {f"{name}[{n}]{field}": text for n, row in enumerate(kept) for field, text in row.items()}
        )


# --- in use or not ------------------------------------------------------------------------------------


def archive(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Put a studio or room out of use."""
    undo = lambda thing: reverse(f"sessions:restore_{kind}", args=[thing["id"]])  # noqa: E731
    done = lambda thing: _("%(name)s is out of use. What is booked stands.") % thing  # noqa: E731
    return act(request, f"api:{kind}-archive", args=[pk], done=done, undo=undo, then=_studio_of(kind))


def restore(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Take a studio or room into use again."""
    done = lambda thing: _("%(name)s is in use again.") % thing  # noqa: E731
    return act(request, f"api:{kind}-restore", args=[pk], done=done, then=_studio_of(kind))


def _studio_of(kind: str) -> Any:
    return page_of if kind == "studio" else lambda room: page_of(room["studio"])


def delete(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Delete a studio or room that was never used, after asking; or say why it must stay."""
    thing = ask(request, f"api:{kind}-detail", args=[pk]).data
    answer = ask(request, f"api:{kind}-detail", args=[pk], method="DELETE") if request.method == "POST" else None
    if answer and answer.ok:
        messages.success(request, _("%(name)s is deleted.") % thing)
        return redirect("sessions:studios" if kind == "studio" else page_of(thing["studio"]))
    context = {
        "thing": thing,
        "kind": kind,
        "studio": thing if kind == "studio" else thing["studio"],
        "refusal": answer.data["detail"] if answer else "",
        "current": "studios",
    }
    return render(request, "sessions/studio_delete.html", context, status=answer.status if answer else 200)
