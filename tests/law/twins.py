"""The same world twice, with other money in it: same ids, same times, one person's own fee kept."""

import base64
import datetime as dt
import random
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import knox.crypto
import pytest
import time_machine
from django.apps import apps
from django.db import models, transaction
from django.test import Client

from budgets.actions import open_budget
from budgets.actions.expenses import add_expense
from budgets.actions.plan import add_line
from contributors.actions import engagements as hires
from contributors.models import Contributor, EngagementFee
from producerdesk.accounts.models import User
from producerdesk.accounts.roles import RIGHTS, Role
from producerdesk.kit.models import CurrencyField, MinorField
from producerdesk.kit.money import Money
from producerdesk.notices.dispatcher import dispatch
from producerdesk.notices.models import Delivery, OutboxMail
from projects.tokens import make_token
from sessions.actions import call_person
from sessions.actions.studios import set_terms
from tests import makers
from tests.law.world import World, make_world

MONDAY = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
CHANGED = MONDAY + dt.timedelta(hours=5)  # when the twin's money moves, and nothing else does
ASKED = MONDAY + dt.timedelta(hours=9)
# who may not see money: the login, and whose fee is that person's own
HIDDEN_FROM = {
    "nora": "nora_called",
    "emil": "emil_called",
    "cara": "cara_called",
    "token": "nora_called",
    "feed": "nora_called",
    "link": "wren_called",
}
BOUGHT = "Marimba"  # in the twin alone
# all that is known of these worlds' sums: a filter by money would have to tell them apart
SUMS = (90, 500, 9_000, 24_000, 62_000, 700_000)


class Dice:
    """What is random elsewhere falls the same way in both worlds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._random = random.Random()
        monkeypatch.setattr(makers, "_numbers", self)  # which stand in names
        monkeypatch.setattr(secrets, "choice", lambda chosen: self._random.choice(chosen))
        monkeypatch.setattr(secrets, "token_urlsafe", self._text)
        monkeypatch.setattr(knox.crypto, "generate_bytes", lambda number: self._random.randbytes(number))
        monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=self._random.getrandbits(128), version=4))

    def start(self, seed: str) -> None:
        """Begin a row of throws that is the same for the same seed."""
        self._random.seed(seed)
        self._number = 0

    def __next__(self) -> int:
        self._number += 1
        return self._number

    def _text(self, nbytes: int = 32) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(nbytes)).rstrip(b"=").decode()


@contextmanager
def built(who: str, dice: Dice, *, twin: bool) -> Iterator[World]:
    """Have the world, or its twin, for as long as this lasts; the money that `who` gets is the same in both."""
    with transaction.atomic():
        dice.start("world")
        with time_machine.travel(MONDAY, tick=False):
            world, called = _people(twin)
            own = called[HIDDEN_FROM[who]]
            _hires(world, called, own, twin)
            _sessions(world, called, twin)
            _plan(world, twin)
            _terms(world, twin)
            _letters(world)
        if twin:
            with time_machine.travel(CHANGED, tick=False):
                _money_moves(world, called, own)
        with time_machine.travel(ASKED, tick=False):
            dispatch(name="test")
            if twin:
                _other_sums(own)
            yield world
        transaction.set_rollback(True)


def letters_to_others(world: World) -> list[tuple[str, str, str, str]]:
    """Return the mails to everybody who is not on the desk's staff."""
    staff = world.cast.desk.staff.values_list("email", flat=True)
    mails = OutboxMail.objects.exclude(to__in=staff).order_by("pk")
    return list(mails.values_list("to", "subject", "text", "html"))


def contacts(world: World) -> dict[str, str]:
    """Return whatever reaches a person, {address or phone number: that person's address}."""
    people = Contributor.objects.filter(desk=world.cast.desk).values_list("email", "phone")
    found = {said: email for email, phone in people for said in (email, phone) if said}
    return found | {email: email for email in User.objects.values_list("email", flat=True)}


def money_columns() -> dict[type[models.Model], list[str]]:
    """Return every table with a sum in it, and the columns that hold sums."""
    found: dict[type[models.Model], list[str]] = {}
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, MinorField)]
        if names:
            found[model] = names
    return found


# --- building -------------------------------------------------------------------------------------------
def _people(twin: bool) -> tuple[World, dict[str, Contributor]]:
    world = make_world()
    cast = world.cast
    called = {
        "nora_called": cast.nora_called,
        "emil_called": cast.emil_called,
        "wren_called": cast.wren_called,
        "cara_called": makers.make_contributor(cast.desk, user=cast.cara),
    }
    for number, person in enumerate(called.values(), 1):
        Contributor.objects.filter(pk=person.pk).update(phone=f"+351 910 000 00{number}")
        makers.make_rate(person, "hour", str(number * (70 if twin else 7)))
        if twin:
            makers.make_rate(person, "day", "900")
    _token, secret = make_token(owner=cast.nora, name="phone", scopes=RIGHTS, days=30)
    world.callers["token"] = (Client(raise_request_exception=False), {"Authorization": f"Bearer {secret}"})
    return world, called


def _hires(world: World, called: dict[str, Contributor], own: Contributor, twin: bool) -> None:
    """Everybody is hired by the hour and for a flat fee. In the twin the cheapest is the dearest."""
    for number, person in enumerate(called.values(), 1):
        other = twin and person != own
        fee = Decimal(5000 - 900 * number if other else 90 * number)
        makers.make_engagement(world.cast.project, person, f"Hour {number}", fee=str(fee), unit="hour")
        hires.create_engagement(
            project=world.cast.project,
            by=world.cast.ana.pk,
            contributor=person,
            state="confirmed",
            role=f"Flat {number}",
            fee={"unit": "flat", "amount": Money(int(fee) * 100, "EUR")},
        )


def _sessions(world: World, called: dict[str, Contributor], twin: bool) -> None:
    """More sessions, songs and a project. Sorted by their cost they stand the other way round in the twin."""
    cast = world.cast
    second = makers.make_project(cast.desk, "Hourglass")
    makers.make_member(second, cast.nora, Role.ARTIST)
    makers.make_member(second, cast.emil, Role.ENGINEER)
    for number in range(1, 4):
        hour = 700 - 200 * number if twin else 20 * number
        room = makers.make_room(cast.room.studio, f"Room {number}", hour=str(hour))
        if not (twin and number == 3):
            makers.make_room_rate(room, "day", str(hour * 6), hours="8")
        song = makers.make_song(cast.project, f"Song {number}")
        day = f"2027-03-1{number}"
        session = makers.make_session(
            cast.project, cast.ana, f"{day}T10:00", room=room, songs=[song], hold=number == 2, title=f"Day {number}"
        )
        for person in called.values():
            call_person(viewer=cast.viewer("ana"), session=session, contributor=person, role="Player")
    makers.make_session(second, cast.ana, "2027-03-20T10:00", room=cast.room)


def _terms(world: World, twin: bool) -> None:
    studio = world.cast.room.studio
    tiers = [{"notice": 14, "unit": "days", "percent": 90 if twin else 10}]
    studio.refresh_from_db()
    deposit = Money(700_00 if twin else 70_00, "EUR")
    set_terms(studio=studio, expected=studio.version, deposit=deposit, deposit_days=30 if twin else 3, tiers=tiers)


def _plan(world: World, twin: bool) -> None:
    budget, by = open_budget(world.cast.project), world.cast.ana.pk
    for number, account in enumerate((300, 400, 500), 1):
        rate = 700_00 - 200_00 * number if twin else 20_00 * number
        add_line(budget=budget, by=by, account=account, rate_minor=rate, note=f"Line {number}")
    _buy(world, "Drums", 900_00 if twin else 90_00, MONDAY)


def _buy(world: World, title: str, minor: int, at: dt.datetime) -> None:
    said: dict[str, Any] = {"spent_on": at.date(), "account": 610, "amount": Money(minor, "EUR")}
    add_expense(budget=open_budget(world.cast.project), by=world.cast.ana.pk, vendor="Hire", title=title, **said)


def _letters(world: World) -> None:
    delivery = world.ids["api:delivery"]  # stands in the outbox already: nothing to send
    Delivery.objects.filter(pk=delivery).update(state=Delivery.State.SENT)


def _money_moves(world: World, called: dict[str, Contributor], own: Contributor) -> None:
    """Do what a producer does about money alone: rates rise, fees are agreed anew, more is bought and planned.

    Nobody else may notice.
    """
    makers.make_room_rate(world.cast.room, "day", "9000", hours="8")
    for fee in EngagementFee.objects.select_related("engagement__contributor").order_by("pk"):
        if fee.engagement.contributor != own:
            hires.update_engagement(
                engagement=fee.engagement,
                expected=fee.engagement.version,
                by=world.cast.ana.pk,
                fee={"unit": fee.unit, "amount": Money(fee.amount_minor * 3, "EUR")},
            )
    _buy(world, BOUGHT, 40_00, CHANGED)
    add_line(budget=open_budget(world.cast.project), by=world.cast.ana.pk, account=600, note=f"More {BOUGHT}")


def _other_sums(own: Contributor) -> None:
    """Change every sum there is, in whatever table, but the own fee."""
    for model, names in money_columns().items():
        currencies = [field.name for field in model._meta.concrete_fields if isinstance(field, CurrencyField)]
        rows: models.QuerySet[Any] = models.QuerySet(model)  # past the ledger's own, which refuses
        if model is EngagementFee:
            rows = rows.exclude(engagement__contributor=own)
        changes: dict[str, Any] = {name: models.F(name) * 7 + 13 for name in names}
        rows.update(**changes | dict.fromkeys(currencies, "USD"))
