"""How the mail of the morning reads: what Today says, what wants doing first."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit import clock, moments, words
from producerdesk.kit.templatetags.desk import money_text
from producerdesk.overview.templatetags.days import asks, late_things, stuck_title
from sessions.templatetags.booked import answers, clock_of, mine, where

Row = Mapping[str, Any]
Section = tuple[str, list[str]]


def sections(day: Row, zone: str, *, planning: bool) -> list[Section]:
    """Return what there is to say, as (heading, lines); nothing if there is nothing.

    `zone` is the reader's. Who plans reads of the sessions planned here, who is called of the own calls.
    """
    parts = [*_coming(day, zone, planning=planning)]
    if planning:
        parts += [
            (_("They wait for you"), [_line(asks(call), call["session"]) for call in day.get("asking", ())]),
            (_("You wait for them"), [_owed(call) for call in day.get("waiting", ())]),
            (_("Did not leave"), [_stuck(row) for row in day.get("stuck", ())]),
            (_("Late"), [f"{thing['title']} · {thing['of']}, {_since(thing)}" for thing in late_things(day)]),
            (_("Open roles"), [_role(row) for row in day.get("roles", ())]),
            (_("Budgets"), [line for row in day.get("budgets", ()) for line in _budget(row)]),
        ]
    return [(heading, lines) for heading, lines in parts if lines]


def _coming(day: Row, zone: str, *, planning: bool) -> Iterator[Section]:
    """Yield today's sessions and tomorrow's, as the reader counts days; one that goes on over midnight is today's."""
    today = date.fromisoformat(day["date"])
    found: dict[str, list[str]] = {_("Today"): [], _("Tomorrow"): []}
    for session in day["sessions"]["results"]:
        call = mine(session["calls"])
        concerns = session["can"]["plan"] if planning else call and call.get("answer") != "declined"
        begins = moments.local(session["starts_at"] if planning or not call else call["call_at"], zone)
        if not concerns or not isinstance(begins, datetime) or begins.date() > today + timedelta(days=1):
            continue
        line = _planned(session, zone) if planning else _called(session, call or {}, zone)
        found[_("Tomorrow") if begins.date() > today else _("Today")].append(line)
    yield from found.items()


def _planned(session: Row, zone: str) -> str:
    stands = answers(session["calls"])
    starts, ends = session["starts_at"], session["ends_at"]
    hours = _by_both(session, starts, zone, lambda zone: moments.span(starts, ends, zone))
    parts = [f"{hours}  {session['title']}", session["project"]["title"], where(session)]
    if session["state"] == "hold":
        parts.append(_("a hold"))
    elif stands["called"]:
        parts.append(stands["text"])
    return " · ".join(parts)


def _called(session: Row, call: Row, zone: str) -> str:
    at = call["call_at"]
    there = _by_both(session, at, zone, lambda zone: moments.clock(at, zone))
    parts = [_("Be there at %(at)s") % {"at": there}, session["title"], session["project"]["title"], where(session)]
    if session["state"] == "hold":
        parts.append(_("not fixed yet"))
    elif call.get("answer") == "pending":
        parts.append(_("you have not answered yet"))
    if session.get("prepare"):
        parts.append(_("to prepare: %(what)s") % {"what": " ".join(session["prepare"].split())})
    return " · ".join(parts)


def _by_both(session: Row, at: str, zone: str, said: Callable[[str], str]) -> str:
    """Return a time of a session on the clock of its place, and where the reader's shows another one on both."""
    place, moment = session["time_zone"], moments.local(at, session["time_zone"])
    if not isinstance(moment, datetime) or not clock.ahead(moment, zone, place):
        return said(place)
    own = said(zone) if moments.day(at, zone) == moments.day(at, place) else f"{moments.day(at, zone)}, {said(zone)}"
    return _("%(time)s %(place)s time (%(own)s in %(city)s)") % {
        "time": said(place),
        "place": clock_of(session),
        "own": own,
        "city": moments.city(zone),
    }


def _owed(call: Row) -> str:
    return _line(call["person"]["name"], call["session"])


def _line(what: str, session: Row) -> str:
    return f"{what} · {session['title']}, {moments.day(session['starts_at'], session['time_zone'])}"


def _stuck(row: Row) -> str:
    return " · ".join(filter(None, (stuck_title(row), row["about"], row["reason"])))


def _since(thing: Row) -> str:
    return _("since %(day)s") % {"day": moments.day(date.fromisoformat(str(thing["since"])))}


def _role(row: Row) -> str:
    role = f"{row['role']}, {row['part']}" if row["part"] else row["role"]
    parts = [role, row["project"]["title"], words.word(row["state"], "Engagement.state").lower()]
    if row["needed_by"]:
        parts.append(_("needed by %(day)s") % {"day": moments.day(date.fromisoformat(row["needed_by"]))})
    return " · ".join(parts)


def _budget(row: Row) -> Iterator[str]:
    """Yield the alerts of a budget: over what was approved, in all or in a line, and a plan that waits for a yes."""
    title = row["project"]["title"]
    if row["over"]:
        over = row["left"] | {"amount": row["left"]["amount"].removeprefix("-")}
        yield _("%(project)s: %(sum)s over the plan") % {"project": title, "sum": money_text(over)}
    elif row["over_lines"]:
        lines = ngettext("%(n)d line over", "%(n)d lines over", row["over_lines"]) % {"n": row["over_lines"]}
        yield f"{title}: {lines}"
    if row["approve"]:
        yield _("%(project)s: the plan waits for your yes") % {"project": title}
