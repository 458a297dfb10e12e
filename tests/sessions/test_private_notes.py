"""Coaching notes and voice notes: the producers' own, and nobody else ever meets a word or a sound of them."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from contributors import links
from producerdesk.kit import clock
from projects.tokens import make_token
from sessions import actions, feeds, voice
from sessions.models import CoachingNote, StudioSession, VoiceNote
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("noon")

SECRET = "Never say again to her"
WEBM = b"\x1a\x45\xdf\xa3" + b"\x01" * 20 + b"webm" + bytes(range(200))
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\0" * 40


def sound(content: bytes = WEBM, name: str = "note.webm") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/html")  # what the sender says of it counts for nothing


def keep(ana: Caller, session: StudioSession, content: bytes = WEBM, **said: Any) -> Any:
    return ana.client.post("/api/v1/voice-notes/", {"session": session.pk, "sound": sound(content)} | said)


@pytest.fixture
def note(ana: Caller, cast: Cast, session: StudioSession) -> dict[str, Any]:
    said: dict[str, Any] = {"session": session.pk, "about": cast.nora_called.pk, "song": session.songs.get().pk}
    answer = ana.post("coaching-notes/", text=f"{SECRET}\r\n=1+1 <script>\u2028🎤", **said)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_a_note_is_written_changed_removed_and_brought_back(ana: Caller, cast: Cast, note: dict[str, Any]) -> None:
    assert note["about"] == {"id": cast.nora_called.pk, "name": "Nora"}
    path = f"coaching-notes/{note['id']}/"
    ben = Caller(cast.ben)
    assert ben.put(path, text="Two takes, then a pause").status_code == 428
    assert ben.put(path, version=1, text="Two takes, then a pause").json()["text"] == "Two takes, then a pause"
    assert ana.put(path, version=1, text="x").json()["current"]["text"] == "Two takes, then a pause"
    assert ana.delete(path).status_code == 204
    assert ana.get("coaching-notes/", session=note["session"]).json()["count"] == 0
    assert ana.put(path, version=3, text="x").status_code == 409
    assert ana.post(f"{path}restore/").json()["text"] == "Two takes, then a pause"
    elsewhere = makers.make_song(makers.make_project(cast.desk))
    for wrong in ({"text": ""}, {"text": "x" * 4001}, {"text": "x", "song": elsewhere.pk}, {"text": "x", "about": 999}):
        answer = ana.post("coaching-notes/", session=note["session"], **wrong)
        assert answer.status_code == 400, wrong
        assert set(answer.json()["fields"]) < {"text", "song", "about"}


def test_nobody_but_the_producers_ever_reads_it(cast: Cast, ana: Caller, session: StudioSession, note: Any) -> None:
    actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=cast.emil_called, role="Engineer")
    kept = keep(ana, session, title=SECRET).json()
    _link, secret = links.mint(cast.wren_called, now=clock.now())
    _feed, feed = feeds.mint(cast.viewer("nora"))
    _token, reads = make_token(owner=cast.ana, name="pad", scopes=["schedule:read", "project:read"], days=1)
    ways = [Caller(getattr(cast, name)) for name in ("nora", "emil", "cara", "lena", "xavi", "cleo")]
    ways += [Caller(authorization=f"{kind} {said}") for kind, said in (("Link", secret), ("Feed", feed))]
    ways += [Caller(authorization=f"Bearer {reads}"), Caller()]
    song = session.songs.get()
    addresses = [
        *(f"/api/v1/coaching-notes/{note['id']}/", f"/api/v1/voice-notes/{kept['id']}/"),
        *("/api/v1/coaching-notes/", "/api/v1/voice-notes/", f"/api/v1/voice-notes/{kept['id']}/sound/"),
        *(f"/api/v1/{name}/{session.pk}/" for name in ("sessions", "take-logs", "input-lists", "call-sheets")),
        *("/api/v1/today/", "/api/v1/search/?q=never", f"/api/v1/activity/?project={cast.project.pk}"),
        *(f"/api/v1/songs/{song.pk}/", "/api/v1/edit-tasks/", f"/api/v1/take-logs/{session.pk}/sheet/"),
        *(f"/sessions/{session.pk}/{page}" for page in ("", "notes/", "room/", "inputs/", "report/")),
        *(f"/sessions/{session.pk}/take-sheet.pdf", f"/coaching-notes/{note['id']}/edit/", f"/my/{secret}/"),
    ]
    for who in ways:
        for address in addresses:
            answer: Any = who.client.get(address, headers=who.headers)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert SECRET.encode() not in body, address
            assert WEBM not in body, address
            if "notes/" in address:
                empty = answer.status_code == 200 and answer.json().get("results") == []
                assert empty or answer.status_code in (302, 401, 403, 404), (address, answer.status_code)
        for path in (f"coaching-notes/{note['id']}/", f"voice-notes/{kept['id']}/"):
            assert who.delete(path).status_code in (401, 403, 404)
    assert CoachingNote.objects.get().removed_at is VoiceNote.objects.get().removed_at is None
    assert SECRET in ana.page(f"/sessions/{session.pk}/notes/").content.decode()
    assert SECRET not in ana.page(f"/sessions/{session.pk}/room/").content.decode()  # the screen all look at


def test_a_recording_is_what_its_content_says_and_private(ana: Caller, session: StudioSession) -> None:
    first = keep(ana, session, title="=1+1\r\nthe hook 🎤")
    assert first.status_code == 201, first.json()
    assert (first.json()["media_type"], first.json()["title"]) == ("audio/webm", "=1+1 the hook 🎤")
    assert keep(ana, session, WAV).json()["media_type"] == "audio/wav"
    answer = ana.get(f"voice-notes/{first.json()['id']}/sound/")
    assert b"".join(answer.streaming_content) == WEBM
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    part: Any = ana.client.get(f"/api/v1/voice-notes/{first.json()['id']}/sound/", headers={"Range": "bytes=4-9"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, WEBM[4:10])
    assert part["Content-Range"] == f"bytes 4-9/{len(WEBM)}"
    for wrong in (b"", b"<html><script>alert(1)</script>", b"%PDF-1.4", WEBM[:30] + b"<script>", b"PK\x03\x04" + WEBM):
        refused = keep(ana, session, wrong)
        assert refused.status_code == 400, wrong
        assert refused.json()["fields"]["sound"]
    assert ana.post("voice-notes/", session=session.pk).json()["fields"]["sound"]
    assert VoiceNote.objects.count() == 2


def test_a_recording_that_is_too_large_is_refused_and_none_is_left_over(
    ana: Caller, session: StudioSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "LARGEST_FILE", 100)
    assert "20 MB" in keep(ana, session).json()["fields"]["sound"][0]
    monkeypatch.undo()

    assert keep(ana, session).status_code == 201
    folder = f"voice/{session.pk}"
    before = default_storage.listdir(folder)[1]

    def fail(**said: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(VoiceNote.objects, "create", fail)
    with pytest.raises(RuntimeError):
        keep(ana, session)
    assert default_storage.listdir(folder)[1] == before


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", (0, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=50-500", (50, 99)),
        ("bytes=200-", None),
        ("rows=1-2", None),
    ],
)
def test_a_part_of_a_file(header: str, part: tuple[int, int] | None) -> None:
    assert voice.asked_part(header, 100) == part


def test_the_pages_keep_change_and_remove(ana: Caller, cast: Cast, session: StudioSession, note: Any) -> None:
    address = f"/sessions/{session.pk}/notes/"
    assert ana.send(address, session=str(session.pk), text="Lights down").status_code == 302
    assert ana.send(address, session=str(session.pk), text="").status_code == 422
    page = ana.page(f"/coaching-notes/{note['id']}/edit/")
    assert page.status_code == 200
    sent = ana.send(f"/coaching-notes/{note['id']}/edit/", _etag='"1"', text="Changed", about="", song="")
    assert sent.status_code == 302
    ana.client.post(f"{address}voice/", {"session": session.pk, "sound": sound(), "title": "Hook"})
    found = VoiceNote.objects.get()
    content = ana.page(address).content.decode()
    assert all(text in content for text in ("Lights down", "Changed", "Hook", f"/voice-notes/{found.pk}/sound/"))
    ana.send(f"/voice-notes/{found.pk}/remove/", next=address)
    assert f"/voice-notes/{found.pk}/restore/" in ana.page(address).content.decode()
    ana.send(f"/coaching-notes/{note['id']}/remove/", next=address)
    assert "Changed" not in ana.page(address).content.decode()


def test_breaks_stand_in_the_room_as_sent_and_for_the_producer_as_written(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    row = {"at": "", "minutes": 60, "songs": "", "who": "", "is_break": False}
    order = [row | {"what": "Tracking"}, row | {"what": "Lunch", "is_break": True, "minutes": 45}]
    empty: dict[str, Any] = {"wrap": "", "access": "", "parking": "", "gear": [], "contacts": [], "sharing": {}}
    said = empty | {"emergency": "", "notes": ""}
    actions.save_sheet(viewer=cast.viewer("ana"), session=session, expected=0, running_order=order, **said)
    lunch = {"what": "Lunch", "starts_at": "2027-03-10T10:00:00Z", "ends_at": "2027-03-10T10:45:00Z"}
    path, nora = f"take-logs/{session.pk}/", Caller(cast.nora)
    assert (ana.get(path).json()["breaks"], nora.get(path).json()["breaks"]) == ([lunch], [])
    actions.publish_sheet(viewer=cast.viewer("ana"), session=session, expected=1)
    assert nora.get(path).json()["breaks"] == [lunch]
    later = [order[0] | {"minutes": 90}, order[1]]
    actions.save_sheet(viewer=cast.viewer("ana"), session=session, expected=1, running_order=later, **said)
    assert nora.get(path).json()["breaks"] == [lunch]
    assert ana.get(path).json()["breaks"][0]["starts_at"] == "2027-03-10T10:30:00Z"
    assert b"Lunch" in nora.page(f"/sessions/{session.pk}/room/").content


def test_the_page_of_a_private_link_says_what_is_fit_for_who_plays(
    cast: Cast, ana: Caller, session: StudioSession, note: Any
) -> None:
    song = session.songs.get()
    song.tempo, song.key, song.chart_url = "92.5", "F# minor", "https://example.com/chart?a=1&b=2"
    song.save()
    row = {"at": "", "minutes": 60, "songs": "", "who": "", "is_break": True, "what": "Lunch <b>\u2028"}
    empty: dict[str, Any] = {"wrap": "", "access": "", "parking": "", "gear": [], "contacts": [], "sharing": {}}
    said = empty | {"emergency": "", "notes": "", "running_order": [row]}
    _link, secret = links.mint(cast.wren_called, now=clock.now())
    actions.save_sheet(viewer=cast.viewer("ana"), session=session, expected=0, **said)
    before = Caller().page(f"/my/{secret}/").content.decode()
    assert "Lunch" not in before  # nobody hears of it before it is sent
    actions.publish_sheet(viewer=cast.viewer("ana"), session=session, expected=1)
    page = Caller().page(f"/my/{secret}/").content.decode()
    for text in ("92.5 bpm", "F# minor", "https://example.com/chart?a=1&amp;b=2", "10:00 Lunch &lt;b&gt;"):
        assert text in page, text
    assert SECRET not in page
