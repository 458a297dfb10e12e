"""What the API says of one's tokens, and what one may tell it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from producerdesk.accounts.roles import RIGHTS
from producerdesk.kit import clock
from producerdesk.kit.fields import Choice, InputSerializer, VisibleField
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.rows import Children, Computed, RowSerializer
from projects.models import Project, TokenProject

# what a scope lets a program do, for the person who chooses
SCOPES = {
    "budget:read": _("Read budgets: plan, figures, ledger, expenses"),
    "budget:write": _("Write budgets: lines, expenses, rates"),
    "budget:approve": _("Approve plans of budgets"),
    "project:read": _("Read projects, songs and their dates"),
    "project:write": _("Change projects and songs"),
    "schedule:read": _("Read sessions"),
    "schedule:write": _("Book and change sessions"),
    "people:read": _("Read people and hires"),
    "people:write": _("Change people and hires"),
    "desk:manage": _("Manage the desk and its staff"),
}
DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("One year")), (1095, _("Three years")))


class TokenProjectRow(RowSerializer):
    """A project that a token reaches."""

    id = serializers.IntegerField(source="project_id")
    title = serializers.CharField(source="project.title")


class TokenRow(RowSerializer):
    """A token, by its first letters: the rest of it nobody can read again. No projects means all one sees."""

    id = serializers.CharField(source="token_key")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField([(right, right) for right in RIGHTS]))
    limited = serializers.BooleanField()
    projects = Children(TokenProjectRow, "token_id", lambda viewer: TokenProject.objects.order_by("project__title"))
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry", allow_null=True)
    expired = Computed(
        lambda expiry: expiry is not None and expiry <= clock.now(), "expiry", kind=serializers.BooleanField()
    )
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewTokenRow(TokenRow):
    """A token that was just made, with its `secret`: shown this once, null to a request that comes again."""

    secret = Computed(lambda key: None, "pk", kind=serializers.CharField(allow_null=True))


class ScopesField(serializers.MultipleChoiceField):
    """What the token may do: only what its owner may."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=list(SCOPES.items()), allow_empty=False, **options)

    def options(self) -> list[Mapping[str, Any]]:
        """Return the scopes that mean anything for this person."""
        viewer = viewer_of(self.context["request"])
        return [{"value": scope, "label": str(text)} for scope, text in SCOPES.items() if viewer.can_anywhere(scope)]


class NewTokenInput(InputSerializer):
    """A new token: what for, what it may do, where, how long."""

    name = serializers.CharField(max_length=80, label=_("What for"), help_text=_("Like “Label’s spreadsheet”."))
    scopes = ScopesField(label=_("May"))
    projects = VisibleField(
        Project.objects,
        many=True,
        required=False,
        label=_("Only these projects"),
        help_text=_("None chosen: all that you see, now and later."),
    )
    days = Choice(DAYS, default=90, label=_("Ends after"))
