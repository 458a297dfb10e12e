"""What is written down in the room: input lists and a template, a comp map, what is to be edited, private notes."""

import io
import math
import struct
import wave
from typing import Any

from django.core.files.base import ContentFile

from producerdesk.overview.demo.hands import Demo, viewer_of
from projects.models import Project
from sessions.actions import editing, inputs, private
from sessions.models import EditTask, InputTemplate, StudioSession
from sessions.voice import check

COLUMNS = ("channel", "source", "mic", "preamp", "inserts", "converter", "note")
DRUM_INPUTS = (
    ("1", "Kick in", "Beta 91A", "API 512c", "", "A1", ""),
    ("2", "Kick out", "FET 47", "API 512c", "Distressor 4:1", "A2", "Blanket over shell"),
    ("3", "Snare top", "SM57", "Neve 1073", "1176, slow", "A3", ""),
    ("4", "Snare bottom", "SM57", "Neve 1073", "", "A4", "Phase flipped"),
    ("5", "Rack tom", "MD421", "API 512c", "", "A5", ""),
    ("6", "Floor tom", "MD421", "API 512c", "", "A6", ""),
    ("7", "Hi-hat", "KM184", "Grace m801", "", "A7", "Only for Undertow"),
    ("8", "Overhead L", "C414", "Grace m801", "", "A8", "Glyn Johns, 40 inches"),
    ("9", "Overhead R", "C414", "Grace m801", "", "B1", ""),
    ("10", "Room", "Coles 4038", "Neve 1073", "1176, all buttons", "B2", "Print the squash"),
    ("11", "Guide vocals", "SM7B", "Grace m801", "", "B3", "Booth 2"),
)
VOCAL_INPUTS = (
    ("1", "Lead vocals", "U 67", "Neve 1073", "CL 1B, 3 dB", "A1", "Pop shield, one hand away"),
    ("2", "Lead vocals, spare", "SM7B", "Grace m801", "", "A2", "Same distance"),
    ("3", "Talkback", "Talkback", "Console", "", "B8", ""),
)
FACTS: dict[str, Any] = {"daw": "Pro Tools 2024.10", "sample_rate": 96_000, "bit_depth": 24}
SECTIONS = ("Intro", "Verse 1", "Chorus 1", "Verse 2", "Chorus 2", "Bridge", "Last chorus")
# which of the takes of the song is used in each
CHOSEN = ((2,), (2,), (2,), (2,), (2, 3), (3,), (4,))
COACHING = (
    ("Juno Vale", "Glass Teeth", "Best between the second and the fourth take. Then tea, not one more."),
    ("Juno Vale", None, "Lights down, nobody at the glass. Say what was good first, and one thing at a time."),
)


def of_drums(demo: Demo, drums: StudioSession) -> None:
    """The list of the drum day, kept as a template; the comp of Glass Teeth; who edits what."""
    viewer = viewer_of(demo.users["Anselm Roy"])
    inputs.save_inputs(viewer=viewer, session=drums, expected=0, channels=_rows(DRUM_INPUTS), **FACTS)
    inputs.keep_template(session=drums, name="Drums, Room A")
    song = drums.songs.get(position=2)
    takes = {take.number: take.pk for take in drums.takes.filter(song=song)}
    for name, numbers in zip(SECTIONS, CHOSEN, strict=True):
        section = editing.add_section(song=song, name=name)
        for number in numbers:
            editing.use_take(section=section, take=takes[number], used=True)
    tasks = list(EditTask.objects.filter(take__session=drums).order_by("take__taken_at"))
    editing.assign(task=tasks[0], person=demo.people["Anselm Roy"])
    editing.set_done(task=tasks[0], done=True, who="Anselm Roy")
    for task in tasks[1:3]:
        editing.assign(task=task, person=demo.people["Anselm Roy"])
    editing.add_task(song=song, title="Tighten the tambourine against the last chorus")


def of_vocals(demo: Demo, vocals: StudioSession) -> None:
    """The list of the vocals to come, and what the producer keeps to herself."""
    viewer = viewer_of(demo.mara)
    inputs.save_inputs(viewer=viewer, session=vocals, expected=0, channels=_rows(VOCAL_INPUTS), **FACTS)
    InputTemplate.objects.create(desk=vocals.desk, name="Vocal chain, U 67", channels=_rows(VOCAL_INPUTS))
    songs = {song.title: song for song in vocals.songs.all()}
    for name, title, text in COACHING:
        person, song = demo.people[name], songs.get(title or "")
        private.write_note(viewer=viewer, session=vocals, about=person, song=song, text=text)
    title = "Harmony for the last chorus, hummed"
    sound = check(ContentFile(_hum()))
    private.keep_voice(viewer=viewer, session=vocals, sound=sound, song=songs.get("Glass Teeth"), title=title)


def charts(project: Project, *positions: int) -> None:
    """Give these songs a chart, and the others none: so that there is something to be warned of."""
    for song in project.songs.filter(position__in=positions):
        song.chart_url = f"https://charts.example.com/salt-and-neon/{song.position}.pdf"
        song.save(update_fields=["chart_url"])


def _rows(rows: tuple[tuple[str, ...], ...]) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _hum() -> bytes:
    """Return two seconds of a rising third, as WAV."""
    rate, out = 8_000, io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for hertz in (220, 277):
            tone = (int(9_000 * math.sin(2 * math.pi * hertz * n / rate) * min(1, n / 800)) for n in range(rate))
            file.writeframes(b"".join(struct.pack("<h", each) for each in tone))
    return out.getvalue()
