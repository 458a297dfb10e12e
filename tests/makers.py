"""Plain makers of the things tests are about. Each gives a small believable thing; say only what the test is about."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from contributors.models import Contributor, ContributorRate, Engagement, EngagementFee
from producerdesk.accounts import actions as accounts
from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock
from producerdesk.kit.viewer import Viewer
from projects.models import Membership, Project, Song
from sessions import actions
from sessions.models import (
    DatePoll,
    Gear,
    ImportedCalendar,
    PollReply,
    PollSlot,
    Room,
    RoomRate,
    Studio,
    StudioSession,
)

PASSWORD = "a long enough password"
_numbers = itertools.count(1)


def make_user(name: str = "", **said: Any) -> User:
    """Return a person who can sign in with PASSWORD; `ana` is ana@example.com."""
    name = name or f"person {next(_numbers)}"
    email = said.pop("email", f"{name.split()[0].lower()}{'' if ' ' not in name else next(_numbers)}@example.com")
    return accounts.make_user(email=email, password=PASSWORD, name=name, **said)


def make_desk(owner: User | None = None, **said: Any) -> Desk:
    """Return a desk in Berlin that counts in euros, and whose mails come at any hour."""
    said = {"name": f"Desk {next(_numbers)}", "time_zone": "Europe/Berlin", "currency": "EUR"} | said
    said = {"quiet_from": None, "quiet_until": None} | said
    desk = Desk.objects.create(**said)
    if owner is not None:
        make_staff(desk, owner, Role.OWNER)
    return desk


def make_staff(desk: Desk, user: User, role: str = Role.CO_PRODUCER) -> DeskStaff:
    """Let the user work on the whole desk."""
    return DeskStaff.objects.create(desk=desk, user=user, role=role)


def make_project(desk: Desk, title: str = "", **said: Any) -> Project:
    """Return an album of the desk, in the desk's zone and currency."""
    said = {"artist": "Nora Vale", "time_zone": desk.time_zone, "currency": desk.currency} | said
    return Project.objects.create(desk=desk, title=title or f"Record {next(_numbers)}", **said)


def make_member(project: Project, user: User, role: str) -> Membership:
    """Let the user see the project in a role."""
    return Membership.objects.create(project=project, user=user, role=role)


def make_song(project: Project, title: str = "", **said: Any) -> Song:
    """Return a song of the project, after the ones it has."""
    said = {"position": project.songs.count() + 1} | said
    return Song.objects.create(project=project, title=title or f"Song {next(_numbers)}", **said)


def make_studio(desk: Desk, **said: Any) -> Studio:
    """Return a studio in the desk's zone."""
    said = {"name": f"Foxglove {next(_numbers)}", "time_zone": desk.time_zone} | said
    return Studio.objects.create(desk=desk, **said)


def make_room(where: Studio | Desk, name: str = "Room A", *, hour: str | None = None, **said: Any) -> Room:
    """Return a room of the studio, or of a new one; `hour` is what it costs in the desk's currency."""
    studio = make_studio(where) if isinstance(where, Desk) else where
    room = Room.objects.create(studio=studio, name=name, **said)
    if hour is not None:
        make_room_rate(room, "hour", hour)
    return room


def make_gear(where: Room | Studio | Desk, name: str = "Neumann U 87", **said: Any) -> Gear:
    """Return an item that sessions reserve, of a room, a studio, or a desk alone."""
    room = where if isinstance(where, Room) else None
    studio = room.studio if room else where if isinstance(where, Studio) else None
    desk = where if isinstance(where, Desk) else where.studio.desk if isinstance(where, Room) else where.desk
    said = {"serial": f"{next(_numbers)}"} | said
    return Gear.objects.create(desk=desk, studio=studio, room=room, name=name, **said)


def make_room_rate(
    room: Room, unit: str, amount: str, *, hours: str = "1", minimum: str = "0", currency: str = ""
) -> RoomRate:
    """Say what an hour, a half-day or a day of the room costs."""
    return RoomRate.objects.create(
        room=room,
        unit=unit,
        amount_minor=int(Decimal(amount) * 100),
        currency=currency or room.studio.desk.currency,
        hours=Decimal(hours),
        minimum_hours=Decimal(minimum),
    )


def make_contributor(desk: Desk, name: str = "", *, user: User | None = None, **said: Any) -> Contributor:
    """Return a person of the desk's network, who may be a user."""
    name = name or (user.name if user else f"Player {next(_numbers)}")
    email = said.pop("email", user.email if user else f"p{next(_numbers)}@example.com")
    return Contributor.objects.create(desk=desk, name=name, email=email, user=user, **said)


def make_rate(contributor: Contributor, unit: str, amount: str, currency: str = "EUR") -> ContributorRate:
    """Say what the person usually charges."""
    minor = int(Decimal(amount) * 100)
    return ContributorRate.objects.create(contributor=contributor, unit=unit, amount_minor=minor, currency=currency)


def make_engagement(
    project: Project,
    contributor: Contributor | None = None,
    role: str = "Cello",
    *,
    fee: str | None = None,
    unit: str = "hour",
    currency: str = "EUR",
    account: int = 400,
    **said: Any,
) -> Engagement:
    """Return a hire, confirmed if there is a person, with the fee agreed. It writes no ledger: it was just there."""
    state = Engagement.State.CONFIRMED if contributor else Engagement.State.NEEDED
    said = {"state": state} | said
    engagement = Engagement.objects.create(project=project, contributor=contributor, role=role, **said)
    if fee is not None:
        minor = int(Decimal(fee) * 100)
        EngagementFee.objects.create(
            engagement=engagement, unit=unit, amount_minor=minor, currency=currency, account=account
        )
    return engagement


def make_import(of: Room | Contributor, name: str = "House", **said: Any) -> ImportedCalendar:
    """Return a calendar that is read for a room or a person from an address of the web, and was not read yet."""
    whose: dict[str, Any] = (
        {"desk": of.studio.desk, "room": of} if isinstance(of, Room) else {"desk": of.desk, "contributor": of}
    )
    said = {"address": "https://calendar.example.com/secret.ics", "next_at": clock.now()} | said
    return ImportedCalendar.objects.create(name=name, **whose, **said)


def make_poll(session: StudioSession, people: Sequence[Contributor], **said: Any) -> DatePoll:
    """Return a poll with this session as a slot, that asks these people. It writes neither holds nor mails."""
    said = {"title": session.title, "answer_by": clock.now() + timedelta(days=30)} | said
    poll = DatePoll.objects.create(desk=session.desk, project=session.project, made_by=session.booked_by, **said)
    PollSlot.objects.create(poll=poll, session=session)
    PollReply.objects.bulk_create(PollReply(poll=poll, contributor=person) for person in people)
    return poll


def viewer_of(user: User) -> Viewer:
    """Return the viewer this user is now, as a login makes it."""
    return viewer_of_user(User.objects.get(pk=user.pk))


def make_session(
    project: Project, by: User, starts: str = "2027-03-10T10:00", ends: str = "", **said: Any
) -> StudioSession:
    """Book a session as a producer does, of eight hours unless said, remote unless a room is given."""
    if not ends:
        ends = f"{starts[:11]}{int(starts[11:13]) + 8:02}{starts[13:]}"
    said = {"title": "Tracking"} | ({} if said.get("room") else {"remote_place": "Nora's kitchen"}) | said
    return actions.book_session(viewer=viewer_of(by), project=project, starts_local=starts, ends_local=ends, **said)
