"""Every form of every page, as a browser reads it, sent back untouched: it changes nothing.

The table says what an untouched form leads to. A form that holds a thing leads on and leaves the whole database as it
was (a form under PUT wipes what it does not send); one that asks for something new says what is wanting. Some are
pressed with nothing in them on purpose, and say why here.
"""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction

from contributors.actions.engagements import update_engagement
from contributors.models import Skill
from producerdesk.accounts.models import OnceKey
from projects.models import ReferenceTrack, StageDate
from sessions.actions import move_session
from sessions.actions.studios import set_hours, set_terms
from sessions.models import Room, RoomRate, StudioSession
from tests import makers, services
from tests.kept import rows_now
from tests.law.drawn import MULTIPART, Form, forms_of
from tests.law.seen import Reader, pages
from tests.law.test_one_truth import BEHIND_A_LINK
from tests.law.world import World, make_world

pytestmark = services.BROAD

SAME, SHOWN, WANTS = 302, 200, 422
FORMS: dict[str, int | str] = {
    "accounts:desk": SAME,
    "accounts:me": SAME,
    "accounts:staff": WANTS,
    "budgets:line": SAME,
    "budgets:new_line": SAME,  # it says on the page what is wanting
    "budgets:new_expense": WANTS,
    "budgets:set_rate": SAME,  # likewise
    "budgets:settings": SAME,
    "contributors:edit": SAME,
    "contributors:import": WANTS,
    "contributors:new": WANTS,
    "engagement:edit": SAME,
    "engagement:new": WANTS,
    "expense:attach": SAME,  # it says on the page that there is no file
    "expense:edit": SAME,
    "members:access": WANTS,
    "projects:edit": SAME,
    "projects:edit_song": SAME,
    "projects:new": WANTS,
    "projects:new_song": WANTS,
    "projects:start": WANTS,
    "sessions:call": WANTS,
    "sessions:call-decline": "a reason may be given and need not",
    "sessions:call-propose": WANTS,
    "sessions:cancel": "a reason may be given and need not",
    "sessions:duplicate": "it books the copy, a week on",
    "sessions:edit": SAME,
    "sessions:edit_call": SAME,
    "sessions:edit_import": SAME,
    "sessions:edit_call_sheet": SAME,
    "sessions:edit_gear": SAME,
    "sessions:edit_repair": SAME,
    "sessions:edit_room": SAME,
    "sessions:edit_studio": SAME,
    "sessions:hold": 409,  # it is booked
    "sessions:move": SAME,
    "sessions:my-call-decline": "a reason may be given and need not",
    "sessions:my-call-propose": WANTS,
    "sessions:feeds": "it makes an address, of all that is one's own",
    "sessions:my-notices": SAME,
    "sessions:notices": SAME,
    "sessions:new": WANTS,
    "sessions:new_fault": WANTS,
    "sessions:new_gear": WANTS,
    "sessions:new_repair": WANTS,  # until when: it is away later on already
    "sessions:new_import": WANTS,
    "sessions:new_poll": WANTS,
    "sessions:new_room": WANTS,
    "sessions:new_studio": WANTS,
    "sessions:session_gear": SAME,
    "sessions:studio_hours": SAME,
    "sessions:studio_terms": SAME,
    "sessions:swap_call": WANTS,
    "tokens:list": WANTS,
    "sessions:inputs": SAME,
    "sessions:recall_inputs": SAME,  # it says on the page what is wanting
    "sessions:keep_inputs": SAME,  # likewise
    "sessions:new_section": SAME,  # likewise
    "sessions:rename_section": SAME,
    "sessions:new_task": SAME,  # it says on the page what is wanting
    "sessions:assign_task": SAME,
    "sessions:notes": WANTS,
    "sessions:edit_note": SAME,
    "sessions:keep_voice": SAME,  # it says on the page that there is no file
}
OF_WHO_IS_CALLED = ("call-decline", "call-propose", "my-notices")
MOVING = {
    "id",
    "version",
    "lock_seq",
    "updated_at",
    "last_used_at",
    "last_login",
}  # rows that are written anew get another id
NOT_OURS = {"django_session", OnceKey._meta.db_table}


@pytest.fixture
def world(db: None) -> World:
    """Everything there is to see, each thing with all it can have."""
    world = make_world()
    cast = world.cast
    desk, project, song, session = cast.desk, cast.project, world.song, world.session
    desk.reminder_offsets = [10080, 45]
    desk.reminder_rules = [{"kind": "vocal", "role": "Alto & low", "offsets": [1440, 90]}]
    desk.quiet_from, desk.quiet_until = dt.time(22, 30), dt.time(8)
    desk.save()
    project.label, project.brief, project.deadline = "Kiln", "Dry drums.\n\nNo reverb.", "2099-05-01"
    project.save()
    ReferenceTrack.objects.bulk_create(
        ReferenceTrack(project=project, title=f"Track {n}", url=f"https://example.com/{n}?a=1&b=2") for n in range(3)
    )
    StageDate.objects.create(project=project, stage="mixing", due_on="2099-04-01")
    StageDate.objects.create(project=project, song=song, stage="tracking", due_on="2099-03-01")
    song.tempo, song.key, song.seconds, song.notes = (
        "92.50",
        "F# minor",
        245,
        "<b>Start</b> with the click & the voice.",
    )
    song.save()
    makers.make_song(project, "Second")
    person = cast.wren_called
    person.phone, person.city, person.time_zone, person.notes = "+49 30 1", "Berlin", "Europe/Berlin", "Late riser"
    person.save()
    for kind in Skill.Kind:
        for name in ("Alto & low", "Folk"):
            Skill.objects.create(contributor=person, kind=kind, name=name, key=name.casefold())
    makers.make_rate(person, "hour", "48.50")
    makers.make_rate(person, "day", "300", "GBP")
    world.engagement.part, world.engagement.notes = "Fiddle", "Brings two"
    world.engagement.needed_by = "2099-02-01"
    world.engagement.save()
    world.engagement.songs.set([song])
    update_engagement(engagement=world.engagement, expected=world.engagement.version, by=cast.ana.pk, account=410)
    room = cast.room
    room.setup_minutes, room.reset_minutes = 30, 15
    room.save()
    makers.make_room_rate(room, "day", "900", hours="10", minimum="4")
    _give_rules(room)
    studio = room.studio
    studio.address, studio.city, studio.access_notes = "Kiln Lane 3", "Berlin", "Ring twice.\nThird floor."
    studio.email, studio.phone = "desk@foxglove.example", "+49 30 2"
    studio.save()
    StudioSession.objects.filter(pk=session.pk).update(prepare="Bring the cello.", notes="Private: he is shy.")
    # away and back: its room has been given its minutes and rates only now
    for hours in ("2027-03-11T10:00", "2027-03-11T18:00"), (session.starts_local, session.ends_local):
        standing = StudioSession.objects.get(pk=session.pk)
        move_session(viewer=cast.viewer("ana"), session=standing, starts_local=hours[0], ends_local=hours[1])
    assert world.ids  # some of it is made when first asked for
    return world


def _give_rules(room: Room) -> None:
    """A room and its studio with every rule they can have; the studio is open when the world's sessions are."""
    for months in ("2026-12-31", "2027-12-31"):
        last = dt.date.fromisoformat(months)
        RoomRate.objects.create(
            room=room,
            unit="half_day",
            amount_minor=45_000,
            currency="EUR",
            hours=5,
            valid_from=last.replace(month=1, day=1),
            valid_until=last,
        )
    RoomRate.objects.create(room=room, unit="overtime", factor="1.5", hours=10)
    week = [{"weekday": day, "opens": dt.time(9), "closes": dt.time(1)} for day in range(7)]
    closed = [{"first": dt.date(2027, 12, 24), "last": dt.date(2027, 12, 26), "reason": "Christmas & rest"}]
    studio = room.studio
    set_hours(studio=studio, expected=studio.version, opening_hours=week, closed_days=closed)
    tiers = [{"notice": 14, "unit": "days", "percent": 25}, {"notice": 48, "unit": "hours", "percent": 100}]
    studio.refresh_from_db()
    set_terms(studio=studio, expected=studio.version, deposit_percent=30, deposit_days=14, tiers=tiers)


@pytest.fixture
def reader(world: World, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Who opens pages."""
    return Reader(world, monkeypatch)


@pytest.mark.parametrize("role", services.rounds("ana nora link", "ana nora link ben asa").split())
def test_every_form_sent_back_untouched_changes_nothing(reader: Reader, world: World, role: str) -> None:
    found, wrong = set(), []
    before = _everything()
    for page, form in _forms(reader, role):
        found.add(form.route)
        with transaction.atomic():
            status = _send(world, role, form)
            after = _everything()
            transaction.set_rollback(True)
        wanted = FORMS.get(form.route, "no row")
        if isinstance(wanted, str):
            wrong += [] if status in (SAME, SHOWN) else [f"{page}: {form.route} answered {status} ({wanted})"]
            continue
        if status != wanted:
            wrong.append(f"{page}: {form.route} answered {status}, not {wanted}: {form.sent}")
        elif after != before:
            wrong.append(f"{page}: {form.route} changed {_difference(before, after)}")
    assert not wrong, "\n".join(wrong)
    assert found, "nobody is here to read forms"
    assert found - FORMS.keys() == set(), "forms without a row"
    if role == "ana":
        assert FORMS.keys() - found == {name for name in FORMS if name.endswith(OF_WHO_IS_CALLED)}, (
            "rows without a form"
        )


def _forms(reader: Reader, role: str) -> list[tuple[str, Form]]:
    """Return the forms in which something can be changed, once each, with the page they stand on."""
    found: dict[tuple[str, str], Form] = {}
    for route in pages():
        if (role == "link") == route.name.startswith(BEHIND_A_LINK):
            seen = reader.open(role, route)
            for form in forms_of(seen.html, seen.path) if seen.status == 200 else []:
                if form.controls:
                    found.setdefault((route.name, form.route), form)
    return [(page, form) for (page, _route), form in found.items()]


def _send(world: World, role: str, form: Form) -> int:
    client, _headers = world.callers[role]
    if form.kind == MULTIPART:
        return client.post(form.path, form.sent).status_code
    return client.post(form.path, urlencode(form.sent, doseq=True), content_type=form.kind).status_code


def _everything() -> dict[str, list[str]]:
    """Return every row of ours, without what moves by itself."""
    return {table: sorted(map(repr, rows)) for table, rows in rows_now(MOVING).items() if table not in NOT_OURS}


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        table: (sorted(rows - others), sorted(others - rows))
        for table in before.keys() | after.keys()
        if (rows := set(before.get(table, ()))) != (others := set(after.get(table, ())))
    }
