"""Gear: what a desk has, what is away, and that one session at a time has an item."""

import datetime as dt
from typing import Any

import pytest

from sessions.models import Gear, GearFault, GearRepair, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.gearing import booking, repair, slots

pytestmark = pytest.mark.usefixtures("noon")


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
