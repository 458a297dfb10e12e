"""Reading projects: the one door to their rows, and what late means.

A stage is late when its date has passed and the work is not beyond the stage. A song keeps to its own date of a stage,
else to the project's, if that had not passed when the song was added: what joins a running record is not late at once.
A project is late with its deadline, with its own stage, or with one of its songs. What is delivered is never late.
"""

import datetime as dt

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from producerdesk.accounts.roles import BUDGET_READ, PEOPLE_READ, PROJECT_READ, SCHEDULE_READ, SCHEDULE_WRITE
from producerdesk.kit.viewer import Viewer
from projects.stages import ORDER, Stage, open_from, order_of


def _dates() -> "StageDateQuerySet":
    return apps.get_model("projects.StageDate").objects.all()


def _songs() -> "SongQuerySet":
    return apps.get_model("projects.Song").objects.all()


class StageDateQuerySet(models.QuerySet):
    """Dates of stages, the project's (no song) and songs' own."""

    def in_order(self) -> "StageDateQuerySet":
        """Return them in the order of the work."""
        return self.order_by(order_of("stage"), "pk")

    def of_project(self, project: str = "pk") -> "StageDateQuerySet":
        """Return the dates of the project in the outer query."""
        return self.filter(project=OuterRef(project)).annotate(due_order=order_of("stage"))

    def missed_by_project(self, today: dt.date) -> "StageDateQuerySet":
        """Return the project's dates that have passed while the project itself is not beyond. After `of_project`."""
        open_ = open_from("project__stage")
        return self.filter(song=None, due_on__lt=today).annotate(open=open_).filter(due_order__gte=F("open"))

    def missed_by_songs(self, today: dt.date) -> "StageDateQuerySet":
        """Return the dates that have passed while a song that keeps to them is not beyond. After `of_project`."""
        own_dates = _dates().filter(song=OuterRef("pk"), stage=OuterRef(OuterRef("stage")))
        behind = _songs().filter(_there_by(OuterRef("due_on")), project=OuterRef("project"))
        behind = behind.annotate(open=open_from("stage"))
        inherits = Exists(behind.filter(~Exists(own_dates), open__lte=OuterRef("due_order")))
        passed = self.filter(due_on__lt=today).annotate(song_open=open_from("song__stage"))
        return passed.filter(Q(song__isnull=False, song_open__lte=F("due_order")) | Q(inherits, song=None))


class ProjectQuerySet(models.QuerySet):
    """Projects."""

    def visible_to(self, viewer: Viewer) -> "ProjectQuerySet":
        """Return the projects this viewer may open."""
        return self.filter(viewer.reach(PROJECT_READ).q(project="pk", desk="desk_id"))

    def open(self) -> "ProjectQuerySet":
        """Return those that are not delivered."""
        return self.exclude(stage=Stage.DELIVERED)

    def with_lateness(self, today: dt.date) -> "ProjectQuerySet":
        """Add `late_deadline_on`, `late_stage` with `late_stage_on`, and `late_song_on`: what was missed, or None."""
        late = ~Q(stage=Stage.DELIVERED)
        own = _dates().of_project().missed_by_project(today).order_by("due_on", "due_order")
        songs = _dates().of_project().missed_by_songs(today).order_by("due_on")
        return self.annotate(
            late_deadline_on=Case(When(late & Q(deadline__lt=today), then="deadline")),
            late_stage=Case(When(late, then=Subquery(own.values("stage")[:1]))),
            late_stage_on=Case(When(late, then=Subquery(own.values("due_on")[:1]))),
            late_song_on=Case(When(late, then=Subquery(songs.values("due_on")[:1]))),
        )

    def late(self) -> "ProjectQuerySet":
        """Return those that are late. After `with_lateness`."""
        return self.exclude(late_deadline_on=None, late_stage_on=None, late_song_on=None)

    def on_time(self) -> "ProjectQuerySet":
        """Return those that are not. After `with_lateness`."""
        return self.filter(late_deadline_on=None, late_stage_on=None, late_song_on=None)

    def next_to_deliver(self, today: dt.date) -> "ProjectQuerySet":
        """Return the open ones with a deadline ahead, the nearest first."""
        return self.open().filter(deadline__gte=today).order_by("deadline", "title", "pk")

    def count_by_stage(self) -> dict[str, int]:
        """Return how many stand in each stage, all stages in their order. One query."""
        found = dict(self.order_by().values_list("stage").annotate(Count("pk")))
        return {stage: found.get(stage, 0) for stage in ORDER}


class SongQuerySet(models.QuerySet):
    """Songs."""

    def visible_to(self, viewer: Viewer) -> "SongQuerySet":
        """Return the songs of the projects this viewer may open."""
        return self.filter(viewer.reach(PROJECT_READ).q(project="project_id", desk="project__desk_id"))

    def with_next_due(self) -> "SongQuerySet":
        """Add `due_on`: the earliest date among the stages that are not done. If one was missed, that is the one."""
        added = Coalesce(OuterRef("added_on"), F("due_on"))
        inherited = Q(song=None, due_on__gte=added) & ~Exists(_own_instead())
        kept = _dates().of_project("project").filter(Q(song=OuterRef("pk")) | inherited)
        ahead = kept.filter(due_order__gte=OuterRef("open")).order_by("due_on")
        songs = self.annotate(open=open_from("stage"))
        due_on = Subquery(ahead.values("due_on")[:1])
        return songs.annotate(due_on=Case(When(~Q(project__stage=Stage.DELIVERED), then=due_on)))

    def with_lateness(self, today: dt.date) -> "SongQuerySet":
        """Add `due_on` as above, and `late_on`: the same day if it has passed."""
        return self.with_next_due().annotate(late_on=Case(When(due_on__lt=today, then="due_on")))

    def with_stage_dates(self) -> "SongQuerySet":
        """Return a row for each date a song keeps to: `date_stage`, `date_due_on`, and whether it is `date_own`."""
        dates = self.annotate(
            date_stage=F("project__stage_dates__stage"),
            date_due_on=F("project__stage_dates__due_on"),
            date_song=F("project__stage_dates__song"),
        )
        own_dates = _dates().filter(song=OuterRef("pk"), stage=OuterRef("date_stage"))
        inherited = Q(date_song=None, date_stage__isnull=False) & _there_by(F("date_due_on")) & ~Exists(own_dates)
        kept = dates.filter(Q(date_song=F("pk")) | inherited)
        own = Case(When(date_song=None, then=False), default=True, output_field=models.BooleanField())
        return kept.annotate(date_own=own).order_by(order_of("date_stage"))


def _there_by(day: F | OuterRef) -> Q:
    """Return whether a song was in the project by that day: what was due before it came, it does not inherit."""
    return Q(added_on=None) | Q(added_on__lte=day)


def _own_instead() -> StageDateQuerySet:
    """Return, two queries within a query of songs, the own date that stands before the project's."""
    return _dates().filter(song=OuterRef(OuterRef("pk")), stage=OuterRef("stage"))


# who reads of which deeds: whoever reads the things they were done to. Answers are for who plans, and for oneself
READERS = {
    "project": PROJECT_READ,
    "song": PROJECT_READ,
    "session": SCHEDULE_READ,
    "call": SCHEDULE_WRITE,
    "hire": PEOPLE_READ,
    "member": PEOPLE_READ,
    "budget": BUDGET_READ,
}


class ActivityQuerySet(models.QuerySet):
    """Who did what."""

    def visible_to(self, viewer: Viewer) -> "ActivityQuerySet":
        """Return the deeds this viewer's role may read of, and the answers the viewer gave."""
        found = Q(pk__in=())
        for right in sorted(set(READERS.values())):
            kinds = [kind for kind, needed in READERS.items() if needed == right]
            found |= Q(kind__in=kinds) & viewer.reach(right).q(project="project_id", desk="project__desk_id")
        if viewer.user_id:
            own = viewer.reach(SCHEDULE_READ).q(project="project_id", desk="project__desk_id")
            found |= Q(kind="call", user_id=viewer.user_id) & own
        return self.filter(found)
