"""A file where a form means a text is refused by the field, whichever reads the form itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from rest_framework import serializers

from contributors.serializers.engagements import FeeInput
from contributors.serializers.people import NamesField
from producerdesk.accounts.offsets import OffsetsField
from producerdesk.kit.fields import AmountField, VisibleField
from sessions.models import Gear
from sessions.serializers.dates import KeysField
from sessions.serializers.repeating import DaysField

FIELDS = (
    (KeysField(), "said"),
    (DaysField(), "said"),
    (NamesField(), "said"),
    (OffsetsField(), "said"),
    (AmountField(required=False, allow_null=True), "said.amount"),
    (FeeInput(required=False, allow_null=True), "said.amount.amount"),
    (VisibleField(Gear.objects, many=True), "said"),
)


@pytest.mark.parametrize(("field", "name"), FIELDS, ids=lambda one: type(one).__name__)
def test_a_file_is_no_text(field: serializers.Field, name: str) -> None:
    form: serializers.Serializer = serializers.Serializer()
    field.bind("said", form)
    with pytest.raises(serializers.ValidationError):
        field.run_validation(field.get_value(MultiValueDict({name: [SimpleUploadedFile("7", b"7")]})))
