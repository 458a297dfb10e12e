"""What rooms and people ask: the rates of a room, what was agreed with people, and what they usually ask. One query."""

from collections import defaultdict
from dataclasses import dataclass, field
from operator import itemgetter

from django.db.models import DateField, DecimalField, Exists, IntegerField, OuterRef, Q, QuerySet, Value

from contributors.models import ContributorRate, Engagement, EngagementFee, EngagementStep, FeeUnit
from producerdesk.kit.money import Money
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from sessions.models import RoomRate
from sessions.pricing.work import Work

State = Engagement.State
_ROOM, _USUAL = "room", "usual"  # where what was agreed has the state of its engagement
_OF_A_ROOM = ("amount_minor", "factor", "hours", "minimum_hours", "valid_from", "valid_until")
_NO_ACCOUNT, _NO_DAY = Value(None, output_field=IntegerField()), Value(None, output_field=DateField())
_NO_NUMBER = Value(None, output_field=DecimalField())
_ONLY_OF_ROOMS = (_NO_NUMBER, _NO_NUMBER, _NO_NUMBER, _NO_DAY, _NO_DAY)


@dataclass(frozen=True, slots=True)
class Fee:
    """What one unit of somebody's work costs, in a role or in any."""

    role: str
    unit: str
    amount: Money
    account: int | None = None


Fees = dict[int, list[Fee]]  # by contributor


@dataclass(slots=True)
class Asked:
    """What is asked for a piece of work: of fees, what holds now comes before what has ended."""

    rates: list[RoomRate] = field(default_factory=list)
    agreed: Fees = field(default_factory=lambda: defaultdict(list))
    usual: Fees = field(default_factory=lambda: defaultdict(list))


def asked_for(work: Work) -> Asked:
    """Return what the room and the people of this work ask."""
    asked = Asked()
    people = [person.contributor_id for person in work.people]
    if work.room is None and not people:
        return asked
    room_id = work.room.pk if work.room else 0
    found = _all_asked(NOBODY, room_id=room_id, project_id=work.project.pk, contributor_ids=people).rows()
    standing: set[int] = set()
    for what, order, key, role, unit, currency, account, minor, *of_a_room in sorted(found, key=itemgetter(0, 1)):
        if what == _ROOM:
            known = dict(zip(_OF_A_ROOM, (minor, *of_a_room), strict=True))
            asked.rates.append(RoomRate(pk=order, room_id=key, unit=unit, currency=currency, **known))
            continue
        if what == State.CONFIRMED:
            standing.add(key)
        elif what == State.ENDED and key in standing:
            continue
        (asked.usual if what == _USUAL else asked.agreed)[key].append(Fee(role, unit, Money(minor, currency), account))
    asked.rates.sort(key=lambda rate: (rate.hours, rate.pk))
    return asked


@prepared
def _all_asked(viewer: Viewer, room_id: int, project_id: int, contributor_ids: list[int]) -> QuerySet:
    rooms = RoomRate.objects.filter(room=room_id)
    was_confirmed = EngagementStep.objects.filter(
        engagement=OuterRef("engagement"), contributor=OuterRef("engagement__contributor"), state=State.CONFIRMED
    )
    fees = EngagementFee.objects.filter(
        Q(engagement__state=State.CONFIRMED) | Q(Exists(was_confirmed), engagement__state=State.ENDED),
        engagement__project=project_id,
        engagement__contributor__among=contributor_ids,
    )
    usual = ContributorRate.objects.filter(contributor__among=contributor_ids, unit__in=(FeeUnit.HOUR, FeeUnit.DAY))
    # of a room first: from its own columns the database's numbers are read as they should be
    of_rooms = (Value(_ROOM), "pk", "room", Value(""), "unit", "currency", _NO_ACCOUNT, *_OF_A_ROOM)
    agreed = ("engagement__state", "engagement", "engagement__contributor", "engagement__role", "unit", "currency")
    of_people = (Value(_USUAL), "pk", "contributor", Value(""), "unit", "currency")
    return (
        rooms.order_by()
        .values_list(*of_rooms)
        .union(
            fees.order_by().values_list(*agreed, "account", "amount_minor", *_ONLY_OF_ROOMS),
            usual.order_by().values_list(*of_people, _NO_ACCOUNT, "amount_minor", *_ONLY_OF_ROOMS),
            all=True,
        )
    )
