"""One project that only begins, and one that is delivered."""

from producerdesk.overview.demo.hands import Demo, add_songs, booking, call_all, start


def paper_lanterns(demo: Demo) -> None:
    with demo.on(-3, "16:00"):
        project = start(
            demo,
            "Paper Lanterns",
            artist="The Quiet Fleet",
            kind="ep",
            producer_type="electronic",
            stage="brief",
            deadline=demo.day(126),
        )
        first, second = (("Paper Lanterns", "brief"), ("Signal Hill", "brief"))
        add_songs(demo, project, (*first, None, "", None, None), (*second, None, "", None, None))
    with demo.on(-2, "12:20"):
        book = booking(demo, project)
        rehearsal = book(0, "19:00", "22:00", "Rehearsal: Paper Lanterns", "Live", "rehearsal", hold=True)
        call_all(demo, rehearsal, ("Dex Amari", "Synthesiser"))


def tin_moon(demo: Demo) -> None:
    with demo.on(-60):
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
