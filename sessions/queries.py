"""Reading sessions: the one door to studios, rooms, sessions and calls."""

from django.apps import apps
from django.db import models
from django.db.models import Q

from contributors.queries import is_me
from producerdesk.accounts.roles import SCHEDULE_READ, SCHEDULE_WRITE
from producerdesk.kit.viewer import Viewer


class StudioQuerySet(models.QuerySet):
    """Studios."""

    def visible_to(self, viewer: Viewer) -> "StudioQuerySet":
        """Return the studios of the desks in which this viewer books."""
        return self.filter(desk_id__in=viewer.reach_desks(SCHEDULE_WRITE))


class RoomQuerySet(models.QuerySet):
    """Rooms."""

    def visible_to(self, viewer: Viewer) -> "RoomQuerySet":
        """Return the rooms of the desks in which this viewer books."""
        return self.filter(studio__desk_id__in=viewer.reach_desks(SCHEDULE_WRITE))


class SessionQuerySet(models.QuerySet):
    """Studio sessions."""

    def visible_to(self, viewer: Viewer) -> "SessionQuerySet":
        """Return the sessions of the projects whose schedule this viewer reads, and those the viewer is called to."""
        scheduled = viewer.reach(SCHEDULE_READ).q(project="project_id", desk="desk_id")
        calls = apps.get_model("studio_sessions.Call").objects
        called = calls.filter(is_me(viewer, "contributor__", by=SCHEDULE_READ), removed_at=None)
        # a list of its own, looked up once: asked for each session anew, it costs more than all the rest
        return self.filter(scheduled | Q(pk__in=called.values("session")))


class CallQuerySet(models.QuerySet):
    """People called to sessions."""

    def visible_to(self, viewer: Viewer) -> "CallQuerySet":
        """Return the calls of the sessions whose schedule this viewer writes, and the viewer's own."""
        produced = viewer.reach(SCHEDULE_WRITE).q(project="session__project_id", desk="session__desk_id")
        return self.filter(produced | is_me(viewer, "contributor__", by=SCHEDULE_READ))


class SheetCopyQuerySet(models.QuerySet):
    """Call sheets as single people have them."""

    def visible_to(self, viewer: Viewer) -> "SheetCopyQuerySet":
        """Return the copies that belong to calls which this viewer sees. Who was taken off has none any more."""
        calls = apps.get_model("studio_sessions.Call").objects.visible_to(viewer)
        return self.filter(call__in=calls.filter(removed_at=None))
