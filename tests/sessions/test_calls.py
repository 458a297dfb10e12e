"""Who is called, and what they answer: yes, no, another time."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from budgets.models import BudgetEntry
from contributors.models import Contributor
from producerdesk.kit.errors import Clash, Conflict, Refused, Stale
from producerdesk.kit.viewer import Viewer
from producerdesk.notices.models import Delivery
from sessions import actions
from sessions.models import Call, RoomRate, StudioSession
from sessions.notices import ANSWER, CANCELLED, INVITATION, MOVED, PROPOSAL_ANSWERED, REMINDER
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

Answer = Call.Answer


@pytest.fixture(autouse=True)
def _in_january() -> object:
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        yield


@pytest.fixture
def session(cast: Cast) -> StudioSession:
    """Ten to six with Nora and Wren, who plays for 50 an hour. Everybody has been told."""
    makers.make_rate(cast.wren_called, "hour", "50")
    found = book(cast, cast.nora_called, cast.wren_called)
    send_all()
    return found


def book(cast: Cast, *people: Contributor, **said: Any) -> StudioSession:
    calls = [{"contributor": person} for person in people]
    given: dict[str, Any] = {"room": cast.room, "calls": calls} | said
    return makers.make_session(cast.project, cast.ana, **given)


def call_of(session: StudioSession, person: Contributor) -> Call:
    return session.calls.get(contributor=person)


def send_all() -> None:
    Delivery.objects.filter(state=Delivery.State.PENDING, offset=0).update(state=Delivery.State.SENT)


def pending(*kinds: str) -> set[tuple[str, str, str]]:
    rows = Delivery.objects.filter(kind__in=kinds, state=Delivery.State.PENDING)
    return set(rows.values_list("kind", "recipient_name", "channel"))


def open_for(person: Contributor) -> int:
    return BudgetEntry.objects.filter(part=f"person:{person.pk}").level().open


def slot_of(session: StudioSession, person: Contributor) -> Any:
    return session.slots.filter(resource__contributor=person).first()


def link_viewer(person: Contributor) -> Viewer:
    return Viewer(via="link", contributor_id=person.pk, name=person.name)


# --- answers --------------------------------------------------------------------------------------
def test_a_yes_rings_the_producers_bell(cast: Cast, session: StudioSession) -> None:
    call = actions.confirm_call(viewer=cast.viewer("nora"), call=call_of(session, cast.nora_called))
    assert (call.answer, call.answered_at) == (Answer.CONFIRMED, datetime(2027, 1, 4, 9, tzinfo=UTC))
    assert pending(ANSWER) == {(ANSWER, "Ana", "bell")}
    before = session.version
    session.refresh_from_db()
    assert session.version == before  # an answer is no change of the plan


def test_a_no_frees_the_time_the_money_and_the_reminders(cast: Cast, session: StudioSession) -> None:
    assert open_for(cast.wren_called) == 40_000
    call = actions.decline_call(
        viewer=link_viewer(cast.wren_called), call=call_of(session, cast.wren_called), reason=" On tour "
    )
    assert (call.answer, call.reason) == (Answer.DECLINED, "On tour")
    assert slot_of(session, cast.wren_called) is None
    assert open_for(cast.wren_called) == 0
    assert BudgetEntry.objects.order_by("seq").last().by is None  # type: ignore[union-attr]
    assert pending(ANSWER) == {(ANSWER, "Ana", "bell"), (ANSWER, "Ana", "email")}
    assert pending(REMINDER) == {(REMINDER, "Nora", "email"), (REMINDER, "Nora", "bell")}


def test_a_yes_after_a_no_takes_the_time_again(cast: Cast, session: StudioSession) -> None:
    call = call_of(session, cast.wren_called)
    actions.decline_call(viewer=cast.viewer("ana"), call=call)
    actions.confirm_call(viewer=link_viewer(cast.wren_called), call=call)
    assert slot_of(session, cast.wren_called)
    assert open_for(cast.wren_called) == 40_000
    assert (REMINDER, "Wren Castellan", "email") in pending(REMINDER)
    assert not {each for each in pending(INVITATION) if each[1] == "Wren Castellan"}


def test_a_yes_after_a_no_is_refused_when_the_time_is_gone(cast: Cast, session: StudioSession) -> None:
    call = call_of(session, cast.wren_called)
    actions.decline_call(viewer=link_viewer(cast.wren_called), call=call)
    makers.make_session(makers.make_project(cast.desk, "Secret"), cast.ana, calls=[{"contributor": cast.wren_called}])
    with pytest.raises(Clash) as refused:
        actions.confirm_call(viewer=link_viewer(cast.wren_called), call=call)
    call.refresh_from_db()
    assert call.answer == Answer.DECLINED
    # it is her own session: she sees its name
    assert [each["text"] for each in refused.value.clashes] == ["Wren Castellan is booked 10:00 – 18:00 for Secret."]


def test_an_answer_meets_no_trouble_with_money_and_tells_of_none(cast: Cast, session: StudioSession) -> None:
    RoomRate.objects.update(currency="USD")  # and nobody has said what a dollar is worth
    room = BudgetEntry.objects.filter(part="room:hour").level().open
    wren = link_viewer(cast.wren_called)
    call = actions.decline_call(viewer=wren, call=call_of(session, cast.wren_called))
    assert (call.answer, open_for(cast.wren_called)) == (Answer.DECLINED, 0)
    assert BudgetEntry.objects.filter(part="room:hour").level().open == room
    cast.wren_called.rates.update(currency="USD")
    with pytest.raises(Conflict, match="Your producer has something to settle first") as refused:
        actions.confirm_call(viewer=wren, call=call)
    assert "USD" not in str(refused.value.detail)
    with pytest.raises(Refused):
        actions.confirm_call(viewer=cast.viewer("ana"), call=call)


def test_a_producer_who_writes_an_answer_down_is_not_told_of_it(cast: Cast, session: StudioSession) -> None:
    actions.confirm_call(viewer=cast.viewer("ana"), call=call_of(session, cast.nora_called))
    assert not pending(ANSWER)


def test_answers_can_change_and_each_is_told(cast: Cast, session: StudioSession) -> None:
    call, viewer = call_of(session, cast.nora_called), cast.viewer("nora")
    actions.confirm_call(viewer=viewer, call=call)
    actions.decline_call(viewer=viewer, call=call)
    actions.confirm_call(viewer=viewer, call=call)
    told = Delivery.objects.filter(kind=ANSWER, channel="bell").values_list("generation", flat=True)
    assert len(set(told)) == 3


def test_an_answer_to_an_older_version_is_stale(cast: Cast, session: StudioSession) -> None:
    call, viewer = call_of(session, cast.nora_called), cast.viewer("nora")
    actions.confirm_call(viewer=viewer, call=call, expected=1)
    for answer in (actions.confirm_call, actions.decline_call):
        with pytest.raises(Stale):
            answer(viewer=viewer, call=call, expected=1)
    call.refresh_from_db()
    assert call.answer == Answer.CONFIRMED


def test_nobody_answers_to_what_is_off_or_over(cast: Cast, session: StudioSession) -> None:
    call, viewer = call_of(session, cast.nora_called), cast.viewer("nora")
    with time_machine.travel("2027-03-10T17:00:00Z", tick=False), pytest.raises(Conflict) as refused:
        actions.confirm_call(viewer=viewer, call=call)
    assert str(refused.value.detail) == "This session is over."
    actions.remove_call(viewer=cast.viewer("ana"), call=call)
    with pytest.raises(Conflict) as refused:
        actions.decline_call(viewer=viewer, call=call)
    assert str(refused.value.detail) == "You are not called to this session any more."


def test_a_call_is_seen_the_first_time_it_is_opened(cast: Cast, session: StudioSession) -> None:
    call = call_of(session, cast.nora_called)
    actions.mark_seen(call=call)
    with time_machine.travel("2027-01-05T09:00:00Z", tick=False):
        actions.mark_seen(call=call_of(session, cast.nora_called))
    call.refresh_from_db()
    assert (call.seen_at, call.version) == (datetime(2027, 1, 4, 9, tzinfo=UTC), 1)


# --- another time ---------------------------------------------------------------------------------
def propose(cast: Cast, session: StudioSession, local: str = "2027-03-10T11:30", **said: Any) -> Call:
    return actions.propose_time(
        viewer=link_viewer(cast.wren_called),
        call=call_of(session, cast.wren_called),
        proposed_local=local,
        reason="My train gets in at 10:50",
        **said,
    )


def test_a_proposal_keeps_the_time_until_it_is_answered(cast: Cast, session: StudioSession) -> None:
    call = propose(cast, session)
    assert (call.answer, call.proposed_local) == (Answer.PROPOSED, "2027-03-10T11:30")
    assert call.proposed_at == datetime(2027, 3, 10, 10, 30, tzinfo=UTC)
    assert slot_of(session, cast.wren_called).starts_at == session.starts_at
    assert pending(ANSWER) == {(ANSWER, "Ana", "bell"), (ANSWER, "Ana", "email")}


@pytest.mark.parametrize(
    ("local", "text"),
    [
        ("2027-01-03T10:00", "This is past."),
        ("2029-01-03T10:00", "This is more than a year away."),
        ("2027-03-10T10:00", "This is when you are called."),
        ("2027-03-28T02:30", "The clocks in Europe/Berlin skip 02:30 that day. The next time that exists is 03:00."),
        ("soon", "Give a day and a time, like 2027-03-28T10:00."),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused(cast: Cast, session: StudioSession, local: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        propose(cast, session, local)
    assert refused.value.fields == {"proposed_local": [text]}
    assert call_of(session, cast.wren_called).answer == Answer.PENDING


def test_who_said_no_proposes_nothing(cast: Cast, session: StudioSession) -> None:
    actions.decline_call(viewer=cast.viewer("ana"), call=call_of(session, cast.wren_called))
    with pytest.raises(Conflict):
        propose(cast, session)


def test_accepted_for_one_person_only_that_call_moves(cast: Cast, session: StudioSession) -> None:
    call = actions.accept_proposal(viewer=cast.viewer("ana"), call=propose(cast, session))
    assert (call.answer, call.call_local, call.proposed_at) == (Answer.CONFIRMED, "2027-03-10T11:30", None)
    assert slot_of(session, cast.wren_called).starts_at == call.call_at
    assert open_for(cast.wren_called) == int(6.5 * 5_000)
    assert pending(PROPOSAL_ANSWERED, MOVED) == {(PROPOSAL_ANSWERED, "Wren Castellan", "email")}
    session.refresh_from_db()
    assert (session.starts_local, session.sequence) == ("2027-03-10T10:00", 0)
    reminded = Delivery.objects.filter(kind=REMINDER, state=Delivery.State.PENDING, recipient_name="Wren Castellan")
    assert {each.due_at + timedelta(minutes=each.offset) for each in reminded} == {call.call_at}


def test_accepted_for_all_the_session_moves_and_the_others_are_asked(cast: Cast, session: StudioSession) -> None:
    nora = actions.confirm_call(viewer=cast.viewer("nora"), call=call_of(session, cast.nora_called))
    call = actions.accept_proposal(viewer=cast.viewer("ana"), call=propose(cast, session), move="session")
    session.refresh_from_db()
    nora.refresh_from_db()
    assert (session.starts_local, session.ends_local) == ("2027-03-10T11:30", "2027-03-10T19:30")
    assert session.sequence == 1
    assert (call.answer, call.call_local, call.proposed_local) == (Answer.CONFIRMED, "2027-03-10T11:30", "")
    assert nora.answer == Answer.PENDING
    assert pending(PROPOSAL_ANSWERED, MOVED) == {
        (PROPOSAL_ANSWERED, "Wren Castellan", "email"),
        (MOVED, "Nora", "email"),
        (MOVED, "Nora", "bell"),
    }


def test_a_proposal_is_checked_again_when_it_is_accepted(cast: Cast, session: StudioSession) -> None:
    call = propose(cast, session, "2027-03-10T12:00")
    book(cast, starts="2027-03-10T18:00", ends="2027-03-10T20:00")
    with pytest.raises(Clash):
        actions.accept_proposal(viewer=cast.viewer("ana"), call=call, move="session")
    call.refresh_from_db()
    assert call.answer == Answer.PROPOSED
    actions.accept_proposal(viewer=cast.viewer("ana"), call=call)


def test_earlier_for_one_person_has_to_be_free_too(cast: Cast, session: StudioSession) -> None:
    call = propose(cast, session, "2027-03-10T08:00")
    makers.make_session(
        cast.project, cast.ana, "2027-03-10T07:00", "2027-03-10T09:00", calls=[{"contributor": cast.wren_called}]
    )
    with pytest.raises(Clash):
        actions.accept_proposal(viewer=cast.viewer("ana"), call=call)


def test_another_day_is_only_for_the_whole_session(cast: Cast, session: StudioSession) -> None:
    call = propose(cast, session, "2027-03-11T10:00")
    with pytest.raises(Refused) as refused:
        actions.accept_proposal(viewer=cast.viewer("ana"), call=call)
    assert refused.value.fields.keys() == {"move"}
    actions.accept_proposal(viewer=cast.viewer("ana"), call=call, move="session")
    session.refresh_from_db()
    assert session.starts_local == "2027-03-11T10:00"


def test_a_proposal_turned_down_is_told_and_asked_again(cast: Cast, session: StudioSession) -> None:
    call = propose(cast, session)
    for turn in (1, 2):
        actions.keep_call(viewer=cast.viewer("ana"), call=call)
        assert (call.answer, call.proposed_at, call.answered_at) == (Answer.PENDING, None, None)
        assert pending(PROPOSAL_ANSWERED) == {(PROPOSAL_ANSWERED, "Wren Castellan", "email")}
        send_all()
        call = propose(cast, session, f"2027-03-10T12:{turn}0")
    assert Delivery.objects.filter(kind=PROPOSAL_ANSWERED, state=Delivery.State.SENT).count() == 2


def test_there_has_to_be_a_proposal(cast: Cast, session: StudioSession) -> None:
    call = call_of(session, cast.nora_called)
    for answer in (actions.accept_proposal, actions.keep_call):
        with pytest.raises(Conflict):
            answer(viewer=cast.viewer("ana"), call=call)


# --- an answer taken back -------------------------------------------------------------------------
ASKED_FOR = datetime(2027, 3, 10, 10, 30, tzinfo=UTC)
CALLED_AT = datetime(2027, 3, 10, 9, tzinfo=UTC)


def reopen(cast: Cast, call: Call, **said: Any) -> Call:
    given: dict[str, Any] = {"proposed_at": ASKED_FOR, "call_at": CALLED_AT} | said
    return actions.reopen_proposal(viewer=cast.viewer("ana"), call=call, **given)


@pytest.mark.parametrize("answer", [actions.accept_proposal, actions.keep_call])
def test_an_answer_taken_back_at_once_leaves_all_as_it_was(cast: Cast, session: StudioSession, answer: Any) -> None:
    proposal = propose(cast, session)
    before = (proposal.call_at, proposal.proposed_at, proposal.proposed_local, proposal.answer, proposal.reason)
    call = reopen(cast, answer(viewer=cast.viewer("ana"), call=proposal), reason=before[-1])
    assert (call.call_at, call.proposed_at, call.proposed_local, call.answer, call.reason) == before
    assert slot_of(session, cast.wren_called).starts_at == call.call_at
    assert open_for(cast.wren_called) == 8 * 5_000
    assert pending(PROPOSAL_ANSWERED, MOVED) == set(), "nobody had heard of it"
    reminded = Delivery.objects.filter(kind=REMINDER, state=Delivery.State.PENDING, recipient_name="Wren Castellan")
    assert {each.due_at + timedelta(minutes=each.offset) for each in reminded} == {call.call_at}


@pytest.mark.parametrize(("answer", "told"), [(actions.accept_proposal, {MOVED}), (actions.keep_call, set())])
def test_whom_the_answer_has_reached_hears_where_it_led(
    cast: Cast, session: StudioSession, answer: Any, told: set[str]
) -> None:
    call = answer(viewer=cast.viewer("ana"), call=propose(cast, session))
    send_all()
    reopen(cast, call)
    assert {kind for kind, _name, _channel in pending(PROPOSAL_ANSWERED, MOVED)} == told


def test_what_was_answered_anew_is_not_taken_back(cast: Cast, session: StudioSession) -> None:
    call = actions.keep_call(viewer=cast.viewer("ana"), call=propose(cast, session))
    with pytest.raises(Refused):
        reopen(cast, call, proposed_at=CALLED_AT)
    actions.decline_call(viewer=cast.viewer("ana"), call=call)
    with pytest.raises(Conflict):
        reopen(cast, call)
    assert call_of(session, cast.wren_called).answer == Answer.DECLINED


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "proposed_at"),
        ({"proposed_at": "half past"}, "proposed_at"),
        ({"proposed_at": "9999-12-31T23:59:59-12:00"}, "proposed_at"),
        ({"proposed_at": "0001-01-01T00:00:00+12:00"}, "proposed_at"),
        ({"proposed_at": "2027-03-10T10:30:00Z", "call_at": "9999-12-31T23:59:59Z"}, "call_at"),
        ({"proposed_at": "2027-03-10T10:30:00Z", "call_at": ["x"]}, "call_at"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    cast: Cast, session: StudioSession, said: dict[str, Any], field: str
) -> None:
    call = actions.keep_call(viewer=cast.viewer("ana"), call=propose(cast, session))
    answer = Caller(cast.ana).post(f"calls/{call.pk}/reopen/", **said)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


# --- who is called --------------------------------------------------------------------------------
def test_one_more_is_called_invited_and_paid(cast: Cast, session: StudioSession) -> None:
    makers.make_rate(cast.emil_called, "hour", "40")
    call = actions.call_person(
        viewer=cast.viewer("ana"), session=session, contributor=cast.emil_called, role="Engineer", call=time(9)
    )
    assert (call.call_local, call.role) == ("2027-03-10T09:00", "Engineer")
    assert open_for(cast.emil_called) == 9 * 4_000
    assert pending(INVITATION) == {(INVITATION, "Emil", "email"), (INVITATION, "Emil", "bell")}
    session.refresh_from_db()
    assert (session.version, session.sequence) == (2, 0)


def test_who_is_busy_cannot_be_called(cast: Cast, session: StudioSession) -> None:
    makers.make_session(cast.project, cast.ana, calls=[{"contributor": cast.emil_called}])
    with pytest.raises(Clash) as refused:
        actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=cast.emil_called)
    assert [each["field"] for each in refused.value.clashes] == ["contributor"]
    assert not session.calls.filter(contributor=cast.emil_called).exists()


def test_nobody_is_called_twice_or_from_another_desk(cast: Cast, session: StudioSession) -> None:
    for person in (cast.nora_called, makers.make_contributor(cast.other_desk)):
        with pytest.raises(Refused) as refused:
            actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=person)
        assert refused.value.fields.keys() == {"contributor"}


def test_who_is_taken_off_is_free_and_told(cast: Cast, session: StudioSession) -> None:
    call = actions.remove_call(viewer=cast.viewer("ana"), call=call_of(session, cast.wren_called))
    assert call.removed_at
    assert slot_of(session, cast.wren_called) is None
    assert open_for(cast.wren_called) == 0
    assert pending(CANCELLED) == {(CANCELLED, "Wren Castellan", "email")}
    assert not {each for each in pending(REMINDER) if each[1] == "Wren Castellan"}
    actions.remove_call(viewer=cast.viewer("ana"), call=call)
    assert Delivery.objects.filter(kind=CANCELLED).count() == 1


def test_who_was_taken_off_can_be_called_again(cast: Cast, session: StudioSession) -> None:
    call = call_of(session, cast.wren_called)
    actions.remove_call(viewer=cast.viewer("ana"), call=call)
    again = actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=cast.wren_called)
    assert (again.pk, again.removed_at, again.answer) == (call.pk, None, Answer.PENDING)
    assert pending(INVITATION, CANCELLED) == {(INVITATION, "Wren Castellan", "email")}
    assert {each for each in pending(REMINDER) if each[1] == "Wren Castellan"}
    assert open_for(cast.wren_called) == 40_000


def test_who_said_no_can_be_asked_again(cast: Cast, session: StudioSession) -> None:
    call = call_of(session, cast.wren_called)
    actions.decline_call(viewer=cast.viewer("ana"), call=call, reason="On tour")
    again = actions.call_person(viewer=cast.viewer("ana"), session=session, contributor=cast.wren_called)
    assert (again.answer, again.reason) == (Answer.PENDING, "")
    assert slot_of(session, cast.wren_called)


def test_another_comes_in_the_place_of_one(cast: Cast, session: StudioSession) -> None:
    makers.make_rate(cast.emil_called, "hour", "40")
    wren = actions.change_call(
        viewer=cast.viewer("ana"), call=call_of(session, cast.wren_called), role="Violin", at=time(11)
    )
    send_all()
    call = actions.swap_call(viewer=cast.viewer("ana"), call=wren, contributor=cast.emil_called)
    assert (call.contributor, call.role, call.call_local) == (cast.emil_called, "Violin", "2027-03-10T11:00")
    assert slot_of(session, cast.wren_called) is None
    assert (open_for(cast.wren_called), open_for(cast.emil_called)) == (0, 7 * 4_000)
    assert pending(CANCELLED, INVITATION) == {
        (CANCELLED, "Wren Castellan", "email"),
        (INVITATION, "Emil", "email"),
        (INVITATION, "Emil", "bell"),
    }


def test_a_swap_that_clashes_leaves_the_first_called(cast: Cast, session: StudioSession) -> None:
    makers.make_session(cast.project, cast.ana, calls=[{"contributor": cast.emil_called}])
    call = call_of(session, cast.wren_called)
    with pytest.raises(Clash):
        actions.swap_call(viewer=cast.viewer("ana"), call=call, contributor=cast.emil_called)
    for person in (cast.wren_called, cast.nora_called):
        with pytest.raises(Refused):
            actions.swap_call(viewer=cast.viewer("ana"), call=call, contributor=person)
    assert call_of(session, cast.wren_called).removed_at is None
    assert slot_of(session, cast.wren_called)


def test_another_call_time_is_told_and_asked_for(cast: Cast, session: StudioSession) -> None:
    call = call_of(session, cast.wren_called)
    actions.confirm_call(viewer=link_viewer(cast.wren_called), call=call)
    actions.change_call(viewer=cast.viewer("ana"), call=call, at=time(12), expected=2)
    assert (call.answer, call.call_local, call.version) == (Answer.PENDING, "2027-03-10T12:00", 3)
    assert open_for(cast.wren_called) == 6 * 5_000
    assert pending(MOVED) == {(MOVED, "Wren Castellan", "email")}
    with pytest.raises(Stale):
        actions.change_call(viewer=cast.viewer("ana"), call=call, at=time(13), expected=2)


def test_another_role_is_no_news(cast: Cast, session: StudioSession) -> None:
    call = call_of(session, cast.wren_called)
    actions.change_call(viewer=cast.viewer("ana"), call=call, role=" Mixing engineer ")
    assert (call.role, call.answer) == ("Mixing engineer", Answer.PENDING)
    assert BudgetEntry.objects.all().levels_by_account()[530].open == 40_000
    assert not pending(MOVED)


def test_a_call_lies_near_its_session(cast: Cast, session: StudioSession) -> None:
    call = call_of(session, cast.wren_called)
    for at in (time(18), time(21)):
        with pytest.raises(Refused) as refused:
            actions.change_call(viewer=cast.viewer("ana"), call=call, at=at)
        assert refused.value.fields.keys() == {"call_local"}
    actions.change_call(viewer=cast.viewer("ana"), call=call, at=time(22))  # the evening before
    assert call.call_local == "2027-03-09T22:00"


def test_calls_to_a_hold_cost_nothing_and_tell_nobody(cast: Cast) -> None:
    hold = book(cast, cast.wren_called, hold=True)
    viewer = cast.viewer("ana")
    actions.call_person(viewer=viewer, session=hold, contributor=cast.emil_called)
    actions.change_call(viewer=viewer, call=call_of(hold, cast.emil_called), at=time(9))
    actions.swap_call(viewer=viewer, call=call_of(hold, cast.emil_called), contributor=cast.nora_called)
    actions.decline_call(viewer=viewer, call=call_of(hold, cast.wren_called))
    assert not Delivery.objects.exists() and not BudgetEntry.objects.exists()
    assert set(hold.slots.values_list("state", flat=True)) == {"hold"}


def test_a_private_link_books_nothing(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        actions.book_session(
            viewer=link_viewer(cast.wren_called),
            project=cast.project,
            title="Mine",
            starts_local="2027-03-10T10:00",
            ends_local="2027-03-10T12:00",
            room=cast.room,
        )
