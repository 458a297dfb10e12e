"""What the page of the day says of the API's data: the sentence on top, what comes on which day, what is in order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit import moments, words
from sessions.templatetags.booked import answers, engineer, mine, where

register = template.Library()

Row = Mapping[str, Any]
SAID_ALREADY = ("no_engineer", "unanswered")  # of warnings: what `in_order` says in its own lines


@register.filter
def there_at(session: Row) -> str:
    """Return when the reader is to come: at the own call; for who plans the session when it starts."""
    call = None if session["can"]["plan"] else mine(session["calls"])
    return call["call_at"] if call else session["starts_at"]


# --- the sentence on top --------------------------------------------------------------------------------


@register.filter
def greeting(day: Row) -> list[SafeString]:
    """Return the day in short sentences: what is on, and then what wants doing."""
    count = sum(1 for session in day["sessions"]["results"] if _is_today(session, day["date"]))
    on = ngettext("%(n)s session today", "%(n)s sessions today", count) % {"n": words.number(count).capitalize()}
    said = [format_html("{}.", on if count else _("No session today"))]
    wanting = [part for part in _wanting(day) if part]
    if wanting:
        said.append(
            format_html("{}.", SafeString(", ".join(_stressed(text, n == 0) for n, text in enumerate(wanting))))
        )
    elif all_done(day):
        said.append(format_html("{}", _("Nothing waits for you.")))
    return said


def _wanting(day: Row) -> list[str]:
    asking, stuck, roles, edits = (len(day.get(part, ())) for part in ("asking", "stuck", "roles", "edits"))
    late = len(day.get("late_projects", ())) + len(day.get("late_songs", ()))
    holds = sum(1 for session in day["sessions"]["results"] if session["can"]["confirm"])
    plans = sum(1 for budget in day.get("budgets", ()) if budget["approve"])
    own = sum(1 for session in day["sessions"]["results"] if asked_of_me(session))
    return [
        _part(own, ngettext("%(n)s call is yours to answer", "%(n)s calls are yours to answer", own)),
        _part(asking, ngettext("%(n)s answer is yours to give", "%(n)s answers are yours to give", asking)),
        _part(plans, ngettext("%(n)s plan is yours to approve", "%(n)s plans are yours to approve", plans)),
        _part(late, ngettext("%(n)s thing is late", "%(n)s things are late", late)),
        _part(stuck, ngettext("%(n)s message did not leave", "%(n)s messages did not leave", stuck)),
        _part(holds, ngettext("%(n)s hold wants a decision", "%(n)s holds want a decision", holds)),
        _part(roles, ngettext("%(n)s role is open", "%(n)s roles are open", roles)),
        _part(edits, ngettext("%(n)s thing is yours to edit", "%(n)s things are yours to edit", edits)),
    ]


def _part(count: int, text: str) -> str:
    return text % {"n": words.number(count)} if count else ""


def _stressed(text: str, first: bool) -> SafeString:
    return format_html("<b>{}</b>", text[:1].upper() + text[1:] if first else text)


@register.filter
def all_done(day: Row) -> bool:
    """Say whether a producer's desk is clear: nobody waits, nothing is to edit, late, open or stuck."""
    parts = ("asking", "waiting", "edits", "roles", "late_projects", "late_songs", "stuck")
    approved = not any(budget["approve"] for budget in day.get("budgets", ()))
    return "roles" in day and approved and not any(day.get(part) for part in parts)


# --- sessions -------------------------------------------------------------------------------------------


@register.filter
def next_of(day: Row) -> Row | None:
    """Return the session to show large: the next that is booked, or, for who is only called, the next one to come to.

    A no is none to come to. Who is called to none of them reads the next of their projects.
    """
    open_ = [session for session in day["sessions"]["results"] if not _said_no(session)]
    for session in open_:
        if session["state"] == "confirmed" if session["can"]["plan"] else mine(session["calls"]):
            return session
    return next((session for session in open_ if not session["can"]["plan"]), None)


def _said_no(session: Row) -> bool:
    call = None if session["can"]["plan"] else mine(session["calls"])
    return call is not None and call["answer"] == "declined"


register.filter("said_no", _said_no)


@register.filter
def by_day(day: Row, shown: Row | None) -> list[tuple[str, bool, list[Row]]]:
    """Return the sessions but the one shown large, by their day at the studio: `(day, is it today, sessions)`."""
    found: dict[str, list[Row]] = {}
    for session in day["sessions"]["results"]:
        if shown is None or session["id"] != shown["id"]:
            found.setdefault(session["starts_local"][:10], []).append(session)
    return [(_day_word(date, day["date"]), date <= day["date"], rows) for date, rows in sorted(found.items())]


def _day_word(date: str, today: str) -> str:
    if date <= today:
        return _("Today")
    if (datetime.fromisoformat(date) - datetime.fromisoformat(today)).days == 1:
        return _("Tomorrow")
    return moments.part(date, "D j M" if date[:7] != today[:7] else "D j")


def _is_today(session: Row, today: str) -> bool:
    return session["starts_local"][:10] <= today


@register.filter
def is_on(session: Row) -> bool:
    """Say whether a session is going on."""
    starts = moments.read(session["starts_at"])
    return isinstance(starts, datetime) and starts <= timezone.now()


@register.filter
def lacks_engineer(session: Row) -> bool:
    """Say whether a booked session that needs an engineer has none called."""
    warned = any(warning["code"] == "no_engineer" for warning in session.get("warnings", ()))
    return warned and session["state"] == "confirmed"


@register.filter
def further_warnings(session: Row) -> list[Row]:
    """Return what else could go wrong with the next session, beside engineer and answers."""
    return [warning for warning in session.get("warnings", ()) if warning["code"] not in SAID_ALREADY]


@register.filter
def asked_of_me(session: Row) -> Row | None:
    """Return the reader's own call if it wants an answer."""
    call = mine(session["calls"])
    return call if call and call.get("answer") == "pending" and session["state"] == "confirmed" else None


@register.filter
def in_order(session: Row) -> list[tuple[str, str]]:
    """Return what a producer wants to know of the next session, each with its tone: ok, warn or bad."""
    stands = answers(session["calls"])
    place = _("%(where)s is booked") % {"where": where(session)} if session["room"] else where(session)
    return [("ok", place), *_engineer(session), _people(stands)]


def _engineer(session: Row) -> list[tuple[str, str]]:
    call = engineer(session["calls"])
    if call is None:
        return [("bad", _("No engineer is called"))] if lacks_engineer(session) else []
    text = _("Engineer: %(name)s, %(at)s") % {
        "name": call["person"]["name"],
        "at": moments.clock(call["call_at"], session["time_zone"]),
    }
    return [("ok" if call.get("answer") == "confirmed" else "warn", text)]


def _people(stands: Row) -> tuple[str, str]:
    if not stands["called"]:
        return "warn", _("Nobody is called yet")
    if stands["state"] == "confirmed":
        return "ok", ngettext("%(n)d person has confirmed", "All %(n)d people have confirmed", stands["called"]) % {
            "n": stands["called"]
        }
    return "bad" if stands["state"] == "declined" else "warn", stands["text"]


# --- what waits -----------------------------------------------------------------------------------------


@register.filter
def asks(call: Row) -> str:
    """Return what somebody wants of the producer: "Samir proposes 11:30 instead of 10:00", "Noor said no"."""
    zone, name = call["session"]["time_zone"], call["person"]["name"]
    if call["answer"] == "declined":
        return _("%(name)s can’t come") % {"name": name}
    wish, called = call["proposed_at"], call["call_at"]
    same = moments.day(wish, zone) == moments.day(called, zone)
    said = {
        "name": name,
        "wish": moments.clock(wish, zone) if same else moments.when(wish, zone),
        "call": moments.clock(called, zone),
    }
    return _("%(name)s asks for %(wish)s, not %(call)s") % said


@register.filter
def late_things(day: Row) -> list[dict[str, Any]]:
    """Return what is late, the latest first: projects by deadline or stage, and songs."""
    found = [_late_project(row) for row in day.get("late_projects", ())]
    found += [_late_song(row) for row in day.get("late_songs", ())]
    return sorted(found, key=lambda thing: thing["since"])


def _late_project(row: Row) -> dict[str, Any]:
    dates = [(row["late_deadline_on"], _("delivery")), (row["late_stage_on"], words.word(row["late_stage"]).lower())]
    since, what = min((date, what) for date, what in dates if date)
    title = _("%(title)s, %(what)s") % {"title": row["title"], "what": what}
    return {
        "kind": "project",
        "row": {**row, "can": {"edit": True}},
        "title": title,
        "since": since,
        "of": row["artist"],
    }


def _late_song(row: Row) -> dict[str, Any]:
    title = _("%(title)s, %(what)s") % {"title": row["title"], "what": words.word(row["stage"], "Song.stage").lower()}
    row = {**row, "can": {"edit": True}}
    return {"kind": "song", "row": row, "title": title, "since": row["late_on"], "of": row["project"]["title"]}


@register.filter
def stuck_title(row: Row) -> str:
    """Return what did not leave: "Invitation to Wren Castellan"."""
    kinds = {
        "session.invitation": _("Invitation"),
        "session.moved": _("New time"),
        "session.cancelled": _("Cancellation"),
        "session.reminder": _("Reminder"),
        "session.proposal_answered": _("Answer to a proposal"),
        "call.answer": _("News of an answer"),
        "project.invitation": _("Invitation to join"),
        "session.call_sheet": _("Call sheet"),
        "digest.morning": _("Morning mail"),
        "poll.asked": _("Question which dates work"),
        "poll.closed": _("News that dates are off"),
    }
    named = {"what": kinds.get(row["kind"], _("Message")), "name": row["recipient_name"]}
    return _("%(what)s to %(name)s") % named if row["recipient_name"] else str(named["what"])


@register.filter
def nudgeable(calls: Sequence[Row]) -> int:
    """Return how many of those who have not answered may be asked again now."""
    return sum(1 for call in calls if call["may_nudge"])
