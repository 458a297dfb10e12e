"""What foreign currencies are worth in a budget."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from budgets.actions.ledger import open_budget
from budgets.models import ExchangeRate
from producerdesk.kit.errors import Refused
from projects.activity import note
from projects.models import Project


@transaction.atomic
def remove_exchange_rate(*, rate: ExchangeRate, by: int | None) -> None:
    """Forget what a currency is worth. What was counted with it stays."""
    rate.delete()
    note(rate.budget.project_id, "budget", "rate_removed", by=by, title=rate.currency)


@transaction.atomic
def set_exchange_rate(*, project: Project, currency: str, rate: Decimal, by: int | None) -> ExchangeRate:
    """Say what one unit of a currency is worth in the budget's. What is committed keeps the rate it came with."""
    budget = open_budget(project)
    if currency == budget.currency:
        raise Refused({"currency": _("The budget is in %(currency)s itself.") % {"currency": currency}})
    if not rate.is_finite() or rate <= 0:
        raise Refused({"rate": _("Give a rate above zero.")})
    found = ExchangeRate.objects.filter(budget=budget, currency=currency).first()
    found = found or ExchangeRate(budget=budget, currency=currency)
    is_new = found.rate != rate
    found.rate = rate
    try:
        found.clean_fields(exclude=["budget"])
    except ValidationError as error:
        raise Refused(error.message_dict) from None
    found.save()
    if is_new:
        note(project, "budget", "rate", by=by, title=currency)
    return found
