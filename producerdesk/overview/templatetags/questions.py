"""How the five questions read: each with its fact in a few words, and where one does something about it."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit import moments, words
from producerdesk.kit.templatetags.desk import money

register = template.Library()

Row = Mapping[str, Any]
Item = dict[str, Any]
ICONS = {
    "ok": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-circle",
    "todo": "circle-dashed",
    "none": "minus",
}


@register.filter
def asked(questions: Row, project: Row) -> list[Item]:
    """Return the questions this reader has answers to, in the order a producer asks them."""
    items = []
    for name, answer in (
        ("studio", _studio),
        ("engineer", _engineer),
        ("hires", _hires),
        ("due", _due),
        ("budget", _budget),
    ):
        if found := questions.get(name):
            item = {"why": "", "bad": "", "state": found["state"], "icon": ICONS[found["state"]]}
            items.append(item | answer(found, project))
    return items


def _studio(found: Row, project: Row) -> Item:
    said: Item = {"question": _("Is the studio booked?"), "url": reverse("sessions:of_project", args=[project["id"]])}
    if not found["ahead"]:
        return said | {"fact": _("Nothing is booked"), "why": _("No session lies ahead")}
    if found["holds"]:
        hold = found["first_hold"]
        day = moments.day(hold["starts_at"], hold["time_zone"])
        fact = _("%(booked)d of %(ahead)d sessions") % found
        return said | {"fact": fact, "why": _("%(day)s is only a hold") % {"day": day}}
    first = found["next"]
    fact = ngettext("Yes, %(ahead)d session", "Yes, all %(ahead)d sessions", found["ahead"]) % found
    when = moments.day(first["starts_at"], first["time_zone"])
    return said | {"fact": fact, "why": _("Next on %(day)s") % {"day": when}}


def _engineer(found: Row, project: Row) -> Item:
    said: Item = {"question": _("Is an engineer coming?"), "url": reverse("sessions:of_project", args=[project["id"]])}
    names = get_text_list(found["names"], _("and"))
    if not found["needed"]:
        return said | {"fact": _("None is needed yet"), "why": _("No booked session asks for one")}
    if missing := found["first_without"]:
        said |= {"url": reverse("sessions:detail", args=[missing["id"]])}
        day = moments.day(missing["starts_at"], missing["time_zone"])
        fact = _("To %(called)d of %(needed)d") % found if found["called"] else _("Nobody is called")
        return said | {"fact": fact, "why": names, "bad": _("none on %(day)s") % {"day": day}}
    if found["confirmed"] < found["needed"]:
        why = _("%(names)s, %(n)d not answered") % {"names": names, "n": found["needed"] - found["confirmed"]}
        return said | {"fact": _("%(confirmed)d of %(needed)d are sure") % found, "why": why}
    fact = _("Yes, to all %(needed)d") % found if found["needed"] > 1 else _("Yes")
    return said | {"fact": fact, "why": _("%(names)s, confirmed") % {"names": names}}


def _hires(found: Row, project: Row) -> Item:
    said: Item = {
        "question": _("Who is still to be found?"),
        "url": reverse("engagement:list", args=[project["id"]]),
    }
    parts = []
    if found["needed"]:
        parts.append(ngettext("%(n)d hire", "%(n)d hires", found["needed"]) % {"n": found["needed"]})
    if found["auditioning"]:
        parts.append(ngettext("%(n)d audition", "%(n)d auditions", found["auditioning"]) % {"n": found["auditioning"]})
    if found["offered"]:
        offers = ngettext("%(n)d offer is out", "%(n)d offers are out", found["offered"]) % {"n": found["offered"]}
    else:
        offers = ""
    if not parts and offers:
        return said | {"fact": offers, "why": ""}
    if not parts:
        filled = {"fact": _("Nobody"), "why": _("Every role is filled")}
        return said | (filled if found["hired"] else {"fact": _("No role named"), "why": _("Whom does it need?")})
    said |= {"fact": ", ".join(parts), "why": found["first"] or ""}
    by = found["first_needed_by"]
    if by and moments.is_late(by):
        return said | {"bad": _("needed by %(day)s") % {"day": moments.day(by)}}
    if by:
        return said | {"why": _("%(role)s by %(day)s") % {"role": found["first"], "day": moments.day(by)}}
    return said


def _due(found: Row, project: Row) -> Item:
    said = _on_time(found, project)
    if not found["to_edit"] or found["delivered"]:
        return said
    edits = ngettext("%(to_edit)d thing to edit", "%(to_edit)d things to edit", found["to_edit"]) % found
    return said | {"why": "; ".join(filter(None, (said.get("why"), edits)))}


def _on_time(found: Row, project: Row) -> Item:
    said: Item = {
        "question": _("When due, are we on time?"),
        "url": reverse("projects:songs", args=[project["id"]]),
    }
    if found["delivered"]:
        return said | {"fact": _("Delivered"), "why": _("There is nothing left to keep to")}
    deadline = found["deadline"]
    if found["late_deadline_on"]:
        return said | {"fact": moments.day(deadline), "bad": moments.due(deadline) or _("late")}
    left = (moments.due(deadline) if deadline else "") or ""
    if found["late_stage_on"]:
        fact = moments.day(deadline) if deadline else _("Behind the plan")
        stage = words.word(found["late_stage"], "Song.stage")
        late = moments.due(found["late_stage_on"]) or _("late")
        return said | {"fact": fact, "why": left, "bad": _("%(stage)s is %(late)s") % {"stage": stage, "late": late}}
    fact = _("%(day)s, on time") % {"day": moments.day(deadline)} if deadline else _("No deadline")
    if found["late_song_on"]:
        fact = moments.day(deadline) if deadline else _("No deadline")
        late = moments.due(found["late_song_on"]) or _("late")
        return said | {"fact": fact, "why": left, "bad": _("a song is %(late)s") % {"late": late}}
    if deadline:
        return said | {"fact": fact, "why": left}
    return said | {"fact": fact, "why": _("Give it a date to keep to") if project["can"]["edit"] else ""}


def _budget(found: Row, project: Row) -> Item:
    said: Item = {
        "question": _("Whose budget, what is left?"),
        "url": reverse("budgets:of_project", args=[project["id"]]),
    }
    if found["committed"] is None:
        return said | {"fact": _("No budget yet"), "why": _("It begins with the first booking that costs")}
    controls = _("%(name)s decides") % {"name": found["controller"]} if found["controller"] else _("Nobody decides yet")
    if found["left"]:
        of = format_html(_("of {}"), money(found["approved"]))
        sum_ = found["left"] | {"amount": found["left"]["amount"].removeprefix("-")}
        fact = format_html(_("{} over the plan") if found["state"] == "bad" else _("{} left"), money(sum_))
        return said | {"fact": fact, "why": format_html("{} · {}", of, controls), "bad": _over_line(found)}
    fact = format_html(_("{} committed"), money(found["committed"]))
    spent = format_html(_("{} spent"), money(found["actual"]))
    return said | {"fact": fact, "why": format_html("{} · {}", spent, controls)}


def _over_line(found: Row) -> str:
    """Say which line is over where the whole is not, or how many are."""
    if not found["over_lines"] or found["state"] == "bad":
        return ""
    if found["over_lines"] > 1:
        return _("%(n)d lines over") % {"n": found["over_lines"]}
    line = found["first_over"]
    return format_html(_("{title}: {sum} over"), title=line["title"], sum=money(line["over"]))
