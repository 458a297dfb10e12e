"""Date polls: several slots held and asked for, one of them booked."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.once import once
from producerdesk.kit.api import DeskViewSet
from producerdesk.kit.errors import Refused
from sessions import actions, permissions, serializers
from sessions.api import offered
from sessions.api.typed import as_typed
from sessions.filters import DatePollFilter
from sessions.models import DatePoll, PollReply, StudioSession
from sessions.queries import is_asked

OF_A_REPLY = frozenset(("enter", "clear"))


class DatePollViewSet(DeskViewSet):
    """Which of some slots works for everybody. What people answer is read by who plans, and by who gave the answer."""

    queryset = DatePoll.objects
    row = serializers.DatePollRow
    detail_row = serializers.DatePollDetail
    filterset_class = DatePollFilter
    needs = permissions.DATE_POLLS
    steady = True
    reply: PollReply | None = None  # whose answer is entered
    inputs = {
        "create": serializers.NewDatePollInput,
        "confirm": serializers.PollSlotInput,
        "cancel": serializers.NothingInput,
        "answer_mine": serializers.PollAnswersInput,
        "enter": serializers.EnteredAnswersInput,
        "clear": serializers.ClearedAnswerInput,
    }

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("project").order_by("-pk")

    def form_start(self, action: str) -> dict[str, Any]:
        start: dict[str, Any] = {"project": offered.asked_project(self.request), "kind": StudioSession.Kind.TRACKING}
        return start | {"slots": [{}, {}, {}], "calls": []}

    def form_values(self, found: DatePoll, action: str = "update") -> dict[str, Any]:
        if self.reply is None:
            return {}
        said = [{"slot": int(slot), "answer": answer} for slot, answer in self.reply.answers.items()]
        return {"reply": self.reply.pk, "answers": said, "note": self.reply.note}

    def etag_of(self, found: DatePoll) -> str:
        """Return the poll's version, but not where a reply of it is written, which has one of its own."""
        return "" if OF_A_REPLY.intersection(self.action_map.values()) else super().etag_of(found)

    def current(self, found: DatePoll) -> dict[str, Any]:
        if self.reply is None:
            return super().current(found)
        self.reply.refresh_from_db()  # what was read is not what stands
        return self.form_values(found) | {"version": self.reply.version}

    def form_narrow(self, action: str, found: DatePoll | None) -> dict[str, Q]:
        project_id = found.project_id if found else offered.asked_project(self.request)
        return offered.narrowed(project_id, found.desk_id if found else offered.desk_of(self.viewer, project_id))

    @once
    def create(self, request: Any) -> Response:
        """Hold every slot, or none, and ask everybody which of them work."""
        with as_typed():
            poll = actions.propose_dates(viewer=self.viewer, **self.said())
        return self.answer(poll.pk, status=201)

    @action(detail=True, methods=["post"])
    @once
    def confirm(self, request: Any, pk: str) -> Response:
        """Book one slot: the others are released, and everybody is told once."""
        poll = self.get_object()
        slot = poll.slots.select_related("session").filter(pk=self.said()["slot"]).first()
        if slot is None:
            raise Refused({"slot": _("This is no slot of this poll.")})
        with as_typed():
            actions.confirm_slot(viewer=self.viewer, poll=poll, slot=slot)
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Any, pk: str) -> Response:
        """Call it off: every hold is released, and who was asked hears of it."""
        poll = self.get_object()
        actions.cancel_poll(viewer=self.viewer, poll=poll)
        return self.answer(pk)

    @action(detail=True, methods=["post"], url_path="answer", url_name="answer")
    def answer_mine(self, request: Any, pk: str) -> Response:
        """Say of each slot whether it works for oneself, as often as one likes until `answer_by`."""
        poll = self.get_object()
        mine = PollReply.objects.filter(is_asked(self.viewer), poll=poll)
        reply = mine.select_related("poll__made_by").first()
        if reply is None:
            raise Http404
        actions.answer_poll(poll=poll, reply=reply, **self.said())
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    @transaction.atomic  # what is told is what was written, not what somebody wrote right after it
    def enter(self, request: Any, pk: str) -> Response:
        """Say for somebody which slots work, as they told you. What they answer themselves wins, now and later.

        If-Match is the `version` of that reply, and so is the ETag of the answer.
        """
        poll = self.get_object()
        reply, said = self._reply_said(poll)
        actions.enter_answer(viewer=self.viewer, poll=poll, reply=reply, expected=self.expected_version(), **said)
        return self._answer_after(reply)

    @action(detail=True, methods=["post"])
    @transaction.atomic  # likewise
    def clear(self, request: Any, pk: str) -> Response:
        """Take back what was entered for somebody. If-Match is the `version` of that reply."""
        poll = self.get_object()
        reply, _said = self._reply_said(poll)
        actions.clear_answer(viewer=self.viewer, poll=poll, reply=reply, expected=self.expected_version())
        return self._answer_after(reply)

    def _answer_after(self, reply: PollReply) -> Response:
        answer = self.answer(reply.poll_id)
        answer["ETag"] = f'"{reply.version}"'
        return answer

    def _reply_said(self, poll: DatePoll) -> tuple[PollReply, dict[str, Any]]:
        said = self.said()
        reply = poll.replies.select_related("contributor").filter(pk=said.pop("reply")).first()
        if reply is None:
            raise Refused({"reply": _("Nobody of this poll.")})
        self.reply = reply
        return reply, said
