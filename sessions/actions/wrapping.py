"""Closing a session: what it really took, and what that cost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from budgets import actions as budgets
from producerdesk.accounts.roles import PROJECT_WRITE
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.viewer import Viewer
from projects.actions import set_song_stage
from projects.stages import ORDER, Stage
from sessions import pricing, reminders
from sessions.actions import plans
from sessions.actions.noting import note_session
from sessions.actions.standing import State, called, changing, must_be_live, source_of, work_of
from sessions.booking.slots import cut
from sessions.models import Call, StudioSession

Kind = StudioSession.Kind
# what a song is at once a session of this kind has done its work
AFTER = {
    Kind.WRITING: Stage.PRE_PRODUCTION,
    Kind.PRE_PRODUCTION: Stage.TRACKING,
    Kind.REHEARSAL: Stage.TRACKING,
    Kind.TRACKING: Stage.EDITING,
    Kind.OVERDUB: Stage.EDITING,
    Kind.VOCAL: Stage.EDITING,
    Kind.EDITING: Stage.MIXING,
    Kind.MIXING: Stage.MASTERING,
    Kind.MASTERING: Stage.DELIVERED,
}
FAR_FROM_PLAN = timedelta(hours=24)  # real hours farther off belong to another session


@transaction.atomic
def wrap_session(
    *,
    viewer: Viewer,
    session: StudioSession,
    real_starts_at: datetime | None = None,
    real_ends_at: datetime | None = None,
    stages: Mapping[int, str] = MappingProxyType({}),
    expected: int | None = None,
) -> StudioSession:
    """Close the session with its real hours, as planned unless said; the ledger gets what was really spent.

    `stages` are those that songs of the session have reached, by song. Wrapped again with other hours, the ledger gets
    the differences. Time left over is free for others.
    """
    session = changing(session, expected)
    if session.state not in (State.CONFIRMED, State.WRAPPED):
        must_be_live(session, lapsed=True)
        raise Conflict(_("This is only a hold. Confirm it first, or cancel it."))
    starts_at = real_starts_at or session.real_starts_at or session.starts_at
    ends_at = real_ends_at or session.real_ends_at or session.ends_at
    _check_real_hours(session, starts_at, ends_at)
    calls = called(session)
    session.state, session.real_starts_at, session.real_ends_at = State.WRAPPED, starts_at, ends_at
    session.save(update_fields=["state", "real_starts_at", "real_ends_at", "updated_at"])
    cut(session, ends_at)
    note_session(session, "wrapped", viewer)
    work = as_it_was(session, calls, starts_at, ends_at)
    budgets.settle(
        project=session.project,
        source=source_of(session),
        lines=lambda: pricing.ledger_lines(pricing.price(work)),
        by=viewer.user_id,
    )
    reminders.stop(calls, gettext_noop("The session is over."))
    _move_songs(session, stages, viewer)
    return session


def proposed_stages(session: StudioSession) -> list[dict[str, Any]]:
    """Return which songs of the session may have reached the next stage, as a form would say it.

    What was recorded is proposed with a tick where a take is kept; the rest is for the producer to say. Who corrects
    the hours of a wrapped session has said it before: nothing is ticked then.
    """
    after = AFTER.get(Kind(session.kind))
    if after is None:
        return []
    kept = session.takes.filter(keeper=True, removed_at=None).values_list("song_id", flat=True)
    ticked = set() if session.state == State.WRAPPED else set(kept)
    songs = session.songs.order_by("position", "pk").values_list("pk", "stage")
    return [
        {"song": pk, "stage": str(after), "apply": pk in ticked} for pk, stage in songs if ORDER[stage] < ORDER[after]
    ]


def _move_songs(session: StudioSession, stages: Mapping[int, str], viewer: Viewer) -> None:
    if not stages:
        return
    if not viewer.can(PROJECT_WRITE, desk_id=session.desk_id, project_id=session.project_id):
        raise Refused({"stages": _("Your role does not let you move songs.")})
    songs = {song.pk: song for song in session.songs.select_related("project").order_by("pk")}
    if set(stages) - set(songs):
        raise Refused({"stages": _("This session does not work on that song.")})
    for pk, song in songs.items():
        if pk in stages and song.stage != stages[pk]:
            set_song_stage(song=song, stage=stages[pk], by=viewer)


def _check_real_hours(session: StudioSession, starts_at: datetime, ends_at: datetime) -> None:
    now = clock.now()
    if session.starts_at > now and starts_at > now:
        raise Conflict(_("This session is still to come."))
    if starts_at > now:
        raise Refused({"real_starts_at": _("This is still to come.")})
    if ends_at > now:
        raise Refused({"real_ends_at": _("This is still to come.")})
    if ends_at <= starts_at:
        raise Refused({"real_ends_at": _("It ends before it starts.")})
    if ends_at - starts_at > plans.LONGEST:
        raise Refused({"real_ends_at": _("A session lasts 48 hours at most.")})
    if abs(starts_at - session.starts_at) > FAR_FROM_PLAN:
        raise Refused({"real_starts_at": _("This is more than a day off the plan. Move the session first.")})


def as_it_was(session: StudioSession, calls: Sequence[Call], starts_at: datetime, ends_at: datetime) -> pricing.Work:
    """Return the work of the real hours: people came as long before or after the start as they were called."""
    planned = work_of(session, calls)
    late = starts_at - session.starts_at
    people = tuple(replace(person, call_at=person.call_at + late) for person in planned.people)
    return replace(planned, starts_at=starts_at, ends_at=ends_at, people=people)
