"""Booking sessions: a new one, or the same again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from producerdesk.kit import clock
from producerdesk.kit.viewer import Viewer
from projects.models import Project, Song
from sessions import pricing, warnings
from sessions.actions import plans
from sessions.actions.entering import book_one
from sessions.actions.plans import CallSpec
from sessions.actions.series import book_dates
from sessions.actions.standing import State, called, who_books, whole, work_of
from sessions.booking.clashes import books
from sessions.models import Call, Gear, Room, StudioSession
from sessions.recurring import Repeat


@books
def book_session(
    *,
    viewer: Viewer,
    project: Project,
    title: str,
    starts_local: str,
    ends_local: str,
    kind: str = StudioSession.Kind.TRACKING,
    starts_fold: int | None = None,
    ends_fold: int | None = None,
    room: Room | None = None,
    remote_place: str = "",
    time_zone: str = "",
    songs: Sequence[Song] = (),
    gear: Sequence[Gear] = (),
    calls: Sequence[CallSpec] = (),
    prepare: str = "",
    notes: str = "",
    hold: bool = False,
    hold_until: datetime | str | None = None,
    outside_hours: bool = False,
    repeat: Repeat | None = None,
) -> StudioSession:
    """Return a new session, confirmed or held. Raises Clash when the room or somebody is taken, or the studio closed.

    Confirmed, it commits its cost, invites everybody called and plans their reminders. A hold only keeps the time,
    until `hold_until` or, where nothing is said, as long as the desk's holds stand. With `repeat` all dates of a series
    are booked or none, and the first of them returned.
    """
    where = plans.plan_where(project=project, room=room, remote_place=remote_place, time_zone=time_zone)
    when = plans.plan_when(
        starts_local=starts_local,
        ends_local=ends_local,
        time_zone=where.time_zone,
        starts_fold=starts_fold,
        ends_fold=ends_fold,
    )
    plans.check_songs(songs, project)
    plans.check_gear(gear, project)
    session = StudioSession(
        project=project,
        desk=project.desk,
        kind=kind,
        title=title.strip(),
        state=State.HOLD if hold else State.CONFIRMED,
        room=where.room,
        outside_hours=outside_hours,
        remote_place=where.remote_place,
        prepare=prepare,
        notes=notes,
        booked_by_id=who_books(viewer),
    )
    session.reserves = list(gear)
    plans.apply_when(session, when)
    if hold:
        plans.hold_anew(session, clock.now(), hold_until)
    planned = plans.plan_calls(calls, project=project, when=when)
    if repeat is not None:
        return book_dates(session, planned, songs, viewer, repeat)
    return book_one(session, planned, songs, viewer)


def price_of(
    *,
    project: Project,
    starts_local: str,
    ends_local: str,
    kind: str = StudioSession.Kind.TRACKING,
    starts_fold: int | None = None,
    ends_fold: int | None = None,
    room: Room | None = None,
    time_zone: str = "",
    calls: Sequence[CallSpec] = (),
    songs: Sequence[Song] = (),
    remote_place: str = "",
    **_said: Any,
) -> dict:
    """Return what booking this would cost, line by line, what it does to the budget, and what could go wrong.

    Takes what booking takes, and books nothing.
    """
    when = plans.plan_when(
        starts_local=starts_local,
        ends_local=ends_local,
        time_zone=plans.plan_zone(project=project, room=room, time_zone=time_zone),
        starts_fold=starts_fold,
        ends_fold=ends_fold,
    )
    session = StudioSession(project=project, kind=kind, room=room, remote_place=remote_place)
    plans.apply_when(session, when)
    planned = plans.plan_calls(calls, project=project, when=when)
    looked_at = warnings.as_planned(session, planned, [song.pk for song in songs])
    return pricing.quote(work_of(session, planned)) | {"warnings": warnings.of([looked_at], clock.now())[0]}


@books
def duplicate_session(
    *,
    viewer: Viewer,
    session: StudioSession,
    starts_local: str,
    ends_local: str,
    starts_fold: int | None = None,
    ends_fold: int | None = None,
    hold: bool = False,
    outside_hours: bool = False,
) -> StudioSession:
    """Return a new session like this one at another time: place, songs, people, gear, what to prepare.

    Answers start anew.
    """
    source = whole(session.pk)
    where = plans.plan_where(
        project=source.project, room=source.room, remote_place=source.remote_place, time_zone=source.time_zone
    )
    when = plans.plan_when(
        starts_local=starts_local,
        ends_local=ends_local,
        time_zone=where.time_zone,
        starts_fold=starts_fold,
        ends_fold=ends_fold,
    )
    copy = StudioSession(
        project=source.project,
        desk=source.desk,
        kind=source.kind,
        title=source.title,
        state=State.HOLD if hold else State.CONFIRMED,
        room=where.room,
        outside_hours=outside_hours,
        remote_place=where.remote_place,
        prepare=source.prepare,
        notes=source.notes,
        booked_by_id=who_books(viewer),
    )
    copy.reserves = source.reserved()
    plans.check_gear(copy.reserves, source.project)
    plans.apply_when(copy, when)
    if hold:
        plans.hold_anew(copy, clock.now())
    calls = []
    for old in called(source):
        plans.check_person(old.contributor, source.project, field="form")
        call = Call(contributor=old.contributor, role=old.role)
        call_at = when.starts_at + (old.call_at - source.starts_at)
        plans.set_call_at(call, when, call_at if call_at < when.ends_at else when.starts_at)
        calls.append(call)
    return book_one(copy, calls, source.songs.all(), viewer)
