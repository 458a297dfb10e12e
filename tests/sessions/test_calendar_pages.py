"""The calendar and the pages of studios."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sessions import busy, reserved
from sessions.models import Call, Room, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.services import rounds
from tests.sessions.paging import form_of, text

pytestmark = [pytest.mark.usefixtures("noon"), pytest.mark.once]


def parts(page: Any) -> dict[str, dict[str, Any]]:
    """Return what the columns of a day or week show, by title."""
    return {part["title"]: part for column in page.context["grid"]["columns"] for part in column["parts"]}


def bars(page: Any) -> dict[str, list[str]]:
    """Return the titles on each line of a timeline, by the line's."""
    groups = page.context["grid"]["groups"]
    return {row["title"]: [bar["title"] for bar in row["bars"]] for group in groups for row in group["rows"]}


def test_a_week_keeps_a_night_in_one_piece(cast: Cast, ana: Caller, session: StudioSession) -> None:
    makers.make_session(cast.project, cast.ana, "2027-03-12T20:00", "2027-03-13T04:00", title="Night", hold=True)
    page = ana.page("/calendar/?view=week&date=2027-03-10")
    found = parts(page)
    assert found["Night"]["at"] == "ah-20 zh-28" and "is-hold" in found["Night"]["classes"]
    assert page.context["grid"]["classes"] == "from-9 hrs-19 days-1"
    assert [len(column["parts"]) for column in page.context["grid"]["columns"]] == [0, 0, 1, 0, 1, 0, 0]
    assert "8 – 14 March" in text(page)
    assert f'href="/sessions/{session.pk}/"' in page.content.decode()
    saturday = ana.page("/calendar/?view=day&date=2027-03-13")
    assert parts(saturday)["Night"] | {"cut": " is-cut-a", "at": "ah-0 zh-4"} == parts(saturday)["Night"]


def test_a_month_names_the_first_and_counts_the_rest(cast: Cast, ana: Caller, session: StudioSession) -> None:
    for hour in range(10, 16):
        makers.make_session(cast.project, cast.ana, f"2027-03-12T{hour}:00", f"2027-03-12T{hour + 1}:00", title="Call")
    page = ana.page("/calendar/?view=month&date=2027-03-31")
    squares = {square["iso"]: square for week in page.context["grid"]["weeks"] for square in week}
    assert (min(squares), max(squares)) == ("2027-03-01", "2027-04-04")
    assert len(squares["2027-03-12"]["chips"]) == 3 and squares["2027-03-12"]["more"] == "3 more"
    assert squares["2027-03-28"]["change"] == "23 h, clocks forward"
    assert "Wednesday 10 March" in text(ana.page("/calendar/?view=agenda&date=2027-03-01"))


def test_a_timeline_has_a_line_for_each_room_or_person(cast: Cast, ana: Caller, session: StudioSession) -> None:
    Room.objects.filter(pk=cast.room.pk).update(setup_minutes=30, reset_minutes=60)
    free = makers.make_room(cast.room.studio, "Room Z")
    address = "/calendar/?view=timeline&date=2027-03-10"
    page = ana.page(address)
    assert bars(page) == {cast.room.name: [session.title], free.name: []}
    bar = page.context["grid"]["groups"][0]["rows"][0]["bars"][0]
    assert bar["at"] == "ah-10 ad-2 zh-18 zd-2"
    assert bar["buffers"] == ["ah-9 ad-2 am-30 zh-10 zd-2", "ah-18 ad-2 zh-19 zd-2"]
    people = bars(ana.page(f"{address}&rows=people"))
    assert people["Wren Castellan"] == people["Nora"] == [session.title]
    Call.objects.filter(session=session, contributor=cast.wren_called).update(answer="declined")
    assert bars(ana.page(f"{address}&rows=people"))["Wren Castellan"] == [], "who said no is not taken"
    other = makers.make_project(cast.desk, "Slow Cathedral")
    assert bars(ana.page(f"{address}&rows=rooms&project={other.pk}"))[cast.room.name] == []


@pytest.mark.parametrize("view", ["week", "month", "agenda", "timeline"])
@pytest.mark.parametrize("name", ["project", "studio", "room", "person"])
def test_narrowed_by_what_is_not_there_it_says_so_and_shows_the_way_back(
    cast: Cast, ana: Caller, session: StudioSession, view: str, name: str
) -> None:
    hers = {"project": cast.other_project.pk, "studio": 999, "room": 999, "person": 999}[name]
    page = ana.page(f"/calendar/?view={view}&date=2027-03-10&{name}={hers}")
    assert "nothing of what the calendar is narrowed to" in text(page)
    assert f'href="?view={view}&amp;date=2027-03-10">Show all again' in page.content.decode()
    mine = {"project": cast.project, "studio": cast.room.studio, "room": cast.room, "person": cast.wren_called}[name]
    assert "Show all again" not in text(ana.page(f"/calendar/?view={view}&date=2027-05-10&{name}={mine.pk}"))


def test_the_hours_are_the_studios_or_ones_own(cast: Cast, ana: Caller, session: StudioSession) -> None:
    assert parts(ana.page("/calendar/?view=week&date=2027-03-10"))[session.title]["starts"] == "2027-03-10T10:00"
    cast.ana.time_zone = "America/New_York"
    cast.ana.save()
    page = ana.page("/calendar/?view=week&clock=mine&date=2027-03-10")
    part = parts(page)[session.title]
    zone = ZoneInfo(session.time_zone)
    there = datetime(2027, 3, 10, 10, tzinfo=zone).astimezone(ZoneInfo("America/New_York"))
    assert part["starts"] == f"{there:%Y-%m-%dT%H:%M}" and part["first"] == "2027-03-10T10:00"
    assert "Hours are those of your own clock, New York." in text(page)


def test_how_one_likes_to_see_it_is_kept(cast: Cast, ana: Caller, session: StudioSession) -> None:
    StudioSession.objects.filter(pk=session.pk).update(state="cancelled")
    assert parts(ana.page("/calendar/?view=week&date=2027-03-10")) == {}, "cancelled ones are hidden"
    ana.page("/calendar/?view=day&colour=state&cancelled=show&date=2027-03-10")
    page = ana.page("/calendar/?date=2027-03-10")
    assert page.context["view"] == "day"
    assert parts(page)[session.title]["classes"] == "is-s-cancelled is-cancelled"
    assert ana.page("/calendar/?view=dancing&date=2027-03-10").context["view"] == "day"
    ana.client.cookies["desk_calendar"] = "view=%00&colour=<b>"
    assert ana.page("/calendar/").context["view"] == "week"
    ana.client.cookies["desk_calendar"] = "view=day&" * 400
    assert ana.page("/calendar/").context["view"] == "day"


def test_only_who_plans_can_lift_a_session(cast: Cast, ana: Caller, session: StudioSession) -> None:
    address = "/calendar/?view=week&date=2027-03-10"
    assert f'data-version="{session.version}"' in ana.page(address).content.decode()
    for reader in (cast.nora, cast.lena):
        page = Caller(reader).page(address)
        assert session.title in text(page) and "data-version" not in page.content.decode()
        assert "cal-book" not in page.content.decode()
    StudioSession.objects.filter(pk=session.pk).update(state="wrapped")
    assert "data-version" not in ana.page(address).content.decode(), "what is over stays where it was"


def test_a_timeline_without_rooms_says_what_makes_rows(cast: Cast, ana: Caller) -> None:
    Room.objects.all().delete()
    page = ana.page("/calendar/?view=timeline")
    assert "No room to book yet" in text(page)
    assert 'href="/studios/new/"' in page.content.decode() and "data-calendar " not in page.content.decode()
    assert "Nothing is planned in this time" in text(Caller(cast.lena).page("/calendar/?view=timeline"))


def test_a_full_desk_opens_a_month_in_few_queries_and_little_data(
    cast: Cast, ana: Caller, session: StudioSession, django_assert_max_num_queries: Any
) -> None:
    """10,000 sessions in two years, a month with at most 8 queries and 150 KB. Short rounds take a part of them."""
    each = rounds(1_500, 10_000)
    span, hour = timedelta(days=730) * each / 10_000, timedelta(hours=1)
    first = datetime(2027, 3, 20, 8, tzinfo=UTC) - span / 2
    StudioSession.objects.bulk_create(
        [
            StudioSession(
                desk=cast.desk,
                project=cast.project,
                room=cast.room,
                title=f"Lead vocals and doubles {n}",
                time_zone=session.time_zone,
                starts_local="2027-01-01T10:00",
                ends_local="2027-01-01T14:00",
                starts_at=first + span * n / each,
                ends_at=first + span * n / each + 4 * hour,
                booked_by=cast.ana,
            )
            for n in range(each)
        ],
        batch_size=1_000,
    )
    address = "/calendar/?view=month&date=2027-03-10"
    ana.page(address)
    with django_assert_max_num_queries(8):
        page = ana.page(address)
    api = ana.get("sessions/calendar/month/", since="2027-02-28T00:00:00Z", until="2027-04-06T00:00:00Z")
    assert not api.json()["more"] and len(api.json()["results"]) > 450
    told = len(page.content), len(api.content)
    assert max(told) < 150_000, told
    with django_assert_max_num_queries(8):
        ana.page("/calendar/?view=week&date=2027-03-10")


def test_the_label_sees_the_calendar_and_books_nothing(cast: Cast, session: StudioSession) -> None:
    page = Caller(cast.lena).page("/calendar/?date=2027-03-10")
    assert "Book session" not in text(page)
    assert parts(page)
    assert Caller(cast.lena).page("/sessions/new/").status_code == 403
    assert Caller(cast.lena).page("/studios/").status_code == 403


def test_a_studio_its_room_and_rates_are_added_changed_and_put_out_of_use(cast: Cast, ana: Caller) -> None:
    sent = form_of(ana.page("/studios/new/")) | {"name": "Tin Roof", "city": "Berlin"}
    done = ana.send("/studios/new/", **sent)
    studio = ana.get("studios/", search="Tin").json()["results"][0]
    assert done.headers["Location"] == f"/studios/{studio['id']}/rooms/new/"
    assert "15 minutes, the usual" in text(ana.page(done.headers["Location"])), "an open step says what it is"
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


def test_who_is_taken_by_another_desk_is_busy_and_no_more(cast: Cast, ana: Caller, session: StudioSession) -> None:
    """Nora sings for two desks: each sees that she is taken by the other, never by what."""
    sam = makers.make_user("sam")
    other = makers.make_project(makers.make_desk(sam), "A secret record")
    nora = makers.make_contributor(other.desk, "N.", user=cast.nora)
    called = [{"contributor": nora, "role": "Artist"}]
    makers.make_session(other, sam, "2027-03-11T12:00", "2027-03-11T15:00", title="Hush", calls=called)
    makers.make_session(other, sam, "2027-03-12T12:00", "2027-03-12T15:00", title="Perhaps", calls=called, hold=True)
    span = {"since": "2027-03-11T13:00:00Z", "until": "2027-03-20T00:00:00Z"}
    (busy,) = ana.get("sessions/calendar/busy/", **span).json()["results"]
    assert (busy["room"], busy["person"], busy["starts_at"]) == (None, cast.nora_called.pk, span["since"])
    page = ana.page("/calendar/?view=timeline&rows=people&date=2027-03-10")
    rows = {row["title"]: row for group in page.context["grid"]["groups"] for row in group["rows"]}
    assert len(rows["Nora"]["busy_at"]) == 1 and rows["Wren Castellan"]["busy_at"] == []
    assert "Hush" not in page.content.decode() and "secret" not in page.content.decode()
    (back,) = Caller(sam).get("sessions/calendar/busy/", **span | {"since": "2027-03-01T00:00:00Z"}).json()["results"]
    assert (back["person"], back["starts_at"][:10]) == (nora.pk, "2027-03-10"), "and the other way round"
    for reader in (cast.nora, cast.lena):
        assert Caller(reader).get("sessions/calendar/busy/", **span).json()["results"] == []
    for since, until in (("0001-01-01", "0001-01-02"), ("9999-12-30", "9999-12-31"), ("2027-03-12", "2027-03-11")):
        answer = ana.get("sessions/calendar/busy/", since=f"{since}T00:00:00Z", until=f"{until}T00:00:00Z")
        assert (answer.status_code, answer.json()) == (200, {"more": False, "results": []}), since
    assert ana.get("sessions/calendar/busy/", since="yesterday", until="2027-03-20T00:00:00Z").status_code == 400
    assert ana.get("sessions/calendar/busy/", **span, person=1).status_code == 400


@pytest.mark.parametrize("more", (False, True))
def test_busy_times_and_gear_beyond_what_is_told_are_said_to_be_there(
    more: bool, cast: Cast, ana: Caller, session: StudioSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = makers.make_contributor(cast.other_desk, user=cast.nora)
    for day in ("2027-03-11", "2027-03-12"):
        calls = [{"contributor": theirs, "role": "Artist"}]
        makers.make_session(cast.other_project, cast.cleo, f"{day}T12:00", f"{day}T15:00", calls=calls)
    for name in ("U 47", "U 67"):
        makers.make_gear(cast.room, name)
    monkeypatch.setattr(busy, "AT_MOST", 1 if more else 2)
    monkeypatch.setattr(reserved, "ITEMS_AT_MOST", 1 if more else 2)
    span = {"since": "2027-03-10T00:00:00Z", "until": "2027-03-20T00:00:00Z"}
    told = ana.get("sessions/calendar/busy/", **span).json()
    assert (told["more"], len(told["results"])) == (more, 1 if more else 2)
    assert told["results"][0]["starts_at"][:10] == "2027-03-11", "the earliest are told"
    told = ana.get("sessions/calendar/gear/", **span).json()
    assert (told["more"], len(told["items"])) == (more, 1 if more else 2)
    page = text(ana.page("/calendar/?view=month&date=2027-03-10"))
    assert ("Not all that is busy elsewhere is shown" in page) == more
    page = text(ana.page("/calendar/?view=timeline&rows=gear&date=2027-03-10"))
    assert ("Not all gear of this time is shown" in page) == more
