"""One project that only begins, and one that is delivered."""

from producerdesk.overview.demo.hands import Demo, add_songs, booking, call_all, start


def paper_lanterns(demo: Demo) -> None:
    project = start(
        demo,
        "Paper Lanterns",
        artist="The Quiet Fleet",
        kind="ep",
        producer_type="electronic",
        stage="brief",
        deadline=demo.day(126),
    )
    add_songs(
        demo, project, ("Paper Lanterns", "brief", None, "", None, None), ("Signal Hill", "brief", None, "", None, None)
    )
    book = booking(demo, project)
    rehearsal = book(0, "19:00", "22:00", "Rehearsal: Paper Lanterns", "Live", "rehearsal", hold=True)
    call_all(demo, rehearsal, ("Dex Amari", "Synthesiser"))


def tin_moon(demo: Demo) -> None:
    project = start(
        demo,
        "Tin Moon",
        artist="Calla Reyes",
        kind="single",
        producer_type="beat",
        stage="delivered",
        deadline=demo.day(3),
    )
    add_songs(demo, project, ("Tin Moon", "delivered", "98", "F minor", 203, None))
