"""Where a session is: in a room or elsewhere, never both; and what is entered when it is over."""

from typing import Any

import pytest

from sessions.models import StudioSession
from sessions.places import street_of
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("noon")]


def wish(cast: Cast, **said: Any) -> dict[str, Any]:
    return {
        "project": cast.project.pk,
        "title": "Vocals",
        "day": "2027-03-10",
        "starts": "10:00",
        "ends": "12:00",
        "room": cast.room.pk,
    } | said


@pytest.mark.parametrize(
    ("said", "field"),
    [({"remote_place": "Nora's kitchen"}, "remote_place"), ({"time_zone": "Asia/Tokyo"}, "time_zone")],
)
def test_a_room_and_a_place_elsewhere_are_refused_together(
    cast: Cast, ana: Caller, said: dict[str, Any], field: str
) -> None:
    for path in ("sessions/", "sessions/price/"):
        refused = ana.post(path, **wish(cast, **said))
        assert refused.status_code == 400
        assert list(refused.json()["fields"]) == [field]
    session = makers.make_session(cast.project, cast.ana, room=cast.room)
    moved = ana.client.post(
        f"/api/v1/sessions/{session.pk}/move/",
        {"day": "2027-03-11", "starts": "10:00", "ends": "12:00", "room": cast.room.pk, **said},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert list(moved.json()["fields"]) == [field]
    # what changes nothing is no contradiction
    assert (
        ana.post("sessions/", **wish(cast, day="2027-03-12", remote_place="", time_zone="Europe/Berlin")).status_code
        == 201
    )


def test_a_form_drops_what_it_still_holds_of_elsewhere(cast: Cast, ana: Caller) -> None:
    """Somebody began with a place and chose a room after all: those fields are not seen any more."""
    typed = wish(cast, remote_place="Nora's kitchen", time_zone="Asia/Tokyo")
    assert ana.send("/sessions/new/", **typed).status_code == 302
    session = StudioSession.objects.get()
    assert (session.room, session.remote_place, session.time_zone) == (cast.room, "", "Europe/Berlin")


def test_what_is_given_a_room_is_elsewhere_no_more(cast: Cast, ana: Caller) -> None:
    """As dragging does it, there and back."""
    session = makers.make_session(cast.project, cast.ana, time_zone="Asia/Tokyo")

    def move(version: int, **said: Any) -> Any:
        hours = {"day": "2027-03-10", "starts": "10:00", "ends": "18:00"}
        return ana.client.post(
            f"/api/v1/sessions/{session.pk}/move/",
            hours | said,
            content_type="application/json",
            headers={"If-Match": f'"{version}"'},
        ).json()

    there = move(1, room=cast.room.pk)
    assert (there["remote_place"], there["time_zone"]) == ("", "Europe/Berlin")
    back = move(there["version"], room=None, remote_place="Nora's kitchen", time_zone="Asia/Tokyo")
    assert (back["room"], back["remote_place"], back["time_zone"]) == (None, "Nora's kitchen", "Asia/Tokyo")
    assert back["starts_at"] == "2027-03-10T01:00:00Z"


def test_what_is_over_is_booked_with_a_warning(cast: Cast, ana: Caller) -> None:
    text = "This is in the past; nobody will be reminded."
    said = wish(cast, day="2027-02-26")
    assert ana.post("sessions/price/", **said).json()["warnings"] == [{"code": "past", "text": text, "link": ""}]
    assert text in ana.send("/sessions/price/", **said).content.decode()
    booked = ana.post("sessions/", **said)
    assert booked.status_code == 201
    assert booked.json()["booked_afterwards"] is True
    # what still goes on is no past
    going_on = ana.post("sessions/price/", **wish(cast, day="2027-03-01", ends="14:00")).json()["warnings"]
    assert "past" not in [warning["code"] for warning in going_on]
    assert ana.post("sessions/", **wish(cast)).json()["booked_afterwards"] is False


@pytest.mark.parametrize(
    ("address", "city", "street"),
    [
        ("Rua das Camélias 14", "Porto", "Rua das Camélias 14, Porto"),
        ("Rua das Camélias 14, 4000 Porto", "Porto", "Rua das Camélias 14, 4000 Porto"),
        ("", "Porto", "Porto"),
        ("Rua das Camélias 14", "", "Rua das Camélias 14"),
        ("", "", ""),
    ],
)
def test_a_city_is_not_said_twice(address: str, city: str, street: str) -> None:
    assert street_of(address, city) == street
