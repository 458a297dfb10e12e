"""What changed from one version of a call sheet to another, in words: "Call time of Wren 10:00 → 11:00"."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from producerdesk.kit import moments

Content = Mapping[str, Any]
Change = dict[str, str]
ARROW = "%(what)s %(was)s → %(now)s"


def between(before: Content, after: Content, *, call: int | None = None, whole: bool = False) -> list[Change]:
    """Return what changed, what matters most first. `call` is the reader's own: its time is "your call time".

    `whole` tells of changed texts what they were and are, and not only that they changed.
    """
    found = [
        *_people(before, after, call),
        *_time(before, after),
        *_place(before, after),
        *_running_order(before, after),
        *_lists(before, after),
        *_texts(before, after, whole),
    ]
    return [{"what": what, "text": text} for what, text in found]


def _time(before: Content, after: Content) -> Iterator[tuple[str, str]]:
    was, now = (_span(content) for content in (before, after))
    if was != now:
        yield "time", _arrow(_("Session"), was, now)
    if before["wrap_at"] != after["wrap_at"]:
        yield "wrap", _arrow(_("Wrap"), _clock(before, before["wrap_at"]), _clock(after, after["wrap_at"]))
    if before["title"] != after["title"]:
        yield "title", _arrow(_("Title"), before["title"], after["title"])


def _people(before: Content, after: Content, own: int | None) -> Iterator[tuple[str, str]]:
    were, are = ({person["call"]: person for person in content["people"]} for content in (before, after))
    for call in sorted(are, key=lambda key: key != own):
        person, was = are[call], were.get(call)
        at = _clock(after, person["call_at"])
        if was is None:
            yield "people", _("%(name)s is called, %(at)s") % {"name": person["name"], "at": at}
            continue
        earlier = _clock(before, was["call_at"])
        if was["call_at"] != person["call_at"] or earlier != at:
            title = _("Your call time") if call == own else _("Call time of %(name)s") % person
            yield "call_time", _arrow(title, earlier, at)
        if was["role"] != person["role"]:
            yield "people", _("%(name)s: %(role)s") % {"name": person["name"], "role": person["role"] or _("no role")}
    for call in were.keys() - are.keys():
        yield "people", _("%(name)s is not called any more") % were[call]


def _place(before: Content, after: Content) -> Iterator[tuple[str, str]]:
    was, now = (_where(content["place"]) for content in (before, after))
    if was != now:
        yield "place", _arrow(_("Place"), was, now)
    elif before["place"] != after["place"]:
        yield "place", _("Address or phone of the studio changed")


def _running_order(before: Content, after: Content) -> Iterator[tuple[str, str]]:
    were, are = _by_name(before), _by_name(after)
    for key, row in are.items():
        at = _clock(after, row["starts_at"])
        was = were.get(key)
        if was is None:
            yield "running_order", _("New: %(what)s, %(at)s") % {"what": row["what"], "at": at}
        elif _clock(before, was["starts_at"]) != at:
            yield "running_order", _arrow(row["what"], _clock(before, was["starts_at"]), at)
        elif any(was[name] != row[name] for name in ("songs", "who", "is_break")):
            yield "running_order", _("%(what)s, %(at)s: changed") % {"what": row["what"], "at": at}
    for key, row in were.items():
        if key not in are:
            yield "running_order", _("Off: %(what)s") % row


def _by_name(content: Content) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Return the rows by what is done; the second of a name is the second."""
    seen: dict[str, int] = {}
    found = {}
    for row in content["running_order"]:
        seen[row["what"]] = seen.get(row["what"], 0) + 1
        found[row["what"], seen[row["what"]]] = row
    return found


def _lists(before: Content, after: Content) -> Iterator[tuple[str, str]]:
    came, went = _differ(before["songs"], after["songs"])
    yield from (("songs", _("Song added: %(title)s") % {"title": title}) for title in came)
    yield from (("songs", _("Song off: %(title)s") % {"title": title}) for title in went)
    came, went = _differ([_gear(row) for row in before["gear"]], [_gear(row) for row in after["gear"]])
    yield from (("gear", _("Gear added: %(what)s") % {"what": text}) for text in came)
    yield from (("gear", _("Gear off: %(what)s") % {"what": text}) for text in went)
    # another room has other things in it, which says itself; and older sheets said nothing of what is in the room
    if {"room_gear"} <= before.keys() & after.keys() and _where(before["place"]) == _where(after["place"]):
        came, went = _differ(before["room_gear"], after["room_gear"])
        yield from (("gear", _("In the room now: %(what)s") % {"what": text}) for text in came)
        yield from (("gear", _("Not in the room any more: %(what)s") % {"what": text}) for text in went)
    yield from (("contacts", _("Contact of %(name)s changed") % {"name": name}) for name in _contacts(before, after))


def _contacts(before: Content, after: Content) -> list[str]:
    """Return whose phone or e-mail is another, or is there or gone. Who is called or not any more is told already."""
    were, are = (
        {person["call"]: (person["phone"], person["email"]) for person in content["people"]}
        for content in (before, after)
    )
    names = [
        person["name"]
        for person in after["people"]
        if person["call"] in were and were[person["call"]] != are[person["call"]]
    ]
    had, has = ({row["name"]: row for row in content["contacts"]} for content in (before, after))
    return names + [name for name in dict.fromkeys([*has, *had]) if had.get(name) != has.get(name)]


def _texts(before: Content, after: Content, whole: bool) -> Iterator[tuple[str, str]]:
    for name, title, text in (
        ("access", _("Access:"), _("Access changed")),
        ("parking", _("Parking:"), _("Parking changed")),
        ("prepare", _("What to prepare:"), _("What to prepare changed")),
        ("emergency", _("Emergency:"), _("Emergency changed")),
        ("notes", _("Notes:"), _("Notes changed")),
    ):
        if before[name] != after[name]:
            yield name, _arrow(title, before[name] or "–", after[name] or "–") if whole else text


def _differ(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    return [each for each in after if each not in before], [each for each in before if each not in after]


def _gear(row: Mapping[str, Any]) -> str:
    text = _("%(what)s, hired") % row if row["source"] == "hired" else row["what"]
    return f"{text} ({row['who']})" if row["who"] else text


def _where(place: Mapping[str, Any]) -> str:
    return f"{place['studio']}, {place['room']}" if place["room"] else place["remote"] or _("Remote")


def _span(content: Content) -> str:
    zone = content["time_zone"]
    return f"{moments.day(content['starts_at'], zone)}, {moments.span(content['starts_at'], content['ends_at'], zone)}"


def _clock(content: Content, at: str) -> str:
    """Return "11:00"; with its day where that is not the day on which the session starts."""
    zone = content["time_zone"]
    same_day = moments.day(at, zone) == moments.day(content["starts_at"], zone)
    return moments.clock(at, zone) if same_day else moments.when(at, zone)


def _arrow(what: str, was: str, now: str) -> str:
    return ARROW % {"what": what, "was": was, "now": now}
