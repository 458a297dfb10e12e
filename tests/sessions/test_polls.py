"""Date polls: every slot is held, people say which work for them, and exactly one is booked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from contributors import links
from producerdesk.kit import clock
from producerdesk.notices.dispatcher import dispatch
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from sessions.actions import confirm_session
from sessions.models import BookingSlot, DatePoll, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.polling import DAYS, MONDAY, PATH, propose, said

pytestmark = pytest.mark.usefixtures("noon")


def deliver() -> None:
    dispatch(name="command")


def states(poll: dict[str, Any]) -> list[str]:
    rows = StudioSession.objects.filter(poll_slot__poll=poll["id"]).order_by("starts_at")
    return list(rows.values_list("state", flat=True))


def test_each_slot_is_a_hold_and_everybody_is_asked_once(poll: dict[str, Any], cast: Cast) -> None:
    assert states(poll) == ["hold", "hold", "hold"]
    assert BookingSlot.objects.filter(state="hold").count() == 9  # the room and two people, three times
    assert [each["expired"] for each in poll["slots"]] == [False] * 3
    deliver()
    deliver()
    mails = OutboxMail.objects.order_by("to")
    assert [mail.to for mail in mails] == sorted([cast.nora.email, cast.wren_called.email])
    assert mails[0].subject == "Which dates work for you? Vocals"
    for text in ("Wed 10 Mar, 10:00 – 14:00", "Thu 11 Mar", "Fri 12 Mar", f"/dates/{poll['id']}/", "Mon 8 Mar, 18:00"):
        assert text in mails[0].text
    assert Notice.objects.get(user=cast.nora).path == f"/schedule/dates/{poll['id']}/"


def test_none_is_held_when_one_cannot_be(cast: Cast, ana: Caller) -> None:
    makers.make_session(cast.project, cast.ana, "2027-03-11T12:00", "2027-03-11T16:00", room=cast.room)
    refused = propose(ana, cast)
    assert refused.status_code == 409
    (clash,) = refused.json()["clashes"]
    assert clash["day"] == "2027-03-11" and "Thu 11 Mar" in clash["text"]
    assert not DatePoll.objects.exists() and not StudioSession.objects.filter(state="hold").exists()


def test_answers_make_a_grid_with_the_best_slot(
    poll: dict[str, Any], cast: Cast, ana: Caller, wren: Caller, django_assert_num_queries: Any
) -> None:
    at = f"{PATH}{poll['id']}/"
    assert ana.get(at).json()["best"] is None
    assert wren.post(f"{at}answer/", **said(poll, "yes", "maybe", "no"), note="Friday I am in Porto").status_code == 200
    with django_assert_num_queries(33):
        assert Caller(cast.nora).post(f"{at}answer/", **said(poll, "no", "yes", "yes")).status_code == 200
    grid = ana.get(at).json()
    assert [(each["yes"], each["maybe"], each["no"]) for each in grid["counts"]] == [(1, 0, 1), (1, 1, 0), (1, 0, 1)]
    assert grid["best"] == poll["slots"][1]["id"]
    drawn = ana.page(f"/date-polls/{poll['id']}/").content.decode()
    assert "Friday I am in Porto" in drawn and "2 of 2 answered" in drawn and "Best" in drawn
    wren.post(f"{at}answer/", **said(poll, "yes", "yes", "yes"))  # one may think again
    assert ana.get(at).json()["counts"][2]["yes"] == 2
    deliver()
    assert Notice.objects.filter(user=cast.ana, text="Wren Castellan says which dates work: Vocals").count() == 2


def test_an_answer_is_read_by_who_gave_it_and_who_plans(
    poll: dict[str, Any], cast: Cast, ana: Caller, wren: Caller
) -> None:
    at = f"{PATH}{poll['id']}/"
    Caller(cast.nora).post(f"{at}answer/", **said(poll, "no", "yes", "yes"), note="Secret reason")
    for caller in (ana, Caller(cast.ben), Caller(cast.nora)):
        assert "Secret reason" in caller.get(at).content.decode()
    told = wren.get(at)
    assert told.status_code == 200 and "Secret reason" not in told.content.decode()
    assert [reply["person"]["name"] for reply in told.json()["replies"]] == ["Wren Castellan"]
    assert not {"counts", "best", "version"} & set(told.json())
    for name in ("emil", "lena", "cleo", "cara"):
        assert Caller(getattr(cast, name)).get(at).status_code == 404
        assert Caller(getattr(cast, name)).post(f"{at}answer/", **said(poll, "no", "yes", "yes")).status_code in (
            403,
            404,
        )
    assert wren.post(f"{at}confirm/", slot=poll["slots"][0]["id"]).status_code == 403
    assert ana.post(f"{at}answer/", **said(poll, "no", "yes", "yes")).status_code == 404  # nobody asked her


def test_what_is_answered_wrongly_is_refused(poll: dict[str, Any], wren: Caller) -> None:
    at = f"{PATH}{poll['id']}/answer/"
    whole = said(poll, "yes", "yes", "no")["answers"]
    for answers in (whole[:2], [*whole[:2], {"slot": 10**9, "answer": "yes"}], [], "yes"):
        refused = wren.post(at, answers=answers)
        assert refused.status_code == 400 and "answers" in refused.json()["fields"]
    assert wren.post(at, answers=[*whole[:2], whole[2] | {"answer": "perhaps"}]).status_code == 400


def test_every_slot_has_the_gear(cast: Cast, ana: Caller) -> None:
    mic, other = makers.make_gear(cast.room), makers.make_gear(cast.room, "Console", bookable=False)
    refused = propose(ana, cast, gear=[other.pk])
    assert (refused.status_code, "gear" in refused.json()["fields"]) == (400, True)
    poll = propose(ana, cast, gear=[mic.pk]).json()
    sessions = StudioSession.objects.filter(poll_slot__poll=poll["id"])
    assert [list(session.gear.all()) for session in sessions] == [[mic]] * 3
    assert BookingSlot.objects.filter(resource__gear=mic, state="hold").count() == 3
    ana.post(f"{PATH}{poll['id']}/confirm/", slot=poll["slots"][0]["id"])
    assert BookingSlot.objects.filter(resource__gear=mic).values_list("state", flat=True).get() == "confirmed"
    # taken on one of the days, none is held
    clash = propose(
        ana,
        cast,
        gear=[mic.pk],
        room=None,
        remote_place="Nora's kitchen",
        calls=[{"contributor": cast.wren_called.pk, "role": "Voice"}],
    )
    assert clash.status_code == 409
    assert any("Neumann U 87" in each["text"] for each in clash.json()["clashes"])
    assert DatePoll.objects.count() == 1


def test_a_late_answer_is_refused_and_the_producer_still_decides(
    poll: dict[str, Any], ana: Caller, wren: Caller
) -> None:
    with time_machine.travel("2027-03-08T17:00:01Z", tick=False):
        refused = wren.post(f"{PATH}{poll['id']}/answer/", **said(poll, "yes", "yes", "yes"))
        assert refused.status_code == 409 and "Mon 8 Mar, 18:00" in refused.json()["detail"]
        assert ana.get(f"{PATH}{poll['id']}/").json()["late"] is True
        assert ana.post(f"{PATH}{poll['id']}/confirm/", slot=poll["slots"][2]["id"]).status_code == 200


def test_one_is_booked_the_others_are_released_and_everybody_is_told_once(
    poll: dict[str, Any], cast: Cast, ana: Caller, wren: Caller
) -> None:
    at = f"{PATH}{poll['id']}/"
    deliver()
    wren.post(f"{at}answer/", **said(poll, "no", "yes", "no"))
    OutboxMail.objects.all().delete()
    done = ana.post(f"{at}confirm/", slot=poll["slots"][1]["id"])
    assert done.status_code == 200 and done.json()["state"] == "decided"
    assert states(poll) == ["cancelled", "confirmed", "cancelled"]
    assert set(BookingSlot.objects.values_list("session", "state")) == {(poll["slots"][1]["session"], "confirmed")}
    again = ana.post(f"{at}confirm/", slot=poll["slots"][1]["id"])
    assert again.status_code == 200
    deliver()
    deliver()
    subjects = {mail.to: mail.subject for mail in OutboxMail.objects.all()}
    assert subjects == {
        cast.wren_called.email: "It is on: Vocals, Thu 11 Mar, 10:00",
        cast.nora.email: "Can you be there? Vocals, Thu 11 Mar, 10:00",
    }
    assert OutboxMail.objects.count() == 2
    calls = ana.get(f"sessions/{poll['slots'][1]['session']}/").json()["calls"]
    assert {call["person"]["name"]: call["answer"] for call in calls} == {
        "Nora": "pending",
        "Wren Castellan": "confirmed",
    }
    other = ana.post(f"{at}confirm/", slot=poll["slots"][0]["id"])
    assert other.status_code == 409 and "decided" in other.json()["detail"]


def test_slots_that_were_given_up_stand_on_nobodys_schedule(
    poll: dict[str, Any], cast: Cast, ana: Caller, wren: Caller
) -> None:
    ana.post(f"{PATH}{poll['id']}/confirm/", slot=poll["slots"][1]["id"])
    kept = poll["slots"][1]["session"]

    def schedule() -> list[int]:
        return [call["session"]["id"] for call in wren.get("calls/", mine="true").json()["results"]]

    assert schedule() == [kept]
    assert ana.get("calls/", session=poll["slots"][0]["session"]).json()["count"] == 2, (
        "its planner finds who was asked"
    )
    # what it was decided for is told of as any session, also when it is cancelled later
    ana.post(f"sessions/{kept}/cancel/")
    assert schedule() == [kept]


def test_a_slot_that_was_taken_meanwhile_is_refused_and_nothing_is_released(
    poll: dict[str, Any], cast: Cast, ana: Caller
) -> None:
    # somebody books the room over the hold, as only a hold can be
    BookingSlot.objects.filter(session=poll["slots"][0]["session"]).delete()
    makers.make_session(cast.project, cast.ana, "2027-03-10T13:00", "2027-03-10T16:00", room=cast.room, title="Strings")
    refused = ana.post(f"{PATH}{poll['id']}/confirm/", slot=poll["slots"][0]["id"])
    assert refused.status_code == 409
    assert "Salt & Neon" in refused.json()["clashes"][0]["text"]
    assert states(poll) == ["hold", "hold", "hold"]
    assert ana.get(f"{PATH}{poll['id']}/").json()["state"] == "open"
    drawn = ana.send(f"/date-polls/{poll['id']}/confirm/", slot=poll["slots"][0]["id"])
    assert drawn.status_code == 409 and "cannot be had any more" in drawn.content.decode()


def test_confirming_the_hold_itself_decides_the_poll(poll: dict[str, Any], cast: Cast) -> None:
    session = StudioSession.objects.get(pk=poll["slots"][0]["session"])
    confirm_session(viewer=cast.viewer("ana"), session=session)
    assert states(poll) == ["confirmed", "cancelled", "cancelled"]
    assert DatePoll.objects.get().decided_id == session.pk


def test_calling_it_off_releases_everything_and_tells_who_was_asked(
    poll: dict[str, Any], cast: Cast, ana: Caller
) -> None:
    deliver()
    OutboxMail.objects.all().delete()
    assert ana.post(f"{PATH}{poll['id']}/cancel/").json()["state"] == "cancelled"
    assert states(poll) == ["cancelled"] * 3 and not BookingSlot.objects.exists()
    ana.post(f"{PATH}{poll['id']}/cancel/")
    deliver()
    assert [mail.subject for mail in OutboxMail.objects.all()] == ["The dates are off: Vocals"] * 2


def test_who_was_not_asked_yet_hears_nothing_of_the_end(poll: dict[str, Any], ana: Caller) -> None:
    ana.post(f"{PATH}{poll['id']}/cancel/")
    deliver()
    assert not OutboxMail.objects.exists()
    assert set(Delivery.objects.filter(kind="poll.asked").values_list("state", flat=True)) == {"cancelled"}


def test_who_has_answered_is_not_asked_any_more(poll: dict[str, Any], cast: Cast, wren: Caller) -> None:
    wren.post(f"{PATH}{poll['id']}/answer/", **said(poll, "yes", "yes", "no"))
    deliver()
    assert [mail.to for mail in OutboxMail.objects.all()] == [cast.nora.email]


def test_the_holds_stand_three_days_longer_than_the_answers(poll: dict[str, Any], cast: Cast) -> None:
    ends = [each.hold_until for each in StudioSession.objects.order_by("starts_at")]
    answers = DatePoll.objects.get().answer_by
    assert ends == [
        min(answers + timedelta(days=3), each.starts_at) for each in StudioSession.objects.order_by("starts_at")
    ]


@pytest.mark.once
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slots": [{"day": "2027-03-10", "starts": "10:00", "ends": "14:00"}]}, "slots"),
        ({"slots": [{"day": "2027-03-10", "starts": "10:00", "ends": "14:00"}] * 2}, "slots.1.starts"),
        (
            {"slots": [{"day": day, "starts": "02:30", "ends": "04:00"} for day in ("2027-03-27", "2027-03-28")]},
            "slots.1.starts",
        ),
        (
            {"slots": [{"day": day, "starts": "10:00", "ends": "14:00"} for day in ("2027-03-08", "2027-03-12")]},
            "slots.0.starts",
        ),
        ({"slots": [{"day": "x", "starts": "10:00", "ends": "14:00"}] * 2}, "slots.0.day"),
        ({"calls": []}, "calls"),
        ({"answer_by": "2027-02-01T10:00"}, "answer_by"),
        ({"answer_by": "soon"}, "answer_by"),
        ({"title": ""}, "title"),
        ({"room": None}, "room"),
    ],
)
def test_what_is_proposed_wrongly_is_refused_at_its_field(cast: Cast, ana: Caller, wrong: dict, field: str) -> None:
    refused = propose(ana, cast, **wrong)
    assert refused.status_code == 400 and field in refused.json()["fields"], refused.content
    assert not StudioSession.objects.exists()


@pytest.mark.once
def test_the_pages_of_who_asks_and_who_is_asked(cast: Cast, ana: Caller) -> None:
    form = {"project": cast.project.pk, "room": cast.room.pk, "title": "Vocals", "kind": "vocal", "answer_by": MONDAY}
    form |= {"calls[0]contributor": cast.wren_called.pk, "calls[0]role": "Violin", "calls[0]call": ""}
    for number, day in enumerate(DAYS[:2]):
        form |= {f"slots[{number}]day": day, f"slots[{number}]starts": "10:00", f"slots[{number}]ends": "14:00"}
    form |= {"slots[2]day": "", "slots[2]starts": "", "slots[2]ends": ""}
    assert ana.page("/date-polls/new/", project=cast.project.pk).status_code == 200
    made = ana.send("/date-polls/new/", **form)
    assert made.status_code == 302, made.content.decode()
    poll = DatePoll.objects.get()
    assert made["Location"] == f"/date-polls/{poll.pk}/"
    assert "Vocals" in ana.page("/date-polls/").content.decode()
    secret = links.mint(cast.wren_called, now=clock.now())[1]
    guest, at = Caller(), f"/my/{secret}/dates/{poll.pk}/"
    assert f'href="{at}"' in guest.page(f"/my/{secret}/").content.decode()
    drawn = guest.page(at).content.decode()
    assert "Which dates work for you?" in drawn and "Wednesday 10 March" in drawn
    first, second = poll.slots.all()
    one = {"answers[0]slot": first.pk, "answers[0]answer": "yes", "answers[1]slot": second.pk, "note": "Gladly"}
    half = guest.send(at, **one)
    assert half.status_code == 422 and "checked" in half.content.decode() and "Gladly" in half.content.decode()
    assert guest.send(at, **one | {"answers[1]answer": "no"}).status_code == 302
    assert f'href="{at}"' not in guest.page(f"/my/{secret}/").content.decode()
    assert "Change my answer" in guest.page(at).content.decode()
    assert ana.send(f"/date-polls/{poll.pk}/confirm/", slot=first.pk)["Location"] == f"/sessions/{first.session_id}/"
    assert "The date is decided" in guest.page(at).content.decode()
