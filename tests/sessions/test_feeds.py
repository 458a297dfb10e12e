"""The calendar feed: whose sessions stand in it, how long, and that an unchanged one is not sent again."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
import vobject
from icalendar import Calendar

from contributors.models import Contributor
from producerdesk.accounts.models import User
from producerdesk.accounts.roles import RIGHTS, SCHEDULE_READ
from producerdesk.kit import clock
from sessions import actions, feed_pages
from sessions.models import CalendarFeed, Call
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import book, by_feed, by_link, call_of, feed_of, mint, read


@pytest.fixture(autouse=True)
def travel() -> Any:
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False) as found:
        yield found


def events(secret: str) -> dict[str, str]:
    """Return {uid: status} of a feed."""
    body = read(f"/feeds/{secret}.ics").content
    found = {str(event["UID"]).partition("@")[0]: str(event["STATUS"]) for event in Calendar.from_ical(body).events}
    others = [event.uid.value.partition("@")[0] for event in vobject.readOne(body.decode()).contents.get("vevent", [])]
    assert sorted(others) == sorted(found)
    return found


def test_a_link_makes_a_feed_of_the_own_calls(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    book(cast, cast.emil_called, starts="2027-03-11T10:00")
    secret = feed_of(by_link(mint(cast.nora_called)))
    assert events(secret) == {f"call-{call_of(session, cast.nora_called).pk}": "CONFIRMED"}


@pytest.mark.parametrize(
    ("name", "own", "others"), [("ana", 0, 2), ("nora", 1, 1), ("emil", 1, 0), ("lena", 0, 2), ("cleo", 0, 0)]
)
def test_who_reads_a_whole_schedule_has_it_in_the_feed(cast: Cast, name: str, own: int, others: int) -> None:
    book(cast, cast.nora_called)
    book(cast, cast.emil_called, starts="2027-03-11T10:00")
    found = events(feed_of(Caller(getattr(cast, name))))
    assert len([uid for uid in found if uid.startswith("call-")]) == own
    assert len([uid for uid in found if uid.startswith("session-")]) == others


def test_what_is_off_stays_a_while_as_cancelled(cast: Cast, travel: Any) -> None:
    ana = cast.viewer("ana")
    calls: dict[str, Call] = {}
    for day, name in enumerate(("off", "without", "no", "stands"), start=10):
        session = book(cast, cast.nora_called, starts=f"2027-01-{day}T10:00")
        calls[name] = call_of(session, cast.nora_called)
    actions.cancel_session(viewer=ana, session=calls["off"].session, reason="")
    actions.remove_call(viewer=ana, call=calls["without"])
    actions.decline_call(viewer=cast.viewer("nora"), call=calls["no"])
    secret = feed_of(by_link(mint(cast.nora_called)))
    expected = {f"call-{call.pk}": "CANCELLED" for call in calls.values()}
    assert events(secret) == expected | {f"call-{calls['stands'].pk}": "CONFIRMED"}
    travel.move_to(clock.now() + timedelta(days=6 + 59))
    assert len(events(secret)) == 4
    travel.move_to(clock.now() + timedelta(days=10))
    assert events(secret) == {}


def test_an_unchanged_feed_is_not_sent_again(cast: Cast, travel: Any) -> None:
    session = book(cast, cast.nora_called)
    secret = feed_of(by_link(mint(cast.nora_called)))
    first = read(f"/feeds/{secret}.ics")
    assert first["Last-Modified"] == "Mon, 04 Jan 2027 09:00:00 GMT"
    travel.shift(timedelta(hours=5))
    again = read(f"/feeds/{secret}.ics", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    actions.cancel_session(viewer=cast.viewer("ana"), session=session, reason="")
    changed = read(f"/feeds/{secret}.ics", **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert changed["Last-Modified"] == "Mon, 04 Jan 2027 14:00:00 GMT"


def test_a_feed_reads_on_over_all_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_pages, "LARGEST_PAGE", 2)
    for day in range(10, 15):
        book(cast, cast.nora_called, starts=f"2027-01-{day}T10:00")
    assert len(events(feed_of(by_link(mint(cast.nora_called))))) == 5


def test_a_feed_only_reads_the_schedule(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    call = call_of(session, cast.nora_called)
    for owner in (Caller(cast.nora), by_link(mint(cast.nora_called)), Caller(cast.ana)):
        caller = by_feed(feed_of(owner))
        assert caller.post("feeds/").status_code == 403
        assert caller.get("feeds/").status_code == 403
        assert caller.get("budgets/").status_code in (403, 404)
        assert caller.get("contributors/").status_code == 403
        assert caller.post("sessions/", title="x").status_code == 403
        for answer in ("confirm", "decline", "seen"):
            assert caller.post(f"calls/{call.pk}/{answer}/").status_code == 403
    for other in (by_feed(feed_of(Caller(cast.emil))), Caller(cast.cleo)):
        assert other.get(f"calls/{call.pk}/").status_code == 404


def test_ones_feeds_are_ones_own(cast: Cast) -> None:
    feed_of(Caller(cast.nora))
    feed = CalendarFeed.objects.get()
    for caller in (Caller(cast.emil), Caller(cast.ana), by_link(mint(cast.nora_called))):
        assert caller.get("feeds/").json()["count"] == 0
        assert caller.delete(f"feeds/{feed.pk}/").status_code == 404
    assert Caller(cast.nora).delete(f"feeds/{feed.pk}/").status_code == 204


@pytest.mark.parametrize("scopes", [RIGHTS, [SCHEDULE_READ], []], ids=["every right", "one", "none"])
def test_a_token_sees_no_feeds_whatever_its_scopes(cast: Cast, scopes: list[str]) -> None:
    """Whoever has only a token neither makes a way in that would outlive it nor learns of the others."""
    feed_of(Caller(cast.nora))
    viewer = cast.viewer("nora")
    assert CalendarFeed.objects.all().visible_to(viewer).count() == 1
    token = replace(viewer, via="token", scopes=frozenset(scopes))
    assert not CalendarFeed.objects.all().visible_to(token).exists()


def test_a_feed_ends_with_its_account(cast: Cast) -> None:
    secret = feed_of(Caller(cast.nora))
    User.objects.filter(pk=cast.nora.pk).update(is_active=False)
    assert read(f"/feeds/{secret}.ics").status_code == 404


def test_a_feeds_page_takes_the_same_queries_for_one_call_and_for_ten(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    secret = feed_of(by_link(mint(cast.nora_called)))
    for day in range(10, 20):
        book(cast, cast.nora_called, starts=f"2027-01-{day}T10:00")
        if day in (10, 19):
            read(f"/feeds/{secret}.ics")  # notes its use
            with django_assert_num_queries(6):
                read(f"/feeds/{secret}.ics")


@pytest.mark.parametrize("way", ["login", "link"])
def test_the_page_makes_a_feed_tells_its_address_once_and_ends_it(cast: Cast, way: str) -> None:
    person: Contributor = cast.nora_called
    caller = Caller(cast.nora) if way == "login" else Caller()
    root = "/schedule/calendar/" if way == "login" else f"/my/{mint(person)}/calendar/"
    assert "None yet." in caller.page(root).content.decode()
    assert CalendarFeed.objects.count() == 0
    made = caller.send(root).content.decode()
    assert "http://127.0.0.1:8000/feeds/" in made
    assert "webcal://127.0.0.1:8000/feeds/" in made
    assert "/feeds/" not in caller.page(root).content.decode()
    feed = CalendarFeed.objects.get()
    assert (feed.user_id, feed.contributor_id) == ((cast.nora.pk, None) if way == "login" else (None, person.pk))
    assert caller.send(f"{root}{feed.pk}/end/").status_code == 302
    feed.refresh_from_db()
    assert feed.revoked_at is not None


def test_a_producer_takes_one_session_as_a_file(cast: Cast) -> None:
    session = book(cast, cast.nora_called)
    answer = Caller(cast.ana).page(f"/sessions/{session.pk}.ics")
    (event,) = Calendar.from_ical(answer.content).events
    assert str(event["UID"]) == f"session-{session.pk}@127.0.0.1"
    assert Caller(cast.cleo).page(f"/sessions/{session.pk}.ics").status_code == 404
    assert Caller(cast.nora).page(f"/schedule/calls/{call_of(session, cast.nora_called).pk}.ics").status_code == 200


# --- of one project, of one room --------------------------------------------------------------------------
def narrow(caller: Caller, **about: Any) -> str:
    """Make a feed of a project or a room; return its secret."""
    answer = caller.post("feeds/", **about)
    assert answer.status_code == 201, answer.json()
    return answer.json()["address"].rpartition("/")[2].removesuffix(".ics")


def test_a_feed_of_a_project_or_room_shows_its_sessions_alone(cast: Cast, travel: Any) -> None:
    second = makers.make_project(cast.desk, "Second")
    inside = book(cast, cast.wren_called, room=cast.room, title="Drums", prepare="Bring it.", notes="Secret.")
    elsewhere = book(cast, starts="2027-03-11T10:00")
    other = book(cast, project=second, room=cast.room, starts="2027-03-12T10:00")
    book(cast, project=cast.other_project, by=cast.cleo, starts="2027-03-13T10:00")
    ana = Caller(cast.ana)
    project, room = narrow(ana, project=cast.project.pk), narrow(ana, room=cast.room.pk)
    assert set(events(project)) == {f"session-{inside.pk}", f"session-{elsewhere.pk}"}
    assert set(events(room)) == {f"session-{inside.pk}", f"session-{other.pk}"}
    body = read(f"/feeds/{project}.ics").content.decode()
    assert "NAME:Salt & Neon" in body and "ATTENDEE" not in body and "METHOD" not in body
    said = re.sub(r"session-\d+@|\d{8}T\d{6}", "", body)  # any digits may stand in ids and times
    for hidden in ("Wren", "Bring it", "Secret", "62"):
        assert hidden not in said
    actions.cancel_session(viewer=cast.viewer("ana"), session=inside)
    assert events(project)[f"session-{inside.pk}"] == events(room)[f"session-{inside.pk}"] == "CANCELLED"
    travel.move_to("2027-05-09T16:59:59Z")
    assert f"session-{inside.pk}" in events(project)
    travel.move_to("2027-05-09T17:00:00Z")
    assert f"session-{inside.pk}" not in events(project)


def test_an_unchanged_narrow_feed_is_not_sent_again(cast: Cast) -> None:
    book(cast, cast.wren_called)
    secret = narrow(Caller(cast.ana), project=cast.project.pk)
    first = read(f"/feeds/{secret}.ics")
    assert read(f"/feeds/{secret}.ics", **{"If-None-Match": first["ETag"]}).status_code == 304


def test_the_secret_of_a_narrow_feed_opens_nothing_else(cast: Cast) -> None:
    session = book(cast, cast.nora_called, cast.wren_called)
    for about in ({"project": cast.project.pk}, {"room": cast.room.pk}):
        caller = by_feed(narrow(Caller(cast.ana), **about))
        assert caller.get("feeds/events/").status_code == 200
        for path in ("sessions/", "calls/", "projects/"):
            answer = caller.get(path)
            assert answer.status_code == 403 or answer.json()["count"] == 0, path
        assert caller.get(f"sessions/{session.pk}/").status_code == 404
        assert caller.post("feeds/").status_code == 403
    assert Caller(cast.ana).get("feeds/events/").status_code == 403


def test_it_shows_what_its_owner_may_read_now(cast: Cast) -> None:
    book(cast, cast.nora_called)
    secret = narrow(Caller(cast.nora), project=cast.project.pk)
    assert len(events(secret)) == 1
    cast.project.memberships.filter(user=cast.nora).delete()
    assert events(secret) == {}


@pytest.mark.parametrize(
    ("name", "about", "field"),
    [
        ("nora", {"room": "room"}, "room"),
        ("emil", {"project": "project"}, "project"),
        ("cleo", {"project": "project"}, "project"),
        ("cleo", {"room": "room"}, "room"),
        ("ana", {"project": "project", "room": "room"}, "room"),
        ("link", {"project": "project"}, "project"),
        ("link", {"room": "room"}, "room"),
    ],
)
def test_nobody_makes_a_feed_of_what_is_not_theirs(cast: Cast, name: str, about: dict[str, str], field: str) -> None:
    book(cast, cast.wren_called)
    caller = by_link(mint(cast.wren_called)) if name == "link" else Caller(getattr(cast, name))
    answer = caller.post("feeds/", **{what: getattr(cast, key).pk for what, key in about.items()})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not CalendarFeed.objects.exists()


def test_the_page_makes_a_feed_of_a_project(cast: Cast) -> None:
    ana = Caller(cast.ana)
    page = ana.send("/schedule/calendar/", project=str(cast.project.pk), room="")
    assert page.status_code == 200 and "/feeds/" in page.content.decode()
    assert CalendarFeed.objects.get().project == cast.project
    both = ana.send("/schedule/calendar/", project=str(cast.project.pk), room=str(cast.room.pk))
    assert both.status_code == 422 and "Choose the project or the room." in both.content.decode()
    assert "Of one project" not in Caller().page(f"/my/{mint(cast.wren_called)}/calendar/").content.decode()


def test_sixty_an_hour_are_enough(cast: Cast, travel: Any) -> None:
    secret = feed_of(by_link(mint(cast.nora_called)))
    path = f"/feeds/{secret}.ics"
    assert {read(path).status_code for _ in range(60)} == {200}
    refused = read(path)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3601
    assert read(f"/feeds/{feed_of(by_link(mint(cast.nora_called)))}.ics").status_code == 200
    travel.shift(timedelta(hours=1, seconds=1))
    assert read(path).status_code == 200
