"""What the API says of the network, and what one may tell it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contributors.models import Contributor, ContributorRate, Engagement, FeeUnit, Skill
from contributors.serializers.engagements import EngagementRow
from producerdesk.accounts.models import Desk
from producerdesk.accounts.roles import BUDGET_WRITE, PEOPLE_WRITE
from producerdesk.kit.fields import (
    AmountField,
    Choice,
    FormRows,
    InputSerializer,
    ModelInputSerializer,
    VisibleField,
    words_in,
)
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.rows import Children, Computed, Listed, MoneyField, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.serializers import DeskRef

SKILLS_AT_MOST = 30  # of a kind; who does more has no list but a catalogue
LONGEST_SKILL = 60


# --- out ----------------------------------------------------------------------------------------------


class RateRow(RowSerializer):
    """What a person usually charges."""

    unit = serializers.ChoiceField(FeeUnit.choices)
    amount = MoneyField("amount_minor", "currency")


def _skills(kind: Skill.Kind) -> Listed:
    def of_kind(viewer: Viewer) -> QuerySet:
        return Skill.objects.filter(kind=kind)

    return Listed("name", "contributor_id", of_kind, serializers.CharField())


class ContributorRow(RowSerializer):
    """A person as lists show them. `joined`: the person has accepted an invitation and signs in with an own account."""

    id = serializers.IntegerField()
    desk = DeskRef()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    city = serializers.CharField()
    roles = _skills(Skill.Kind.ROLE)
    instruments = _skills(Skill.Kind.INSTRUMENT)
    genres = _skills(Skill.Kind.GENRE)
    rates = Children(RateRow, "contributor_id", lambda viewer: ContributorRate.objects.visible_to(viewer))
    active = serializers.BooleanField()
    joined = Computed(lambda user_id: user_id is not None, "user_id", kind=serializers.BooleanField())
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


def _hires(viewer: Viewer) -> QuerySet:
    return Engagement.objects.visible_to(viewer).with_songs_counted().order_by("-pk")


class ContributorDetail(ContributorRow):
    """A person, whole, with the hires of the projects one produces, the latest first."""

    time_zone = serializers.CharField()
    notes = serializers.CharField()
    engagements = Children(EngagementRow, "contributor_id", _hires)
    created_at = serializers.DateTimeField()


class KnownWords(serializers.Serializer):
    """Every role, instrument, genre and city of the network, once."""

    roles = serializers.ListField(child=serializers.CharField())
    instruments = serializers.ListField(child=serializers.CharField())
    genres = serializers.ListField(child=serializers.CharField())
    cities = serializers.ListField(child=serializers.CharField())


class CandidateRow(RowSerializer):
    """Somebody who could fill an open role. `fits`: 2 for exactly this role or instrument, 1 for one near it, 0 for
    found by name. `hired`: how often before. `state_here`: how far it is, or was, with them on this project."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    city = serializers.CharField()
    roles = _skills(Skill.Kind.ROLE)
    instruments = _skills(Skill.Kind.INSTRUMENT)
    genres = _skills(Skill.Kind.GENRE)
    rates = Children(RateRow, "contributor_id", lambda viewer: ContributorRate.objects.visible_to(viewer))
    fits = serializers.IntegerField()
    hired = serializers.IntegerField()
    state_here = serializers.ChoiceField(Engagement.State.choices, allow_null=True)


class Candidates(serializers.Serializer):
    """The best twenty."""

    count = serializers.IntegerField()
    results = CandidateRow(many=True)


# --- in -----------------------------------------------------------------------------------------------


def _flat(detail: Any) -> list[str]:
    found = detail.values() if isinstance(detail, dict) else detail
    return [str(text) for texts in found for text in (texts if isinstance(texts, list) else [texts])]


class NamesField(serializers.ListField):
    """Names, each once, whatever its case: `["cello", "violin"]`. A form sends them in one line, commas between."""

    default_error_messages = {"comma": _("Give each name of its own, without commas.")}

    def __init__(self, **options: Any) -> None:
        child = serializers.CharField(max_length=LONGEST_SKILL)
        super().__init__(child=child, max_length=SKILLS_AT_MOST, required=False, **options)

    def get_value(self, dictionary: Any) -> Any:
        if not hasattr(dictionary, "getlist"):
            return super().get_value(dictionary)
        if self.field_name not in dictionary:
            return serializers.empty
        return words_in(dictionary, self.field_name, between=",")

    def to_internal_value(self, data: Any) -> list[str]:
        try:
            names = [" ".join(name.split()) for name in super().to_internal_value(data)]
        except serializers.ValidationError as error:
            # one line in a form: what is wrong with a name stands at the line
            raise serializers.ValidationError(_flat(error.detail)) from None
        if any("," in name for name in names):
            self.fail("comma")
        found: dict[str, str] = {}
        for name in names:
            found.setdefault(name.casefold(), name)
        return list(found.values())

    def to_representation(self, data: Any) -> list[str]:
        return list(data)


class RateInput(InputSerializer):
    """A usual rate: its unit and its sum."""

    unit = Choice(FeeUnit.choices, label=_("Paid for"))
    amount = AmountField(choose=True, label=_("Amount"))

    class Meta:
        list_serializer_class = FormRows


class ContributorInput(ModelInputSerializer):
    """What one may say of a person. Whose account it is, is never said here: accepting an invitation says it."""

    roles = NamesField(label=_("Roles"), help_text=_("Like mixing engineer, arranger; commas between."))
    instruments = NamesField(label=_("Instruments"), help_text=_("Like cello, lead vocals."))
    genres = NamesField(label=_("Genres"), help_text=_("Like folk, drum and bass."))
    rates = RateInput(many=True, required=False, max_length=len(FeeUnit), label=_("Usual rates"))

    class Meta:
        model = Contributor
        fields = [
            "name",
            "email",
            "phone",
            "city",
            "time_zone",
            "roles",
            "instruments",
            "genres",
            "rates",
            "notes",
        ]

    def get_fields(self) -> dict[str, serializers.Field]:
        """A token that may not write money finds no rates here."""
        fields = super().get_fields()
        if not viewer_of(self.context["request"]).allows(BUDGET_WRITE):
            del fields["rates"]
        return fields

    def validate_email(self, address: str) -> str:
        return address.lower()

    def validate_rates(self, rates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({rate["unit"] for rate in rates}) < len(rates):
            raise serializers.ValidationError(_("Give one rate for each unit."))
        return rates

    def to_representation(self, instance: Contributor) -> dict[str, Any]:
        names = {"role": "roles", "instrument": "instruments", "genre": "genres"}
        for name in names.values():
            setattr(instance, name, [])
        for skill in instance.skills.all():
            getattr(instance, names[skill.kind]).append(skill.name)
        return super().to_representation(instance)


class NetworkField(VisibleField):
    """A desk whose network the viewer may add to: as its staff, or as co-producer of one of its projects."""

    def __init__(self, **options: Any) -> None:
        super().__init__(rows=Desk.objects, required=False, allow_null=True, label=_("Desk"), **options)

    def get_queryset(self) -> QuerySet:
        return Desk.objects.filter(pk__in=self.viewer.reach_desks(PEOPLE_WRITE))


class NewContributorInput(ContributorInput):
    """A new person, perhaps for another desk than the first one works at."""

    desk = NetworkField()

    class Meta(ContributorInput.Meta):
        fields = [*ContributorInput.Meta.fields, "desk"]
        # whose address it is already, the action says: by name
        validators: list[Any] = []
        extra_kwargs = {"email": {"required": False}}
