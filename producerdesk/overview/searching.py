"""Searching everything a viewer may see, each app's rows through its `visible_to`.

Every word must be found, in the name of a thing or in what it belongs to. What is called exactly so comes first, then
what begins so, then what has a word that begins so, then the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Model, QuerySet, TextField, Value, When
from django.db.models.functions import Concat
from django.urls import reverse

from contributors.models import Contributor
from producerdesk.accounts.roles import PEOPLE_READ, SCHEDULE_WRITE
from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import Viewer
from producerdesk.overview.folding import Fold, fold
from projects.models import Project, Song
from sessions.models import Room, Studio, StudioSession

LONGEST = 120  # characters: no name is longer
WORDS_AT_MOST = 8
EACH = 6  # of a kind
GAP = "\n"  # between two columns: no typed word spans it


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of thing is searched: its name, where else words may stand, and what is told of it."""

    name: str
    model: type[Model]
    title: str
    beside: tuple[str, ...]  # columns that are searched beside the title
    columns: tuple[str, ...]  # that `told` gets after the key and the title
    told: Callable[..., dict[str, Any]]
    order: tuple[Any, ...]
    right: str | None = None  # without it nothing of the kind is seen, so it is not looked for

    def rows(self, viewer: Viewer, text: str, now: datetime) -> QuerySet:
        """Return what fits, the best first. One statement."""
        parts: list[Any] = [self.title]
        for column in self.beside:
            parts += [Value(GAP), column]
        visible = self.model._default_manager.all().visible_to(viewer)  # type: ignore[attr-defined] # each has this door
        found = visible.annotate(folded_title=Fold(F(self.title)))
        found = found.annotate(
            folded=Fold(Concat(*parts, output_field=TextField())) if self.beside else F("folded_title")
        )
        for word in text.split()[:WORDS_AT_MOST]:
            found = found.filter(folded__contains=word)
        if self.model is StudioSession:
            found = found.annotate(past=Case(When(ends_at__lte=now, then=Value(1)), default=Value(0)))
        return found.annotate(rank=_rank(text)).order_by("rank", *self.order)


def _rank(text: str) -> Case:
    return Case(
        When(folded_title=text, then=Value(0)),
        When(folded_title__startswith=text, then=Value(1)),
        When(folded_title__contains=f" {text}", then=Value(2)),
        When(folded_title__contains=text, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )


def _project(pk: int, artist: str) -> dict[str, Any]:
    return {"of": artist, "path": reverse("projects:detail", args=[pk])}


def _song(pk: int, project_id: int, project: str) -> dict[str, Any]:
    return {"of": project, "path": reverse("projects:song", args=[project_id, pk])}


def _person(pk: int, city: str) -> dict[str, Any]:
    return {"of": city, "path": reverse("contributors:detail", args=[pk])}


def _session(pk: int, project: str, starts_at: datetime, time_zone: str) -> dict[str, Any]:
    path = reverse("sessions:detail", args=[pk])
    return {"of": project, "path": path, "at": utc(starts_at), "time_zone": time_zone}


def _studio(pk: int, city: str) -> dict[str, Any]:
    return {"of": city, "path": reverse("sessions:studio", args=[pk])}


def _room(pk: int, studio_id: int, studio: str) -> dict[str, Any]:
    return {"of": studio, "path": reverse("sessions:studio", args=[studio_id])}


BY_TITLE = (F("title"), F("pk"))
KINDS = (
    Kind("project", Project, "title", ("artist", "label"), ("artist",), _project, BY_TITLE),
    Kind("song", Song, "title", ("project__title",), ("project_id", "project__title"), _song, BY_TITLE),
    Kind(
        "session",
        StudioSession,
        "title",
        ("project__title",),
        ("project__title", "starts_at", "time_zone"),
        _session,
        (F("past"), F("starts_at"), F("pk")),
    ),
    Kind(
        "person",
        Contributor,
        "name",
        ("city", "email"),
        ("city",),
        _person,
        (F("active").desc(), F("name"), F("pk")),
        PEOPLE_READ,
    ),
    Kind("studio", Studio, "name", ("city",), ("city",), _studio, (F("name"), F("pk")), SCHEDULE_WRITE),
    Kind(
        "room",
        Room,
        "name",
        ("studio__name",),
        ("studio_id", "studio__name"),
        _room,
        (F("studio__name"), F("name"), F("pk")),
        SCHEDULE_WRITE,
    ),
)


def find(viewer: Viewer, typed: str, now: datetime) -> list[dict[str, Any]]:
    """Return what fits what was typed, kind by kind. One statement for each kind the viewer sees anything of."""
    text = " ".join(fold(typed).split())
    if not text:
        return []
    groups = []
    for kind in KINDS:
        if kind.right is None or viewer.can_anywhere(kind.right):
            rows = list(kind.rows(viewer, text, now).values_list("pk", kind.title, *kind.columns)[: EACH + 1])
            found = [{"kind": kind.name, "id": pk, "title": title} | kind.told(pk, *rest) for pk, title, *rest in rows]
            if found:
                groups.append({"kind": kind.name, "more": len(found) > EACH, "results": found[:EACH]})
    return groups
