"""Every way the take log changes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.models import bump
from producerdesk.kit.viewer import Viewer
from sessions.actions import editing
from sessions.actions.standing import answering, must_be_on
from sessions.models import StudioSession, Take

TAKES_AT_MOST = 3_000  # of a session; the longest day has a few hundred


@transaction.atomic
def log_take(
    *,
    viewer: Viewer,
    session: StudioSession,
    key: UUID,
    song: int,
    taken_at: datetime | None = None,
    performers: Collection[int] = (),
    **said: Any,
) -> Take:
    """Return a new take with the next number of its song, or the one that was logged with this key before.

    A take that was kept while the network was away comes later than it was played: `taken_at` says when. A clock that
    runs ahead must not cost a take, so what is still to come counts as now.
    """
    session = answering(session.pk)  # its row is ours: numbers are given one after the other
    if found := Take.objects.filter(session=session, key=key).first():
        return found
    must_be_on(session)
    _check_song(session, song)
    if session.takes.count() >= TAKES_AT_MOST:
        raise Conflict(_("A session holds up to %(most)d takes.") % {"most": TAKES_AT_MOST})
    now = clock.now()
    last = Take.objects.filter(session=session, song=song).aggregate(last=Max("number"))["last"] or 0
    take = Take(
        session=session,
        song_id=song,
        number=last + 1,
        key=key,
        taken_at=min(taken_at or now, now),
        logged_by_id=viewer.user_id,
        **said,
    )
    take.clean_fields(exclude=["session", "song", "logged_by"])
    take.save(force_insert=True)
    _set_performers(take, performers)
    editing.follow_take(take)
    return take


@transaction.atomic
def change_take(*, take: Take, expected: int, performers: Collection[int] | None = None, **said: Any) -> Take:
    """Change what was noted of a take."""
    _hold(take, expected)
    if take.removed_at is not None:
        raise Conflict(_("This take was removed. Bring it back first."))
    for name, value in said.items():
        setattr(take, name, value)
    take.clean_fields(exclude=["session", "song", "logged_by"])
    take.save(update_fields=[*said, "updated_at"])
    if performers is not None:
        _set_performers(take, performers)
    editing.follow_take(take)
    return take


@transaction.atomic
def set_removed(*, take: Take, removed: bool) -> Take:
    """Take a take out of the log, or bring it back. Its number stays its own."""
    _hold(take)
    take.removed_at = clock.now() if removed else None
    take.save(update_fields=["removed_at", "updated_at"])
    editing.follow_take(take)
    editing.follow_sections_of(take)
    return take


def _hold(take: Take, expected: int | None = None) -> None:
    """Make the rows ours: the session's first, as everywhere."""
    must_be_on(answering(take.session_id))
    bump(take, expected)


def _check_song(session: StudioSession, song: int) -> None:
    if not session.songs.filter(pk=song).exists():
        raise Refused({"song": _("This session does not work on that song. Add it to the session first.")})


def _set_performers(take: Take, performers: Collection[int]) -> None:
    """Write who plays: people called to the session, also those who were taken off it since."""
    wanted = set(performers)
    if wanted == set(take.performers.values_list("pk", flat=True)):
        return
    called = set(take.session.calls.filter(contributor__in=wanted).values_list("contributor_id", flat=True))
    if wanted - called:
        raise Refused({"performers": _("Choose people who are called to this session.")})
    take.performers.set(wanted)
