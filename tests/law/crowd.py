"""Many rows of everything, made at once: what a list must not cost more for."""

import datetime as dt
import itertools
import uuid
from typing import Any

from budgets.models import Budget, BudgetEntry, BudgetLine, Expense, Payee
from contributors.models import Contributor, ContributorRate, Engagement, EngagementFee, PrivateLink, Skill
from producerdesk.accounts.models import ApiToken, Desk, DeskStaff, User
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock, secret
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from projects.models import Invitation, Membership, Project, ReferenceTrack, Song, StageDate, TokenProject
from projects.stages import Stage
from sessions.models import (
    CalendarFeed,
    Call,
    DatePoll,
    Gear,
    GearFault,
    GearRepair,
    ImportedCalendar,
    PollReply,
    PollSlot,
    Room,
    RoomRate,
    Studio,
    StudioSession,
    Take,
)
from tests.law.world import World

_numbers = itertools.count(1000)


def crowd(world: World, count: int) -> None:
    """Add so many rows of each kind to the world, each with what hangs on it."""
    users = User.objects.bulk_create(User(email=f"user{n}@example.com", name=f"User {n}") for n in _some(count))
    people = _network(world, count)
    songs = _projects(world, count)
    _access(world, users)
    _hires(world, people, songs)
    _schedule(world, people, songs)
    _studios(world, count)
    _secrets(world, people)
    _budgets(world, count)


def _some(count: int) -> list[int]:
    return list(itertools.islice(_numbers, count))


def _projects(world: World, count: int) -> list[Song]:
    desk, own = world.cast.desk, world.cast.project
    today = clock.now().date()
    made = Project.objects.bulk_create(
        Project(desk=desk, title=f"Record {n}", artist="Nora", stage=list(Stage)[n % 7], deadline=today)
        for n in _some(count)
    )
    songs = Song.objects.bulk_create(
        Song(project=project, title=f"Song {n}", position=n) for n, project in enumerate([*made, *[own] * count])
    )
    StageDate.objects.bulk_create(
        StageDate(project=song.project, song=song, stage=Stage.TRACKING, due_on=today - dt.timedelta(days=1))
        for song in songs
    )
    ReferenceTrack.objects.bulk_create(
        ReferenceTrack(project=own, title=song.title, url="https://example.com/") for song in songs[:count]
    )
    return songs[count:]


def _budgets(world: World, count: int) -> None:
    cast, budget, day = world.cast, world.expense.budget, dt.date(2026, 11, 14)
    payees = Payee.objects.bulk_create(Payee(desk=cast.desk, name=f"Shop {n}", key=f"shop {n}") for n in _some(count))
    BudgetLine.objects.bulk_create(
        BudgetLine(budget=budget, account=400, note=payee.name, rate_minor=100, planned_minor=100) for payee in payees
    )
    made = Expense.objects.bulk_create(
        Expense(budget=budget, payee=payee, title="Strings", spent_on=day, account=610, amount_minor=5, currency="EUR")
        for payee in payees
    )
    last = budget.entries.count()
    BudgetEntry.objects.bulk_create(
        BudgetEntry(
            budget=budget,
            seq=last + number,
            at=clock.now(),
            by=cast.ana,
            account=610,
            kind=BudgetEntry.Kind.ACTUAL,
            amount_minor=5,
            source_kind="session" if number % 2 else "expense",
            source_id=expense.pk,
            source_title="Strings",
            part=f"part:{number}",
        )
        for number, expense in enumerate(made, start=1)
    )
    projects = Project.objects.filter(desk=cast.desk, budget=None)
    Budget.objects.bulk_create(Budget(project=project, currency="EUR", controller=cast.ana) for project in projects)
    token = ApiToken.objects.create(cast.ana, name="Many", scopes=["budget:read"], limited=True)[0]
    TokenProject.objects.bulk_create(TokenProject(token=token, project=project) for project in projects)


def _access(world: World, users: list[User]) -> None:
    cast, now = world.cast, clock.now()
    Membership.objects.bulk_create(Membership(project=cast.project, user=user, role=Role.ARTIST) for user in users)
    DeskStaff.objects.bulk_create(DeskStaff(desk=cast.desk, user=user, role=Role.ASSISTANT) for user in users)
    desks = Desk.objects.bulk_create(Desk(name=f"Desk of {user}") for user in users)
    DeskStaff.objects.bulk_create(DeskStaff(desk=desk, user=cast.ana, role=Role.OWNER) for desk in desks)
    invited: dict[str, Any] = {"invited_by": cast.ana, "mailed_at": now, "expires_at": now + dt.timedelta(days=9)}
    Invitation.objects.bulk_create(
        Invitation(
            desk=cast.desk,
            project=project,
            email=user.email,
            role=Role.ASSISTANT,
            salt="s",
            secret_hash=_hash(),
            **invited,
        )
        for user in users
        for project in (cast.project, None)
    )


def _network(world: World, count: int) -> list[Contributor]:
    people = Contributor.objects.bulk_create(
        Contributor(desk=world.cast.desk, name=f"Player {n}", email=f"player{n}@example.com") for n in _some(count)
    )
    Skill.objects.bulk_create(
        Skill(contributor=person, kind=kind, name=f"Cello {person.pk}", key=f"cello {person.pk}")
        for person in people
        for kind in Skill.Kind
    )
    ContributorRate.objects.bulk_create(
        ContributorRate(contributor=person, unit="hour", amount_minor=4_800, currency="EUR") for person in people
    )
    return people


def _hires(world: World, people: list[Contributor], songs: list[Song]) -> None:
    hires = Engagement.objects.bulk_create(
        Engagement(project=world.cast.project, contributor=person, role="Cello", state=Engagement.State.CONFIRMED)
        for person in people
    )
    EngagementFee.objects.bulk_create(
        EngagementFee(engagement=hire, unit="hour", amount_minor=4_800, currency="EUR") for hire in hires
    )
    through = Engagement.songs.through
    through._default_manager.bulk_create(
        through(engagement=hire, song=song) for hire, song in zip(hires, songs, strict=True)
    )


def _schedule(world: World, people: list[Contributor], songs: list[Song]) -> None:
    cast, now = world.cast, clock.now()
    starts = now.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=20)
    ends = starts + dt.timedelta(hours=2)
    when: dict[str, Any] = {"time_zone": "UTC", "starts_at": starts, "ends_at": ends}
    when |= {"starts_local": f"{starts:%Y-%m-%dT%H:%M}", "ends_local": f"{ends:%Y-%m-%dT%H:%M}"}
    sessions = StudioSession.objects.bulk_create(
        StudioSession(
            desk=cast.desk, project=cast.project, title=song.title, remote_place="Kitchen", booked_by=cast.ana, **when
        )
        for song in songs
    )
    through = StudioSession.songs.through
    through._default_manager.bulk_create(
        through(studiosession=session, song=song) for session, song in zip(sessions, songs, strict=True)
    )
    called: dict[str, Any] = {"role": "Cello", "call_local": when["starts_local"], "call_at": starts}
    pairs = [(world.session, person) for person in people]  # all of them to one session
    pairs += [(session, person) for session in sessions for person in (cast.nora_called, cast.wren_called)]
    calls = Call.objects.bulk_create(Call(session=session, contributor=person, **called) for session, person in pairs)
    takes = Take.objects.bulk_create(
        Take(session=world.session, song=world.song, number=number, key=uuid.uuid4(), taken_at=now)
        for number in _some(len(people))
    )
    plays = Take.performers.through
    plays._default_manager.bulk_create(
        plays(take=take, contributor=person) for take, person in zip(takes, people, strict=True)
    )
    _polls(world, people, sessions)
    due: dict[str, Any] = {"kind": "session.reminder", "channel": "email", "due_at": now, "try_at": now}
    rows = Delivery.objects.bulk_create(
        Delivery(desk=cast.desk, ref=f"call:{call.pk}", recipient=f"contributor:{call.contributor_id}", **due)
        for call in calls[: len(people)]
    )
    OutboxMail.objects.bulk_create(
        OutboxMail(desk=cast.desk, delivery=row, to="a@example.com", subject="Hello", text="Hello", message_id="<1@x>")
        for row in rows
    )
    Notice.objects.bulk_create(Notice(user=cast.ana, text=f"Notice {row.pk}") for row in rows)


def _polls(world: World, people: list[Contributor], sessions: list[StudioSession]) -> None:
    cast, due = world.cast, clock.now() + dt.timedelta(days=9)
    said: dict[str, Any] = {"desk": cast.desk, "project": cast.project, "made_by": cast.ana, "answer_by": due}
    polls = DatePoll.objects.bulk_create(DatePoll(title=session.title, **said) for session in sessions)
    PollSlot.objects.bulk_create(PollSlot(poll=poll, session=each) for poll, each in zip(polls, sessions, strict=True))
    asked = [(world.poll, person) for person in people] + [(poll, cast.nora_called) for poll in polls]
    PollReply.objects.bulk_create(PollReply(poll=poll, contributor=person) for poll, person in asked)


def _studios(world: World, count: int) -> None:
    studios = Studio.objects.bulk_create(Studio(desk=world.cast.desk, name=f"Studio {n}") for n in _some(count))
    rooms = Room.objects.bulk_create(
        Room(studio=studio, name=f"Room {n}") for n, studio in enumerate([*studios, *[world.cast.room.studio] * count])
    )
    ImportedCalendar.objects.bulk_create(
        ImportedCalendar(desk=world.cast.desk, room=room, name=room.name, address="https://x", next_at=clock.now())
        for room in rooms
    )
    RoomRate.objects.bulk_create(RoomRate(room=room, unit="hour", amount_minor=6_200, currency="EUR") for room in rooms)
    items = Gear.objects.bulk_create(Gear(desk=world.cast.desk, name=f"Mic {n}", room=rooms[0]) for n in _some(count))
    day = dt.date(2028, 1, 1)
    for gear in (world.gear, items[0]):
        GearRepair.objects.bulk_create(
            GearRepair(gear=gear, first=day + dt.timedelta(days=n), last=day + dt.timedelta(days=n))
            for n in _some(count)
        )
        GearFault.objects.bulk_create(
            GearFault(gear=gear, noted_at=clock.now(), noted_by=world.cast.ana, text=f"Hum {n}") for n in _some(count)
        )
    have = StudioSession.gear.through
    have._default_manager.bulk_create(have(studiosession=world.session, gear=item) for item in items)


def _secrets(world: World, people: list[Contributor]) -> None:
    cast, now = world.cast, clock.now()
    PrivateLink.objects.bulk_create(
        PrivateLink(
            contributor=cast.wren_called,
            salt="s",
            secret_hash=_hash(),
            created_at=now,
            expires_at=now + dt.timedelta(days=9),
        )
        for _person in people
    )
    for who in ({"user": cast.ana}, {"contributor": cast.wren_called}):
        CalendarFeed.objects.bulk_create(CalendarFeed(secret_hash=_hash(), **who) for _person in people)


def _hash() -> str:
    return secret.hash_of(secret.new_salt())
