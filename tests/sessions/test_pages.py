"""The pages of sessions without any script: what they show is what the API says, and every form works."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.models import Budget, ExchangeRate
from contributors.models import Engagement
from sessions.models import Call, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

NOON = "2027-03-01T12:00:00Z"
SIGNED_IN, FRAME = 2, 2  # session, user with grants; open projects, and the bell with the desk
State = StudioSession.State


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ana(cast: Cast) -> Caller:
    return Caller(cast.ana)


@pytest.fixture
def session(cast: Cast) -> StudioSession:
    """Drums, on 10 March 2027 from 10 to 18, with Wren and Nora."""
    calls = [{"contributor": cast.wren_called, "role": "Violin"}, {"contributor": cast.nora_called, "role": "Artist"}]
    song = makers.make_song(cast.project, "Last Ferry")
    return makers.make_session(
        cast.project,
        cast.ana,
        room=cast.room,
        title="Drums",
        calls=calls,
        songs=[song],
        notes="Secret.",
        prepare="Bow.",
    )


def text(answer: Any, status: int = 200) -> str:
    """Return what a page says, without its markup."""
    assert answer.status_code == status, (answer.status_code, answer.content[-2000:])
    body = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    body = re.sub(r"<(template|script|datalist|noscript)\b.*?</\1>", " ", body, flags=re.S)
    return re.sub(r"\s+([,.]?)", r" \1", unescape(re.sub(r"<[^>]+>", " ", body))).replace(" ,", ",").replace(" .", ".")


def form_of(answer: Any) -> dict[str, Any]:
    """Return what the page's form would send if it were sent as it is."""
    form = answer.context["form"]
    sent: dict[str, Any] = {"_once": form["once"]} | ({"_etag": form["etag"]} if form["etag"] else {})
    for field in form["fields"].values():
        for part in [part for row in field["rows"] for part in row.values()] if field["type"] == "rows" else [field]:
            if part["type"] == "checkbox":
                sent |= {part["name"]: "true"} if part["value"] else {}
            elif part["type"] == "money":
                sent |= {f"{part['name']}.{name}": part["value"][name] for name in ("amount", "currency")}
            else:
                sent[part["name"]] = "" if part["value"] is None else part["value"]
    return sent


def typed(cast: Cast, **more: Any) -> dict[str, Any]:
    """Return a booking as it is typed."""
    return {
        "project": cast.project.pk,
        "kind": "tracking",
        "title": "Strings",
        "day": "2027-03-10",
        "starts": "10:00",
        "ends": "18:00",
        "room": cast.room.pk,
        "calls[0]contributor": cast.wren_called.pk,
        "calls[0]role": "Violin",
        "calls[0]call": "09:30",
        "_once": "once",
    } | more


# --- one truth --------------------------------------------------------------------------------------------


def test_the_pages_show_what_the_api_says(cast: Cast, ana: Caller, session: StudioSession) -> None:
    page = ana.page(f"/sessions/{session.pk}/")
    assert page.context["session"] == ana.get(f"sessions/{session.pk}/").json()
    assert page.context["costs"] == ana.get(f"sessions/{session.pk}/costs/").json()
    asked = {"ref": f"session:{session.pk}", "page_size": 100}
    assert page.context["deliveries"] == ana.get("deliveries/", **asked).json()
    coming = {"since": NOON, "ordering": "starts_at"}
    assert ana.page("/sessions/").context["sessions"] == ana.get("sessions/", **coming).json()
    listed = ana.page(f"/projects/{cast.project.pk}/sessions/")
    every = {"project": cast.project.pk, "ordering": "-starts_at"}
    assert listed.context["sessions"]["results"] == ana.get("sessions/", **every).json()["results"]
    calendar = ana.page("/calendar/?date=2027-03-10&person=" + str(cast.wren_called.pk))
    span = {"since": "2027-03-07T00:00:00Z", "until": "2027-03-16T00:00:00Z", "person": cast.wren_called.pk}
    assert calendar.context["sessions"] == ana.get("sessions/calendar/", **span).json()
    assert calendar.context["known"] == ana.get("sessions/known/").json()
    assert ana.page("/studios/").context["studios"]["results"] == ana.get("studios/", active="true").json()["results"]


def test_the_price_beside_the_form_is_the_apis(cast: Cast, ana: Caller) -> None:
    page = ana.send("/sessions/price/", **typed(cast))
    said: dict[str, Any] = {
        "project": cast.project.pk,
        "day": "2027-03-10",
        "starts": "10:00",
        "ends": "18:00",
        "room": cast.room.pk,
    }
    said["calls"] = [{"contributor": cast.wren_called.pk, "role": "Violin", "call": "09:30"}]
    price = ana.post("sessions/price/", **said).json()
    assert page.context["quote"] == price | {"hold": False}
    assert price["lines"][0]["detail"] in unescape(page.content.decode())
    assert "Say the project, the day" in ana.send("/sessions/price/", project=cast.project.pk).content.decode()
    assert "skip" in ana.send("/sessions/price/", **typed(cast, day="2027-03-28", starts="02:30")).content.decode()


@pytest.mark.parametrize("name", ["edit", "move"])
def test_a_form_sent_back_unchanged_changes_nothing(cast: Cast, ana: Caller, session: StudioSession, name: str) -> None:
    before = ana.get(f"sessions/{session.pk}/").json()
    url = f"/sessions/{session.pk}/{name}/"
    assert ana.send(url, **form_of(ana.page(url))).status_code == 302
    after = ana.get(f"sessions/{session.pk}/").json()
    assert after.pop("version") > before.pop("version")
    assert before == after
    call = session.calls.first()
    assert call
    url, before = f"/calls/{call.pk}/edit/", ana.get(f"calls/{call.pk}/").json()
    assert ana.send(url, **form_of(ana.page(url))).status_code == 302
    after = ana.get(f"calls/{call.pk}/").json()
    assert (before["call_at"], before["role"], before["answer"]) == (after["call_at"], after["role"], after["answer"])


# --- booking ----------------------------------------------------------------------------------------------


def test_a_form_posted_twice_leads_to_the_same_session(cast: Cast, ana: Caller) -> None:
    first, again = (ana.send("/sessions/new/", **typed(cast)) for _ in range(2))
    session = StudioSession.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/sessions/{session.pk}/"
    assert session.calls.get().call_local == "2027-03-10T09:30"


def test_a_clash_keeps_the_form_and_offers_times_that_book_with_one_press(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    sent = typed(cast, starts="12:00", ends="20:00", **{"calls[0]call": "11:30"})
    refused = ana.send("/sessions/new/", **sent)
    page = text(refused, 409)
    assert "Not booked: two things are taken at that time" in page
    assert "Foxglove, Room A is taken 10:00 – 18:00 by Salt & Neon" in page
    fields = refused.context["form"]["fields"]
    assert fields["title"]["value"] == "Strings"
    assert fields["room"]["errors"]
    assert fields["calls"]["rows"][0]["contributor"]["errors"]
    picks = re.findall(r'name="pick" value="([^"]+)"', refused.content.decode())
    assert len(picks) == 3
    booked = ana.send("/sessions/new/", **sent | {"pick": unescape(picks[0])})
    assert booked.status_code == 302
    new = StudioSession.objects.latest("pk")
    assert new.starts_local == "2027-03-11T12:00"
    assert new.calls.get().call_local == "2027-03-11T11:30"  # the call keeps its distance


def test_a_night_the_clocks_go_back_asks_which_hour(cast: Cast, ana: Caller) -> None:
    sent = typed(cast, day="2027-10-31", starts="02:30", ends="06:00", **{"calls[0]call": ""})
    refused = ana.send("/sessions/new/", **sent)
    assert "comes twice" in text(refused, 422)
    assert 'name="starts_fold"' in refused.content.decode()
    assert 'name="starts_fold"' not in ana.page("/sessions/new/").content.decode()
    assert ana.send("/sessions/new/", **sent | {"starts_fold": "1"}).status_code == 302
    assert StudioSession.objects.get().starts_fold == 1


def test_another_project_draws_the_form_anew_and_books_nothing(cast: Cast, ana: Caller) -> None:
    other = makers.make_project(cast.desk, "Slow Cathedral")
    makers.make_song(other, "Nave")
    makers.make_engagement(other, cast.emil_called, "Engineer")
    page = ana.send("/sessions/new/", **typed(cast, project=other.pk, redraw="project"))
    fields = page.context["form"]["fields"]
    assert (fields["title"]["value"], fields["day"]["value"]) == ("Strings", "2027-03-10")
    assert [choice["label"] for choice in fields["songs"]["choices"]] == ["Nave"]
    assert f"add:{cast.emil_called.pk}:Engineer" in page.content.decode()
    assert not StudioSession.objects.exists()
    added = ana.send("/sessions/new/", **typed(cast, project=other.pk, redraw=f"add:{cast.emil_called.pk}:Engineer"))
    rows = added.context["form"]["fields"]["calls"]["rows"]
    assert [row["contributor"]["value"] for row in rows] == [str(cast.wren_called.pk), str(cast.emil_called.pk)]
    assert rows[1]["role"]["value"] == "Engineer"
    assert "Would cost" in text(added)


def test_people_of_the_project_who_are_hired_are_offered_first(cast: Cast, ana: Caller) -> None:
    makers.make_engagement(cast.project, cast.emil_called, "Engineer")
    makers.make_engagement(cast.project, cast.wren_called, "Violin", state=Engagement.State.DECLINED)
    page = ana.page(f"/sessions/new/?project={cast.project.pk}&day=2027-03-11&starts=10:00&room={cast.room.pk}")
    assert re.findall(r'data-hire="(\d+)"', page.content.decode()) == [str(cast.emil_called.pk)]
    fields = page.context["form"]["fields"]
    assert (fields["day"]["value"], fields["room"]["value"]) == ("2027-03-11", str(cast.room.pk))


def test_a_missing_rate_of_exchange_is_said_before_booking(cast: Cast, ana: Caller) -> None:
    makers.make_engagement(cast.project, cast.emil_called, "Engineer", fee="40.00", currency="USD")
    sent = typed(cast, **{"calls[0]contributor": cast.emil_called.pk, "calls[0]role": "Engineer"})
    assert "USD" in ana.send("/sessions/price/", **sent).content.decode()
    assert "Say first what one USD is worth in EUR" in text(ana.send("/sessions/new/", **sent), 422)
    budget, _made = Budget.objects.get_or_create(project=cast.project, defaults={"currency": "EUR"})
    ExchangeRate.objects.create(budget=budget, currency="USD", rate=Decimal("0.5"))
    total = ana.send("/sessions/price/", **sent).context["quote"]["total"]
    assert total == {"amount": "666.00", "currency": "EUR"}  # the room's 496, and half of 8 h 30 at $40


def test_who_has_no_record_yet_starts_one_first(cast: Cast, ana: Caller) -> None:
    cast.project.delete()
    assert "First a record" in text(ana.page("/sessions/new/"))


# --- one session ------------------------------------------------------------------------------------------


def test_the_page_of_a_session_answers_when_where_who_and_what_it_costs(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    page = text(ana.page(f"/sessions/{session.pk}/"))
    for words in ("Wed 10 Mar, 10:00 – 18:00", "Foxglove, Room A", "0 of 2 confirmed", "Last Ferry", "Bow.", "Secret."):
        assert words in page
    assert "€496" in page
    assert "7 days before" in page
    assert "Invitation" in page


def test_an_artist_reads_no_money_no_notes_and_no_others_answers(cast: Cast, session: StudioSession) -> None:
    page = Caller(cast.nora).page(f"/sessions/{session.pk}/")
    words = text(page)
    for hidden in ("Cost", "€", "Secret.", "Reminders", "Committed", "of 2 confirmed"):
        assert hidden not in words
    assert "costs" not in page.context
    assert "Can you be there?" in words
    assert Caller(cast.emil).page(f"/sessions/{session.pk}/").status_code == 404
    assert Caller(cast.cleo).page(f"/sessions/{session.pk}/").status_code == 404
    label = text(Caller(cast.lena).page(f"/sessions/{session.pk}/"))
    assert "€496" in label
    assert "Secret." not in label


def test_a_proposal_is_answered_with_one_press(cast: Cast, ana: Caller, session: StudioSession) -> None:
    call = session.calls.get(contributor=cast.nora_called)
    Caller(cast.nora).post(f"calls/{call.pk}/propose/", day="2027-03-10", at="11:30", reason="The train.")
    page = text(ana.page(f"/sessions/{session.pk}/"))
    assert "Nora asks to come at 11:30, not 10:00" in page
    assert "The train." in page
    done = ana.send(f"/calls/{call.pk}/accept/", move="call")
    assert done.headers["Location"] == f"/sessions/{session.pk}/"
    call.refresh_from_db()
    assert (call.answer, call.call_local) == (Call.Answer.CONFIRMED, "2027-03-10T11:30")


def test_a_cancelled_session_is_restored_with_one_press(cast: Cast, ana: Caller, session: StudioSession) -> None:
    done = ana.client.post(f"/sessions/{session.pk}/cancel/", {"reason": "Ill"}, follow=True)
    assert f'action="/sessions/{session.pk}/restore/"' in done.content.decode()
    assert "“Ill”" in text(done)
    assert "Drums" in text(ana.page("/sessions/?when=all&state=cancelled"))
    assert ana.send(f"/sessions/{session.pk}/restore/").status_code == 302
    session.refresh_from_db()
    assert session.state == State.CONFIRMED


def test_what_cannot_be_restored_says_why_and_offers_other_days(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    ana.send(f"/sessions/{session.pk}/cancel/", reason="")
    other = makers.make_session(cast.project, cast.ana, room=cast.room, title="Mix")
    page = ana.send(f"/sessions/{session.pk}/restore/")
    assert "Not done: something is taken at that time" in text(page, 409)
    pick = unescape(re.findall(r'name="pick" value="([^"]+)"', page.content.decode())[0])
    anew = ana.send(f"/sessions/{session.pk}/duplicate/", pick=pick)
    copy = StudioSession.objects.latest("pk")
    assert anew.headers["Location"] == f"/sessions/{copy.pk}/"
    assert copy.pk not in (session.pk, other.pk)
    assert copy.starts_local == "2027-03-11T10:00"


def test_two_who_edit_at_once_both_see_what_the_other_wrote(cast: Cast, ana: Caller, session: StudioSession) -> None:
    for name, mine, theirs in (
        ("edit", {"title": "Bass"}, {"title": "Keys"}),
        ("move", {"starts": "11:00"}, {"ends": "19:00"}),
    ):
        url = f"/sessions/{session.pk}/{name}/"
        sent = form_of(ana.page(url))
        assert Caller(cast.ben).send(url, **sent | theirs | {"_once": f"b{name}"}).status_code == 302
        stale = ana.send(url, **sent | mine)
        page = text(stale, 412)
        assert "Somebody changed this while you were writing" in page
        for value in (*mine.values(), *theirs.values()):
            assert value in page
        assert ana.send(url, **form_of(stale)).status_code == 302


def test_a_session_is_wrapped_with_the_hours_the_studios_clock_showed(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    with time_machine.travel("2027-03-10T19:00:00Z", tick=False):
        url = f"/sessions/{session.pk}/wrap/"
        form = form_of(ana.page(url))
        assert (form["real_starts_at"], form["real_ends_at"]) == ("2027-03-10T10:00", "2027-03-10T18:00")
        assert ana.send(url, **form | {"real_ends_at": "2027-03-10T17:00"}).status_code == 302
        session.refresh_from_db()
        assert session.real_ends_at and session.real_ends_at.isoformat() == "2027-03-10T16:00:00+00:00"
        page = ana.page(f"/sessions/{session.pk}/")
        assert page.context["costs"]["spent"]["amount"] == page.context["costs"]["total"]["amount"] == "434.00"


def test_people_are_called_swapped_and_taken_off(cast: Cast, ana: Caller, session: StudioSession) -> None:
    url = f"/sessions/{session.pk}/call/"
    sent = form_of(ana.page(f"{url}?contributor={cast.emil_called.pk}&role=Engineer"))
    assert (sent["contributor"], sent["role"]) == (str(cast.emil_called.pk), "Engineer")
    assert ana.send(url, **sent | {"call": "09:30"}).status_code == 302
    assert "Engineer Emil" in text(ana.page(f"/sessions/{session.pk}/"))
    wren = session.calls.get(contributor=cast.wren_called)
    other = makers.make_contributor(cast.desk, "Oona Fairley")
    assert ana.send(f"/calls/{wren.pk}/swap/", contributor=other.pk).status_code == 302
    oona = session.calls.get(contributor=other)
    assert "Take Oona Fairley off?" in text(ana.page(f"/calls/{oona.pk}/remove/"))
    assert ana.send(f"/calls/{oona.pk}/remove/").status_code == 302
    assert ana.send(f"/calls/{oona.pk}/remove/").status_code == 404
    nora = session.calls.get(contributor=cast.nora_called)
    assert ana.send(f"/calls/{nora.pk}/confirm/").status_code == 302
    nora.refresh_from_db()
    assert nora.answer == Call.Answer.CONFIRMED


def test_a_hold_is_confirmed_or_says_what_came_before_it(cast: Cast, ana: Caller) -> None:
    first = makers.make_session(cast.project, cast.ana, room=cast.room, hold=True)
    second = makers.make_session(cast.project, cast.ana, room=cast.room, hold=True)
    page = ana.send(f"/sessions/{second.pk}/confirm/")
    assert "is held" in text(page, 409)
    assert f'action="/sessions/{second.pk}/move/"' in page.content.decode()
    assert ana.send(f"/sessions/{first.pk}/confirm/").status_code == 302


# --- calendar and studios ---------------------------------------------------------------------------------


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


# --- bad input, and how much is asked ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"ends": "10:05"}, 422),
        ({"starts": ""}, 422),
        ({"day": "2027-13-40"}, 422),
        ({"day": "9999-12-31"}, 422),
        ({"starts": "25:99"}, 422),
        ({"title": "x" * 5000}, 422),
        ({"title": "\x00"}, 422),
        ({"room": "10" * 30}, 422),
        ({"room": "-1"}, 422),
        ({"songs": "7000"}, 422),
        ({"calls[0]contributor": "99999999999999999999"}, 422),
        ({"calls[x]contributor": "1", "calls[99999999999]role": "a"}, 422),
        ({"calls[0]call": "midnight"}, 422),
        ({"time_zone": "Mars/Base", "room": "", "remote_place": "Mars"}, 422),
        ({"pick": "[1, 2"}, 302),
        ({"pick": '{"day": {"a": 1}, "starts": 7}'}, 422),
        ({"redraw": "add:999999999999999999999:x"}, 200),
        ({"_once": "x" * 500}, 422),
    ],
)
def test_hostile_input_is_refused_in_words(cast: Cast, ana: Caller, said: dict[str, str], status: int) -> None:
    assert ana.send("/sessions/new/", **typed(cast, **said)).status_code == status
    assert ana.send("/sessions/price/", **typed(cast, **said)).status_code == 200


def test_rooms_people_and_songs_of_others_are_refused(cast: Cast, ana: Caller) -> None:
    song = makers.make_song(cast.other_project)
    stranger = makers.make_contributor(cast.other_desk)
    for said in (
        {"room": cast.other_room.pk},
        {"project": cast.other_project.pk},
        {"songs": song.pk},
        {"calls[0]contributor": stranger.pk},
    ):
        assert ana.send("/sessions/new/", **typed(cast, **said)).status_code == 422
    assert not StudioSession.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/calendar/?date=nonsense",
        "/calendar/?date=0001-01-01",
        "/calendar/?date=9999-12-31",
        "/calendar/?project=x",
        "/calendar/?person=10000000000000000000000",
        "/sessions/?page=0",
        "/sessions/?state=gone",
        "/sessions/?page_size=1000000000",
        "/sessions/?foo=1",
    ],
)
def test_a_question_that_makes_no_sense_is_told_so(ana: Caller, path: str) -> None:
    assert ana.page(path).status_code == 400


@pytest.mark.parametrize(
    "path", ["/sessions/999999/", "/sessions/999999999999999999/edit/", "/calls/1/edit/", "/rooms/0/edit/"]
)
def test_what_is_not_there_is_not_found(ana: Caller, path: str) -> None:
    assert ana.page(path).status_code == 404


COUNTS = {
    "/api/v1/sessions/?page_size=100": SIGNED_IN + 3,  # rows with their count, calls, songs
    "/api/v1/sessions/calendar/?since=2027-03-01T00:00:00Z&until=2027-04-01T00:00:00Z": SIGNED_IN + 2,  # rows, calls
    "/api/v1/sessions/known/": SIGNED_IN + 1,
    "/calendar/?view=month&date=2027-03-01": SIGNED_IN + 3 + FRAME,
    "/sessions/?when=all": SIGNED_IN + 4 + FRAME,
}


@pytest.mark.parametrize("path", COUNTS)
def test_a_list_takes_as_many_queries_for_40_rows_as_for_8(cast: Cast, ana: Caller, path: str) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert ana.client.get(path).status_code == 200
        return len(caught)

    def fill(first: int, many: int) -> None:
        for n in range(first, first + many):
            makers.make_session(
                cast.project,
                cast.ana,
                starts=f"2027-03-{1 + n % 30:02}T{n % 12:02}:00",
                ends=f"2027-03-{1 + n % 30:02}T{n % 12:02}:30",
                calls=[{"contributor": makers.make_contributor(cast.desk)}],
            )

    fill(2, 8)
    ana.client.get(path)
    few = counted()
    fill(10, 30)
    assert (few, counted()) == (COUNTS[path], COUNTS[path])


def test_a_room_stands_once_in_its_studio(cast: Cast) -> None:
    """A second row of the same name would be the same room, free to be booked twice."""
    ana, studio = Caller(cast.ana), cast.room.studio.pk
    refused = ana.post("rooms/", studio=studio, name=f" {cast.room.name.upper()} ")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["name"])
    other = ana.post("rooms/", studio=studio, name="Booth").json()
    renamed = ana.put(f"rooms/{other['id']}/", version=other["version"], name=cast.room.name)
    assert (renamed.status_code, list(renamed.json()["fields"])) == (400, ["name"])
    same = ana.put(f"rooms/{other['id']}/", version=other["version"], name="Booth", setup_minutes=15)
    assert same.status_code == 200
    elsewhere = makers.make_studio(cast.desk)
    assert ana.post("rooms/", studio=elsewhere.pk, name=cast.room.name).status_code == 201
