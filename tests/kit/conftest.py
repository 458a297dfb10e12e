"""The cast for the tests of the lowest floor."""

import pytest

from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """One desk and everybody round it."""
    return make_cast()
