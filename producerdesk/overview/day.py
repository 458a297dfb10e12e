"""Whose day holds what: each part is one question to the app that knows, through its `visible_to`.

Every part is cut to what fits on a page; the lists behind it have all of it.
"""

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Substr

from budgets.models import Budget
from budgets.standing import with_sums
from contributors.models import Engagement
from producerdesk.accounts.models import User
from producerdesk.accounts.roles import BUDGET_READ, PEOPLE_READ, PROJECT_WRITE, SCHEDULE_WRITE
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import Viewer
from producerdesk.notices.models import Delivery
from producerdesk.overview.serializers import today as rows
from projects.models import Project, Song, StageDate
from projects.serializers import today as day_of
from projects.stages import Stage
from sessions.actions.plans import LONGEST
from sessions.booking.holds import standing
from sessions.models import Call, EditTask, StudioSession
from sessions.queries import is_editing
from sessions.reminders import ASKING
from sessions.serializers import EditTaskRow

AHEAD = ROWS = 8
OPEN_ROLES = (Engagement.State.NEEDED, Engagement.State.AUDITIONING)
ASKED_BACK = (Call.Answer.DECLINED, Call.Answer.PROPOSED)
CALL = "call:"  # how a delivery names a call


def of(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return the viewer's day, as `serializers.today.Today` describes it."""
    found: dict[str, Any] = {"date": day_of(viewer).isoformat(), "sessions": _sessions(viewer, now)}
    if viewer.can_anywhere(SCHEDULE_WRITE):
        found |= _to_do(viewer, now) | {"stuck": rows.StuckDelivery.read(_stuck(viewer), viewer)}
    elif viewer.is_authenticated:
        found["edits"] = EditTaskRow.read(_own_edits(viewer), viewer)
    if viewer.can_anywhere(PEOPLE_READ):
        found["roles"] = rows.OpenRole.read(_roles(viewer), viewer)
    if viewer.can_anywhere(PROJECT_WRITE):
        found["late_projects"] = rows.LateProject.read(_late_projects(viewer), viewer)
        found["late_songs"] = rows.LateSong.read(_late_songs(viewer), viewer)
    elif viewer.is_authenticated:
        found["projects"] = rows.ProjectOfDay.read(_projects(viewer), viewer)
    if viewer.can_anywhere(BUDGET_READ):
        found["budgets"] = rows.BudgetHealth.read(_budgets(viewer), viewer)
    found["new"] = _is_new(viewer, found)
    return found


def _is_new(viewer: Viewer, found: dict[str, Any]) -> bool:
    """Return whether nothing is there at all: the day of who has just signed up."""
    if any(part for part in found.values() if isinstance(part, list)) or found["sessions"]["results"]:
        return False
    return not Project.objects.visible_to(viewer).exists()


def sessions_ahead(viewer: Viewer, now: datetime, begun: datetime) -> QuerySet:
    """Return the sessions that are not over, holds that stand included, the nearest first.

    `begun` is `LONGEST` before: no session lasts longer, and with a lower bound the index is read from there on.
    """
    ahead = StudioSession.objects.visible_to(viewer).filter(starts_at__gt=begun, ends_at__gt=now)
    held = Q(state=StudioSession.State.HOLD) & standing("", now)
    return ahead.filter(Q(state=StudioSession.State.CONFIRMED) | held).order_by("starts_at", "pk")


@prepared
def _next_sessions(viewer: Viewer, now: datetime, begun: datetime) -> QuerySet:
    return sessions_ahead(viewer, now, begun)[: AHEAD + 1]


def _sessions(viewer: Viewer, now: datetime) -> dict[str, Any]:
    found = rows.DaySession.read(_next_sessions(viewer, now=now, begun=now - LONGEST), viewer)
    return {"more": len(found) > AHEAD, "results": found[:AHEAD]}


def _to_do(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return what waits: `asking` for a word of the producer, `waiting` for one of the person, own `edits`."""
    kinds = {"asking": rows.OpenCall, "waiting": rows.OpenCall, "edits": EditTaskRow}
    found = _three_lists(viewer, now=now, begun=now - LONGEST).values_list(*kinds)
    texts = found[0] if found else ("[]",) * len(kinds)
    return {name: row.from_json(text, viewer) for (name, row), text in zip(kinds.items(), texts, strict=True)}


@prepared
def _three_lists(viewer: Viewer, now: datetime, begun: datetime) -> QuerySet:
    """Return three lists in one row: the page of a day has few statements to spare."""
    asking, waiting = (_open_calls(viewer, asking, now, begun) for asking in (True, False))
    return User.objects.filter(pk=viewer.user_id or 0).annotate(
        asking=rows.OpenCall.as_json(asking),
        waiting=rows.OpenCall.as_json(waiting),
        edits=EditTaskRow.as_json(_to_edit(viewer)),
    )


def _open_calls(viewer: Viewer, asking: bool, now: datetime, begun: datetime) -> QuerySet:
    planned = viewer.reach(SCHEDULE_WRITE).q(project="session__project_id", desk="session__desk_id")
    # what did not leave, or was replaced, asked nobody
    heard = (*Delivery.OPEN, Delivery.State.SENT)
    asked = Delivery.objects.filter(ref=OuterRef("ref"), kind__in=ASKING, state__in=heard).order_by("-pk")
    calls = (
        Call.objects.visible_to(viewer)
        .filter(planned, removed_at=None, session__state=StudioSession.State.CONFIRMED)
        .filter(session__starts_at__gt=begun, session__ends_at__gt=now)
        .filter(answer__in=ASKED_BACK if asking else (Call.Answer.PENDING,))
        .annotate(ref=Concat(Value(CALL), Cast("pk", CharField())), asked_at=Subquery(asked.values("created_at")[:1]))
    )
    # by the session first: its index has them in this order, and the rest is never read
    return calls.order_by("session__starts_at", "call_at", "pk")[:ROWS]


@prepared
def _own_edits(viewer: Viewer) -> QuerySet:
    return _to_edit(viewer)


def _to_edit(viewer: Viewer) -> QuerySet:
    """Return what the viewer is to edit. Of all that is to be edited one reads on the projects."""
    own = EditTask.objects.visible_to(viewer).filter(is_editing(viewer), done_at=None)
    return own.order_by(F("song__project__deadline").asc(nulls_last=True), "song__position", "pk")[:ROWS]


@prepared
def _roles(viewer: Viewer) -> QuerySet:
    produced = viewer.reach(PEOPLE_READ).q(project="project_id", desk="project__desk_id")
    open_ = Engagement.objects.visible_to(viewer).filter(produced, state__in=OPEN_ROLES)
    return open_.exclude(project__stage=Stage.DELIVERED).by_urgency()[:ROWS]


@prepared
def _late_projects(viewer: Viewer) -> QuerySet:
    projects = (
        Project.objects.visible_to(viewer)
        .filter(viewer.reach(PROJECT_WRITE).q(project="pk", desk="desk_id"))
        .open()
        .with_lateness(day_of(viewer))
        .filter(Q(late_deadline_on__isnull=False) | Q(late_stage_on__isnull=False))
        .order_by(Coalesce("late_deadline_on", "late_stage_on"), "pk")
    )
    return projects[:ROWS]


@prepared
def _late_songs(viewer: Viewer) -> QuerySet:
    songs = (
        Song.objects.visible_to(viewer)
        .filter(viewer.reach(PROJECT_WRITE).q(project="project_id", desk="project__desk_id"))
        .exclude(stage=Stage.DELIVERED)
        .filter(project__in=StageDate.objects.filter(due_on__lt=day_of(viewer)).values("project"))  # else none is late
        .with_lateness(day_of(viewer))
        .filter(late_on__isnull=False)
        .order_by("late_on", "pk")
    )
    return songs[:ROWS]


@prepared
def _projects(viewer: Viewer) -> QuerySet:
    found = Project.objects.visible_to(viewer).open().with_lateness(day_of(viewer))
    return found.order_by(F("deadline").asc(nulls_last=True), "title", "pk")[:ROWS]


@prepared
def _budgets(viewer: Viewer) -> QuerySet:
    """Return the budgets of what was worked on last and is not delivered, with the sums of their ledgers."""
    open_ = Budget.objects.visible_to(viewer).exclude(project__stage=Stage.DELIVERED)
    in_order = open_.order_by("-project__updated_at", "-pk")
    # which they are first: of those alone the ledger is added up
    return with_sums(Budget.objects.filter(pk__in=in_order.values("pk")[:ROWS])).order_by(*in_order.query.order_by)


@prepared
def _stuck(viewer: Viewer) -> QuerySet:
    """Return what could not be sent, the newest first, with the session it is about."""
    number = Cast(Substr("ref", len(CALL) + 1), BigIntegerField())
    failed = Delivery.objects.visible_to(viewer).filter(state=Delivery.State.FAILED)
    # only a call's ref ends in a number of a call: the case keeps the cast away from all others
    failed = failed.annotate(call_id=Case(When(ref__regex=rf"^{CALL}[0-9]{{1,15}}$", then=number)))
    about = Call.objects.filter(pk=OuterRef("call_id")).values("session__title")
    return failed.annotate(about=Subquery(about[:1])).order_by("-due_at", "-pk")[:ROWS]
