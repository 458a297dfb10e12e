"""Errors in the words of what was typed: actions speak of `starts_local`, people typed `starts`."""

from collections.abc import Iterator
from contextlib import contextmanager

from producerdesk.kit.errors import Clash, Refused
from sessions.serializers.inputs import WhenInput

TYPED = {
    "starts_local": "starts",
    "ends_local": "ends",
    "proposed_local": "at",
    "call_local": "call",
    "real_starts_local": "real_starts_at",
    "real_ends_local": "real_ends_at",
}


@contextmanager
def as_typed() -> Iterator[None]:
    """Name the input's fields in what an action refuses."""
    try:
        yield
    except Clash as error:
        for clash in error.clashes:
            clash["field"] = _typed(clash["field"])
        error.free = [span | {"values": _values(span)} for span in error.free]
        raise
    except Refused as error:
        error.fields = {_typed(name): texts for name, texts in error.fields.items()}
        raise


def _values(span: dict) -> dict:
    """Return a free span as it would be typed into the form that was refused."""
    return WhenInput.typed(span["starts_local"], span["ends_local"], span["starts_fold"], span["ends_fold"])


def _typed(name: str) -> str:
    """`calls.0.call_local` -> `calls.0.call`."""
    before, dot, last = name.rpartition(".")
    return before + dot + TYPED.get(last, last)
