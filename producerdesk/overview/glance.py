"""One project at a glance: the thing itself, the five questions, its songs, the next sessions and who is aboard.

What the first page of a project shows, in one answer: a statement for each part, the parts' own children in it.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from contributors.models import Engagement
from producerdesk.kit.pagination import counted
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import Viewer
from producerdesk.overview import questions
from producerdesk.overview.day import sessions_ahead
from producerdesk.overview.serializers import glance as rows
from projects.models import Song
from projects.reading import project_of
from projects.serializers import today as day_of
from sessions.actions.plans import LONGEST
from sessions.models import EditTask
from sessions.serializers import EditTaskRow

SONGS, AHEAD, ABOARD, EDITS = 100, 4, 6, 6
WANTED = ("needed", "auditioning", "offered", "confirmed")  # hires that are neither declined nor over


def of(viewer: Viewer, pk: int, now: datetime) -> dict[str, Any] | None:
    """Return the project as `serializers.glance.Glance` describes it, or None if the viewer may not open it."""
    project = project_of(viewer, pk)
    if project is None:
        return None
    ahead = _sessions(viewer, pk=pk, now=now, begun=now - LONGEST)
    found = {
        "project": project,
        "questions": questions.of(viewer, pk, now),
        "songs": rows.SongAtAGlance.page_folded(_songs(viewer, pk=pk), viewer),
        "sessions": rows.SessionAhead.page_folded(ahead, viewer),
        "edits": EditTaskRow.page_folded(_edits(viewer, pk=pk), viewer),
    }
    if project["can"]["see_people"]:
        found["people"] = rows.Aboard.page_folded(_people(viewer, pk=pk), viewer)
    return found


@prepared
def _songs(viewer: Viewer, pk: int) -> QuerySet:
    songs = Song.objects.visible_to(viewer).filter(project=pk)
    return counted(songs.with_lateness(day_of(viewer)).order_by("position", "pk"))[:SONGS]


@prepared
def _sessions(viewer: Viewer, pk: int, now: datetime, begun: datetime) -> QuerySet:
    return counted(sessions_ahead(viewer, now, begun).filter(project=pk))[:AHEAD]


@prepared
def _edits(viewer: Viewer, pk: int) -> QuerySet:
    open_ = EditTask.objects.visible_to(viewer).filter(song__project=pk, done_at=None)
    return counted(open_.order_by("song__position", "song_id", "pk"))[:EDITS]


@prepared
def _people(viewer: Viewer, pk: int) -> QuerySet:
    return counted(Engagement.objects.visible_to(viewer).filter(project=pk, state__in=WANTED).by_urgency())[:ABOARD]
