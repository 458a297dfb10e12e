"""The small hands: each does one thing as people do it, through the actions."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from contributors.actions.engagements import create_engagement
from contributors.models import Contributor
from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.kit.money import Money, parse
from producerdesk.overview.demo import past
from projects.actions import create_project, create_song
from projects.models import Membership, Project
from sessions import actions
from sessions.models import Call, Gear, Room, StudioSession

CURRENCY = "EUR"
HOME = "Europe/Lisbon"


@dataclass
class Demo:
    """What has been made so far, and the day it is made for."""

    today: dt.date
    users: dict[str, User] = field(default_factory=dict)
    people: dict[str, Contributor] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    gear: dict[str, Gear] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    made_desk: Desk | None = None
    days: past.Days = field(default_factory=past.Days)

    @property
    def desk(self) -> Desk:
        """The desk, once it is there."""
        if self.made_desk is None:
            raise LookupError("the people come first")
        return self.made_desk

    @property
    def mara(self) -> User:
        """The producer whose desk it is."""
        return self.users["Mara Ellison"]

    def day(self, offset: int) -> dt.date:
        """Return the day so many days from today."""
        return self.today + dt.timedelta(days=offset)

    @contextmanager
    def on(self, offset: int, time: str = "10:20") -> Iterator[None]:
        """Have that day and hour at home: what is done within was done then, and its letters left then."""
        moment = dt.datetime.combine(self.day(offset), dt.time.fromisoformat(time), ZoneInfo(HOME)).astimezone(dt.UTC)
        past.let_time_pass(moment)
        with clock.standing_at(moment), self.days.lived(moment):
            yield
            past.send()


def sum_of(text: str) -> Money:
    return parse(text, CURRENCY)


def start(demo: Demo, title: str, *, stage: str, **said: Any) -> Project:
    project = create_project(
        by=demo.mara, desk=demo.desk, title=title, stage=stage, time_zone=HOME, currency=CURRENCY, **said
    )
    demo.projects[title] = project
    return project


def add_songs(demo: Demo, project: Project, *songs: tuple) -> None:
    for title, stage, tempo, key, seconds, due in songs:
        said = {"stage": stage, "tempo": tempo, "key": key, "seconds": seconds, "due": due or {}}
        create_song(project=project, by=demo.mara, title=title, **said)


def let_in(demo: Demo, project: Project, name: str, role: str) -> None:
    Membership.objects.create(project=project, user=demo.users[name], role=role)


def hiring(demo: Demo, project: Project) -> Any:
    def hire(
        role: str,
        name: str | None,
        *,
        fee: tuple[str, str] | None = None,
        songs: Any = (),
        state: str = "confirmed",
        **said: Any,
    ) -> None:
        create_engagement(
            project=project,
            by=demo.mara.pk,
            contributor=demo.people[name] if name else None,
            state=state if name else "needed",
            songs=list(songs),
            fee={"unit": fee[0], "amount": sum_of(fee[1])} if fee else None,
            role=role,
            **said,
        )

    return hire


def booking(demo: Demo, project: Project) -> Any:
    def book(
        offset: int,
        starts: str,
        ends: str,
        title: str,
        room: str | None,
        kind: str,
        songs: tuple[int, ...] = (),
        hold: bool = False,
        gear: tuple[str, ...] = (),
    ) -> StudioSession:
        day = demo.day(offset).isoformat()
        return actions.book_session(
            viewer=viewer_of(demo.mara),
            project=project,
            title=title,
            kind=kind,
            room=demo.rooms[room] if room else None,
            remote_place="" if room else "By video: the link is in the invitation",
            starts_local=f"{day}T{starts}",
            ends_local=f"{day}T{ends}",
            songs=list(project.songs.filter(position__in=songs)),
            hold=hold,
            gear=[demo.gear[name] for name in gear],
        )

    return book


def call_all(demo: Demo, session: StudioSession, *called: tuple[str, ...]) -> None:
    for name, role, *at in called:
        actions.call_person(
            viewer=viewer_of(demo.mara),
            session=session,
            contributor=demo.people[name],
            role=role,
            call=dt.time.fromisoformat(at[0]) if at else None,
        )
    session.refresh_from_db()


def everybody(demo: Demo, session: StudioSession, action: Any) -> None:
    for call in session.calls.select_related("contributor"):
        answer(demo, session, call.contributor.name, action)


def wrap(demo: Demo, session: StudioSession) -> None:
    session.refresh_from_db()
    actions.wrap_session(viewer=viewer_of(demo.mara), session=session)


def answer(demo: Demo, session: StudioSession, name: str, action: Any, **said: Any) -> None:
    call = Call.objects.get(session=session, contributor=demo.people[name])
    action(viewer=viewer_of(demo.users.get(name, demo.mara)), call=call, **said)


def viewer_of(user: User) -> Any:
    return viewer_of_user(user)
