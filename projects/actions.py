"""Every way a project and its songs change."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict
from producerdesk.kit.models import bump
from projects.activity import Actor, note
from projects.models import Project, ReferenceTrack, Song, StageDate

Due = Mapping[str, dt.date | None]
SONGS_AT_MOST = 500
LONGEST_OWNER = 100  # characters of a name in the name of a desk, which holds 120


@transaction.atomic
def create_project(
    *, by: User, desk: Desk | None, due: Due | None = None, reference_tracks: list[dict] | None = None, **said: Any
) -> Project:
    """Return a new project. Without a desk the person gets one: this is the first act as a producer."""
    project = Project(desk=desk or open_desk(by=by, currency=said["currency"], time_zone=said["time_zone"]), **said)
    project.full_clean()
    project.save()
    _set_due(project, None, due or {})
    _set_tracks(project, reference_tracks or [])
    note(project, "project", "created", by=by, about=project)
    return project


@transaction.atomic
def open_desk(*, by: User, currency: str, time_zone: str) -> Desk:
    """Return the desk this person owns, made now if there is none."""
    # one at a time: whoever begins in two windows at once gets one desk
    User.objects.select_for_update().get(pk=by.pk)
    owned = DeskStaff.objects.select_related("desk").filter(user=by, role=Role.OWNER).first()
    if owned:
        return owned.desk
    # a person and a desk of one name read badly: "Nell asks you to work at Nell"
    name = _("%(name)s’s desk") % {"name": (by.name or by.email)[:LONGEST_OWNER]}
    desk = Desk(name=name, currency=currency, time_zone=time_zone)
    desk.full_clean()
    desk.save()
    DeskStaff.objects.create(desk=desk, user=by, role=Role.OWNER)
    return desk


def open_first_desk(by: User) -> Desk:
    """Return the desk of somebody who has none: in their own zone, with the currency every new desk starts with."""
    return open_desk(by=by, currency=Desk._meta.get_field("currency").default, time_zone=by.time_zone)


@transaction.atomic
def update_project(
    *,
    project: Project,
    expected: int,
    by: Actor = None,
    due: Due | None = None,
    reference_tracks: list[dict] | None = None,
    **said: Any,
) -> Project:
    """Change what was said. Raises Stale when somebody changed it first."""
    bump(project, expected)
    was = project.stage
    changed = _changed(project, said) + _redated(project, None, due)
    if reference_tracks is not None and reference_tracks != list(project.reference_tracks.values("title", "url")):
        changed.append("reference_tracks")
    _apply(project, said)
    if due is not None:
        _set_due(project, None, due)
    if reference_tracks is not None:
        _set_tracks(project, reference_tracks)
    if changed:
        note(project, "project", "changed", by=by, about=project, fields=changed)
    if project.stage != was:
        note(project, "project", "stage", by=by, about=project, was=was, now=project.stage)
    return project


@transaction.atomic
def set_project_stage(*, project: Project, stage: str, by: Actor = None) -> Project:
    """Move the project to a stage."""
    bump(project)
    was = project.stage
    _apply(project, {"stage": stage})
    if stage != was:
        note(project, "project", "stage", by=by, about=project, was=was, now=stage)
    return project


@transaction.atomic
def delete_project(*, project: Project) -> None:
    """Delete a project that nothing was booked, hired or spent for yet."""
    try:
        project.delete()
    except models.ProtectedError:
        why = _("Sessions, people or money hang on this project, so it stays. Once delivered it leaves the board.")
        raise Conflict(why) from None


@transaction.atomic
def create_song(
    *, project: Project, by: Actor = None, due: Due | None = None, position: int | None = None, **said: Any
) -> Song:
    """Return a new song, the last of the project unless a position is given.

    Of the project's dates it keeps to those that have not passed: to a running record it does not come late.
    """
    _hold_order(project)
    count = project.songs.count()
    if count >= SONGS_AT_MOST:
        raise Conflict(_("A project holds up to %(most)d songs.") % {"most": SONGS_AT_MOST})
    last = project.songs.aggregate(last=Max("position"))["last"] or 0
    song = Song(project=project, position=last + 1, added_on=clock.today(project.time_zone), **said)
    song.full_clean()
    song.save()
    _set_due(project, song, due or {})
    if position:
        move_song(song=song, position=position)
    note(project, "song", "added", by=by, about=song)
    return song


@transaction.atomic
def update_song(*, song: Song, expected: int, by: Actor = None, due: Due | None = None, **said: Any) -> Song:
    """Change what was said. Raises Stale when somebody changed it first."""
    bump(song, expected)
    was = song.stage
    changed = _changed(song, said) + _redated(song.project, song, due)
    _apply(song, said)
    if due is not None:
        _set_due(song.project, song, due)
    if changed:
        note(song.project, "song", "changed", by=by, about=song, fields=changed)
    if song.stage != was:
        note(song.project, "song", "stage", by=by, about=song, was=was, now=song.stage)
    return song


@transaction.atomic
def set_song_stage(*, song: Song, stage: str, by: Actor = None) -> Song:
    """Move the song to a stage."""
    bump(song)
    was = song.stage
    _apply(song, {"stage": stage})
    if stage != was:
        note(song.project, "song", "stage", by=by, about=song, was=was, now=stage)
    return song


@transaction.atomic
def move_song(*, song: Song, position: int) -> Song:
    """Put the song at a position; the others close ranks. Positions are 1, 2, 3 without gaps afterwards."""
    _hold_order(song.project)
    songs = list(song.project.songs.exclude(pk=song.pk).order_by("position", "pk"))
    songs.insert(max(0, position - 1), song)
    _number(songs)
    return song


@transaction.atomic
def delete_song(*, song: Song, by: Actor = None) -> None:
    """Delete a song that no session works on and nobody is hired for."""
    if song.sessions.exists():
        raise Conflict(_("Sessions work on this song. Take it off them first."))
    if song.takes.exists():
        raise Conflict(_("Takes of this song were logged, so it stays."))
    if song.engagements.exists():  # a fee by the song would stay committed
        raise Conflict(_("People are hired for this song. Take it off their roles first."))
    _hold_order(song.project)
    note(song.project, "song", "removed", by=by, title=song.title)
    song.delete()
    _number(song.project.songs.order_by("position", "pk"))


def _hold_order(project: Project) -> None:
    """Let one change of the order happen at a time, or two songs would get one position."""
    Project.objects.filter(pk=project.pk).update(updated_at=F("updated_at"))


def _number(songs: Iterable[Song]) -> None:
    moved = []
    for number, song in enumerate(songs, start=1):
        if song.position != number:
            song.position = number
            moved.append(song)
    Song.objects.bulk_update(moved, ["position"])


def _changed(row: Any, said: Mapping[str, Any]) -> list[str]:
    return sorted(name for name, value in said.items() if value != getattr(row, name))


def _redated(project: Project, song: Song | None, due: Due | None) -> list[str]:
    if not due:
        return []
    standing = dict(StageDate.objects.filter(project=project, song=song).values_list("stage", "due_on"))
    return ["due"] if any(standing.get(stage) != day for stage, day in due.items()) else []


def _apply(row: Any, said: Mapping[str, Any]) -> None:
    for name, value in said.items():
        setattr(row, name, value)
    row.full_clean()
    row.save(update_fields=[*said, "updated_at"])


def _set_due(project: Project, song: Song | None, due: Due) -> None:
    """Write the dates of the stages that are named; None takes a date away."""
    for stage, day in due.items():
        if day is None:
            StageDate.objects.filter(project=project, song=song, stage=stage).delete()
        else:
            StageDate.objects.update_or_create(project=project, song=song, stage=stage, defaults={"due_on": day})


def _set_tracks(project: Project, tracks: list[dict]) -> None:
    project.reference_tracks.all().delete()
    ReferenceTrack.objects.bulk_create(ReferenceTrack(project=project, **track) for track in tracks)
