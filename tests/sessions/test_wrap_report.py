"""Wrapping with the stages that songs have reached, the session report, the take sheet on paper."""

import uuid
from typing import Any

import pytest
import time_machine

from contributors import links
from producerdesk.kit import clock
from projects.stages import Stage
from sessions import actions
from sessions.models import StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

AFTER = "2027-03-10T18:30:00Z"


@pytest.fixture(autouse=True)
def _later() -> Any:
    with time_machine.travel(AFTER, tick=False):
        yield


def take(ana: Caller, session: StudioSession, **said: Any) -> dict[str, Any]:
    said = {"song": session.songs.order_by("pk")[0].pk} | said
    return ana.post(f"take-logs/{session.pk}/takes/", key=str(uuid.uuid4()), **said).json()


def test_stages_are_proposed_and_moved_in_the_one_action(cast: Cast, ana: Caller, session: StudioSession) -> None:
    kept, other = session.songs.get(), makers.make_song(cast.project, "Undertow")
    done = makers.make_song(cast.project, "Mixed already", stage=Stage.MIXING)
    session.songs.add(other, done)
    take(ana, session, keeper=True)
    form = ana.options(f"sessions/{session.pk}/wrap/").json()["forms"]["POST"]
    assert form["values"]["stages"] == [
        {"song": kept.pk, "stage": "editing", "apply": True},
        {"song": other.pk, "stage": "editing", "apply": False},
    ]
    said = {
        f"stages[{n}]{name}": str(value)
        for n, row in enumerate(form["values"]["stages"])
        for name, value in row.items()
    }
    hours = {"real_starts_at": "2027-03-10T10:00", "real_ends_at": "2027-03-10T19:00"}
    sent = ana.send(f"/sessions/{session.pk}/wrap/", **hours, **said)
    assert (sent.status_code, sent["Location"]) == (302, f"/sessions/{session.pk}/report/")
    stages = {song.title: song.stage for song in cast.project.songs.all()}
    assert stages == {"Last Ferry": "editing", "Undertow": "brief", "Mixed already": "mixing"}
    # who corrects the hours later moves nothing without a tick
    take(ana, session, keeper=True, song=other.pk)
    form = ana.options(f"sessions/{session.pk}/wrap/").json()["forms"]["POST"]
    assert form["values"]["stages"] == [{"song": other.pk, "stage": "editing", "apply": False}]


def test_songs_of_other_sessions_are_not_moved_and_nothing_is_wrapped_then(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    stranger = makers.make_song(cast.project)
    for wrong in (
        [{"song": stranger.pk, "stage": "mixing", "apply": True}],
        [{"song": session.songs.get().pk, "stage": "loud", "apply": True}],
        [{"song": "x", "stage": "mixing", "apply": True}],
    ):
        assert ana.post(f"sessions/{session.pk}/wrap/", stages=wrong).status_code == 400, wrong
    session.refresh_from_db()
    assert session.state == "confirmed"


def test_the_report_says_hours_overtime_takes_and_money_to_whom_it_is_for(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    song = session.songs.get()
    song.title = "=1+1 <script>\u2028🥁"
    song.save()
    take(ana, session, keeper=True, rating=5, note="The one\r\n<b>")
    take(ana, session)
    actions.wrap_session(
        viewer=cast.viewer("ana"),
        session=session,
        real_starts_at=session.starts_at,
        real_ends_at=session.ends_at + (session.ends_at - session.starts_at) / 8,
    )
    found = ana.get(f"take-logs/{session.pk}/report/").json()
    assert [found[name] for name in ("planned_minutes", "real_minutes", "overtime_minutes")] == [480, 540, 60]
    assert [(row["takes"], row["keepers"], row["stage"]) for row in found["songs"]] == [(2, 1, "brief")]
    page = ana.page(f"/sessions/{session.pk}/report/")
    assert page.context["report"] == found
    content = page.content.decode()
    assert "Edit take 1" in content
    assert "=1+1 &lt;script&gt;" in content
    assert "What it cost" in content
    for who, status in (("nora", 200), ("lena", 403), ("cara", 404), ("cleo", 404)):
        answer = Caller(getattr(cast, who)).page(f"/sessions/{session.pk}/report/")
        assert answer.status_code == status, who
        assert b"What it cost" not in answer.content


@pytest.mark.once
def test_the_take_sheet_is_printed_for_who_is_in_the_room(cast: Cast, ana: Caller, session: StudioSession) -> None:
    path = f"/sessions/{session.pk}/take-sheet.pdf"
    empty = ana.page(path)
    assert empty.content.startswith(b"%PDF-")
    take(ana, session, keeper=True, reason="#set text(99pt)", note='$x$ \u2028 #read("/etc/passwd") 漢字 🥁')
    full = Caller(cast.nora).page(path, paper="letter")
    assert full.content.startswith(b"%PDF-")
    assert len(full.content) > len(empty.content)
    assert full["Content-Disposition"] == f'inline; filename="take-sheet-{session.pk}.pdf"'
    assert Caller(cast.lena).page(path).status_code == 403
    # a program gets the same by the API
    said = f"take-logs/{session.pk}/pdf/"
    assert Caller(cast.nora).get(said, paper="letter").content.startswith(b"%PDF-")
    assert [Caller(who).get(said).status_code for who in (cast.lena, cast.cleo)] == [403, 404]
    assert "paper" in ana.get(said, paper="b5").json()["fields"]
    _link, secret = links.mint(cast.wren_called, now=clock.now())
    assert Caller(authorization=f"Link {secret}").get(f"take-logs/{session.pk}/report/").status_code == 200


def test_what_cannot_be_wrapped_says_why_and_what_to_do(cast: Cast, ana: Caller, session: StudioSession) -> None:
    held = makers.make_session(cast.project, cast.ana, "2027-03-11T10:00", hold=True)
    ahead = makers.make_session(cast.project, cast.ana, "2027-03-12T10:00")
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    for each, said, way in (
        (session, "This session was cancelled", "restore/"),
        (held, "This is only a hold", "confirm/"),
        (ahead, "This session is still to come", "move/"),
    ):
        page = ana.page(f"/sessions/{each.pk}/wrap/").content.decode()
        assert said in page
        assert f"/sessions/{each.pk}/{way}" in page
        assert "real_starts_at" not in page
