"""Every route of the product, found by walking the URL patterns."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, get_resolver

from tests.law.world import World

# routes of libraries: one prefix row each in the table of doors
PREFIXES = ("accounts/", "admin/")
# what an id stands for, by the word before it in the path
STANDS_FOR = {
    "projects": "project",
    "songs": "song",
    "sessions": "session",
    "calls": "call",
    "call-sheets": "session",
    "call-sheet-copies": "call",
    "versions": "sheet-version",
    "people": "contributor",
    "contributors": "contributor",
    "engagements": "engagement",
    "studios": "studio",
    "rooms": "room",
    "gear": "gear",
    "gear-repairs": "gear-repair",
    "gear-faults": "gear-fault",
    "desk": "desk",
    "desks": "desk",
    "staff": "staff",
    "invitations/staff": "staff-invitation",
    "staff-invitations": "staff-invitation",
    "members": "member",
    "invitations": "invitation",
    "notices": "notice",
    "outbox": "outbox",
    "deliveries": "delivery",
    "private-links": "link",
    "links": "link",
    "calendar": "feed",
    "feeds": "feed",
    "joins": "join",
    "activity": "deed",
    "budgets": "budget",
    "lines": "budget-line",
    "entries": "budget-entry",
    "approvals": "budget-approval",
    "exchange-rates": "budget-rate",
    "rates": "budget-rate",
    "expenses": "expense",
    "tokens": "token",
    "take-logs": "session",
    "takes": "take",
    "input-lists": "session",
    "input-templates": "input-template",
    "comp-maps": "song",
    "comp-sections": "comp-section",
    "edit-tasks": "edit-task",
    "coaching-notes": "coaching-note",
    "voice-notes": "voice-note",
    "unsubscribe": "unsubscribe",
    "imported-calendars": "imported-calendar",
    "date-polls": "date-poll",
    "dates": "date-poll",
    "answers": "poll-reply",
}
OF_THE_LINK = "sessions:my-sheet"
BEFORE = re.compile(r"((?:invitations/)?[a-z-]+)/\^?(?:<(?:\w+:)?(\w+)>|\(\?P<(\w+)>)")
SECRETS = {"my": "link_secret", "feeds": "feed_secret", "unsubscribe": "stop_secret"}


class Route(NamedTuple):
    """A route: its name, its path, what the path takes, and the methods it answers."""

    name: str
    path: str
    takes: tuple[str, ...]
    methods: tuple[str, ...]


def walk() -> Iterator[Route]:
    """Yield every route of our own, in the order of the patterns."""
    yield from _walk(get_resolver(), "", "")


def _walk(resolver: Any, prefix: str, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern).removeprefix("^")
        if path.startswith(PREFIXES):
            continue
        if isinstance(pattern, URLPattern):
            yield Route(namespace + (pattern.name or path), path, _takes(pattern), _methods(pattern))
        else:
            yield from _walk(pattern, path, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""))


def _takes(pattern: URLPattern) -> tuple[str, ...]:
    regex = getattr(pattern.pattern, "regex", None)
    return tuple(pattern.pattern.converters) or tuple(regex.groupindex if regex else ())


def _methods(pattern: URLPattern) -> tuple[str, ...]:
    actions = getattr(pattern.callback, "actions", None)
    return tuple(actions) if actions else ("get", "post")


def args_of(world: World, route: Route) -> dict[str, Any]:
    """Return what stands in the route's path in this world."""
    words = {one or other: word for word, one, other in BEFORE.findall(route.path)}
    found = {part: _value(world, words[part], part) for part in route.takes if part != "format"}
    if route.name.startswith(OF_THE_LINK):  # of the one whose secret stands in the path
        found["pk"] = world.ids["api:own-call"]
    return found


def _value(world: World, word: str, part: str) -> Any:
    if part == "secret":
        return getattr(world, SECRETS[word]) if word in SECRETS else world.ids["api:join"]
    return world.ids[f"api:{STANDS_FOR[word]}"]
