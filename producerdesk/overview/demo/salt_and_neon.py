"""Salt & Neon: an album in the middle of tracking, with all that goes with it."""

import datetime as dt

from budgets.actions import open_budget
from budgets.models import ExchangeRate
from producerdesk.accounts.roles import Role
from producerdesk.overview.demo.hands import (
    Demo,
    add_songs,
    answer,
    booking,
    call_all,
    hiring,
    let_in,
    start,
    viewer_of,
)
from producerdesk.overview.demo.takes import drum_day
from sessions import actions
from sessions.models import Call


def make(demo: Demo) -> None:
    project = start(
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
    let_in(demo, project, "Juno Vale", Role.ARTIST)
    let_in(demo, project, "Helen Marsh", Role.LABEL)
    let_in(demo, project, "Anselm Roy", Role.ENGINEER)
    budget = open_budget(project)
    budget.controller = demo.users["Helen Marsh"]
    budget.save(update_fields=["controller"])
    ExchangeRate.objects.create(budget=budget, currency="GBP", rate="1.15")
    hire = hiring(demo, project)
    hire("Recording engineer", "Anselm Roy", fee=("hour", "40.00"))
    hire("Drummer", "Lucho Ferrand", part="drums", fee=("day", "320.00"))
    hire("Mixing engineer", "Keiko Dahl", fee=("song", "420.00"), songs=project.songs.filter(position__in=(3, 7)))
    hire("Cellist", "Samir Haddon", part="cello", fee=("flat", "260.00"))
    hire("Violinist", "Wren Castellan", part="violin", fee=("flat", "240.00"))
    hire("Backing singer", "Oona Fairley", part="alto", state="auditioning", fee=("flat", "220.00"))
    hire("Bassist", None, part="double bass", needed_by=demo.day(9), notes="Only Ninety Below. Bowed, if we find one.")
    book = booking(demo, project)
    drums = book(-12, "10:00", "19:00", "Drums: four songs", "A", "tracking", songs=(1, 2, 4, 5))
    call_all(demo, drums, ("Anselm Roy", "Engineer"), ("Lucho Ferrand", "Drums"), ("Juno Vale", "Guide vocals"))
    # they answered before the day; today the action would say that it is over
    drums.calls.update(answer=Call.Answer.CONFIRMED, answered_at=drums.starts_at - dt.timedelta(days=6))
    drum_day(demo, drums)
    actions.wrap_session(viewer=viewer_of(demo.mara), session=drums)
    vocals = book(1, "10:00", "18:00", "Lead vocals: Glass Teeth, Undertow", "A", "vocal", songs=(2, 5))
    vocals.prepare = "Glass Teeth by heart. For Undertow bring both versions of verse two."
    vocals.save(update_fields=["prepare"])
    call_all(demo, vocals, ("Anselm Roy", "Engineer", "09:30"), ("Juno Vale", "Lead vocals", "11:00"))
    answer(demo, vocals, "Anselm Roy", actions.confirm_call)
    strings = book(3, "10:00", "19:00", "Strings: Harbour Lights, Last Ferry", "A", "overdub", songs=(1, 8))
    call_all(
        demo,
        strings,
        ("Anselm Roy", "Engineer", "09:30"),
        ("Samir Haddon", "Cello"),
        ("Wren Castellan", "Violin"),
        ("Juno Vale", "Listens in", "16:30"),
    )
    answer(demo, strings, "Anselm Roy", actions.confirm_call)
    answer(demo, strings, "Juno Vale", actions.confirm_call)
    answer(
        demo,
        strings,
        "Samir Haddon",
        actions.propose_time,
        proposed_local=f"{demo.day(3).isoformat()}T11:30",
        reason="My train gets in at 10:50.",
    )
    backing = book(8, "12:00", "18:00", "Backing vocals: four songs", "B", "vocal", songs=(1, 2, 6, 7))
    call_all(demo, backing, ("Anselm Roy", "Engineer"), ("Oona Fairley", "Alto"), ("Noor Saleh", "Soprano"))
    answer(demo, backing, "Noor Saleh", actions.decline_call, reason="On tour until the end of the month.")
    book(14, "10:00", "18:00", "Pick-ups and percussion", "A", "overdub", songs=(4,), hold=True)
    off = book(6, "14:00", "18:00", "Playback with the label", "B", "playback")
    actions.cancel_session(viewer=viewer_of(demo.mara), session=off, reason="Helen is in London that week.")
