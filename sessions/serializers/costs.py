"""What a session costs, line by line, and what it costs to cancel it."""

from rest_framework import serializers

from producerdesk.kit.rows import MoneyField
from sessions.models import CancellationTier
from sessions.serializers.rows import SessionWarning


class QuoteLine(serializers.Serializer):
    """One line of a price: the room, or somebody called."""

    label = serializers.CharField()
    detail = serializers.CharField()
    amount = MoneyField("", "")
    account = serializers.IntegerField()
    account_title = serializers.CharField()
    part = serializers.CharField()


class Deposit(serializers.Serializer):
    """What of a room's price its studio wants ahead, by when; a percentage where that is what it asks for."""

    amount = MoneyField("", "")
    percent = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField()


class FeeLine(serializers.Serializer):
    """One line of what cancelling costs."""

    label = serializers.CharField()
    amount = MoneyField("", "")


class CancellationCost(serializers.Serializer):
    """What cancelling a session costs now: so much of its room, because the notice is less than its studio wants."""

    percent = serializers.IntegerField()
    notice = serializers.IntegerField(allow_null=True)
    unit = serializers.ChoiceField(CancellationTier.Unit.choices, allow_null=True)
    lines = FeeLine(many=True)
    fee = MoneyField("", "")
    released = MoneyField("", "")


class Quote(serializers.Serializer):
    """What a session costs and what that does to the budget. A sum is null where a rate of exchange is missing.

    `open` is committed by it and `spent` is spent, with what expenses have `paid` of both.
    """

    lines = QuoteLine(many=True)
    deposit = Deposit(allow_null=True)
    currency = serializers.CharField()
    total = MoneyField("", "")
    open = MoneyField("", "")
    spent = MoneyField("", "")
    paid = MoneyField("", "")
    change = MoneyField("", "")
    committed = MoneyField("", "")
    committed_after = MoneyField("", "")
    missing = serializers.ListField(child=serializers.CharField())


class Preview(Quote):
    """What booking a session would cost, and what could go wrong with it."""

    warnings = SessionWarning(many=True)
