"""What is priced, and how a price is written down."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from budgets import chart
from budgets.actions import Line
from producerdesk.kit.money import Money
from projects.models import Project
from sessions.models import Room, StudioSession

Kind = StudioSession.Kind
QUARTER = 15  # minutes: what is begun is paid


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works on a session from the call time on."""

    contributor_id: int
    name: str
    role: str
    call_at: datetime


@dataclass(frozen=True)
class Work:
    """A session as far as its price goes: planned, or as it really was."""

    project: Project
    kind: str
    room: Room | None
    starts_at: datetime
    ends_at: datetime
    people: tuple[Worker, ...]
    planned_day: date | None = None  # whose rates count, where it really began on another

    @property
    def day(self) -> date:
        """The day whose rates count, by the studio's clock."""
        if self.planned_day is not None or self.room is None:
            return self.planned_day or self.starts_at.date()
        return self.starts_at.astimezone(ZoneInfo(self.room.studio.time_zone)).date()


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price. `part` tells the ledger what of the session it pays."""

    label: str
    detail: str
    amount: Money
    account: int
    part: str

    def as_json(self) -> dict:
        """Return the line as the API says it."""
        return {
            "label": self.label,
            "detail": self.detail,
            "amount": self.amount.as_json(),
            "account": self.account,
            "account_title": chart.title_of(self.account),
            "part": self.part,
        }


def ledger_lines(lines: Iterable[PriceLine]) -> list[Line]:
    """Return the lines as the ledger takes them."""
    return [Line(line.account, line.part, line.amount, f"{line.label}, {line.detail}") for line in lines]


def begun(length: timedelta, step: int = QUARTER) -> int:
    """Return the minutes to pay: each step that was begun. Who left before coming costs nothing."""
    return max(0, ceil(length / timedelta(minutes=step))) * step
