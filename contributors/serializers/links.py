"""What the API says of private links, and what one may tell it."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contributors.models import Contributor
from producerdesk.accounts.roles import PEOPLE_WRITE
from producerdesk.kit.fields import InputSerializer, VisibleField
from producerdesk.kit.rows import RowSerializer


class LinkRow(RowSerializer):
    """A private link. Its address is told once, by the answer that made it; `made_by` is empty for one of a mail."""

    id = serializers.IntegerField()
    contributor = serializers.IntegerField(source="contributor_id")
    created_at = serializers.DateTimeField()
    made_by = serializers.CharField(source="created_by.name", allow_null=True)
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewLink(LinkRow):
    """A link just made, with its address: told this once, null to a request that comes again."""

    address = serializers.CharField(allow_null=True)


class NewLinkInput(InputSerializer):
    """Whose link to make."""

    contributor = VisibleField(
        Contributor.objects,
        may=lambda viewer, person: viewer.can_in_desk(PEOPLE_WRITE, person.desk_id),
        label=_("Person"),
    )
