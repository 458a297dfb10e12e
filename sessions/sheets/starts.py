"""What a call sheet starts with: a running order that suits the kind of session and fills its hours."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.models import StudioSession

Kind = StudioSession.Kind
LUNCH, MEAL_FROM = 60, 6 * 60  # minutes; a session shorter than this has no meal in it
LEAST_WORK = 30
Part = tuple[Any, int]
# kind -> what comes before the work, what the work is, what comes after it
SHAPES: dict[str, tuple[Sequence[Part], Any, Sequence[Part]]] = {
    Kind.TRACKING: (
        [(gettext_lazy("Load-in and set-up"), 45), (gettext_lazy("Line check"), 30)],
        gettext_lazy("Tracking"),
        [(gettext_lazy("Playback"), 30), (gettext_lazy("Wrap and load-out"), 15)],
    ),
    Kind.OVERDUB: (
        [(gettext_lazy("Set-up and sounds"), 30)],
        gettext_lazy("Overdubs"),
        [(gettext_lazy("Playback"), 30), (gettext_lazy("Wrap"), 15)],
    ),
    Kind.VOCAL: (
        [(gettext_lazy("Mic and headphone mix"), 30), (gettext_lazy("Warm-up"), 15)],
        gettext_lazy("Vocals"),
        [(gettext_lazy("Playback"), 30), (gettext_lazy("Wrap"), 15)],
    ),
    Kind.REHEARSAL: ([(gettext_lazy("Load-in and set-up"), 30)], gettext_lazy("Rehearsal"), []),
    Kind.MIXING: (
        [(gettext_lazy("Recall and set-up"), 30)],
        gettext_lazy("Mixing"),
        [(gettext_lazy("Playback and notes"), 30), (gettext_lazy("Print the mixes"), 30)],
    ),
    Kind.MASTERING: ([], gettext_lazy("Mastering"), [(gettext_lazy("Playback and notes"), 30)]),
    Kind.AUDITION: ([(gettext_lazy("Set-up and sounds"), 30)], gettext_lazy("Auditions"), []),
    Kind.PLAYBACK: ([], gettext_lazy("Playback"), [(gettext_lazy("Notes and next steps"), 30)]),
    Kind.WRITING: ([], gettext_lazy("Writing"), []),
    Kind.PRE_PRODUCTION: ([], gettext_lazy("Pre-production"), []),
    Kind.EDITING: ([], gettext_lazy("Editing"), []),
}


def running_order(kind: str, minutes: int, songs: Sequence[str]) -> list[dict[str, Any]]:
    """Return rows that fill so many minutes: set-up, work, a meal in a long day, playback, wrap."""
    before, work, after = SHAPES[kind]
    fixed = sum(length for _what, length in (*before, *after))
    meal = LUNCH if minutes >= MEAL_FROM else 0
    left = minutes - fixed - meal
    if left < LEAST_WORK:
        return [_row(work, minutes, songs=songs)]
    rows = [_row(what, length) for what, length in before]
    if meal:
        first = left // 2 // 15 * 15  # on the quarter of an hour
        rows += [_row(work, first, songs=songs), _row(_("Lunch"), meal, is_break=True)]
        left -= first
    rows.append(_row(work, left, songs=songs))
    return rows + [_row(what, length) for what, length in after]


def _row(what: Any, minutes: int, *, songs: Sequence[str] = (), is_break: bool = False) -> dict[str, Any]:
    """Return one row; it follows the one above, so a session that moves takes its running order along."""
    named = ", ".join(songs)
    return {
        "at": "",
        "minutes": minutes,
        "what": str(what),
        "songs": named if len(named) <= 200 else "",
        "who": "",
        "is_break": is_break,
    }
