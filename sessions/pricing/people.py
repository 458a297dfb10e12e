"""What people cost: by what was agreed with them, else by what they usually ask.

A person costs the fee of the confirmed engagement on the project: by the hour from call to end, or by the day (each
started twelve hours). Of several engagements the one whose role is that of the call counts, else the first. A hire that
has ended still says what was agreed, where none is confirmed any more. Song and flat fees were committed with the
engagement: the line says so and costs nothing. Without a fee the person's usual rate by the hour or the day counts,
whichever is less; without that, nothing.
"""

from decimal import Decimal
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets import chart
from contributors.models import FeeUnit
from producerdesk.kit import moments
from producerdesk.kit.money import Money, round_half_up
from sessions.pricing.asked import Asked, Fee
from sessions.pricing.work import PriceLine, Work, Worker, begun

DAY_OF_WORK = 12 * 60  # minutes that a fee by the day pays for


def person_part(contributor_id: int) -> str:
    """Return the part of a session that pays one person."""
    return f"person:{contributor_id}"


def people_lines(work: Work, asked: Asked) -> list[PriceLine]:
    return [_person_line(person, asked, work) for person in work.people]


def _person_line(person: Worker, asked: Asked, work: Work) -> PriceLine:
    minutes = begun(work.ends_at - person.call_at)
    agreed = asked.agreed.get(person.contributor_id, [])
    same_role = [fee for fee in agreed if fee.role.casefold() == person.role.casefold()]
    choice = [_paid(fee, minutes) for fee in (same_role or agreed)[:1]]
    choice = choice or [_paid(fee, minutes) for fee in asked.usual.get(person.contributor_id, [])]
    # rates in two currencies cannot be compared: the first counts
    choice = [each for each in choice if each[1].currency == choice[0][1].currency]
    part = person_part(person.contributor_id)
    if not choice:
        empty = Money(0, work.project.currency)
        return PriceLine(person.name, _("No fee agreed"), empty, chart.account_of_role(person.role), part)
    fee, amount, detail = min(choice, key=lambda each: each[1].minor)
    account = chart.account_of_role(person.role or fee.role) if fee.account is None else fee.account
    return PriceLine(person.name, detail, amount, account, part)


def _paid(fee: Fee, minutes: int) -> tuple[Fee, Money, str]:
    """Return the fee, what it comes to and how."""
    rate = str(fee.amount)
    match fee.unit:
        case FeeUnit.HOUR:
            sum_ = round_half_up(Decimal(fee.amount.minor) * minutes / 60)
            detail = _("%(hours)s at %(rate)s") % {"hours": moments.duration(minutes), "rate": rate}
        case FeeUnit.DAY:
            days = ceil(minutes / DAY_OF_WORK)
            sum_ = fee.amount.minor * days
            detail = ngettext("%(number)d day at %(rate)s", "%(number)d days at %(rate)s", days) % {
                "number": days,
                "rate": rate,
            }
        case FeeUnit.SONG:
            sum_, detail = 0, _("By the song, agreed for the project")
        case _:
            sum_, detail = 0, _("Flat, agreed for the project")
    return fee, Money(sum_, fee.amount.currency), detail
