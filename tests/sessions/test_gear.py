"""Gear: what a desk has, what is away, and that one session at a time has an item."""

import datetime as dt
from typing import Any

import pytest

from sessions.models import BookingSlot, Gear, GearFault, GearRepair, StudioSession
from sessions.sheets import changes
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def mic(cast: Cast) -> Gear:
    """The good vocal mic."""
    return makers.make_gear(cast.room, serial="4711")


def booking(cast: Cast, *gear: Gear, day: str = "2027-03-10", **said: Any) -> dict[str, Any]:
    said = {"starts": "10:00", "ends": "18:00", "remote_place": "Nora's kitchen"} | said
    return {"project": cast.project.pk, "title": "Vocals", "day": day, "gear": [item.pk for item in gear]} | said


def repair(gear: Gear, first: str, last: str | None, **said: Any) -> GearRepair:
    until = dt.date.fromisoformat(last) if last else None
    return GearRepair.objects.create(gear=gear, first=dt.date.fromisoformat(first), last=until, **said)


def slots(gear: Gear) -> list[tuple[str, str]]:
    found = BookingSlot.objects.filter(resource__gear=gear).order_by("starts_at")
    return [(f"{slot.starts_at:%d %H:%M}", slot.state) for slot in found]


# --- what it is ---------------------------------------------------------------------------------------


@pytest.mark.once
def test_gear_is_added_changed_and_retired(cast: Cast, ana: Caller) -> None:
    made = ana.post("gear/", name="LA-2A", kind="compressor", room=cast.room.pk, bookable=False)
    assert made.status_code == 201
    gear = made.json()
    assert gear["studio"]["id"] == cast.room.studio_id  # a room says its studio
    said: dict[str, Any] = {
        "name": "LA-2A silver",
        "kind": "compressor",
        "studio": None,
        "room": None,
        "bookable": True,
    }
    assert ana.put(f"gear/{gear['id']}/", **said).status_code == 428
    assert ana.put(f"gear/{gear['id']}/", version=9, **said).status_code == 412
    changed = ana.put(f"gear/{gear['id']}/", version=gear["version"], **said).json()
    assert (changed["name"], changed["room"], changed["bookable"]) == ("LA-2A silver", None, True)
    assert ana.post(f"gear/{gear['id']}/archive/").json()["active"] is False
    refused = ana.post("sessions/", **booking(cast, Gear.objects.get(pk=gear["id"])))
    assert refused.json()["fields"] == {"gear": ["LA-2A silver is retired."]}


@pytest.mark.once
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"kind": "spaceship"}, "kind"),
        ({"room": "other"}, "room"),
        ({"studio": "other"}, "studio"),
        ({"price": "12"}, "price"),
    ],
)
def test_what_makes_no_sense_of_gear_is_refused_by_field(
    cast: Cast, ana: Caller, said: dict[str, Any], field: str
) -> None:
    others = {"room": cast.other_room.pk, "studio": cast.other_room.studio_id}
    said = {name: others[name] if text == "other" else text for name, text in said.items()}
    answer = ana.post("gear/", **({"name": "LA-2A", "kind": "compressor"} | said))
    assert answer.status_code == 400
    assert field in answer.json()["fields"]


@pytest.mark.once
def test_gear_is_found_by_kind_home_state_and_name(cast: Cast, ana: Caller, mic: Gear) -> None:
    drums = makers.make_gear(cast.desk, "Ludwig kit", kind="backline")
    GearFault.objects.create(
        gear=drums, noted_at=dt.datetime(2027, 2, 1, tzinfo=dt.UTC), noted_by=cast.ana, text="Squeaks"
    )
    repair(mic, "2027-02-20", None)
    makers.make_gear(cast.other_desk, "Elsewhere's mic")

    def found(**asked: Any) -> list[str]:
        return [row["name"] for row in ana.get("gear/", **asked).json()["results"]]

    assert found() == ["Ludwig kit", "Neumann U 87"]
    assert found(search="471") == found(kind="microphone") == found(room=cast.room.pk) == ["Neumann U 87"]
    assert found(state="out") == ["Neumann U 87"]
    assert found(state="faulty") == ["Ludwig kit"]
    assert found(state="ready") == []
    assert ana.get("gear/", price="1").status_code == 400


@pytest.mark.once
def test_who_does_not_book_at_the_desk_sees_no_gear(cast: Cast, mic: Gear) -> None:
    session = makers.make_session(
        cast.project, cast.ana, gear=[mic], calls=[{"contributor": cast.nora_called}, {"contributor": cast.emil_called}]
    )
    for name in ("nora", "emil", "lena", "cleo"):
        caller = Caller(getattr(cast, name))
        assert caller.get(f"gear/{mic.pk}/").status_code in (403, 404)
        assert not caller.get(f"sessions/{session.pk}/").json().get("gear")
        assert caller.get("sessions/", gear=mic.pk).status_code == (200 if name == "cleo" else 400)
    assert [row["name"] for row in Caller(cast.asa).get(f"sessions/{session.pk}/").json()["gear"]] == ["Neumann U 87"]


# --- booked -------------------------------------------------------------------------------------------


def test_an_item_is_in_one_session_at_a_time(cast: Cast, ana: Caller, mic: Gear) -> None:
    first = ana.post("sessions/", **booking(cast, mic)).json()
    clash = ana.post("sessions/", **booking(cast, mic, starts="17:00", ends="20:00"))
    assert clash.status_code == 409
    (told,) = clash.json()["clashes"]
    assert (told["field"], told["session"]) == ("gear", first["id"])
    assert told["text"] == "Neumann U 87 is booked 10:00 – 18:00 for Salt & Neon."
    assert clash.json()["free"], "other times are offered"
    assert ana.post("sessions/", **booking(cast, mic, starts="18:00", ends="20:00")).status_code == 201
    held = ana.post("sessions/", **booking(cast, mic, day="2027-03-11", hold=True)).json()
    line = ana.post("sessions/", **booking(cast, mic, day="2027-03-11", hold=True)).json()
    assert (held["hold_rank"], line["hold_rank"]) == (1, 2)
    assert ana.post(f"sessions/{line['id']}/confirm/").status_code == 409
    assert ana.post(f"sessions/{held['id']}/confirm/").status_code == 200


def test_gear_goes_along_with_its_session(cast: Cast, ana: Caller, mic: Gear) -> None:
    """Moved, cancelled, restored, booked once more, and taken off again."""
    first = ana.post("sessions/", **booking(cast, mic)).json()
    path = f"sessions/{first['id']}/"
    hours = {"starts": "12:00", "ends": "14:00", "remote_place": "Nora's kitchen"}
    moved = ana.client.post(
        f"/api/v1/{path}move/",
        {"day": "2027-03-12", **hours},
        content_type="application/json",
        headers={"If-Match": f'"{first["version"]}"'},
    )
    assert moved.status_code == 200
    assert slots(mic) == [("12 11:00", "confirmed")]
    assert ana.post(f"{path}cancel/").status_code == 200
    assert slots(mic) == []
    other = ana.post("sessions/", **booking(cast, mic, day="2027-03-12")).json()
    assert [clash["field"] for clash in ana.post(f"{path}restore/").json()["clashes"]] == ["gear"]
    ana.post(f"sessions/{other['id']}/cancel/")
    assert ana.post(f"{path}restore/").status_code == 200
    copy = ana.post(f"{path}duplicate/", day="2027-03-19", starts="12:00", ends="14:00").json()
    assert [row["name"] for row in copy["gear"]] == ["Neumann U 87"]
    assert ana.post(f"{path}duplicate/", day="2027-03-12", starts="13:00", ends="14:00").status_code == 409
    off = ana.client.post(
        f"/api/v1/sessions/{copy['id']}/gear/",
        {"gear": []},
        content_type="application/json",
        headers={"If-Match": f'"{copy["version"]}"'},
    )
    assert off.json()["gear"] == []
    assert slots(mic) == [("12 11:00", "confirmed")]


def test_a_series_has_gear_on_all_dates_or_on_none(cast: Cast, ana: Caller, mic: Gear) -> None:
    repair(mic, "2027-03-24", "2027-03-24", reason="New capsule")
    weekly: dict[str, Any] = {"repeats": "weekly", "repeat_times": 3}
    refused = ana.post("sessions/", **booking(cast, mic, **weekly))
    assert [clash["text"] for clash in refused.json()["clashes"]] == [
        "Wed 24 Mar: Neumann U 87 is out for repair on Wed 24 Mar: New capsule."
    ]
    assert not StudioSession.objects.exists()
    first = ana.post("sessions/", **booking(cast, **weekly)).json()

    def reserve(scope: str, version: int) -> Any:
        return ana.client.post(
            f"/api/v1/sessions/{first['id']}/gear/",
            {"gear": [mic.pk], "scope": scope},
            content_type="application/json",
            headers={"If-Match": f'"{version}"'},
        )

    assert reserve("all", first["version"]).status_code == 409
    assert slots(mic) == []
    GearRepair.objects.all().delete()
    assert reserve("all", first["version"]).status_code == 200
    assert [at for at, _state in slots(mic)] == ["10 09:00", "17 09:00", "24 09:00"]


@pytest.mark.once
@pytest.mark.parametrize("which", ["other", "stays", "unknown"])
def test_gear_that_cannot_be_had_is_refused_by_field(cast: Cast, ana: Caller, which: str) -> None:
    key = {
        "other": lambda: makers.make_gear(cast.other_desk).pk,
        "stays": lambda: makers.make_gear(cast.room, bookable=False).pk,
        "unknown": lambda: 10**9,
    }[which]()
    answer = ana.post("sessions/", **(booking(cast) | {"gear": [key]}))
    assert answer.status_code == 400
    assert "gear" in answer.json()["fields"]


# --- away ---------------------------------------------------------------------------------------------


def test_gear_out_for_repair_is_not_booked(cast: Cast, ana: Caller, mic: Gear) -> None:
    held = ana.post("sessions/", **booking(cast, mic, day="2027-03-14", hold=True)).json()
    booked = ana.post("sessions/", **booking(cast, mic, day="2027-03-15")).json()
    made = ana.post("gear-repairs/", gear=mic.pk, first="2027-03-10", last="2027-03-15", reason="Capsule")
    assert made.status_code == 201
    refused = ana.post("sessions/", **booking(cast, mic, starts="22:00", ends="02:00", day="2027-03-09"))
    assert [(clash["field"], clash["text"]) for clash in refused.json()["clashes"]] == [
        ("gear", "Neumann U 87 is out for repair Wed 10 Mar – Mon 15 Mar: Capsule.")
    ]
    # what ends at midnight is over before
    night = booking(cast, mic, starts="20:00", ends="00:00", day="2027-03-09")
    assert ana.post("sessions/", **night).status_code == 201
    assert ana.post(f"sessions/{held['id']}/confirm/").status_code == 409
    # what was booked stands, and is listed
    assert [row["id"] for row in ana.get(f"gear/{mic.pk}/needed/").json()["results"]] == [held["id"], booked["id"]]
    free = ana.get(
        "sessions/find/",
        project=cast.project.pk,
        minutes=120,
        first="2027-03-13",
        last="2027-03-17",
        gear=mic.pk,
        rooms=cast.room.pk,
    )
    assert sorted({row["day"] for row in free.json()["results"]}) == ["2027-03-16", "2027-03-17"]
    assert ana.delete(f"gear-repairs/{made.json()['id']}/").status_code == 204
    assert ana.post(f"sessions/{held['id']}/confirm/").status_code == 200


@pytest.mark.once
def test_repairs_do_not_overlap_and_end_after_they_begin(cast: Cast, ana: Caller, mic: Gear) -> None:
    made = ana.post("gear-repairs/", gear=mic.pk, first="2027-02-20").json()
    again = ana.post("gear-repairs/", gear=mic.pk, first="2027-03-20", last="2027-03-21")
    assert list(again.json()["fields"]) == ["first"]
    backwards = ana.put(f"gear-repairs/{made['id']}/", version=1, first="2027-02-20", last="2027-02-01", reason="")
    assert list(backwards.json()["fields"]) == ["last"]
    assert ana.get(f"gear/{mic.pk}/").json()["is_out"] is True
    assert ana.post(f"gear-repairs/{made['id']}/back/").json()["last"] == "2027-02-28"
    assert ana.post(f"gear-repairs/{made['id']}/back/").status_code == 409
    assert ana.get(f"gear/{mic.pk}/").json()["is_out"] is False


@pytest.mark.once
def test_faults_are_logged_and_put_right(cast: Cast, ana: Caller, mic: Gear) -> None:
    fault = ana.post("gear-faults/", gear=mic.pk, text="Crackles at −20 dB").json()
    assert (fault["noted_by"], fault["fixed_at"], fault["noted_at"]) == ("Ana", None, "2027-03-01T12:00:00Z")
    assert ana.get(f"gear/{mic.pk}/").json()["faults_open"] == 1
    assert ana.post("sessions/", **booking(cast, mic)).status_code == 201, "a crackle keeps nobody from booking"
    assert ana.post(f"gear-faults/{fault['id']}/fix/").json()["fixed_at"] == "2027-03-01T12:00:00Z"
    assert ana.post(f"gear-faults/{fault['id']}/reopen/").json()["fixed_at"] is None
    assert ana.delete(f"gear-faults/{fault['id']}/").status_code == 204


@pytest.mark.once
def test_gear_that_was_reserved_is_not_deleted(cast: Cast, ana: Caller, mic: Gear) -> None:
    session = ana.post("sessions/", **booking(cast, mic)).json()
    refused = ana.delete(f"gear/{mic.pk}/")
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Sessions have reserved it. Retire it")
    stays = {"name": mic.name, "kind": mic.kind, "bookable": False}
    assert list(ana.put(f"gear/{mic.pk}/", version=1, **stays).json()["fields"]) == ["bookable"]
    ana.post(f"sessions/{session['id']}/cancel/")
    assert ana.delete(f"gear/{mic.pk}/").status_code == 409, "what was cancelled can be restored"
    assert ana.delete(f"gear/{makers.make_gear(cast.desk).pk}/").status_code == 204


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
