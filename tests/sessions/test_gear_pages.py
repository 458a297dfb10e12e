"""Gear on pages: its list, repairs that are taken back, call sheets, and the calendar."""

import datetime as dt
from typing import Any

import pytest

from sessions.models import Gear, GearRepair, StudioSession
from sessions.sheets import changes
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.gearing import booking, repair, slots

pytestmark = pytest.mark.usefixtures("noon")


# --- pages --------------------------------------------------------------------------------------------


@pytest.mark.once
def test_the_pages_of_gear(cast: Cast, ana: Caller) -> None:
    assert "No gear yet" in ana.page("/gear/").content.decode()
    made = ana.send("/gear/new/", name="Neumann U 87", kind="microphone", serial="4711", bookable="true", desk="")
    gear = Gear.objects.get()
    assert made.url == f"/gear/{gear.pk}/"
    said = {"name": "U 87 Ai", "kind": "microphone", "serial": "4711", "bookable": "true", "_etag": '"1"'}
    ana.send(f"/gear/{gear.pk}/edit/", **said)
    gear.refresh_from_db()
    assert gear.name == "U 87 Ai"
    ana.undo(f"/gear/{gear.pk}/")
    gear.refresh_from_db()
    assert gear.name == "Neumann U 87"
    ana.send(f"/gear/{gear.pk}/fault/", text="Hums")
    ana.send(f"/gear/{gear.pk}/repair/", first="2027-03-01", last="", reason="Capsule")
    page = ana.page(f"/gear/{gear.pk}/").content.decode()
    assert "Hums" in page
    assert "Capsule" in page
    assert "Out for repair" in ana.page("/gear/", state="out").content.decode()
    assert "Nothing fits" in ana.page("/gear/", search="nope").content.decode()
    ana.send(f"/gear/{gear.pk}/archive/")
    assert "1 retired item" in ana.page("/gear/").content.decode()


@pytest.mark.once
def test_the_end_of_a_repair_is_taken_back(cast: Cast, ana: Caller, mic: Gear) -> None:
    page = f"/gear/{mic.pk}/"
    for first, last in (("2027-02-20", "2027-03-20"), ("2027-04-01", None)):  # before today it is cut, after it is off
        away = repair(mic, first, last, reason="Capsule & body")
        ana.send(f"/gear-repairs/{away.pk}/back/")
        away.refresh_from_db()
        assert (away.last, away.removed_at is None) == (
            None if last is None else dt.date(2027, 2, 28),
            last is not None,
        )
        ana.undo(page)
        away.refresh_from_db()
        assert (str(away.first), away.last and str(away.last)) == (first, last)
        assert (away.reason, away.removed_at) == ("Capsule & body", None)


@pytest.mark.once
def test_a_change_of_a_repair_is_taken_back_unless_somebody_wrote_since(cast: Cast, ana: Caller, mic: Gear) -> None:
    away = repair(mic, "2027-03-10", "2027-03-12", reason="Capsule")
    edit, page = f"/gear-repairs/{away.pk}/edit/", f"/gear/{mic.pk}/"
    ana.send(edit, first="2027-03-11", last="", reason="", _etag='"1"')
    ana.undo(page)
    away.refresh_from_db()
    assert (str(away.first), str(away.last), away.reason) == ("2027-03-10", "2027-03-12", "Capsule")
    ana.send(edit, first="2027-03-11", last="", reason="", _etag='"3"')
    GearRepair.objects.filter(pk=away.pk).update(version=9, reason="Body")
    ana.undo(page)
    away.refresh_from_db()
    assert (str(away.first), away.reason) == ("2027-03-11", "Body")


@pytest.mark.once
def test_what_a_session_had_reserved_is_taken_back(cast: Cast, ana: Caller, mic: Gear) -> None:
    other = makers.make_gear(cast.room, "LA-2A")
    session = StudioSession.objects.get(pk=ana.post("sessions/", **booking(cast, mic)).json()["id"])
    page = f"/sessions/{session.pk}/"
    ana.send(f"{page}gear/", gear=[other.pk], _etag=f'"{session.version}"')
    assert list(session.gear.all()) == [other]
    ana.undo(page)
    assert (list(session.gear.all()), slots(other)) == ([mic], [])
    session.refresh_from_db()
    # somebody changes it meanwhile: that is not written over
    ana.send(f"{page}gear/", gear=[other.pk], _etag=f'"{session.version}"')
    session.refresh_from_db()
    theirs = {"gear": [mic.pk, other.pk], "_etag": f'"{session.version}"'}
    assert Caller(cast.ben).send(f"{page}gear/", **theirs).status_code == 302
    ana.undo(page)
    assert set(session.gear.all()) == {mic, other}
    session.refresh_from_db()
    ana.send(f"{page}gear/", gear=[mic.pk], _etag=f'"{session.version}"')
    ana.page(page)
    session.refresh_from_db()
    # somebody else takes it meanwhile: said, and nothing half done
    ana.send(f"{page}gear/", gear=[], _etag=f'"{session.version}"')
    assert ana.post("sessions/", **booking(cast, mic, title="Other")).status_code == 201
    drawn = ana.undo(page)
    assert not session.gear.exists()
    assert drawn.status_code == 409 and "Neumann U 87" in drawn.text


@pytest.mark.once
def test_the_form_offers_gear_and_the_call_sheet_lists_it(cast: Cast, ana: Caller, mic: Gear) -> None:
    makers.make_gear(cast.room, "Console", bookable=False)
    form = ana.page("/sessions/new/", project=cast.project.pk).content.decode()
    assert "Neumann U 87 (4711)" in form
    assert "Console" not in form
    session = makers.make_session(cast.project, cast.ana, room=cast.room, gear=[mic])
    assert "Neumann U 87" in ana.page(f"/sessions/{session.pk}/").content.decode()
    sheet = ana.get(f"call-sheets/{session.pk}/").json()
    assert sheet["sheet"]["gear"] == [{"what": "Neumann U 87", "source": "reserved", "who": ""}]
    assert "Reserved" in ana.page(f"/sessions/{session.pk}/call-sheet/").content.decode()
    answer = ana.send(f"/sessions/{session.pk}/gear/", gear=[], _etag='"1"')
    assert answer.status_code == 302
    assert not session.gear.exists()


@pytest.mark.once
def test_a_session_and_its_call_sheet_say_what_comes_with_the_room(cast: Cast, ana: Caller) -> None:
    console, *_mics = (makers.make_gear(cast.room, name, bookable=False) for name in ("Console", "U 67", "U 67"))
    makers.make_gear(cast.room, "Retired", bookable=False, active=False)
    makers.make_gear(cast.room, "Reserved alone")
    makers.make_gear(cast.room.studio, "Of the studio", bookable=False)
    repair(console, "2027-03-10", "2027-03-10")
    made = ana.post("sessions/", **booking(cast, room=cast.room.pk, remote_place="")).json()
    assert [(item["name"], item["is_out"]) for item in made["room_gear"]] == [
        ("Console", True),
        ("U 67", False),
        ("U 67", False),
    ]
    page = ana.page(f"/sessions/{made['id']}/").content.decode()
    assert "Comes with the room" in page and "Out for repair" in page
    sheet = ana.get(f"call-sheets/{made['id']}/").json()["sheet"]
    assert (sheet["gear"], sheet["room_gear"]) == ([], ["2 × U 67"])  # what is away is not promised
    assert "2 × U 67" in ana.page(f"/sessions/{made['id']}/call-sheet/").content.decode()
    elsewhere = ana.post("sessions/", **booking(cast, day="2027-03-11")).json()
    assert elsewhere["room_gear"] == []
    assert ana.get(f"call-sheets/{elsewhere['id']}/").json()["sheet"]["room_gear"] == []
    # who is called reads it on the sheet that was sent, not on the session
    called = makers.make_session(
        cast.project,
        cast.ana,
        "2027-03-12T10:00",
        "2027-03-12T12:00",
        room=cast.room,
        calls=[{"contributor": cast.nora_called, "role": "Voice"}],
    )
    assert Caller(cast.nora).get(f"sessions/{called.pk}/").json()["room_gear"] == []


@pytest.mark.once
def test_another_room_tells_no_change_of_gear(cast: Cast) -> None:
    def sheet(room: str, *gear: str) -> dict[str, Any]:
        place = dict.fromkeys(("studio", "address", "city", "phone", "remote"), "") | {"room": room}
        return {"place": place, "songs": [], "gear": [], "room_gear": list(gear), "people": [], "contacts": []}

    told = lambda *sheets: [text for _what, text in changes._lists(*sheets)]  # noqa: E731
    assert told(sheet("A", "U 67"), sheet("A", "2 × U 67")) == [
        "In the room now: 2 × U 67",
        "Not in the room any more: U 67",
    ]
    assert told(sheet("A", "U 67"), sheet("B", "C 12")) == []


# --- in the calendar ----------------------------------------------------------------------------------

MARCH = {"since": "2027-03-08T00:00:00Z", "until": "2027-03-15T00:00:00Z"}


@pytest.mark.once
def test_the_calendar_tells_who_has_which_item_and_what_is_away(cast: Cast, ana: Caller, mic: Gear) -> None:
    session = makers.make_session(cast.project, cast.ana, gear=[mic])
    repair(mic, "2027-03-13", None, reason="Capsule")
    repair(mic, "2027-01-13", "2027-01-14")
    found = ana.get("sessions/calendar/gear/", **MARCH).json()
    assert found["items"] == [{"id": mic.pk, "name": "Neumann U 87", "kind": "microphone", "serial": "4711"}]
    assert found["reserved"] == [{"session": session.pk, "gear": mic.pk}]
    assert found["out"] == [{"gear": mic.pk, "first": "2027-03-13", "last": None, "reason": "Capsule"}]
    for name in ("nora", "emil", "lena", "cleo"):
        assert Caller(getattr(cast, name)).get("sessions/calendar/gear/", **MARCH).json() == {
            "more": False,
            "items": [],
            "reserved": [],
            "out": [],
        }


@pytest.mark.once
def test_the_calendar_tells_when_studios_are_open(cast: Cast, ana: Caller) -> None:
    assert ana.get("sessions/calendar/open/", **MARCH).json() == {"results": []}
    studio = cast.room.studio
    studio.opening_hours = [{"weekday": 0, "opens": "10:00", "closes": "02:00"}]
    studio.save()
    (found,) = ana.get("sessions/calendar/open/", **MARCH).json()["results"]
    assert found["spans"] == [{"starts_at": "2027-03-08T09:00:00Z", "ends_at": "2027-03-09T01:00:00Z"}]
    assert Caller(cast.nora).get("sessions/calendar/open/", **MARCH).json() == {"results": []}


@pytest.mark.once
def test_the_timeline_by_gear(cast: Cast, ana: Caller, mic: Gear) -> None:
    session = makers.make_session(cast.project, cast.ana, gear=[mic], title="Lead vocal")
    amp = makers.make_gear(cast.desk, "AC30", kind="backline")
    repair(amp, "2027-03-09", "2027-03-11")
    page = ana.page("/calendar/", view="timeline", rows="gear", date="2027-03-10").content.decode()
    row = page.split(f'data-row="gear-{mic.pk}"')[1].split("</section>")[0]
    assert f'data-ev="{session.pk}"' in row
    row = page.split(f'data-row="gear-{amp.pk}"')[1].split("</section>")[0]
    assert row.count("pd-ev-out") == 3
    assert "data-ev" not in row
    narrowed = ana.page("/calendar/", view="timeline", rows="gear", date="2027-03-10", project=cast.project.pk)
    assert f'data-row="gear-{amp.pk}"' not in narrowed.content.decode()


@pytest.mark.once
def test_the_ends_of_time_are_asked_without_harm(cast: Cast, ana: Caller, mic: Gear) -> None:
    studio = cast.room.studio
    studio.opening_hours = [{"weekday": 0, "opens": "10:00", "closes": "02:00"}]
    studio.save()
    beginning, end = ("0001-01-01T00:00:00Z", "0001-02-01T00:00:00Z"), ("9999-12-01T00:00:00Z", "9999-12-31T23:59:59Z")
    for since, until in (beginning, end):
        for name in ("gear", "open", "busy"):
            assert ana.get(f"sessions/calendar/{name}/", since=since, until=until).status_code == 200
    for first, last in (
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("x", None),
        ("2027-03-01", "9999-12-31"),
        ([], {}),
    ):
        assert ana.post("gear-repairs/", gear=mic.pk, first=first, last=last).status_code == 400
    strange: tuple[Any, ...] = (-1, 0, 2**63, "1e9", True, None, [], "\x00")
    for key in strange:
        assert ana.post("gear-faults/", gear=key, text="Hums").status_code == 400
        assert ana.get("gear/", room=str(key)).status_code in (200, 400)
    for text in ("", " ", "x" * 401, "\x00"):
        assert ana.post("gear-faults/", gear=mic.pk, text=text).status_code == 400
