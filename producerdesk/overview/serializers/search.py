"""What the API says of what a search found."""

from rest_framework import serializers

KINDS = ("project", "song", "person", "session", "studio", "room")


class Found(serializers.Serializer):
    """Something that was found: what it is called, what it belongs to, and the page it leads to."""

    kind = serializers.ChoiceField(KINDS)
    id = serializers.IntegerField()
    title = serializers.CharField()
    of = serializers.CharField()
    path = serializers.CharField()
    at = serializers.DateTimeField(required=False)
    time_zone = serializers.CharField(required=False)


class Group(serializers.Serializer):
    """What was found of one kind, the best first. `more` says that there is further."""

    kind = serializers.ChoiceField(KINDS)
    more = serializers.BooleanField()
    results = Found(many=True)


class SearchAnswer(serializers.Serializer):
    """What was found, kind by kind; kinds in which nothing was found are left out."""

    q = serializers.CharField()
    groups = Group(many=True)
