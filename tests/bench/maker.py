"""Fills an empty PostgreSQL database with a large desk. Run as a program: `python -m tests.bench.maker 10000`.

Prints what a measuring client needs, as one JSON object. Rows are copied by the database itself from one of each kind
that the product's own actions made, so that whatever columns a table has are filled believably.

Fifty rooms have two sessions a day, 10-14 and 16-20 o'clock, with two people each; the evenings are free to be booked.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, models, transaction
from django.test import Client

from budgets.models import Budget, BudgetEntry
from contributors.models import Contributor, ContributorRate, EngagementFee
from producerdesk.accounts.models import User
from producerdesk.accounts.roles import Role
from producerdesk.kit import clock
from producerdesk.notices.models import Delivery
from sessions.actions import book_session
from sessions.booking.models import BookingSlot, Resource
from sessions.models import Call, Room, RoomRate, StudioSession
from tests import makers

PROJECTS, SONGS, ROOMS, PEOPLE = 500, 2000, 50, 400
STAFF = 60  # who ask: the rate limit is by person
DAYS_BEFORE = 30
A_DAY = 2 * ROOMS  # sessions
# of tables: what refers to others is put back last, after what is unique and what excludes
CONSTRAINTS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('u', 'x', 'f') ORDER BY contype = 'f', conname"""
INDEXES = """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary ORDER BY 1"""


def fill(sessions: int) -> dict[str, Any]:
    """Make the desk with so many sessions; return the facts that a client needs."""
    with transaction.atomic():
        owner = makers.make_user("Ana")
        desk = makers.make_desk(owner, name="Lowlight", time_zone="UTC")
        staff = [makers.make_user(f"Helper {number}") for number in range(STAFF)]
        for user in staff:
            makers.make_staff(desk, user, Role.CO_PRODUCER)
        first = _first_of_each(desk, owner)
        _copy_the_small(first)
        begin = clock.now().date() - timedelta(days=DAYS_BEFORE)
        with _without_indexes():
            _copy_the_sessions(first, sessions, begin)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {
        "logins": [_login(user) for user in staff],
        "project": first["project"].pk,
        "other": first["project"].pk + 1,  # from here on is booked: the page of the first stays as large as it was
        "session": first["session"].pk + A_DAY * (DAYS_BEFORE + 1),
        "rooms": list(Room.objects.order_by("pk").values_list("pk", flat=True)),
        "people": list(Contributor.objects.order_by("pk").values_list("pk", flat=True)),
        "begin": begin.isoformat(),
        "days": sessions // A_DAY,
    }


def _first_of_each(desk: Any, owner: User) -> dict[str, Any]:
    project = makers.make_project(desk, "Record 0", artist="Nora Vale")
    room = makers.make_room(desk, "Room 0", hour="60")
    people = [makers.make_contributor(desk, f"Player {number}") for number in range(2)]
    for person in people:
        makers.make_rate(person, "hour", "50")
    hire = makers.make_engagement(project, people[0], "Cello", fee="45")
    song = makers.make_song(project, "Song 0")
    session = book_session(
        viewer=makers.viewer_of(owner),
        project=project,
        title="Tracking",
        starts_local="2099-01-01T10:00",  # beyond a million others
        ends_local="2099-01-01T14:00",
        room=room,
        songs=[song],
        calls=[{"contributor": person} for person in people],
    )
    return {"project": project, "room": room, "people": people, "hire": hire, "song": song, "session": session}


def _copy_the_small(first: dict[str, Any]) -> None:
    project, room, person = first["project"], first["room"], first["people"][1]
    project_of = f"{project.pk} + n % {PROJECTS}"
    copy(project, PROJECTS - 1, title="'Record ' || n")
    copy(Budget.objects.get(project=project), PROJECTS - 1, project_id=f"{project.pk} + n")
    copy(first["song"], SONGS - 1, project_id=project_of, position=f"n / {PROJECTS} + 1", title="'Song ' || n")
    copy(room, ROOMS - 1, name="'Room ' || n")
    copy(RoomRate.objects.get(room=room), ROOMS - 1, room_id=f"{room.pk} + n")
    copy(Resource.objects.get(room=room), ROOMS - 1, room_id=f"{room.pk} + n")
    # people stand two and two: the first of a session and the second
    more = PEOPLE - 2
    copy(person, more, name="'Player ' || n + 1", email="'player' || n || '@example.com'")
    copy(ContributorRate.objects.get(contributor=person), more, contributor_id=f"{person.pk} + n")
    copy(Resource.objects.get(contributor=person), more, contributor_id=f"{person.pk} + n")
    hires = 4 * PROJECTS - 1
    copy(first["hire"], hires, project_id=project_of, contributor_id=f"{person.pk - 1} + n % {PEOPLE}")
    copy(EngagementFee.objects.get(engagement=first["hire"]), hires, engagement_id=f"{first['hire'].pk} + n")


def _copy_the_sessions(first: dict[str, Any], number: int, begin: date) -> None:
    session: StudioSession = first["session"]
    half = f"((n - 1) / {ROOMS}) % 2"
    starts = f"timestamptz '{begin} 10:00+00' + ((n - 1) / {A_DAY}) * interval '1 day' + {half} * interval '6 hours'"
    ends = f"{starts} + interval '4 hours'"
    wall = "to_char(({}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI')"
    room = f"{first['room'].pk} + (n - 1) % {ROOMS}"
    project = f"{first['project'].pk} + n % {PROJECTS}"
    key = f"{session.pk} + n"
    copy(
        session,
        number,
        project_id=project,
        room_id=room,
        title="'Tracking ' || n",
        starts_at=starts,
        ends_at=ends,
        starts_local=wall.format(starts),
        ends_local=wall.format(ends),
    )
    through = StudioSession.songs.through
    copy(
        through.objects.get(studiosession=session),
        number,
        studiosession_id=key,
        song_id=f"{first['song'].pk} + n % {SONGS}",
    )
    copy(session.slots.get(resource__room=session.room), number, session_id=key, **_span(room, "room", starts, ends))
    for which, call in enumerate(session.calls.order_by("contributor_id")):
        person = f"{first['people'][0].pk} + 2 * ((n - 1) % {PEOPLE // 2}) + {which}"
        copy(call, number, session_id=key, contributor_id=person, call_at=starts, call_local=wall.format(starts))
        slot = session.slots.get(resource__contributor=call.contributor)
        copy(slot, number, session_id=key, **_span(person, "contributor", starts, ends))
    calls = Call.objects.order_by("pk").first()
    assert calls is not None
    for entry in BudgetEntry.objects.filter(source_kind="session", source_id=session.pk).order_by("seq"):
        copy(
            entry,
            number,
            budget_id=f"(SELECT id FROM budgets_budget WHERE project_id = {project})",  # noqa: S608 - a number
            seq=f"100 + n * 3 + {entry.seq}",
            source_id=key,
        )
    Budget.objects.update(last_seq=number * 3 + 1000)
    for offset in (1440, 60):
        delivery = Delivery.objects.filter(ref=f"call:{calls.pk}", offset=offset).first()
        if delivery is not None:
            due = f"{starts} - interval '{offset} minutes'"
            state = f"CASE WHEN {due} < now() THEN 'sent' ELSE 'pending' END"
            copy(delivery, number, ref=f"'call:' || {calls.pk + 1} + n", due_at=due, try_at=due, state=state)


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Take what is looked up or checked with every row off the large tables, and put it back: built at once, and held.

    Row by row it would take a million sessions twenty minutes.
    """
    large: list[type[models.Model]] = [
        StudioSession,
        StudioSession.songs.through,
        BookingSlot,
        Call,
        BudgetEntry,
        Delivery,
    ]
    tables = [model._meta.db_table for model in large]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit would stand in the way
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(CONSTRAINTS, [tables])
        constraints = cursor.fetchall()
        for table, name, _definition in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(INDEXES, [tables])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _span(key: str, kind: str, starts: str, ends: str) -> dict[str, str]:
    resource = f"(SELECT id FROM studio_sessions_resource WHERE {kind}_id = {key})"  # noqa: S608 - our own names
    return {"resource_id": resource, "starts_at": starts, "ends_at": ends}


def copy(row: models.Model, number: int, **different: str) -> None:
    """Insert so many copies of a row, their ids after the last one.

    `different` gives the SQL of what is not the same, by the copy's number n.
    """
    meta = row._meta
    columns = [field.column for field in meta.concrete_fields if not field.primary_key]
    chosen = ", ".join(different.get(str(column), f'source."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    last = type(row)._default_manager.aggregate(last=models.Max("pk"))["last"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {meta.db_table} (id, {names}) "  # noqa: S608 - names of our own tables
            f"SELECT {last} + n, {chosen} FROM {meta.db_table} AS source, generate_series(1, {number}) AS n "
            f"WHERE source.id = {row.pk} ORDER BY n"
        )
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{meta.db_table}', 'id'), max(id)) FROM {meta.db_table}"  # noqa: S608
        )


def _login(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    client.get("/me/")
    return {
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "csrf": client.cookies["csrftoken"].value,
        "floor": _plain_login(user),
    }


def _plain_login(user: User) -> str:
    """Return the key of a login for the floor, which knows Django's own backend alone."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key or ""


def main() -> None:
    """Fill the database that the settings name."""
    print(json.dumps(fill(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
