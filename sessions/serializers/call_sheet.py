"""What the API says of call sheets, and what one may write on them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contributors.models import Contributor
from producerdesk.kit import papers
from producerdesk.kit.fields import FormRows, InputSerializer
from producerdesk.kit.rows import RowSerializer
from sessions.models import SHEET_GEAR, Audience, CallSheet, GearSource, StudioSession
from sessions.serializers.inputs import TimeOfDay

ROWS_AT_MOST = 80
PEOPLE_AT_MOST = 200
READER_STATES = ["unsent", "sending", "sent", "failed", "opened", "confirmed"]
LONGEST = 24 * 60  # minutes: longer is a row of another day


def _text(length: int, label: Any, **options: Any) -> serializers.CharField:
    options = {"required": False, "allow_blank": True, "default": ""} | options
    return serializers.CharField(max_length=length, label=label, **options)


def _long_text(length: int, label: Any, help_text: Any = None) -> serializers.CharField:
    return _text(length, label, help_text=help_text, style={"base_template": "textarea.html"})


class OptionalTime(TimeOfDay):
    """A time of day, or none; it is kept as text, "10:00"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "default": None} | options)

    def to_internal_value(self, value: Any) -> Any:
        return f"{super().to_internal_value(value):%H:%M}"

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Take an empty text for none: a form always sends the field."""
        return super().validate_empty_values(None if data == "" else data)


# --- in -------------------------------------------------------------------------------------------------


class RunningOrderInput(InputSerializer):
    """A row of the running order. Without a time it follows the row above."""

    at = OptionalTime(label=_("Time"))
    minutes = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=LONGEST, label=_("Minutes")
    )
    what = serializers.CharField(max_length=160, label=_("What"))
    songs = _text(200, _("Songs"))
    who = _text(200, _("Who"))
    is_break = serializers.BooleanField(default=False, label=_("Break"))

    class Meta:
        list_serializer_class = FormRows


class GearInput(InputSerializer):
    """Something that must be there."""

    what = serializers.CharField(max_length=160, label=_("Gear"))
    source = serializers.ChoiceField(GearSource.choices, default=GearSource.BRING.value, label=_("Bring or hired"))
    who = _text(120, _("Who brings it, or from whom it is hired"))

    class Meta:
        list_serializer_class = FormRows


class ContactInput(InputSerializer):
    """Somebody to call who is not called to the session: the producer, the studio, a runner."""

    name = serializers.CharField(max_length=120, label=_("Name"))
    what = _text(80, _("Role"))
    phone = _text(40, _("Phone"))
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, default="", label=_("E-mail"))
    audience = serializers.ChoiceField(Audience.choices, default=Audience.EVERYONE.value, label=_("Who reads it"))

    class Meta:
        list_serializer_class = FormRows


class SharingInput(InputSerializer):
    """Who reads the phone and e-mail of somebody who is called. Production only, unless said."""

    contributor = serializers.IntegerField(min_value=1, label=_("Person"), style={"input_type": "hidden"})
    audience = serializers.ChoiceField(Audience.choices, default=Audience.PRODUCTION.value, label=_("Who reads it"))

    class Meta:
        list_serializer_class = FormRows


class CallSheetInput(InputSerializer):
    """What is written on a call sheet. The rest, times, people, songs, is read from the session."""

    running_order = RunningOrderInput(many=True, required=False, max_length=ROWS_AT_MOST, label=_("Running order"))
    wrap = OptionalTime(label=_("Wrap"), help_text=_("Left empty it is the end of the session."))
    access = _long_text(2_000, _("Access"), _("Door, code, floor, load-in. Left empty, what the studio says."))
    parking = _long_text(2_000, _("Parking"))
    gear = GearInput(many=True, required=False, max_length=ROWS_AT_MOST, label=_("Gear to bring and hired"))
    sharing = SharingInput(many=True, required=False, max_length=PEOPLE_AT_MOST, label=_("Phones and e-mails"))
    contacts = ContactInput(many=True, required=False, max_length=ROWS_AT_MOST, label=_("Other contacts"))
    emergency = _long_text(1_000, _("Emergency"), _("The nearest hospital, first aid, whom to call."))
    notes = _long_text(4_000, _("Notes"), _("Everybody called reads these."))

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Bring it into the shape in which a sheet keeps it."""
        said["wrap"] = said.get("wrap") or ""
        rows = said.setdefault("running_order", [])
        said["running_order"] = [dict(row) | {"at": row["at"] or ""} for row in rows]
        for name in ("gear", "contacts"):
            said[name] = [dict(row) for row in said.get(name) or []]
        said["sharing"] = {
            str(row["contributor"]): row["audience"]
            for row in said.get("sharing") or []
            if row["audience"] != Audience.PRODUCTION  # so it is unless said
        }
        return said

    @staticmethod
    def typed(sheet: CallSheet, people: list[Contributor]) -> dict[str, Any]:
        """Return how a sheet would be typed."""
        return {
            "running_order": [row | {"at": row["at"] or None} for row in sheet.running_order],
            "wrap": sheet.wrap or None,
            "access": sheet.access,
            "parking": sheet.parking,
            "gear": sheet.gear,
            "sharing": [
                {"contributor": person.pk, "audience": sheet.sharing.get(str(person.pk), Audience.PRODUCTION.value)}
                for person in people
            ],
            "contacts": sheet.contacts,
            "emergency": sheet.emergency,
            "notes": sheet.notes,
        }


class SheetNumberInput(InputSerializer):
    """Which version was read."""

    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1, label=_("Version"))


class SinceInput(serializers.Serializer):
    """From which version on changes are told."""

    since = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, default=None, help_text=_("Another version; unsaid, the one before.")
    )


class PaperInput(serializers.Serializer):
    """How it is printed."""

    paper = serializers.ChoiceField(
        papers.CHOICES, default="", help_text=_("A4, or US Letter; unsaid, the paper of the desk.")
    )


class SheetPaperInput(PaperInput):
    """What is printed, and how."""

    number = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, default=None, help_text=_("A version that was sent; unsaid, as it stands.")
    )


# --- out ------------------------------------------------------------------------------------------------


class _SheetProject(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    artist = serializers.CharField()


class _SheetPlace(serializers.Serializer):
    studio = serializers.CharField()
    room = serializers.CharField()
    address = serializers.CharField()
    city = serializers.CharField()
    phone = serializers.CharField()
    remote = serializers.CharField()


class SheetPerson(serializers.Serializer):
    """Somebody called. Phone and e-mail are empty for whom they are not meant; `audience` is for production."""

    call = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.CharField()
    call_at = serializers.DateTimeField()
    phone = serializers.CharField()
    email = serializers.CharField()
    audience = serializers.ChoiceField(Audience.choices, required=False)


class SheetRow(serializers.Serializer):
    """A row of the running order, placed in time."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    what = serializers.CharField()
    songs = serializers.CharField()
    who = serializers.CharField()
    is_break = serializers.BooleanField()


class SheetGear(serializers.Serializer):
    """Something that is reserved, to bring, or hired."""

    what = serializers.CharField()
    source = serializers.ChoiceField(SHEET_GEAR)
    who = serializers.CharField()


class SheetContact(serializers.Serializer):
    """Somebody to call."""

    name = serializers.CharField()
    what = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()
    audience = serializers.ChoiceField(Audience.choices, required=False)


class SheetContent(serializers.Serializer):
    """What a call sheet says. Instants are UTC, to be read on the clocks of `time_zone`."""

    title = serializers.CharField()
    kind = serializers.ChoiceField(StudioSession.Kind.choices)
    project = _SheetProject()
    desk = serializers.CharField()
    sequence = serializers.IntegerField()
    time_zone = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    wrap_at = serializers.DateTimeField()
    place = _SheetPlace()
    access = serializers.CharField()
    parking = serializers.CharField()
    songs = serializers.ListField(child=serializers.CharField())
    prepare = serializers.CharField()
    people = SheetPerson(many=True)
    running_order = SheetRow(many=True)
    gear = SheetGear(many=True)
    room_gear = serializers.ListField(child=serializers.CharField())
    contacts = SheetContact(many=True)
    emergency = serializers.CharField()
    notes = serializers.CharField()


class SheetChange(serializers.Serializer):
    """One thing that changed, in words."""

    what = serializers.CharField()
    text = serializers.CharField()


class SheetReader(serializers.Serializer):
    """What became of the call sheet at one person."""

    call = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    sent = serializers.CharField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    opened_number = serializers.IntegerField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    confirmed_number = serializers.IntegerField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(READER_STATES)


class SheetVersion(serializers.Serializer):
    """A version that was sent, and what changed in it."""

    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    published_by = serializers.CharField()
    changes = SheetChange(many=True)


class CallSheetDetail(serializers.Serializer):
    """A session's call sheet, for who plans it.

    `sheet` is what it says as it stands; `changes` is what of that was not sent yet; `problems` are rows that cannot
    be placed in the session's time any more.
    """

    session = serializers.IntegerField()
    version = serializers.IntegerField()
    number = serializers.IntegerField()
    paper = serializers.ChoiceField(papers.CHOICES)
    sheet = SheetContent()
    is_sent = serializers.BooleanField()
    changes = SheetChange(many=True)
    problems = serializers.DictField(child=serializers.CharField())
    readers = SheetReader(many=True)
    versions = SheetVersion(many=True)
    can = serializers.DictField(child=serializers.BooleanField())


class VersionDetail(serializers.Serializer):
    """A version that was sent, whole, and those who stand on it: what became of it at each.

    `changes` is what changed to it from version `since`; `numbers` are all.
    """

    session = serializers.IntegerField()
    number = serializers.IntegerField()
    since = serializers.IntegerField(allow_null=True)
    newest = serializers.IntegerField()
    numbers = serializers.ListField(child=serializers.IntegerField())
    published_at = serializers.DateTimeField()
    published_by = serializers.CharField()
    paper = serializers.ChoiceField(papers.CHOICES)
    sheet = SheetContent()
    changes = SheetChange(many=True)
    readers = SheetReader(many=True)


class CopyDetail(serializers.Serializer):
    """The call sheet as one called person has it. `changes` is what changed since that person read it last.

    `stands` is false once the session was moved or cancelled: then a newer sheet is to come.
    """

    call = serializers.IntegerField()
    session = serializers.IntegerField()
    state = serializers.ChoiceField(StudioSession.State.choices)
    number = serializers.IntegerField()
    paper = serializers.ChoiceField(papers.CHOICES)
    published_at = serializers.DateTimeField()
    sheet = SheetContent()
    changes = SheetChange(many=True)
    stands = serializers.BooleanField()
    opened_number = serializers.IntegerField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    confirmed_number = serializers.IntegerField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    mine = serializers.BooleanField()


class SheetRef(RowSerializer):
    """That a person has a call sheet, and which version of it was read."""

    number = serializers.IntegerField()
    opened_number = serializers.IntegerField(allow_null=True)
    confirmed_number = serializers.IntegerField(allow_null=True)
