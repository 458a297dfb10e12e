"""The demo desk's gear: what sessions fight over, what is away, and what hums."""

from producerdesk.overview.demo.hands import Demo, viewer_of
from sessions.actions.gear import create_gear, fix_fault, log_fault, send_to_repair

# name, kind, serial, home room, bookable by itself
ITEMS = (
    ("Neumann U 87 Ai", "microphone", "M-2214", "A", True),
    ("Coles 4038, pair", "microphone", "C-118/119", "A", True),
    ("AKG C 414 XLII", "microphone", "40771", "B", True),
    ("Neve 1073 DPX", "preamp", "N-0931", None, True),
    ("Teletronix LA-2A", "compressor", "1187", "A", True),
    ("Roland RE-201 Space Echo", "outboard", "742310", "B", True),
    ("Yamaha C3 grand piano", "instrument", "5423119", "Live", False),
    ("Ludwig Super Classic, 22 in", "backline", "L-77", "A", False),
    ("Vox AC30", "backline", "7201", None, True),
)


def make_gear(demo: Demo) -> None:
    for name, kind, serial, room, bookable in ITEMS:
        home = demo.rooms[room] if room else None
        said = {"name": name, "kind": kind, "serial": serial, "room": home, "bookable": bookable}
        demo.gear[name] = create_gear(by=demo.mara, desk=demo.desk, **said)
    mara = viewer_of(demo.mara)
    with demo.on(-60):
        fix_fault(fault=log_fault(viewer=mara, gear=demo.gear["Vox AC30"], text="Top Boost crackles: a valve"))
    with demo.on(-12):
        log_fault(viewer=mara, gear=demo.gear["Roland RE-201 Space Echo"], text="Tape loop wears out, echo 3 drops")
        send_to_repair(
            gear=demo.gear["Coles 4038, pair"], first=demo.day(-3), last=demo.day(9), reason="New ribbon, left one"
        )
