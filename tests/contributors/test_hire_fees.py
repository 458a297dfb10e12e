"""What a hire costs: what it commits and releases, and which sums are refused."""

from decimal import Decimal
from typing import Any

import pytest

from budgets import actions as budgets
from budgets.models import BudgetEntry
from contributors.models import Engagement
from tests import makers
from tests.cast import Cast
from tests.contributors.conftest import Answer, Caller
from tests.contributors.hired import BY_SONG, FLAT, entries, fee, make_role, open_sum
from tests.hostile import NO_AMOUNTS


def test_confirming_commits_and_ending_releases(ana: Caller, cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast, fee=FLAT)['id']}/"
    assert open_sum(cast.project) == 0
    ana.post(path + "offer/", contributor=cast.wren_called.pk)
    assert open_sum(cast.project) == 0
    ana.post(path + "confirm/")
    assert entries(cast.project) == [("commit", 400, 26_000)]
    entry = BudgetEntry.objects.get()
    assert (entry.source_title, entry.label, entry.by_id) == ("Cello, Wren Castellan", "Cello", cast.ana.pk)
    ana.post(path + "end/")
    assert entries(cast.project) == [("commit", 400, 26_000), ("release", 400, -26_000)]


def test_declining_after_all_releases_and_another_is_committed_anew(ana: Caller, cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast, fee=FLAT)['id']}/"
    ana.post(path + "confirm/", contributor=cast.wren_called.pk)
    ana.post(path + "decline/")
    assert open_sum(cast.project) == 0
    ana.post(path + "reopen/")
    ana.post(path + "confirm/", contributor=cast.emil_called.pk)
    assert open_sum(cast.project) == 26_000
    assert BudgetEntry.objects.order_by("-seq")[0].source_title == "Cello, Emil"


def test_songs_and_fee_of_a_confirmed_hire_carry_the_commitment_with_them(ana: Caller, cast: Cast) -> None:
    songs = [makers.make_song(cast.project).pk for _ in range(3)]
    role = make_role(ana, cast, fee=BY_SONG, songs=songs[:2], contributor=cast.wren_called.pk, state="confirmed")
    path = f"engagements/{role['id']}/"
    assert (role["total"], open_sum(cast.project)) == ({"amount": "200.00", "currency": "EUR"}, 20_000)
    assert BudgetEntry.objects.get().label == "Cello, 2 songs"

    def change(**said: Any) -> Answer:
        standing = ana.get(path).json()
        return ana.put(path, version=standing["version"], role=standing["role"], **said)

    change(songs=songs)
    assert open_sum(cast.project) == 30_000
    change(fee=fee("song", "120.00"))
    assert open_sum(cast.project) == 36_000
    count = BudgetEntry.objects.count()
    change(notes="nothing about money", needed_by="2099-01-01")
    assert BudgetEntry.objects.count() == count
    change(account=500)
    by_account = BudgetEntry.objects.filter(budget__project=cast.project).levels_by_account()
    assert {account: level.open for account, level in by_account.items()} == {400: 0, 500: 36_000}
    change(songs=[])
    assert open_sum(cast.project) == 0
    change(songs=songs[:1])
    change(fee=fee("hour", "50.00"))
    assert open_sum(cast.project) == 0  # hours are committed with each session
    change(fee=fee("flat", "77.70"))
    change(fee=None)
    assert (open_sum(cast.project), ana.get(path).json()["fee"]) == (0, None)


def test_the_role_decides_which_account_pays_unless_somebody_does(ana: Caller, cast: Cast) -> None:
    for said, account in (
        ({"role": "Cello"}, 400),
        ({"role": "Mixing engineer"}, 530),
        ({"role": "Recording engineer"}, 500),
        ({"role": "Backing vocals"}, 410),
        ({"role": "Session musician", "part": "lead vocals"}, 410),
        ({"role": "Cello", "account": 980}, 980),
        ({"role": "Cello", "account": None}, 400),
    ):
        assert make_role(ana, cast, fee=FLAT, **said)["account"] == account


def test_a_fee_in_another_currency_takes_a_rate_first(ana: Caller, cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast, fee=fee('flat', '100.00', 'USD'))['id']}/"
    refused = ana.post(path + "confirm/", contributor=cast.wren_called.pk)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["exchange_rate"])
    assert "USD" in refused.json()["fields"]["exchange_rate"][0]
    assert (ana.get(path).json()["state"], open_sum(cast.project)) == ("needed", 0)
    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("0.9"), by=None)
    assert ana.post(path + "confirm/", contributor=cast.wren_called.pk).status_code == 200
    assert open_sum(cast.project) == 9_000


def test_sums_beyond_all_measure_are_refused(ana: Caller, cast: Cast) -> None:
    songs = [makers.make_song(cast.project).pk for _ in range(3)]
    most = fee("song", "90000000000000.00")
    role = make_role(ana, cast, fee=most, songs=songs)
    refused = ana.post(f"engagements/{role['id']}/confirm/", contributor=cast.wren_called.pk)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["fee"])
    dear = make_role(ana, cast, fee=fee("flat", "90000000000000.00", "USD"))
    budgets.set_exchange_rate(project=cast.project, currency="USD", rate=Decimal("999999999"), by=None)
    assert ana.post(f"engagements/{dear['id']}/confirm/", contributor=cast.wren_called.pk).status_code == 400


@pytest.mark.parametrize("amount", NO_AMOUNTS)
def test_a_fee_that_is_none_is_refused(ana: Caller, cast: Cast, amount: object) -> None:
    wrong = {"unit": "flat", "amount": {"amount": amount, "currency": "EUR"}}
    answer = ana.post("engagements/", project=cast.project.pk, role="Cello", fee=wrong)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["fee.amount"])
    assert not Engagement.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"role": ""}, "role"),
        ({"role": "x" * 61}, "role"),
        ({"part": "x" * 61}, "part"),
        ({"notes": "x" * 4001}, "notes"),
        ({"needed_by": "2020-01-01"}, "needed_by"),
        ({"needed_by": "tomorrow"}, "needed_by"),
        ({"needed_by": "9999-99-99"}, "needed_by"),
        ({"account": 41}, "account"),
        ({"account": 2**63}, "account"),
        ({"account": [400]}, "account"),
        ({"state": "hired"}, "state"),
        ({"fee": "100"}, "fee"),
        ({"fee": {"amount": {"amount": "5", "currency": "EUR"}}}, "fee.unit"),
        ({"fee": {"unit": "week", "amount": {"amount": "5", "currency": "EUR"}}}, "fee.unit"),
        ({"fee": {"unit": "flat", "amount": {"amount": "5.5", "currency": "JPY"}}}, "fee.amount"),
        ({"fee": {"unit": "flat", "amount": {"amount": "5", "currency": "BTC"}}}, "fee.amount"),
        ({"fee": {"unit": "flat", "amount": {"amount": "5", "currency": "EUR"}, "paid": True}}, "fee.paid"),
        ({"songs": "all"}, "songs"),
        ({"songs": [2**63]}, "songs"),
        ({"songs": [10**17]}, "songs"),
        ({"songs": [[1]]}, "songs"),
        ({"contributor": 10**17}, "contributor"),
        ({"contributor": "wren"}, "contributor"),
        ({"project": 10**17}, "project"),
        ({"project": None}, "project"),
        ({"total": 5}, "total"),
        ({"version": 5}, "version"),
    ],
)
def test_words_that_make_no_sense_name_the_field(ana: Caller, cast: Cast, said: dict, field: str) -> None:
    answer = ana.post("engagements/", **{"project": cast.project.pk, "role": "Cello"} | said)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not Engagement.objects.exists()


def test_a_date_that_has_passed_blocks_no_other_edit(ana: Caller, cast: Cast) -> None:
    engagement = makers.make_engagement(cast.project, needed_by="2020-01-01")
    path = f"engagements/{engagement.pk}/"
    assert ana.put(path, version=1, role="Viola", needed_by="2020-01-01").status_code == 200
    moved = ana.put(path, version=2, role="Viola", needed_by="2020-01-02")
    assert list(moved.json()["fields"]) == ["needed_by"]
