"""The ledger: commitments follow their source, nothing is rewritten, and every sum is a sum of entries."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets import actions as budgets
from budgets.actions import Line, Source
from budgets.audit import chain_break
from budgets.models import Budget, BudgetEntry, LedgerIsFinal
from budgets.queries import Level
from producerdesk.kit import clock
from producerdesk.kit.errors import Refused
from producerdesk.kit.money import Money
from tests import makers
from tests.cast import Cast

Kind = BudgetEntry.Kind


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


def line(amount: int, part: str = "room:hour", account: int = 310, currency: str = "EUR") -> Line:
    return Line(account, part, Money(amount, currency), f"{part} for {amount}")


SESSION = Source("session", 7, "Vocals")


def commit(cast: Cast, *lines: Line, source: Source = SESSION) -> None:
    budgets.commit(project=cast.project, source=source, lines=lines, by=cast.ana.pk)


def settle(cast: Cast, *lines: Line, source: Source = SESSION) -> None:
    budgets.settle(project=cast.project, source=source, lines=lines, by=cast.ana.pk)


def told() -> list[tuple[str, str, int]]:
    return list(BudgetEntry.objects.order_by("seq").values_list("kind", "part", "amount_minor"))


def level() -> Level:
    return BudgetEntry.objects.all().level()


def test_a_commitment_opens_the_budget_and_says_everything(cast: Cast) -> None:
    commit(cast, line(37_200), line(24_000, "person:3", 500))
    entry = BudgetEntry.objects.get(seq=1)
    assert entry.budget.currency == "EUR"
    assert (entry.kind, entry.amount_minor, entry.account, entry.by) == (Kind.COMMIT, 37_200, 310, cast.ana)
    assert (entry.source_kind, entry.source_id, entry.source_title) == ("session", 7, "Vocals")
    assert (entry.part, entry.label) == ("room:hour", "room:hour for 37200")
    assert level() == Level(open=61_200, actual=0)
    assert BudgetEntry.objects.all().levels_by_account() == {310: Level(37_200, 0), 500: Level(24_000, 0)}


def test_what_stands_already_is_not_written_again(cast: Cast) -> None:
    commit(cast, line(37_200))
    commit(cast, line(37_200))
    assert told() == [("commit", "room:hour", 37_200)]


def test_a_changed_line_is_released_and_committed_anew(cast: Cast) -> None:
    commit(cast, line(37_200), line(24_000, "person:3"))
    commit(cast, line(49_600), line(24_000, "person:3"))
    assert told()[2:] == [("release", "room:hour", -37_200), ("commit", "room:hour", 49_600)]
    assert BudgetEntry.objects.get(kind=Kind.RELEASE).label == "room:hour for 37200"
    assert level().open == 73_600


def test_a_line_that_moves_to_another_account_is_another_line(cast: Cast) -> None:
    commit(cast, line(10_000, account=310))
    commit(cast, line(10_000, account=330))
    assert BudgetEntry.objects.all().levels_by_account() == {310: Level(0, 0), 330: Level(10_000, 0)}


def test_release_gives_back_all_of_this_source_and_nothing_else(cast: Cast) -> None:
    commit(cast, line(37_200))
    commit(cast, line(5_000), source=Source("session", 8, "Other"))
    budgets.release(project=cast.project, source=SESSION, by=None)
    assert level().open == 5_000
    assert BudgetEntry.objects.get(kind=Kind.RELEASE).by is None


def test_nothing_to_write_opens_no_budget(cast: Cast) -> None:
    budgets.release(project=cast.project, source=SESSION, by=cast.ana.pk)
    commit(cast, line(0))
    settle(cast)
    assert not Budget.objects.exists()


def test_lines_of_one_part_add_up(cast: Cast) -> None:
    commit(cast, line(100), line(250))
    assert told() == [("commit", "room:hour", 350)]


def test_a_line_below_zero_is_a_mistake_in_the_code(cast: Cast) -> None:
    with pytest.raises(ValueError):
        commit(cast, line(-1))


def test_settling_releases_what_is_open_and_writes_what_was_spent(cast: Cast) -> None:
    commit(cast, line(37_200), line(24_000, "person:3", 500))
    settle(cast, line(40_300), line(24_000, "person:3", 500))
    assert level() == Level(open=0, actual=64_300)
    assert level().committed == 64_300
    assert sorted(told()[2:]) == [
        ("actual", "person:3", 24_000),
        ("actual", "room:hour", 40_300),
        ("release", "person:3", -24_000),
        ("release", "room:hour", -37_200),
    ]


def test_settling_again_writes_the_difference(cast: Cast) -> None:
    settle(cast, line(40_300), line(900, "person:3"))
    settle(cast, line(37_200), line(100, "person:4"))
    assert told()[2:] == [
        ("actual", "room:hour", -3_100),
        ("actual", "person:4", 100),
        ("actual", "person:3", -900),
    ]
    assert level() == Level(0, 37_300)
    settle(cast, line(37_200), line(100, "person:4"))
    assert len(told()) == 5


# --- other currencies -----------------------------------------------------------------------------
def test_a_currency_without_a_rate_is_refused_and_nothing_is_written(cast: Cast) -> None:
    with transaction.atomic(), pytest.raises(Refused) as refused:
        commit(cast, line(100), line(37_200, "person:3", currency="USD"))
    assert "what one USD is worth in EUR" in refused.value.fields["exchange_rate"][0]
    assert "person:3 for 37200 is in USD" in refused.value.fields["exchange_rate"][0]
    assert not BudgetEntry.objects.exists()


def test_the_rate_of_the_moment_is_frozen_into_the_entry(cast: Cast) -> None:
    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("0.92"), by=None)
    commit(cast, line(37_205, currency="USD"))
    entry = BudgetEntry.objects.get()
    assert (entry.amount_minor, entry.foreign_minor, entry.foreign_currency) == (34_229, 37_205, "USD")
    assert entry.rate == Decimal("0.92")

    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("0.5"), by=None)
    commit(cast, line(37_205, currency="USD"))  # the same agreement: the rate of today does not matter
    assert len(told()) == 1
    commit(cast, line(40_000, currency="USD"))
    assert told()[1:] == [("release", "room:hour", -34_229), ("commit", "room:hour", 20_000)]
    assert BudgetEntry.objects.get(kind=Kind.RELEASE).foreign_minor == -37_205


def test_currencies_with_other_decimals_are_worth_what_they_are_worth(cast: Cast) -> None:
    budgets.set_exchange_rate(project=cast.project, currency="JPY", rate=Decimal("0.00613"), by=None)
    budgets.set_exchange_rate(project=cast.project, currency="KWD", rate=Decimal("3.01"), by=None)
    commit(cast, line(100_000, currency="JPY"), line(1_500, "person:3", currency="KWD"))
    # ¥100,000 at 0.00613 = €613.00; 1.500 KWD at 3.01 = €4.515, half up
    assert sorted(amount for _kind, _part, amount in told()) == [452, 61_300]


def test_a_settled_foreign_line_ends_at_the_rate_of_its_settlement(cast: Cast) -> None:
    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("0.9"), by=None)
    commit(cast, line(10_000, currency="USD"))
    settle(cast, line(10_000, currency="USD"))
    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("0.8"), by=None)
    settle(cast, line(20_000, currency="USD"))
    assert level() == Level(0, 16_000)
    settle(cast)
    assert level() == Level(0, 0)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_is_above_zero(cast: Cast, rate: str) -> None:
    with pytest.raises(Refused) as refused:
        budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal(rate), by=None)
    assert "rate" in refused.value.fields


def test_a_rate_is_for_another_currency_that_exists(cast: Cast) -> None:
    for currency in ("EUR", "XXZ"):
        with pytest.raises(Refused) as refused:
            budgets.set_exchange_rate(project=cast.project, currency=currency, rate=Decimal(1), by=None)
        assert "currency" in refused.value.fields


# --- never rewritten ------------------------------------------------------------------------------
def test_an_entry_is_never_changed_or_deleted(cast: Cast) -> None:
    commit(cast, line(37_200))
    entry = BudgetEntry.objects.get()
    entry.amount_minor = 1
    entries = BudgetEntry.objects.all()
    for rewriting in (
        entry.save,
        entry.delete,
        entries.delete,
        lambda: entries.update(amount_minor=1),
        lambda: entries.bulk_update([entry], ["amount_minor"]),
        lambda: entry.budget.entries.update(amount_minor=1),
    ):
        with pytest.raises((LedgerIsFinal, TypeError)):
            rewriting()
    assert BudgetEntry.objects.get().amount_minor == 37_200


def test_a_budget_with_entries_cannot_be_deleted(cast: Cast) -> None:
    commit(cast, line(37_200))
    with pytest.raises(models.ProtectedError):
        Budget.objects.get().delete()


def test_an_entry_changed_behind_our_back_shows(cast: Cast) -> None:
    for amount in (100, 200, 300):
        commit(cast, line(amount))
    budget = Budget.objects.get()
    assert chain_break(budget) is None
    models.QuerySet(BudgetEntry).filter(seq=3).update(amount_minor=999)
    assert chain_break(budget) == 4
    models.QuerySet(BudgetEntry).filter(seq=3).update(amount_minor=200)
    assert chain_break(budget) is None


def test_a_ledger_cut_short_shows(cast: Cast) -> None:
    for amount in (100, 200):
        commit(cast, line(amount))
    budget = Budget.objects.get()
    last: models.QuerySet = models.QuerySet(BudgetEntry).filter(seq=budget.last_seq)
    last._raw_delete(last.db)
    assert chain_break(budget) == budget.last_seq


def test_the_ledger_can_be_read_as_it_was(cast: Cast) -> None:
    with time_machine.travel("2027-01-10T12:00:00Z", tick=False):
        commit(cast, line(100))
        before = clock.now()
    with time_machine.travel("2027-01-11T12:00:00Z", tick=False):
        commit(cast, line(300))
    assert BudgetEntry.objects.all().until(before).level().open == 100
    assert BudgetEntry.objects.all().until(before + timedelta(days=1)).level().open == 300


def test_only_who_reads_the_budget_sees_its_entries(cast: Cast) -> None:
    commit(cast, line(100))
    seen = {
        name: BudgetEntry.objects.visible_to(cast.viewer(name)).count()
        for name in ("ana", "ben", "asa", "lena", "xavi", "nora", "emil", "cara", "cleo")
    }
    assert seen == {"ana": 1, "ben": 1, "asa": 1, "lena": 1, "xavi": 1, "nora": 0, "emil": 0, "cara": 0, "cleo": 0}


def test_every_project_has_one_budget_in_the_currency_of_that_moment(cast: Cast) -> None:
    first = budgets.open_budget(cast.project)
    cast.project.currency = "USD"
    cast.project.save()
    assert budgets.open_budget(cast.project) == first
    assert budgets.open_budget(makers.make_project(cast.desk, currency="JPY")).currency == "JPY"


# --- a law ----------------------------------------------------------------------------------------
amounts = st.integers(0, 10**7)
parts = st.sampled_from(["room:hour", "room:day", "person:1", "person:2"])
deeds = st.lists(
    st.tuples(
        st.sampled_from(["commit", "settle"]),
        st.integers(1, 3),
        st.dictionaries(parts, amounts, max_size=4),
        st.sampled_from([310, 500]),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(deeds)
def test_whatever_happens_the_ledger_says_what_stands(cast: Cast, history: list) -> None:
    project = makers.make_project(cast.desk)
    standing: dict[tuple[str, int], int] = {}
    for deed, source_id, lines, account in history:
        write = budgets.commit if deed == "commit" else budgets.settle
        write(
            project=project,
            source=Source("session", source_id, "A session"),
            lines=[line(amount, part, account) for part, amount in lines.items()],
            by=None,
        )
        standing[deed, source_id] = sum(lines.values())
        if deed == "settle":
            standing["commit", source_id] = 0
    entries = BudgetEntry.objects.filter(budget__project=project)
    for source_id in (1, 2, 3):
        found = entries.of_source("session", source_id).level()
        assert found == Level(standing.get(("commit", source_id), 0), standing.get(("settle", source_id), 0))
    by_account = entries.levels_by_account().values()
    assert entries.level() == Level(sum(each.open for each in by_account), sum(each.actual for each in by_account))
    assert all(each.open >= 0 and each.actual >= 0 for each in by_account)
    if entries.exists():
        assert chain_break(Budget.objects.get(project=project)) is None
