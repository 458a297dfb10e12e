"""What a question about deliveries may name: `ref=session:7` stands for every call of that session.

Deliveries carry the `ref` of the smallest thing they are about. An app whose things are made of such (a session of its
calls) registers the word here, so that one can ask for the whole.
"""

from collections.abc import Callable, Iterable

Expand = Callable[[int], Iterable[str]]
_words: dict[str, Expand] = {}


def register(word: str, expand: Expand) -> None:
    """Make a word known. Called from `AppConfig.ready`."""
    _words[word] = expand


def refs_of(named: Iterable[str]) -> set[str]:
    """Return the refs that these words stand for; a ref that is no such word stands for itself."""
    found: set[str] = set()
    for ref in named:
        word, _colon, number = ref.partition(":")
        if word in _words and number.isdecimal() and len(number) <= 18:
            found.update(_words[word](int(number)))
        else:
            found.add(ref)
    return found
