"""A change of several dates of a series is taken back as it was made: all of it, in one, or nothing."""

import secrets
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import IntegerField

from budgets.models import BudgetEntry
from producerdesk.notices.models import Delivery
from sessions.models import BookingSlot, Gear, StudioSession
from sessions.notices import INVITATION
from sessions.pricing import SOURCE
from sessions.serializers.dates import KeysField
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("noon")
DAYS = ("Wed 10 Mar", "Wed 17 Mar", "Wed 24 Mar")
HOURS = {"starts": "10:00", "ends": "18:00"}


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
        ([named | {"gear": ["x"]}], "dates.0.gear.0"),
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


def form(caller: Caller, path: str, **said: Any) -> Any:
    """Send a form as a browser does: with files in parts, else in one line."""
    named = {name.replace("_0_", "[0]"): value for name, value in said.items()}
    if any(isinstance(value, SimpleUploadedFile) for value in said.values()):
        return caller.client.post(f"/api/v1/{path}", named)
    return caller.client.post(f"/api/v1/{path}", urlencode(named), content_type="application/x-www-form-urlencoded")


@pytest.mark.once
def test_a_form_of_dates_that_no_page_sends_is_refused_by_name(
    ana: Caller, dates: list[StudioSession], mic: Gear
) -> None:
    path, version = f"sessions/{dates[0].pk}/gear/dates/", version_of(dates[0])
    whole = {"dates_0_session": dates[0].pk, "dates_0_version": version}
    nines = f"dates[{'9' * 5000}]session"
    for said, field in (
        (whole | {"dates_0_gear": sent_file()}, "dates.0.gear.0"),
        (whole | {"dates_0_session": sent_file(), "dates_0_gear": ""}, "dates.0.session"),
        (whole, "dates.0.gear"),
        (whole | {"dates_0_gear": "4 x"}, "dates.0.gear.1"),
        ({"dates_0_session": sent_file()}, "dates.0.version"),
        ({"dates_0_": sent_file()}, "dates.0"),
        ({nines: "1"}, "dates"),
    ):
        answer = form(ana, path, **said)
        assert (answer.status_code, field in answer.json()["fields"]) == (400, True), answer.content
    assert version_of(dates[0]) == version and had(dates)[0] == {"Neumann U 87"}
    # what is no row is passed over beside one that is
    taken = form(ana, path, **whole | {nines: "1", "dates_0_gear": f" {mic.pk}\n{mic.pk} "})
    assert taken.status_code == 200, taken.content
    none = form(ana, path, dates_0_session=dates[0].pk, dates_0_version=version_of(dates[0]), dates_0_gear=" ")
    assert none.status_code == 200 and had(dates)[0] == set()


def sent_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("notes.txt", b"7")


@pytest.mark.once
def test_in_json_gear_is_a_list_and_no_text(ana: Caller, dates: list[StudioSession]) -> None:
    named = {"session": dates[0].pk, "version": version_of(dates[0])}
    strange: list[Any] = ["", "  ", "4711", None, {}]
    for said in strange:
        answer = ana.post(f"sessions/{dates[0].pk}/gear/dates/", dates=[named | {"gear": said}])
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["dates.0.gear"]), answer.content
    assert had(dates)[0] == {"Neumann U 87"}


@pytest.mark.once
def test_far_too_much_gear_is_refused_before_it_is_read(
    ana: Caller, dates: list[StudioSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    monkeypatch.setattr(IntegerField, "to_internal_value", lambda field, said: read.append(said))
    keys = KeysField(max_length=3)
    with pytest.raises(ValidationError) as refused:
        keys.run_validation(["x"] * 50_000)
    assert "no more than 3" in str(refused.value) and not read
    named = {"session": dates[0].pk, "version": version_of(dates[0]), "gear": ["x"] * 50_000}
    monkeypatch.undo()
    fields = ana.post(f"sessions/{dates[0].pk}/gear/dates/", dates=[named]).json()["fields"]
    assert list(fields) == ["dates.0.gear"]  # and not a text for each of them


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


def test_a_cancellation_sent_twice_is_one_and_keeps_its_way_back(ana: Caller, dates: list[StudioSession]) -> None:
    path = f"sessions/{dates[0].pk}/cancel/"
    first, again = (ana.post(path, once="k", scope="all").json() for _press in range(2))
    assert len(first["cancelled"]) == 3 and again == first
    assert ana.post(f"sessions/{dates[0].pk}/restore/dates/", dates=again["cancelled"]).status_code == 200
    assert states(dates) == ["confirmed"] * 3


def test_what_is_cancelled_already_is_cancelled_no_more(ana: Caller, dates: list[StudioSession]) -> None:
    path = f"sessions/{dates[0].pk}/cancel/"
    assert ana.post(path, scope="all").status_code == 200
    versions = [version_of(each) for each in dates]
    for scope in ("one", "later", "all"):
        answer = ana.post(path, scope=scope)
        assert (answer.status_code, answer.json()["cancelled"]) == (200, []), answer.content
    assert [version_of(each) for each in dates] == versions  # what was read of them still undoes it


@pytest.mark.parametrize("scope", ["one", "all"])
def test_a_page_that_cancelled_nothing_offers_no_way_back(ana: Caller, dates: list[StudioSession], scope: str) -> None:
    page = f"/sessions/{dates[0].pk}/"
    ana.send(f"{page}cancel/", scope="all")
    first = ana.page(page).text
    assert "Everybody called hears of it" in first and ">Undo</button>" in first
    ana.send(f"{page}cancel/", scope=scope)
    again = ana.page(page).text
    assert "This was cancelled already." in again and "Everybody called hears of it" not in again
    assert ">Undo</button>" not in again


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


@pytest.mark.once
def test_what_is_refused_of_one_date_says_which(ana: Caller, dates: list[StudioSession], mic: Gear) -> None:
    named = [{"session": each.pk, "version": version_of(each)} for each in dates[1:2]]
    stands = ana.post(f"sessions/{dates[0].pk}/restore/dates/", dates=named)
    assert (stands.status_code, stands.json()["detail"]) == (409, f"{DAYS[1]}: This session is not cancelled.")
    assert ana.post(f"sessions/{dates[2].pk}/cancel/").status_code == 200
    off = f"{DAYS[2]}: This session was cancelled. Restore it first."
    with_gear = [{"session": each.pk, "version": version_of(each), "gear": [mic.pk]} for each in dates]
    tries: list[tuple[str, dict[str, Any]]] = [
        ("gear/dates/", {"dates": with_gear}),
        ("gear/", {"gear": [mic.pk], "scope": "all"}),
    ]
    for path, said in tries:
        answer = ana.post_over(f"sessions/{dates[2].pk}/{path}", version_of(dates[2]), **said)
        assert (answer.status_code, answer.json()["detail"]) == (409, off), answer.content
    alone = ana.post_over(f"sessions/{dates[2].pk}/gear/", version_of(dates[2]), gear=[mic.pk])
    assert alone.json()["detail"] == "This session was cancelled. Restore it first."  # one looks at it


@pytest.mark.once
def test_clashes_are_told_in_order_of_day_and_those_of_one_date_as_its_own(cast: Cast, ana: Caller) -> None:
    days = ("2027-03-24", "2027-03-10")  # booked in another order than they come
    off = [makers.make_session(cast.project, cast.ana, f"{day}T10:00", room=cast.room) for day in days]
    for each, day in zip(off, days, strict=True):
        assert ana.post(f"sessions/{each.pk}/cancel/").status_code == 200
        makers.make_session(cast.project, cast.ana, f"{day}T10:00", room=cast.room)
    named = [{"session": each.pk, "version": version_of(each)} for each in off]
    told = ana.post(f"sessions/{off[0].pk}/restore/dates/", dates=named)
    assert (told.status_code, [clash["day"] for clash in told.json()["clashes"]]) == (409, sorted(days))
    alone = ana.post(f"sessions/{off[0].pk}/restore/dates/", dates=named[:1]).json()
    assert alone["free"] and alone["detail"] == "Something is taken at that time. Nothing was saved or sent."


def test_holds_stand_again_with_a_new_end_last_in_line_and_unchallenged(cast: Cast, ana: Caller) -> None:
    said: dict[str, Any] = {"project": cast.project.pk, "title": "Held", "day": "2027-03-10", "room": cast.room.pk}
    said |= {"calls": [{"contributor": cast.wren_called.pk}], "repeats": "weekly", "repeat_times": 2} | HOURS
    assert ana.post("sessions/", hold=True, hold_until="2027-03-05T12:00", **said).status_code == 201
    held = list(StudioSession.objects.order_by("starts_at"))
    behind = makers.make_session(
        cast.project, cast.ana, "2027-03-10T10:00", "2027-03-10T18:00", room=cast.room, hold=True
    )
    assert ana.post(f"sessions/{behind.pk}/challenge/").status_code == 200
    assert StudioSession.objects.get(pk=held[0].pk).challenged_by == behind
    assert places(ana, [*held, behind]) == [1, 1, 2]
    page = f"/sessions/{held[0].pk}/"
    ana.send(f"{page}cancel/", scope="all")
    ana.undo(page)
    drawn = ana.page(page).text
    assert "They stand again." in drawn and "is asked" not in drawn
    assert (states(held), places(ana, [*held, behind])) == (["hold"] * 2, [2, 1, 1])
    for each in held:
        before = each.hold_until
        each.refresh_from_db()
        assert each.hold_until != before and (each.answer_by, each.challenged_by) == (None, None)
    ana.send(f"{page}cancel/", scope="all")
    gone = ana.page(page).text
    assert "Cancelled." in gone and "Everybody called" not in gone  # of a hold nobody has heard


def places(caller: Caller, dates: list[StudioSession]) -> list[int]:
    return [caller.get(f"sessions/{each.pk}/line/").json()["rank"] for each in dates]


@pytest.mark.once
def test_one_date_stands_again_and_is_told_of_as_one(cast: Cast, ana: Caller, dates: list[StudioSession]) -> None:
    page = f"/sessions/{dates[2].pk}/"
    for scope in ("later", "one"):  # the last one alone, either way
        ana.send(f"{page}cancel/", scope=scope)
        ana.undo(page)
        assert "It stands again. Everybody called is asked." in ana.page(page).text
    bare = makers.make_session(cast.project, cast.ana, "2027-03-25T10:00", room=cast.room, hold=True)
    page = f"/sessions/{bare.pk}/"
    ana.send(f"{page}confirm/")
    assert "Booked." in (text := ana.page(page).text) and "is asked" not in text
    ana.send(f"{page}cancel/")
    ana.undo(page)
    assert "It stands again." in (text := ana.page(page).text) and "is asked" not in text


# --- the message --------------------------------------------------------------------------------------


def test_an_undo_that_is_pressed_twice_is_done_once_and_both_are_told_so(
    ana: Caller, dates: list[StudioSession]
) -> None:
    page = f"/sessions/{dates[0].pk}/"
    ana.send(f"{page}cancel/", scope="all")
    assert ana.undo(page, presses=2).status_code == 302
    told = ana.page(page).text
    assert told.count("They stand again.") == 2 and "Nothing was put back" not in told
    assert states(dates) == ["confirmed"] * 3


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
