"""Every way a comp map changes, and what is to be edited: it follows from keeper takes and from the comp map."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from contributors.models import Contributor
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.models import bump
from projects.models import Song
from sessions.models import CompSection, EditTask, Take

SECTIONS_AT_MOST = 60
TASKS_AT_MOST = 500  # of a song, done ones among them


# --- what is to be edited -------------------------------------------------------------------------------
def follow_take(take: Take) -> None:
    """Let a take that is kept be something to edit, and one that is not, nothing. What is done stays done."""
    _follow(take.keeper and take.removed_at is None, song_id=take.song_id, take=take)


def follow_sections_of(take: Take) -> None:
    """Let the sections that use a take know that it went or came back."""
    _hold(take.song_id)  # who chooses it for one just now is waited for, or finds it as it is
    for section in take.comp_sections.standing():
        follow_section(section)


def follow_section(section: CompSection) -> None:
    """Let a section that takes are chosen for be something to put together."""
    is_comp = section.removed_at is None and section.takes.filter(removed_at=None).exists()
    _follow(is_comp, song_id=section.song_id, section=section)


def _follow(wanted: bool, *, song_id: int, **cause: Any) -> None:
    if wanted:
        EditTask.objects.get_or_create(**cause, defaults={"song_id": song_id})
    else:
        EditTask.objects.filter(**cause, done_at=None).delete()


@transaction.atomic
def add_task(*, song: Song, title: str) -> EditTask:
    """Write down something to edit."""
    _hold(song.pk)
    if song.edit_tasks.count() >= TASKS_AT_MOST:
        raise Conflict(_("A song holds up to %(most)d things to edit.") % {"most": TASKS_AT_MOST})
    return EditTask.objects.create(song=song, title=title)


@transaction.atomic
def set_done(*, task: EditTask, done: bool, who: str = "") -> EditTask:
    """Note that it is done, or take that back. Noted twice, it stays as it was noted first."""
    bump(task)
    if done and task.done_at is None:
        task.done_at, task.done_by = clock.now(), who
    elif not done:
        task.done_at, task.done_by = None, ""
    task.save(update_fields=["done_at", "done_by", "updated_at"])
    return task


@transaction.atomic
def assign(*, task: EditTask, person: Contributor | None) -> EditTask:
    """Say who does it."""
    bump(task)
    if person is not None and person.desk_id != task.song.project.desk_id:
        raise Refused({"assigned_to": _("Choose somebody of the desk.")})
    task.assigned_to = person
    task.save(update_fields=["assigned_to", "updated_at"])
    return task


# --- the comp map ---------------------------------------------------------------------------------------
@transaction.atomic
def add_section(*, song: Song, name: str) -> CompSection:
    """Add a section after those there are."""
    _hold(song.pk)
    count = song.comp_sections.standing().count()
    if count >= SECTIONS_AT_MOST:
        raise Conflict(_("A song has up to %(most)d sections.") % {"most": SECTIONS_AT_MOST})
    return CompSection.objects.create(song=song, name=name, position=count + 1)


@transaction.atomic
def rename_section(*, section: CompSection, name: str) -> CompSection:
    """Call a section otherwise."""
    section.name = name
    section.save(update_fields=["name"])
    return section


@transaction.atomic
def move_section(*, section: CompSection, position: int) -> CompSection:
    """Put a section at another place of the song; the others close ranks."""
    _hold_standing(section)
    others = list(section.song.comp_sections.standing().exclude(pk=section.pk))
    others.insert(max(0, position - 1), section)
    _number(others)
    return section


@transaction.atomic
def set_section_removed(*, section: CompSection, removed: bool) -> CompSection:
    """Take a section out, or bring it back with the takes chosen for it."""
    _hold(section.song_id)
    section.removed_at = clock.now() if removed else None
    section.save(update_fields=["removed_at"])
    _number(list(section.song.comp_sections.standing()))
    follow_section(section)
    return section


@transaction.atomic
def use_take(*, section: CompSection, take: int, used: bool) -> CompSection:
    """Use a take in a section, or no more."""
    _hold_standing(section)
    found = Take.objects.standing().filter(pk=take, song=section.song_id).first()
    if found is None:
        raise Refused({"take": _("Choose a take of this song.")})
    if used:
        section.takes.add(found)
    else:
        section.takes.remove(found)
    follow_section(section)
    return section


def _number(sections: list[CompSection]) -> None:
    for number, each in enumerate(sections, start=1):
        each.position = number
    CompSection.objects.bulk_update(sections, ["position"])


def _hold(song_id: int) -> None:
    """Let one change of a song's map happen at a time."""
    Song.objects.filter(pk=song_id).update(position=F("position"))


def _hold_standing(section: CompSection) -> None:
    """Hold the song, and read the section as it stands then. Raises Conflict if it was removed."""
    _hold(section.song_id)
    section.refresh_from_db()
    if section.removed_at is not None:
        raise Conflict(_("This section was removed. Bring it back first."))
