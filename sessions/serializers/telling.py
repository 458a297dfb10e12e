"""What the API says of how somebody wants to be told, and what one may tell it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.accounts.offsets import OffsetsField
from producerdesk.accounts.reminding import check_quiet
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.fields import InputSerializer, TimeOfDay
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.rows import RowSerializer
from sessions.telling import TOPICS


class NoticeSettingsRow(RowSerializer):
    """How one wants to be told. `mail_*` say of what by mail; offsets are minutes before the call time.

    Where `own_offsets` is false the desks remind as they do, likewise with quiet hours.
    """

    mail_invitations = serializers.BooleanField()
    mail_reminders = serializers.BooleanField()
    mail_call_sheets = serializers.BooleanField()
    mail_answers = serializers.BooleanField()
    mail_digest = serializers.BooleanField()
    own_offsets = serializers.BooleanField()
    offsets = serializers.ListField(child=serializers.IntegerField())
    own_quiet = serializers.BooleanField()
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)


class NoticeSettingsInput(InputSerializer):
    """What one may say of it."""

    mail_invitations = serializers.BooleanField(required=False, label=TOPICS["invitations"])
    mail_reminders = serializers.BooleanField(required=False, label=TOPICS["reminders"])
    mail_call_sheets = serializers.BooleanField(required=False, label=TOPICS["call_sheets"])
    mail_answers = serializers.BooleanField(required=False, label=TOPICS["answers"])
    mail_digest = serializers.BooleanField(required=False, label=TOPICS["digest"])
    own_offsets = serializers.BooleanField(required=False, label=_("Remind me at times of my own"))
    offsets = OffsetsField(
        required=False,
        label=_("Before the call time"),
        help_text=_("Like 7 days, 24 hours or 90 minutes. None: you are not reminded."),
    )
    own_quiet = serializers.BooleanField(required=False, label=_("Quiet hours of my own"))
    quiet_from = TimeOfDay(required=False, allow_null=True, label=_("No mail from"))
    quiet_until = TimeOfDay(
        required=False, allow_null=True, label=_("until"), help_text=_("Both empty: mails come at any hour.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        request = self.context.get("request")
        # the schema is drawn for nobody and names every field
        if request is not None and not viewer_of(request).can_anywhere(SCHEDULE_WRITE) and _knows(request):
            del self.fields["mail_answers"]

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        check_quiet(said, self.instance)
        return said


def _knows(request: Any) -> bool:
    return viewer_of(request).is_authenticated


class Nudged(serializers.Serializer):
    """How many were asked once more, and how many are left as they were asked a moment ago."""

    asked = serializers.IntegerField()
    left = serializers.IntegerField()


class Stopping(serializers.Serializer):
    """Which mails a link stops, and whether they come."""

    topic = serializers.ChoiceField(list(TOPICS.items()))
    topic_title = serializers.CharField()
    mailed = serializers.BooleanField()
