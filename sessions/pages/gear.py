"""Pages of gear: the list, an item with its repairs and faults."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from producerdesk.kit import clock
from producerdesk.kit.ask import ask
from producerdesk.kit.pages import act, form_page, resend, show, undo_url

NARROWED_BY = ("search", "kind", "studio", "room", "state")
CONTEXT = {"current": "studios"}
MOST_SESSIONS = 10
KINDS = ("microphone", "preamp", "compressor", "outboard", "instrument", "backline", "other")


def page_of(gear: dict[str, Any]) -> str:
    """Return the address of an item's page."""
    return reverse("sessions:gear", args=[gear["id"]])


def _page_of_item(thing: dict[str, Any]) -> str:
    """Return the address of the page of the item that a repair or a fault is about."""
    return page_of(thing["gear"])


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All gear in use: by name, kind, home and state."""
    query = {name: request.GET.get(name) or None for name in (*NARROWED_BY, "page")}
    query["active"] = request.GET.get("active", "true") or None
    gear = ask(request, "api:gear-list", query=query)
    narrowed = any(request.GET.get(name) for name in NARROWED_BY)
    context = CONTEXT | {"filters": request.GET, "active": query["active"], "narrowed": narrowed, "gear_kinds": KINDS}
    if query["active"] == "true" and not narrowed:
        retired = ask(request, "api:gear-list", query={"active": "false", "page_size": 1})
        context["retired"] = retired.data["count"]
    studios = ask(request, "api:studio-list", query={"active": "true", "page_size": 100})
    return show(request, "sessions/gear_list.html", context, gear=gear, studios=studios)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One item: where it lives, whether it can be had, what was wrong with it, who has it next."""
    since = clock.now().replace(microsecond=0).isoformat().replace("+00:00", "Z")
    query = {"gear": pk, "since": since, "ordering": "starts_at", "page_size": MOST_SESSIONS}
    query["state"] = ["hold", "confirmed"]
    return show(
        request,
        "sessions/gear.html",
        CONTEXT | {"today": clock.today("UTC").isoformat()},
        gear=ask(request, "api:gear-detail", args=[pk]),
        needed=ask(request, "api:gear-needed", args=[pk]),
        sessions=ask(request, "api:session-list", query=query),
    )


def new(request: HttpRequest) -> HttpResponseBase:
    """Add an item."""
    return form_page(
        request,
        "sessions/gear_form.html",
        "api:gear-list",
        about=("studio", "room"),
        then=page_of,
        done=lambda gear: _("%(name)s is in the list now.") % gear,
        undo=lambda gear: reverse("sessions:delete_gear", args=[gear["id"]]),
        context=CONTEXT,
    )


def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change an item. Undo writes back what was said before, if nobody wrote since."""
    gear = _gear(request, pk)
    before = {name: gear[name] for name in ("name", "kind", "serial", "notes")}
    before |= {name: gear[name]["id"] if gear[name] else "" for name in ("studio", "room")}
    before["bookable"] = "true" if gear["bookable"] else "false"

    return form_page(
        request,
        "sessions/gear_form.html",
        "api:gear-detail",
        args=[pk],
        method="PUT",
        then=page_of,
        done=_("Saved."),
        undo=lambda now: undo_url("sessions:undo_gear", pk, before, now),
        context=CONTEXT | {"gear": gear},
    )


def undo_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write back what was said of an item before it was changed; the message with "Undo" sends it."""
    return act(request, "api:gear-detail", args=[pk], method="PUT", done=_("As it was."), then=page_of)


def archive(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Retire an item."""
    undo = lambda gear: reverse("sessions:restore_gear", args=[gear["id"]])  # noqa: E731
    done = lambda gear: _("%(name)s is retired. What is booked stands.") % gear  # noqa: E731
    return act(request, "api:gear-archive", args=[pk], done=done, undo=undo, then=page_of)


def restore(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take an item into use again."""
    done = lambda gear: _("%(name)s is in use again.") % gear  # noqa: E731
    return act(request, "api:gear-restore", args=[pk], done=done, then=page_of)


def delete(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Delete an item that was never reserved, after asking; or say why it must stay."""
    gear = _gear(request, pk)
    answer = ask(request, "api:gear-detail", args=[pk], method="DELETE") if request.method == "POST" else None
    if answer and answer.ok:
        messages.success(request, _("%(name)s is deleted.") % gear)
        return redirect("sessions:all_gear")
    context = CONTEXT | {"gear": gear, "refusal": answer.data["detail"] if answer else ""}
    return render(request, "sessions/gear_delete.html", context, status=answer.status if answer else 200)


# --- repairs and faults -------------------------------------------------------------------------------


def new_repair(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep an item from being booked while it is out for repair."""
    return _about(
        request,
        pk,
        "sessions/gear_repair.html",
        "api:gear-repair-list",
        done=_("It cannot be booked on these days."),
        undo=lambda repair: reverse("sessions:remove_repair", args=[repair["id"]]),
    )


def new_fault(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Log that something is wrong with an item."""
    return _about(
        request,
        pk,
        "sessions/gear_fault.html",
        "api:gear-fault-list",
        done=_("Logged. The item can still be booked."),
        undo=lambda fault: reverse("sessions:remove_fault", args=[fault["id"]]),
    )


def _about(request: HttpRequest, pk: int, template: str, route: str, *, done: str, undo: Any) -> HttpResponseBase:
    gear = _gear(request, pk)
    if request.method == "POST":
        resend(request, {"gear": str(pk)})
    context = CONTEXT | {"gear": gear}
    return form_page(request, template, route, then=_page_of_item, done=done, undo=undo, context=context)


def edit_repair(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change the days of a repair. Undo writes back what was said before."""
    repair = ask(request, "api:gear-repair-detail", args=[pk]).data
    return form_page(
        request,
        "sessions/gear_repair.html",
        "api:gear-repair-detail",
        args=[pk],
        method="PUT",
        then=_page_of_item,
        done=_("Saved."),
        undo=_repair_before(repair),
        context=CONTEXT | {"gear": repair["gear"], "repair": repair},
    )


def undo_repair(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write back what was said of a repair before it was changed or ended."""
    return act(request, "api:gear-repair-detail", args=[pk], method="PUT", done=_("As it was."), then=_page_of_item)


def _repair_before(repair: dict[str, Any]) -> Callable[[dict[str, Any]], str]:
    """Return the way back to what is said of a repair now, if nobody writes in between."""
    before = {name: repair[name] or "" for name in ("first", "last", "reason")}
    return lambda now: undo_url("sessions:undo_repair", repair["id"], before, now)


def remove_repair(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take the days of a repair back."""
    repair = ask(request, "api:gear-repair-detail", args=[pk]).data
    undo = lambda _answer: reverse("sessions:restore_repair", args=[pk])  # noqa: E731
    return act(
        request,
        "api:gear-repair-detail",
        args=[pk],
        method="DELETE",
        done=_("These days do not count any more."),
        undo=undo,
        then=_page_of_item(repair),
    )


def restore_repair(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let the days of a repair count again."""
    return act(request, "api:gear-repair-restore", args=[pk], done=_("These days count again."), then=_page_of_item)


def back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say that an item is back from repair."""
    done = lambda repair: _("%(name)s is back. It can be booked from today on.") % repair["gear"]  # noqa: E731
    undo = _repair_before(ask(request, "api:gear-repair-detail", args=[pk]).data)
    return act(request, "api:gear-repair-back", args=[pk], done=done, undo=undo, then=_page_of_item)


def remove_fault(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take an entry out of the fault log."""
    fault = ask(request, "api:gear-fault-detail", args=[pk]).data
    then = _page_of_item(fault)
    return act(request, "api:gear-fault-detail", args=[pk], method="DELETE", done=_("Removed."), then=then)


def fix_fault(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say that a fault was put right."""
    undo = lambda fault: reverse("sessions:reopen_fault", args=[fault["id"]])  # noqa: E731
    return act(request, "api:gear-fault-fix", args=[pk], done=_("Put right."), undo=undo, then=_page_of_item)


def reopen_fault(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say that a fault is still there."""
    return act(request, "api:gear-fault-reopen", args=[pk], done=_("It is open again."), then=_page_of_item)


def _gear(request: HttpRequest, pk: int) -> dict[str, Any]:
    return ask(request, "api:gear-detail", args=[pk]).data
