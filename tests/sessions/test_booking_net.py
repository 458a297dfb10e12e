"""The nets below booking: the database refuses two at one time, and nobody else writes slots."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from sessions.booking import net
from sessions.booking.models import BookingSlot, Resource
from sessions.models import StudioSession
from tests import makers
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _in_january() -> object:
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False):
        yield


def slot(
    session: StudioSession, resource: Resource, hour: int, hours: int = 2, state: str = "confirmed"
) -> BookingSlot:
    starts_at = datetime(2027, 6, 1, hour, tzinfo=UTC)
    return BookingSlot(
        session=session,
        resource=resource,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        state=state,
    )


@pytest.fixture
def three(cast: Cast) -> list[StudioSession]:
    """Three sessions without a slot on the room."""
    return [makers.make_session(cast.project, cast.ana, f"2027-06-0{day}T10:00") for day in (2, 3, 4)]


@pytest.fixture
def resource(cast: Cast) -> Resource:
    return Resource.objects.create(room=cast.room)


def test_the_database_has_the_second_net(cast: Cast) -> None:
    expected = {net.NAME} if connection.vendor == "postgresql" else {f"{net.NAME}_on_insert", f"{net.NAME}_on_update"}
    assert net.laid() == expected


def test_the_second_net_can_be_laid_again(cast: Cast) -> None:
    standing = net.laid()
    net.lay()
    net.lay()
    assert net.laid() == standing


def test_the_database_itself_refuses_two_at_one_time(three: list[StudioSession], resource: Resource) -> None:
    slot(three[0], resource, 10).save()
    for starts in (9, 10, 11):
        with pytest.raises(IntegrityError, match=net.NAME), transaction.atomic():
            slot(three[1], resource, starts).save()
        with pytest.raises(IntegrityError, match=net.NAME), transaction.atomic():
            BookingSlot.objects.bulk_create([slot(three[1], resource, starts, state="in_progress")])
    slot(three[1], resource, 8).save()
    slot(three[2], resource, 12).save()


def test_the_database_refuses_what_becomes_two_at_one_time(
    cast: Cast, three: list[StudioSession], resource: Resource
) -> None:
    slot(three[0], resource, 10).save()
    hold = slot(three[1], resource, 11, state="hold")
    hold.save()
    other = Resource.objects.create(user=cast.ana)
    elsewhere = slot(three[2], other, 10)
    elsewhere.save()
    for rows, change in (
        (hold, {"state": "confirmed"}),
        (elsewhere, {"resource": resource}),
    ):
        with pytest.raises(IntegrityError, match=net.NAME), transaction.atomic():
            BookingSlot.objects.filter(pk=rows.pk).update(**change)
    BookingSlot.objects.filter(pk=hold.pk).update(state="confirmed", reported_clash=True)


def test_the_database_lets_a_slot_change_in_its_own_time(three: list[StudioSession], resource: Resource) -> None:
    own = slot(three[0], resource, 10, 4)
    own.save()
    own.ends_at = own.ends_at - timedelta(hours=1)
    own.save()


def test_a_slot_ends_after_it_starts(three: list[StudioSession], resource: Resource) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        slot(three[0], resource, 10, 0, state="hold").save()


def test_only_the_booking_room_writes_slots() -> None:
    """No module outside of sessions/booking makes, changes or deletes a slot or a resource."""
    root = Path(__file__).resolve().parent.parent.parent
    writing = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create", "save"}
    guilty = []
    for folder in ("producerdesk", "projects", "budgets", "contributors", "sessions"):
        for path in (root / folder).rglob("*.py"):
            if "migrations" in path.parts or path.is_relative_to(root / "sessions" / "booking"):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writing:
                    text = ast.unparse(node.func)
                    if "BookingSlot" in text or "Resource.objects" in text or ".slots." in text:
                        guilty.append(f"{path.relative_to(root)}:{node.lineno} {text}")
    assert guilty == []
