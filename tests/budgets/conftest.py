"""What tests of budgets share."""

import pytest

from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()
