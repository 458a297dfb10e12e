"""What sessions can be narrowed by, and how one asks for it."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class KnownThing(serializers.Serializer):
    """Something to narrow a calendar by."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class KnownRoom(KnownThing):
    """A room that may be booked, and by whose clock."""

    studio = KnownThing()
    time_zone = serializers.CharField()


class KnownPerson(KnownThing):
    """Somebody to call, and by whose clock they live, if the desk knows."""

    time_zone = serializers.CharField(allow_blank=True)


class KnownInput(serializers.Serializer):
    """What of it one wants to know."""

    search = serializers.CharField(
        max_length=120, default="", allow_blank=True, help_text=_("Only what is called so, a few of each.")
    )
    few = serializers.BooleanField(default=False, help_text=_("Only what was worked on last, a few of each."))
    project = serializers.IntegerField(
        min_value=1, max_value=2**53, default=None, help_text=_("A project that is among the few in any case.")
    )
    person = serializers.IntegerField(
        min_value=1, max_value=2**53, default=None, help_text=_("A person who is among the few in any case.")
    )


class KnownThings(serializers.Serializer):
    """What sessions may be narrowed by. Rooms, studios and people are for who plans."""

    projects = KnownThing(many=True)
    rooms = KnownRoom(many=True)
    people = KnownPerson(many=True)
