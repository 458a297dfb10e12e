"""What templates of sessions say of the API's data: places, people and their answers, what a form shows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from producerdesk.kit import moments, words
from producerdesk.kit.paths import path_to
from producerdesk.kit.templatetags.desk import chip, sleeve, state
from sessions import schedule
from sessions.templatetags.studios import weekday_name

register = template.Library()

Row = Mapping[str, Any]

ANSWERS = ("confirmed", "pending", "declined", "proposed")
STRUCK = ' class="is-struck"'


# --- places and people --------------------------------------------------------------------------------


@register.filter
def where(session: Row) -> str:
    """Return "Foxglove, Room A", or where a session without a room is."""
    room = session["room"]
    return f"{room['studio']['name']}, {room['name']}" if room else session["remote_place"] or _("Remote")


@register.filter
def clock_of(session: Row) -> str:
    """Return the place by which its clock is called: the studio's city, else the zone's."""
    city = session["room"]["studio"]["city"] if session["room"] else ""
    return city or moments.city(session["time_zone"])


register.filter("map_of", schedule.map_of)


@register.filter
def set_up_from(session: Row) -> str:
    """Return when the room is set up, where that takes time: "09:30"."""
    minutes = session.get("setup_minutes")
    starts = moments.read(session["starts_at"])
    if not minutes or not isinstance(starts, datetime):
        return ""
    return moments.clock(starts - timedelta(minutes=minutes), session["time_zone"])


@register.filter
def engineer(calls: Iterable[Row]) -> Row | None:
    """Return the call of the engineer, if one is called who has not said no."""
    engineers = [call for call in calls if "engineer" in call["role"].casefold() and call.get("answer") != "declined"]
    return engineers[0] if engineers else None


@register.filter
def proposals(calls: Iterable[Row]) -> list[Row]:
    """Return the calls whose people asked for another time."""
    return [call for call in calls if call.get("answer") == "proposed"]


@register.filter
def mine(calls: Iterable[Row]) -> Row | None:
    """Return the reader's own call, if there is one."""
    return next((call for call in calls if call.get("mine")), None)


@register.filter
def answers(calls: Sequence[Row]) -> dict[str, Any]:
    """Return how many were called and how many said what, and in `state` and `text` what matters most of it.

    Who may not read answers learns how many are called.
    """
    known = [call["answer"] for call in calls if "answer" in call]
    counts = tuple(known.count(answer) for answer in ANSWERS)
    state, text = _said(get_language(), len(calls), len(known), *counts)
    return {**dict(zip(ANSWERS, counts, strict=True)), "called": len(calls), "state": state, "text": text}


@lru_cache  # few are called to a session, so they say the same
def _said(
    language: str | None, called: int, known: int, confirmed: int, pending: int, declined: int, proposed: int
) -> tuple[str, str]:
    if known < called:
        return "", ngettext("%(called)d person", "%(called)d people", called) % {"called": called}
    if proposed:
        text = ngettext("%(n)d asks for another time", "%(n)d ask for another time", proposed) % {"n": proposed}
        return "proposed", text
    if declined:
        return "declined", _("%(n)d said no") % {"n": declined}
    if pending:
        return "unanswered", _("%(n)d of %(called)d not answered") % {"n": pending, "called": called}
    return ("confirmed", _("All confirmed")) if called else ("", "")


@register.simple_tag
def stands(session: Row) -> SafeString:
    """Return how a session stands, in one mark."""
    if session["state"] == "hold":
        expired = session.get("expired")
        return chip("cancelled" if expired else "hold", text=_("Hold expired") if expired else _place(session))
    if session["state"] in ("cancelled", "wrapped"):
        return state(session["state"], text=words.word(session["state"], "StudioSession.state"))
    said = answers(session["calls"])
    return state(said["state"] or "confirmed", text=said["text"] if said["state"] else _("Booked"))


def _place(session: Row) -> str:
    return hold_place(session["hold_rank"]) if session.get("hold_rank") else _("Hold")


@register.filter
def hold_place(rank: int | None) -> str:
    """Return a hold's place in line as the trade says it: "1st hold". Nothing is said of one that stands in none."""
    if rank is None:
        return _("Hold")
    words: dict[int, str] = {1: _("1st hold"), 2: _("2nd hold"), 3: _("3rd hold")}
    return words.get(rank) or _("Hold no. %(rank)d") % {"rank": rank}


@register.filter
def repeats(session: Row) -> str:
    """Return which date of a series it is, and when it repeats: "3 of 8, every Tuesday". Nothing of what does not."""
    series = session.get("series")
    if not series:
        return ""
    number = _("%(number)d of %(count)d") % {"number": session["series_number"], "count": series["count"]}
    every, days = series["every"], get_text_list([weekday_name(day) for day in series["weekdays"]], _("and"))
    if series["rule"] == "daily":
        rule = ngettext("every day", "every %(n)d days", every) % {"n": every}
    else:
        rule = ngettext("every %(days)s", "every %(n)d weeks on %(days)s", every) % {"n": every, "days": days}
    return f"{number}, {rule}"


@register.simple_tag
def book_at(found: Row, start: Row, form: Row) -> str:
    """Return the address of the booking form with a free time in it: its project, room, hours and people."""
    said = {
        "project": form["fields"]["project"]["value"],
        "room": found["room"]["id"],
        "day": found["day"],
        "calls": "",
    }
    said |= {name: start[name] for name in ("starts", "ends", "ends_on", "starts_fold", "ends_fold")}
    if form["fields"]["hold"]["value"]:
        said["hold"] = "true"
    for number, person in enumerate(form["fields"]["people"]["value"]):
        said[f"calls[{number}]contributor"] = person
    said["gear"] = form["fields"]["gear"]["value"] or None
    known = {name: value for name, value in said.items() if value is not None}
    return f"{path_to('sessions:new')}?{urlencode(known, doseq=True)}"


@register.filter
def day_is_over(day: str) -> bool:
    """Say whether a day of the API has passed where the reader is."""
    return day < timezone.localdate().isoformat()


@register.filter
def is_over(moment: str) -> bool:
    """Say whether a moment of the API has passed."""
    at = moments.read(moment)
    return isinstance(at, datetime) and at <= timezone.now()


@register.simple_tag
def session_rows(sessions: Iterable[Row], with_project: bool) -> SafeString:
    """Return the rows of a table of sessions. A list has many, so each is drawn in one go: that takes a third."""
    return SafeString("\n".join(_row(session, with_project) for session in sessions))


def _row(session: Row, with_project: bool) -> str:
    zone, starts, project = session["time_zone"], session["starts_at"], session["project"]
    kind, again = words.word(session["kind"], "StudioSession.kind"), repeats(session)
    about = " · ".join(filter(None, (project["title"] if with_project else "", kind, again)))
    return (
        f'<tr><th scope="row"><a class="pd-who" href="{path_to("sessions:detail", session["id"])}">'
        f"{sleeve(project['id']) if with_project else ''}"
        f"<span><b{STRUCK if session['state'] == 'cancelled' else ''}>{escape(session['title'])}</b>"
        f"<small>{escape(about)}</small></span></a></th>"
        f'<td><time datetime="{moments.iso(starts, zone)}">{moments.day(starts, zone)}</time>'
        f'<small class="pd-block">{moments.span(starts, session["ends_at"], zone)}</small></td>'
        f'<td class="pd-wrap">{escape(where(session))}</td><td class="r">{stands(session)}</td></tr>'
    )


# --- forms --------------------------------------------------------------------------------------------


@register.filter
def people_of(calls: Iterable[Row]) -> set[int]:
    """Return who is called and has not said no, by id."""
    return {call["person"]["id"] for call in calls if call.get("answer") != "declined"}


@register.filter
def one_press(hires: Iterable[Row], form: Row) -> list[Row]:
    """Return the hires, each person once; `there` says of whom that the form's rows have them already."""
    calls = form["fields"].get("calls", {}).get("rows", [])
    there = {str(row["contributor"]["value"]) for row in calls}
    found: dict[int, Row] = {}
    for hire in hires:
        person = hire["contributor"]["id"]
        found.setdefault(person, {**hire, "there": str(person) in there})
    return list(found.values())


@register.filter
def place_typed(form: Row) -> str:
    """Return by whose clock the form's times are meant, as far as that is known: "Porto"."""
    fields = form["fields"]
    room = next((each for each in fields["room"]["choices"] if str(each["value"]) == fields["room"]["value"]), None)
    return (
        (room["place"] or moments.city(room["time_zone"])) if room else moments.city(fields["time_zone"]["value"] or "")
    )


@register.filter
def asked_for(field: Row) -> bool:
    """Say whether a field that is asked for only sometimes should be drawn: it was refused, or says something."""
    return bool(field["errors"]) or str(field["value"] or "") not in ("", "None")


@register.filter
def is_something(amount: Row | None) -> bool:
    """Say whether a sum of the API is more than zero."""
    return bool(amount) and any(digit in "123456789" for digit in amount["amount"])  # type: ignore[index]


@register.filter
def is_past(session: Row) -> bool:
    """Say whether a session is over."""
    ends = moments.read(session["ends_at"])
    return isinstance(ends, datetime) and ends <= timezone.now()
