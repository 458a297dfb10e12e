"""How a sum reads in the language of the reader."""

from collections.abc import Mapping
from functools import cache

from babel.core import Locale
from babel.numbers import NumberPattern, format_currency, get_decimal_symbol, parse_pattern
from django.utils.translation import get_language, to_locale

from producerdesk.kit import drawings
from producerdesk.kit.money import digits

MINUS = "\N{MINUS SIGN}"


def parts_of(sum_: Mapping[str, str], *, whole: bool) -> tuple[str, str, str]:
    """Return ("€12,524", ".50", ""): what stands before the minor units, they themselves, and what follows."""
    currency = sum_.get("currency") if isinstance(sum_, Mapping) else None
    if not currency:
        raise ValueError(f"{sum_!r} has no currency")
    amount = drawings.amount_of(sum_)
    places = 0 if whole and amount == amount.to_integral_value() else digits(currency)
    locale, pattern = _pattern(to_locale(get_language() or "en"), places)
    text = format_currency(amount, currency, locale=locale, format=pattern, currency_digits=False).replace("-", MINUS)
    if not places:
        return text, "", ""
    head, _sep, tail = text.rpartition(get_decimal_symbol(locale))
    return head, f"{_sep}{tail[:places]}", tail[places:]


@cache
def _pattern(name: str, places: int) -> tuple[Locale, NumberPattern]:
    locale = Locale.parse(name)
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (places, places)
    return locale, pattern
