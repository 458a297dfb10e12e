"""What tests of accounts share: the cast, callers, and limits that start fresh."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from tests.calling import Caller
from tests.cast import Cast, make_cast


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Forget the rate limits that other tests used up."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


@pytest.fixture
def as_(cast: Cast) -> Callable[[str], Caller]:
    """Who calls: `as_("ana").get("desks/")`."""
    return lambda name: Caller(getattr(cast, name))
