"""The take sheet on paper: every take by song, with how and by whom it was recorded."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from producerdesk.kit import moments, papers
from sessions.sheets.paper import typeset
from sessions.templatetags.rooms import recorded

Row = Mapping[str, Any]


def answer(log: Row, session: Row, asked: str, *, address: str) -> HttpResponse:
    """Return the take sheet as a PDF to be opened, on the paper `asked` for, else the desk's."""
    body = pdf(log, session, paper=papers.chosen(asked, log["paper"]), address=address)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="take-sheet-{session["id"]}.pdf"'
    return response


def pdf(log: Row, session: Row, *, paper: str, address: str = "") -> bytes:
    """Return the take sheet of a session as PDF: the report of its take log and the session, as the API says them."""
    return typeset("take-sheet", _data(log, session), paper=paper, address=address)


def _data(log: Row, session: Row) -> dict[str, Any]:
    zone, room = log["time_zone"], session["room"]
    starts, ends = log["real_starts_at"] or log["starts_at"], log["real_ends_at"] or log["ends_at"]
    facts = [
        (_("Artist"), log["project"]["artist"]),
        (_("Where"), f"{room['studio']['name']}, {room['name']}" if room else session["remote_place"]),
        (_("Engineer"), _names(log, "engineer")),
        (_("Recorded with"), recorded(log)),
        (_("Hours"), f"{moments.clock(starts, zone)}–{moments.clock(ends, zone)}"),
    ]
    return {
        "name": _("Take sheet"),
        "over": f"{log['project']['title']} · {log['project']['artist']}",
        "title": log["title"],
        "day": moments.long_day(log["starts_at"], zone),
        "facts": [{"label": label, "text": text} for label, text in facts if text],
        "songs": [_song(song, log) for song in _songs(log)],
        "nothing": _("No take was logged."),
        "foot": f"{log['project']['title']} · {log['title']}",
        "labels": {
            "take": _("Take"),
            "time": _("Time"),
            "who": _("Who plays"),
            "rating": _("Rating"),
            "note": _("Note"),
            "keeper": _("Keeper"),
        },
    }


def _songs(log: Row) -> list[Row]:
    """Return the session's songs that were played, and those that were taken off it since."""
    known = {song["id"]: song for song in log["songs"]}
    for take in log["takes"]:
        known.setdefault(take["song"], {"id": take["song"], "title": take["song_title"], "tempo": None, "key": ""})
    played = {take["song"] for take in log["takes"]}
    return [song for pk, song in known.items() if pk in played]


def _song(song: Row, log: Row) -> dict[str, Any]:
    tempo = _("%(tempo)s bpm") % song if song["tempo"] else ""
    return {
        "title": song["title"],
        "facts": ", ".join(filter(None, (tempo, song["key"]))),
        "takes": [_take(take, log["time_zone"]) for take in log["takes"] if take["song"] == song["id"]],
    }


def _take(take: Row, zone: str) -> dict[str, Any]:
    because = _("Once more: %(reason)s") % take if take["reason"] else ""
    return {
        "number": str(take["number"]),
        "at": moments.clock(take["taken_at"], zone),
        "who": ", ".join(person["name"] for person in take["performers"]),
        "rating": f"{take['rating']}/5" if take["rating"] else "",
        "keeper": take["keeper"],
        "note": "\n".join(filter(None, (because, take["note"]))),
    }


def _names(log: Row, role: str) -> str:
    return ", ".join(person["name"] for person in log["people"] if role in person["role"].casefold())
