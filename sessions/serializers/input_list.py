"""What the API says of input lists and their templates, and what one may tell it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.kit import moments
from producerdesk.kit.fields import Choice, FormRows, InputSerializer, VisibleField
from producerdesk.kit.rows import Computed, RowSerializer
from producerdesk.kit.text import one_line
from sessions.actions.inputs import FACTS, ROWS_AT_MOST
from sessions.input_sheet import COLUMNS
from sessions.models import InputList, InputTemplate


def _cell(length: int, label: Any) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True, default="", label=label)


class ChannelInput(InputSerializer):
    """A row of an input list. Every cell is one line of text."""

    channel = _cell(12, _("Ch"))
    source = _cell(80, _("Source"))
    mic = _cell(80, _("Mic"))
    preamp = _cell(80, _("Preamp"))
    inserts = _cell(120, _("Inserts"))
    converter = _cell(60, _("Converter"))
    note = _cell(200, _("Note"))

    class Meta:
        list_serializer_class = FormRows

    def validate(self, said: dict[str, str]) -> dict[str, str]:
        """Bring each cell onto one line: a line break would start a row where it is pasted."""
        row = {name: one_line(said.get(name, "")) for name in COLUMNS}
        if not any(row.values()):
            raise serializers.ValidationError({"source": [_("This row is empty. Say what comes in, or take it out.")]})
        return row


class InputListInput(InputSerializer):
    """The list and how it is recorded, all of it."""

    daw = serializers.CharField(max_length=60, required=False, allow_blank=True, default="", label=_("DAW"))
    sample_rate = serializers.ChoiceField(
        InputList.Rate.choices, required=False, allow_null=True, default=None, label=_("Sample rate")
    )
    bit_depth = serializers.ChoiceField(
        InputList.Depth.choices, required=False, allow_null=True, default=None, label=_("Bit depth")
    )
    channels = ChannelInput(many=True, required=False, max_length=ROWS_AT_MOST, label=_("Inputs"))

    def to_internal_value(self, data: Any) -> Any:
        """Take an empty select for nothing said: a form always sends the field."""
        if hasattr(data, "copy"):
            data = data.copy()
            for name in ("sample_rate", "bit_depth"):
                if data.get(name) == "":
                    data.pop(name)
        return super().to_internal_value(data)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        said["daw"] = one_line(said["daw"])
        said["channels"] = [dict(row) for row in said.get("channels") or []]
        return said

    @staticmethod
    def typed(found: InputList) -> dict[str, Any]:
        """Return how a list would be typed."""
        return {name: getattr(found, name) for name in (*FACTS, "channels")}


def _of_session(found: InputList) -> str:
    return f"{moments.day(found.session.starts_at, found.session.time_zone)}, {found.session.title}"


class RecallInput(InputSerializer):
    """What is taken over: a template of the desk, or the list of another session."""

    template = VisibleField(
        InputTemplate.objects.filter(removed_at=None),
        required=False,
        allow_null=True,
        default=None,
        label=_("Template"),
    )
    session = VisibleField(
        InputList.objects.select_related("session").order_by("-session__starts_at", "-pk"),
        required=False,
        allow_null=True,
        default=None,
        label_of=lambda found: (
            f"{moments.day(found.session.starts_at, found.session.time_zone)}, {found.session.title}"
        ),
        label=_("Session"),
    )
    how = Choice(
        [("replace", _("In place of these rows")), ("append", _("After these rows"))], default="replace", label=_("How")
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Turn what was chosen into rows."""
        template, other = said.pop("template"), said.pop("session")
        if (template is None) == (other is None):
            raise serializers.ValidationError({"template": [_("Choose a template or a session.")]})
        rows = (template or other).channels
        return {"channels": rows, "facts": other, "append": said["how"] == "append"}


class KeepInput(InputSerializer):
    """What the template is called."""

    name = serializers.CharField(max_length=80, label=_("Name of the template"))

    def validate_name(self, name: str) -> str:
        return one_line(name)


# --- out ------------------------------------------------------------------------------------------------
class Channel(serializers.Serializer):
    """A row of an input list."""

    channel = serializers.CharField()
    source = serializers.CharField()
    mic = serializers.CharField()
    preamp = serializers.CharField()
    inserts = serializers.CharField()
    converter = serializers.CharField()
    note = serializers.CharField()


class InputListDetail(serializers.Serializer):
    """A session's input list. Never saved, it has version 0 and starts with how its project was recorded last.

    `can_put_back`: it was taken over from elsewhere, and what stood before can be put back.
    """

    session = serializers.IntegerField()
    title = serializers.CharField()
    project = serializers.CharField()
    time_zone = serializers.CharField()
    starts_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    daw = serializers.CharField()
    sample_rate = serializers.ChoiceField(InputList.Rate.choices, allow_null=True)
    bit_depth = serializers.ChoiceField(InputList.Depth.choices, allow_null=True)
    channels = Channel(many=True)
    can_put_back = serializers.BooleanField()
    can = serializers.DictField(child=serializers.BooleanField())


class InputTemplateRow(RowSerializer):
    """A list that a desk keeps to start from."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    channels = Computed(lambda rows: rows, "channels", kind=Channel(many=True))
    removed_at = serializers.DateTimeField(allow_null=True)
