"""Slow Cathedral: an album whose mixes are late."""

from budgets import chart
from producerdesk.accounts.roles import Role
from producerdesk.overview.demo import budgets
from producerdesk.overview.demo.hands import Demo, add_songs, booking, call_all, everybody, hiring, let_in, start
from projects.models import Project
from sessions import actions

PLAN: tuple[budgets.PlanLine, ...] = (
    (chart.PRODUCER, "song", "5", "350", ""),
    (chart.TRACKING_ROOM, "day", "4", "480", "Church, four days"),
    (chart.MIXING_ENGINEER, "song", "5", "210", ""),
    (chart.MASTERING_ENGINEER, "song", "5", "75", ""),
)


def make(demo: Demo) -> None:
    project = _begin(demo)
    _record(demo, project)
    hire = hiring(demo, project)
    with demo.on(-31):
        mixes = project.songs.filter(position__in=(4, 5))
        hire("Mixing engineer", "Keiko Dahl", fee=("song", "420.00"), songs=mixes)
    with demo.on(-10):
        songs = project.songs.all()
        hire("Mastering engineer", "Marta Pinho", fee=("song", "90.00"), songs=songs, state="offered")
    with demo.on(-6, "12:00"):
        book = booking(demo, project)
        review = book(4, "14:00", "16:00", "Mix review: Clerestory, Undercroft", None, "playback", songs=(4, 5))
        call_all(demo, review, ("Keiko Dahl", "Mix"), ("Ivo Lindqvist", "Artist"))
    with demo.on(-5, "18:20"):
        everybody(demo, review, actions.confirm_call)


def _begin(demo: Demo) -> Project:
    with demo.on(-96):
        project = start(
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
        add_songs(
            demo,
            project,
            ("Nave", "delivered", "60", "D minor", 412, None),
            ("Choir Stall", "delivered", "66", "F major", 355, None),
            ("Rood", "mastering", "72", "G minor", 381, None),
            ("Clerestory", "mixing", "58", "B♭ major", 447, None),
            ("Undercroft", "mixing", "64", "C minor", 398, None),
        )
        let_in(demo, project, "Helen Marsh", Role.LABEL)
    return project


def _record(demo: Demo, project: Project) -> None:
    """What was planned, approved and paid while the songs were recorded."""
    with demo.on(-94, "15:10"):
        budgets.plan(demo, project, PLAN, controller="Mara Ellison")
    with demo.on(-91, "09:50"):
        budgets.say_yes(demo, project, "Helen Marsh")
    for offset in (-80, -73, -66, -62):
        with demo.on(offset, "19:00"):
            title = "Church and crew, one day"
            budgets.pay(demo, project, offset, chart.TRACKING_ROOM, "St Brannock’s", title, "450.00 EUR")
    with demo.on(-58):
        budgets.pay(demo, project, -58, chart.PRODUCER, "Lowlight Productions", "Producer, first half", "875.00 EUR")
