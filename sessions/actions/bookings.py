"""Booking sessions: a new one, or the same again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from producerdesk.kit import clock
from producerdesk.kit.viewer import Viewer
from projects.models import Project, Song
from sessions import pricing, reminders
from sessions.actions import plans
from sessions.actions.noting import note_session
from sessions.actions.plans import CallSpec
from sessions.actions.standing import State, called, claim_time, commit_money, must_be_open, who_books, whole, work_of
from sessions.booking.clashes import books
from sessions.booking.slots import write
from sessions.models import Call, Room, StudioSession


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
    calls: Sequence[CallSpec] = (),
    prepare: str = "",
    notes: str = "",
    hold: bool = False,
    hold_until: datetime | str | None = None,
    outside_hours: bool = False,
) -> StudioSession:
    """Return a new session, confirmed or held. Raises Clash when the room or somebody is taken, or the studio closed.

    Confirmed, it commits its cost, invites everybody called and plans their reminders. A hold only keeps the time,
    until `hold_until` or, where nothing is said, as long as the desk's holds stand.
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
    plans.apply_when(session, when)
    if hold:
        plans.hold_anew(session, clock.now(), hold_until)
    return _book(session, plans.plan_calls(calls, project=project, when=when), songs, viewer)


def _book(session: StudioSession, calls: list[Call], songs: Iterable[Song], viewer: Viewer) -> StudioSession:
    session.clean_fields(exclude=["project", "desk", "room", "booked_by", "challenged_by"])
    fields = {call.contributor_id: f"calls.{number}.contributor" for number, call in enumerate(calls)}
    must_be_open(session, calls, viewer, new=True)
    claimed = claim_time(session, calls, viewer, new=True, fields=fields)
    session.save(force_insert=True)
    _set_songs(session, songs)
    for call in calls:
        call.session = session
    Call.objects.bulk_create(calls)
    write(claimed, session)
    note_session(session, "held" if session.state == State.HOLD else "booked", viewer)
    if session.state == State.CONFIRMED:
        commit_money(session, calls, viewer, new=True)
        reminders.invite(session, calls, new=True)
    return session


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
    **_said: Any,
) -> dict:
    """Return what booking this would cost, line by line, and what it does to the budget. Takes what booking takes."""
    when = plans.plan_when(
        starts_local=starts_local,
        ends_local=ends_local,
        time_zone=plans.plan_zone(project=project, room=room, time_zone=time_zone),
        starts_fold=starts_fold,
        ends_fold=ends_fold,
    )
    session = StudioSession(project=project, kind=kind, room=room)
    plans.apply_when(session, when)
    return pricing.quote(work_of(session, plans.plan_calls(calls, project=project, when=when)))


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
    """Return a new session like this one at another time: place, songs, people, what to prepare. Answers start anew."""
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
    return _book(copy, calls, source.songs.all(), viewer)


def _set_songs(session: StudioSession, songs: Iterable[Song]) -> None:
    """Write the songs of a session that has none yet: one statement."""
    through = StudioSession.songs.through
    keys = dict.fromkeys(song.pk for song in songs)
    through.objects.bulk_create(through(studiosession_id=session.pk, song_id=key) for key in keys)
