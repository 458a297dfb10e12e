"""What the API says of the line that a hold stands in."""

from rest_framework import serializers


class HeldBefore(serializers.Serializer):
    """A hold before another one in line. Of sessions that the viewer may not see no more than that it is there."""

    session = serializers.IntegerField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    project = serializers.CharField(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    answer_by = serializers.DateTimeField(allow_null=True)


class HoldLine(serializers.Serializer):
    """Where a hold stands in line, and what may be done about it. `booked` says that its time was booked since."""

    rank = serializers.IntegerField(allow_null=True)
    booked = serializers.BooleanField()
    before = HeldBefore(many=True)
    challenged_by = serializers.CharField(allow_null=True)
    can = serializers.DictField(child=serializers.BooleanField())
