"""Calls: who is called to which session, and what they answer."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from contributors.queries import is_me
from producerdesk.accounts.once import once
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet
from sessions import actions, permissions, serializers
from sessions.api import offered
from sessions.api.typed import as_typed
from sessions.filters import CallFilter
from sessions.models import Call

NUDGED_AT_MOST = 200  # each is a transaction of its own


class CallViewSet(DeskViewSet):
    """One's own calls, and those of the sessions one plans."""

    queryset = Call.objects
    row = serializers.CallDetail
    filterset_class = CallFilter
    needs = permissions.CALLS
    steady = True
    inputs = {
        "update": serializers.CallTimeInput,
        "confirm": serializers.NothingInput,
        "decline": serializers.ReasonInput,
        "propose": serializers.ProposeInput,
        "seen": serializers.NothingInput,
        "accept": serializers.AcceptInput,
        "keep": serializers.NothingInput,
        "reopen": serializers.ReopenInput,
        "nudge": serializers.NothingInput,
        "nudge_all": serializers.NudgeInput,
        "swap": serializers.SwapInput,
    }

    def get_queryset(self) -> QuerySet:
        found = super().get_queryset()
        if self.action != "list":  # the list leaves out who was taken off by its filter
            found = found.filter(removed_at=None)
        return found.select_related("session__project", "contributor").order_by("call_at", "pk")

    def place_of(self, found: Call) -> tuple[int, int]:
        return found.session.desk_id, found.session.project_id

    def form_values(self, found: Call, action: str = "update") -> dict[str, Any]:
        day, call = found.call_local.split("T")
        if action == "update":
            return {"role": found.role, "at": call, "call_fold": found.call_fold or None}
        return {"day": day, "at": call} if action == "propose" else {}

    def form_narrow(self, action: str, found: Call | None) -> dict[str, Q]:
        if action != "swap" or found is None:
            return {}
        people = offered.narrowed(found.session.project_id, found.session.desk_id)["contributor"]
        return {"contributor": people & offered.not_called(found.session_id, instead_of=found.contributor_id)}

    # --- the person's own answer ------------------------------------------------------------------------

    @action(detail=True, methods=["post"])
    def confirm(self, request: Any, pk: str) -> Response:
        """Yes, I will be there."""
        return self._change(actions.confirm_call)

    @action(detail=True, methods=["post"])
    def decline(self, request: Any, pk: str) -> Response:
        """I cannot."""
        return self._change(actions.decline_call)

    @action(detail=True, methods=["post"])
    def propose(self, request: Any, pk: str) -> Response:
        """Another time would do."""
        return self._change(actions.propose_time)

    @action(detail=True, methods=["post"])
    def seen(self, request: Any, pk: str) -> Response:
        """The person has opened the call. Notes nothing when a producer looks."""
        call = self.get_object()
        if Call.objects.filter(is_me(self.viewer, "contributor__"), pk=call.pk).exists():
            actions.mark_seen(call=call)
        return self.answer(pk)

    # --- who plans --------------------------------------------------------------------------------------

    def update(self, request: Any, pk: str) -> Response:
        return self._change(actions.change_call, versioned=True)

    def destroy(self, request: Any, pk: str) -> Response:
        actions.remove_call(viewer=self.viewer, call=self.get_object())
        return Response(status=204)

    @action(detail=True, methods=["post"])
    @once
    def accept(self, request: Any, pk: str) -> Response:
        """Take the proposed time: for this person, or for the whole session. Checked again."""
        return self._change(actions.accept_proposal)

    @action(detail=True, methods=["post"])
    def keep(self, request: Any, pk: str) -> Response:
        """Keep the time as it was; the person is asked again."""
        return self._change(actions.keep_call)

    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, pk: str) -> Response:
        """Take back what was said to a proposal: it waits again, as it was."""
        return self._change(actions.reopen_proposal)

    @action(detail=True, methods=["post"])
    def nudge(self, request: Any, pk: str) -> Response:
        """Ask once more who has not answered: the invitation is sent again. Not oftener than every two hours."""
        return self._change(actions.nudge_call)

    @extend_schema(responses=serializers.Nudged)
    @action(detail=False, methods=["post"], url_path="nudge-all", url_name="nudge-all")
    def nudge_all(self, request: Any) -> Response:
        """Ask everybody once more who has not answered: of one session, or of all one plans. Not who was just asked."""
        session = self.said().get("session")
        planned = self.viewer.reach(SCHEDULE_WRITE).q(project="session__project_id", desk="session__desk_id")
        calls = Call.objects.visible_to(self.viewer).filter(planned).unanswered(clock.now())
        if session is not None:
            calls = calls.filter(session=session)
        found = list(calls.select_related("contributor").order_by("session__starts_at", "pk")[:NUDGED_AT_MOST])
        asked = actions.nudge_all(viewer=self.viewer, calls=found)
        return Response({"asked": asked, "left": len(found) - asked})

    @action(detail=True, methods=["post"])
    @once
    def swap(self, request: Any, pk: str) -> Response:
        """Call somebody else instead. Answers with the new call."""
        call = actions.swap_call(viewer=self.viewer, call=self.get_object(), **self.said())
        return self.answer(call.pk)

    def _change(self, change: Any, *, versioned: bool = False) -> Response:
        call = self.get_object()
        more = {"expected": self.expected_version()} if versioned else {}
        with as_typed():
            change(viewer=self.viewer, call=call, **more, **self.said())
        return self.answer(self.kwargs["pk"])
