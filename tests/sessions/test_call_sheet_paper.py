"""The call sheet on paper and on the page: what is printed is what was typed, whatever was typed."""

import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from sessions import actions
from sessions.models import StudioSession
from sessions.sheets import paper
from tests import makers
from tests.cast import Cast
from tests.sessions.scheduling import call_of, mint

pytestmark = pytest.mark.once

MONDAY = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
ROW: dict[str, Any] = {"at": "", "minutes": 60, "what": "Tracking", "songs": "", "who": "", "is_break": False}
HOSTILE = '#panic("x") *b* _i_ $1/0$ @ref <label> `raw` \\u{41} // /* ]] <script>alert(1)</script> {{ 7*7 }} 王小明'


@pytest.fixture(autouse=True)
def monday(db: None) -> Any:
    """Nine days before the session."""
    with time_machine.travel(MONDAY, tick=False):
        yield


def sent(cast: Cast, title: str = "Tracking", **said: Any) -> StudioSession:
    """Return a session with Wren and Nora called, its call sheet sent."""
    calls = [{"contributor": person, "role": "Player"} for person in (cast.wren_called, cast.nora_called)]
    session = makers.make_session(cast.project, cast.ana, room=cast.room, calls=calls, title=title)
    said = {"running_order": [ROW]} | said
    actions.save_sheet(viewer=cast.viewer("ana"), session=session, expected=0, **said)
    actions.publish_sheet(viewer=cast.viewer("ana"), session=session, expected=1)
    return session


def by_ana(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ana)
    return client


def read(client: Client, path: str) -> PdfReader:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    return PdfReader(io.BytesIO(answer.content))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_it_says_on_paper_what_it_says(cast: Cast) -> None:
    order = [ROW | {"what": "Line check", "at": "09:30", "minutes": 30, "who": "All"}, ROW | {"songs": "Last Ferry"}]
    gear = [{"what": "Viola", "source": "hired", "who": "Bow & Co"}]
    session = sent(cast, running_order=order, gear=gear, parking="In the yard", wrap="18:30", emergency="Charité")
    said = text_of(read(by_ana(cast), f"/sessions/{session.pk}/call-sheet.pdf"))
    for wanted in (
        *("Salt & Neon · Nora Vale", "Version 1", "Wednesday 10 March, Berlin time", "First call 10:00", "Wrap 18:30"),
        *("Foxglove, Room A", "In the yard", "09:30 Line check", "30 min", "10:00 Tracking Last Ferry"),
        *("10:00 Wren Castellan Player", "Hired Viola Bow & Co", "Charité"),
    ):
        assert wanted in said, said


@pytest.mark.parametrize(("query", "size"), [("", (595, 842)), ("?paper=letter", (612, 792)), ("?paper=x", (595, 842))])
def test_it_comes_as_a4_or_letter(cast: Cast, query: str, size: tuple[int, int]) -> None:
    box = read(by_ana(cast), f"/sessions/{sent(cast).pk}/call-sheet.pdf{query}").pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_what_was_typed_is_printed_and_never_run(cast: Cast) -> None:
    order = [ROW | {"what": HOSTILE, "songs": HOSTILE[:80], "who": HOSTILE[:80]}]
    lines = {"parking": "One\r\nTwo\rThree\u2028Four\x1b[31m", "notes": HOSTILE}
    session = sent(cast, HOSTILE, running_order=order, **lines)
    said = text_of(read(by_ana(cast), f"/sessions/{session.pk}/call-sheet.pdf"))
    expected = HOSTILE if _can_print("王") else HOSTILE.replace("王小明", "□□□")
    assert "".join(said.split()).count("".join(expected.split())) >= 4, said  # lines are broken where they are full
    assert "One Two Three Four[31m" in said
    page = by_ana(cast).get(f"/sessions/{session.pk}/call-sheet/").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "{{ 7*7 }}" in page


def test_what_no_font_has_is_marked_and_the_page_is_named(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "_letters", lambda: frozenset(map(ord, "abcdefghijklmnopqrstuvwxyzTWCV")))
    session = sent(cast, "Track 王小明 😀")
    said = text_of(read(by_ana(cast), f"/sessions/{session.pk}/call-sheet.pdf"))
    assert "Track □□□ □" in said
    assert f"/sessions/{session.pk}/call-sheet/" in said  # where all of it can be read


def test_names_of_the_world_are_printed_as_far_as_there_are_fonts(cast: Cast) -> None:
    session = sent(cast, "Łódź Ελλάδα Київ")
    said = text_of(read(by_ana(cast), f"/sessions/{session.pk}/call-sheet.pdf"))
    assert "Łódź Ελλάδα Київ" in said and "□" not in said


def _can_print(letter: str) -> bool:
    return ord(letter) in paper._letters()


def test_a_long_sheet_runs_over_pages(cast: Cast) -> None:
    order = [ROW | {"what": f"Part {n}", "minutes": 5} for n in range(80)]
    reader = read(by_ana(cast), f"/sessions/{sent(cast, running_order=order).pk}/call-sheet.pdf")
    assert len(reader.pages) > 1
    assert "Part 79" in text_of(reader)


def test_a_private_link_prints_its_own_sheet_without_phones_that_are_not_shared(cast: Cast) -> None:
    cast.nora_called.phone = "+49 11"
    cast.nora_called.save()
    contacts = [{"name": "Ida", "what": "", "phone": "+49 72", "email": "", "audience": "production"}]
    session = sent(cast, contacts=contacts)
    call, secret = call_of(session, cast.wren_called), mint(cast.wren_called)
    said = text_of(read(Client(), f"/my/{secret}/calls/{call.pk}/sheet.pdf"))
    assert "Wren Castellan" in said and "+49" not in said and "Ida" not in said
    assert "+49 11" in text_of(read(by_ana(cast), f"/sessions/{session.pk}/call-sheet.pdf"))
    assert Client().get(f"/my/{secret}/calls/{call_of(session, cast.nora_called).pk}/sheet.pdf").status_code == 404


def test_paper_that_does_not_stand_any_more_says_so(cast: Cast) -> None:
    session = sent(cast)
    call, secret = call_of(session, cast.wren_called), mint(cast.wren_called)
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    assert "This session is cancelled" in text_of(read(Client(), f"/my/{secret}/calls/{call.pk}/sheet.pdf"))


def test_the_same_sheet_is_the_same_file(cast: Cast) -> None:
    path = f"/sessions/{sent(cast).pk}/call-sheet.pdf"
    assert by_ana(cast).get(path).content == by_ana(cast).get(path).content


def test_a_draft_says_that_it_was_not_sent(cast: Cast) -> None:
    session = makers.make_session(cast.project, cast.ana, room=cast.room)
    assert "Draft, not sent" in text_of(read(by_ana(cast), f"/sessions/{session.pk}/call-sheet.pdf"))
