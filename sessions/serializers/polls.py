"""Date polls: the slots, who says what of them, and what one may say. Answers are for who plans and who gave them."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.fields import FormRows, InputSerializer, VisibleField
from producerdesk.kit.filters import LARGEST_ID
from producerdesk.kit.rows import Children, Computed, Only, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from projects.serializers import DeskRef, ProjectRef
from sessions.actions.polling import SLOTS_AT_MOST
from sessions.models import DatePoll, PollReply, PollSlot, StudioSession
from sessions.serializers.inputs import (
    CALLS_AT_MOST,
    AboutInput,
    CallInput,
    WallMoment,
    WhenInput,
    WhereInput,
    gear_field,
    may_plan,
)
from sessions.serializers.rows import HOLD, PersonRef, is_expired, is_it
from sessions.serializers.studios import RoomRef

PLACE = ("desk_id", "project_id")
YES, MAYBE, NO = PollReply.Answer.values
COUNTS = serializers.ListField(child=serializers.DictField(child=serializers.IntegerField()))


def _plans(viewer: Viewer, desk_id: int, project_id: int) -> bool:
    return viewer.can(SCHEDULE_WRITE, desk_id=desk_id, project_id=project_id)


def _is_late(state: str, answer_by: dt.datetime) -> bool:
    return state == DatePoll.State.OPEN and answer_by <= clock.now()


class PollSlotRow(RowSerializer):
    """A slot: the session that is held for it, and whether it still is."""

    id = serializers.IntegerField()
    session = serializers.IntegerField(source="session_id")
    starts_at = serializers.DateTimeField(source="session.starts_at")
    ends_at = serializers.DateTimeField(source="session.ends_at")
    time_zone = serializers.CharField(source="session.time_zone")
    state = serializers.ChoiceField(StudioSession.State.choices, source="session.state")
    expired = Computed(is_expired, *(f"session__{name}" for name in HOLD), kind=serializers.BooleanField())
    room = RoomRef(source="session.room", allow_null=True)
    remote_place = serializers.CharField(source="session.remote_place")


class PollReplyRow(RowSerializer):
    """What one person says: `answers` by the slot's id. `entered_by` wrote it down for them, who said it otherwise."""

    id = serializers.IntegerField()
    person = PersonRef(source="contributor")
    answers = serializers.DictField(child=serializers.ChoiceField(PollReply.Answer.choices))
    note = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    entered_by = serializers.CharField(source="entered_by.name", allow_null=True)
    mine = Computed(is_it, "contributor_id", "contributor__user_id", kind=serializers.BooleanField(), for_viewer=True)
    version = Only(serializers.IntegerField(), _plans, "poll__desk_id", "poll__project_id")  # it rises with each answer


def _slots(viewer: Viewer) -> QuerySet:
    return PollSlot.objects.order_by("session__starts_at", "pk")


def _replies(viewer: Viewer) -> QuerySet:
    return PollReply.objects.visible_to(viewer).order_by("contributor__name", "pk")


class DatePollRow(RowSerializer):
    """A poll. `late`: people cannot answer any more, and nothing is decided."""

    id = serializers.IntegerField()
    desk = DeskRef()
    project = ProjectRef()
    title = serializers.CharField()
    message = serializers.CharField()
    answer_by = serializers.DateTimeField()
    state = serializers.ChoiceField(DatePoll.State.choices)
    late = Computed(_is_late, "state", "answer_by", kind=serializers.BooleanField())
    decided = serializers.IntegerField(source="decided_id", allow_null=True)
    made_by = serializers.CharField(source="made_by.name")
    slots = Children(PollSlotRow, "poll_id", _slots)
    replies = Children(PollReplyRow, "poll_id", _replies)
    can = Computed(
        lambda viewer, *place: {"decide": _plans(viewer, *place)},
        *PLACE,
        kind=serializers.DictField(child=serializers.BooleanField()),
        for_viewer=True,
    )
    version = Only(serializers.IntegerField(), _plans, *PLACE)  # it rises with each decision


class DatePollDetail(DatePollRow):
    """A poll, with what people said counted for who plans, and which slot is best: fewest noes, then most yeses."""

    counts = Only(Computed(list, kind=COUNTS), _plans, *PLACE)
    best = Only(Computed(lambda: None, kind=serializers.IntegerField(allow_null=True)), _plans, *PLACE)

    @classmethod
    def finish(cls, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if "counts" in row:
                row["counts"] = [_counted(slot["id"], row["replies"]) for slot in row["slots"]]
                row["best"] = _best(row)


def _counted(slot: int, replies: list[dict[str, Any]]) -> dict[str, int]:
    said = [reply["answers"].get(str(slot)) for reply in replies]
    return {"slot": slot} | {answer: said.count(answer) for answer in (YES, MAYBE, NO)}


def _best(row: dict[str, Any]) -> int | None:
    """Return the slot that most can make, of those that are still held; none before anybody answered."""
    held = {slot["id"] for slot in row["slots"] if slot["state"] == StudioSession.State.HOLD and not slot["expired"]}
    counts = [each for each in row["counts"] if each["slot"] in held and each[YES] + each[MAYBE] + each[NO]]
    if not counts:
        return None
    # slots stand in their order, and of equals the first is taken
    return max(counts, key=lambda each: (-each[NO], each[YES], each[MAYBE]))["slot"]


class SlotInput(WhenInput):
    """When a slot would be."""

    class Meta:
        list_serializer_class = FormRows


class NewDatePollInput(AboutInput, WhereInput):
    """What is to be done, where, who is asked, and the slots that come into question."""

    project = VisibleField(Project.objects.select_related("desk"), may=may_plan, label=_("Project"))
    slots = SlotInput(many=True, min_length=2, max_length=SLOTS_AT_MOST, label=_("Dates"))
    gear = gear_field()
    calls = CallInput(many=True, max_length=CALLS_AT_MOST, label=_("Who is asked"))
    answer_by = WallMoment(label=_("Answer by"), help_text=_("The holds stand three days longer, for you to decide."))
    message = serializers.CharField(
        max_length=1000,
        required=False,
        allow_blank=True,
        default="",
        label=_("Message"),
        help_text=_("It stands in the mail."),
        style={"base_template": "textarea.html"},
    )


class OneAnswer(InputSerializer):
    """What one says of one slot."""

    slot = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    answer = serializers.ChoiceField(PollReply.Answer.choices)

    class Meta:
        list_serializer_class = FormRows


class PollAnswersInput(InputSerializer):
    """What one says of every slot that is still held."""

    answers = OneAnswer(many=True, max_length=SLOTS_AT_MOST, label=_("Dates"))
    note = serializers.CharField(
        max_length=400,
        required=False,
        allow_blank=True,
        default="",
        label=_("Note"),
        style={"base_template": "textarea.html"},
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        said["answers"] = {each["slot"]: each["answer"] for each in said["answers"]}
        return said


def _reply() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_ID, label=_("Whose answer"))


class EnteredAnswersInput(PollAnswersInput):
    """What somebody told you of every slot that is still held. `reply` is that person's row of the poll."""

    reply = _reply()


class ClearedAnswerInput(InputSerializer):
    """Whose answer, that was entered for them, is taken back."""

    reply = _reply()


class PollSlotInput(InputSerializer):
    """Which slot it becomes."""

    slot = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, label=_("Slot"))
