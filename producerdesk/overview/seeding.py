"""Large data for trying how a desk behaves when it is full: thousands of sessions, their slots, calls and money.

Written in bulk and not by the actions, so it keeps the house's rules by itself: nothing overlaps, every slot stands for
its session, each ledger is chained, what a session committed is what the price list says. Deeds (activity) and
invitations are not written: nobody did or asked anything.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from budgets.actions import Line
from budgets.models import Budget, BudgetEntry
from contributors.models import Contributor, ContributorRate
from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from projects.models import Project, Song, StageDate
from projects.stages import Stage
from sessions import pricing, reminders
from sessions.booking.bulk import add_resources, add_slots
from sessions.booking.models import BookingSlot
from sessions.models import Call, Room, RoomRate, Studio, StudioSession

Kind, State = StudioSession.Kind, StudioSession.State
Tell = Callable[[str, int, int], None]  # what, how many are done, of how many

YEARS_DAYS = 730  # half of the sessions are past, half to come
SPANS = (("10:00", "14:00"), ("15:00", "19:00"))  # two a day in each room, with time between them to reset it
BUFFER = dt.timedelta(minutes=15)
ZONES = (("Europe/Lisbon", "Porto"), ("Europe/Berlin", "Berlin"))
PLAYERS = 3  # beside its engineer each room has so many, who take turns
KINDS = (Kind.TRACKING, Kind.OVERDUB, Kind.VOCAL, Kind.MIXING)
EVERY_CANCELLED, EVERY_HELD = 40, 12
BATCH = 2_000
WORDS = ("Harbour", "Glass", "Paper", "Salt", "Ember", "Hollow", "Silver", "North", "Quiet", "Velvet", "Cedar", "Tidal")
THINGS = ("Lights", "Teeth", "Lanterns", "Ferry", "Radio", "Summer", "Rooms", "Engine", "Orchard", "Signal", "Weather")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is to be made."""

    sessions: int
    projects: int
    songs: int


@dataclass
class Seat:
    """A room and the people who work in it."""

    room: Room
    zone: str
    engineer: Contributor
    players: list[Contributor]
    resources: dict[str, int] = field(default_factory=dict)  # "room", or a contributor's id as text


@transaction.atomic
def seed(desk: Desk, by: User, wanted: Wanted, tell: Tell) -> None:
    """Add so much to the desk. All of it, or nothing."""
    now = clock.now()
    projects = _projects(desk, wanted, now.date(), tell)
    seats = _seats(desk, wanted.sessions, tell)
    books = {project.pk: _Ledger(project, by) for project in projects}
    plans = _plans(seats, projects, wanted.sessions, now)
    done, price = 0, _Prices()
    while batch := list(itertools.islice(plans, BATCH)):
        _write(desk, by, batch, books, price, now)
        done += len(batch)
        tell("Sessions", done, wanted.sessions)
    for number, ledger in enumerate(books.values(), start=1):
        ledger.write()
        if number % 50 == 0 or number == len(books):
            tell("Ledgers", number, len(books))
    _reminders(desk, projects, now, tell)


# --- projects, rooms, people ------------------------------------------------------------------------------


def _name(number: int) -> str:
    thing, word = divmod(number, len(WORDS))
    again, thing = divmod(thing, len(THINGS))
    return f"{WORDS[word]} {THINGS[thing]}" + (f" {again + 1}" if again else "")


def _projects(desk: Desk, wanted: Wanted, today: dt.date, tell: Tell) -> list[Project]:
    stages = list(Stage)
    made = Project.objects.bulk_create(
        (
            Project(
                desk=desk,
                title=_name(number),
                artist=f"The {_name(number * 7 + 3)}",
                stage=stages[number % len(stages)],
                deadline=today + dt.timedelta(days=number % 200 - 20),
                time_zone=desk.time_zone,
                currency=desk.currency,
            )
            for number in range(wanted.projects)
        ),
        batch_size=BATCH,
    )
    tell("Projects", len(made), wanted.projects)
    songs = Song.objects.bulk_create(
        (
            Song(
                project=made[number % len(made)],
                position=number // len(made) + 1,
                title=_name(number * 5 + 1),
                stage=stages[(number * 3) % len(stages)],
                seconds=150 + number % 200,
            )
            for number in range(wanted.songs if made else 0)
        ),
        batch_size=BATCH,
    )
    StageDate.objects.bulk_create(
        (
            StageDate(project=project, stage=Stage.TRACKING, due_on=today + dt.timedelta(days=project.pk % 60 - 5))
            for project in made
        ),
        batch_size=BATCH,
    )
    tell("Songs", len(songs), wanted.songs)
    return made


def _seats(desk: Desk, sessions: int, tell: Tell) -> list[Seat]:
    """Return as many rooms as the sessions need, each with people of its own: so nobody is wanted twice at once."""
    count = max(2, -(-sessions // (YEARS_DAYS * len(SPANS))))
    first = Room.objects.count()
    studios = Studio.objects.bulk_create(
        Studio(desk=desk, name=f"{_name(first + n)} Studios", city=ZONES[n % 2][1], time_zone=ZONES[n % 2][0])
        for n in range(-(-count // 2))
    )
    rooms = Room.objects.bulk_create(
        Room(studio=studios[n // 2], name=f"Room {'AB'[n % 2]}", setup_minutes=15, reset_minutes=15)
        for n in range(count)
    )
    RoomRate.objects.bulk_create(
        RoomRate(room=room, unit="hour", amount_minor=4500, currency=desk.currency, hours=1, minimum_hours=0)
        for room in rooms
    )
    people = _people(desk, count * (1 + PLAYERS))
    of_room, of_person = add_resources(rooms, people)
    seats = []
    for n, room in enumerate(rooms):
        own = people[n * (1 + PLAYERS) : (n + 1) * (1 + PLAYERS)]
        ids = {"room": of_room[room.pk]} | {str(person.pk): of_person[person.pk] for person in own}
        seats.append(Seat(room, room.studio.time_zone, own[0], own[1:], ids))
    tell("Rooms", len(rooms), count)
    return seats


def _people(desk: Desk, count: int) -> list[Contributor]:
    first = Contributor.objects.filter(desk=desk).count()
    # a domain that leads nowhere for certain: no mail of an invented person reaches anybody
    people = Contributor.objects.bulk_create(
        (
            Contributor(
                desk=desk,
                name=_name(first + n * 11 + 5),
                email=f"seed-{first + n}@example.invalid",
                city=ZONES[n % 2][1],
                time_zone=ZONES[n % 2][0],
            )
            for n in range(count)
        ),
        batch_size=BATCH,
    )
    ContributorRate.objects.bulk_create(
        (
            ContributorRate(contributor=person, unit="hour", amount_minor=4000, currency=desk.currency)
            for person in people
        ),
        batch_size=BATCH,
    )
    return people


# --- sessions ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Plan:
    """A session to be made, and who comes."""

    seat: Seat
    project: Project
    kind: str
    state: str
    starts: str
    ends: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    people: tuple[tuple[Contributor, str], ...]
    answered: bool
    row: StudioSession | None = None


def _plans(seats: list[Seat], projects: list[Project], count: int, now: dt.datetime) -> Iterator[Plan]:
    """Yield the sessions: room by room, day by day, two a day, half of them before today."""
    days = -(-count // (len(seats) * len(SPANS)))
    first = now.date() - dt.timedelta(days=days // 2)
    places = ((day, span, seat) for day in range(days) for span in SPANS for seat in seats)
    for number, (day, (begin, end), seat) in enumerate(itertools.islice(places, count)):
        date = first + dt.timedelta(days=day)
        zone = ZoneInfo(seat.zone)
        starts, ends = f"{date.isoformat()}T{begin}", f"{date.isoformat()}T{end}"
        starts_at = dt.datetime.fromisoformat(starts).replace(tzinfo=zone).astimezone(dt.UTC)
        ends_at = dt.datetime.fromisoformat(ends).replace(tzinfo=zone).astimezone(dt.UTC)
        player = seat.players[day % len(seat.players)]
        yield Plan(
            seat=seat,
            project=projects[number % len(projects)],
            kind=KINDS[number % len(KINDS)],
            state=_state(number, ends_at, now),
            starts=starts,
            ends=ends,
            starts_at=starts_at,
            ends_at=ends_at,
            people=((seat.engineer, "Recording engineer"), (player, "Musician")),
            answered=ends_at <= now or number % 5 != 0,
        )


def _state(number: int, ends_at: dt.datetime, now: dt.datetime) -> str:
    if number % EVERY_CANCELLED == EVERY_CANCELLED - 1:
        return State.CANCELLED
    if ends_at <= now:
        return State.WRAPPED
    return State.HOLD if number % EVERY_HELD == EVERY_HELD - 1 else State.CONFIRMED


def _write(
    desk: Desk, by: User, batch: list[Plan], books: "dict[int, _Ledger]", price: "_Prices", now: dt.datetime
) -> None:
    rows = StudioSession.objects.bulk_create(_session(desk, by, plan, number) for number, plan in enumerate(batch))
    for plan, row in zip(batch, rows, strict=True):
        plan.row = row
        books[plan.project.pk].add(plan, price)
    Call.objects.bulk_create(call for plan in batch for call in _calls(plan, now))
    add_slots(slot for plan in batch for slot in _slots(plan))


def _session(desk: Desk, by: User, plan: Plan, number: int) -> StudioSession:
    wrapped = plan.state == State.WRAPPED
    return StudioSession(
        desk=desk,
        project=plan.project,
        kind=plan.kind,
        title=f"{Kind(plan.kind).label}: {_name(number)}",
        state=plan.state,
        restores_to=State.CONFIRMED if plan.state == State.CANCELLED else "",
        room=plan.seat.room,
        time_zone=plan.seat.zone,
        starts_local=plan.starts,
        ends_local=plan.ends,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        real_starts_at=plan.starts_at if wrapped else None,
        real_ends_at=plan.ends_at if wrapped else None,
        booked_by=by,
    )


def _calls(plan: Plan, now: dt.datetime) -> Iterator[Call]:
    answered = plan.answered and plan.state in (State.CONFIRMED, State.WRAPPED)
    for person, role in plan.people:
        yield Call(
            session=plan.row,
            contributor=person,
            role=role,
            call_local=plan.starts,
            call_at=plan.starts_at,
            answer=Call.Answer.CONFIRMED if answered else Call.Answer.PENDING,
            answered_at=min(plan.starts_at, now) - dt.timedelta(days=6) if answered else None,
        )


def _slots(plan: Plan) -> Iterator[BookingSlot]:
    """Yield what the session keeps busy: the room with its buffers, each person. A cancelled one keeps nothing."""
    if plan.state == State.CANCELLED:
        return
    state = BookingSlot.State.HOLD if plan.state == State.HOLD else BookingSlot.State.CONFIRMED
    own = plan.seat.resources
    spans = [(own["room"], plan.starts_at - BUFFER, plan.ends_at + BUFFER)]
    spans += [(own[str(person.pk)], plan.starts_at, plan.ends_at) for person, _role in plan.people]
    for resource, starts_at, ends_at in spans:
        yield BookingSlot(
            resource_id=resource, session=plan.row, starts_at=starts_at, ends_at=ends_at, state=state.value
        )


# --- money ------------------------------------------------------------------------------------------------


class _Prices:
    """What sessions cost, asked of the price list once for each room, kind and cast: the same hours cost the same."""

    def __init__(self) -> None:
        self._known: dict[tuple, list[Line]] = {}

    def of(self, plan: Plan) -> list[Line]:
        """Return the lines that booking this session commits."""
        key = (plan.seat.room.pk, plan.kind, plan.project.currency, *(person.pk for person, _role in plan.people))
        if key not in self._known:
            workers = tuple(
                pricing.Worker(person.pk, person.name, role, plan.starts_at) for person, role in plan.people
            )
            room = plan.seat.room
            work = pricing.Work(plan.project, plan.kind, room, plan.starts_at, plan.ends_at, workers)
            self._known[key] = pricing.ledger_lines(pricing.price(work))
        return self._known[key]


class _Ledger:
    """The entries of one project, chained as `budgets.actions` chains them."""

    def __init__(self, project: Project, by: User) -> None:
        self._budget = Budget(project=project, currency=project.currency)
        self._by = by
        self._entries: list[dict[str, Any]] = []

    def add(self, plan: Plan, price: _Prices) -> None:
        """Note what this session committed, and what became of it."""
        if plan.state == State.HOLD or plan.row is None:
            return
        kind = BudgetEntry.Kind
        lines = price.of(plan)
        booked_at = min(plan.starts_at - dt.timedelta(days=14), clock.now())
        self._note(kind.COMMIT, lines, plan.row, booked_at, 1)
        if plan.state in (State.CANCELLED, State.WRAPPED):
            closed_at = min(plan.ends_at, clock.now())
            self._note(kind.RELEASE, lines, plan.row, closed_at, -1)
            if plan.state == State.WRAPPED:
                self._note(kind.ACTUAL, lines, plan.row, closed_at, 1)

    def _note(self, kind: BudgetEntry.Kind, lines: list[Line], row: StudioSession, at: dt.datetime, sign: int) -> None:
        for line in lines:
            if line.amount.minor:
                self._entries.append(
                    {
                        "at": at,
                        "account": line.account,
                        "kind": kind.value,
                        "amount_minor": sign * line.amount.minor,
                        "source_kind": pricing.SOURCE,
                        "source_id": row.pk,
                        "source_title": row.title[:200],
                        "part": line.part,
                        "label": line.label[:200],
                    }
                )

    def write(self) -> None:
        """Store the budget and its entries in the order of their time: the sums of any past day are right."""
        budget = self._budget
        budget.save()
        entries, previous = [], budget.last_hash
        for seq, said in enumerate(sorted(self._entries, key=lambda said: said["at"]), start=1):
            entry = BudgetEntry(budget=budget, seq=seq, by=self._by, prev_hash=previous, **said)
            previous = entry.digest()
            entries.append(entry)
        BudgetEntry.objects.bulk_create(entries, batch_size=BATCH)
        Budget.objects.filter(pk=budget.pk).update(last_seq=len(entries), last_hash=previous)


# --- reminders --------------------------------------------------------------------------------------------


def _reminders(desk: Desk, projects: list[Project], now: dt.datetime, tell: Tell) -> None:
    """Plan the reminders of what was booked, as moving a session does."""
    coming = Call.objects.filter(
        session__project__in=[project.pk for project in projects], session__state=State.CONFIRMED, call_at__gt=now
    ).exclude(answer=Call.Answer.DECLINED)
    total = coming.count()
    done, last = 0, 0
    while batch := list(
        coming.filter(pk__gt=last).select_related("session__desk", "contributor").order_by("pk")[: BATCH // 4]
    ):
        reminders.plan_again(batch)
        done, last = done + len(batch), batch[-1].pk
        tell("Reminders", done, total)
