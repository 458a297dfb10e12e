"""The input list: who writes it, how it is taken over and put back, templates, and what a spreadsheet gets."""

import csv
import io
from typing import Any

import pytest

from contributors import links
from producerdesk.kit import clock
from sessions import actions
from sessions.models import InputTemplate, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("noon")

KICK = {"channel": "1", "source": "Kick in", "mic": "D112", "preamp": "Neve 1073", "inserts": "1176"}
SNARE = {"channel": "2", "source": "Snare top", "mic": "SM57"}
HOSTILE = {
    "channel": "=1+1",
    "source": "a\r\nb\u2028c",
    "mic": "<script>",
    "note": "@SUM(A1) 🥁",
    "preamp": "+",
    "inserts": "-1",
}


def path(session: StudioSession, *more: str) -> str:
    return "/".join(("input-lists", str(session.pk), *more)) + "/"


def write(who: Caller, session: StudioSession, version: int, *rows: dict[str, str], **facts: Any) -> Any:
    return who.put(path(session), version=version, channels=list(rows), **facts)


def sources(who: Caller, session: StudioSession) -> list[str]:
    return [row["source"] for row in who.get(path(session)).json()["channels"]]


def test_it_starts_as_the_project_was_recorded_last(cast: Cast, ana: Caller, session: StudioSession) -> None:
    first = ana.get(path(session)).json()
    assert (first["version"], first["daw"], first["channels"]) == (0, "", [])
    saved = write(ana, session, 0, KICK, SNARE, daw="Pro Tools", sample_rate=96_000, bit_depth=24)
    assert saved.status_code == 200
    assert saved.headers["ETag"] == '"1"'
    assert saved.json()["channels"][1] == SNARE | dict.fromkeys(("preamp", "inserts", "converter", "note"), "")
    other = makers.make_session(cast.project, cast.ana, "2027-03-12T10:00")
    found = ana.get(path(other)).json()
    assert (found["daw"], found["sample_rate"], found["bit_depth"], found["channels"]) == ("Pro Tools", 96_000, 24, [])
    log = ana.get(f"take-logs/{session.pk}/").json()
    assert (log["daw"], log["sample_rate"], log["bit_depth"]) == ("Pro Tools", 96_000, 24)


def test_two_who_write_at_once_lose_nothing(ana: Caller, cast: Cast, session: StudioSession) -> None:
    assert ana.put(path(session), channels=[KICK]).status_code == 428
    assert write(ana, session, 0, KICK).status_code == 200
    stale = write(Caller(cast.ben), session, 0, SNARE)
    assert stale.status_code == 412
    assert [row["source"] for row in stale.json()["current"]["channels"]] == ["Kick in"]
    assert write(Caller(cast.ben), session, 1, KICK, SNARE).json()["version"] == 2


def test_what_is_taken_over_can_be_put_back(cast: Cast, ana: Caller, session: StudioSession) -> None:
    write(ana, session, 0, KICK, SNARE, daw="Reaper")
    kept = ana.post(path(session, "keep"), name="Drums, room A")
    assert kept.status_code == 201
    assert ana.post(path(session, "keep"), name="Drums, room A").json()["fields"]["name"]
    other = makers.make_session(cast.project, cast.ana, "2027-03-12T10:00")
    write(ana, other, 0, {"source": "Talkback"}, daw="Logic")
    taken = ana.post(path(other, "recall"), template=kept.json()["id"]).json()
    assert (len(taken["channels"]), taken["can_put_back"], taken["daw"]) == (2, True, "Logic")
    ana.post(path(other, "put_back"))
    assert sources(ana, other) == ["Talkback"]
    taken = ana.post(path(other, "recall"), session=session.pk, how="append").json()
    assert [row["source"] for row in taken["channels"]] == ["Talkback", "Kick in", "Snare top"]
    assert write(ana, other, taken["version"], KICK).status_code == 200
    assert ana.post(path(other, "put_back")).status_code == 409  # written since
    taken = ana.post(path(other, "recall"), session=session.pk).json()
    assert (taken["daw"], len(taken["channels"])) == ("Reaper", 2)
    template = InputTemplate.objects.get()
    assert ana.delete(f"input-templates/{template.pk}/").status_code == 204
    assert ana.get("input-templates/").json()["results"] == []
    assert ana.post(path(other, "recall"), template=template.pk).status_code == 400
    assert ana.post(f"input-templates/{template.pk}/restore/").json()["name"] == "Drums, room A"
    for wrong in (
        {},
        {"template": template.pk, "session": session.pk},
        {"session": 999},
        {"template": template.pk, "how": "x"},
    ):
        assert ana.post(path(other, "recall"), **wrong).status_code == 400, wrong


def test_who_is_in_the_room_reads_and_the_engineer_writes(cast: Cast, ana: Caller, session: StudioSession) -> None:
    write(ana, session, 0, KICK)
    emil, nora, lena = Caller(cast.emil), Caller(cast.nora), Caller(cast.lena)
    actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=cast.emil_called, role="Engineer")
    assert emil.get(path(session)).json()["can"] == {"edit": True, "keep": False}
    assert write(emil, session, 1, KICK, SNARE).status_code == 200
    assert emil.post(path(session, "keep"), name="Mine").status_code == 403
    assert nora.get(path(session)).json()["can"] == {"edit": False, "keep": False}
    assert write(nora, session, 2, SNARE).status_code == 403
    for who, status in ((lena, 403), (Caller(cast.cara), 404), (Caller(cast.cleo), 404)):
        assert who.get(path(session)).status_code == status
        assert who.get(path(session, "table")).status_code == status
        assert write(who, session, 2).status_code == status
    _link, secret = links.mint(cast.wren_called, now=clock.now())
    assert len(Caller(authorization=f"Link {secret}").get(path(session)).json()["channels"]) == 2
    # another's list is taken over only from a room one is in
    hidden = makers.make_session(makers.make_project(cast.desk), cast.ana, "2027-03-14T10:00")
    write(ana, hidden, 0, SNARE)
    assert emil.post(path(session, "recall"), session=hidden.pk).status_code == 400
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    assert write(ana, session, 2, SNARE).status_code == 409


def test_hostile_text_stays_text(ana: Caller, session: StudioSession) -> None:
    row = write(ana, session, 0, HOSTILE).json()["channels"][0]
    assert row["source"] == "a b c"
    table = ana.get(path(session, "table"))
    table_rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert table_rows[1] == ["'=1+1", "a b c", "<script>", "'+", "'-1", "", "'@SUM(A1) 🥁"]
    page = ana.page(f"/sessions/{session.pk}/inputs/")
    assert b'value="&lt;script&gt;"' in page.content
    refused: list[Any] = [[{}], [{"source": "x" * 81}], [{"mic": ["x"]}], [{"what": "x"}], "rows", [KICK] * 201]
    for rows in refused:
        answer = ana.put(path(session), version=1, channels=rows)
        assert answer.status_code == 400, rows
        assert any(name.startswith("channels") for name in answer.json()["fields"])
    facts: tuple[tuple[str, Any], ...] = (("sample_rate", 44), ("bit_depth", "24 bits"), ("daw", "x" * 61))
    for name, wrong in facts:
        assert ana.put(path(session), version=1, **{name: wrong}).json()["fields"][name]


def test_the_pages_write_take_over_and_keep(cast: Cast, ana: Caller, session: StudioSession) -> None:
    address = f"/sessions/{session.pk}/inputs/"
    sent = {"_etag": '"0"', "daw": "Reaper", "sample_rate": "48000", "bit_depth": "", "channels[0]source": "Kick"}
    assert ana.send(address, **sent, **{"channels[1]source": "", "channels[3]source": "Snare"}).status_code == 302
    assert sources(ana, session) == ["Kick", "Snare"]
    again = ana.send(address, **sent, **{"channels[0]channel": "x" * 13})
    assert again.status_code == 422
    assert b"is-bad" in again.content
    ana.send(f"{address}keep/", name="Drums")
    template = InputTemplate.objects.get()
    said = ana.send(f"{address}recall/", template=str(template.pk), session="", how="append")
    assert said.status_code == 302
    page = ana.page(address)
    assert f"{address}put-back/" in page.content.decode()
    assert page.context["found"] == ana.get(path(session)).json()
    ana.send(f"{address}put-back/")
    assert sources(ana, session) == ["Kick", "Snare"]
    ana.send(f"/input-templates/{template.pk}/remove/")
    assert b"Kick" in Caller(cast.nora).page(address).content
