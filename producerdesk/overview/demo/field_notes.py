"""Field Notes: an EP about to be tracked, whose engineer is still to be found."""

from producerdesk.accounts.roles import Role
from producerdesk.overview.demo.hands import Demo, add_songs, answer, booking, call_all, hiring, let_in, start
from sessions import actions


def make(demo: Demo) -> None:
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
    hire = hiring(demo, project)
    hire("Bassist", "Bea Whitlock", part="bass", fee=("day", "290.00"))
    hire("Recording engineer", None, needed_by=demo.day(7))
    book = booking(demo, project)
    drums = book(7, "11:00", "18:00", "Drums and bass, live", "Live", "tracking", songs=(1, 2))
    call_all(demo, drums, ("Lucho Ferrand", "Drums"), ("Bea Whitlock", "Bass"))
    answer(demo, drums, "Bea Whitlock", actions.confirm_call)
    book(12, "11:00", "18:00", "Guitars", "Live", "tracking", songs=(1, 2, 3, 4))
