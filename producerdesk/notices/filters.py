"""What the lists of notices, deliveries and the outbox may be asked."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from producerdesk.kit.filters import DeskFilterSet, IdFilter, YesNoFilter
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from producerdesk.notices.subjects import refs_of

REFS_AT_MOST = 200


class NoticeFilter(DeskFilterSet):
    """`?unread=true`."""

    unread = YesNoFilter(field_name="read_at", lookup_expr="isnull", label=_("Not read yet"))

    class Meta:
        model = Notice
        fields: list[str] = []


class ManyTexts(forms.Field):
    """A parameter that may come several times."""

    widget = forms.SelectMultiple

    def clean(self, value: list[str] | None) -> list[str]:
        texts = [text for text in value or [] if text]
        if len(texts) > REFS_AT_MOST or any(len(text) > 40 or not text.isprintable() for text in texts):
            raise forms.ValidationError(_("Give up to %(most)d of them, like call:7.") % {"most": REFS_AT_MOST})
        return texts


class RefFilter(django_filters.Filter):
    """`?ref=call:7&ref=session:3`: what the deliveries are about."""

    field_class = ManyTexts

    def filter(self, queryset: QuerySet, value: list[str]) -> QuerySet:
        return queryset.about(refs_of(value)) if value else queryset


class DeliveryFilter(DeskFilterSet):
    """`?ref=session:7&state=failed`."""

    desk = IdFilter(field_name="desk_id", label=_("Desk"))
    ref = RefFilter(label=_("What it is about"))
    state = django_filters.MultipleChoiceFilter(choices=Delivery.State.choices, label=_("State"))
    channel = django_filters.MultipleChoiceFilter(choices=Delivery.Channel.choices, label=_("Channel"))

    class Meta:
        model = Delivery
        fields: list[str] = []


class OutboxFilter(DeskFilterSet):
    """`?desk=3&to=bo@example.com`."""

    desk = IdFilter(field_name="desk_id", label=_("Desk"))
    to = django_filters.CharFilter(lookup_expr="iexact", max_length=254, label=_("Recipient"))

    class Meta:
        model = OutboxMail
        fields: list[str] = []
