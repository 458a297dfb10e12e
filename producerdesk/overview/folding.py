"""Text as a search compares it: without case and accents, the same in Python, on PostgreSQL and on SQLite.

Letters are taken apart (NFKD), the marks above and below them dropped, the rest made small: "Ålesund" and "alesund" are
one. Letters that no mark makes (ø, ł, đ, ı) are written plain, too. PostgreSQL does it itself; SQLite has no such
function, so each connection is given ours. Plain text, as most is, is only made small: the rest costs ten times that.
"""

import unicodedata
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import Case, Func, IntegerField, TextField, Value, When
from django.db.models.lookups import Exact

MARKS = "".join(map(chr, range(0x0300, 0x0370)))
PLAIN = {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ı": "i", "ς": "σ"}
_DROP = str.maketrans({**PLAIN, **dict.fromkeys(MARKS)})
NAME = "desk_fold"


def fold(text: str | None) -> str:
    """Return the text as searches compare it."""
    if text and text.isascii():
        return text.lower()
    # Python alone makes a last Σ another letter than the others
    return unicodedata.normalize("NFKD", text or "").translate(_DROP).lower().replace("ς", "σ")


class Fold(Func):
    """The same of a column."""

    function = NAME
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # what stands beyond the plain letters in the first list is dropped: `translate` says so
        plain = "".join(PLAIN)
        folded = Func(
            Func(
                Func(*self.source_expressions, template="normalize(%(expressions)s, NFKD)", output_field=TextField()),
                Value(plain + MARKS),
                Value("".join(PLAIN.values())),
                function="translate",
                output_field=TextField(),
            ),
            function="lower",
            output_field=TextField(),
        )
        (text,) = self.source_expressions
        # as many bytes as letters: there are only plain ones
        sizes = (Func(text, function=name, output_field=IntegerField()) for name in ("octet_length", "length"))
        small = Func(text, function="lower", output_field=TextField())
        return compiler.compile(Case(When(Exact(*sizes), then=small), default=folded, output_field=TextField()))


def teach(connection: Any, **_said: Any) -> None:
    """Give a connection to SQLite our function."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(NAME, 1, fold, deterministic=True)


def register() -> None:
    """Let every new connection know it. Called from `AppConfig.ready`."""
    connection_created.connect(teach, dispatch_uid=NAME)
