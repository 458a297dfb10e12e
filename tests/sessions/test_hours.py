"""Opening hours and closed days: what lies outside is refused with times that do not, unless it was agreed."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from producerdesk.kit import clock
from producerdesk.kit.errors import Clash, Refused
from sessions import actions
from sessions.actions.studios import set_hours
from sessions.booking.hours import Hours
from sessions.models import StudioSession
from tests import makers
from tests.cast import Cast

WORKDAYS = range(5)
MONDAY, FRIDAY, SATURDAY = "2087-03-10", "2087-03-14", "2087-03-15"


def span(weekday: int, opens: str, closes: str) -> dict[str, Any]:
    return {"weekday": weekday, "opens": dt.time.fromisoformat(opens), "closes": dt.time.fromisoformat(closes)}


def give(cast: Cast, *week: dict[str, Any], closed: tuple[tuple[str, str, str], ...] = ()) -> None:
    studio = cast.room.studio
    studio.refresh_from_db()
    days = [
        {"first": dt.date.fromisoformat(first), "last": dt.date.fromisoformat(last), "reason": reason}
        for first, last, reason in closed
    ]
    set_hours(studio=studio, expected=studio.version, opening_hours=list(week), closed_days=days)
    cast.room.studio.refresh_from_db()


def by_day(cast: Cast) -> None:
    give(cast, *(span(day, "10:00", "22:00") for day in WORKDAYS))


def book(cast: Cast, day: str, starts: str, ends: str, **said: Any) -> StudioSession:
    last = day if ends > starts else f"{day[:8]}{int(day[8:]) + 1:02}"
    return makers.make_session(cast.project, cast.ana, f"{day}T{starts}", f"{last}T{ends}", room=cast.room, **said)


def refused(cast: Cast, *when: str, **said: Any) -> Clash:
    with pytest.raises(Clash) as clash:
        book(cast, *when, **said)
    assert not StudioSession.objects.exists()
    return clash.value


@pytest.mark.parametrize(
    ("day", "starts", "ends", "field", "text"),
    [
        (MONDAY, "08:00", "12:00", "starts_local", "is open 10:00 – 22:00 on a Monday."),
        (MONDAY, "20:00", "23:00", "ends_local", "is open 10:00 – 22:00 on a Monday."),
        (MONDAY, "20:00", "02:00", "ends_local", "does not open on a Sunday."),
        (SATURDAY, "11:00", "12:00", "starts_local", "does not open on a Saturday."),
    ],
)
def test_outside_the_hours_is_refused_by_name(
    cast: Cast, day: str, starts: str, ends: str, field: str, text: str
) -> None:
    by_day(cast)
    clash = refused(cast, day, starts, ends)
    assert [(told["field"], told["closed"]) for told in clash.clashes] == [(field, True)]
    if "Sunday" not in text:
        assert clash.clashes[0]["text"].endswith(text)


def test_the_edges_are_inside(cast: Cast) -> None:
    by_day(cast)
    assert book(cast, MONDAY, "10:00", "22:00").outside_hours is False


def test_times_are_offered_at_which_it_is_open_and_free(cast: Cast) -> None:
    by_day(cast)
    book(cast, FRIDAY, "10:00", "20:00")
    with pytest.raises(Clash) as clash:
        book(cast, FRIDAY, "20:00", "23:00")
    offered = [(each["starts_local"], each["ends_local"][11:]) for each in clash.value.free]
    # nothing on Friday, nor on the days it does not open
    assert offered == [("2087-03-17T19:00", "22:00"), ("2087-03-18T19:00", "22:00"), ("2087-03-19T19:00", "22:00")]


def test_a_clash_too_offers_only_open_times(cast: Cast) -> None:
    by_day(cast)
    book(cast, FRIDAY, "12:00", "22:00")
    with pytest.raises(Clash) as clash:
        book(cast, FRIDAY, "12:00", "22:00")
    assert [each["starts_local"][:10] for each in clash.value.free] == ["2087-03-17", "2087-03-18", "2087-03-19"]


def test_a_night_goes_on_into_the_next_day(cast: Cast) -> None:
    give(cast, *(span(day, "18:00", "02:00") for day in range(7)))
    book(cast, MONDAY, "22:00", "02:00")
    with pytest.raises(Clash) as clash:
        book(cast, FRIDAY, "16:00", "20:00")
    assert clash.value.free[0]["starts_local"] == "2087-03-14T18:00"


def test_whole_days_join_each_other(cast: Cast) -> None:
    give(cast, *(span(day, "00:00", "00:00") for day in range(7)))
    book(cast, MONDAY, "20:00", "09:00")


def test_a_closed_day_says_why(cast: Cast) -> None:
    give(cast, closed=(("2087-03-09", "2087-03-11", "Desk is serviced"),))
    told = refused(cast, MONDAY, "11:00", "12:00").clashes[0]
    assert (told["field"], told["text"].endswith(": Desk is serviced.")) == ("starts_local", True)
    assert book(cast, "2087-03-12", "11:00", "12:00")


def test_what_was_agreed_is_booked_and_remembered(cast: Cast) -> None:
    by_day(cast)
    session = book(cast, SATURDAY, "11:00", "14:00", outside_hours=True)
    assert session.outside_hours is True
    plan: dict[str, Any] = {"viewer": cast.viewer("ana"), "session": session}
    with pytest.raises(Clash):  # another time is agreed anew
        actions.move_session(**plan, starts_local="2087-03-16T11:00", ends_local="2087-03-16T14:00")
    moved = actions.move_session(
        **plan, starts_local=f"{MONDAY}T11:00", ends_local=f"{MONDAY}T14:00", outside_hours=True
    )
    assert moved.outside_hours is False  # it is open then: there was nothing to agree


def test_a_copy_and_a_proposal_ask_for_the_hours_too(cast: Cast) -> None:
    by_day(cast)
    monday = clock.now().date() + dt.timedelta(days=14 - clock.now().weekday())
    day, saturday = monday.isoformat(), (monday + dt.timedelta(days=5)).isoformat()
    session = book(cast, day, "11:00", "14:00", calls=[{"contributor": cast.emil_called}])
    with pytest.raises(Clash):
        actions.duplicate_session(
            viewer=cast.viewer("ana"),
            session=session,
            starts_local=f"{saturday}T11:00",
            ends_local=f"{saturday}T14:00",
        )
    call = actions.propose_time(viewer=cast.viewer("emil"), call=session.calls.get(), proposed_local=f"{day}T21:00")
    with pytest.raises(Clash):
        actions.accept_proposal(viewer=cast.viewer("ana"), call=call, move="session")


def test_narrower_hours_leave_what_is_booked_and_list_it(cast: Cast, client: Client) -> None:
    inside, late = book(cast, MONDAY, "11:00", "14:00"), book(cast, FRIDAY, "18:00", "22:00")
    held = book(cast, SATURDAY, "10:00", "12:00", hold=True)
    agreed = StudioSession.objects.get(pk=book(cast, SATURDAY, "20:00", "23:00").pk)
    StudioSession.objects.filter(pk=agreed.pk).update(outside_hours=True)
    give(cast, *(span(day, "10:00", "20:00") for day in WORKDAYS))
    client.force_login(cast.ana)
    found = client.get(f"/api/v1/studios/{cast.room.studio_id}/outside/").json()["results"]
    assert [row["id"] for row in found] == [late.pk, held.pk]
    text = client.get(f"/studios/{cast.room.studio_id}/").text
    assert "Booked outside opening hours" in text
    assert f"/sessions/{late.pk}/" in text and f"/sessions/{inside.pk}/" not in text
    # a hold that stands may be confirmed
    assert actions.confirm_session(viewer=cast.viewer("ana"), session=held).state == "confirmed"


def test_days_the_wrong_way_round_are_refused_by_name(cast: Cast) -> None:
    with pytest.raises(Refused) as error:
        give(cast, closed=(("2087-03-11", "2087-03-09", ""),))
    assert list(error.value.fields) == ["closed_days.0.last"]


@pytest.mark.parametrize(
    ("week", "field"),
    [
        ([(0, "10:00", "14:00"), (0, "14:00", "22:00")], None),
        ([(0, "18:00", "02:00"), (1, "02:00", "12:00")], None),
        ([(day, "00:00", "00:00") for day in range(7)], None),
        ([(0, "10:00", "14:00"), (0, "13:59", "22:00")], "opening_hours.1.opens"),
        ([(0, "13:00", "22:00"), (0, "10:00", "14:00")], "opening_hours.0.opens"),
        ([(0, "10:00", "14:00"), (0, "10:00", "14:00")], "opening_hours.1.opens"),
        ([(0, "10:00", "22:00"), (0, "12:00", "13:00")], "opening_hours.1.opens"),
        ([(0, "18:00", "02:00"), (1, "01:00", "12:00")], "opening_hours.1.opens"),
        ([(0, "01:00", "12:00"), (6, "18:00", "02:00")], "opening_hours.0.opens"),
    ],
)
def test_hours_may_touch_and_not_overlap(cast: Cast, week: list[tuple[int, str, str]], field: str | None) -> None:
    rows = [span(*row) for row in week]
    if field is None:
        give(cast, *rows)
        return
    with pytest.raises(Refused) as error:
        give(cast, *rows)
    assert list(error.value.fields) == [field]


def test_hours_that_overlap_are_refused_beside_the_row_by_api_and_form(cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    studio = f"/studios/{cast.room.studio_id}/"
    etag = client.get(f"/api/v1{studio}")["ETag"]
    late = {"weekday": 0, "opens": "18:00", "closes": "03:00"}
    body = {"opening_hours": [late, {"weekday": 1, "opens": "02:00", "closes": "12:00"}]}
    answer = client.put(f"/api/v1{studio}hours/", body, content_type="application/json", headers={"If-Match": etag})
    said = "It is open then already: Monday, 18:00 – 03:00."
    assert (answer.status_code, answer.json()["fields"]) == (400, {"opening_hours.1.opens": [said]})
    # the lines of a form that are empty are left out: the second one that says something is Wednesday's
    rows = [(1, "18:00", "03:00"), (2, "02:00", "12:00")]
    page: dict[str, Any] = {"_etag": etag}
    for number in range(7):
        opens, closes = next(((row[1], row[2]) for row in rows if row[0] == number), ("", ""))
        row = f"opening_hours[{number}]"
        page |= {f"{row}weekday": str(number), f"{row}opens": opens, f"{row}closes": closes}
    drawn = client.post(f"{studio}hours/", page)
    assert drawn.status_code == 422
    wrong = [row for row in drawn.context["form"]["fields"]["opening_hours"]["rows"] if row["opens"]["errors"]]
    assert [str(row["weekday"]["value"]) for row in wrong] == ["2"]
    assert "It is open then already: Tuesday, 18:00 – 03:00." in drawn.text and 'value="18:00"' in drawn.text
    assert client.get(f"/api/v1{studio}").json()["opening_hours"] == []


def test_hours_are_written_whole_by_page_and_api(cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    studio = f"/studios/{cast.room.studio_id}/"
    etag = client.get(f"/api/v1{studio}")["ETag"]
    body = {"opening_hours": [{"weekday": 0, "opens": "10:00", "closes": "22:00"}], "closed_days": []}
    put: dict[str, Any] = {"content_type": "application/json", "headers": {"If-Match": etag}}
    tuesday = book(cast, "2087-03-11", "11:00", "14:00")
    answer = client.put(f"/api/v1{studio}hours/", body, **put).json()
    assert answer["opening_hours"] == body["opening_hours"]
    assert [row["id"] for row in answer["outside"]] == [tuesday.pk]
    assert client.put(f"/api/v1{studio}hours/", body, **put).status_code == 412
    wrong = {"opening_hours": [{"weekday": 9, "opens": "10:00", "closes": "22:00"}]}
    assert client.put(f"/api/v1{studio}hours/", wrong, **put).status_code == 400
    page: dict[str, Any] = {"_etag": client.get(f"/api/v1{studio}")["ETag"]}
    for number in range(7):
        row = f"opening_hours[{number}]"
        filled = number in (1, 2)
        page |= {
            f"{row}weekday": str(number),
            f"{row}opens": "12:00" if filled else "",
            f"{row}closes": "20:00" if filled else "",
        }
    page |= {"closed_days[0]first": "2087-12-24", "closed_days[0]last": "", "closed_days[0]reason": "Christmas"}
    assert client.post(f"{studio}hours/", page).status_code == 302
    found = client.get(f"/api/v1{studio}").json()
    assert [row["weekday"] for row in found["opening_hours"]] == [1, 2]
    assert found["closed_days"] == [{"first": "2087-12-24", "last": "2087-12-24", "reason": "Christmas"}]


def test_the_form_asks_whether_it_was_agreed(cast: Cast, client: Client) -> None:
    by_day(cast)
    client.force_login(cast.ana)
    said: dict[str, Any] = {
        "project": str(cast.project.pk),
        "title": "Night",
        "room": str(cast.room.pk),
        "kind": "vocal",
        "day": SATURDAY,
        "starts": "11:00",
        "ends": "14:00",
    }
    assert "outside_hours" not in client.get("/sessions/new/").text
    page = client.post("/sessions/new/", said)
    assert page.status_code == 409
    assert 'name="outside_hours"' in page.text and "does not open on a Saturday" in page.text
    assert client.post("/sessions/new/", said | {"outside_hours": "true"}).status_code == 302
    assert StudioSession.objects.get().outside_hours


@pytest.mark.parametrize(("day", "hours"), [("2087-03-30", 12), ("2087-10-26", 12), ("2087-03-31", 12)])
def test_the_hours_keep_their_wall_time_over_a_clock_change(cast: Cast, day: str, hours: int) -> None:
    by_day(cast)
    give(cast, *(span(number, "10:00", "22:00") for number in range(7)))
    place = Hours(cast.room.studio)
    first = dt.datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=place.place)
    last = dt.datetime.fromisoformat(f"{day}T22:00").replace(tzinfo=place.place)
    assert place.covers(first, last)
    assert not place.covers(first - dt.timedelta(minutes=15), last)
    assert not place.covers(first, last + dt.timedelta(minutes=15))
