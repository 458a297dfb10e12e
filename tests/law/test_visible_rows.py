"""Who sees how many rows of which table, in one table (visible.txt): what `visible_to` says, asked of each model alone.

Many doors stand in front of it, so a `visible_to` that lets everything through would be noticed by no page and no
answer: here it is. `DESK_WRITE_VISIBLE=1 bin/desk test tests/law/test_visible_rows.py -k write` writes the table; a
person reads it before it is committed. The column `all` counts what is there; Cleo's desk has a row of most kinds.
"""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db.models import Model

from budgets.actions import expenses, open_budget, plan
from budgets.models import ExchangeRate
from budgets.standing import standings
from contributors import links
from contributors.authentication import viewer_of_link
from contributors.models import EngagementStep, Skill
from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import User
from producerdesk.accounts.roles import BUDGET_READ, PEOPLE_READ, RIGHTS, SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.money import Money
from producerdesk.kit.viewer import NOBODY, Viewer
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from projects import joining
from sessions import feeds, voice
from sessions.actions import call_person, editing, inputs, private, publish_sheet, save_sheet
from sessions.actions.gear import log_fault, send_to_repair
from sessions.actions.takes import log_take
from sessions.actions.telling import set_mailed
from sessions.authentication import viewer_of_feed
from tests import makers
from tests.law.world import World, make_world

pytestmark = pytest.mark.once

TABLE = Path(__file__).with_name("visible.txt")
LOGINS = ("ana", "ben", "asa", "nora", "emil", "cara", "lena", "xavi", "cleo")
# tokens of Ana's: one with every right, one for one project, and some with a single right
TOKENS: dict[str, Callable[[World], dict[str, Any]]] = {
    "t:all": lambda world: {"scopes": frozenset(RIGHTS)},
    "t:one": lambda world: {"scopes": frozenset(RIGHTS), "project_limit": frozenset({world.cast.project.pk})},
    "t:else": lambda world: {"scopes": frozenset(RIGHTS), "project_limit": frozenset()},
    "t:bud": lambda world: {"scopes": frozenset({BUDGET_READ})},
    "t:ppl": lambda world: {"scopes": frozenset({PEOPLE_READ})},
    "t:book": lambda world: {"scopes": frozenset({SCHEDULE_WRITE})},
}
# the same of Nora's, who is called to sessions: for their project, and for none
CALLED = {f"n:{name.removeprefix('t:')}": TOKENS[name] for name in ("t:one", "t:else")}
COLUMNS = ("all", "nobody", *LOGINS, "link", "feed", *TOKENS, *CALLED)


@pytest.fixture
def world(db: None) -> World:
    """The world, with rows at the other desk and in another project."""
    world = make_world()
    assert world.ids  # makes a notice and a mail, too
    cast = world.cast
    makers.make_project(cast.desk, "Second")
    for desk, project, by, room in (
        (cast.desk, cast.project, cast.ana, cast.room),
        (cast.other_desk, cast.other_project, cast.cleo, cast.other_room),
    ):
        person = makers.make_contributor(desk)
        Skill.objects.create(contributor=person, kind=Skill.Kind.ROLE, name="Cello", key="cello")
        makers.make_rate(person, "hour", "40")
        hire = makers.make_engagement(project, person, fee="40")
        EngagementStep.objects.create(engagement=hire, state=hire.state)
        song = makers.make_song(project)
        gear = makers.make_gear(room)
        session = makers.make_session(project, by, "2027-03-12T10:00", room=room, songs=[song], gear=[gear])
        viewer = makers.viewer_of(by)
        send_to_repair(gear=gear, first=dt.date(2027, 1, 4))
        log_fault(viewer=viewer, gear=gear, text="Hums")
        call_person(viewer=viewer, session=session, contributor=person)
        session.refresh_from_db()
        save_sheet(viewer=viewer, session=session, expected=0, parking="In the yard.")
        publish_sheet(viewer=viewer, session=session, expected=1)
        log_take(viewer=viewer, session=session, key=uuid4(), song=song.pk, keeper=True)
        inputs.save_inputs(viewer=viewer, session=session, expected=0, channels=[{"source": "Cello"}])
        inputs.keep_template(session=session, name="Cello")
        editing.add_section(song=song, name="Chorus")
        private.write_note(viewer=viewer, session=session, text="Slowly.")
        private.keep_voice(viewer=viewer, session=session, sound=voice.check(ContentFile(b"OggS" + bytes(40))))
        log_take(viewer=viewer, session=session, key=uuid4(), song=song.pk)
        makers.make_poll(session, [person])
        makers.make_import(room)
        _budget(project, by)
        _letters(desk, by)
    joining.invite(project=cast.other_project, email="new@example.com", role="artist", by=cast.cleo,
                   desk=cast.other_desk, now=clock.now())  # fmt: skip
    makers.make_member(cast.other_project, makers.make_user(), "label")
    links.mint(makers.make_contributor(cast.other_desk), now=clock.now())
    feeds.mint(Viewer(via="login", user_id=cast.ana.pk))
    feeds.mint(Viewer(via="login", user_id=cast.cleo.pk))
    for owner in (cast.ana, cast.nora, cast.wren_called, cast.cleo):
        set_mailed(owner=owner, topic="reminders", mailed=False)
    return world


def _budget(project: Any, by: User) -> None:
    budget = open_budget(project)
    plan.add_line(budget=budget, by=by.pk, account=310, rate_minor=100)
    plan.approve(budget=budget, plan=standings([budget.pk])[budget.pk].version, by=by)
    spent: dict[str, Any] = {"title": "Strings", "spent_on": "2026-11-14", "account": 310, "vendor": "Shop"}
    expenses.add_expense(budget=budget, by=by.pk, amount=Money(500, "EUR"), **spent)
    ExchangeRate.objects.create(budget=budget, currency="GBP", rate="1.15")


def _letters(desk: Any, by: User) -> None:
    now = clock.now()
    row = Delivery.objects.create(
        desk=desk, kind="x", ref=f"x:{desk.pk}", recipient="x:1", channel="email", due_at=now, try_at=now
    )
    OutboxMail.objects.create(desk=desk, delivery=row, to="a@x.org", subject="x", text="x", message_id=f"<{desk.pk}@x>")
    Notice.objects.create(user=by, text="x")


def _viewers(world: World) -> dict[str, Viewer]:
    cast = world.cast
    found = {"nobody": NOBODY} | {name: cast.viewer(name) for name in LOGINS}
    found["link"] = viewer_of_link(world.link_secret)
    found["feed"] = viewer_of_feed(world.feed)
    for user, tokens in ((cast.ana, TOKENS), (cast.nora, CALLED)):
        found |= {name: viewer_of_user(user, via="token", **of(world)) for name, of in tokens.items()}
    return found


def _models() -> list[type[Model]]:
    return [model for model in apps.get_models() if hasattr(model._default_manager.all(), "visible_to")]


def _counts(world: World) -> dict[str, list[int]]:
    viewers = [*_viewers(world).values()]
    found: dict[str, list[int]] = {}
    for model in _models():
        rows: Any = model._default_manager.all()
        found[model._meta.label] = [rows.count(), *(rows.visible_to(who).distinct().count() for who in viewers)]
    return found


def test_everybody_sees_the_rows_that_the_table_says(world: World) -> None:
    found, table = _counts(world), _read()
    assert found.keys() == table.keys(), "a model without a row, or a row without a model"
    wrong = {
        f"{label} to {who}": (said, is_)
        for label, row in found.items()
        for who, said, is_ in zip(COLUMNS, table[label], row, strict=True)
        if said != is_
    }
    assert not wrong


def test_a_token_for_no_project_shows_nothing_of_any() -> None:
    for label, row in _read().items():
        seen = dict(zip(COLUMNS, row, strict=True))
        assert seen["n:else"] == 0, label
        assert seen["n:one"] <= seen["nora"], label


def test_the_table_would_notice_a_model_that_shows_everything() -> None:
    """Nobody ever sees a row, and of no kind does the owner of one desk see all."""
    table = _read()
    assert len(table) > 20
    for label, row in table.items():
        seen = dict(zip(COLUMNS, row, strict=True))
        assert seen["nobody"] == 0, label
        assert max(seen["ana"], seen["cleo"], seen["nora"], seen["link"]) < seen["all"], label
        assert sum(count > 0 for count in row[1:]) > 0, label


def _read() -> dict[str, list[int]]:
    rows = (line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {row[0]: [int(count) for count in row[1:]] for row in rows}


if os.environ.get("DESK_WRITE_VISIBLE"):

    def test_write_the_table(world: World) -> None:
        lines = [f"# {'rows of':<34}" + "".join(f"{name:<7}" for name in COLUMNS)]
        lines += [f"{label:<36}" + "".join(f"{count:<7}" for count in row) for label, row in _counts(world).items()]
        TABLE.write_text("\n".join(line.rstrip() for line in lines) + "\n")
