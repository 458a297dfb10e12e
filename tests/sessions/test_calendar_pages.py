"""The calendar and the pages of studios."""

import pytest

from sessions.models import Room, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.paging import form_of, text

pytestmark = pytest.mark.usefixtures("noon")


def test_the_calendar_draws_rooms_people_and_holds(cast: Cast, ana: Caller, session: StudioSession) -> None:
    makers.make_session(cast.project, cast.ana, starts="2027-03-12T22:00", ends="2027-03-13T02:00", hold=True)
    page = ana.page("/calendar/?date=2027-03-10")
    data = page.context["data"]
    drums, night = data["events"]
    assert (drums["start"], drums["url"]) == ("2027-03-10T10:00", f"/sessions/{session.pk}/")
    assert drums["resources"] == [
        f"room-{cast.room.pk}",
        f"person-{cast.wren_called.pk}",
        f"person-{cast.nora_called.pk}",
    ]
    assert "is-hold" in night["classes"]
    assert [row["title"] for row in data["resources"]] == [
        "Rooms",
        "Foxglove",
        "Remote",
        "People",
        "Nora",
        "Wren Castellan",
    ]
    assert page.context["hours"] == {"from": "00:00", "until": "24:00"}
    assert "8 – 14 March" in text(page)
    month = ana.page("/calendar/?view=month&date=2027-03-31")
    assert [day["day"] for day in month.context["days"]] == ["2027-03-10", "2027-03-12"]
    assert "Wednesday 10 March" in text(ana.page("/calendar/?view=list&date=2027-03-01"))
    other = makers.make_project(cast.desk, "Slow Cathedral")
    assert not ana.page(f"/calendar/?date=2027-03-10&project={other.pk}").context["data"]["events"]


def test_a_week_without_rooms_says_what_makes_rows(cast: Cast, ana: Caller) -> None:
    Room.objects.all().delete()
    page = ana.page("/calendar/?view=week&by=rooms")
    assert "No room and nobody to book yet" in text(page)
    assert 'href="/studios/new/"' in page.content.decode() and 'id="calendar"' not in page.content.decode()
    assert "Nothing is planned in this week" in text(Caller(cast.lena).page("/calendar/?view=week&by=rooms"))
    assert 'id="calendar"' in ana.page("/calendar/?view=week&by=hours").content.decode()


def test_the_label_sees_the_calendar_and_books_nothing(cast: Cast, session: StudioSession) -> None:
    page = Caller(cast.lena).page("/calendar/?date=2027-03-10")
    assert "Book session" not in text(page)
    assert page.context["data"]["events"]
    assert Caller(cast.lena).page("/sessions/new/").status_code == 403
    assert Caller(cast.lena).page("/studios/").status_code == 403


def test_a_studio_its_room_and_rates_are_added_changed_and_put_out_of_use(cast: Cast, ana: Caller) -> None:
    sent = form_of(ana.page("/studios/new/")) | {"name": "Tin Roof", "city": "Berlin"}
    done = ana.send("/studios/new/", **sent)
    studio = ana.get("studios/", search="Tin").json()["results"][0]
    assert done.headers["Location"] == f"/studios/{studio['id']}/rooms/new/"
    room_form = {"name": "Live room", "setup_minutes": "30", "reset_minutes": "45"}
    rates = {
        "rates[0]unit": "hour",
        "rates[0]amount.amount": "",
        "rates[0]amount.currency": "EUR",
        "rates[0]hours": "1",
    }
    rates |= {
        "rates[2]unit": "day",
        "rates[2]amount.amount": "590",
        "rates[2]amount.currency": "EUR",
        "rates[2]hours": "10",
    }
    assert ana.send(done.headers["Location"], **room_form | rates).status_code == 302
    (room,) = ana.get(f"studios/{studio['id']}/").json()["rooms"]
    assert [(rate["unit"], rate["amount"]["amount"]) for rate in room["rates"]] == [("day", "590.00")]
    url = f"/rooms/{room['id']}/edit/"
    assert ana.send(url, **form_of(ana.page(url))).status_code == 302
    (same,) = ana.get(f"studios/{studio['id']}/").json()["rooms"]
    assert same | {"version": 0} == room | {"version": 0}
    out = ana.client.post(f"/rooms/{room['id']}/archive/", follow=True)
    assert f'action="/rooms/{room["id"]}/restore/"' in out.content.decode()
    assert ana.send(f"/studios/{studio['id']}/delete/").headers["Location"] == "/studios/"


def test_a_room_that_was_booked_is_not_deleted_and_says_why(cast: Cast, ana: Caller, session: StudioSession) -> None:
    assert "Sessions were booked here" in text(ana.send(f"/rooms/{cast.room.pk}/delete/"), 409)
    assert "Sessions were booked here" in text(ana.send(f"/studios/{cast.room.studio_id}/delete/"), 409)
