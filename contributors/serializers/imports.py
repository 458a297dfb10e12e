"""What an import of people takes, and what it answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contributors import sheets
from contributors.serializers.people import NetworkField
from producerdesk.kit.fields import InputSerializer

OUTCOMES = [("new", _("New")), ("update", _("Update")), ("unchanged", _("Unchanged")), ("skipped", _("Left out"))]


class DryRunField(serializers.BooleanField):
    """On unless somebody says no, in a form too: leaving it out writes nothing."""

    default_empty_html = serializers.empty


class ImportInput(InputSerializer):
    """A CSV of people: a file, or its text."""

    file = serializers.FileField(required=False, label=_("CSV file"), help_text=_("Up to 2 MB and 5,000 rows."))
    text = serializers.CharField(
        required=False,
        trim_whitespace=False,
        max_length=sheets.LARGEST_FILE,
        label=_("Or its text"),
        style={"base_template": "textarea.html"},
    )
    dry_run = DryRunField(default=True, label=_("Only look, write nothing"))
    desk = NetworkField(default=None)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Read the table: `sheet`."""
        file, text = said.pop("file", None), said.pop("text", None)
        name = "file" if file is not None or text is None else "text"
        if file is None and text is None:
            raise serializers.ValidationError({"file": [_("Choose a file.")]})
        if file is not None and text is not None:
            raise serializers.ValidationError({"text": [_("Send a file or its text, not both.")]})
        try:
            if file is not None:
                if file.size > sheets.LARGEST_FILE:
                    raise sheets.Unreadable(_("This file is larger than 2 MB. Split it."))
                text, encoding = sheets.decode(file.read())
                said["sheet"] = sheets.read(text, encoding)
            else:
                said["sheet"] = sheets.read(text)
        except sheets.Unreadable as error:
            raise serializers.ValidationError({name: [str(error)]}) from None
        return said


class ColumnAnswer(serializers.Serializer):
    """A column and what it was taken for; empty for nothing."""

    header = serializers.CharField()
    field = serializers.CharField()


class ProblemAnswer(serializers.Serializer):
    """What is wrong with a row, and in which column."""

    column = serializers.CharField()
    text = serializers.CharField()


class ImportRowAnswer(serializers.Serializer):
    """A row and what becomes of it. `changes` names what an update changes."""

    line = serializers.IntegerField()
    outcome = serializers.ChoiceField(OUTCOMES)
    name = serializers.CharField()
    email = serializers.CharField()
    cells = serializers.DictField(child=serializers.CharField())
    changes = serializers.ListField(child=serializers.CharField())
    problems = ProblemAnswer(many=True)


class CountsAnswer(serializers.Serializer):
    """How many rows came out how."""

    new = serializers.IntegerField()
    update = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    skipped = serializers.IntegerField()


class ImportAnswer(serializers.Serializer):
    """What an import did, or would do. After the real one only the rows that were left out are listed.

    A dry run gives back the `text` it read: send that with `dry_run` false, and the same is done.
    """

    dry_run = serializers.BooleanField()
    encoding = serializers.CharField()
    delimiter = serializers.CharField()
    columns = ColumnAnswer(many=True)
    counts = CountsAnswer()
    rows = ImportRowAnswer(many=True)
    text = serializers.CharField(required=False)
