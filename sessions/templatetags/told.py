"""What the page of a session says of what is and was to be sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit import moments

register = template.Library()

Row = Mapping[str, Any]
DAY, HOUR = 24 * 60, 60  # minutes
NAMED = 2  # more people than this are a number
OPEN, DROPPED = ("pending", "claimed", "sending"), ("cancelled", "superseded", "expired")


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
        return _before(row["offset"])
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


def _before(minutes: int) -> str:
    """Return how long before it is: "7 days before", "1 day before", "2 hours before", "1 h 30 before"."""
    if minutes and minutes % DAY == 0:
        return ngettext("%(n)d day before", "%(n)d days before", minutes // DAY) % {"n": minutes // DAY}
    if minutes and minutes % HOUR == 0:
        return ngettext("%(n)d hour before", "%(n)d hours before", minutes // HOUR) % {"n": minutes // HOUR}
    return _("%(time)s before") % {"time": moments.duration(minutes)}
