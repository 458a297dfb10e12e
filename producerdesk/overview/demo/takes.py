"""The take log of the day in the past: what Anselm wrote down while the drums were played."""

import datetime as dt
import uuid
from typing import Any

from producerdesk.overview.demo.hands import Demo, viewer_of
from sessions.actions.takes import log_take
from sessions.models import StudioSession

DRUMS, GUIDE = "Lucho Ferrand", "Juno Vale"
BOTH = (DRUMS, GUIDE)
# minutes after the start, the song's position, who plays, rating, keeper, "once more because", note
DRUM_DAY: tuple[tuple[int, int, tuple[str, ...], int | None, bool, str, str], ...] = (
    (75, 1, BOTH, 2, False, "timing", "Second verse runs away"),
    (83, 1, BOTH, 3, False, "energy", ""),
    (92, 1, BOTH, 5, True, "", "The one. Keep the count-in."),
    (118, 2, BOTH, None, False, "noise", "Stool squeaks"),
    (124, 2, BOTH, 3, False, "timing", "Fill into the last chorus"),
    (133, 2, BOTH, 4, True, "", "Master from here"),
    (141, 2, BOTH, 4, True, "", "Better last chorus: comp with 3"),
    (255, 4, (DRUMS,), 2, False, "tone", "Snare down a step, more damping"),
    (268, 4, (DRUMS,), 4, False, "one more for safety", ""),
    (279, 4, (DRUMS,), 5, True, "", "Brushes. Whole take."),
    (352, 5, BOTH, 3, False, "timing", ""),
    (361, 5, BOTH, 4, True, "", "Bars 33 to 40 from the next one"),
    (372, 5, BOTH, 4, False, "", "Only for the bridge"),
)


def drum_day(demo: Demo, session: StudioSession) -> None:
    """Log the takes of the session at the hours they were played."""
    songs = {song.position: song.pk for song in session.songs.all()}
    for minutes, position, people, rating, keeper, reason, note in DRUM_DAY:
        said: dict[str, Any] = {"rating": rating, "keeper": keeper, "reason": reason, "note": note}
        log_take(
            viewer=viewer_of(demo.users["Anselm Roy"]),
            session=session,
            key=uuid.uuid4(),
            song=songs[position],
            taken_at=session.starts_at + dt.timedelta(minutes=minutes),
            performers=[demo.people[name].pk for name in people],
            **said,
        )
