"""What people and programs send that is wrong, and must be refused by the name of its field wherever it is sent."""

from typing import Any

# as `{"amount": …, "currency": "EUR"}`: where a sum of two decimals, of nought or more, is asked for
NO_AMOUNTS: list[Any] = [
    "1e309",
    "NaN",
    "-0",
    "−0",
    "-5",
    "Infinity",
    "1,000",
    "0.005",
    "9223372036854775808",
    "",
    " ",
    "1 000",
    "0x1f",
    ["5"],
    {"a": 1},
    5.5,
    True,
    2**63,
]
