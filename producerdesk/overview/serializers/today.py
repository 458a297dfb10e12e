"""What the API says of a day: what comes, who waits for whom, what is late, over or stuck."""

import datetime as dt

from rest_framework import serializers

from budgets.permissions import may_approve
from budgets.standing import SUM_COLUMNS, figures_of, over_of
from contributors.models import Engagement
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.rows import Computed, MoneyField, RowSerializer
from producerdesk.kit.viewer import Viewer
from producerdesk.notices.models import Delivery
from producerdesk.notices.reasons import worded
from projects.serializers import ProjectRef
from projects.stages import Stage
from sessions.actions import NUDGE_PAUSE
from sessions.models import Call, StudioSession
from sessions.serializers import EditTaskRow, PersonRef, SessionFacts, Warned

_FLAGS = serializers.DictField(child=serializers.BooleanField())


def _plans(viewer: Viewer, desk_id: int, project_id: int, state: str) -> dict[str, bool]:
    plans = viewer.can(SCHEDULE_WRITE, desk_id=desk_id, project_id=project_id)
    return {"plan": plans, "confirm": plans and state == StudioSession.State.HOLD}


class DaySession(Warned, SessionFacts):
    """A session ahead, and who is called to it. Answers are for who plans it, one's own for oneself."""

    prepare = serializers.CharField()
    can = Computed(_plans, "desk_id", "project_id", "state", kind=_FLAGS, for_viewer=True)


class DaySessions(serializers.Serializer):
    """The sessions ahead, the nearest first. `more` says that there are further ones."""

    more = serializers.BooleanField()
    results = DaySession(many=True)


class SessionOfCall(RowSerializer):
    """The session somebody is called to, in short."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    project = ProjectRef()


def _may_nudge(asked_at: dt.datetime | None) -> bool:
    return asked_at is None or asked_at <= clock.now() - NUDGE_PAUSE


class OpenCall(RowSerializer):
    """A call that needs somebody's answer. `asked_at` is when the person was last asked."""

    id = serializers.IntegerField()
    person = PersonRef(source="contributor")
    role = serializers.CharField()
    call_at = serializers.DateTimeField()
    answer = serializers.ChoiceField(Call.Answer.choices)
    reason = serializers.CharField()
    proposed_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    seen_at = serializers.DateTimeField(allow_null=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    may_nudge = Computed(_may_nudge, "asked_at", kind=serializers.BooleanField())
    session = SessionOfCall()


class OpenRole(RowSerializer):
    """A role that nobody fills yet."""

    id = serializers.IntegerField()
    project = ProjectRef()
    role = serializers.CharField()
    part = serializers.CharField()
    state = serializers.ChoiceField(Engagement.State.choices)
    needed_by = serializers.DateField(allow_null=True)
    person = PersonRef(source="contributor", allow_null=True)


class LateProject(RowSerializer):
    """A project that missed its deadline, or the date of its own stage."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    artist = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    deadline = serializers.DateField(allow_null=True)
    late_deadline_on = serializers.DateField(allow_null=True)
    late_stage = serializers.ChoiceField(Stage.choices, allow_null=True)
    late_stage_on = serializers.DateField(allow_null=True)


class LateSong(RowSerializer):
    """A song that is behind its date."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    late_on = serializers.DateField()
    project = ProjectRef()


def _approves(viewer: Viewer, desk_id: int, project_id: int, controller_id: int | None, waits: bool) -> bool:
    is_mine = controller_id is None or controller_id == viewer.user_id
    return waits and is_mine and may_approve(viewer, desk_id, project_id, controller_id)


class BudgetHealth(RowSerializer):
    """What a project has approved, committed and spent, and what is left: null where nothing was ever planned.

    `over_lines` is how many heads are over what was approved for them, also where the whole is not. `approve` says that
    the plan waits for this viewer's yes: for who controls the budget, if anybody does.
    """

    project = ProjectRef()
    approved = MoneyField("approved_minor", "currency")
    left = Computed(
        lambda currency, *sums: figures_of(*sums).as_json(currency)["left"],
        *("currency", *SUM_COLUMNS),
        kind=MoneyField("", "", allow_null=True),
    )
    over = Computed(lambda *sums: figures_of(*sums).over > 0, *SUM_COLUMNS, kind=serializers.BooleanField())
    over_lines = Computed(
        lambda *columns: len(over_of(*columns)),
        *("approved_minor", "over_heads"),
        kind=serializers.IntegerField(),
    )
    approve = Computed(
        _approves,
        *("project__desk_id", "project_id", "controller_id", "to_approve"),
        kind=serializers.BooleanField(),
        for_viewer=True,
    )
    committed = MoneyField("committed_minor", "currency")
    actual = MoneyField("actual_minor", "currency")
    controller = serializers.CharField(source="controller.name", allow_null=True)


class StuckDelivery(RowSerializer):
    """A message that could not be sent."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    channel = serializers.ChoiceField(Delivery.Channel.choices)
    recipient_name = serializers.CharField()
    reason = Computed(worded, "reason", kind=serializers.CharField())
    due_at = serializers.DateTimeField()
    about = serializers.CharField(allow_null=True)


class ProjectOfDay(RowSerializer):
    """A project and how far it is, for who does not run it."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    artist = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    deadline = serializers.DateField(allow_null=True)
    late_deadline_on = serializers.DateField(allow_null=True)


class Today(serializers.Serializer):
    """The viewer's day. A part is missing where the viewer's roles have none of it.

    `edits` is what the viewer is to edit.
    """

    date = serializers.DateField()
    sessions = DaySessions()
    asking = OpenCall(many=True, required=False)
    waiting = OpenCall(many=True, required=False)
    edits = EditTaskRow(many=True, required=False)
    roles = OpenRole(many=True, required=False)
    late_projects = LateProject(many=True, required=False)
    late_songs = LateSong(many=True, required=False)
    projects = ProjectOfDay(many=True, required=False)
    budgets = BudgetHealth(many=True, required=False)
    stuck = StuckDelivery(many=True, required=False)
    new = serializers.BooleanField()
