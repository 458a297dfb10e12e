"""What templates of sessions say of the API's data: places, answers, what was sent, rates by their unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit import forms, moments, words
from producerdesk.kit.paths import path_to
from producerdesk.kit.templatetags.desk import chip, state
from sessions import schedule

register = template.Library()

Row = Mapping[str, Any]
DAY, HOUR = 24 * 60, 60  # minutes
NAMED = 2  # more people than this are a number
RATE_UNITS = (("hour", "1"), ("half_day", "4"), ("day", "8"), ("overtime", "10"))  # and the hours to begin with
A_MONDAY = date(2024, 1, 1)
OPEN, DROPPED = ("pending", "claimed", "sending"), ("cancelled", "superseded", "expired")


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
    called = len(calls)
    known = [call["answer"] for call in calls if "answer" in call]
    counts = {answer: known.count(answer) for answer in ("confirmed", "pending", "declined", "proposed")}
    state, text = "", ""
    if called and len(known) < called:
        text = ngettext("%(called)d person", "%(called)d people", called) % {"called": called}
    elif counts["proposed"]:
        state, text = (
            "proposed",
            ngettext("%(n)d asks for another time", "%(n)d ask for another time", counts["proposed"])
            % {"n": counts["proposed"]},
        )
    elif counts["declined"]:
        state, text = "declined", _("%(n)d said no") % {"n": counts["declined"]}
    elif counts["pending"]:
        state, text = "unanswered", _("%(n)d of %(called)d not answered") % {"n": counts["pending"], "called": called}
    elif called:
        state, text = "confirmed", _("All confirmed")
    return counts | {"called": called, "state": state, "text": text}


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
    every, days = series["every"], get_text_list([_weekday(day) for day in series["weekdays"]], _("and"))
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
def is_over(moment: str) -> bool:
    """Say whether a moment of the API has passed."""
    at = moments.read(moment)
    return isinstance(at, datetime) and at <= timezone.now()


@register.filter
def lines(sessions: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Yield what a table says of each session: a list has many, so everything is found out once and in one place."""
    for session in sessions:
        zone, starts = session["time_zone"], session["starts_at"]
        yield {
            "url": path_to("sessions:detail", session["id"]),
            "title": session["title"],
            "series": repeats(session),
            "off": session["state"] == "cancelled",
            "project": session["project"],
            "kind": words.word(session["kind"], "StudioSession.kind"),
            "iso": moments.iso(starts, zone),
            "day": moments.day(starts, zone),
            "span": moments.span(starts, session["ends_at"], zone),
            "where": where(session),
            "stands": stands(session),
        }


# --- forms --------------------------------------------------------------------------------------------


@register.filter
def people_of(calls: Iterable[Row]) -> set[int]:
    """Return who is called and has not said no, by id."""
    return {call["person"]["id"] for call in calls if call.get("answer") != "declined"}


@register.filter
def free_to_add(hires: Iterable[Row], form: Row) -> list[Row]:
    """Return the hires whose people are not in the form's rows yet, each person once."""
    calls = form["fields"].get("calls", {}).get("rows", [])
    there = {str(row["contributor"]["value"]) for row in calls}
    found: dict[int, Row] = {}
    for hire in hires:
        person = hire["contributor"]["id"]
        if str(person) not in there:
            found.setdefault(person, hire)
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
def rate_rows(field: Row) -> list[dict[str, Any]]:
    """Return a row for each rate that is typed or agreed, by unit, and an empty one for each unit that has none."""
    rows: list[Row] = []
    for unit, hours in RATE_UNITS:
        typed = [row for row in field["rows"] if row["unit"]["value"] == unit]
        rows += sorted(typed, key=lambda row: row["valid_from"]["value"] or "") or [_blank_rate(field, unit, hours)]
    return [
        {name: _numbered(part, number, name) for name, part in row.items()} | {"dated": _is_dated(row)}
        for number, row in enumerate(rows)
    ]


@register.filter
def blank_rate(field: Row) -> dict[str, Any]:
    """Return the row that a press adds: a rate of any unit, from some day on."""
    row = _blank_rate(field, "hour", "1")
    return {name: _numbered(part, "__n__", name) for name, part in row.items()} | {"dated": True}


def _is_dated(row: Row) -> bool:
    return any(row[name]["value"] or row[name]["errors"] for name in ("valid_from", "valid_until"))


@register.filter
def by_weekday(hours: Sequence[Row]) -> list[dict[str, str]]:
    """Return for each day of the week when it is open; days in a row that are alike are one: "Monday – Friday"."""
    found: list[dict[str, str]] = []
    for number in range(7) if hours else ():
        spans = ", ".join(f"{row['opens']} – {row['closes']}" for row in hours if row["weekday"] == number)
        name = _weekday(number)
        if found and found[-1]["hours"] == spans:
            found[-1]["last"] = name
        else:
            found.append({"first": name, "last": name, "hours": spans})
    for day in found:
        day["name"] = day["first"] if day["first"] == day["last"] else f"{day['first']} – {day['last']}"
    return found


@register.filter
def week_rows(field: Row) -> list[dict[str, Any]]:
    """Return a row for each span that is typed or said, by weekday, and an empty one for each day that has none."""
    rows: list[Row] = []
    for number in range(7):
        typed = [row for row in field["rows"] if str(row["weekday"]["value"]) == str(number)]
        rows += typed or [_blank_row(field, {"weekday": number})]
    return [
        {name: _numbered(part, number, name, "opening_hours") for name, part in row.items()}
        | {"day": _weekday(int(row["weekday"]["value"]))}
        for number, row in enumerate(rows)
    ]


def _weekday(number: int) -> str:
    return moments.part(A_MONDAY + timedelta(days=number), "l")


@register.filter
def is_something(amount: Row | None) -> bool:
    """Say whether a sum of the API is more than zero."""
    return bool(amount) and any(digit in "123456789" for digit in amount["amount"])  # type: ignore[index]


@register.filter
def valid_when(rate: Row) -> str:
    """Return from and until when a rate is valid, where it is not for good: "from 1 Mar 2027"."""
    first, last = (moments.day(rate[name]) if rate[name] else "" for name in ("valid_from", "valid_until"))
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    return _("from %(day)s") % {"day": first} if first else _("until %(day)s") % {"day": last} if last else ""


def _blank_rate(field: Row, unit: str, hours: str) -> dict[str, Any]:
    row = _blank_row(field, {"unit": unit, "hours": hours, "minimum_hours": "0"})
    row["amount"]["value"] = {"amount": "", "currency": row["amount"]["currencies"][0]}
    return row


def _blank_row(field: Row, values: dict[str, Any]) -> dict[str, Any]:
    drawn = forms.build({field["name"]: field}, values={field["name"]: [values]})
    return drawn["fields"][field["name"]]["rows"][0]


def _numbered(part: Row, number: int | str, name: str, rows: str = "rates") -> dict[str, Any]:
    # that all of it is optional is said once, above
    return dict(part) | {"name": f"{rows}[{number}]{name}", "id": f"f-{rows}-{number}-{name}", "required": True}


# --- what was sent ------------------------------------------------------------------------------------


@register.filter
def ledger(deliveries: Sequence[Row]) -> dict[str, Any]:
    """Return what is and was to be sent, one line for all to whom the same happened: `lines`, `dropped`, `next_at`."""
    groups: dict[tuple, list[Row]] = {}
    for row in sorted(deliveries, key=lambda row: (row["due_at"], row["id"])):
        # people are called at different times: what is sent so long before is one line all the same
        when = "" if row["offset"] else row["due_at"][:16]
        key = (row["kind"], row["offset"], when, _outcome(row), row["reason"])
        groups.setdefault(key, []).append(row)
    lines = [_line(rows) for rows in groups.values()]
    return {
        "lines": [line for line in lines if line["outcome"] != "replaced"],
        "dropped": [line for line in lines if line["outcome"] == "replaced"],
        "next_at": min((row["due_at"] for row in deliveries if row["state"] in OPEN), default=None),
    }


def _outcome(row: Row) -> str:
    if row["state"] in OPEN:
        return "due"
    if row["state"] == "superseded":
        return "replaced"
    return "skipped" if row["state"] in DROPPED else row["state"]


def _line(rows: Sequence[Row]) -> dict[str, Any]:
    first = rows[0]
    outcome = _outcome(first)
    names = list(dict.fromkeys(row["recipient_name"] for row in rows))
    channels = sorted({row["channel"] for row in rows}, reverse=True)
    icon, tone, word = {
        "due": ("clock", "", _("Due")),
        "sent": ("mail-check", "pd-ok", _("Sent")),
        "failed": ("alert-triangle", "pd-bad", _("Failed")),
        "skipped": ("mail-off", "", _("Skipped")),
        "replaced": ("mail-off", "", _("Replaced")),
    }[outcome]
    return {
        "title": _title(first),
        "who": _people(names),
        "by": get_text_list([_by(channel) for channel in channels], _("and")),
        "outcome": outcome,
        "icon": icon,
        "tone": tone,
        "word": word,
        "at": first["sent_at"] or first["due_at"],
        "until": rows[-1]["sent_at"] or rows[-1]["due_at"],
        "names": ", ".join(names),
        "reason": first["reason"],
        "retry": [row for row in rows if row["may_retry"]],
    }


def _title(row: Row) -> str:
    if row["kind"] == "session.reminder":
        return before(row["offset"])
    words: dict[str, str] = {
        "session.invitation": _("Invitation"),
        "session.moved": _("Moved"),
        "session.cancelled": _("Cancelled"),
        "session.proposal_answered": _("Answer to a proposal"),
        "session.call_sheet": _("Call sheet"),
        "call.answer": _("An answer came"),
        "hold.challenged": _("Hold challenged"),
        "hold.answered": _("Challenge answered"),
        "hold.lapsed": _("No answer to the challenge"),
        "poll.asked": _("Which dates work"),
        "poll.closed": _("Dates called off"),
        "poll.answered": _("Dates answered"),
    }
    kind: str = row["kind"]
    return words.get(kind, kind)


def _by(channel: str) -> str:
    words: dict[str, str] = {"email": _("by e-mail"), "bell": _("in the app")}
    return words.get(channel, channel)


def _people(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return ngettext("%(n)d person", "%(n)d people", len(names)) % {"n": len(names)}
    return get_text_list(list(names), _("and"))


@register.filter
def before(minutes: int) -> str:
    """Return how long before it is: "7 days before", "1 day before", "2 hours before", "1 h 30 before"."""
    if minutes and minutes % DAY == 0:
        return ngettext("%(n)d day before", "%(n)d days before", minutes // DAY) % {"n": minutes // DAY}
    if minutes and minutes % HOUR == 0:
        return ngettext("%(n)d hour before", "%(n)d hours before", minutes // HOUR) % {"n": minutes // HOUR}
    return _("%(time)s before") % {"time": moments.duration(minutes)}


@register.filter
def is_past(session: Row) -> bool:
    """Say whether a session is over."""
    ends = moments.read(session["ends_at"])
    return isinstance(ends, datetime) and ends <= timezone.now()
