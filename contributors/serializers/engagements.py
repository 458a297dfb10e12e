"""What the API says of hires and open roles, and what one may tell it."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from budgets import chart
from contributors.hiring import LEGAL
from contributors.models import Contributor, Engagement, EngagementStep, FeeUnit
from producerdesk.accounts.roles import BUDGET_READ, BUDGET_WRITE, PEOPLE_READ, PEOPLE_WRITE
from producerdesk.kit import money
from producerdesk.kit.fields import AmountField, Choice, InputSerializer, ModelInputSerializer, VisibleField, is_blank
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.rows import Children, Computed, MoneyField, Only, RowSerializer
from producerdesk.kit.viewer import Viewer
from projects.models import Project, Song
from projects.serializers import ProjectRef, today

ACCOUNTS = [(account.number, f"{account.number} {account.title}") for account in chart.CHART]
State = Engagement.State


# --- who reads what -------------------------------------------------------------------------------------


def _produces(viewer: Viewer, desk_id: int, project_id: int) -> bool:
    return viewer.can(PEOPLE_READ, desk_id=desk_id, project_id=project_id)


def _reads_money(viewer: Viewer, desk_id: int, project_id: int) -> bool:
    return viewer.can(BUDGET_READ, desk_id=desk_id, project_id=project_id)


def _reads_fee(viewer: Viewer, desk_id: int, project_id: int, contributor_id: int | None, user_id: int | None) -> bool:
    return _is_it(viewer, contributor_id, user_id) or _reads_money(viewer, desk_id, project_id)


def _is_it(viewer: Viewer, contributor_id: int | None, user_id: int | None) -> bool:
    if viewer.scopes is not None:
        return False
    if viewer.contributor_id:
        return viewer.contributor_id == contributor_id
    return user_id is not None and viewer.user_id == user_id


def _can(viewer: Viewer, desk_id: int, project_id: int, state: str, contributor_id: int | None) -> dict[str, bool]:
    """Return what this viewer may do with it, so that pages need not decide."""
    writes = viewer.can(PEOPLE_WRITE, desk_id=desk_id, project_id=project_id)
    moves = {name: writes and state in move.sources for name, move in LEGAL.items()}
    return moves | {"edit": writes, "decline": moves["decline"] and contributor_id is not None}


def _total(unit: str | None, minor: int | None, currency: str | None, songs: int) -> dict[str, str] | None:
    """Return what confirming commits: nothing for hours and days, they are paid with each session."""
    if minor is None or unit not in (FeeUnit.SONG, FeeUnit.FLAT):
        return None
    return money.as_json(minor * songs if unit == FeeUnit.SONG else minor, currency or "")


# --- out ------------------------------------------------------------------------------------------------


class HiredPerson(RowSerializer):
    """A person, by name alone."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class SongHiredFor(RowSerializer):
    """A song somebody is hired for."""

    id = serializers.IntegerField(source="song_id")
    title = serializers.CharField(source="song.title")


class FeeRow(RowSerializer):
    """What is agreed."""

    unit = serializers.ChoiceField(FeeUnit.choices)
    amount = MoneyField("amount_minor", "currency")


def _hired_for(viewer: Viewer) -> QuerySet:
    return Engagement.songs.through.objects.order_by("song__position", "song_id")


def _steps(viewer: Viewer) -> QuerySet:
    return EngagementStep.objects.visible_to(viewer).order_by("-pk")


_PLACE = ("project__desk_id", "project_id")
_OWN = (*_PLACE, "contributor_id", "contributor__user_id")


class EngagementRow(RowSerializer):
    """A role on a project and who fills it. The fee is for who reads the budget, and for the person it is paid to.

    `total` is what confirming commits to the budget; hours and days are committed with each session instead.
    """

    id = serializers.IntegerField()
    project = ProjectRef()
    contributor = HiredPerson(allow_null=True)
    role = serializers.CharField()
    part = serializers.CharField()
    state = serializers.ChoiceField(Engagement.State.choices)
    songs = Children(SongHiredFor, "engagement_id", _hired_for)
    needed_by = serializers.DateField(allow_null=True)
    fee = Only(FeeRow(allow_null=True), _reads_fee, *_OWN)
    total = Only(
        Computed(_total, "fee__unit", "fee__amount_minor", "fee__currency", "song_count", kind=MoneyField("", "")),
        _reads_fee,
        *_OWN,
    )
    account = Only(serializers.IntegerField(source="fee.account", allow_null=True), _reads_money, *_PLACE)
    notes = Only(serializers.CharField(), _produces, *_PLACE)
    mine = Computed(
        lambda viewer, contributor_id, user_id: _is_it(viewer, contributor_id, user_id),
        "contributor_id",
        "contributor__user_id",
        kind=serializers.BooleanField(),
        for_viewer=True,
    )
    can = Computed(
        _can,
        *_PLACE,
        "state",
        "contributor_id",
        kind=serializers.DictField(child=serializers.BooleanField()),
        for_viewer=True,
    )
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class StepRow(RowSerializer):
    """Where a role came to, with whom, and who said so."""

    state = serializers.ChoiceField(State.choices)
    contributor = HiredPerson(allow_null=True)
    at = serializers.DateTimeField()
    by = serializers.CharField(source="by.name", allow_null=True)


class EngagementDetail(EngagementRow):
    """A role with its history, the newest first. Who was asked before is told to who hires alone."""

    steps = Children(StepRow, "engagement_id", _steps)


# --- in -------------------------------------------------------------------------------------------------


def _may_hire_for(viewer: Viewer, project: Project) -> bool:
    return viewer.can(PEOPLE_WRITE, desk_id=project.desk_id, project_id=project.pk)


def _may_hire(viewer: Viewer, person: Contributor) -> bool:
    return viewer.can_in_desk(PEOPLE_WRITE, person.desk_id)


class FeeInput(InputSerializer):
    """A fee: its unit and its sum. Without a sum there is no fee."""

    unit = Choice(FeeUnit.choices, label=_("Paid for"))
    amount = AmountField(choose=True, required=False, allow_null=True, label=_("Fee"))

    def get_value(self, dictionary: Any) -> Any:
        if hasattr(dictionary, "getlist") and is_blank(dictionary.get(f"{self.field_name}.amount.amount", "")):
            return None if f"{self.field_name}.amount.amount" in dictionary else serializers.empty
        return super().get_value(dictionary)


class EngagementInput(ModelInputSerializer):
    """What one may say of a role. Who fills it and how far it is, the actions say."""

    songs = VisibleField(Song.objects, many=True, required=False, max_length=500, label=_("Songs"))
    fee = FeeInput(required=False, allow_null=True, label=_("Fee"))
    account = Choice(
        ACCOUNTS,
        required=False,
        allow_null=True,
        label=_("Account"),
        help_text=_("Which line of the budget pays. The role decides unless you do."),
    )

    class Meta:
        model = Engagement
        fields = ["role", "part", "songs", "needed_by", "fee", "account", "notes"]

    def get_fields(self) -> dict[str, serializers.Field]:
        """A token that may not write money finds no fee here."""
        fields = super().get_fields()
        if not viewer_of(self.context["request"]).allows(BUDGET_WRITE):
            del fields["fee"], fields["account"]
        return fields

    def validate_fee(self, fee: dict[str, Any] | None) -> dict[str, Any] | None:
        return fee if fee and fee.get("amount") is not None else None

    def validate_needed_by(self, day: dt.date | None) -> dt.date | None:
        """A date in the past is refused when it is set or changed, and left in peace when it is only sent back."""
        passed = day and day < today(viewer_of(self.context["request"]))
        if passed and (self.instance is None or day != self.instance.needed_by):
            raise serializers.ValidationError(_("This day has passed."))
        return day


class NewEngagementInput(EngagementInput):
    """A new role: nobody yet, or somebody with whom it is already that far."""

    project = VisibleField(Project.objects, may=_may_hire_for, label=_("Project"))
    contributor = VisibleField(Contributor.objects, may=_may_hire, required=False, allow_null=True, label=_("Person"))
    state = Choice(
        [(state.value, state.label) for state in (State.NEEDED, State.AUDITIONING, State.OFFERED, State.CONFIRMED)],
        required=False,
        allow_blank=True,
        label=_("How far it is"),
        help_text=_("Left open: needed while nobody is named, else auditioning."),
    )

    class Meta(EngagementInput.Meta):
        fields = ["project", *EngagementInput.Meta.fields, "contributor", "state"]


class WhoInput(InputSerializer):
    """With whom. Left out, it stays who it is."""

    contributor = VisibleField(Contributor.objects, may=_may_hire, required=False, allow_null=True, label=_("Person"))


class NothingInput(InputSerializer):
    """An action that needs no words."""
