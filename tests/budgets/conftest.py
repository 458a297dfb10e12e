"""What tests of budgets share."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from budgets import actions
from budgets.actions import Line, Source
from budgets.models import Budget
from producerdesk.kit.money import Money
from tests.calling import Caller
from tests.cast import Cast, make_cast

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


@pytest.fixture
def budget(cast: Cast) -> Budget:
    """The budget of the cast's project, in euros, controlled by Ana."""
    return actions.open_budget(cast.project, cast.ana)


@pytest.fixture
def ana(cast: Cast) -> Caller:
    """The owner, at the API."""
    return Caller(cast.ana)


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def eur(amount: str) -> dict[str, str]:
    """Return a sum as the API takes it."""
    return {"amount": amount, "currency": "EUR"}


def a_line(**said: Any) -> dict[str, Any]:
    """Return what a line may say: six days of tracking at 480."""
    return {"account": 310, "note": "Foxglove A", "unit": "day", "quantity": "6", "rate": eur("480.00")} | said


def an_expense(**said: Any) -> dict[str, Any]:
    """Return what an expense may say: 140.50 for the tuning of a kit; of one that pays a commitment, for a room."""
    account = 310 if said.get("commitment") else 620
    usual = {"vendor": "Lucho Ferrand", "title": "Drum tuning", "spent_on": "2026-11-14", "account": account}
    return usual | {"amount": eur("140.50")} | said


def committed(cast: Cast, amount: int, *, id: int = 7, part: str = "room:hour", currency: str = "EUR") -> None:
    """Let a session commit so much for its room."""
    line = Line(310, part, Money(amount, currency), "Room A, 6 h")
    actions.commit(project=cast.project, source=Source("session", id, "Vocals"), lines=[line], by=cast.ana.pk)


def settled(cast: Cast, amount: int, *, id: int = 7, part: str = "room:hour") -> None:
    """Let a session have cost so much."""
    line = Line(310, part, Money(amount, "EUR"), "Room A, 6 h")
    actions.settle(project=cast.project, source=Source("session", id, "Vocals"), lines=[line], by=cast.ana.pk)


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 80, 20)).save(out, kind)
    return out.getvalue()


def spend(ana: Caller, budget: Budget, **said: Any) -> dict[str, Any]:
    """Return a new expense."""
    answer = ana.post(f"budgets/{budget.pk}/expenses/", **an_expense(**said))
    assert answer.status_code == 201, answer.content
    return answer.json()
