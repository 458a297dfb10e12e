"""Warnings: what could go wrong with a session, said while there is time, and only to who plans it."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contributors.models import Contributor
from producerdesk.kit import clock
from sessions import actions, warnings
from sessions.models import StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("noon")


def codes(ana: Caller, session: StudioSession) -> list[str]:
    return [warning["code"] for warning in ana.get(f"sessions/{session.pk}/warnings/").json()["results"]]


def calls(*people: tuple[Contributor, str]) -> list[dict[str, Any]]:
    return [{"contributor": person, "role": role} for person, role in people]


def test_each_kind_is_warned_of_until_it_is_put_right(cast: Cast, ana: Caller, session: StudioSession) -> None:
    assert codes(ana, session) == ["no_engineer", "missing_charts"]
    vocal = makers.make_session(
        cast.project, cast.ana, "2027-03-03T10:00", kind="vocal", calls=calls((cast.wren_called, "Violin"))
    )
    assert codes(ana, vocal) == ["no_engineer", "no_singer", "unanswered"]
    actions.call_person(viewer=cast.viewer("ana"), session=vocal, contributor=cast.emil_called, role="Sound engineer")
    actions.call_person(viewer=cast.viewer("ana"), session=vocal, contributor=cast.nora_called, role="Lead vocals")
    for call in vocal.calls.all():
        actions.confirm_call(viewer=cast.viewer("ana"), call=call)
    assert codes(ana, vocal) == []
    with time_machine.travel("2027-03-04T12:00:00Z", tick=False):
        assert codes(ana, vocal) == []  # it is over
    song = session.songs.get()
    song.chart_url = "https://example.com/chart.pdf"
    song.save()
    assert codes(ana, session) == ["no_engineer"]
    actions.cancel_session(viewer=cast.viewer("ana"), session=session)
    assert codes(ana, session) == []


def test_who_is_called_without_a_role_comes_in_that_of_the_hire(cast: Cast, ana: Caller) -> None:
    session = makers.make_session(
        cast.project,
        cast.ana,
        "2027-03-03T10:00",
        kind="vocal",
        calls=calls((cast.emil_called, ""), (cast.nora_called, "")),
    )
    hire = makers.make_engagement(
        cast.project, role="Recording engineer", contributor=cast.emil_called, state="offered"
    )
    elsewhere = makers.make_project(cast.desk, "Elsewhere")
    makers.make_engagement(elsewhere, role="Lead vocals", contributor=cast.nora_called)
    missing = [code for code in codes(ana, session) if code.startswith("no_")]
    assert missing == ["no_engineer", "no_singer"]  # nobody has confirmed, and another project's hire says nothing here
    hire.state = "confirmed"
    hire.save()
    assert "no_engineer" not in codes(ana, session)
    emil = session.calls.get(contributor=cast.emil_called)
    actions.change_call(viewer=cast.viewer("ana"), call=emil, role="Sings")
    missing = [code for code in codes(ana, session) if code.startswith("no_")]
    assert missing == ["no_engineer"]  # what the call says goes before what the hire says


@pytest.mark.parametrize(
    ("starts", "place", "minutes", "warned"),
    [
        ("2027-03-10T18:30", "Ferry Rehearsals", 60, True),
        ("2027-03-10T18:00", "Ferry Rehearsals", 60, True),
        ("2027-03-10T19:00", "Ferry Rehearsals", 60, False),
        ("2027-03-10T18:30", "Ferry Rehearsals", 20, False),
        ("2027-03-10T18:30", "https://example.com/room", 60, False),
        ("2027-03-10T18:30", "Ferry Rehearsals", 0, False),
    ],
)
@pytest.mark.once
def test_two_calls_at_two_places_want_time_between_them(
    cast: Cast, ana: Caller, session: StudioSession, starts: str, place: str, minutes: int, warned: bool
) -> None:
    cast.desk.travel_minutes = minutes
    cast.desk.save()
    said: dict[str, Any] = {"remote_place": place, "kind": "playback", "calls": calls((cast.wren_called, "Violin"))}
    other = makers.make_session(cast.project, cast.ana, starts, "2027-03-10T20:00", **said)
    assert ("no_travel_time" in codes(ana, session)) is warned
    assert ("no_travel_time" in codes(ana, other)) is warned


def test_of_another_project_no_more_is_told_than_that_it_is_short(
    cast: Cast, ana: Caller, session: StudioSession
) -> None:
    elsewhere = makers.make_project(cast.desk, "Nobody knows")
    said: dict[str, Any] = {"title": "Hush", "remote_place": "Ferry", "calls": calls((cast.wren_called, "Violin"))}
    makers.make_session(elsewhere, cast.ana, "2027-03-10T18:20", "2027-03-10T20:00", **said)
    found = ana.get(f"sessions/{session.pk}/warnings/").json()["results"][-1]
    text = "Wren Castellan has 20 min between two calls at different places"
    assert found == {"code": "no_travel_time", "text": text, "link": ""}


def test_who_does_not_plan_reads_none(cast: Cast, session: StudioSession) -> None:
    for who in ("nora", "lena"):
        caller = Caller(getattr(cast, who))
        assert caller.get(f"sessions/{session.pk}/warnings/").status_code == 403
        assert all("warnings" not in row for row in caller.get("today/").json()["sessions"]["results"])
        assert b'id="warnings"' not in caller.page(f"/sessions/{session.pk}/").content


def test_the_preview_the_page_and_today_say_the_same(cast: Cast, ana: Caller, session: StudioSession) -> None:
    song = session.songs.get()
    song.title = "=1+1 <script>\u2028🎻"
    song.save()
    body: dict[str, Any] = {
        "project": cast.project.pk,
        "kind": "vocal",
        "day": "2027-03-10",
        "starts": "18:30",
        "ends": "20:00",
        "remote_place": "Ferry",
        "songs": [song.pk],
        "calls": [{"contributor": cast.wren_called.pk, "role": "Violin"}],
    }
    quote = ana.post("sessions/price/", **body)
    assert quote.status_code == 200, quote.json()
    found = [warning["code"] for warning in quote.json()["warnings"]]
    assert found == ["no_engineer", "no_singer", "missing_charts", "no_travel_time"]
    page = ana.page(f"/sessions/{session.pk}/")
    assert page.context["warnings"] == ana.get(f"sessions/{session.pk}/warnings/").json()
    assert "No chart for =1+1 &lt;script&gt;" in page.content.decode()
    today = ana.get("today/").json()["sessions"]["results"][0]
    assert today["warnings"] == page.context["warnings"]["results"]


@pytest.mark.once
def test_however_many_sessions_so_many_queries(cast: Cast, ana: Caller, session: StudioSession) -> None:
    for day in range(11, 16):
        makers.make_session(cast.project, cast.ana, f"2027-03-{day}T10:00", calls=calls((cast.wren_called, "Violin")))
    rows = ana.get("today/").json()["sessions"]["results"]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = warnings.of(rows, clock.now())
    assert len(rows) == len(found) == 6
    assert len(asked) == 2  # nobody is called without a role
