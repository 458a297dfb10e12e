"""How many rows a list has, as pages say it."""

from typing import Any

import pytest

from producerdesk.kit.templatetags.desk import tally


@pytest.mark.parametrize(
    ("page", "how", "said"),
    [
        ({"count": 3, "more": False}, "", "3"),
        ({"count": 3, "more": False}, "words", "Three"),
        ({"count": 3}, "", "3"),  # a list that comes whole
        ({"count": 1050, "more": True}, "", "1,050+"),
        ({"count": 1050, "more": True}, "words", "1,050+"),
        ({"count": 1050, "more": False}, "", "1,050"),
    ],
)
def test_a_count_says_where_it_stopped(page: dict[str, Any], how: str, said: str) -> None:
    assert tally(page, how) == said
