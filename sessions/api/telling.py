"""How one wants to be told: the own settings, and the link in a mail that stops such mails."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from contributors.models import Contributor
from producerdesk.accounts.models import User
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.api import DeskViewSet
from sessions import permissions, serializers, telling
from sessions.actions.telling import set_mailed, set_notices
from sessions.models import NoticeSettings


class NoticeSettingsViewSet(DeskViewSet):
    """What one is told by mail, when one is reminded, and when not to be disturbed."""

    queryset = NoticeSettings.objects
    row = serializers.NoticeSettingsRow
    needs = permissions.NOTICE_SETTINGS
    inputs = {"update": serializers.NoticeSettingsInput}

    def form_start(self, action: str) -> dict[str, Any]:
        return self.form_values(self._mine(), action)

    def retrieve(self, request: Any) -> Response:
        return Response(self.row(self._mine()).data)

    def update(self, request: Any) -> Response:
        mine = self._mine()
        said = self.said(mine)
        if said.get("mail_digest") == mine.mail_digest:
            del said["mail_digest"]  # as is usual for the person: nothing was said
        set_notices(owner=self._owner(), **said)
        return Response(self.row(self._mine()).data)

    def _mine(self) -> NoticeSettings:
        """Return the viewer's settings; what was never said stands as it is usual for such people."""
        found = self.get_queryset().first() or NoticeSettings()
        if found.mail_digest is None:
            found.mail_digest = self.viewer.can_anywhere(SCHEDULE_WRITE)
        return found

    def _owner(self) -> telling.Owner:
        viewer = self.viewer
        if viewer.user_id:
            return User.objects.get(pk=viewer.user_id)
        return Contributor.objects.get(pk=viewer.contributor_id)


class UnsubscribeViewSet(DeskViewSet):
    """The link of a mail that stops such mails. Whoever has the mail may press it, signed in or not."""

    queryset = NoticeSettings.objects
    row = serializers.Stopping
    needs = permissions.UNSUBSCRIBE
    inputs = {}
    lookup_value_regex = "[A-Za-z0-9._-]{1,200}"

    def retrieve(self, request: Any, pk: str) -> Response:
        return self._told(*self._find(pk))

    @extend_schema(request=None, responses=serializers.Stopping)
    @action(detail=True, methods=["post"])
    def stop(self, request: Any, pk: str) -> Response:
        """Send no such mails any more. Pressed again, it stays so."""
        return self._set(pk, mailed=False)

    @extend_schema(request=None, responses=serializers.Stopping)
    @action(detail=True, methods=["post"])
    def resume(self, request: Any, pk: str) -> Response:
        """Let them come again."""
        return self._set(pk, mailed=True)

    def _set(self, pk: str, *, mailed: bool) -> Response:
        owner, topic = self._find(pk)
        set_mailed(owner=owner, topic=topic, mailed=mailed)
        return self._told(*self._find(pk))

    def _find(self, text: str) -> tuple[telling.Owner, str]:
        found = telling.read_secret(text)
        if found is None:
            raise Http404
        return found

    def _told(self, owner: telling.Owner, topic: str) -> Response:
        settings = telling.of_owner(owner).settings
        mailed = settings is None or getattr(settings, f"mail_{topic}") is not False
        return Response({"topic": topic, "topic_title": str(telling.TOPICS[topic]), "mailed": mailed})
