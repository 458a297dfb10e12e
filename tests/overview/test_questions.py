"""The five questions of a project: what is answered, in which state, to whom, and in how many statements."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.actions import open_budget
from projects.models import StageDate
from sessions import actions
from sessions.models import Call, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]
ALL = {"studio", "engineer", "hires", "due", "budget"}


@pytest.fixture(autouse=True)
def clock_stands() -> Iterator[None]:
    """It is a Monday in March."""
    with time_machine.travel("2027-03-08T08:00:00Z", tick=False):
        yield


def asked(caller: Caller, project_id: int) -> dict[str, Any]:
    answer = caller.get(f"projects/{project_id}/questions/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def book(cast: Cast, day: int, **said: Any) -> StudioSession:
    return makers.make_session(cast.project, cast.ana, f"2027-03-{day}T10:00", **said)


def call_engineer(cast: Cast, session: StudioSession, name: str = "emil_called") -> Call:
    person = getattr(cast, name)
    return actions.call_person(
        viewer=cast.viewer("ana"), session=session, contributor=person, role="Recording engineer"
    )


def test_an_untouched_project_says_what_is_to_do(cast: Cast, as_: As) -> None:
    found = asked(as_("ana"), cast.project.pk)
    assert {name: answer["state"] for name, answer in found.items()} == {
        "studio": "todo",
        "engineer": "none",
        "hires": "none",
        "due": "todo",
        "budget": "none",
    }
    page = as_("ana").page(f"/projects/{cast.project.pk}/").content.decode()
    assert "No role named" in page and "Every role is filled" not in page


def test_only_who_sets_dates_is_asked_for_one(cast: Cast, as_: As) -> None:
    for name, asked_for in (("ana", True), ("nora", False), ("lena", False)):
        page = as_(name).page(f"/projects/{cast.project.pk}/").content.decode()
        assert "No deadline" in page
        assert ("Give it a date" in page) is asked_for, name


def test_is_the_studio_booked(cast: Cast, as_: As) -> None:
    first = book(cast, 10, room=cast.room)
    assert asked(as_("ana"), cast.project.pk)["studio"]["state"] == "ok"
    hold = book(cast, 12, room=cast.room, hold=True)
    studio = asked(as_("ana"), cast.project.pk)["studio"]
    assert (studio["state"], studio["ahead"], studio["booked"], studio["holds"]) == ("warn", 2, 1, 1)
    assert (studio["next"]["id"], studio["first_hold"]["id"]) == (first.pk, hold.pk)
    page = as_("ana").page(f"/projects/{cast.project.pk}/").content.decode()
    assert "1 of 2 sessions" in page and "Fri 12 Mar is only a hold" in page
    actions.cancel_session(viewer=cast.viewer("ana"), session=hold)
    assert asked(as_("ana"), cast.project.pk)["studio"]["state"] == "ok"


def test_what_is_over_is_not_ahead(cast: Cast, as_: As) -> None:
    book(cast, 10)
    with time_machine.travel("2027-03-10T18:00:00Z", tick=False):
        assert asked(as_("ana"), cast.project.pk)["studio"]["ahead"] == 0


def test_is_an_engineer_coming(cast: Cast, as_: As) -> None:
    first, second = book(cast, 10), book(cast, 11)
    book(cast, 12, kind="rehearsal")  # goes without one
    ask = lambda: asked(as_("ana"), cast.project.pk)["engineer"]  # noqa: E731
    assert (ask()["state"], ask()["needed"], ask()["first_without"]["id"]) == ("bad", 2, first.pk)
    call = call_engineer(cast, first)
    assert (ask()["state"], ask()["called"], ask()["first_without"]["id"]) == ("bad", 1, second.pk)
    other = call_engineer(cast, second)
    assert (ask()["state"], ask()["names"]) == ("warn", ["Emil"])
    for each in (call, other):
        actions.confirm_call(viewer=cast.viewer("ana"), call=each)
    assert (ask()["state"], ask()["confirmed"]) == ("ok", 2)
    assert "Yes, to all 2" in as_("ana").page(f"/projects/{cast.project.pk}/").content.decode()
    actions.decline_call(viewer=cast.viewer("ana"), call=other)
    assert (ask()["state"], ask()["first_without"]["id"]) == ("bad", second.pk)


def test_who_is_still_to_be_found(cast: Cast, as_: As) -> None:
    ask = lambda: asked(as_("ana"), cast.project.pk)["hires"]  # noqa: E731
    makers.make_engagement(cast.project, cast.nora_called, "Bass", state="confirmed")
    assert (ask()["state"], ask()["hired"]) == ("ok", 1)
    assert "Every role is filled" in as_("ana").page(f"/projects/{cast.project.pk}/").content.decode()
    makers.make_engagement(cast.project, cast.wren_called, "Violin", state="offered")
    assert (ask()["state"], ask()["offered"]) == ("warn", 1)
    makers.make_engagement(cast.project, role="Singer", state="auditioning")
    makers.make_engagement(cast.project, role="Cello", needed_by=dt.date(2027, 3, 20))
    found = ask()
    assert (found["state"], found["needed"], found["auditioning"]) == ("todo", 1, 1)
    assert (found["first"], found["first_needed_by"]) == ("Cello", "2027-03-20")
    assert "1 hire, 1 audition" in as_("ana").page(f"/projects/{cast.project.pk}/").content.decode()
    makers.make_engagement(cast.project, role="Bass", needed_by=dt.date(2027, 3, 7))
    assert (ask()["state"], ask()["first"]) == ("bad", "Bass")


@pytest.mark.parametrize(
    ("deadline", "stage_due", "song_due", "state"),
    [
        (dt.date(2027, 3, 8), None, None, "ok"),
        (dt.date(2027, 3, 7), None, None, "bad"),
        (dt.date(2027, 4, 1), dt.date(2027, 3, 7), None, "bad"),
        (dt.date(2027, 4, 1), None, dt.date(2027, 3, 7), "warn"),
        (None, None, None, "todo"),
    ],
)
def test_are_we_on_time(
    cast: Cast,
    as_: As,
    deadline: dt.date | None,
    stage_due: dt.date | None,
    song_due: dt.date | None,
    state: str,
) -> None:
    cast.project.deadline, cast.project.stage = deadline, "tracking"
    cast.project.save()
    if stage_due:
        StageDate.objects.create(project=cast.project, stage="tracking", due_on=stage_due)
    if song_due:
        song = makers.make_song(cast.project, stage="tracking")
        StageDate.objects.create(project=cast.project, song=song, stage="tracking", due_on=song_due)
    assert asked(as_("ana"), cast.project.pk)["due"]["state"] == state
    assert as_("ana").page(f"/projects/{cast.project.pk}/").status_code == 200
    cast.project.stage = "delivered"
    cast.project.save()
    assert asked(as_("ana"), cast.project.pk)["due"]["state"] == "ok"


def test_who_controls_the_budget_and_what_is_in_it(cast: Cast, as_: As) -> None:
    book(cast, 10, room=cast.room)
    found = asked(as_("lena"), cast.project.pk)["budget"]
    assert (found["state"], found["committed"]["amount"], found["actual"]["amount"]) == ("todo", "496.00", "0.00")
    budget = open_budget(cast.project)
    budget.controller = cast.lena
    budget.save()
    assert asked(as_("ana"), cast.project.pk)["budget"]["controller"] == "Lena"
    assert "Lena decides" in as_("ana").page(f"/projects/{cast.project.pk}/").content.decode()


# --- to whom ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("ana", ALL),
        ("asa", ALL),
        ("lena", ALL - {"hires"}),
        ("xavi", ALL - {"hires"}),
        ("nora", {"studio", "engineer", "due"}),
        ("emil", {"due"}),
        ("cara", {"due"}),
    ],
)
def test_each_role_is_told_what_it_sees(cast: Cast, as_: As, name: str, names: set[str]) -> None:
    book(cast, 10, room=cast.room)
    assert set(asked(as_(name), cast.project.pk)) == names
    page = as_(name).page(f"/projects/{cast.project.pk}/")
    assert page.content.decode().count('class="pd-q"') == len(names)
    assert ("committed" in page.content.decode()) == ("budget" in names)


def test_a_right_on_another_project_opens_no_money_here(cast: Cast, as_: As) -> None:
    other = makers.make_project(cast.desk, "Another")
    makers.make_member(other, cast.nora, "label")
    book(cast, 10, room=cast.room)
    assert "budget" not in asked(as_("nora"), cast.project.pk)
    assert "budget" in asked(as_("nora"), other.pk)


def test_a_stranger_learns_nothing(cast: Cast, as_: As) -> None:
    assert as_("cleo").get(f"projects/{cast.project.pk}/questions/").status_code == 404
    assert Caller().get(f"projects/{cast.project.pk}/questions/").status_code == 401
    assert as_("ana").get(f"projects/{cast.project.pk}/questions/", page="2").status_code == 400


def test_an_artists_answers_are_the_same_whatever_the_money(cast: Cast, as_: As) -> None:
    book(cast, 10, room=cast.room)
    paths = (f"/api/v1/projects/{cast.project.pk}/questions/", "/api/v1/today/")
    before = [as_("nora").client.get(path).content for path in paths]
    makers.make_room_rate(cast.room, "day", "990.00")
    makers.make_engagement(cast.project, cast.wren_called, "Violin", fee="240", unit="flat")
    budget = open_budget(cast.project)
    budget.controller = cast.xavi
    budget.save()
    assert [as_("nora").client.get(path).content for path in paths] == before


# --- what it costs ----------------------------------------------------------------------------------------


def test_all_five_take_two_statements_for_much_as_for_little(cast: Cast, as_: As) -> None:
    ana = as_("ana")
    counts = []
    for days in (range(10, 12), range(12, 28)):
        for day in days:
            call_engineer(cast, book(cast, day))
            makers.make_engagement(cast.project, role=f"Role {day}")
        asked(ana, cast.project.pk)
        with CaptureQueriesContext(connection) as caught:
            asked(ana, cast.project.pk)
        counts.append(len(caught))
    assert counts == [2 + 2, 2 + 2]  # login, and the five


@pytest.mark.parametrize("page", ["", "songs/", "brief/", "sessions/", "people/", "access/", "budget/"])
def test_every_page_of_a_project_opens_with_what_the_api_says(cast: Cast, as_: As, page: str) -> None:
    book(cast, 10, room=cast.room)
    drawn = as_("ana").page(f"/projects/{cast.project.pk}/{page}")
    assert drawn.context["questions"] == asked(as_("ana"), cast.project.pk)
    assert drawn.content.decode().count('class="pd-a pd-a--') == 5


@pytest.mark.parametrize("page", ["plan/", "expenses/", "entries/", "settings/"])
@pytest.mark.parametrize("name", ["ana", "lena"])
def test_every_page_of_a_budget_does_so_too(cast: Cast, as_: As, name: str, page: str) -> None:
    book(cast, 10, room=cast.room)
    budget = open_budget(cast.project)
    drawn = as_(name).page(f"/budgets/{budget.pk}/{page}")
    answers = asked(as_(name), cast.project.pk)
    assert drawn.context["questions"] == answers
    assert drawn.content.decode().count('class="pd-a pd-a--') == len(answers)


def test_a_project_without_a_budget_opens_its_budget_page_with_them(cast: Cast, as_: As) -> None:
    page = as_("ana").page(f"/projects/{cast.project.pk}/budget/").content.decode()
    assert "What may this record cost?" in page and "No budget yet" in page
