"""The API of one's own tokens."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from producerdesk.accounts.models import ApiToken
from producerdesk.accounts.once import once, told_once
from producerdesk.kit.api import DeskViewSet
from projects import tokens
from projects import tokens_permissions as permissions
from projects import tokens_serializers as serializers


class TokenViewSet(DeskViewSet):
    """One's tokens for this API. They are looked after signed in, never with a token."""

    queryset = ApiToken.objects
    row = serializers.TokenRow
    needs = permissions.TOKENS
    inputs = {"create": serializers.NewTokenInput}
    lookup_value_regex = "[0-9a-f]{1,32}"

    def get_queryset(self) -> QuerySet:
        return ApiToken.objects.filter(user_id=self.viewer.user_id or 0).order_by("-created", "pk")

    @extend_schema(responses={201: serializers.NewTokenRow})
    @once
    def create(self, request: Any) -> Response:
        """Make a token. `secret` is told this once.

        The same Idempotency-Key again gets the same token with a `secret` of null: nobody keeps it. Who missed it ends
        that token and makes another.
        """
        said = self.said()
        projects = [project.pk for project in said.get("projects", [])]
        token, secret = tokens.make_token(
            owner=request.user,
            name=said["name"],
            scopes=sorted(said["scopes"]),
            project_ids=projects,
            days=said["days"],
        )
        rows = self.row.read(self.get_queryset().filter(pk=token.pk), self.viewer)
        return told_once(rows[0], secret=secret)

    def answer(self, pk: Any, status: int = 200) -> Response:
        """Return the token that begins with these letters."""
        rows = self.row.read(self.get_queryset().filter(token_key=pk), self.viewer)
        if not rows:
            raise Http404
        return Response(rows[0], status=status)

    def destroy(self, request: Any, pk: str) -> Response:
        """End a token at once."""
        found = self.get_queryset().filter(token_key=pk)
        if not found.exists():
            raise Http404
        tokens.end_tokens(found)
        return Response(status=204)
