"""What the API says of what a search found."""

from rest_framework import serializers

from producerdesk.overview import searching

KINDS = [kind.name for kind in searching.KINDS]


class Found(serializers.Serializer):
    """Something that was found: what it is called, what it belongs to, and the page it leads to.

    `of` also says where a word stands that is not in the name. `at` is when a session starts, `on` when an expense was
    made.
    """

    kind = serializers.ChoiceField(KINDS)
    id = serializers.IntegerField()
    title = serializers.CharField()
    of = serializers.CharField()
    path = serializers.CharField()
    at = serializers.DateTimeField(required=False)
    time_zone = serializers.CharField(required=False)
    on = serializers.DateField(required=False)


class Group(serializers.Serializer):
    """What was found of one kind, the best first. `more` says that there is further."""

    kind = serializers.ChoiceField(KINDS)
    more = serializers.BooleanField()
    results = Found(many=True)


class SearchAnswer(serializers.Serializer):
    """What was found, kind by kind; kinds in which nothing was found are left out.

    Kinds of which something is called exactly so come first, those with the words only beside the name come last.
    """

    q = serializers.CharField()
    kinds = serializers.ListField(
        child=serializers.ChoiceField(KINDS), help_text="What is looked through: what one's role sees anything of."
    )
    groups = Group(many=True)
