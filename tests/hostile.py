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

# as the words of a title or a note, where something is written out in lines or quoted: each must come back as it went
HOSTILE_LINES = [
    "Glass; Teeth, again \\\\ \\n \\, \\;",
    "one\r\nEND:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR",
    "BEGIN:VEVENT",
    'a "quoted" word: and=more',
    "naïve 🎸🥁 日本語 " * 12,
    "=1+1",
    "<script>alert(1)</script>",
    "%0d%0aBcc: x@example.com",
]
