"""What templates of projects and songs say of the API's data: counts of songs, cells of the matrix, short days."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from producerdesk.kit import moments, tones, words
from producerdesk.kit.paths import path_to
from producerdesk.kit.templatetags.desk import icon
from projects.models import Project
from projects.stages import ORDER, Stage

register = template.Library()

# brief and delivered are no work that fills a column: before the first, after the last
COLUMNS = [stage.value for stage in Stage if stage not in (Stage.BRIEF, Stage.DELIVERED)]


@register.simple_tag
def all_stages() -> list[str]:
    """Return every stage in the order of the work."""
    return list(ORDER)


@register.simple_tag
def matrix_columns() -> list[str]:
    """Return the stages that are columns of songs x stages."""
    return COLUMNS


@register.filter
def song_facts(songs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how many songs there are, delivered, moving and late, the stages for a meter, and the longest lateness."""
    stages = [song["stage"] for song in songs]
    late = [song["late_on"] for song in songs if song["late_on"]]
    delivered = stages.count(Stage.DELIVERED)
    return {
        "count": len(songs),
        "stages": stages,
        "delivered": delivered,
        "moving": len(songs) - delivered - stages.count(Stage.BRIEF),
        "late": len(late),
        "late_on": min(late, default=None),
    }


@register.filter
def stage_untold(project: Mapping[str, Any]) -> bool:
    """Return whether a date of the project's own stage was missed of which no late song speaks: songs inherit it."""
    told = {song["late_on"] for song in project["songs"]}
    return bool(project["late_stage"]) and project["late_stage_on"] not in told


def matrix_cells(song: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a song's cells: `status` done, now, late or none, and the words that stand in it."""
    dates = {due["stage"]: due for due in song["due"]}
    return [_cell(song, stage, dates.get(stage)) for stage in COLUMNS]


def _cell(song: Mapping[str, Any], stage: str, due: Mapping[str, Any] | None) -> dict[str, Any]:
    place, reached = ORDER[stage], ORDER[song["stage"]]
    due_on = due["due_on"] if due else None
    cell = {"stage": stage, "own": bool(due and due["own"]), "due_on": due_on}
    if place < reached:
        return cell | {"status": "done", "text": _("Done")}
    if place == reached:
        status = "late" if song["late_on"] else "now"
        return cell | {"status": status, "text": _running(song["late_on"] or due_on)}
    return cell | {"status": "none", "text": short_day(due_on) if due_on else _("Not started")}


@register.simple_tag
def song_cells(song: Mapping[str, Any], project: Mapping[str, Any]) -> SafeString:
    """Return a song's cells as clips of songs x stages. For who may edit, each is a button that sets its stage."""
    act = path_to("projects:song_stage", project["id"], song["id"]) if project["can"]["edit"] else ""
    return format_html_join("", "<td>{}</td>", ((_clip(song["title"], cell, act),) for cell in matrix_cells(song)))


def _clip(title: str, cell: Mapping[str, Any], act: str) -> SafeString:
    name = words.word(cell["stage"], "Song.stage")
    button = format_html(_BUTTON, act, cell["stage"]) if act else ""
    return format_html(
        '<{0} class="pd-cell pd-cell--{1} is-{2}{3}"{4}{5}><span class="visually-hidden">{6}, {7}: </span>{8}</{0}>',
        "button" if act else "span",
        tones.stage_class(cell["stage"]),
        cell["status"],
        " is-own" if cell["own"] else "",
        button,
        format_html(' title="{}"', _whose(cell)) if cell["due_on"] else "",
        title,
        name,
        _inside(name, cell),
    )


_BUTTON = ' type="submit" form="stages" formaction="{}" name="stage" value="{}" data-cell'


def _whose(cell: Mapping[str, Any]) -> str:
    said = {"day": short_day(cell["due_on"])}
    return (_("Due %(day)s, the song's own date") if cell["own"] else _("Due %(day)s, as the project")) % said


def _inside(stage: str, cell: Mapping[str, Any]) -> SafeString | str:
    """Return what stands in a clip: a tick, a day, or for who only listens that nothing has begun."""
    if cell["status"] == "done":
        return icon("check", label=cell["text"])
    if cell["status"] == "none":
        return cell["text"] if cell["due_on"] else format_html('<span class="visually-hidden">{}</span>', cell["text"])
    return format_html('<span class="pd-phone-only" aria-hidden="true">{}:</span>{}', stage, cell["text"])


def _running(due_on: str | None) -> str:
    return (moments.due(due_on) or moments.day(due_on)) if due_on else _("Under way")


@register.filter
def due_of(song: Mapping[str, Any], stage: str) -> Mapping[str, Any] | None:
    """Return the date that a song keeps to for a stage."""
    return next((due for due in song["due"] if due["stage"] == stage), None)


@register.filter
def short_day(value: str | None) -> str:
    """Return "27 Nov"; the year only if it is not this one."""
    day = moments.local(value)
    if day is None:
        return moments.NOTHING
    this_year = day.year == timezone.localdate().year
    return moments.written(day, "j M" if this_year else "j M Y")


@register.filter
def ahead_day(value: str) -> str:
    """Return when a day comes: "today", "tomorrow", "in 7 days", "on 29 Jan"."""
    days = moments.days_left(value) or 0
    if days > moments.COUNTED_DAYS:
        return _("on %(day)s") % {"day": short_day(value)}
    if days < 2:
        return (_("today"), _("tomorrow"))[days]
    return _("in %(days)d days") % {"days": days}


@register.filter
def days_beside(value: str) -> str:
    """Return what stands beside a date that is near: ", 7 days", ", tomorrow"."""
    days = moments.days_left(value) or 0
    if days > moments.COUNTED_DAYS:
        return ""
    if days < 2:
        return ", " + (_("today"), _("tomorrow"))[days]
    return ", " + _("%(days)d days") % {"days": days}


@register.filter
def narrowed(filters: QueryDict, view: str) -> bool:
    """Say whether a list is asked for less than it usually shows."""
    names = ("search", "kind", "late") + (("stage",) if view == "list" else ())
    return any(filters.get(name) for name in names) or (view == "list" and filters.get("open") != "true")


@register.filter
def bare(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field without the word "optional", where its group says it for all."""
    return dict(field) | {"required": True}


@register.filter
def placeholder(field: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a field with an example in it."""
    return dict(field) | {"placeholder": text}


@register.filter
def lines(field: Mapping[str, Any], count: int) -> dict[str, Any]:
    """Return a field for a longer text."""
    return dict(field) | {"lines": count}


@register.simple_tag
def all_kinds() -> list[tuple[str, str]]:
    """Return every kind of project and its label."""
    return [(value, str(label)) for value, label in Project.Kind.choices]


@register.simple_tag
def kind_cards() -> list[dict[str, Any]]:
    """Return the kinds of project as cards to choose from."""
    return [
        {"value": kind.value, "label": kind.label, "icon": icon, "hint": hint}
        for kind, icon, hint in (
            (Project.Kind.ALBUM, "disc", _("8 to 14 songs")),
            (Project.Kind.EP, "vinyl", _("3 to 6 songs")),
            (Project.Kind.SINGLE, "music", _("1 song, versions")),
            (Project.Kind.BEAT, "metronome", _("For sale or to order")),
            (Project.Kind.REMIX, "adjustments-horizontal", _("Stems in, mix out")),
            (Project.Kind.SCORE, "movie", _("Cues and timings")),
            (Project.Kind.STAGE, "microphone-2", _("Rehearsals, ensemble")),
        )
    ]


@register.filter
def neighbours(songs: Sequence[Mapping[str, Any]], song_id: int) -> dict[str, Any]:
    """Return the songs `before` and `after` this one, None at the ends."""
    ids = [song["id"] for song in songs]
    at = ids.index(song_id) if song_id in ids else None
    if at is None:
        return {"before": None, "after": None}
    return {"before": songs[at - 1] if at else None, "after": songs[at + 1] if at + 1 < len(songs) else None}


@register.filter
def total_length(songs: Sequence[Mapping[str, Any]]) -> str:
    """Return how long the songs run together, as far as their lengths are known: "38:12"."""
    seconds = 0
    for song in songs:
        if song["length"]:
            minutes, rest = song["length"].split(":")
            seconds += int(minutes) * 60 + int(rest)
    return f"{seconds // 60}:{seconds % 60:02d}" if seconds else ""


@register.filter
def songs_word(kind: str) -> str:
    """Return what the parts of a record of this kind are called, more than one."""
    return _("Cues") if kind == "score" else _("Songs")


@register.filter
def host(url: str) -> str:
    """Return where a link leads: "example.com"."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


register.filter("stage_class", tones.stage_class)
register.filter("stage_word", lambda stage: words.word(stage, "Song.stage"))
