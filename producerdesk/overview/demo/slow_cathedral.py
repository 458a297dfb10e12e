"""Slow Cathedral: an album whose mixes are late."""

from producerdesk.accounts.roles import Role
from producerdesk.overview.demo.hands import Demo, add_songs, booking, call_all, everybody, hiring, let_in, start
from sessions import actions


def make(demo: Demo) -> None:
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
    hire = hiring(demo, project)
    hire("Mixing engineer", "Keiko Dahl", fee=("song", "420.00"), songs=project.songs.filter(position__in=(4, 5)))
    hire("Mastering engineer", "Marta Pinho", fee=("song", "90.00"), songs=project.songs.all(), state="offered")
    review = booking(demo, project)(
        4, "14:00", "16:00", "Mix review: Clerestory, Undercroft", None, "playback", songs=(4, 5), hold=False
    )
    call_all(demo, review, ("Keiko Dahl", "Mix"), ("Ivo Lindqvist", "Artist"))
    everybody(demo, review, actions.confirm_call)
