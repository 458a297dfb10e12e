"""The API of private links: who produces makes one for a person of the network, and ends it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from contributors import links, permissions
from contributors.filters import LinkFilter
from contributors.models import PrivateLink
from contributors.serializers.links import LinkRow, NewLink, NewLinkInput
from producerdesk.accounts.once import once, told_once
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet, NoPages
from producerdesk.kit.errors import Refused


class PrivateLinkViewSet(NoPages, DeskViewSet):
    """The links that open a person's own schedule without an account: those that still open it."""

    queryset = PrivateLink.objects
    row = LinkRow
    filterset_class = LinkFilter
    needs = permissions.LINKS
    inputs = {"create": NewLinkInput}

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().valid(clock.now()).order_by("-pk")

    @extend_schema(responses={201: NewLink})
    @once
    def create(self, request: Any) -> Response:
        """Make a link. The same Idempotency-Key again gets the same link, its `address` null: nobody keeps it."""
        person = self.said()["contributor"]
        if not person.active:
            raise Refused({"contributor": _("Bring this person back first: who is archived has no link that opens.")})
        link, text = links.mint(person, now=clock.now(), by=request.user)
        row = self.row.read_one(self.get_queryset(), link.pk, self.viewer) or {}
        return told_once(row, address=links.address(text))

    def destroy(self, request: Any, pk: str) -> Response:
        links.revoke(self.get_object(), now=clock.now())
        return Response(status=204)
