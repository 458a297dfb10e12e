"""What stands behind a secret address: the own calls and nothing else; for a wrong secret nothing at all."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from contributors import links
from contributors.models import PrivateLink
from producerdesk.kit import clock
from producerdesk.kit.throttles import PerSecret, WrongSecrets
from sessions import actions
from sessions.models import CalendarFeed, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import book, by_feed, by_link, call_of, feed_of, mint, read

MONEY = (
    *("amount", "currency", "rate", "fee", "price", "cost", "budget", "ledger", "EUR", "€"),
    *("62.00", "77.00", "496.00", "616.00"),  # an hour and the day, of the room and of Wren
)


@pytest.fixture(autouse=True)
def _in_january() -> object:
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        yield


@pytest.fixture
def session(cast: Cast) -> StudioSession:
    """A session in a room that costs, with Nora, and Wren, who takes a fee and has said no with a reason."""
    makers.make_rate(cast.wren_called, "hour", "77.00")
    found = book(cast, cast.nora_called, cast.wren_called, room=cast.room, notes="He sings flat")
    actions.decline_call(
        viewer=cast.viewer("ana"), call=call_of(found, cast.wren_called), reason="A funeral of my aunt"
    )
    return found


@pytest.fixture
def secret(cast: Cast) -> str:
    """Nora's private link."""
    return mint(cast.nora_called)


def everything(found: Any, path: str = "") -> list[tuple[str, Any]]:
    """Return every field of an answer with where it stands."""
    if isinstance(found, dict):
        return [pair for name, inner in found.items() for pair in everything(inner, f"{path}.{name}")]
    if isinstance(found, list):
        return [pair for inner in found for pair in everything(inner, f"{path}[]")]
    return [(path, found)]


def as_a_calendar_reads(body: bytes) -> str:
    """Return all that a calendar file says, unfolded and its escapes undone: in the file a new line is a letter n."""
    said = (pair for component in Calendar.from_ical(body).walk() for pair in component.property_items())
    return "\n".join(f"{name} {value}" for name, value in said)


# --- whose calls ----------------------------------------------------------------------------------------
def test_a_private_link_shows_the_own_calls_only(cast: Cast, session: StudioSession, secret: str) -> None:
    hers = call_of(session, cast.nora_called)
    book(cast, cast.emil_called, title="Not hers", starts="2027-03-11T10:00")
    caller = by_link(secret)
    assert [row["id"] for row in caller.get("calls/").json()["results"]] == [hers.pk]
    assert [row["id"] for row in caller.get("sessions/").json()["results"]] == [session.pk]
    assert caller.get(f"calls/{call_of(session, cast.wren_called).pk}/").status_code == 404
    assert "Not hers" not in read(f"/my/{secret}/").content.decode()


def test_others_answers_reasons_and_contacts_are_hidden(cast: Cast, session: StudioSession, secret: str) -> None:
    for caller in (by_link(secret), Caller(cast.nora)):
        row = caller.get("calls/", mine="true").json()["results"][0]
        other = next(call for call in row["session"]["calls"] if call["person"]["name"] == "Wren Castellan")
        assert set(other) == {"id", "person", "role", "call_at"}
        assert set(other["person"]) == {"id", "name"}
    for text in (
        by_link(secret).get("calls/").content.decode(),
        by_link(secret).get(f"sessions/{session.pk}/").content.decode(),
        read(f"/my/{secret}/").content.decode(),
        Caller(cast.nora).page("/schedule/").content.decode(),
    ):
        assert "Wren Castellan" in text
        for hidden in ("funeral", "He sings flat", cast.wren_called.email):
            assert hidden not in text


def test_no_answer_to_link_feed_or_artist_knows_of_money(cast: Cast, session: StudioSession, secret: str) -> None:
    feed = feed_of(by_link(secret))
    call = call_of(session, cast.nora_called)
    texts = []
    for caller in (by_link(secret), by_feed(feed), Caller(cast.nora)):
        for path in ("calls/", f"calls/{call.pk}/", "sessions/", f"sessions/{session.pk}/", "schedule/", "feeds/"):
            answer = caller.get(path)
            assert answer.status_code in (200, 403), path
            for where, value in everything(answer.json()):
                assert not [word for word in MONEY if word in f"{where} {value}" and where != ".can.see_costs"], where
    project = Caller(cast.nora).post("feeds/", project=cast.project.pk).json()["address"].rpartition("/feeds/")[2]
    for path in (f"/my/{secret}/calls/{call.pk}.ics", f"/feeds/{feed}.ics", f"/feeds/{project}"):
        texts.append(as_a_calendar_reads(read(path).content))
        assert "SUMMARY" in texts[-1]
    for path in (f"/my/{secret}/", f"/my/{secret}/?past=1"):
        texts.append(read(path).content.decode())
    texts.append(Caller(cast.nora).page("/schedule/").content.decode())
    for text in texts:
        assert not [word for word in MONEY if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)]
    for path in ("budgets/", f"sessions/{session.pk}/costs/", "rooms/", "studios/", "contributors/"):
        answer = by_link(secret).get(path)
        assert answer.status_code in (403, 404) or answer.json()["count"] == 0


def test_who_was_taken_off_reads_no_more_than_when_it_was(cast: Cast, session: StudioSession, secret: str) -> None:
    call = call_of(session, cast.nora_called)
    cast.room.studio.access_notes = "Code 1234"
    cast.room.studio.save()
    assert "Code 1234" in read(f"/my/{secret}/").content.decode()
    actions.remove_call(viewer=cast.viewer("ana"), call=call)
    assert "Code 1234" not in read(f"/my/{secret}/?call={call.pk}").content.decode()
    (row,) = by_link(secret).get("calls/", mine="true", removed="true").json()["results"]
    assert (row["session"]["access_notes"], row["session"]["calls"]) == (None, [])


def test_a_link_answers_only_for_its_person(cast: Cast, session: StudioSession, secret: str) -> None:
    wrens = call_of(session, cast.wren_called)
    assert by_link(secret).post(f"calls/{wrens.pk}/confirm/").status_code == 404
    client = Client()
    assert client.post(f"/my/{secret}/calls/{wrens.pk}/confirm/").status_code == 404
    wrens.refresh_from_db()
    assert wrens.answer == "declined"


# --- secrets that open nothing --------------------------------------------------------------------------
def one_off(secret: str) -> str:
    return ("b" if secret[0] != "b" else "c") + secret[1:]


def revoked(cast: Cast) -> str:
    secret = mint(cast.wren_called)
    links.revoke_all(cast.wren_called, now=clock.now())
    return secret


def expired(cast: Cast) -> str:
    return links.mint(cast.wren_called, now=clock.now(), life=timedelta(seconds=0))[1]


def of_somebody_archived(cast: Cast) -> str:
    secret = mint(cast.wren_called)
    cast.wren_called.active = False
    cast.wren_called.save()
    return secret


@pytest.mark.parametrize("make", [revoked, expired, of_somebody_archived, lambda cast: one_off(mint(cast.wren_called))])
@pytest.mark.parametrize("path", ["", "calendar/", "calls/1.ics", "?past=1"])
def test_a_secret_that_opens_nothing_finds_the_one_page_that_says_so(cast: Cast, make: Any, path: str) -> None:
    secret = make(cast)
    with CaptureQueriesContext(connection) as queries:
        answer = read(f"/my/{secret}/{path}")
    assert answer.status_code == 404
    assert len(queries) == 1
    assert answer.content == read(f"/my/{'x' * 43}/").content
    assert "ask who called you for a new link" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"].startswith("noindex")
    refused = by_link(secret).get("calls/")
    assert refused.status_code == 401
    assert refused.json() == by_link("x" * 43).get("calls/").json()


@pytest.mark.parametrize("end", ["revoke", "archive", "link", "off"])
def test_a_feed_that_is_over_finds_nothing(cast: Cast, session: StudioSession, secret: str, end: str) -> None:
    feed = feed_of(by_link(secret))
    assert read(f"/feeds/{feed}.ics").status_code == 200
    if end == "revoke":
        (row,) = by_link(secret).get("feeds/").json()["results"]
        assert by_link(secret).delete(f"feeds/{row['id']}/").status_code == 204
    elif end == "archive":
        cast.nora_called.active = False
        cast.nora_called.save()
    elif end == "link":
        links.revoke_all(cast.nora_called, now=clock.now())
    else:
        feed = one_off(feed)
    with CaptureQueriesContext(connection) as queries:
        answer = read(f"/feeds/{feed}.ics")
    assert answer.status_code == 404
    assert len(queries) == 1
    assert answer.content == read("/no/such/page/").content


def test_a_feed_made_by_a_link_outlives_the_links_that_follow(cast: Cast, session: StudioSession) -> None:
    links.revoke_all(cast.nora_called, now=clock.now() - timedelta(days=1))
    feed = feed_of(by_link(mint(cast.nora_called)))
    mint(cast.nora_called)
    assert read(f"/feeds/{feed}.ics").status_code == 200


def test_secrets_are_kept_as_hashes(cast: Cast, secret: str) -> None:
    feed = feed_of(by_link(secret))
    assert secret not in str(list(PrivateLink.objects.values()))
    assert feed not in str(list(CalendarFeed.objects.values()))


def test_who_tries_secrets_is_held_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WrongSecrets, "rate", "3/min")
    statuses = [read(f"/my/{'x' * 42}{number}/").status_code for number in range(5)]
    assert statuses == [404, 404, 404, 429, 429]


def test_who_asks_too_often_is_held_back(cast: Cast, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerSecret, "rate", "2/min")
    answers = [read(f"/my/{secret}/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


# --- how pages under a secret are served ----------------------------------------------------------------
def test_pages_under_a_secret_are_kept_nowhere(cast: Cast, session: StudioSession, secret: str) -> None:
    call = call_of(session, cast.nora_called)
    for path in ("", "calendar/", f"calls/{call.pk}.ics", "?past=1"):
        answer = read(f"/my/{secret}/{path}")
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["confirm", "decline", "propose", "seen"])
def test_a_strange_site_cannot_answer(cast: Cast, session: StudioSession, secret: str, name: str) -> None:
    call = call_of(session, cast.nora_called)
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"/my/{secret}/calls/{call.pk}/{name}/").status_code == 403
    call.refresh_from_db()
    assert (call.answer, call.seen_at) == ("pending", None)


def test_a_login_beside_a_link_does_not_mix_in(cast: Cast, session: StudioSession, secret: str) -> None:
    """Who is signed in as somebody else and opens a link is that link's person, on that page."""
    page = Caller(cast.emil).page(f"/my/{secret}/").content.decode()
    assert cast.nora_called.name in page
    assert "Tracking" in page


def test_fetching_the_address_notes_nothing(cast: Cast, session: StudioSession, secret: str) -> None:
    call = call_of(session, cast.nora_called)
    for path in ("", f"?call={call.pk}", f"calls/{call.pk}.ics", f"calls/{call.pk}/seen/", f"calls/{call.pk}/confirm/"):
        read(f"/my/{secret}/{path}")
    call.refresh_from_db()
    assert (call.answer, call.seen_at) == ("pending", None)
    Client().post(f"/my/{secret}/calls/{call.pk}/seen/", headers={"Accept": "application/json"})
    call.refresh_from_db()
    assert call.seen_at == clock.now()


# --- links made by who produces -------------------------------------------------------------------------
def test_a_producer_makes_a_link_that_is_told_once_and_ends_it(cast: Cast, session: StudioSession) -> None:
    ana = Caller(cast.ana)
    made = ana.post("private-links/", contributor=cast.wren_called.pk)
    assert made.status_code == 201
    path = made.json()["address"].removeprefix("http://127.0.0.1:8000")
    assert read(path).status_code == 200
    (row,) = ana.get("private-links/", contributor=cast.wren_called.pk).json()["results"]
    assert "address" not in row
    assert (row["made_by"], row["last_used_at"] is not None) == ("Ana", True)
    assert ana.delete(f"private-links/{row['id']}/").status_code == 204
    assert read(path).status_code == 404
    assert ana.get("private-links/").json()["count"] == 0


@pytest.mark.parametrize("name", ["nora", "emil", "cara", "lena", "xavi", "cleo"])
def test_nobody_else_makes_sees_or_ends_links(cast: Cast, name: str) -> None:
    secret = mint(cast.wren_called)
    link = PrivateLink.objects.get()
    caller = Caller(getattr(cast, name))
    assert caller.post("private-links/", contributor=cast.wren_called.pk).status_code in (400, 403)
    assert caller.get("private-links/").json().get("count", 0) == 0
    assert caller.delete(f"private-links/{link.pk}/").status_code in (403, 404)
    assert read(f"/my/{secret}/").status_code == 200
    assert PrivateLink.objects.count() == 1


def test_neither_link_nor_archived_person_gets_another_link(cast: Cast, secret: str) -> None:
    assert by_link(secret).post("private-links/", contributor=cast.nora_called.pk).status_code == 403
    cast.wren_called.active = False
    cast.wren_called.save()
    assert Caller(cast.ana).post("private-links/", contributor=cast.wren_called.pk).status_code == 400


def test_the_page_of_a_persons_links(cast: Cast) -> None:
    ana = Caller(cast.ana)
    path = f"/people/{cast.wren_called.pk}/links/"
    assert "None. The next mail brings a new one." in ana.page(path).content.decode()
    page = ana.send(path)
    link = PrivateLink.objects.get()
    assert "/my/" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert "/my/" not in ana.page(path).content.decode()
    assert ana.send(f"{path}{link.pk}/end/").status_code == 302
    link.refresh_from_db()
    assert link.revoked_at == clock.now()
