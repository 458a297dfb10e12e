"""Large data: as consistent as what people enter, made fast, and not by accident in production."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from budgets.audit import chain_break
from budgets.models import Budget, BudgetEntry
from contributors.models import Contributor
from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.kit.errors import Clash
from producerdesk.notices.models import Delivery
from projects.models import Activity, Project, Song
from sessions import actions
from sessions.booking.models import BookingSlot
from sessions.models import Call, Room, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast, make_cast


def seed(**said: Any) -> str:
    out = StringIO()
    call_command("seed", stdout=out, **said)
    return out.getvalue()


@pytest.fixture(autouse=True)
def no_production(settings: Any) -> None:
    """Naming a database, as the run on PostgreSQL does, makes production of it."""
    settings.PRODUCTION = False


@pytest.fixture
def full(db: None) -> Desk:
    """A desk that was made and filled."""
    seed(sessions=300, projects=7, songs=20)
    return Desk.objects.get()


def test_there_is_as_much_as_was_asked_for(full: Desk) -> None:
    counts = [model.objects.count() for model in (StudioSession, Project, Song)]
    assert counts == [300, 7, 20]
    assert set(StudioSession.objects.values_list("state", flat=True)) == {"confirmed", "wrapped", "hold", "cancelled"}
    past = StudioSession.objects.filter(ends_at__lte=clock.now())
    assert 130 <= past.count() <= 170
    assert not past.exclude(state__in=("wrapped", "cancelled")).exists()


def test_nothing_overlaps_and_every_slot_stands_for_its_session(full: Desk) -> None:
    last: dict[int, Any] = {}
    for slot in BookingSlot.objects.order_by("starts_at"):
        assert slot.resource_id not in last or last[slot.resource_id] <= slot.starts_at
        last[slot.resource_id] = slot.ends_at
    live = StudioSession.objects.exclude(state="cancelled")
    assert BookingSlot.objects.count() == live.count() * 3  # the room and two people
    assert not BookingSlot.objects.filter(session__state="cancelled").exists()
    held = BookingSlot.objects.filter(state="hold")
    assert set(held.values_list("session__state", flat=True)) == {"hold"}


def test_ledgers_are_chained_and_say_what_the_price_list_says(full: Desk) -> None:
    budgets = Budget.objects.all()
    assert len(budgets) == 7
    assert [chain_break(budget) for budget in budgets] == [None] * 7
    wrapped = StudioSession.objects.filter(state="wrapped").first()
    assert wrapped is not None
    own = BudgetEntry.objects.of_source("session", wrapped.pk)
    assert own.filter(kind__in=("commit", "release")).aggregate(sum=Sum("amount_minor"))["sum"] == 0
    assert own.filter(kind="actual").aggregate(sum=Sum("amount_minor"))["sum"] == 4 * 4500 + 2 * 4 * 4000
    assert not BudgetEntry.objects.filter(source_id__in=StudioSession.objects.filter(state="hold")).exists()


def test_what_was_seeded_goes_on_as_if_people_had_entered_it(full: Desk) -> None:
    """Priced anew nothing changes; cancelled, all is given back; the time is taken, and free afterwards."""
    by = User.objects.get()
    viewer = makers.viewer_of(by)
    session = StudioSession.objects.filter(state="confirmed").order_by("starts_at").first()
    assert session is not None and session.room is not None
    entries = BudgetEntry.objects.count()
    actions.reprice_session(viewer=viewer, session=session)
    assert BudgetEntry.objects.filter().count() == entries
    again: dict[str, Any] = {
        "title": "Again",
        "project": session.project,
        "room": session.room,
        "starts": session.starts_local,
        "ends": session.ends_local,
    }
    with pytest.raises(Clash):
        makers.make_session(again.pop("project"), by, again.pop("starts"), again.pop("ends"), **again)
    actions.cancel_session(viewer=viewer, session=session)
    assert BudgetEntry.objects.of_source("session", session.pk).level().committed == 0
    assert chain_break(session.project.budget) is None
    assert makers.make_session(
        session.project, by, session.starts_local, session.ends_local, room=session.room, title="Instead"
    )


def test_its_reminders_are_planned_and_its_mails_lead_nowhere(full: Desk) -> None:
    coming = Call.objects.filter(session__state="confirmed", call_at__gt=clock.now())
    assert Delivery.objects.filter(kind="session.reminder", state="pending", due_at__gt=clock.now()).exists()
    assert Delivery.objects.values("ref").distinct().count() <= coming.count()
    assert not Contributor.objects.exclude(email__endswith=".invalid").exists()
    assert not Activity.objects.exists()


def test_a_full_desk_can_be_looked_at(full: Desk) -> None:
    caller = Caller(User.objects.get())
    project = Project.objects.order_by("pk").first()
    assert project is not None
    for path in ("/", "/projects/", f"/projects/{project.pk}/", "/sessions/", "/search/?q=glass"):
        assert caller.client.get(path).status_code == 200, path


def test_it_is_added_to_the_desk_that_is_there(db: None) -> None:
    cast = make_cast()
    said = seed(sessions=20, projects=2, desk=cast.desk.pk)
    assert "Lowlight" in said and "Sessions: 20 of 20" in said
    assert Project.objects.filter(desk=cast.desk).count() == 3
    assert Room.objects.filter(studio__desk=cast.other_desk).count() == 1
    seed(sessions=20, projects=2, desk=cast.desk.pk)  # and once more
    assert StudioSession.objects.filter(desk=cast.desk).count() == 40


def test_a_production_desk_with_projects_is_left_alone(db: None, settings: Any) -> None:
    cast: Cast = make_cast()
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="--force"):
        seed(sessions=5, projects=1)
    assert not StudioSession.objects.exists()
    seed(sessions=5, projects=1, force=True, desk=cast.desk.pk)
    assert StudioSession.objects.count() == 5


@pytest.mark.parametrize("said", [{"sessions": -1}, {"projects": 0}, {"songs": 10**9}, {"desk": 999}])
def test_nonsense_is_refused(db: None, said: dict[str, int]) -> None:
    with pytest.raises(CommandError):
        seed(**{"sessions": 5, "projects": 1} | said)
    assert not Project.objects.exists()
