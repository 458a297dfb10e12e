"""The day: what stands in it for whom, what is done in place, and what it costs."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.models import Budget
from contributors.models import Engagement
from producerdesk.kit.templatetags.desk import as_form
from producerdesk.notices.models import Delivery
from projects.models import Song, StageDate
from sessions import actions
from sessions.actions import call_person
from sessions.models import Call, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]
NOW = "2027-03-08T08:00:00Z"
DAY = "2027-03-10T10:00"
# login 2, the frame 1, and one each for: sessions, calls of them, who asks, who is waited for, stuck, roles,
# late projects, late songs, budgets; charts, ways and hires for the warnings
PAGE = 14


@pytest.fixture(autouse=True)
def clock_stands() -> Iterator[Any]:
    """It is a Monday in March."""
    with time_machine.travel(NOW, tick=False) as travel:
        yield travel


@pytest.fixture
def session(cast: Cast) -> StudioSession:
    """A booked day with Nora, Emil and Wren."""
    made = makers.make_session(cast.project, cast.ana, DAY, room=cast.room)
    for person in (cast.nora_called, cast.emil_called, cast.wren_called):
        call_person(viewer=cast.viewer("ana"), session=made, contributor=person, role="Player")
    return made


def day_of(caller: Caller) -> dict[str, Any]:
    answer = caller.get("today/")
    assert answer.status_code == 200
    return answer.json()


def call_of(session: StudioSession, name: str) -> Call:
    return Call.objects.get(session=session, contributor__name__startswith=name)


def test_the_producers_day_holds_what_waits(cast: Cast, as_: As, session: StudioSession) -> None:
    ana = cast.viewer("ana")
    actions.confirm_call(viewer=ana, call=call_of(session, "Emil"))
    actions.propose_time(viewer=ana, call=call_of(session, "Nora"), proposed_local="2027-03-10T11:30")
    makers.make_engagement(cast.project, role="Cellist")
    late = makers.make_song(cast.project, "Ninety Below", stage="tracking")
    StageDate.objects.create(project=cast.project, song=late, stage="tracking", due_on=dt.date(2027, 3, 4))
    day = day_of(as_("ana"))
    assert [row["id"] for row in day["sessions"]["results"]] == [session.pk]
    assert [row["person"]["name"] for row in day["asking"]] == ["Nora"]
    assert [row["person"]["name"] for row in day["waiting"]] == ["Wren Castellan"]
    assert [row["role"] for row in day["roles"]] == ["Cellist"]
    assert [(row["title"], row["late_on"]) for row in day["late_songs"]] == [("Ninety Below", "2027-03-04")]
    assert day["budgets"][0]["committed"] == {"amount": "496.00", "currency": "EUR"}
    page = as_("ana").page("/").content.decode()
    for text in ("asks for 11:30, not 10:00", "Wren Castellan", "Cellist", "Ninety Below", "Tracking"):
        assert text in page


def test_a_yes_waits_for_nobody_and_a_hold_asks_nobody(cast: Cast, as_: As, session: StudioSession) -> None:
    held = makers.make_session(cast.project, cast.ana, "2027-03-11T10:00", hold=True)
    call_person(viewer=cast.viewer("ana"), session=held, contributor=cast.nora_called, role="Vocals")
    for name in ("Nora", "Emil", "Wren"):
        actions.confirm_call(viewer=cast.viewer("ana"), call=call_of(session, name))
    day = day_of(as_("ana"))
    assert (day["asking"], day["waiting"]) == ([], [])


def test_what_is_over_cancelled_or_delivered_is_not_of_the_day(cast: Cast, as_: As, session: StudioSession) -> None:
    cast.project.stage = "delivered"
    cast.project.save()
    makers.make_engagement(cast.project, role="Cellist")
    makers.make_song(cast.project, "Afterglow", stage="tracking")
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    day = day_of(as_("ana"))
    assert not any(day[part] for part in ("asking", "waiting", "roles", "late_songs", "late_projects", "budgets"))
    assert day["sessions"] == {"more": False, "results": []}


# --- for whom ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("ana", {"asking", "waiting", "edits", "stuck", "roles", "late_projects", "late_songs", "budgets"}),
        ("asa", {"asking", "waiting", "edits", "stuck", "roles", "late_projects", "late_songs", "budgets"}),
        ("lena", {"projects", "edits", "budgets"}),
        ("xavi", {"projects", "edits", "budgets"}),
        ("nora", {"projects", "edits"}),
        ("emil", {"projects", "edits"}),
    ],
)
def test_each_role_gets_its_own_parts(cast: Cast, as_: As, session: StudioSession, name: str, parts: set[str]) -> None:
    makers.make_engagement(cast.project, role="Cellist")
    day = day_of(as_(name))
    assert set(day) - {"date", "sessions", "new"} == parts
    page = as_(name).page("/").content.decode()
    assert ("committed" in page) == ("budgets" in parts)
    assert ("Cellist" in page) == ("roles" in parts)


def test_a_stranger_finds_nothing_of_another_desk(cast: Cast, as_: As, session: StudioSession) -> None:
    makers.make_engagement(cast.project, role="Cellist")
    day = day_of(as_("cleo"))
    assert not day["new"]
    assert not any(value for value in day.values() if isinstance(value, list))
    assert day["sessions"]["results"] == []


def test_who_produces_here_and_plays_there_is_asked_for_no_work_there(
    cast: Cast, as_: As, session: StudioSession
) -> None:
    makers.make_member(cast.project, cast.cleo, "artist")
    her = makers.make_contributor(cast.desk, user=cast.cleo)
    call_person(viewer=cast.viewer("ana"), session=session, contributor=her, role="Piano")
    makers.make_engagement(cast.project, her, "Piano", state="auditioning")
    late = makers.make_song(cast.project, "Ninety Below", stage="tracking")
    StageDate.objects.create(project=cast.project, song=late, stage="tracking", due_on=dt.date(2027, 3, 4))
    cast.project.deadline = dt.date(2027, 3, 1)
    cast.project.save()
    day = day_of(as_("cleo"))
    assert [row["id"] for row in day["sessions"]["results"]] == [session.pk]
    parts = ("asking", "waiting", "roles", "late_projects", "late_songs", "budgets")
    assert {part: day[part] for part in parts} == {part: [] for part in parts}


def test_an_artist_answers_in_place(cast: Cast, as_: As, session: StudioSession) -> None:
    nora = as_("nora")
    call = call_of(session, "Nora")
    page = nora.page("/")
    assert "Yes, I will be there" in page.content.decode()
    answer = nora.send(f"/calls/{call.pk}/confirm/", next="/")
    assert answer["Location"] == "/"
    call.refresh_from_db()
    assert call.answer == "confirmed"
    assert "Yes, I will be there" not in nora.page("/").content.decode()


def test_who_is_called_reads_the_hour_of_the_call_on_the_studios_clock_and_the_own(
    cast: Cast, as_: As, session: StudioSession
) -> None:
    call = call_of(session, "Nora")
    Call.objects.filter(pk=call.pk).update(call_at=call.call_at + dt.timedelta(hours=1))
    at = session.starts_at + dt.timedelta(hours=1)
    found = as_("nora").page("/").content.decode().split("pd-next-what")[0].split("pd-next-when")[1]
    assert f">{at.astimezone(ZoneInfo(session.time_zone)):%H:%M}</time>" in found
    assert f'data-local="{at:%Y-%m-%dT%H:%M}' in found, "what the browser turns into the reader's own hour"
    assert "starts 10:00, until" in found
    planned = as_("ana").page("/").content.decode().split("pd-next-what")[0].split("pd-next-when")[1]
    assert f'data-local="{session.starts_at:%Y-%m-%dT%H:%M}' in planned
    asked = as_("nora").page(f"/sessions/{session.pk}/").content.decode()
    assert f'data-local="{at:%Y-%m-%dT%H:%M}' in asked.split("You are called for")[1].split("</form>")[0]
    assert f"/schedule/?call={call.pk}" in asked, "the way to one's own call and its call sheet"


def test_who_is_called_is_shown_the_next_one_to_come_to(cast: Cast, as_: As, session: StudioSession) -> None:
    sooner = makers.make_session(cast.project, cast.ana, "2027-03-09T10:00", title="Without Nora")
    nora = as_("nora")

    def large() -> str:
        return nora.page("/").content.decode().split("pd-next-what")[1].split("</h2>")[0]

    assert session.title in large(), "not the one that others are called to"
    nora.post(f"calls/{call_of(session, 'Nora').pk}/decline/")
    assert sooner.title in large(), "called to nothing, the next of the project"
    assert "You said no" in nora.page("/").content.decode()


def test_an_artists_day_is_the_same_whatever_the_money(cast: Cast, as_: As, session: StudioSession) -> None:
    before = (as_("nora").get("today/").content, as_("emil").get("today/").content)
    makers.make_engagement(cast.project, cast.wren_called, "Violin", fee="240", unit="flat")
    makers.make_room_rate(cast.room, "day", "990.00")
    Budget.objects.filter(project=cast.project).update(controller=cast.xavi)
    assert (as_("nora").get("today/").content, as_("emil").get("today/").content) == before


# --- in place ---------------------------------------------------------------------------------------------


def test_somebody_is_asked_once_more_and_not_twice(
    cast: Cast, as_: As, session: StudioSession, clock_stands: Any
) -> None:
    call = call_of(session, "Wren")
    ana = as_("ana")
    (waiting,) = [row for row in day_of(ana)["waiting"] if row["id"] == call.pk]
    assert not waiting["may_nudge"]
    assert ana.post(f"calls/{call.pk}/nudge/").status_code == 409
    clock_stands.shift(dt.timedelta(hours=3))
    assert [row["may_nudge"] for row in day_of(ana)["waiting"]] == [True] * 3
    before = Delivery.objects.filter(ref=f"call:{call.pk}", kind="session.invitation").count()
    assert ana.send(f"/calls/{call.pk}/nudge/", next="/#waiting")["Location"] == "/#waiting"
    rows = Delivery.objects.filter(ref=f"call:{call.pk}", kind="session.invitation")
    assert rows.count() == before + 1
    assert rows.filter(state="pending").count() == 1  # what had not left yet is replaced
    assert ana.post(f"calls/{call.pk}/nudge/").status_code == 409


def test_who_has_answered_is_not_asked_again(cast: Cast, as_: As, session: StudioSession, clock_stands: Any) -> None:
    call = call_of(session, "Wren")
    actions.confirm_call(viewer=cast.viewer("ana"), call=call)
    clock_stands.shift(dt.timedelta(hours=3))
    answer = as_("ana").post(f"calls/{call.pk}/nudge/")
    assert (answer.status_code, "answered meanwhile" in answer.json()["detail"]) == (409, True)


def test_nobody_else_nudges(cast: Cast, as_: As, session: StudioSession) -> None:
    call = call_of(session, "Nora")
    assert as_("nora").post(f"calls/{call.pk}/nudge/").status_code == 403
    assert as_("lena").post(f"calls/{call.pk}/nudge/").status_code in (403, 404)
    assert as_("cleo").post(f"calls/{call.pk}/nudge/").status_code == 404


def test_all_are_nudged_at_once(cast: Cast, as_: As, session: StudioSession, clock_stands: Any) -> None:
    clock_stands.shift(dt.timedelta(hours=3))
    assert as_("ana").send("/today/nudge/").status_code == 302
    assert not any(row["may_nudge"] for row in day_of(as_("ana"))["waiting"])
    assert as_("nora").send("/today/nudge/").status_code == 403  # there is nobody she may ask
    assert Delivery.objects.filter(kind="session.invitation", generation=2).count() == 5  # Nora and Emil by bell, too


def test_what_did_not_leave_is_tried_again_in_place(cast: Cast, as_: As, session: StudioSession) -> None:
    call = call_of(session, "Wren")
    Delivery.objects.filter(ref=f"call:{call.pk}", kind="session.invitation").update(state="failed", reason="550 no")
    (row,) = day_of(as_("ana"))["stuck"]
    assert (row["about"], row["recipient_name"], row["reason"]) == ("Tracking", "Wren Castellan", "550 no")
    assert as_("ana").send(f"/deliveries/{row['id']}/retry/", next="/#stuck")["Location"] == "/#stuck"
    assert day_of(as_("ana"))["stuck"] == []


def test_a_failed_message_about_something_else_is_told_too(cast: Cast, as_: As) -> None:
    now = dt.datetime.now(dt.UTC)
    for number, ref in enumerate(("invitation:5", "call:", "call:12x", "call:999999")):
        Delivery.objects.create(
            desk=cast.desk, kind="project.invitation", ref=ref, recipient=ref, channel="email", due_at=now, try_at=now,
            state="failed", message_id=str(number),
        )  # fmt: skip
    assert [row["about"] for row in day_of(as_("ana"))["stuck"]] == [None] * 4


def test_a_hold_is_confirmed_in_place(cast: Cast, as_: As) -> None:
    held = makers.make_session(cast.project, cast.ana, DAY, hold=True, room=cast.room)
    assert f"/sessions/{held.pk}/confirm/" in as_("ana").page("/").content.decode()
    assert as_("ana").send(f"/sessions/{held.pk}/confirm/", next="/#sessions")["Location"] == "/#sessions"
    held.refresh_from_db()
    assert held.state == "confirmed"


@pytest.mark.parametrize("name", ["accept", "keep"])
def test_an_answer_to_a_proposal_is_taken_back_in_place(cast: Cast, as_: As, session: StudioSession, name: str) -> None:
    call = call_of(session, "Nora")
    nora = cast.viewer("nora")
    actions.propose_time(viewer=nora, call=call, proposed_local="2027-03-10T11:30", reason="My train")
    before = Call.objects.values("call_at", "proposed_at", "answer", "reason").get(pk=call.pk)
    ana = as_("ana").client
    page = ana.post(f"/calls/{call.pk}/{name}/", {"move": "call", "next": "/#asking"}, follow=True)
    (message,) = page.context["messages"]
    back = as_form(message.extra_tags)
    assert "Undo" in page.text and dict(back["fields"])["next"] == "/#asking"
    assert call_of(session, "Nora").answer != before["answer"]
    page = ana.post(back["path"], dict(back["fields"]), follow=True)
    assert "It waits for you again." in page.text
    assert Call.objects.values("call_at", "proposed_at", "answer", "reason").get(pk=call.pk) == before


def test_a_whole_session_that_moved_has_no_short_way_back(cast: Cast, as_: As, session: StudioSession) -> None:
    call = call_of(session, "Nora")
    actions.propose_time(viewer=cast.viewer("nora"), call=call, proposed_local="2027-03-10T11:30")
    page = as_("ana").client.post(f"/calls/{call.pk}/accept/", {"move": "session", "next": "/"}, follow=True)
    assert [message.extra_tags for message in page.context["messages"]] == [""]


def test_a_form_leads_back_only_to_our_own_pages(cast: Cast, as_: As) -> None:
    held = makers.make_session(cast.project, cast.ana, DAY, hold=True, room=cast.room)
    answer = as_("ana").send(f"/sessions/{held.pk}/confirm/", next="https://elsewhere.example/")
    assert answer["Location"] == "/"


# --- empty, and done ----------------------------------------------------------------------------------------


def test_who_is_new_starts_a_record(db: None) -> None:
    assert Caller(makers.make_user("Mara")).page("/")["Location"] == "/projects/start/"


def test_a_clear_desk_says_so(cast: Cast, as_: As) -> None:
    page = as_("ana").page("/").content.decode()
    assert "Nothing waits for you" in page and "Book the first day" in page
    assert "Book the first day" not in as_("nora").page("/").content.decode()
    makers.make_engagement(cast.project, role="Cellist")
    assert "Nothing waits for you" not in as_("ana").page("/").content.decode()


# --- what it costs ------------------------------------------------------------------------------------------


def fill(cast: Cast, count: int) -> None:
    made = StudioSession.objects.count()
    first = dt.datetime(2027, 3, 9, 8, tzinfo=dt.UTC)
    sessions = StudioSession.objects.bulk_create(
        StudioSession(
            desk=cast.desk, project=cast.project, title=f"Day {n}", remote_place="Here", time_zone="Europe/Berlin",
            starts_local=f"{first + dt.timedelta(days=n):%Y-%m-%dT10:00}",
            ends_local=f"{first + dt.timedelta(days=n):%Y-%m-%dT12:00}",
            starts_at=first + dt.timedelta(days=n), ends_at=first + dt.timedelta(days=n, hours=2),
            booked_by=cast.ana,
        )
        for n in range(made, made + count)
    )  # fmt: skip
    Call.objects.bulk_create(
        Call(session=each, contributor=cast.wren_called, call_local=each.starts_local, call_at=each.starts_at)
        for each in sessions
    )
    Engagement.objects.bulk_create(Engagement(project=cast.project, role=f"Role {n}") for n in range(count))
    songs = Song.objects.bulk_create(Song(project=cast.project, title=f"Song {n}") for n in range(count))
    StageDate.objects.bulk_create(
        StageDate(project=cast.project, song=song, stage="tracking", due_on=dt.date(2027, 3, 1)) for song in songs
    )


@pytest.mark.once
def test_the_page_takes_as_many_queries_for_1000_sessions_as_for_10(
    cast: Cast, as_: As, session: StudioSession
) -> None:
    ana = as_("ana")
    counts = []
    for more in (10, 990):
        fill(cast, more)
        ana.page("/")  # content types and the like are kept from the first request on
        with CaptureQueriesContext(connection) as caught:
            page = ana.page("/")
        assert page.status_code == 200
        counts.append(len(caught))
    assert counts == [PAGE, PAGE]
    day = day_of(ana)
    assert day["sessions"]["more"] and len(day["sessions"]["results"]) == 8
    assert len(day["waiting"]) == len(day["roles"]) == len(day["late_songs"]) == 8


def test_the_page_draws_what_the_api_says(cast: Cast, as_: As, session: StudioSession) -> None:
    for name in ("ana", "nora", "lena", "emil"):
        assert as_(name).page("/").context["day"] == day_of(as_(name))
