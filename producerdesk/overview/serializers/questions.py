"""What the API says to the five questions of a project."""

from rest_framework import serializers

from producerdesk.kit.rows import MoneyField
from projects.stages import Stage

STATES = ("ok", "warn", "bad", "todo", "none")


class Answered(serializers.Serializer):
    """How it stands: `ok`; `warn` and `bad`: look at it; `todo`: to be done; `none`: there is nothing to say yet."""

    state = serializers.ChoiceField(STATES)


class NamedSession(serializers.Serializer):
    """A session, as a fact to follow."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    time_zone = serializers.CharField()


class StudioAnswer(Answered):
    """Is the studio booked? Of the sessions ahead: how many are booked, how many only held, and the first hold."""

    ahead = serializers.IntegerField()
    booked = serializers.IntegerField()
    holds = serializers.IntegerField()
    next = NamedSession(allow_null=True)
    first_hold = NamedSession(allow_null=True)


class EngineerAnswer(Answered):
    """Is an engineer coming? Of the booked sessions that need one: how many have one, and the first that has none."""

    needed = serializers.IntegerField()
    called = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    names = serializers.ListField(child=serializers.CharField())
    first_without = NamedSession(allow_null=True)


class HiresAnswer(Answered):
    """Who is still to be auditioned or hired? How many roles are open, how far, filled, and which is wanted first."""

    needed = serializers.IntegerField()
    auditioning = serializers.IntegerField()
    offered = serializers.IntegerField()
    hired = serializers.IntegerField()
    first = serializers.CharField(allow_null=True)
    first_needed_by = serializers.DateField(allow_null=True)


class DueAnswer(Answered):
    """When must it be finished, and are we on time? `to_edit` is how much the reader knows of that is still to edit."""

    deadline = serializers.DateField(allow_null=True)
    late_deadline_on = serializers.DateField(allow_null=True)
    late_stage = serializers.ChoiceField(Stage.choices, allow_null=True)
    late_stage_on = serializers.DateField(allow_null=True)
    late_song_on = serializers.DateField(allow_null=True)
    delivered = serializers.BooleanField()
    to_edit = serializers.IntegerField()


class OverLine(serializers.Serializer):
    """A head that is over what was approved for it, and by how much."""

    account = serializers.IntegerField()
    title = serializers.CharField()
    over = MoneyField("over_minor", "currency")


class BudgetAnswer(Answered):
    """Who controls the budget, and what is left of it? Sums of plan and ledger; nothing is left of no plan.

    `to_approve` says that the plan waits for somebody's yes. `over_lines` is how many heads are over what was approved
    for them, also where the whole is not, `first_over` the one that is furthest.
    """

    controller = serializers.CharField(allow_null=True)
    to_approve = serializers.BooleanField()
    planned = MoneyField("planned_minor", "currency", allow_null=True)
    approved = MoneyField("approved_minor", "currency", allow_null=True)
    committed = MoneyField("committed_minor", "currency", allow_null=True)
    actual = MoneyField("actual_minor", "currency", allow_null=True)
    left = MoneyField("left_minor", "currency", allow_null=True)
    over_lines = serializers.IntegerField()
    first_over = OverLine(allow_null=True)


class Questions(serializers.Serializer):
    """The five questions of a project. One is missing where the viewer's role does not see what it is about."""

    studio = StudioAnswer(required=False)
    engineer = EngineerAnswer(required=False)
    hires = HiresAnswer(required=False)
    due = DueAnswer()
    budget = BudgetAnswer(required=False)
