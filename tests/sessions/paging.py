"""What tests of the pages of sessions share."""

import re
from html import unescape
from typing import Any

from sessions.models import StudioSession
from tests.cast import Cast

NOON = "2027-03-01T12:00:00Z"
SIGNED_IN, FRAME = 2, 1  # session, user with grants; open projects, the bell and the desk
State = StudioSession.State


def text(answer: Any, status: int = 200) -> str:
    """Return what a page says, without its markup."""
    assert answer.status_code == status, (answer.status_code, answer.content[-2000:])
    body = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    body = re.sub(r"<(template|script|datalist|noscript)\b.*?</\1>", " ", body, flags=re.S)
    return re.sub(r"\s+([,.]?)", r" \1", unescape(re.sub(r"<[^>]+>", " ", body))).replace(" ,", ",").replace(" .", ".")


def form_of(answer: Any) -> dict[str, Any]:
    """Return what the page's form would send if it were sent as it is."""
    form = answer.context["form"]
    sent: dict[str, Any] = {"_once": form["once"]} | ({"_etag": form["etag"]} if form["etag"] else {})
    for field in form["fields"].values():
        for part in [part for row in field["rows"] for part in row.values()] if field["type"] == "rows" else [field]:
            if part["type"] == "checkbox":
                sent |= {part["name"]: "true"} if part["value"] else {}
            elif part["type"] == "money":
                sent |= {f"{part['name']}.{name}": part["value"][name] for name in ("amount", "currency")}
            else:
                sent[part["name"]] = "" if part["value"] is None else part["value"]
    return sent


def typed(cast: Cast, **more: Any) -> dict[str, Any]:
    """Return a booking as it is typed."""
    return {
        "project": cast.project.pk,
        "kind": "tracking",
        "title": "Strings",
        "day": "2027-03-10",
        "starts": "10:00",
        "ends": "18:00",
        "room": cast.room.pk,
        "calls[0]contributor": cast.wren_called.pk,
        "calls[0]role": "Violin",
        "calls[0]call": "09:30",
        "_once": "once",
    } | more
