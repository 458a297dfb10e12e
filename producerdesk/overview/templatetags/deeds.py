"""How deeds read, in the reader's language: "moved Lead vocals from Tue 17 Nov, 10:00 to Thu 19 Nov, 12:00"."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from producerdesk.kit import moments, words
from projects.models import Activity

register = template.Library()

Row = Mapping[str, Any]
TITLE = "%(title)s"  # becomes the link
# (kind, deed) -> what somebody did; the name stands before it
SENTENCES = {
    ("project", "created"): gettext_lazy("started the project"),
    ("project", "changed"): gettext_lazy("changed the project"),
    ("project", "stage"): gettext_lazy("moved the project from %(was)s to %(now)s"),
    ("song", "added"): gettext_lazy("added %(title)s"),
    ("song", "changed"): gettext_lazy("changed %(title)s"),
    ("song", "stage"): gettext_lazy("moved %(title)s from %(was)s to %(now)s"),
    ("song", "removed"): gettext_lazy("removed %(title)s"),
    ("session", "booked"): gettext_lazy("booked %(title)s for %(starts)s"),
    ("session", "held"): gettext_lazy("put a hold on %(starts)s for %(title)s"),
    ("session", "kept"): gettext_lazy("keeps the hold %(title)s until %(until)s"),
    ("session", "renewed"): gettext_lazy("renewed the hold %(title)s until %(until)s"),
    ("session", "released"): gettext_lazy("released the hold %(title)s"),
    ("session", "promoted"): gettext_lazy("made %(title)s the first hold"),
    ("session", "challenging"): gettext_lazy("challenged the hold before %(title)s, to be answered by %(until)s"),
    ("session", "challenged"): gettext_lazy("challenged the hold %(title)s, to be answered by %(until)s"),
    ("session", "confirmed"): gettext_lazy("confirmed %(title)s for %(starts)s"),
    ("session", "moved"): gettext_lazy("moved %(title)s from %(was)s to %(starts)s"),
    ("session", "relocated"): gettext_lazy("gave %(title)s another place"),
    ("session", "changed"): gettext_lazy("changed %(title)s"),
    ("session", "reserved"): gettext_lazy("changed the gear reserved for %(title)s"),
    ("session", "cancelled"): gettext_lazy("cancelled %(title)s"),
    ("session", "restored"): gettext_lazy("restored %(title)s"),
    ("session", "wrapped"): gettext_lazy("wrapped %(title)s"),
    ("session", "sheet_written"): gettext_lazy("wrote the call sheet of %(title)s"),
    ("session", "sheet_sent"): gettext_lazy("sent version %(number)s of the call sheet of %(title)s"),
    ("session", "inputs_written"): gettext_lazy("wrote the input list of %(title)s"),
    ("session", "inputs_recalled"): gettext_lazy("took over an input list for %(title)s"),
    ("call", "called"): gettext_lazy("called %(person)s to %(title)s for %(at)s"),
    ("call", "changed"): gettext_lazy("changed what %(person)s does in %(title)s"),
    ("call", "retimed"): gettext_lazy("called %(person)s to %(title)s at another time, %(at)s"),
    ("call", "removed"): gettext_lazy("took %(person)s off %(title)s"),
    ("call", "confirmed"): gettext_lazy("noted a yes of %(person)s to %(title)s"),
    ("call", "declined"): gettext_lazy("noted a no of %(person)s to %(title)s"),
    ("call", "proposed"): gettext_lazy("noted that %(person)s asks for %(at)s in %(title)s"),
    ("call", "accepted"): gettext_lazy("took the %(at)s of %(person)s for %(title)s"),
    ("call", "reopened"): gettext_lazy("took back the answer to %(person)s, who asks for %(at)s for %(title)s"),
    ("call", "kept"): gettext_lazy("kept the %(at)s of %(title)s for %(person)s"),
    ("call", "nudged"): gettext_lazy("asked %(person)s once more to %(title)s"),
    ("call", "entered"): gettext_lazy("entered which dates of %(title)s work for %(person)s"),
    ("call", "entry_cleared"): gettext_lazy("took back which dates of %(title)s work for %(person)s"),
    ("call", "sheet_confirmed"): gettext_lazy("noted that %(person)s has read the call sheet of %(title)s"),
    ("hire", "opened"): gettext_lazy("put %(title)s on the list of who is needed"),
    ("hire", "changed"): gettext_lazy("changed the role %(title)s"),
    ("hire", "removed"): gettext_lazy("took %(title)s off the list"),
    ("hire", "audition"): gettext_lazy("auditions %(person)s for %(title)s"),
    ("hire", "offer"): gettext_lazy("offered %(title)s to %(person)s"),
    ("hire", "confirm"): gettext_lazy("hired %(person)s as %(title)s"),
    ("hire", "decline"): gettext_lazy("noted that %(person)s declined %(title)s"),
    ("hire", "end"): gettext_lazy("ended %(title)s with %(person)s"),
    ("hire", "reopen"): gettext_lazy("opened %(title)s again"),
    ("member", "joined"): gettext_lazy("joined as %(now)s"),
    ("member", "role"): gettext_lazy("made %(title)s %(now)s, before %(was)s"),
    ("member", "removed"): gettext_lazy("ended what %(title)s may see"),
    ("budget", "repriced"): gettext_lazy("priced %(title)s anew"),
    ("budget", "planned"): gettext_lazy("began the plan of the budget"),
    ("budget", "approved"): gettext_lazy("approved the plan of the budget"),
    ("budget", "controller"): gettext_lazy("gave the budget into the hands of %(title)s"),
    ("budget", "line_added"): gettext_lazy("put %(title)s into the plan"),
    ("budget", "line_changed"): gettext_lazy("changed %(title)s in the plan"),
    ("budget", "line_removed"): gettext_lazy("took %(title)s out of the plan"),
    ("budget", "spent"): gettext_lazy("entered the expense %(title)s"),
    ("budget", "spent_changed"): gettext_lazy("changed the expense %(title)s"),
    ("budget", "taken_back"): gettext_lazy("took back the expense %(title)s"),
    ("budget", "rate"): gettext_lazy("set the rate of %(title)s"),
    ("budget", "rate_removed"): gettext_lazy("forgot the rate of %(title)s"),
}
# what the person called says in his or her own name
OWN = {
    "confirmed": gettext_lazy("said yes to %(title)s"),
    "declined": gettext_lazy("said no to %(title)s"),
    "proposed": gettext_lazy("asked for %(at)s in %(title)s"),
    "sheet_confirmed": gettext_lazy("has read the call sheet of %(title)s"),
}
NOBODY_NAMED = {
    ("hire", "audition"): gettext_lazy("auditions for %(title)s"),
    ("hire", "end"): gettext_lazy("ended %(title)s"),
}
OTHER = gettext_lazy("changed something: %(title)s")
ICONS = {
    "project": "vinyl",
    "song": "music",
    "session": "calendar",
    "call": "message-circle",
    "hire": "user-check",
    "member": "key",
    "budget": "coins",
}
OF_AN_EXPENSE = ("spent", "spent_changed", "taken_back")
VALUES_OF = {"project": "Song.stage", "song": "Song.stage", "member": "Membership.role"}


@register.filter
def sentence(deed: Row) -> SafeString:
    """Return what was done, with a link to what it was done to while that is there."""
    said = str(_words_of(deed))
    values = {name: _value(deed, name, value) for name, value in deed["facts"].items() if not isinstance(value, list)}
    if starts := deed["facts"].get("starts_at"):
        values["starts"] = moments.when(starts, deed["facts"].get("time_zone"))
    escaped = _Lenient({name: format_html("{}", value) for name, value in values.items()})
    escaped["title"] = _linked(deed)
    # a fact that an older row does not have leaves its place empty, and no error
    return SafeString(said % escaped)


class _Lenient(dict):
    def __missing__(self, name: str) -> str:
        return ""


def _words_of(deed: Row) -> Any:
    if deed["kind"] == "call" and deed["facts"].get("own") and deed["deed"] in OWN:
        return OWN[deed["deed"]]
    key = (deed["kind"], deed["deed"])
    if not deed["facts"].get("person") and key in NOBODY_NAMED:
        return NOBODY_NAMED[key]
    return SENTENCES.get(key, OTHER)


def _value(deed: Row, name: str, value: Any) -> str:
    facts = deed["facts"]
    if name == "at":
        return moments.clock(value, facts.get("time_zone"))
    if name == "was" and deed["kind"] == "session":
        return moments.when(value, facts.get("was_zone") or facts.get("time_zone"))
    if name == "until":
        return moments.when(value, facts.get("time_zone"))
    if name in ("was", "now"):
        return words.word(value, VALUES_OF.get(deed["kind"], "")).lower()
    return str(value)


def _linked(deed: Row) -> SafeString:
    url = _address(deed)
    return (
        format_html('<a class="pd-link" href="{}">{}</a>', url, deed["title"])
        if url
        else format_html("{}", deed["title"])
    )


def _address(deed: Row) -> str:
    about, project = deed["about"], deed["project"]["id"]
    if deed["kind"] == "member":
        return reverse("members:access", args=[project])
    if poll := deed["facts"].get("poll"):
        return reverse("sessions:poll", args=[poll])
    if about is None or (deed["deed"] == "removed" and deed["kind"] != "call"):
        return ""
    if deed["kind"] == "song":
        return reverse("projects:song", args=[project, about])
    if deed["kind"] == "hire":
        return reverse("engagement:detail", args=[about])
    if deed["kind"] in ("session", "call") or deed["deed"] == "repriced":
        return reverse("sessions:detail", args=[about])
    if deed["deed"] in OF_AN_EXPENSE:
        return reverse("expense:detail", args=[about])
    return ""


@register.filter
def deed_icon(deed: Row) -> str:
    """Return the icon of a deed's kind."""
    return ICONS.get(deed["kind"], "circle-dot")


@register.filter
def doer(deed: Row) -> str:
    """Return who did it. Nobody in particular: the desk, by an import or by itself."""
    return deed["by"] or _("The desk")


@register.filter
def deeds_by_day(deeds: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Return the deeds by the reader's day, in their order."""
    found: dict[str, list[Row]] = {}
    for deed in deeds:
        found.setdefault(moments.long_day(deed["at"]), []).append(deed)
    return list(found.items())


@register.simple_tag
def deed_kinds(project: Row) -> list[tuple[str, Any]]:
    """Return the kinds of deeds this reader may read of, to narrow the list by."""
    hidden = set()
    if not project["can"]["see_people"]:
        hidden |= {"hire", "member"}
    if not project["can"]["see_budget"]:
        hidden |= {"budget"}
    if not project["can"]["see_sessions"]:
        hidden |= {"session", "call"}
    return [(value, label) for value, label in Activity.Kind.choices if value not in hidden]
