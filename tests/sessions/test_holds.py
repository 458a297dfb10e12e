"""Holds: they expire by themselves, line up, move up, and one that is challenged has to be answered."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from producerdesk.kit import clock
from producerdesk.kit.errors import Clash, Conflict, Refused
from producerdesk.kit.inserting import insert, new
from producerdesk.kit.together import together
from producerdesk.notices import dispatcher
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from projects.models import Song
from sessions import actions, challenges
from sessions.models import BookingSlot, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import by_link, mint

pytestmark = pytest.mark.usefixtures("noon")
NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
State = StudioSession.State


@pytest.fixture
def later() -> Iterator[Any]:
    """Lets it be so much later from now on."""
    travels = []

    def go(**span: float) -> None:
        travel = time_machine.travel(NOON + dt.timedelta(**span), tick=False)
        travel.start()
        travels.append(travel)

    yield go
    for travel in reversed(travels):
        travel.stop()


def hold(cast: Cast, *people: Any, starts: str = "2027-03-30T10:00", ends: str = "", **said: Any) -> StudioSession:
    calls = [{"contributor": person} for person in people]
    where: dict[str, Any] = {"room": cast.room} | said
    return makers.make_session(cast.project, cast.ana, starts, ends, hold=True, calls=calls, **where)


def theirs(cast: Cast, *, hold: bool = True) -> StudioSession:
    """Cara plays for another desk at the very time."""
    cara = makers.make_contributor(cast.other_desk, user=cast.cara)
    said: dict[str, Any] = {"calls": [{"contributor": cara}], "hold": hold, "title": "Secret take"}
    return makers.make_session(cast.other_project, cast.cleo, "2027-03-30T10:00", **said)


def confirm(cast: Cast, session: StudioSession) -> StudioSession:
    return actions.confirm_session(viewer=cast.viewer("ana"), session=session)


def challenge(cast: Cast, session: StudioSession) -> StudioSession:
    return actions.challenge_hold(viewer=cast.viewer("ana"), session=session)


def rank(cast: Cast, session: StudioSession) -> Any:
    return Caller(cast.ana).get(f"sessions/{session.pk}/").json()["hold_rank"]


def kinds(kind: str) -> list[tuple[str, str]]:
    return sorted(Delivery.objects.filter(kind=kind).values_list("ref", "channel"))


# --- until when --------------------------------------------------------------------------------------


def test_a_hold_stands_as_long_as_its_desk_says_and_no_longer_than_till_it_begins(cast: Cast) -> None:
    assert hold(cast).hold_until == NOON + dt.timedelta(days=14)
    cast.desk.hold_days = 3
    cast.desk.save()
    cast.project.desk.refresh_from_db()
    assert hold(cast).hold_until == NOON + dt.timedelta(days=3)
    soon = hold(cast, starts="2027-03-03T10:00")
    assert soon.hold_until == soon.starts_at
    assert makers.make_session(cast.project, cast.ana).hold_until is None


def test_until_when_may_be_said_on_the_clock_of_the_room(cast: Cast, ana: Caller) -> None:
    said: dict[str, Any] = {
        "project": cast.project.pk,
        "title": "T",
        "day": "2027-03-30",
        "starts": "10:00",
        "ends": "12:00",
    }
    said |= {"room": cast.room.pk, "hold": True}
    first = ana.post("sessions/", hold_until="2027-03-20T18:00", **said).json()
    assert (first["hold_until"], first["hold_rank"], first["expired"]) == ("2027-03-20T17:00:00Z", 1, False)
    assert ana.post("sessions/", hold_until="2027-03-20T18:00:00Z", **said).json()["hold_rank"] == 2
    for wrong in ("2027-02-01T10:00", "2029-01-01T10:00", "soon", "9999-01-01T10:00"):
        answer = ana.post("sessions/", hold_until=wrong, **said)
        assert answer.status_code == 400 and list(answer.json()["fields"]) == ["hold_until"], wrong


def test_an_expired_hold_is_in_nobodys_way_and_says_so(cast: Cast, ana: Caller, later: Any) -> None:
    first, second = hold(cast), hold(cast)
    actions.keep_hold(viewer=cast.viewer("ana"), session=second, hold_until="2027-03-25T12:00")
    assert [rank(cast, each) for each in (first, second)] == [1, 2]
    with pytest.raises(Clash):
        confirm(cast, second)
    later(days=15)
    told = ana.get(f"sessions/{first.pk}/").json()
    assert (told["state"], told["expired"], told["hold_rank"]) == ("hold", True, None)
    assert rank(cast, second) == 1
    listed = {row["id"]: row["expired"] for row in ana.get("sessions/").json()["results"]}
    assert listed == {first.pk: True, second.pk: False}
    assert "Hold expired" in ana.page(f"/sessions/{first.pk}/").content.decode()
    assert confirm(cast, second).state == State.CONFIRMED


def test_an_expired_hold_is_booked_only_over_no_other_hold(cast: Cast, later: Any) -> None:
    first = hold(cast)
    later(days=15)
    second = hold(cast)
    with pytest.raises(Clash):
        confirm(cast, first)
    actions.release_hold(viewer=cast.viewer("ana"), session=second)
    assert confirm(cast, first).state == State.CONFIRMED


def test_renewed_it_comes_last_in_line(cast: Cast, ana: Caller, later: Any) -> None:
    first = hold(cast)
    later(days=15)
    second = hold(cast)
    assert ana.post(f"sessions/{first.pk}/hold/").json()["hold_rank"] == 2
    assert rank(cast, second) == 1
    again = StudioSession.objects.get(pk=first.pk)
    assert again.hold_until == min(again.starts_at, NOON + dt.timedelta(days=29))


def test_what_was_booked_over_it_keeps_it_from_being_renewed(cast: Cast, ana: Caller, later: Any) -> None:
    first = hold(cast)
    later(days=15)
    makers.make_session(cast.project, cast.ana, "2027-03-30T10:00", room=cast.room, title="Since")
    answer = ana.post(f"sessions/{first.pk}/hold/")
    assert answer.status_code == 409 and answer.json()["free"]
    page = ana.send(f"/sessions/{first.pk}/hold/", hold_until="")
    assert page.status_code == 409 and "is taken" in page.content.decode()
    assert "Its time was booked since" in ana.page(f"/sessions/{first.pk}/").content.decode()


def test_an_expired_hold_is_changed_by_nothing_but_what_ends_or_renews_it(cast: Cast, later: Any) -> None:
    session, viewer = hold(cast, cast.wren_called), cast.viewer("ana")
    call = session.calls.get()
    later(days=15)
    with pytest.raises(Conflict, match="expired"):
        actions.call_person(viewer=viewer, session=session, contributor=cast.nora_called)
    assert by_link(mint(cast.wren_called)).post(f"calls/{call.pk}/confirm/").status_code == 409
    with pytest.raises(Conflict, match="expired"):
        actions.confirm_call(viewer=viewer, call=call)
    moved = actions.move_session(
        viewer=viewer, session=session, starts_local="2027-03-31T10:00", ends_local="2027-03-31T12:00"
    )
    assert not moved.has_lapsed(clock.now())


def test_a_restored_hold_stands_anew(cast: Cast, later: Any) -> None:
    session, viewer = hold(cast), cast.viewer("ana")
    actions.release_hold(viewer=viewer, session=session)
    later(days=15)
    again = actions.restore_session(viewer=viewer, session=session)
    assert again.state == State.HOLD and not again.has_lapsed(clock.now())
    with pytest.raises(Conflict, match="no hold"):
        actions.release_hold(viewer=viewer, session=confirm(cast, again))


def test_free_times_are_offered_over_expired_holds(cast: Cast, later: Any) -> None:
    hold(cast, starts="2027-03-31T10:00")
    makers.make_session(cast.project, cast.ana, "2027-03-30T10:00", room=cast.room)
    for days, wanted in ((1, "2027-04-01T10:00"), (15, "2027-03-31T10:00")):
        later(days=days)
        with pytest.raises(Clash) as clash:
            makers.make_session(cast.project, cast.ana, "2027-03-30T10:00", room=cast.room)
        walls = [span["starts_local"] for span in clash.value.free]
        assert wanted in walls and (days > 1 or "2027-03-31T10:00" not in walls)


# --- the line ----------------------------------------------------------------------------------------


def test_whoever_waits_moves_up_when_one_before_goes(cast: Cast) -> None:
    first, second, third = (hold(cast) for _ in range(3))
    actions.release_hold(viewer=cast.viewer("ana"), session=first)
    assert [rank(cast, each) for each in (second, third)] == [1, 2]
    actions.move_session(
        viewer=cast.viewer("ana"), session=second, starts_local="2027-03-31T10:00", ends_local="2027-03-31T12:00"
    )
    assert [rank(cast, each) for each in (second, third)] == [1, 1]
    assert confirm(cast, third).state == State.CONFIRMED


def test_a_list_says_the_place_of_each_in_one_more_query(cast: Cast, ana: Caller) -> None:
    held = [hold(cast) for _ in range(4)]
    found = {row["id"]: row["hold_rank"] for row in ana.get("sessions/").json()["results"]}
    assert [found[each.pk] for each in held] == [1, 2, 3, 4]
    assert "hold_rank" not in Caller(cast.nora).get("sessions/").json()["results"][0]
    assert "2nd hold" in ana.page("/sessions/").content.decode()


def test_promoted_it_is_the_first_and_the_others_keep_their_order(cast: Cast, ana: Caller) -> None:
    held = [hold(cast) for _ in range(3)]
    assert ana.post(f"sessions/{held[2].pk}/promote/").json()["hold_rank"] == 1
    assert [rank(cast, each) for each in held] == [2, 3, 1]
    assert confirm(cast, held[2]).state == State.CONFIRMED


def test_nobody_is_put_before_the_hold_of_another_desk(cast: Cast, ana: Caller) -> None:
    cara = makers.make_contributor(cast.desk, user=cast.cara)
    theirs(cast)
    ours = hold(cast, cara)
    answer = ana.post(f"sessions/{ours.pk}/promote/")
    assert answer.status_code == 409
    assert "another hold" in answer.json()["clashes"][0]["text"] and "Secret" not in answer.content.decode()
    line = ana.get(f"sessions/{ours.pk}/line/").json()
    assert line["before"] == [
        {"session": None, "title": None, "project": None, "starts_at": None, "ends_at": None, "answer_by": None}
    ]
    assert line["can"] == {"challenge": True, "promote": False, "renew": False}
    page = ana.page(f"/sessions/{ours.pk}/").content.decode()
    assert "another hold" in page and "Secret" not in page


# --- challenges --------------------------------------------------------------------------------------


def test_a_challenged_hold_that_is_not_answered_lapses_and_the_challenger_confirms(cast: Cast, later: Any) -> None:
    first, second = hold(cast), hold(cast)
    challenge(cast, second)
    first.refresh_from_db()
    assert first.answer_by == NOON + dt.timedelta(hours=48)
    assert kinds("hold.challenged") == [(f"hold:{first.pk}", "bell"), (f"hold:{first.pk}", "email")]
    with pytest.raises(Clash):
        confirm(cast, second)
    later(hours=47)
    assert not StudioSession.objects.get(pk=first.pk).has_lapsed(clock.now())
    later(hours=48)
    assert StudioSession.objects.get(pk=first.pk).has_lapsed(clock.now())
    assert confirm(cast, second).state == State.CONFIRMED
    with pytest.raises(Clash):
        actions.keep_hold(viewer=cast.viewer("ana"), session=first)


def test_who_holds_it_is_told_at_once_and_who_challenges_when_there_is_no_answer(cast: Cast, later: Any) -> None:
    cara = makers.make_contributor(cast.desk, user=cast.cara)
    foreign, ours = theirs(cast), hold(cast, cara)
    challenge(cast, ours)
    dispatcher.dispatch(name="test")
    bell = Notice.objects.get(user=cast.cleo)
    assert "challenged" in bell.text and bell.path == f"/sessions/{foreign.pk}/"
    mail = OutboxMail.objects.get(desk=cast.other_desk)
    assert mail.to == cast.cleo.email
    for word in ("Salt", "Lowlight", "Ana", ours.title):
        assert word not in mail.text, word
    page = Caller(cast.cleo).page(f"/sessions/{foreign.pk}/").content.decode()
    assert "Challenged by another hold" in page and "Salt" not in page
    later(hours=48, seconds=1)
    dispatcher.dispatch(name="test")
    assert "has lapsed" in Notice.objects.filter(user=cast.ana).latest("pk").text
    assert confirm(cast, ours).state == State.CONFIRMED


@pytest.mark.parametrize("answer", ["release", "confirm", "move"])
def test_an_answer_ends_the_challenge_and_the_challenger_hears_of_it(cast: Cast, later: Any, answer: str) -> None:
    first, second = hold(cast), hold(cast)
    challenge(cast, second)
    viewer = cast.viewer("ana")
    if answer == "release":
        actions.release_hold(viewer=viewer, session=first)
    elif answer == "confirm":
        confirm(cast, first)
    else:
        actions.move_session(
            viewer=viewer, session=first, starts_local="2027-03-31T10:00", ends_local="2027-03-31T12:00"
        )
    first.refresh_from_db()
    assert (first.answer_by, first.challenged_by) == (None, None)
    assert kinds("hold.answered") == [(f"hold:{second.pk}", "bell"), (f"hold:{second.pk}", "email")]
    later(hours=49)
    dispatcher.dispatch(name="test")
    assert not Notice.objects.filter(text__contains="lapsed").exists()
    assert not first.has_lapsed(clock.now())


def test_a_challenger_who_goes_takes_the_challenge_along(cast: Cast, later: Any) -> None:
    first, second = hold(cast), hold(cast)
    challenge(cast, second)
    actions.release_hold(viewer=cast.viewer("ana"), session=second)
    first.refresh_from_db()
    assert first.answer_by is None
    later(hours=49)
    assert confirm(cast, first).state == State.CONFIRMED


def test_moving_out_a_little_does_not_answer(cast: Cast) -> None:
    first, second = hold(cast), hold(cast)
    challenge(cast, second)
    actions.move_session(
        viewer=cast.viewer("ana"), session=first, starts_local="2027-03-30T11:00", ends_local="2027-03-30T18:00"
    )
    first.refresh_from_db()
    assert first.answer_by is not None  # it asks for less, so it is still before the other
    actions.keep_hold(viewer=cast.viewer("ana"), session=first, hold_until="2027-03-29T10:00")
    first.refresh_from_db()
    assert first.answer_by == NOON + dt.timedelta(hours=48)


def test_challenging_twice_gives_no_new_deadline(cast: Cast, ana: Caller, later: Any) -> None:
    first, second, third = (hold(cast) for _ in range(3))
    challenge(cast, second)
    later(hours=3)
    assert ana.post(f"sessions/{second.pk}/challenge/").status_code == 200
    challenge(cast, third)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.answer_by == NOON + dt.timedelta(hours=48)
    assert second.answer_by == NOON + dt.timedelta(hours=51)
    assert Delivery.objects.filter(kind="hold.challenged", ref=f"hold:{first.pk}").count() == 2


def test_a_deadline_is_the_holders_own_and_ends_when_the_session_begins(cast: Cast) -> None:
    cast.other_desk.challenge_hours = 5
    cast.other_desk.save()
    cara = makers.make_contributor(cast.desk, user=cast.cara)
    foreign, ours = theirs(cast), hold(cast, cara)
    challenge(cast, ours)
    foreign.refresh_from_db()
    assert foreign.answer_by == NOON + dt.timedelta(hours=5)
    soon, next_ = (hold(cast, starts="2027-03-02T10:00") for _ in range(2))
    challenge(cast, next_)
    soon.refresh_from_db()
    assert soon.answer_by == soon.starts_at


def test_there_must_be_something_to_challenge(cast: Cast, ana: Caller) -> None:
    first = hold(cast)
    assert ana.post(f"sessions/{first.pk}/challenge/").status_code == 409
    second = hold(cast)
    confirm(cast, first)
    answer = ana.post(f"sessions/{second.pk}/challenge/")
    assert answer.status_code == 409 and answer.json()["code"] == "conflict"
    booked = makers.make_session(cast.project, cast.ana, "2027-04-30T10:00")
    for name in ("challenge", "promote", "release", "hold"):
        assert ana.post(f"sessions/{booked.pk}/{name}/").status_code == 409, name


def test_the_longer_of_two_holds_is_the_challengers(cast: Cast) -> None:
    _first, second = hold(cast), hold(cast, hold_until=NOON + dt.timedelta(hours=10))
    challenge(cast, second)
    second.refresh_from_db()
    assert second.hold_until == NOON + dt.timedelta(hours=72)


def test_pages_do_all_of_it(cast: Cast, ana: Caller) -> None:
    first, second = hold(cast), hold(cast)
    page = ana.page(f"/sessions/{second.pk}/").content.decode()
    assert "2nd hold" in page and "Challenge" in page and first.title in page
    for name, said in (
        ("challenge", {}),
        ("promote", {}),
        ("hold", {"hold_until": "2027-03-20T10:00"}),
        ("release", {}),
    ):
        answer = ana.send(f"/sessions/{second.pk}/{name}/", **said)
        assert answer.status_code == 302, name
    second.refresh_from_db()
    assert second.state == State.CANCELLED
    refused = ana.send(f"/sessions/{first.pk}/hold/", hold_until="2027-02-20T10:00")
    assert refused.status_code == 422 and "This is past." in refused.content.decode()
    assert BookingSlot.objects.filter(session=second).count() == 0


def test_a_desk_says_how_long(cast: Cast, ana: Caller) -> None:
    said = {"name": "L", "time_zone": "Europe/Berlin", "currency": "EUR", "reminder_offsets": []}
    path = f"desks/{cast.desk.pk}/"
    answer = ana.put(path, version=1, **said, hold_days=7, challenge_hours=24)
    assert (answer.json()["hold_days"], answer.json()["challenge_hours"]) == (7, 24)
    for wrong in ({"hold_days": 0}, {"hold_days": 366}, {"challenge_hours": 0}, {"challenge_hours": 9999}):
        refused = ana.put(path, version=2, **said, **wrong)
        assert refused.status_code == 400 and list(refused.json()["fields"]) == list(wrong)


def test_nothing_that_is_past_is_held_till_then(cast: Cast) -> None:
    with pytest.raises(Refused):
        hold(cast, hold_until=NOON)


def test_what_fails_before_a_hold_is_asked_for_is_not_blamed_on_it(cast: Cast) -> None:
    """What travels with a question breaks with it: nobody is told then that a hold is being changed."""
    held = hold(cast)
    broken = new(Song, project_id=cast.project.pk, title=None, position=9)
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        insert([broken], keys=False)
        challenges.ours_now([held.pk])
