"""Every route of the product, found by walking the URL patterns."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, get_resolver

# routes of libraries: one prefix row each in the table of doors
PREFIXES = ("accounts/", "admin/")


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
        path = prefix + str(pattern.pattern)
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
