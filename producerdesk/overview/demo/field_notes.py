"""Field Notes: an EP about to be tracked, whose engineer is still to be found."""

from budgets import chart
from producerdesk.accounts.roles import Role
from producerdesk.overview.demo import budgets
from producerdesk.overview.demo.hands import Demo, add_songs, answer, booking, call_all, hiring, let_in, start
from producerdesk.overview.demo.past import a_mailbox_was_full
from projects.models import Project
from sessions import actions

PLAN: tuple[budgets.PlanLine, ...] = (
    (chart.PRODUCER, "flat", "1", "1600", "Four songs"),
    (chart.TRACKING_ROOM, "day", "3", "470", ""),
    (chart.MUSICIANS, "day", "3", "305", ""),
    (chart.ENGINEERS, "day", "3", "280", ""),
    (990, "flat", "1", "300", ""),
)


def make(demo: Demo) -> None:
    project = _begin(demo)
    with demo.on(-16, "14:30"):
        budgets.plan(demo, project, PLAN, controller="Mara Ellison")
    hire, book = hiring(demo, project), booking(demo, project)
    with demo.on(-11):
        hire("Bassist", "Bea Whitlock", part="bass", fee=("day", "290.00"))
        hire("Recording engineer", None, needed_by=demo.day(7))
    with demo.on(-6, "15:00"):
        drums = book(7, "11:00", "18:00", "Drums and bass, live", "Live", "tracking", songs=(1, 2))
        call_all(demo, drums, ("Lucho Ferrand", "Drums"), ("Bea Whitlock", "Bass"))
        a_mailbox_was_full(drums, "Lucho Ferrand")
    with demo.on(-5, "19:40"):
        answer(demo, drums, "Bea Whitlock", actions.confirm_call)
    with demo.on(-3, "10:40"):
        book(12, "11:00", "18:00", "Guitars", "Live", "tracking", songs=(1, 2, 3, 4))


def _begin(demo: Demo) -> Project:
    with demo.on(-18):
        project = start(
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
        add_songs(
            demo,
            project,
            ("Barn Door", "tracking", "110", "E major", 214, None),
            ("Grass Widow", "tracking", "96", "G major", 236, None),
            ("Tithe", "pre_production", "84", "A minor", 251, None),
            ("Small Engine", "pre_production", "140", "D major", 178, None),
        )
        let_in(demo, project, "Helen Marsh", Role.EXECUTIVE_PRODUCER)
    return project
