"""What a sum is worth in a budget's currency, by the rates agreed for the project."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.models import Budget, ExchangeRate
from producerdesk.kit.errors import Refused
from producerdesk.kit.money import LARGEST, Money, digits, round_half_up
from projects.models import Project


@dataclass(frozen=True)
class Exchange:
    """The currency of a budget and what one unit of others is worth in it."""

    currency: str
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    def knows(self, currency: str) -> bool:
        """Return whether a sum in this currency can be counted."""
        return currency == self.currency or currency in self.rates

    def rate(self, currency: str) -> Decimal | None:
        """Return the rate that is frozen into an entry; None for the budget's own currency."""
        return None if currency == self.currency else self.rates[currency]

    def worth(self, amount: Money, *, what: str = "") -> Money:
        """Return the sum in the budget's currency, rounded once. Raises Refused where no rate is known."""
        if amount.currency == self.currency:
            return amount
        if amount.currency not in self.rates:
            raise Refused({"exchange_rate": self.missing(amount.currency, what)})
        value = Decimal(amount.minor) * self.rates[amount.currency]
        minor = round_half_up(value.scaleb(digits(self.currency) - digits(amount.currency)))
        if minor > LARGEST:
            raise Refused({"exchange_rate": _("This amount is too large.")})
        return Money(minor, self.currency)

    def missing(self, currency: str, what: str = "") -> str:
        """Return what to tell a person when there is no rate for this currency."""
        return _(
            "%(what)s is in %(foreign)s and the budget is in %(own)s. "
            "Say first what one %(foreign)s is worth in %(own)s, in the budget of this project."
        ) % {"what": what or _("This"), "foreign": currency, "own": self.currency}


def exchange_of(project: Project) -> Exchange:
    """Return the project's currency and rates. A project without a budget yet counts in its own currency."""
    budget = Budget.objects.filter(project=project).first()
    return exchange_in(budget) if budget else Exchange(project.currency)


def exchange_in(budget: Budget) -> Exchange:
    """Return the budget's currency and rates."""
    rates = ExchangeRate.objects.filter(budget=budget).values_list("currency", "rate")
    return Exchange(budget.currency, dict(rates))
