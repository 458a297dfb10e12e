"""Reading people and hires: the one door to their rows."""

from datetime import datetime

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from producerdesk.accounts.roles import BUDGET_READ, PEOPLE_READ, PEOPLE_WRITE
from producerdesk.kit.viewer import Viewer

SKILLED = ("role", "instrument")  # the skills that fill a role; a genre alone does not
EXACTLY, NEARLY = 2, 1  # how well a person fits an open role
SHORTEST_WORD = 4  # letters; shorter words (a, of, and) say nothing of a role


def is_me(viewer: Viewer, contributor: str = "", *, by: str | None = None, project: str = "") -> Q:
    """Return the filter for rows whose contributor is the viewer. `contributor` is the path to it, with its `__`.

    A token or feed is the person only where it carries the right `by`; without one, never. A token for some projects is
    it only in these: `project` is the column of the project's id.
    """
    if viewer.scopes is None or (by and viewer.allows(by)):
        limit = viewer.project_limit
        if limit is not None and not project:
            return Q(pk__in=())
        within = Q() if limit is None else Q(**{f"{project}__in": limit})
        if viewer.contributor_id:
            return Q(**{f"{contributor}pk": viewer.contributor_id}) & within
        if viewer.user_id:
            return Q(**{f"{contributor}user_id": viewer.user_id}) & within
    return Q(pk__in=())


def in_network(viewer: Viewer, desk: str) -> Q:
    """Return the filter for rows of the desks in which this viewer produces. `desk` is the path to the desk's id."""
    return Q(**{f"{desk}__in": viewer.reach_desks(PEOPLE_READ)})


class ContributorQuerySet(models.QuerySet):
    """The network."""

    def visible_to(self, viewer: Viewer) -> "ContributorQuerySet":
        """Return the people of the desks in which this viewer produces."""
        return self.filter(in_network(viewer, "desk_id"))

    def with_fits(self, role: str, part: str) -> "ContributorQuerySet":
        """Add `fits`: 2 for who plays or does exactly this, 1 for something near it, else 0."""
        terms = {text.casefold() for text in (role, part) if text}
        near = Q(key__in=terms)
        for word in {word for term in terms for word in term.split() if len(word) >= SHORTEST_WORD}:
            near |= Q(key__startswith=word)
        skills = apps.get_model("contributors.Skill").objects.filter(contributor=OuterRef("pk"), kind__in=SKILLED)
        return self.annotate(
            fits=models.Case(
                models.When(Exists(skills.filter(key__in=terms)), then=Value(EXACTLY)),
                models.When(Exists(skills.filter(near)), then=Value(NEARLY)),
                default=Value(0),
                output_field=IntegerField(),
            )
        )

    def for_role(self, *, project_id: int, but: int, viewer: Viewer) -> "ContributorQuerySet":
        """Add how often each was hired before (`hired`), and how it stands with them on this project (`state_here`).

        `but` is the role that is to be filled: of it only counts who declined it before.
        """
        hires = apps.get_model("contributors.Engagement").objects.visible_to(viewer).filter(contributor=OuterRef("pk"))
        done = hires.filter(state__in=("confirmed", "ended")).order_by().values("contributor")
        here = hires.filter(project_id=project_id).exclude(pk=but).order_by("-pk")
        steps = apps.get_model("contributors.EngagementStep").objects.visible_to(viewer)
        declined = steps.filter(engagement=but, contributor=OuterRef("pk"), state="declined").order_by()
        return self.annotate(
            hired=Coalesce(Subquery(done.annotate(number=Count("pk")).values("number")), 0),
            state_here=Coalesce(Subquery(declined.values("state")[:1]), Subquery(here.values("state")[:1])),
        )


class SkillQuerySet(models.QuerySet):
    """What people do."""

    def visible_to(self, viewer: Viewer) -> "SkillQuerySet":
        """Return what the people of the viewer's network do."""
        return self.filter(in_network(viewer, "contributor__desk_id"))


class RateQuerySet(models.QuerySet):
    """What people usually charge."""

    def visible_to(self, viewer: Viewer) -> "RateQuerySet":
        """Return the rates of the network, to who may read money there."""
        return self.filter(
            in_network(viewer, "contributor__desk_id"), contributor__desk_id__in=viewer.reach_desks(BUDGET_READ)
        )


class EngagementQuerySet(models.QuerySet):
    """Hires and open roles."""

    def visible_to(self, viewer: Viewer) -> "EngagementQuerySet":
        """Return the hires of the projects this viewer produces, and the viewer's own."""
        produced = viewer.reach(PEOPLE_READ).q(project="project_id", desk="project__desk_id")
        return self.filter(produced | is_me(viewer, "contributor__"))

    def with_songs_counted(self) -> "EngagementQuerySet":
        """Add `song_count`."""
        chosen = (
            apps.get_model("projects.Song").objects.filter(engagements=OuterRef("pk")).order_by().values("engagements")
        )
        counted = chosen.annotate(number=Count("pk")).values("number")
        return self.annotate(song_count=Coalesce(Subquery(counted), 0))

    def by_urgency(self) -> "EngagementQuerySet":
        """Return the open ones first: those with a date by it, then the rest by role."""
        return self.order_by(F("needed_by").asc(nulls_last=True), "role", "pk")


class StepQuerySet(models.QuerySet):
    """How hires came to where they are."""

    def visible_to(self, viewer: Viewer) -> "StepQuerySet":
        """Return the steps on the projects this viewer produces: who else was asked is nobody else's business."""
        return self.filter(
            viewer.reach(PEOPLE_READ).q(project="engagement__project_id", desk="engagement__project__desk_id")
        )


class LinkQuerySet(models.QuerySet):
    """Private links."""

    def visible_to(self, viewer: Viewer) -> "LinkQuerySet":
        """Return the links of the people whom this viewer may change."""
        return self.filter(contributor__desk_id__in=viewer.reach_desks(PEOPLE_WRITE))

    def valid(self, until: datetime) -> "LinkQuerySet":
        """Return the links that open something at least until then."""
        return self.filter(revoked_at=None, expires_at__gt=until, contributor__active=True)
