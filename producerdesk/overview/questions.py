"""The five questions that every page of a project opens with, answered in two statements.

*Is the studio booked? Is an engineer coming? Who is still to be auditioned or hired? When must it be finished, and are
we on time? Who controls the budget, and what is left of it?*
"""

from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from budgets import chart
from budgets.models import Budget
from budgets.standing import SUM_COLUMNS, Figures, figures_of, over_of, with_sums
from contributors.models import Engagement
from producerdesk.accounts.roles import BUDGET_READ, PEOPLE_READ, SCHEDULE_READ
from producerdesk.kit.money import as_json
from producerdesk.kit.prepared import prepared
from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import Viewer
from producerdesk.overview.day import sessions_ahead
from projects.models import Project
from projects.serializers import today as day_of
from projects.stages import Stage
from sessions.actions.plans import LONGEST
from sessions.models import Call, EditTask, StudioSession

Kind, State = StudioSession.Kind, StudioSession.State
# a rehearsal, a writing day, an audition or a playback goes well without one (trade.md, Who does what)
NEED_ENGINEER = (Kind.TRACKING, Kind.OVERDUB, Kind.VOCAL, Kind.EDITING, Kind.MIXING, Kind.MASTERING)
READ_AT_MOST = 300  # sessions ahead of one project: nobody plans more
NAMED = 3
SOON_DAYS = 7
BUDGET_SUMS = ("planned", "approved", "committed", "actual", "left")


def of(viewer: Viewer, pk: int, now: datetime) -> dict[str, Any] | None:
    """Return the answers for this viewer, or None for a project the viewer may not open."""
    project = _project(viewer, pk)
    if project is None:
        return None
    place = {"desk_id": project["desk_id"], "project_id": pk}
    today = day_of(viewer)
    found: dict[str, Any] = {}
    if viewer.can(SCHEDULE_READ, **place):
        ahead = _ahead(viewer, pk, now)
        delivered = project["stage"] == Stage.DELIVERED
        found |= {"studio": _studio(ahead, delivered=delivered), "engineer": _engineer(ahead)}
    if viewer.can(PEOPLE_READ, **place):
        found["hires"] = _hires(project, today)
    found["due"] = _due(project)
    if viewer.can(BUDGET_READ, **place):
        found["budget"] = _budget(project)
    return found


# --- reading ----------------------------------------------------------------------------------------------


def _project(viewer: Viewer, pk: int) -> dict[str, Any] | None:
    """Return the project with what is asked of hires and of the ledger. One statement."""
    columns = ["desk_id", "stage", "deadline", "late_deadline_on", "late_stage", "late_stage_on", "late_song_on"]
    columns += ["to_edit"]
    if viewer.can_anywhere(PEOPLE_READ):
        columns += ["needed", "auditioning", "offered", "hired", "first", "first_by"]
    if viewer.can_anywhere(BUDGET_READ):
        columns += ["budget_of"]
    return next(iter(_standing(viewer, pk=pk).values(*columns)), None)


@prepared
def _standing(viewer: Viewer, pk: int) -> QuerySet:
    found: QuerySet = Project.objects.visible_to(viewer).filter(pk=pk).with_lateness(day_of(viewer))
    found = found.annotate(to_edit=_to_edit(viewer))
    if viewer.can_anywhere(PEOPLE_READ):
        found = _with_hires(found)
    return found.annotate(budget_of=Subquery(_budget_of())) if viewer.can_anywhere(BUDGET_READ) else found


def _to_edit(viewer: Viewer) -> Coalesce:
    """Count what is still to be edited, as far as the viewer reads it: all of it, or what the viewer is to do."""
    open_ = EditTask.objects.visible_to(viewer).filter(song__project=OuterRef("pk"), done_at=None).order_by()
    return Coalesce(Subquery(open_.values("song__project").annotate(number=Count("pk")).values("number")), 0)


def _with_hires(projects: QuerySet) -> QuerySet:
    hires = Engagement.objects.filter(project=OuterRef("pk")).order_by()
    first = hires.filter(state__in=("needed", "auditioning")).by_urgency()

    def count(state: str) -> Coalesce:
        number = hires.filter(state=state).values("project").annotate(number=Count("pk"))
        return Coalesce(Subquery(number.values("number")), 0)

    return projects.annotate(
        needed=count("needed"),
        auditioning=count("auditioning"),
        offered=count("offered"),
        hired=count("confirmed"),
        first=Subquery(first.values("role")[:1]),
        first_by=Subquery(first.values("needed_by")[:1]),
    )


def _budget_of() -> QuerySet:
    """Return the budget of the project of the outer row with its sums, as one value: no further statement."""
    sums = with_sums(Budget.objects.filter(project=OuterRef("pk")))
    columns = ("currency", *SUM_COLUMNS, "to_approve", "over_heads")
    return sums.values(told=JSONObject(controller="controller__name", **{name: name for name in columns}))


def _ahead(viewer: Viewer, pk: int, now: datetime) -> list[dict[str, Any]]:
    """Return the sessions ahead with the engineer of each."""
    columns = ("id", "title", "kind", "state", "starts_at", "time_zone", "engineer", "sure")
    return _with_engineer(viewer, pk=pk, now=now, begun=now - LONGEST).values(*columns)


@prepared
def _with_engineer(viewer: Viewer, pk: int, now: datetime, begun: datetime) -> QuerySet:
    """Add `engineer`, one who says yes before one who has not answered, and whether the engineer is `sure`."""
    calls = Call.objects.filter(session=OuterRef("pk"), role__icontains="engineer", removed_at=None)
    coming = calls.exclude(answer=Call.Answer.DECLINED)
    sure = coming.filter(answer=Call.Answer.CONFIRMED)
    rows = sessions_ahead(viewer, now, begun).filter(project=pk)
    annotated = rows.annotate(
        sure=Exists(sure),
        engineer=Coalesce(
            Subquery(sure.order_by("pk").values("contributor__name")[:1]),
            Subquery(coming.order_by("pk").values("contributor__name")[:1]),
            Value(None, output_field=CharField(null=True)),
        ),
    )
    return annotated[:READ_AT_MOST]


# --- answering --------------------------------------------------------------------------------------------


def _studio(ahead: list[dict[str, Any]], *, delivered: bool) -> dict[str, Any]:
    holds = [row for row in ahead if row["state"] == State.HOLD]
    state = "warn" if holds else "ok" if ahead else "none" if delivered else "todo"
    return {
        "state": state,
        "ahead": len(ahead),
        "booked": len(ahead) - len(holds),
        "holds": len(holds),
        "next": _named(ahead),
        "first_hold": _named(holds),
    }


def _engineer(ahead: list[dict[str, Any]]) -> dict[str, Any]:
    needing = [row for row in ahead if row["state"] == State.CONFIRMED and row["kind"] in NEED_ENGINEER]
    without = [row for row in needing if row["engineer"] is None]
    sure = [row for row in needing if row["sure"]]
    state = "none" if not needing else "bad" if without else "ok" if len(sure) == len(needing) else "warn"
    return {
        "state": state,
        "needed": len(needing),
        "called": len(needing) - len(without),
        "confirmed": len(sure),
        "names": list(dict.fromkeys(row["engineer"] for row in needing if row["engineer"]))[:NAMED],
        "first_without": _named(without),
    }


def _hires(project: dict[str, Any], today: date) -> dict[str, Any]:
    open_ = project["needed"] + project["auditioning"]
    overdue = project["first_by"] is not None and project["first_by"] < today
    if overdue:
        state = "bad"
    elif open_:
        state = "todo"
    elif project["offered"]:
        state = "warn"
    else:
        state = "ok" if project["hired"] else "none"
    return {
        "state": state,
        "needed": project["needed"],
        "auditioning": project["auditioning"],
        "offered": project["offered"],
        "hired": project["hired"],
        "first": project["first"],
        "first_needed_by": _day(project["first_by"]),
    }


def _due(project: dict[str, Any]) -> dict[str, Any]:
    delivered = project["stage"] == Stage.DELIVERED
    late = project["late_deadline_on"] or project["late_stage_on"]
    if delivered:
        state = "ok"
    elif late:
        state = "bad"
    elif project["late_song_on"]:
        state = "warn"
    else:
        state = "ok" if project["deadline"] else "todo"
    dates = ("deadline", "late_deadline_on", "late_stage_on", "late_song_on")
    return {name: _day(project[name]) for name in dates} | {
        "state": state,
        "late_stage": project["late_stage"],
        "delivered": delivered,
        "to_edit": project["to_edit"],
    }


def _budget(project: dict[str, Any]) -> dict[str, Any]:
    """Return what the ledger says. Without a budget nobody has spoken of money yet."""
    found = project["budget_of"]
    if found is None:
        nothing = {"controller": None, "to_approve": False, "over_lines": 0, "first_over": None}
        return {"state": "none"} | nothing | dict.fromkeys(BUDGET_SUMS)
    figures = figures_of(*(found[name] for name in SUM_COLUMNS))
    sums = figures.as_json(found["currency"])
    over = over_of(found["approved_minor"], found["over_heads"])
    return {
        "state": _budget_state(figures, over, controlled=bool(found["controller"])),
        "controller": found["controller"],
        "to_approve": bool(found["to_approve"]),  # SQLite has no booleans in its JSON
        "over_lines": len(over),
        "first_over": _over_line(*over[0], found["currency"]) if over else None,
    } | {name: sums[name] for name in BUDGET_SUMS}


def _budget_state(figures: Figures, over: list[tuple[int, int]], *, controlled: bool) -> str:
    if figures.over:
        return "bad"
    if over:
        return "warn"
    return "ok" if controlled and not figures.planless else "todo"


def _over_line(head: int, over: int, currency: str) -> dict[str, Any]:
    return {"account": head, "title": chart.title_of(head), "over": as_json(over, currency)}


def _named(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not rows:
        return None
    row = rows[0]
    return {"id": row["id"], "title": row["title"], "starts_at": utc(row["starts_at"]), "time_zone": row["time_zone"]}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
