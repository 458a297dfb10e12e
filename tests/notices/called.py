"""People called to a session, as plain rows: what notices are about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contributors.models import Contributor
from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock
from producerdesk.notices import actions
from producerdesk.notices.actions import Row
from producerdesk.notices.models import Delivery
from projects.models import Project
from sessions import notices
from sessions.models import Call, Room, Studio, StudioSession

TUESDAY = datetime(2026, 11, 17, 10, tzinfo=UTC)  # 10:00 in Lisbon, 11:00 in Berlin


def make_desk(name: str = "Lowlight") -> Desk:
    """Return a desk owned by Mara Ellison."""
    desk = Desk.objects.create(name=name, time_zone="Europe/Lisbon", quiet_from=None, quiet_until=None)
    mara = User.objects.create_user(f"mara@{name.lower()}.example.com", name="Mara Ellison")
    DeskStaff.objects.create(desk=desk, user=mara, role=Role.OWNER)
    return desk


def make_session(desk: Desk, starts_at: datetime = TUESDAY, **said: Any) -> StudioSession:
    """Return a session of eight hours at Foxglove Studios in Porto."""
    project, _ = Project.objects.get_or_create(desk=desk, title="Salt & Neon", artist="Juno Vale")
    studio, _ = Studio.objects.get_or_create(
        desk=desk,
        name="Foxglove Studios",
        defaults={
            "city": "Porto",
            "time_zone": "Europe/Lisbon",
            "address": "Rua das Camélias 14, Porto",
            "access_notes": "Ring at the green door",
        },
    )
    room, _ = Room.objects.get_or_create(studio=studio, name="Room A")
    ends_at = starts_at + timedelta(hours=8)
    said = {"title": "Lead vocals", "room": room} | said
    return StudioSession.objects.create(
        desk=desk,
        project=project,
        time_zone="Europe/Lisbon",
        starts_at=starts_at,
        ends_at=ends_at,
        starts_local=clock.wall(starts_at, "Europe/Lisbon").local,
        ends_local=clock.wall(ends_at, "Europe/Lisbon").local,
        booked_by=desk.staff.get(),
        **said,
    )


def make_call(session: StudioSession, name: str = "Juno Vale", *, user: User | None = None, **said: Any) -> Call:
    """Return a call for a person, who reads in Berlin."""
    person = Contributor.objects.create(
        desk_id=session.desk_id,
        name=name,
        email=said.pop("email", f"{name.split()[0].lower()}@example.com"),
        time_zone=said.pop("time_zone", "Europe/Berlin"),
        user=user,
    )
    at = said.pop("call_at", session.starts_at)
    local = clock.wall(at, session.time_zone).local
    return Call.objects.create(session=session, contributor=person, call_at=at, call_local=local, **said)


def tell(call: Call, kind: str, channel: str = "email", **said: Any) -> Delivery:
    """Plan what this person is to be told, due now; return the delivery."""
    row = Row(
        kind=kind,
        ref=notices.ref(call),
        recipient=said.pop("recipient", f"contributor:{call.contributor_id}"),
        channel=channel,
        due_at=clock.now(),
        generation=said.pop("generation", call.generation),
        **said,
    )
    actions.plan(desk=call.session.desk_id, rows=[row], now=clock.now())
    return Delivery.objects.get(kind=kind, ref=row.ref, channel=channel, generation=row.generation)
