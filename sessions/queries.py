"""Reading sessions: the one door to studios, rooms, sessions and calls."""

from datetime import date, datetime
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from contributors.queries import is_me
from producerdesk.accounts.roles import SCHEDULE_READ, SCHEDULE_WRITE, Role
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


def _away(first: date, last: date) -> Exists:
    """Return whether an item is out for repair on one of these days."""
    repairs = apps.get_model("studio_sessions.GearRepair").objects
    return Exists(
        repairs.filter(Q(last=None) | Q(last__gte=first), gear=OuterRef("pk"), first__lte=last, removed_at=None)
    )


class GearQuerySet(models.QuerySet):
    """Gear."""

    def visible_to(self, viewer: Viewer) -> "GearQuerySet":
        """Return the gear of the desks in which this viewer books."""
        return self.filter(desk_id__in=viewer.reach_desks(SCHEDULE_WRITE))

    def staying(self) -> "GearQuerySet":
        """Return what is in use and comes with its room."""
        return self.filter(active=True, bookable=False, room__isnull=False)

    def with_state(self, today: date) -> "GearQuerySet":
        """Add `is_out`: away for repair on this day, and `faults_open`: how many faults nobody has put right."""
        noted = apps.get_model("studio_sessions.GearFault").objects
        faults = noted.filter(gear=OuterRef("pk"), fixed_at=None).order_by().values("gear")
        counted = Subquery(faults.annotate(n=Count("pk")).values("n"))
        return self.annotate(is_out=_away(today, today), faults_open=Coalesce(counted, 0))

    def there(self, first: date, last: date) -> "GearQuerySet":
        """Return what is away for repair on none of these days."""
        return self.exclude(_away(first, last))


class OfGearQuerySet(models.QuerySet):
    """Repairs and faults of gear."""

    def visible_to(self, viewer: Viewer) -> "OfGearQuerySet":
        """Return those of the gear that this viewer sees."""
        return self.filter(gear__desk_id__in=viewer.reach_desks(SCHEDULE_WRITE))


class ImportedCalendarQuerySet(models.QuerySet):
    """Imported calendars."""

    def visible_to(self, viewer: Viewer) -> "ImportedCalendarQuerySet":
        """Return the calendars of the desks in which this viewer books."""
        return self.filter(desk_id__in=viewer.reach_desks(SCHEDULE_WRITE))


class SessionQuerySet(models.QuerySet):
    """Studio sessions."""

    def visible_to(self, viewer: Viewer) -> "SessionQuerySet":
        """Return the sessions of the projects whose schedule this viewer reads, and those the viewer is called to."""
        scheduled = viewer.reach(SCHEDULE_READ).q(project="project_id", desk="desk_id")
        calls = apps.get_model("studio_sessions.Call").objects
        called = calls.filter(is_called(viewer), removed_at=None)
        # a list of its own, looked up once: asked for each session anew, it costs more than all the rest
        return self.filter(scheduled | Q(pk__in=called.values("session")))

    def with_presence(self, viewer: Viewer) -> "SessionQuerySet":
        """Add `is_there`: the viewer is called and comes; `engineers`: and is the engineer there."""
        here = _present(viewer).filter(session=OuterRef("pk"))
        return self.annotate(is_there=Exists(here), engineers=Exists(here.filter(_as_engineer(viewer))))


class CallQuerySet(models.QuerySet):
    """People called to sessions."""

    def visible_to(self, viewer: Viewer) -> "CallQuerySet":
        """Return the calls of the sessions whose schedule this viewer writes, and the viewer's own."""
        produced = viewer.reach(SCHEDULE_WRITE).q(project="session__project_id", desk="session__desk_id")
        return self.filter(produced | is_called(viewer))

    def unanswered(self, now: datetime) -> "CallQuerySet":
        """Return the calls to what is booked and not over that nobody has answered."""
        return self.filter(answer="pending", removed_at=None, session__state="confirmed", session__ends_at__gt=now)

    def without_slots_given_up(self) -> "CallQuerySet":
        """Return these without the slots that a date poll gave up: nobody was to come to them.

        What a poll was decided for is a session like any other, also when it is cancelled later.
        """
        slots = apps.get_model("studio_sessions.PollSlot").objects.exclude(poll__decided=F("session"))
        # one that was brought back and booked took people's time like any other
        held = Q(session__state="cancelled", session__restores_to="hold")
        given_up = held & Exists(slots.filter(session=OuterRef("session")))
        return self.exclude(given_up)


class DatePollQuerySet(models.QuerySet):
    """Date polls."""

    def visible_to(self, viewer: Viewer) -> "DatePollQuerySet":
        """Return the polls of the projects whose schedule this viewer writes, and those that ask the viewer."""
        produced = viewer.reach(SCHEDULE_WRITE).q(project="project_id", desk="desk_id")
        replies = apps.get_model("studio_sessions.PollReply").objects
        mine = replies.filter(is_asked(viewer))
        return self.filter(produced | Q(pk__in=mine.values("poll")))


class PollReplyQuerySet(models.QuerySet):
    """What single people say of polls."""

    def visible_to(self, viewer: Viewer) -> "PollReplyQuerySet":
        """Return the replies to the polls this viewer plans, and the viewer's own."""
        produced = viewer.reach(SCHEDULE_WRITE).q(project="poll__project_id", desk="poll__desk_id")
        return self.filter(produced | is_asked(viewer))


class SheetCopyQuerySet(models.QuerySet):
    """Call sheets as single people have them."""

    def visible_to(self, viewer: Viewer) -> "SheetCopyQuerySet":
        """Return the copies that belong to calls which this viewer sees. Who was taken off has none any more."""
        calls = apps.get_model("studio_sessions.Call").objects.visible_to(viewer)
        return self.filter(call__in=calls.filter(removed_at=None))


class InTheRoomQuerySet(models.QuerySet):
    """What belongs to a session and is read by whoever is in the room."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Return those of the sessions this viewer plans, and of those the viewer comes to."""
        return self.filter(_produced(viewer) | Q(session__in=_present(viewer).values("session")))


class InputListQuerySet(InTheRoomQuerySet):
    """Input lists."""


class TakeQuerySet(InTheRoomQuerySet):
    """What was logged in sessions, removed takes among it."""

    def standing(self) -> "TakeQuerySet":
        """Return those that were not removed."""
        return self.filter(removed_at=None)


class InputTemplateQuerySet(models.QuerySet):
    """Input lists that a desk keeps to start from."""

    def visible_to(self, viewer: Viewer) -> "InputTemplateQuerySet":
        """Return the templates of the desks in which this viewer books."""
        return self.filter(desk_id__in=viewer.reach_desks(SCHEDULE_WRITE))

    def standing(self) -> "InputTemplateQuerySet":
        """Return those that were not removed."""
        return self.filter(removed_at=None)


class PrivateQuerySet(models.QuerySet):
    """What belongs to a session and is for its producers alone. Neither a call nor a role on the project opens it."""

    def visible_to(self, viewer: Viewer) -> "PrivateQuerySet":
        """Return those of the sessions this viewer plans."""
        return self.filter(_produced(viewer))

    def standing(self) -> "PrivateQuerySet":
        """Return those that were not removed."""
        return self.filter(removed_at=None)


class CompSectionQuerySet(models.QuerySet):
    """Sections of songs, with the takes that are used in each."""

    def visible_to(self, viewer: Viewer) -> "CompSectionQuerySet":
        """Return those of the projects whose sessions this viewer plans."""
        return self.filter(_produced(viewer, "song__"))

    def standing(self) -> "CompSectionQuerySet":
        """Return those that were not removed."""
        return self.filter(removed_at=None)


class EditTaskQuerySet(models.QuerySet):
    """What is to be edited."""

    def visible_to(self, viewer: Viewer) -> "EditTaskQuerySet":
        """Return those of the projects whose sessions this viewer plans, and what the viewer is to do."""
        if viewer.via == "feed":
            return self.none()
        return self.filter(_produced(viewer, "song__") | is_editing(viewer))


def is_called(viewer: Viewer) -> Q:
    """Return the filter for the viewer's own calls."""
    return is_me(viewer, "contributor__", by=SCHEDULE_READ, project="session__project_id")


def is_asked(viewer: Viewer) -> Q:
    """Return the filter for the viewer's own replies to polls."""
    return is_me(viewer, "contributor__", by=SCHEDULE_READ, project="poll__project_id")


def is_editing(viewer: Viewer) -> Q:
    """Return the filter for what the viewer is to edit."""
    return is_me(viewer, "assigned_to__", by=SCHEDULE_READ, project="song__project_id")


def _produced(viewer: Viewer, way: str = "session__") -> Q:
    """Return the filter for what lies in projects whose sessions this viewer plans; `way` leads to the project."""
    desk = f"{way}desk_id" if way == "session__" else f"{way}project__desk_id"
    return viewer.reach(SCHEDULE_WRITE).q(project=f"{way}project_id", desk=desk)


def _present(viewer: Viewer) -> models.QuerySet:
    """Return the calls that bring the viewer into the room. A calendar feed tells when, never what was played."""
    calls = apps.get_model("studio_sessions.Call").objects
    if viewer.via == "feed":
        return calls.none()
    return calls.filter(is_called(viewer), removed_at=None).exclude(answer="declined")


def _as_engineer(viewer: Viewer) -> Q:
    """Return the filter for the calls that the viewer follows as an engineer: called as one, or the project's own."""
    projects = [key for key, grant in viewer.projects.items() if grant.role == Role.ENGINEER]
    return Q(role__icontains="engineer") | Q(session__project_id__in=projects)
