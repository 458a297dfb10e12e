"""What somebody planned, checked: when it is, where, with whom, on which songs. Refusals name the field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NotRequired, TypedDict

from django.utils.translation import gettext as _

from contributors.models import Contributor
from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from projects.models import Project, Song
from sessions.models import Call, Gear, Room, StudioSession

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=48)
EARLIEST_CALL = timedelta(hours=12)  # before the start: the crew that sets up
LONGEST_HOLD = timedelta(days=366)

KEEP: Any = object()  # an argument that was not given: leave it as it is


class CallSpec(TypedDict):
    """A person to call. `call` is a time of day on the session's clock; without it the call is for the start."""

    contributor: Contributor
    role: NotRequired[str]
    call: NotRequired[time | None]
    call_fold: NotRequired[int | None]


@dataclass(frozen=True, slots=True)
class When:
    """A time as planned on the wall, and the instants it means."""

    time_zone: str
    starts_local: str
    ends_local: str
    starts_fold: int
    ends_fold: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Where:
    """A room, or a place elsewhere, and whose clock counts."""

    room: Room | None
    remote_place: str
    time_zone: str


def plan_when(
    *, starts_local: str, ends_local: str, time_zone: str, starts_fold: int | None = None, ends_fold: int | None = None
) -> When:
    """Return the plan. It may cross midnight; it lasts from a quarter of an hour to two days: a lock-out."""
    starts_at = clock.resolve(starts_local, time_zone, starts_fold, field="starts_local")
    ends_at = clock.resolve(ends_local, time_zone, ends_fold, field="ends_local")
    length = ends_at - starts_at
    if length <= timedelta():
        raise Refused({"ends_local": _("It ends before it starts.")})
    if length < SHORTEST:
        raise Refused({"ends_local": _("A session lasts a quarter of an hour at least.")})
    if length > LONGEST:
        raise Refused(
            {"ends_local": _("A session lasts 48 hours at most. Book the days of a longer lock-out one by one.")}
        )
    return when_at(starts_at, ends_at, time_zone)


def when_at(starts_at: datetime, ends_at: datetime, time_zone: str) -> When:
    """Return the plan that begins and ends at these instants."""
    first, last = clock.wall(starts_at, time_zone), clock.wall(ends_at, time_zone)
    return When(time_zone, first.local, last.local, first.fold, last.fold, starts_at, ends_at)


def plan_where(*, project: Project, room: Room | None, remote_place: str, time_zone: str) -> Where:
    """Return the place. Without a room somebody has to say where it is."""
    zone = plan_zone(project=project, room=room, time_zone=time_zone)
    if room is None and not remote_place.strip():
        raise Refused({"room": _("Choose a room, or say where it is if it is remote.")})
    return Where(room, remote_place, zone)


def plan_zone(*, project: Project, room: Room | None, time_zone: str) -> str:
    """Return whose clock counts: the room's; elsewhere the zone that is given, or the project's."""
    if room is not None:
        check_room(room, project)
        return room.studio.time_zone
    return clock.zone(time_zone or project.time_zone).key


def check_room(room: Room, project: Project) -> None:
    """Refuse a room of another desk, and one that is not booked any more."""
    if room.studio.desk_id != project.desk_id:
        raise Refused({"room": _("This room belongs to another desk.")})
    if not (room.active and room.studio.active):
        raise Refused({"room": _("This room is not booked any more.")})


def check_songs(songs: Iterable[Song], project: Project) -> None:
    """Refuse songs of another project."""
    strange = [song.title for song in songs if song.project_id != project.pk]
    if strange:
        raise Refused({"songs": _("Not of this project: %(songs)s.") % {"songs": ", ".join(strange)}})


def check_person(person: Contributor, project: Project, *, field: str) -> None:
    """Refuse a person of another desk, and one who is not called any more."""
    if person.desk_id != project.desk_id:
        raise Refused({field: _("This person belongs to another desk.")})
    if not person.active:
        raise Refused({field: _("%(name)s is not active in your network any more.") % {"name": person.name}})


def check_gear(gear: Iterable[Gear], project: Project) -> None:
    """Refuse gear of another desk, gear that stays in its room, and gear that was retired."""
    for item in gear:
        if item.desk_id != project.desk_id:
            raise Refused({"gear": _("This gear belongs to another desk.")})
        if not item.active:
            raise Refused({"gear": _("%(name)s is retired.") % {"name": item.name}})
        if not item.bookable:
            raise Refused(
                {"gear": _("%(name)s is not booked by itself: it comes with its room.") % {"name": item.name}}
            )


def plan_calls(specs: Sequence[CallSpec], *, project: Project, when: When) -> list[Call]:
    """Return the calls, not yet saved and without a session."""
    calls: list[Call] = []
    seen: set[int] = set()
    for number, spec in enumerate(specs):
        person, prefix = spec["contributor"], f"calls.{number}"
        check_person(person, project, field=f"{prefix}.contributor")
        if person.pk in seen:
            raise Refused({f"{prefix}.contributor": _("%(name)s is called twice.") % {"name": person.name}})
        seen.add(person.pk)
        call = Call(contributor=person, role=spec.get("role", "").strip())
        set_call_time(call, when, spec.get("call"), spec.get("call_fold"), field=f"{prefix}.call_local")
        call.clean_fields(exclude=["session", "contributor"])
        calls.append(call)
    return calls


def set_call_time(call: Call, when: When, at: time | None, fold: int | None, *, field: str = "call_local") -> None:
    """Set the call to a time of day that lies near or in the session; None means its start."""
    if at is None:
        _set(call, when.starts_local, when.starts_fold, when.starts_at)
        return
    starts, ends = (datetime.fromisoformat(local) for local in (when.starts_local, when.ends_local))
    days = (starts.date() + timedelta(days=n) for n in (0, 1, 2, -1))
    walls = (datetime.combine(day, at.replace(second=0, microsecond=0, tzinfo=None)) for day in days)
    wall = next((each for each in walls if starts - EARLIEST_CALL <= each < ends), None)
    if wall is None:
        raise Refused({field: _too_far()})
    local = wall.strftime("%Y-%m-%dT%H:%M")
    if local == when.starts_local and fold is None:
        fold = when.starts_fold
    call_at = clock.resolve(local, when.time_zone, fold, field=field)
    set_call_at(call, when, call_at, field=field)


def set_call_at(call: Call, when: When, call_at: datetime, *, field: str = "call_local") -> None:
    """Set the call to an instant near or in the session."""
    if not when.starts_at - EARLIEST_CALL <= call_at < when.ends_at:
        raise Refused({field: _too_far()})
    wall = clock.wall(call_at, when.time_zone)
    _set(call, wall.local, wall.fold, call_at)


def apply_when(session: StudioSession, when: When) -> None:
    """Write the plan into the session."""
    session.time_zone = when.time_zone
    session.starts_local, session.ends_local = when.starts_local, when.ends_local
    session.starts_fold, session.ends_fold = when.starts_fold, when.ends_fold
    session.starts_at, session.ends_at = when.starts_at, when.ends_at


def hold_anew(session: StudioSession, now: datetime, until: datetime | str | None = None) -> None:
    """Let a hold stand from now on: until then, else as long as its desk's holds do; no challenge counts any more."""
    session.answer_by = session.challenged_by = None
    session.hold_until = hold_end(session, now, until)


def hold_end(session: StudioSession, now: datetime, until: datetime | str | None = None) -> datetime:
    """Return until when a hold stands. Text is wall time at its place. Nobody needs it once the session has begun."""
    if until is None:
        longest = now + timedelta(days=session.desk.hold_days)
        return min(longest, session.starts_at) if session.starts_at > now else longest
    at = clock.resolve(until, session.time_zone, 0, field="hold_until") if isinstance(until, str) else until
    if at <= now:
        raise Refused({"hold_until": _("This is past.")})
    if at > max(session.ends_at, now + LONGEST_HOLD):
        raise Refused({"hold_until": _("A hold ends with its session, or a year from now.")})
    return at


def when_of(session: StudioSession) -> When:
    """Return the session's plan."""
    return When(
        session.time_zone,
        session.starts_local,
        session.ends_local,
        session.starts_fold,
        session.ends_fold,
        session.starts_at,
        session.ends_at,
    )


def _too_far() -> str:
    return _("A call lies before the session's end, and at most 12 hours before its start.")


def _set(call: Call, local: str, fold: int, at: datetime) -> None:
    call.call_local, call.call_fold, call.call_at = local, fold, at
