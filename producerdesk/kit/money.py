"""Money: whole minor units and a currency. The one place that parses, rounds, shares out and writes sums."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.core import get_global
from babel.numbers import format_currency, get_currency_name, get_territory_currencies
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

# ISO 4217 minor units where they are not 2. CLDR's digits are for display and differ (AFN, ALL, IRR).
_DIGITS = dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0) | dict.fromkeys(
    "BHD IQD JOD KWD LYD OMR TND".split(), 3
)
# offered first, so that most people find theirs at the top
USUAL = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CAD", "AUD", "JPY", "KRW", "BRL", "MXN", "ZAR")
LARGEST = 2**53 - 1  # minor units; far above any record's budget, and exact in every JSON reader


@lru_cache(maxsize=1)
def currency_codes() -> frozenset[str]:
    """Return the ISO 4217 codes that are legal tender somewhere today."""
    return frozenset(code for place in get_global("territory_currencies") for code in get_territory_currencies(place))


def check_currency(value: str) -> None:
    """Refuse a code that is no currency in use."""
    if value not in currency_codes():
        raise ValidationError(
            _("“%(value)s” is no currency. Give an ISO code like EUR, USD or JPY."), params={"value": value}
        )


def name_of(currency: str) -> str:
    """Return the currency's name in the reader's language."""
    return get_currency_name(currency, locale=to_locale(get_language() or "en"))


def digits(currency: str) -> int:
    """Return how many decimals the currency has: EUR 2, JPY 0, KWD 3."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """A sum: `minor` whole minor units of `currency`. Sums of one currency add; others refuse."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return other

    @property
    def amount(self) -> Decimal:
        """The sum in major units, exact."""
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def as_json(self) -> dict[str, str]:
        """Return `{"amount": "1234.50", "currency": "EUR"}`: text, so that no reader makes a float of it."""
        return as_json(self.minor, self.currency)

    def __str__(self) -> str:
        return _shown(self.minor, self.currency)


@lru_cache(maxsize=4096)  # fees and rates are the same few sums, and each takes Babel a tenth of a millisecond
def _shown(minor: int, currency: str) -> str:
    return format_currency(Money(minor, currency).amount, currency, locale="en_GB", currency_digits=False)


def as_json(minor: int, currency: str) -> dict[str, str]:
    """Return the sum as the API writes it."""
    places = digits(currency)
    return {"amount": f"{Decimal(minor).scaleb(-places):.{places}f}", "currency": currency}


def round_half_up(value: Decimal) -> int:
    """Return whole minor units. Used once a line, never on a partial result."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def parse(amount: object, currency: str) -> Money:
    """Return the sum that somebody typed.

    Raises ValidationError for what is no plain number, has more decimals than the currency, or is out of range.
    A float is refused too: it may already have lost a cent.
    """
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise ValidationError(_("Give the amount as text, like “1234.50”."))
    text = str(amount).strip()
    if len(text) > 24 or not text.isascii() or set(text) - set("0123456789.-"):
        raise ValidationError(_("Give a plain number, like 1234.50, without grouping."))
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValidationError(_("Give a plain number, like 1234.50, without grouping.")) from None
    minor = value.scaleb(digits(currency))
    if minor != minor.to_integral_value():
        raise ValidationError(
            _("%(currency)s has %(places)d decimals."), params={"currency": currency, "places": digits(currency)}
        )
    if abs(minor) > LARGEST:
        raise ValidationError(_("This amount is too large."))
    return Money(int(minor), currency)


def share_out(total: int, weights: list[Decimal | int]) -> list[int]:
    """Return `total` minor units in parts by weight that add up to it exactly (largest remainder)."""
    whole = sum(Decimal(weight) for weight in weights)
    if not whole:
        raise ValueError("nothing to share by")
    exact = [Decimal(total) * Decimal(weight) / whole for weight in weights]
    parts = [int(part // 1) for part in exact]
    order = sorted(range(len(parts)), key=lambda i: exact[i] - parts[i], reverse=True)
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
