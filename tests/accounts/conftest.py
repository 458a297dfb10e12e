"""What tests of accounts share: the cast, callers, and limits that start fresh."""

from collections.abc import Callable

import pytest

from tests.calling import Caller
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


@pytest.fixture
def as_(cast: Cast) -> Callable[[str], Caller]:
    """Who calls: `as_("ana").get("desks/")`."""
    return lambda name: Caller(getattr(cast, name))
