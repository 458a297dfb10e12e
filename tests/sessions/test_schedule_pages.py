"""One's own schedule: what comes next, how it is answered, and that page and API say the same."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from producerdesk.accounts.roles import Role
from sessions import actions
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import book, by_link, call_of, mint, read

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _in_january() -> object:
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        yield


class Door:
    """A way in to one's schedule: Nora's login or Nora's link."""

    def __init__(self, cast: Cast, way: str) -> None:
        self.client = Client()
        if way == "login":
            self.client.force_login(cast.nora)
            self.root = "/schedule/"
        else:
            self.root = f"/my/{mint(cast.nora_called)}/"

    def look(self, path: str = "") -> str:
        answer = self.client.get(self.root + path)
        assert answer.status_code == 200
        return plain(answer.content.decode())

    def send(self, path: str, **said: Any) -> Any:
        return self.client.post(self.root + path, said)


def plain(html: str) -> str:
    """Return what a reader reads of the main part."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.fixture(params=["login", "link"])
def door(cast: Cast, request: pytest.FixtureRequest) -> Door:
    return Door(cast, request.param)


# --- what stands there ----------------------------------------------------------------------------------
def test_an_empty_schedule_says_what_will_be_here(cast: Cast, door: Door) -> None:
    assert "Nothing is planned for you" in door.look()
    assert "Nothing yet" in door.look("?past=1")


def test_the_next_session_comes_first_with_all_that_who_comes_needs(cast: Cast, door: Door) -> None:
    studio = cast.room.studio
    studio.address, studio.city, studio.access_notes = "Rua das Camélias 14", "Porto", "Ring at the green door"
    studio.time_zone = "Europe/Lisbon"
    studio.save()
    book(cast, cast.nora_called, starts="2027-01-20T10:00", title="Later")
    song = makers.make_song(cast.project, "Undertow")
    book(
        cast,
        cast.nora_called,
        cast.wren_called,
        room=cast.room,
        starts="2027-01-05T10:00",
        title="Lead vocals",
        songs=[song],
        prepare="Undertow by heart.",
        call=dt.time(9, 30),
    )
    text = door.look()
    top, after = text.split("After that")
    for said in (
        "Tomorrow, Tuesday 5 January",
        "09:30 to 18:00",
        "Porto time",
        "the session starts at 10:00",
        "Lead vocals",
        "Foxglove, Room A",
        "Rua das Camélias 14, Porto",
        "Ring at the green door",
        "Wren Castellan",
        "Undertow",
        "Undertow by heart.",
        "Can you be there?",
    ):
        assert said in top, said
    assert "Later" in after
    html = door.client.get(door.root).content.decode()
    href = "https://www.openstreetmap.org/search?query=Rua+das+Cam%C3%A9lias+14%2C+Porto"
    assert f'href="{href}" rel="noreferrer"' in html


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2027-01-05T22:30:00Z", "Tomorrow, Wednesday 6 January"),  # 23:30 in Berlin, still the fifth
        ("2027-01-05T23:30:00Z", "Today, Wednesday 6 January"),
        ("2027-01-04T12:00:00Z", "Wednesday 6 January"),
    ],
)
def test_today_and_tomorrow_are_the_studios(cast: Cast, now: str, words: str) -> None:
    book(cast, cast.nora_called, starts="2027-01-06T10:00")
    with time_machine.travel(now, tick=False):
        text = plain(read(f"/my/{mint(cast.nora_called)}/").content.decode())
    assert f"Your sessions Salt &amp; Neon, with Ana {words} 10:00" in text


def test_holds_no_longer_and_cancelled_ones_say_so(cast: Cast, door: Door) -> None:
    ana = cast.viewer("ana")
    book(cast, cast.nora_called, starts="2027-01-05T10:00", title="Next")
    book(cast, cast.nora_called, starts="2027-01-06T10:00", title="Perhaps", hold=True)
    off = book(cast, cast.nora_called, starts="2027-01-07T10:00", title="Off")
    actions.cancel_session(viewer=ana, session=off, reason="No drums")
    not_hers = book(cast, cast.nora_called, starts="2027-01-08T10:00", title="Without her")
    actions.remove_call(viewer=ana, call=call_of(not_hers, cast.nora_called))
    text = door.look()
    assert re.search(r"Perhaps .*Not fixed yet, keep it free", text)
    assert re.search(r"Off .*Cancelled, you need not come", text)
    assert "Without her" not in text
    assert "No drums" in door.look(f"?call={call_of(off, cast.nora_called).pk}")


def test_two_desks_calls_stand_in_one_schedule(cast: Cast) -> None:
    known_there = makers.make_contributor(cast.other_desk, user=cast.nora)
    book(cast, cast.nora_called, starts="2027-01-05T10:00", title="Here")
    book(cast, known_there, project=cast.other_project, by=cast.cleo, starts="2027-01-06T10:00", title="There")
    login, link = Door(cast, "login"), Door(cast, "link")
    assert "Here" in login.look()
    assert "There" in login.look()
    assert "There" not in link.look()
    assert "Tin Moon" in login.look()


def test_sessions_that_have_been_are_folded_away(cast: Cast, door: Door) -> None:
    assert "Sessions that have been" not in door.look()
    with time_machine.travel("2026-12-20T09:00:00Z", tick=False):
        for day in range(21, 28):
            book(cast, cast.nora_called, starts=f"2026-12-{day}T10:00", title=f"Gone {day}")
    html = door.client.get(door.root).content.decode()
    fold = html[html.index('<details class="pd-panel pd-been') : html.index("</details>", html.index("pd-been"))]
    assert [f"Gone {day}" in fold for day in range(21, 28)] == [False] * 2 + [True] * 5
    assert fold.index("Gone 27") < fold.index("Gone 26"), "the latest first"
    assert "All 7" in fold
    past = door.look("?past=1")
    assert all(f"Gone {day}" in past for day in range(21, 28))


def test_rows_name_the_project_and_the_desk_only_where_there_are_several(cast: Cast) -> None:
    door = Door(cast, "login")
    for day in ("05", "06"):
        book(cast, cast.nora_called, starts=f"2027-01-{day}T10:00")
    assert door.client.get(door.root).content.decode().count("· Salt &amp; Neon") == 0
    known_there = makers.make_contributor(cast.other_desk, user=cast.nora)
    there = book(cast, known_there, project=cast.other_project, by=cast.cleo, starts="2027-01-07T10:00", title="There")
    Caller(cast.nora).post(f"calls/{call_of(there, known_there).pk}/propose/", day="2027-01-07", at="11:30")
    page = door.look()
    assert "· Tin Moon" in page
    assert "You proposed 11:30, Cleo of Elsewhere will answer" in page


def test_page_and_api_say_the_same(cast: Cast) -> None:
    book(cast, cast.nora_called, starts="2027-01-05T10:00")
    book(cast, cast.nora_called, starts="2027-01-07T10:00")
    door = Door(cast, "link")
    context = door.client.get(door.root).context
    secret = door.root.split("/")[2]
    rows = (
        by_link(secret).get("calls/", mine="true", since="2027-01-04T09:00:00Z", ordering="call_at").json()["results"]
    )
    assert [context["card"]["call"], *(row["call"] for row in context["rows"])] == rows
    desks = by_link(secret).get("schedule/").json()["desks"]
    assert [{name: host[name] for name in desks[0]} for host in context["whose"]["desks"]] == desks


def test_a_page_takes_the_same_queries_for_two_calls_and_for_ten(cast: Cast, django_assert_num_queries: Any) -> None:
    door = Door(cast, "link")
    for day in range(10, 20):
        book(cast, cast.nora_called, starts=f"2027-01-{day}T10:00")
        if day in (11, 19):
            door.look()  # notes the link's use
            with django_assert_num_queries(11):
                door.look()


def test_artists_find_their_schedule_from_the_page_of_their_day(cast: Cast) -> None:
    makers.make_member(cast.other_project, cast.emil, Role.CONTRIBUTOR)
    for user in (cast.nora, cast.emil):
        assert 'href="/schedule/"' in Caller(user).page("/").content.decode()
    assert Caller().page("/schedule/")["Location"] == "/accounts/login/?next=/schedule/"


# --- answers --------------------------------------------------------------------------------------------
def test_yes_no_and_yes_after_all(cast: Cast, door: Door) -> None:
    call = call_of(book(cast, cast.nora_called, starts="2027-01-05T10:00"), cast.nora_called)
    for name, said, answer, words in (
        ("confirm", {}, "confirmed", "You said yes"),
        ("decline", {"reason": "My train is cancelled"}, "declined", "“My train is cancelled”"),
        ("confirm", {}, "confirmed", "Thank you. Ana sees that you will be there"),
    ):
        sent = door.send(f"calls/{call.pk}/{name}/", **said)
        assert sent["Location"] == f"{door.root}?call={call.pk}"
        call.refresh_from_db()
        assert call.answer == answer
        assert words in door.look(f"?call={call.pk}")


def test_another_time_is_proposed_on_the_studios_clock(cast: Cast, door: Door) -> None:
    call = call_of(book(cast, cast.nora_called, starts="2027-01-05T10:00"), cast.nora_called)
    assert door.send(f"calls/{call.pk}/propose/", day="2027-01-05", at="11:30", reason="Train").status_code == 302
    call.refresh_from_db()
    assert (call.answer, call.proposed_local) == ("proposed", "2027-01-05T11:30")
    text = door.look()
    assert "You proposed 11:30" in text
    assert "Ana will answer" in text
    actions.keep_call(viewer=cast.viewer("ana"), call=call)
    assert "Can you be there?" in door.look()


def test_a_refused_proposal_comes_back_as_it_was_typed(cast: Cast, door: Door) -> None:
    call = call_of(book(cast, cast.nora_called, starts="2027-01-05T10:00"), cast.nora_called)
    answer = door.send(f"calls/{call.pk}/propose/", day="2027-01-03", at="11:30", reason="I mean last week")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "This is past." in html
    assert 'value="I mean last week"' in html
    assert 'value="2027-01-03"' in html
    assert re.search(r"<details open>\s*<summary class=\"btn\"><svg[^>]*><use href=\"[^\"]*#switch", html)
    call.refresh_from_db()
    assert call.answer == "pending"


def test_an_hour_that_comes_twice_is_asked_for(cast: Cast, door: Door) -> None:
    with time_machine.travel("2027-10-30T09:00:00Z", tick=False):
        door = Door(cast, "link")
        call = call_of(book(cast, cast.nora_called, starts="2027-10-31T01:00"), cast.nora_called)
        said = {"day": "2027-10-31", "at": "02:30"}
        assert "proposed_fold" not in door.client.get(door.root).content.decode()
        answer = door.send(f"calls/{call.pk}/propose/", **said)
        assert answer.status_code == 422
        assert 'name="proposed_fold"' in answer.content.decode()
        assert door.send(f"calls/{call.pk}/propose/", **said, proposed_fold="1").status_code == 302
        call.refresh_from_db()
        assert call.proposed_at == dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)


def test_what_cannot_be_is_said_where_it_was_pressed(cast: Cast, door: Door) -> None:
    session = book(cast, cast.nora_called, starts="2027-01-05T10:00")
    call = call_of(session, cast.nora_called)
    actions.decline_call(viewer=cast.viewer("nora"), call=call)
    known_there = makers.make_contributor(cast.other_desk, user=cast.nora)
    book(cast, known_there, project=cast.other_project, by=cast.cleo, starts="2027-01-05T12:00", title="Secret")
    answer = door.send(f"calls/{call.pk}/confirm/")
    assert answer.status_code == 409
    text = plain(answer.content.decode())
    assert "That did not work" in text
    call.refresh_from_db()
    assert call.answer == "declined"


def test_a_session_that_is_off_or_over_asks_nothing(cast: Cast, door: Door) -> None:
    session = book(cast, cast.nora_called, starts="2027-01-05T10:00")
    call = call_of(session, cast.nora_called)
    actions.cancel_session(viewer=cast.viewer("ana"), session=session, reason="Flood")
    html = door.client.get(f"{door.root}?call={call.pk}").content.decode()
    assert "You need not come" in html
    assert "/confirm/" not in html
    assert door.send(f"calls/{call.pk}/confirm/").status_code == 409
    call.refresh_from_db()
    assert call.answer == "pending"


@pytest.mark.parametrize("wanted", ["999999", "x", "0", "9" * 30, "-1", "٣"])
def test_a_call_that_is_none_shows_what_is_next(cast: Cast, door: Door, wanted: str) -> None:
    book(cast, cast.nora_called, starts="2027-01-05T10:00", title="Next")
    assert "Next" in door.look(f"?call={wanted}")


def test_calls_are_answered_and_feeds_made_by_curl_with_a_link(cast: Cast) -> None:
    call = call_of(book(cast, cast.nora_called, starts="2027-01-05T10:00"), cast.nora_called)
    caller = by_link(mint(cast.nora_called), enforce_csrf_checks=True)
    assert caller.post(f"calls/{call.pk}/propose/", day="2027-01-05", at="11:30").json()["answer"] == "proposed"
    assert caller.post(f"calls/{call.pk}/decline/", reason="Ill").json()["reason"] == "Ill"
    assert caller.post(f"calls/{call.pk}/confirm/").json()["answer"] == "confirmed"
    assert caller.post(f"calls/{call.pk}/seen/").status_code == 200
    assert caller.post("feeds/").json()["address"].startswith("http://127.0.0.1:8000/feeds/")
    assert caller.get("feeds/").json()["count"] == 1
