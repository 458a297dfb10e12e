"""What tests of hires share."""

from typing import Any

from budgets.models import BudgetEntry
from contributors.models import Engagement
from projects.models import Project
from tests.cast import Cast
from tests.contributors.conftest import Caller

State = Engagement.State
FLAT = {"unit": "flat", "amount": {"amount": "260.00", "currency": "EUR"}}
BY_SONG = {"unit": "song", "amount": {"amount": "100.00", "currency": "EUR"}}


def fee(unit: str, amount: str, currency: str = "EUR") -> dict:
    return {"unit": unit, "amount": {"amount": amount, "currency": currency}}


def make_role(caller: Caller, cast: Cast, **said: Any) -> dict:
    said = dict[str, Any]({"project": cast.project.pk, "role": "Cello"}) | said
    answer = caller.post("engagements/", **said)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def open_sum(project: Project) -> int:
    """What the budget holds open for the project's hires."""
    return BudgetEntry.objects.filter(budget__project=project, source_kind="engagement").level().open


def entries(project: Project) -> list[tuple[str, int, int]]:
    found = BudgetEntry.objects.filter(budget__project=project).order_by("seq")
    return list(found.values_list("kind", "account", "amount_minor"))
