"""What the API says of who did what."""

from rest_framework import serializers

from producerdesk.kit.rows import Computed, RowSerializer
from projects.models import Activity
from projects.serializers import ProjectRef


class Doer(RowSerializer):
    """Somebody with an account."""

    id = serializers.IntegerField()
    name = serializers.CharField()


def _name(user: str | None, name: str) -> str:
    return user or name


class DeedRow(RowSerializer):
    """A deed: who did what to which thing, and plain facts about it. `by` is empty for the desk itself, an import say.

    `about` is the id of the song, session or hire, as `kind` says; None where it is gone. Of an answer or a call it is
    the session's; what was entered for a date poll names that in `facts`.
    """

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    project = ProjectRef()
    kind = serializers.ChoiceField(Activity.Kind.choices)
    deed = serializers.CharField()
    by = Computed(_name, "user__name", "name", kind=serializers.CharField())
    by_id = serializers.IntegerField(source="user_id", allow_null=True)
    by_link = serializers.BooleanField()
    about = serializers.IntegerField(source="about_id", allow_null=True)
    title = serializers.CharField()
    facts = serializers.JSONField()


class Doers(serializers.Serializer):
    """Who did anything the viewer may read of, by name."""

    results = Doer(many=True)
