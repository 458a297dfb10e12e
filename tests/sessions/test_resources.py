"""What is taken: rooms, people and gear as resources, of one desk or of several, and those out of use."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from contributors.models import Contributor
from producerdesk.kit.errors import Clash, Conflict, Refused
from sessions import actions
from sessions.booking.models import BookingSlot, Resource
from sessions.booking.resources import OF_A_PERSON, OF_A_ROOM, came_with, lock, relink, resources_for
from sessions.models import Room, StudioSession
from tests import makers
from tests.cast import Cast
from tests.sessions.taking import book, clash, move

NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("january")


# --- resources ------------------------------------------------------------------------------------
def test_a_person_with_an_account_is_one_resource_for_all_desks(cast: Cast) -> None:
    emil_elsewhere = makers.make_contributor(cast.other_desk, user=cast.emil)
    here = resources_for(contributor_ids=[cast.emil_called.pk]).people
    there = resources_for(contributor_ids=[emil_elsewhere.pk]).people
    assert [*here.values()] == [*there.values()]
    assert Resource.objects.get().user == cast.emil


def test_the_same_resources_are_found_again(cast: Cast) -> None:
    wanted = [cast.wren_called.pk, cast.emil_called.pk]
    first = resources_for(room_id=cast.room.pk, contributor_ids=wanted)
    assert resources_for(room_id=cast.room.pk, contributor_ids=reversed(wanted)) == first
    assert Resource.objects.count() == 3


def test_a_resource_is_one_thing(cast: Cast) -> None:
    for said in ({}, {"room": cast.room, "user": cast.ana}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Resource.objects.create(**said)


def test_a_resource_that_went_away_meanwhile_is_a_conflict(cast: Cast) -> None:
    with pytest.raises(Conflict):
        lock([10**9])


def test_what_was_read_with_a_room_and_a_person_is_not_asked_for_again(cast: Cast) -> None:
    resources_for(room_id=cast.room.pk, contributor_ids=[cast.wren_called.pk, cast.emil_called.pk])
    room = Room.objects.select_related(*OF_A_ROOM).get(pk=cast.room.pk)
    people = Contributor.objects.select_related(*OF_A_PERSON).in_bulk([cast.wren_called.pk, cast.emil_called.pk])
    asked = resources_for(room_id=room.pk, contributor_ids=people)
    assert came_with(cast.room) is None and came_with(cast.wren_called) is None, "these were read alone"
    assert came_with(room) == asked.room
    assert {key: came_with(person) for key, person in people.items()} == asked.people


def test_who_turns_out_to_be_a_user_while_being_booked_is_a_conflict(cast: Cast) -> None:
    resources_for(contributor_ids=[cast.wren_called.pk])
    wren = Contributor.objects.select_related(*OF_A_PERSON).get(pk=cast.wren_called.pk)
    assert came_with(wren) is not None
    link(Contributor.objects.get(pk=wren.pk), cast)
    with pytest.raises(Conflict):
        book(cast, "10:00", "18:00", wren)
    assert not StudioSession.objects.exists()


def link(contributor: Contributor, cast: Cast) -> list[BookingSlot]:
    contributor.user = cast.cara
    contributor.save()
    return relink(contributor)


def test_who_accepts_an_invitation_brings_the_bookings_along(cast: Cast) -> None:
    session = book(cast, "10:00", "18:00", cast.wren_called)
    assert link(cast.wren_called, cast) == []
    assert session.slots.get(resource__user=cast.cara).starts_at == session.starts_at
    assert not Resource.objects.filter(contributor=cast.wren_called).exists()
    assert clash(cast, "12:00", "14:00", cast.wren_called, room=None).clashes


def test_bookings_that_clash_when_two_desks_share_a_player_are_reported_and_kept(cast: Cast) -> None:
    cara_elsewhere = makers.make_contributor(cast.other_desk, user=cast.cara)
    theirs = makers.make_session(
        cast.other_project, cast.cleo, "2027-03-10T16:00", "2027-03-10T20:00", calls=[{"contributor": cara_elsewhere}]
    )
    ours = book(cast, "10:00", "18:00", cast.wren_called)
    later = book(cast, "18:00", "19:00")
    reported = link(cast.wren_called, cast)
    assert [slot.session for slot in reported] == [ours]
    standing = BookingSlot.objects.filter(resource__user=cast.cara)
    assert {(slot.session_id, slot.reported_clash) for slot in standing} == {(theirs.pk, False), (ours.pk, True)}

    # what was reported keeps everybody else out, and is not asked for again by other changes
    with pytest.raises(Clash):
        book(cast, "10:00", "12:00", cast.wren_called, room=None)
    actions.call_person(viewer=cast.viewer("ana"), session=ours, contributor=cast.nora_called)
    # moved, it has to be free like any other
    with pytest.raises(Clash):
        move(cast, ours, "11:00", "18:00")
    move(cast, ours, "09:00", "16:00")
    assert not BookingSlot.objects.filter(reported_clash=True).exists()
    assert later.slots.count() == 1


def test_holds_of_two_desks_line_up_when_they_share_a_player(cast: Cast) -> None:
    cara_elsewhere = makers.make_contributor(cast.other_desk, user=cast.cara)
    makers.make_session(
        cast.other_project, cast.cleo, "2027-03-10T10:00", calls=[{"contributor": cara_elsewhere}], hold=True
    )
    book(cast, "10:00", "18:00", cast.wren_called, hold=True)
    assert link(cast.wren_called, cast) == []
    assert sorted(BookingSlot.objects.filter(resource__user=cast.cara).values_list("rank", flat=True)) == [1, 2]


def test_a_link_that_nobody_told_us_of_is_made_up_for_at_the_next_booking(cast: Cast) -> None:
    session = book(cast, "10:00", "18:00", cast.wren_called)
    cast.wren_called.user = cast.cara
    cast.wren_called.save()
    clash(cast, "12:00", "14:00", cast.wren_called, room=None)
    book(cast, "18:00", "20:00", cast.wren_called)
    assert session.slots.filter(resource__user=cast.cara).exists()


def test_who_has_no_user_cannot_be_linked(cast: Cast) -> None:
    with pytest.raises(ValueError):
        relink(cast.wren_called)


# --- rooms and people out of use ------------------------------------------------------------------
def test_what_is_out_of_use_is_not_booked(cast: Cast) -> None:
    gone = makers.make_room(cast.room.studio, "Room B", active=False)
    closed = makers.make_room(makers.make_studio(cast.desk, active=False))
    for room in (gone, closed):
        with pytest.raises(Refused) as refused:
            book(cast, room=room)
        assert refused.value.fields == {"room": ["This room is not booked any more."]}
    left = makers.make_contributor(cast.desk, "Al", active=False)
    with pytest.raises(Refused) as refused:
        book(cast, "10:00", "12:00", cast.nora_called, left)
    assert refused.value.fields == {"calls.1.contributor": ["Al is not active in your network any more."]}


def test_a_room_or_person_of_another_desk_is_not_booked(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        book(cast, room=cast.other_room)
    assert refused.value.fields == {"room": ["This room belongs to another desk."]}
    with pytest.raises(Refused) as refused:
        book(cast, "10:00", "12:00", makers.make_contributor(cast.other_desk))
    assert refused.value.fields == {"calls.0.contributor": ["This person belongs to another desk."]}
    assert Room.objects.count() and not BookingSlot.objects.exists()
