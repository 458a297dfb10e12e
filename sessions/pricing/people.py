"""What people cost: by what was agreed with them, else by what they usually ask.

A person costs the fee of the confirmed engagement on the project: by the hour from call to end, or by the day (each
started twelve hours). Of several engagements the one whose role is that of the call counts, else the first. A hire that
has ended still says what was agreed, where none is confirmed any more. Song and flat fees were committed with the
engagement: the line says so and costs nothing. Without a fee the person's usual rate by the hour or the day counts,
whichever is less; without that, nothing.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from operator import itemgetter

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets import chart
from contributors.models import ContributorRate, Engagement, EngagementFee, EngagementStep, FeeUnit
from producerdesk.kit import moments
from producerdesk.kit.money import Money, round_half_up
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from projects.models import Project
from sessions.pricing.work import PriceLine, Work, Worker, begun

State = Engagement.State
DAY_OF_WORK = 12 * 60  # minutes that a fee by the day pays for
_USUAL = "usual"  # where what was agreed has the state of its engagement
_NO_ACCOUNT = Value(None, output_field=IntegerField())


def person_part(contributor_id: int) -> str:
    """Return the part of a session that pays one person."""
    return f"person:{contributor_id}"


@dataclass(frozen=True, slots=True)
class _Fee:
    role: str
    unit: str
    amount: Money
    account: int | None = None


Fees = dict[int, list[_Fee]]  # by contributor


def people_lines(work: Work) -> list[PriceLine]:
    if not work.people:
        return []
    fees, usual = _asked(work.project, [person.contributor_id for person in work.people])
    return [_person_line(person, fees, usual, work) for person in work.people]


def _person_line(person: Worker, fees: Fees, usual: Fees, work: Work) -> PriceLine:
    minutes = begun(work.ends_at - person.call_at)
    agreed = fees.get(person.contributor_id, [])
    same_role = [fee for fee in agreed if fee.role.casefold() == person.role.casefold()]
    choice = [_paid(fee, minutes) for fee in (same_role or agreed)[:1]]
    choice = choice or [_paid(fee, minutes) for fee in usual.get(person.contributor_id, [])]
    # rates in two currencies cannot be compared: the first counts
    choice = [each for each in choice if each[1].currency == choice[0][1].currency]
    part = person_part(person.contributor_id)
    if not choice:
        empty = Money(0, work.project.currency)
        return PriceLine(person.name, _("No fee agreed"), empty, chart.account_of_role(person.role), part)
    fee, amount, detail = min(choice, key=lambda each: each[1].minor)
    account = chart.account_of_role(person.role or fee.role) if fee.account is None else fee.account
    return PriceLine(person.name, detail, amount, account, part)


def _paid(fee: _Fee, minutes: int) -> tuple[_Fee, Money, str]:
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


def _asked(project: Project, contributor_ids: list[int]) -> tuple[Fees, Fees]:
    """Return the fees agreed with each, what holds now before what has ended, and what each usually asks. One query."""
    agreed: Fees = defaultdict(list)
    usual: Fees = defaultdict(list)
    standing: set[int] = set()
    found = _fees_and_rates(NOBODY, project_id=project.pk, contributor_ids=contributor_ids).rows()
    for state, _order, key, role, unit, minor, currency, account in sorted(found, key=itemgetter(0, 1)):
        if state == State.CONFIRMED:
            standing.add(key)
        elif state == State.ENDED and key in standing:
            continue
        (usual if state == _USUAL else agreed)[key].append(_Fee(role, unit, Money(minor, currency), account))
    return agreed, usual


@prepared
def _fees_and_rates(viewer: Viewer, project_id: int, contributor_ids: list[int]) -> QuerySet:
    was_confirmed = EngagementStep.objects.filter(
        engagement=OuterRef("engagement"), contributor=OuterRef("engagement__contributor"), state=State.CONFIRMED
    )
    fees = EngagementFee.objects.filter(
        Q(engagement__state=State.CONFIRMED) | Q(Exists(was_confirmed), engagement__state=State.ENDED),
        engagement__project=project_id,
        engagement__contributor__among=contributor_ids,
    )
    rates = ContributorRate.objects.filter(contributor__among=contributor_ids, unit__in=(FeeUnit.HOUR, FeeUnit.DAY))
    amount = ("unit", "amount_minor", "currency")
    agreed = ("engagement__state", "engagement", "engagement__contributor", "engagement__role", *amount, "account")
    usual = (Value(_USUAL), "pk", "contributor", Value(""), *amount, _NO_ACCOUNT)
    return fees.order_by().values_list(*agreed).union(rates.order_by().values_list(*usual), all=True)
