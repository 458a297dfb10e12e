"""The demo desk: a believable small business round today, made by the same actions that people use."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from budgets.actions import open_budget
from budgets.models import ExchangeRate
from contributors.actions.engagements import create_engagement
from contributors.actions.people import create_contributor
from contributors.models import Contributor
from producerdesk.accounts.actions import add_staff, make_user
from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import Desk, User
from producerdesk.accounts.roles import Role
from producerdesk.kit.money import Money, parse
from projects.actions import create_project, create_song, open_desk
from projects.models import Membership, Project
from sessions import actions
from sessions.actions.studios import create_room, create_studio
from sessions.models import Call, Room, StudioSession

PASSWORD = "lowlight-demo"  # noqa: S105 - printed on the login page of a loopback desk, and refused elsewhere
CURRENCY = "EUR"
HOME = "Europe/Lisbon"

# who, e-mail, what the login is for
LOGINS = (
    ("Mara Ellison", "mara@lowlight.example", "Producer: owns the desk"),
    ("Teo Brandt", "teo@lowlight.example", "Assistant: works on every project"),
    ("Juno Vale", "juno@example.com", "Artist: sees her own schedule"),
    ("Anselm Roy", "anselm@example.com", "Engineer: sees the sessions he is called to"),
    ("Helen Marsh", "helen@tidewater.example", "Label: reads budgets and the schedule"),
)

# name, e-mail, city, zone, roles, instruments, genres, unit, rate
PEOPLE: tuple[tuple, ...] = (
    (
        "Juno Vale",
        "juno@example.com",
        "Berlin",
        "Europe/Berlin",
        ["Artist"],
        ["vocals", "guitar"],
        ["dream pop"],
        "",
        "",
    ),
    ("Anselm Roy", "anselm@example.com", "Porto", HOME, ["Recording engineer"], [], ["indie", "folk"], "hour", "40.00"),
    (
        "Keiko Dahl",
        "keiko@example.com",
        "Oslo",
        "Europe/Oslo",
        ["Mixing engineer"],
        [],
        ["pop", "electronic"],
        "song",
        "420.00",
    ),
    (
        "Lucho Ferrand",
        "lucho@example.com",
        "Lisbon",
        HOME,
        ["Musician"],
        ["drums", "percussion"],
        ["rock"],
        "day",
        "320.00",
    ),
    (
        "Samir Haddon",
        "samir@example.com",
        "Braga",
        HOME,
        ["Musician"],
        ["cello"],
        ["classical", "folk"],
        "flat",
        "260.00",
    ),
    (
        "Wren Castellan",
        "wren@example.com",
        "Porto",
        HOME,
        ["Musician"],
        ["violin", "viola"],
        ["classical"],
        "flat",
        "240.00",
    ),
    (
        "Oona Fairley",
        "oona@example.com",
        "Galway",
        "Europe/Dublin",
        ["Singer"],
        ["backing vocals"],
        ["folk"],
        "flat",
        "220.00",
    ),
    (
        "Dex Amari",
        "dex@example.com",
        "Berlin",
        "Europe/Berlin",
        ["Producer"],
        ["synthesiser"],
        ["electronic"],
        "day",
        "380.00",
    ),
    (
        "Bea Whitlock",
        "bea@example.com",
        "London",
        "Europe/London",
        ["Musician"],
        ["bass"],
        ["soul", "rock"],
        "day",
        "290.00",
    ),
    (
        "Ivo Lindqvist",
        "ivo@example.com",
        "Malmö",
        "Europe/Stockholm",
        ["Artist"],
        ["vocals", "piano"],
        ["art rock"],
        "",
        "",
    ),
    ("Marta Pinho", "marta@example.com", "Lisbon", HOME, ["Mastering engineer"], [], [], "song", "90.00"),
    ("Rosa Imber", "rosa@example.com", "Valletta", "Europe/Malta", ["Artist"], ["vocals"], ["jazz"], "", ""),
    (
        "Noor Saleh",
        "noor@example.com",
        "Berlin",
        "Europe/Berlin",
        ["Singer"],
        ["backing vocals"],
        ["soul"],
        "hour",
        "45.00",
    ),
)


@dataclass
class Demo:
    """What has been made so far, and the day it is made for."""

    today: dt.date
    users: dict[str, User] = field(default_factory=dict)
    people: dict[str, Contributor] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    made_desk: Desk | None = None

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


@transaction.atomic
def make(today: dt.date) -> list[dict[str, str]]:
    """Make the demo desk round this day and return its logins."""
    demo = Demo(today)
    _make_people(demo)
    _make_studios(demo)
    for make_one in (_salt_and_neon, _field_notes, _slow_cathedral, _paper_lanterns, _tin_moon):
        make_one(demo)
    return [{"email": email, "password": PASSWORD, "who": who} for _name, email, who in LOGINS]


def _make_people(demo: Demo) -> None:
    for name, email, _who in LOGINS:
        zone = "Europe/Berlin" if name == "Juno Vale" else HOME
        demo.users[name] = make_user(email=email, name=name, password=PASSWORD, time_zone=zone, is_demo=True)
    demo.made_desk = open_desk(by=demo.mara, currency=CURRENCY, time_zone=HOME)
    demo.desk.name = "Lowlight Productions"
    demo.desk.save(update_fields=["name"])
    add_staff(desk=demo.desk, user=demo.users["Teo Brandt"], role=Role.ASSISTANT)
    for name, email, city, zone, roles, instruments, genres, unit, rate in PEOPLE:
        rates = [{"unit": unit, "amount": _sum(rate)}] if unit else []
        skills = {"roles": roles, "instruments": instruments, "genres": genres}
        person = create_contributor(
            by=demo.mara, desk=demo.desk, name=name, email=email, city=city, time_zone=zone, rates=rates, **skills
        )
        if name in demo.users:  # they accepted their invitations long ago
            person.user = demo.users[name]
            person.save(update_fields=["user"])
        demo.people[name] = person


def _make_studios(demo: Demo) -> None:
    foxglove = create_studio(
        desk=demo.desk,
        name="Foxglove Studios",
        address="Rua das Camélias 14",
        city="Porto",
        time_zone=HOME,
        access_notes="Ring at the green door. Load in from the yard; two parking places, ask for number 3.",
        phone="+351 220 000 000",
    )
    tin_roof = create_studio(
        desk=demo.desk,
        name="Tin Roof Sound",
        address="Lagerhofstraße 9",
        city="Berlin",
        time_zone="Europe/Berlin",
        access_notes="Second yard, goods lift to the third floor. The door closes at 22:00.",
        phone="+49 30 000000",
    )
    demo.rooms["A"] = _room(foxglove, "Room A", 30, 30, hour="62.00", half_day="250.00", day="480.00")
    demo.rooms["B"] = _room(foxglove, "Room B", 15, 15, hour="38.00", day="270.00")
    demo.rooms["Live"] = _room(tin_roof, "Live room", 30, 45, hour="75.00", half_day="320.00", day="590.00")


def _room(studio: Any, name: str, setup: int, reset: int, **rates: str) -> Room:
    hours = {"hour": 1, "half_day": 5, "day": 10}
    minimum = {"hour": 3}
    rows = [
        {"unit": unit, "amount": _sum(rate), "hours": hours[unit], "minimum_hours": minimum.get(unit, 0)}
        for unit, rate in rates.items()
    ]
    return create_room(studio=studio, name=name, setup_minutes=setup, reset_minutes=reset, rates=rows)


def _sum(text: str) -> Money:
    return parse(text, CURRENCY)


# --- projects ---------------------------------------------------------------------------------------


def _salt_and_neon(demo: Demo) -> None:
    project = _project(
        demo,
        "Salt & Neon",
        artist="Juno Vale",
        kind="album",
        producer_type="band",
        label="Tidewater Records",
        stage="tracking",
        deadline=demo.day(31),
        due={
            "pre_production": demo.day(-40),
            "tracking": demo.day(6),
            "mixing": demo.day(22),
            "mastering": demo.day(28),
        },
        brief=(
            "Nine songs that sound like a harbour at night: close voice, real strings, drums in one room.\n"
            "No click on the slow ones. Juno wants to sing the verses live with the guitar."
        ),
        reference_tracks=[
            {"title": "The room sound we want", "url": "https://example.com/reference/room"},
            {"title": "How close the voice is", "url": "https://example.com/reference/voice"},
        ],
    )
    _songs(
        project,
        ("Harbour Lights", "tracking", "92", "D major", 252, None),
        ("Glass Teeth", "tracking", "118", "F# minor", 201, None),
        ("Salt & Neon", "mixing", "104", "A minor", 233, None),
        ("Ninety Below", "tracking", "76", "C minor", 288, {"tracking": demo.day(-4)}),
        ("Undertow", "tracking", "88", "E minor", 241, None),
        ("Paper Radio", "editing", "126", "G major", 187, None),
        ("Cassette Summer", "mixing", "132", "B♭ major", 196, None),
        ("Last Ferry", "delivered", "70", "D minor", 305, None),
        ("Afterglow", "delivered", "80", "A major", 262, None),
    )
    _member(demo, project, "Juno Vale", Role.ARTIST)
    _member(demo, project, "Helen Marsh", Role.LABEL)
    _member(demo, project, "Anselm Roy", Role.ENGINEER)
    budget = open_budget(project)
    budget.controller = demo.users["Helen Marsh"]
    budget.save(update_fields=["controller"])
    ExchangeRate.objects.create(budget=budget, currency="GBP", rate="1.15")
    hire = _hire(demo, project)
    hire("Recording engineer", "Anselm Roy", fee=("hour", "40.00"))
    hire("Drummer", "Lucho Ferrand", part="drums", fee=("day", "320.00"))
    hire("Mixing engineer", "Keiko Dahl", fee=("song", "420.00"), songs=project.songs.filter(position__in=(3, 7)))
    hire("Cellist", "Samir Haddon", part="cello", fee=("flat", "260.00"))
    hire("Violinist", "Wren Castellan", part="violin", fee=("flat", "240.00"))
    hire("Backing singer", "Oona Fairley", part="alto", state="auditioning", fee=("flat", "220.00"))
    hire("Bassist", None, part="double bass", needed_by=demo.day(9), notes="Only Ninety Below. Bowed, if we find one.")
    book = _booking(demo, project)
    drums = book(-12, "10:00", "19:00", "Drums: four songs", "A", "tracking", songs=(1, 2, 4, 5))
    _call_all(demo, drums, ("Anselm Roy", "Engineer"), ("Lucho Ferrand", "Drums"), ("Juno Vale", "Guide vocals"))
    # they answered before the day; today the action would say that it is over
    drums.calls.update(answer=Call.Answer.CONFIRMED, answered_at=drums.starts_at - dt.timedelta(days=6))
    actions.wrap_session(viewer=_viewer(demo.mara), session=drums)
    vocals = book(1, "10:00", "18:00", "Lead vocals: Glass Teeth, Undertow", "A", "vocal", songs=(2, 5))
    vocals.prepare = "Glass Teeth by heart. For Undertow bring both versions of verse two."
    vocals.save(update_fields=["prepare"])
    _call_all(demo, vocals, ("Anselm Roy", "Engineer", "09:30"), ("Juno Vale", "Lead vocals", "11:00"))
    _answer(demo, vocals, "Anselm Roy", actions.confirm_call)
    strings = book(3, "10:00", "19:00", "Strings: Harbour Lights, Last Ferry", "A", "overdub", songs=(1, 8))
    _call_all(
        demo,
        strings,
        ("Anselm Roy", "Engineer", "09:30"),
        ("Samir Haddon", "Cello"),
        ("Wren Castellan", "Violin"),
        ("Juno Vale", "Listens in", "16:30"),
    )
    _answer(demo, strings, "Anselm Roy", actions.confirm_call)
    _answer(demo, strings, "Juno Vale", actions.confirm_call)
    _answer(
        demo,
        strings,
        "Samir Haddon",
        actions.propose_time,
        proposed_local=f"{demo.day(3).isoformat()}T11:30",
        reason="My train gets in at 10:50.",
    )
    backing = book(8, "12:00", "18:00", "Backing vocals: four songs", "B", "vocal", songs=(1, 2, 6, 7))
    _call_all(demo, backing, ("Anselm Roy", "Engineer"), ("Oona Fairley", "Alto"), ("Noor Saleh", "Soprano"))
    _answer(demo, backing, "Noor Saleh", actions.decline_call, reason="On tour until the end of the month.")
    book(14, "10:00", "18:00", "Pick-ups and percussion", "A", "overdub", songs=(4,), hold=True)
    off = book(6, "14:00", "18:00", "Playback with the label", "B", "playback")
    actions.cancel_session(viewer=_viewer(demo.mara), session=off, reason="Helen is in London that week.")


def _field_notes(demo: Demo) -> None:
    project = _project(
        demo,
        "Field Notes",
        artist="Marrow Pines",
        kind="ep",
        producer_type="band",
        stage="tracking",
        deadline=demo.day(62),
        due={"tracking": demo.day(20), "mixing": demo.day(45)},
        brief="Four songs recorded as a band, in one room, in two days. Whatever bleeds, bleeds.",
    )
    _songs(
        project,
        ("Barn Door", "tracking", "110", "E major", 214, None),
        ("Grass Widow", "tracking", "96", "G major", 236, None),
        ("Tithe", "pre_production", "84", "A minor", 251, None),
        ("Small Engine", "pre_production", "140", "D major", 178, None),
    )
    _member(demo, project, "Helen Marsh", Role.EXECUTIVE_PRODUCER)
    hire = _hire(demo, project)
    hire("Bassist", "Bea Whitlock", part="bass", fee=("day", "290.00"))
    hire("Recording engineer", None, needed_by=demo.day(7))
    book = _booking(demo, project)
    drums = book(7, "11:00", "18:00", "Drums and bass, live", "Live", "tracking", songs=(1, 2))
    _call_all(demo, drums, ("Lucho Ferrand", "Drums"), ("Bea Whitlock", "Bass"))
    _answer(demo, drums, "Bea Whitlock", actions.confirm_call)
    book(12, "11:00", "18:00", "Guitars", "Live", "tracking", songs=(1, 2, 3, 4))


def _slow_cathedral(demo: Demo) -> None:
    project = _project(
        demo,
        "Slow Cathedral",
        artist="Ivo & the Lamplighters",
        kind="album",
        producer_type="studio",
        label="Tidewater Records",
        stage="mixing",
        deadline=demo.day(18),
        due={"tracking": demo.day(-60), "mixing": demo.day(-3), "mastering": demo.day(10)},
        brief="Long songs, long reverbs. The mixes stay dark; nothing above the voice.",
    )
    _songs(
        project,
        ("Nave", "delivered", "60", "D minor", 412, None),
        ("Choir Stall", "delivered", "66", "F major", 355, None),
        ("Rood", "mastering", "72", "G minor", 381, None),
        ("Clerestory", "mixing", "58", "B♭ major", 447, None),
        ("Undercroft", "mixing", "64", "C minor", 398, None),
    )
    _member(demo, project, "Helen Marsh", Role.LABEL)
    hire = _hire(demo, project)
    hire("Mixing engineer", "Keiko Dahl", fee=("song", "420.00"), songs=project.songs.filter(position__in=(4, 5)))
    hire("Mastering engineer", "Marta Pinho", fee=("song", "90.00"), songs=project.songs.all(), state="offered")
    review = _booking(demo, project)(
        4, "14:00", "16:00", "Mix review: Clerestory, Undercroft", None, "playback", songs=(4, 5), hold=False
    )
    _call_all(demo, review, ("Keiko Dahl", "Mix"), ("Ivo Lindqvist", "Artist"))
    _everybody(demo, review, actions.confirm_call)


def _paper_lanterns(demo: Demo) -> None:
    project = _project(
        demo,
        "Paper Lanterns",
        artist="The Quiet Fleet",
        kind="ep",
        producer_type="electronic",
        stage="brief",
        deadline=demo.day(126),
    )
    _songs(project, ("Paper Lanterns", "brief", None, "", None, None), ("Signal Hill", "brief", None, "", None, None))
    book = _booking(demo, project)
    rehearsal = book(0, "19:00", "22:00", "Rehearsal: Paper Lanterns", "Live", "rehearsal", hold=True)
    _call_all(demo, rehearsal, ("Dex Amari", "Synthesiser"))


def _tin_moon(demo: Demo) -> None:
    project = _project(
        demo,
        "Tin Moon",
        artist="Calla Reyes",
        kind="single",
        producer_type="beat",
        stage="delivered",
        deadline=demo.day(3),
    )
    _songs(project, ("Tin Moon", "delivered", "98", "F minor", 203, None))


# --- the small hands --------------------------------------------------------------------------------


def _project(demo: Demo, title: str, *, stage: str, **said: Any) -> Project:
    project = create_project(
        by=demo.mara, desk=demo.desk, title=title, stage=stage, time_zone=HOME, currency=CURRENCY, **said
    )
    demo.projects[title] = project
    return project


def _songs(project: Project, *songs: tuple) -> None:
    for title, stage, tempo, key, seconds, due in songs:
        create_song(project=project, title=title, stage=stage, tempo=tempo, key=key, seconds=seconds, due=due or {})


def _member(demo: Demo, project: Project, name: str, role: str) -> None:
    Membership.objects.create(project=project, user=demo.users[name], role=role)


def _hire(demo: Demo, project: Project) -> Any:
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
            fee={"unit": fee[0], "amount": _sum(fee[1])} if fee else None,
            role=role,
            **said,
        )

    return hire


def _booking(demo: Demo, project: Project) -> Any:
    def book(
        offset: int,
        starts: str,
        ends: str,
        title: str,
        room: str | None,
        kind: str,
        songs: tuple[int, ...] = (),
        hold: bool = False,
    ) -> StudioSession:
        day = demo.day(offset).isoformat()
        return actions.book_session(
            viewer=_viewer(demo.mara),
            project=project,
            title=title,
            kind=kind,
            room=demo.rooms[room] if room else None,
            remote_place="" if room else "By video: the link is in the invitation",
            starts_local=f"{day}T{starts}",
            ends_local=f"{day}T{ends}",
            songs=list(project.songs.filter(position__in=songs)),
            hold=hold,
        )

    return book


def _call_all(demo: Demo, session: StudioSession, *called: tuple[str, ...]) -> None:
    for name, role, *at in called:
        actions.call_person(
            viewer=_viewer(demo.mara),
            session=session,
            contributor=demo.people[name],
            role=role,
            call=dt.time.fromisoformat(at[0]) if at else None,
        )
    session.refresh_from_db()


def _everybody(demo: Demo, session: StudioSession, answer: Any) -> None:
    for call in session.calls.select_related("contributor"):
        _answer(demo, session, call.contributor.name, answer)


def _answer(demo: Demo, session: StudioSession, name: str, answer: Any, **said: Any) -> None:
    call = Call.objects.get(session=session, contributor=demo.people[name])
    answer(viewer=_viewer(demo.users.get(name, demo.mara)), call=call, **said)


def _viewer(user: User) -> Any:
    return viewer_of_user(user)
