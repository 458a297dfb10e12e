"""The default chart of accounts."""

import pytest

from budgets import chart
from projects.models import Project


def test_every_kind_of_production_has_a_chart_that_ends_in_contingency() -> None:
    for kind in Project.ProducerType:
        accounts = [account.number for account in chart.chart_for(kind)]
        assert accounts == sorted(accounts)
        assert accounts[0] == chart.PRODUCER
        assert accounts[-1] == 990


def test_a_beat_maker_needs_no_hotel_and_an_executive_pays_for_video() -> None:
    beat = {account.number for account in chart.chart_for(Project.ProducerType.BEAT)}
    executive = {account.number for account in chart.chart_for(Project.ProducerType.EXECUTIVE)}
    assert 720 not in beat and 810 in beat
    assert {720, 810, 920} <= executive


@pytest.mark.parametrize(
    ("role", "account"),
    [
        ("Recording engineer", 500),
        ("Mixing engineer", 530),
        ("Mastering Engineer", 540),
        ("Editing engineer", 520),
        ("Assistant engineer", 500),
        ("Vocal producer", 100),
        ("Co-producer", 100),
        ("Lead vocals", 410),
        ("Backing singer", 410),
        ("Cello", 400),
        ("Artist", 400),
        ("", 400),
        ("Arranger", 230),
    ],
)
def test_a_role_is_paid_from_its_account(role: str, account: int) -> None:
    assert chart.account_of_role(role) == account


def test_an_account_has_a_title_and_one_of_the_desks_own_that_of_its_head() -> None:
    assert chart.title_of(310) == "Tracking rooms"
    assert chart.title_of(317) == "Studio"
    assert chart.title_of(42) == "42"
