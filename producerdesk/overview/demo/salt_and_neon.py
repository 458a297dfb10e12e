"""Salt & Neon: an album in the middle of tracking. Told in the order in which it happened."""

from budgets import chart
from producerdesk.accounts.roles import Role
from producerdesk.overview.demo import budgets, call_sheet, room
from producerdesk.overview.demo.hands import (
    Demo,
    add_songs,
    answer,
    booking,
    call_all,
    everybody,
    hiring,
    let_in,
    start,
    viewer_of,
    wrap,
)
from producerdesk.overview.demo.takes import drum_day
from projects.models import Project
from sessions import actions
from sessions.models import StudioSession

COPYING, BACKLINE, TRANSPORT, MEALS, CONTINGENCY = 230, 610, 710, 730, 990
# the musicians cost more than was thought
PLAN: tuple[budgets.PlanLine, ...] = (
    (chart.PRODUCER, "song", "9", "300", "Nine songs"),
    (COPYING, "flat", "1", "180", "String parts"),
    (chart.TRACKING_ROOM, "day", "4", "480", "Drums and basics"),
    (chart.OVERDUB_ROOM, "day", "2", "480", ""),
    (chart.VOCAL_ROOM, "hour", "30", "40", "Lead and backing vocals"),
    (chart.MUSICIANS, "day", "2", "320", "Drums, strings"),
    (chart.ENGINEERS, "hour", "60", "40", "Tracking"),
    (chart.MIXING_ENGINEER, "song", "9", "140", ""),
    (chart.MASTERING_ENGINEER, "song", "9", "60", ""),
    (BACKLINE, "flat", "1", "350", ""),
    (TRANSPORT, "flat", "1", "250", "Van, trains"),
    (MEALS, "day", "12", "30", ""),
    (CONTINGENCY, "flat", "1", "600", ""),
)
BRIEF = (
    "Nine songs that sound like a harbour at night: close voice, real strings, drums in one room.\n"
    "No click on the slow ones. Juno wants to sing the verses live with the guitar."
)
VOICE = ("Neumann U 87 Ai", "Neve 1073 DPX", "Teletronix LA-2A")
STRINGS = ("AKG C 414 XLII", "Neve 1073 DPX")
REFERENCES = [
    {"title": "The room sound we want", "url": "https://example.com/reference/room"},
    {"title": "How close the voice is", "url": "https://example.com/reference/voice"},
]


def make(demo: Demo) -> None:
    project = _begin(demo)
    _plan(demo, project)
    _guides(demo, project)
    _drums(demo, project)
    vocals, strings, backing = _what_comes(demo, project)
    _answers(demo, vocals, strings, backing)
    _off(demo, project)
    call_sheet.send_twice(demo, vocals)
    _plan_anew(demo, project)
    with demo.on(-1, "18:30"):
        room.of_vocals(demo, vocals)


def _begin(demo: Demo) -> Project:
    due = {"pre_production": -40, "tracking": 6, "mixing": 22, "mastering": 28}
    with demo.on(-47):
        project = start(
            demo,
            "Salt & Neon",
            artist="Juno Vale",
            kind="album",
            producer_type="band",
            label="Tidewater Records",
            stage="tracking",
            deadline=demo.day(31),
            due={stage: demo.day(offset) for stage, offset in due.items()},
            brief=BRIEF,
            reference_tracks=REFERENCES,
        )
        add_songs(
            demo,
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
        room.charts(project, 1, 2, 4, 5, 8)
        let_in(demo, project, "Juno Vale", Role.ARTIST)
        let_in(demo, project, "Helen Marsh", Role.LABEL)
        let_in(demo, project, "Anselm Roy", Role.ENGINEER)
    return project


def _plan(demo: Demo, project: Project) -> None:
    with demo.on(-45, "16:05"):
        budgets.plan(demo, project, PLAN, controller="Helen Marsh")
        budgets.exchange(demo, project, "GBP", "1.15")
    with demo.on(-42, "11:40"):
        budgets.say_yes(demo, project, "Helen Marsh", "Go ahead. Call me before the strings grow.")


def _guides(demo: Demo, project: Project) -> None:
    """Guide tracks and guitars: a day each, booked, played and wrapped weeks ago."""
    hire, book = hiring(demo, project), booking(demo, project)
    with demo.on(-38):
        hire("Recording engineer", "Anselm Roy", fee=("hour", "40.00"))
        guides = book(-27, "11:00", "17:00", "Guides: all nine songs", "B", "tracking", songs=tuple(range(1, 10)))
        call_all(demo, guides, ("Anselm Roy", "Engineer"), ("Juno Vale", "Guitar and guide vocals"))
    with demo.on(-36, "18:10"):
        everybody(demo, guides, actions.confirm_call)
    with demo.on(-34):
        hire("Mixing engineer", "Keiko Dahl", fee=("song", "420.00"), songs=project.songs.filter(position__in=(3, 7)))
    with demo.on(-27, "17:20"):
        wrap(demo, guides)


def _drums(demo: Demo, project: Project) -> None:
    hire, book = hiring(demo, project), booking(demo, project)
    with demo.on(-24):
        hire("Drummer", "Lucho Ferrand", part="drums", fee=("day", "320.00"))
        drums = book(-12, "10:00", "19:00", "Drums: four songs", "A", "tracking", songs=(1, 2, 4, 5))
        call_all(demo, drums, ("Anselm Roy", "Engineer"), ("Lucho Ferrand", "Drums"), ("Juno Vale", "Guide vocals"))
    with demo.on(-22, "20:30"):
        everybody(demo, drums, actions.confirm_call)
    with demo.on(-13):
        budgets.pay(demo, project, -13, BACKLINE, "Casa do Backline", "Felt piano for two days", "190.00 EUR")
    with demo.on(-12, "19:15"):
        drum_day(demo, drums)
        room.of_drums(demo, drums)
        wrap(demo, drums)
        budgets.pay(demo, project, -12, MEALS, "Tasca da Rua", "Lunch for six, tracking day", "96.40 EUR")
    with demo.on(-11):
        budgets.pay(demo, project, -12, TRANSPORT, "Northern Rail", "Lucho to the session and back", "84.50 GBP")


def _what_comes(demo: Demo, project: Project) -> tuple[StudioSession, StudioSession, StudioSession]:
    """Return the vocals, the strings and the backing vocals: booked, and their people asked."""
    hire, book = hiring(demo, project), booking(demo, project)
    with demo.on(-9):
        hire("Cellist", "Samir Haddon", part="cello", fee=("flat", "260.00"))
        hire("Violinist", "Wren Castellan", part="violin", fee=("flat", "240.00"))
        hire("Backing singer", "Oona Fairley", part="alto", state="auditioning", fee=("flat", "220.00"))
        notes = "Only Ninety Below. Bowed, if we find one."
        hire("Bassist", None, part="double bass", needed_by=demo.day(9), notes=notes)
    with demo.on(-8, "15:30"):
        book(6, "14:00", "18:00", "Playback with the label", "B", "playback")
        vocals = book(1, "10:00", "18:00", "Lead vocals: Glass Teeth, Undertow", "A", "vocal", songs=(2, 5), gear=VOICE)
        vocals.prepare = "Glass Teeth by heart. For Undertow bring both versions of verse two."
        vocals.save(update_fields=["prepare"])
        call_all(demo, vocals, ("Anselm Roy", "Engineer", "09:30"), ("Juno Vale", "Lead vocals", "11:00"))
    with demo.on(-5, "10:05"):
        strings = book(
            3, "10:00", "19:00", "Strings: Harbour Lights, Last Ferry", "A", "overdub", songs=(1, 8), gear=STRINGS
        )
        players = (("Samir Haddon", "Cello"), ("Wren Castellan", "Violin"), ("Juno Vale", "Listens in", "16:30"))
        call_all(demo, strings, ("Anselm Roy", "Engineer", "09:30"), *players)
    with demo.on(-4):
        backing = book(8, "12:00", "18:00", "Backing vocals: four songs", "B", "vocal", songs=(1, 2, 6, 7), gear=VOICE)
        singers = (("Oona Fairley", "Alto"), ("Noor Saleh", "Soprano"))
        call_all(demo, backing, ("Anselm Roy", "Engineer"), *singers)
        book(14, "10:00", "18:00", "Pick-ups and percussion", "A", "overdub", songs=(4,), hold=True)
    return vocals, strings, backing


def _answers(demo: Demo, vocals: StudioSession, strings: StudioSession, backing: StudioSession) -> None:
    """What those who were called have said; the others have not."""
    with demo.on(-4, "12:15"):
        answer(demo, vocals, "Anselm Roy", actions.confirm_call)
        answer(demo, strings, "Anselm Roy", actions.confirm_call)
    with demo.on(-3, "21:10"):
        answer(demo, strings, "Juno Vale", actions.confirm_call)
        said = "On tour until the end of the month."
        answer(demo, backing, "Noor Saleh", actions.decline_call, reason=said)
    with demo.on(-2, "09:30"):
        actions.mark_seen(call=strings.calls.get(contributor=demo.people["Wren Castellan"]))
        wish = f"{demo.day(3).isoformat()}T11:30"
        answer(
            demo,
            strings,
            "Samir Haddon",
            actions.propose_time,
            proposed_local=wish,
            reason="My train gets in at 10:50.",
        )


def _off(demo: Demo, project: Project) -> None:
    """A session that is off, and the parts for the strings."""
    with demo.on(-2, "11:00"):
        off = project.sessions.get(title="Playback with the label")
        actions.cancel_session(viewer=viewer_of(demo.mara), session=off, reason="Helen is in London that week.")
        budgets.pay(demo, project, -2, COPYING, "Ines Prata", "Parts for four players", "160.00 EUR")


def _plan_anew(demo: Demo, project: Project) -> None:
    """A change of the plan that waits for the label."""
    with demo.on(-1, "17:45"):
        budgets.add(demo, project, (chart.OVERDUB_ROOM, "day", "1", "480", "One more day for the strings"))
        budgets.change(demo, project, CONTINGENCY, "120")
