"""Reading desks and their staff: the one door to their rows."""

from django.db import models

from producerdesk.accounts.roles import PEOPLE_READ
from producerdesk.kit.viewer import Viewer


class DeskQuerySet(models.QuerySet):
    """Desks."""

    def visible_to(self, viewer: Viewer) -> "DeskQuerySet":
        """Return the desks this viewer works at."""
        return self.filter(pk__in=viewer.desks if viewer.project_limit is None else ())


class StaffQuerySet(models.QuerySet):
    """Who works at a desk."""

    def visible_to(self, viewer: Viewer) -> "StaffQuerySet":
        """Return the staff of the desks this viewer produces for, if only in one project."""
        return self.filter(desk_id__in=viewer.reach_desks(PEOPLE_READ))
