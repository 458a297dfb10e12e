"""What can be put out of use and back: studios, rooms, gear."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.kit.api import DeskViewSet
from sessions.actions import studios


class InUse(DeskViewSet):
    """What can be put out of use and back."""

    @action(detail=True, methods=["post"])
    def archive(self, request: Any, pk: str) -> Response:
        """Put it out of use: it cannot be booked any more; what is booked stands."""
        studios.set_active(row=self.get_object(), active=False)
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    def restore(self, request: Any, pk: str) -> Response:
        """Take it into use again."""
        studios.set_active(row=self.get_object(), active=True)
        return self.answer(pk)
