"""Ids in the addresses of pages: `<id:pk>`. What no database could hold leads nowhere, as it does in the API."""

from functools import cache

from django.urls import reverse
from django.urls.converters import IntConverter

STAND_IN = 900_000_000_000_001  # an id that stands in no route's own words


class IdConverter(IntConverter):
    """A whole number of at most 18 digits."""

    regex = "[0-9]{1,18}"


def path_to(route: str, *ids: int) -> str:
    """Return the address of a page that is named by ids alone. Each route is looked up once."""
    parts = _parts(route, len(ids))
    return parts[0] + "".join(f"{key}{part}" for key, part in zip(ids, parts[1:], strict=True))


@cache
def _parts(route: str, count: int) -> tuple[str, ...]:
    """Return what stands before, between and after the ids of a route."""
    left, found = reverse(route, args=[STAND_IN + place for place in range(count)]), []
    for place in range(count):
        before, _id, left = left.partition(str(STAND_IN + place))
        found.append(before)
    return (*found, left)
