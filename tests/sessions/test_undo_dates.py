"""A change of several dates of a series is taken back as it was made: all of it, in one, or nothing."""

import secrets
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from budgets.models import BudgetEntry
from producerdesk.notices.models import Delivery
from sessions.models import BookingSlot, Gear, StudioSession
from sessions.notices import INVITATION
from sessions.pricing import SOURCE
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("noon")
DAYS = ("Wed 10 Mar", "Wed 17 Mar", "Wed 24 Mar")
HOURS = {"starts": "10:00", "ends": "18:00"}


@pytest.fixture
def mic(cast: Cast) -> Gear:
    return makers.make_gear(cast.room, serial="4711")


@pytest.fixture
def amp(cast: Cast) -> Gear:
    return makers.make_gear(cast.room, "Vox AC30")


@pytest.fixture
def dates(cast: Cast, ana: Caller, mic: Gear, amp: Gear) -> list[StudioSession]:
    """Three Wednesdays: the first with the microphone, the second with it and the amplifier, the third with nothing."""
    said: dict[str, Any] = {"project": cast.project.pk, "title": "Vocals", "day": "2027-03-10", "room": cast.room.pk}
    said |= {"calls": [{"contributor": cast.wren_called.pk}], "repeats": "weekly", "repeat_times": 3} | HOURS
    assert ana.post("sessions/", **said).status_code == 201
    found = list(StudioSession.objects.order_by("starts_at"))
    for session, gear in zip(found, ([mic], [mic, amp], []), strict=True):
        reserve(ana, session, gear)
    return found


def version_of(session: StudioSession) -> int:
    return StudioSession.objects.values_list("version", flat=True).get(pk=session.pk)


def reserve(caller: Caller, session: StudioSession, gear: list[Gear], **said: Any) -> Any:
    keys = [item.pk for item in gear]
    answer = caller.post_over(f"sessions/{session.pk}/gear/", version_of(session), gear=keys, **said)
    assert answer.status_code == 200, answer.content
    return answer.json()


def had(dates: list[StudioSession]) -> list[set[str]]:
    return [set(each.gear.values_list("name", flat=True)) for each in dates]


def slots() -> set[tuple[Any, ...]]:
    return set(BookingSlot.objects.values_list("resource", "session", "starts_at", "ends_at", "state", "rank"))


def elsewhere(cast: Cast, gear: list[Gear], day: str) -> StudioSession:
    return makers.make_session(cast.project, cast.ana, f"{day}T12:00", f"{day}T14:00", gear=gear, remote_place="Attic")


# --- gear ---------------------------------------------------------------------------------------------


def test_what_each_date_had_is_put_back(cast: Cast, ana: Caller, dates: list[StudioSession]) -> None:
    before, booked, page = had(dates), slots(), f"/sessions/{dates[0].pk}/"
    other = makers.make_gear(cast.room, "LA-2A")
    ana.send(f"{page}gear/", gear=[other.pk], scope="all", _etag=f'"{version_of(dates[0])}"')
    assert had(dates) == [{"LA-2A"}] * 3
    drawn = ana.undo(page)
    assert (drawn.status_code, drawn.url) == (302, page)
    assert (had(dates), slots()) == (before, booked)
    assert before == [{"Neumann U 87"}, {"Neumann U 87", "Vox AC30"}, set()]


def test_dates_that_had_it_already_are_left_alone(ana: Caller, dates: list[StudioSession], mic: Gear) -> None:
    said = reserve(ana, dates[0], [mic], scope="all")
    assert [each["session"] for each in said["before"]] == [dates[1].pk, dates[2].pk]
    assert [each["version"] for each in said["before"]] == [version_of(each) for each in dates[1:]]
    back = ana.post(f"sessions/{dates[0].pk}/gear/dates/", dates=said["before"])
    assert back.status_code == 200, back.content
    assert [sorted(each["gear"]) for each in back.json()["before"]] == [[mic.pk]] * 2  # and this is the way forth again
    assert had(dates)[1:] == [{"Neumann U 87", "Vox AC30"}, set()]
    page = f"/sessions/{dates[0].pk}/"
    ana.send(f"{page}gear/", gear=[mic.pk], scope="one", _etag=f'"{version_of(dates[0])}"')
    assert ">Undo</button>" not in ana.page(page).text  # nothing was changed


def test_what_was_taken_since_is_named_with_its_day_and_nothing_is_put_back(
    cast: Cast, ana: Caller, dates: list[StudioSession], mic: Gear
) -> None:
    page = f"/sessions/{dates[0].pk}/"
    ana.send(f"{page}gear/", gear=[], scope="all", _etag=f'"{version_of(dates[0])}"')
    elsewhere(cast, [mic], "2027-03-17")
    drawn = ana.undo(page)
    assert drawn.status_code == 409
    (clash,) = drawn.context["clash"]["clashes"]
    assert clash["day"] == "2027-03-17" and clash["text"].startswith("Wed 17 Mar: Neumann U 87")
    assert "Wed 17 Mar: <b>Neumann U 87</b>" in drawn.text and "Leave these dates out" not in drawn.text
    assert had(dates) == [set()] * 3


def test_a_date_that_was_changed_since_is_not_written_over(
    cast: Cast, ana: Caller, dates: list[StudioSession], amp: Gear
) -> None:
    page = f"/sessions/{dates[0].pk}/"
    other = makers.make_gear(cast.room, "LA-2A")
    said = reserve(ana, dates[0], [other], scope="all")
    reserve(Caller(cast.ben), dates[2], [other, amp])
    stale = ana.post(f"sessions/{dates[0].pk}/gear/dates/", dates=said["before"])
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert stale.json()["detail"] == f"Changed in the meantime: {DAYS[2]}. Nothing was put back."
    stands = [{"session": each.pk, "version": version_of(each)} for each in dates]
    assert stale.json()["current"] == {"dates": stands}
    assert had(dates) == [{"LA-2A"}, {"LA-2A"}, {"LA-2A", "Vox AC30"}]
    # the page says the same
    ana.send(f"{page}gear/", gear=[], scope="all", _etag=f'"{version_of(dates[0])}"')
    reserve(Caller(cast.ben), dates[1], [amp])
    ana.undo(page)
    assert DAYS[1] in ana.page(page).text and had(dates) == [set(), {"Vox AC30"}, set()]


@pytest.mark.once
def test_only_dates_of_the_project_and_gear_of_the_desk_are_taken(
    cast: Cast, ana: Caller, dates: list[StudioSession], mic: Gear
) -> None:
    first, path = dates[0], f"sessions/{dates[0].pk}/gear/dates/"
    named = {"session": first.pk, "version": version_of(first), "gear": [mic.pk]}
    project = makers.make_project(cast.desk, "Another")
    foreign = makers.make_session(project, cast.ana, "2027-05-10T10:00")
    retired = makers.make_gear(cast.room, "Gone", active=False)
    for said, field in (
        ([], "dates"),
        ([named | {"session": foreign.pk}], "dates.0.session"),
        ([named, named], "dates.1.session"),
        ([named | {"gear": [10**9]}], "dates.0.gear"),
        ([named | {"gear": [makers.make_gear(cast.other_desk).pk]}], "dates.0.gear"),
        ([named | {"gear": [retired.pk]}], "dates.0.gear"),
        ([named | {"gear": "x"}], "dates.0.gear.0"),
        ([named | {"version": 0}], "dates.0.version"),
    ):
        answer = ana.post(path, dates=said)
        assert (answer.status_code, list(answer.json().get("fields", {}))) == (400, [field]), answer.content
    # what is there at another desk is told from what is nowhere by nothing
    strange = makers.make_gear(cast.other_desk).pk
    told = ana.post(path, dates=[named | {"gear": [strange]}]).json()["fields"]
    assert told == {"dates.0.gear": [f"There is no gear {strange} here."]}
    assert Caller(cast.nora).post(path, dates=[named]).status_code == 403
    assert Caller(cast.cleo).post(path, dates=[named]).status_code == 404


# --- cancelled ----------------------------------------------------------------------------------------


def test_dates_that_were_cancelled_together_stand_again_together(
    cast: Cast, ana: Caller, dates: list[StudioSession]
) -> None:
    page, before, booked = f"/sessions/{dates[1].pk}/", had(dates), slots()
    told = set(Delivery.objects.values_list("pk", flat=True))
    ana.send(f"{page}cancel/", scope="later", reason="Tour")
    assert states(dates) == ["confirmed", "cancelled", "cancelled"]
    ana.undo(page)
    assert states(dates) == ["confirmed"] * 3
    assert (had(dates), slots()) == (before, booked)
    assert len({BudgetEntry.objects.of_source(SOURCE, each.pk).level().open for each in dates}) == 1
    asked = Delivery.objects.filter(kind=INVITATION, channel="email").exclude(pk__in=told)
    assert asked.count() == 2 and len(set(asked.values_list("bundle", flat=True)) - {None}) == 1  # in one letter


def states(dates: list[StudioSession]) -> list[str]:
    return [StudioSession.objects.values_list("state", flat=True).get(pk=each.pk) for each in dates]


def test_what_was_cancelled_before_stays_so(ana: Caller, dates: list[StudioSession]) -> None:
    assert ana.post(f"sessions/{dates[0].pk}/cancel/").json()["cancelled"] == [
        {"session": dates[0].pk, "version": version_of(dates[0])}
    ]
    said = ana.post(f"sessions/{dates[0].pk}/cancel/", scope="all").json()
    assert [each["session"] for each in said["cancelled"]] == [dates[1].pk, dates[2].pk]
    back = ana.post(f"sessions/{dates[0].pk}/restore/dates/", dates=said["cancelled"])
    assert back.status_code == 200, back.content
    assert states(dates) == ["cancelled", "confirmed", "confirmed"]


def test_of_cancelled_dates_all_stand_again_or_none(cast: Cast, ana: Caller, dates: list[StudioSession]) -> None:
    page = f"/sessions/{dates[0].pk}/"
    ana.send(f"{page}cancel/", scope="all", reason="")
    makers.make_session(cast.project, cast.ana, "2027-03-24T17:00", "2027-03-24T20:00", room=cast.room)
    drawn = ana.undo(page)
    assert drawn.status_code == 409
    assert [clash["day"] for clash in drawn.context["clash"]["clashes"]] == ["2027-03-24"]
    assert states(dates) == ["cancelled"] * 3
    said = [{"session": each.pk, "version": version_of(each)} for each in dates]
    assert ana.post(f"sessions/{dates[1].pk}/restore/").status_code == 200
    stale = ana.post(f"sessions/{dates[0].pk}/restore/dates/", dates=said)
    assert (stale.status_code, DAYS[1] in stale.json()["detail"]) == (412, True)
    assert states(dates) == ["cancelled", "confirmed", "cancelled"]


# --- the message --------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.django_db
def test_an_undo_that_fits_no_cookie_comes_back_all_the_same() -> None:
    back, login = secrets.token_urlsafe(6000), SessionStore()
    asked = RequestFactory().get("/")
    asked.session = login
    told, answer = default_storage(asked), HttpResponse()
    told.add(messages.SUCCESS, "Reserved.", extra_tags=back)
    told.update(answer)
    then = RequestFactory().get("/")
    then.session = login
    then.COOKIES = {name: cookie.value for name, cookie in answer.cookies.items()}
    assert [message.extra_tags for message in default_storage(then)] == [back]
