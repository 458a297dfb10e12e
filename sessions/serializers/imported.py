"""Imported calendars: whose they are, how reading them goes, and what one may say of them."""

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contributors.models import Contributor
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.fields import InputSerializer, VisibleField
from producerdesk.kit.rows import Computed, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.serializers import DeskRef
from sessions.models import Room
from sessions.serializers.rows import PersonRef
from sessions.serializers.studios import RoomRef


def _source(address: str, file_name: str) -> str:
    """Return where it comes from. Of an address the host alone: the rest is as good as a password."""
    return urlsplit(address).hostname or "" if address else file_name


class ImportedCalendarRow(RowSerializer):
    """An imported calendar. `problem` is why it could not be read the last time, and empty where it could."""

    id = serializers.IntegerField()
    desk = DeskRef()
    name = serializers.CharField()
    room = RoomRef(allow_null=True)
    person = PersonRef(source="contributor", allow_null=True)
    source = Computed(_source, "address", "file_name", kind=serializers.CharField())
    is_file = Computed(lambda address: not address, "address", kind=serializers.BooleanField())
    read_at = serializers.DateTimeField(allow_null=True)
    failed_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField()
    failures = serializers.IntegerField()
    next_at = serializers.DateTimeField()
    spans = serializers.IntegerField()
    left_out = serializers.IntegerField()
    version = serializers.IntegerField()


def _may_book(viewer: Viewer, row: Room | Contributor) -> bool:
    desk_id = row.studio.desk_id if isinstance(row, Room) else row.desk_id
    return viewer.can_in_desk(SCHEDULE_WRITE, desk_id)


class ImportedCalendarInput(InputSerializer):
    """What it is called, and where it is read from now on: an address, or a file (multipart). Neither: as before."""

    name = serializers.CharField(max_length=80, label=_("Name"), help_text=_("Clashes name it."))
    address = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        default="",
        label=_("Address"),
        help_text=_("The secret iCal address that the calendar gives out. It is kept and never shown again."),
    )
    file = serializers.FileField(
        required=False,
        allow_null=True,
        default=None,
        label=_("Or a file"),
        help_text=_("An .ics file of 4 MB at most. It is read once; an address is read every half hour."),
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {"name": instance.name, "address": "", "file": None}


class NewImportedCalendarInput(ImportedCalendarInput):
    """A calendar that says when a room or a person is busy."""

    room = VisibleField(
        Room.objects.select_related("studio"),
        may=_may_book,
        required=False,
        allow_null=True,
        default=None,
        label=_("Of a room"),
    )
    contributor = VisibleField(
        Contributor.objects, may=_may_book, required=False, allow_null=True, default=None, label=_("Or of a person")
    )
