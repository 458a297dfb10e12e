"""Hires and open roles: how they move, what they commit, who sees which of them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets import actions as budgets
from budgets.models import BudgetEntry
from contributors import links
from contributors.hiring import LEGAL
from contributors.models import Engagement, EngagementFee
from producerdesk.accounts.models import ApiToken
from producerdesk.kit import clock
from projects.models import Project
from tests import makers
from tests.cast import Cast
from tests.contributors.conftest import Answer, Caller

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


# --- the states -----------------------------------------------------------------------------------------


def test_a_role_is_needed_before_there_is_anybody(ana: Caller, cast: Cast) -> None:
    song = makers.make_song(cast.project, "Harbour Lights")
    role = make_role(ana, cast, part="cello", songs=[song.pk], needed_by="2099-12-12", notes="Warm, not bright.")
    assert (role["state"], role["contributor"], role["fee"], role["total"]) == ("needed", None, None, None)
    assert role["songs"] == [{"id": song.pk, "title": "Harbour Lights"}]
    assert role["can"] == {
        "audition": True,
        "offer": True,
        "confirm": True,
        "decline": False,
        "end": True,
        "reopen": False,
        "edit": True,
    }


ARRIVALS = {  # how each state is reached from a needed role
    "needed": [],
    "auditioning": ["audition"],
    "offered": ["offer"],
    "confirmed": ["confirm"],
    "declined": ["offer", "decline"],
    "ended": ["confirm", "end"],
}
TAKES_A_PERSON = ("audition", "offer", "confirm")


@pytest.mark.parametrize("name", LEGAL)
@pytest.mark.parametrize("state", ARRIVALS)
def test_every_move_from_every_state(ana: Caller, cast: Cast, state: str, name: str) -> None:
    path = f"engagements/{make_role(ana, cast)['id']}/"
    wren: dict[str, Any] = {"contributor": cast.wren_called.pk}
    for step in ARRIVALS[state]:
        assert ana.post(path + f"{step}/", **(wren if step in TAKES_A_PERSON else {})).status_code == 200
    before = ana.get(path).json()
    answer = ana.post(path + f"{name}/", **(wren if name in TAKES_A_PERSON else {}))
    after = ana.get(path).json()
    if state in LEGAL[name].sources:
        assert answer.status_code == 200
        assert after["state"] == LEGAL[name].to
        assert after["version"] == before["version"] + 1
        assert (after["contributor"] is None) == (name == "reopen" or (name == "end" and state == "needed"))
    else:
        assert answer.status_code == 409
        assert answer.json()["detail"]
        assert after == before


def test_an_offer_goes_to_somebody(ana: Caller, cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast)['id']}/"
    for name in ("offer", "confirm"):
        refused = ana.post(path + f"{name}/")
        assert (refused.status_code, refused.json()["fields"]) == (400, {"contributor": ["Choose the person first."]})
    assert ana.post(path + "audition/").json()["contributor"] is None
    assert ana.post(path + "decline/").status_code == 400
    assert ana.get(path).json()["state"] == "auditioning"


def test_who_auditioned_is_offered_the_role_unless_another_is_named(ana: Caller, cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast)['id']}/"
    ana.post(path + "audition/", contributor=cast.wren_called.pk)
    assert ana.post(path + "offer/").json()["contributor"]["name"] == "Wren Castellan"
    other = f"engagements/{make_role(ana, cast)['id']}/"
    ana.post(other + "audition/", contributor=cast.wren_called.pk)
    assert ana.post(other + "offer/", contributor=cast.emil_called.pk).json()["contributor"]["name"] == "Emil"


def test_a_role_can_be_made_with_somebody_at_once(ana: Caller, cast: Cast) -> None:
    role = make_role(ana, cast, contributor=cast.wren_called.pk, state="confirmed", fee=FLAT)
    assert (role["state"], role["contributor"]["name"]) == ("confirmed", "Wren Castellan")
    assert open_sum(cast.project) == 26_000
    said: dict[str, Any] = {"project": cast.project.pk, "role": "Viola", "contributor": cast.wren_called.pk}
    for state, field in (("needed", "state"), ("declined", "state"), ("ended", "state")):
        refused = ana.post("engagements/", **said, state=state)
        assert (refused.status_code, list(refused.json()["fields"])) == (400, [field])
    nobody = ana.post("engagements/", project=cast.project.pk, role="Viola", state="offered")
    assert nobody.json()["fields"] == {"contributor": ["Choose the person first."]}
    assert Engagement.objects.count() == 1


def test_archived_people_are_not_asked(ana: Caller, cast: Cast) -> None:
    ana.post(f"contributors/{cast.wren_called.pk}/archive/")
    refused = ana.post(f"engagements/{make_role(ana, cast)['id']}/offer/", contributor=cast.wren_called.pk)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["contributor"])
    assert "archived" in refused.json()["fields"]["contributor"][0]


# --- money ----------------------------------------------------------------------------------------------


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


AMOUNTS = ["1e309", "NaN", "-0", "−0", "-5", "1,000", "0.005", "9223372036854775808"]


@pytest.mark.parametrize("amount", [*AMOUNTS, ["5"], {}, 5.5, True, 2**63])
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


# --- other desks and projects ---------------------------------------------------------------------------


def test_nothing_of_another_desk_or_project_gets_in(ana: Caller, cast: Cast) -> None:
    strange = makers.make_contributor(cast.other_desk, "Strange")
    strange_song = makers.make_song(cast.other_project)
    sister = makers.make_project(cast.desk, "Sister record")
    sister_song = makers.make_song(sister)
    for said, field in (
        ({"project": cast.other_project.pk}, "project"),
        ({"contributor": strange.pk, "state": "offered"}, "contributor"),
        ({"songs": [strange_song.pk]}, "songs"),
        ({"songs": [sister_song.pk]}, "songs"),
    ):
        wish: dict[str, Any] = {"project": cast.project.pk, "role": "Cello"} | said
        answer = ana.post("engagements/", **wish)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    role = make_role(ana, cast)
    path = f"engagements/{role['id']}/"
    assert ana.post(path + "offer/", contributor=strange.pk).status_code == 400
    assert list(ana.put(path, version=1, role="Cello", songs=[sister_song.pk]).json()["fields"]) == ["songs"]
    for key in ("project", "contributor", "state"):
        assert list(ana.put(path, version=1, role="Cello", **{key: sister.pk}).json()["fields"]) == [key]
    assert Engagement.objects.get().songs.count() == 0


def test_a_producer_of_two_desks_mixes_them_in_no_hire(cast: Cast) -> None:
    makers.make_staff(cast.other_desk, cast.ana)
    ana = Caller(cast.ana)
    strange = makers.make_contributor(cast.other_desk, "Strange")
    refused = ana.post(f"engagements/{make_role(ana, cast)['id']}/offer/", contributor=strange.pk)
    assert refused.json()["fields"] == {"contributor": ["Strange is in the network of another desk."]}


def test_a_stranger_finds_no_hire(as_: Callable[[str], Caller], cast: Cast) -> None:
    engagement = makers.make_engagement(cast.project, cast.wren_called, fee="60", unit="flat")
    cleo, path = as_("cleo"), f"engagements/{engagement.pk}/"
    assert cleo.get("engagements/").json()["count"] == 0
    assert cleo.get("engagements/", project=cast.project.pk).json()["count"] == 0
    for answer in (
        cleo.get(path),
        cleo.get(path + "candidates/"),
        cleo.put(path, version=1, role="Mine"),
        cleo.delete(path),
        *(cleo.post(path + f"{name}/") for name in LEGAL),
        cleo.page(f"/engagements/{engagement.pk}/"),
        cleo.page(f"/projects/{cast.project.pk}/people/"),
    ):
        assert answer.status_code == 404


# --- who sees what --------------------------------------------------------------------------------------


def money_in(answer: Answer) -> bool:
    return any(word in answer.content.decode() for word in ("6100", "61.00", "7100", "71.00", "account"))


@pytest.mark.parametrize("name", ["nora", "emil", "cara", "lena", "xavi"])
def test_who_does_not_produce_sees_no_hire_of_others(as_: Callable[[str], Caller], cast: Cast, name: str) -> None:
    others = makers.make_engagement(cast.project, cast.wren_called, fee="61.00", unit="flat", notes="Secret")
    caller, path = as_(name), f"engagements/{others.pk}/"
    found = caller.get("engagements/", project=cast.project.pk)
    assert (found.status_code, found.json()["count"]) == (200, 0)
    assert caller.get(path).status_code == 404
    assert caller.get(path + "candidates/").status_code == 403
    assert caller.post("engagements/", project=cast.project.pk, role="Me").status_code == 403
    assert caller.put(path, version=1, role="Me").status_code == 403
    assert {caller.post(path + f"{move}/").status_code for move in LEGAL} == {403}


def test_a_person_sees_the_own_hire_with_the_own_fee_and_nothing_else_of_money(
    as_: Callable[[str], Caller], cast: Cast
) -> None:
    makers.make_engagement(cast.project, cast.emil_called, "Engineer", fee="71.00", unit="flat")
    own = makers.make_engagement(cast.project, cast.nora_called, "Lead vocals", fee="55.00", unit="flat", notes="Late")
    nora = as_("nora")
    rows = nora.get("engagements/").json()["results"]
    assert [row["role"] for row in rows] == ["Lead vocals"]
    assert rows[0]["fee"] == fee("flat", "55.00")
    assert rows[0]["mine"] is True
    assert not {"notes", "account"} & set(rows[0])
    assert set(rows[0]["can"].values()) == {False}
    assert nora.get(f"engagements/{own.pk}/").json() == rows[0] | {"steps": []}
    assert not money_in(nora.get("engagements/"))
    assert nora.put(f"engagements/{own.pk}/", version=1, role="Star").status_code == 403
    assert nora.post(f"engagements/{own.pk}/confirm/").status_code == 403
    assert nora.page(f"/engagements/{own.pk}/").status_code == 200
    assert "€71" not in nora.page(f"/projects/{cast.project.pk}/people/").content.decode()


def test_a_private_link_shows_the_own_hire_and_no_other(cast: Cast) -> None:
    makers.make_engagement(cast.project, cast.emil_called, "Engineer", fee="71.00", unit="flat")
    makers.make_engagement(cast.project, cast.wren_called, "Violin", fee="55.00", unit="flat", notes="Late")
    _link, secret = links.mint(cast.wren_called, now=clock.now())
    wren = Caller(link=secret)
    rows = wren.get("engagements/").json()["results"]
    assert [(row["role"], row["fee"]) for row in rows] == [("Violin", fee("flat", "55.00"))]
    assert not money_in(wren.get("engagements/"))
    assert wren.get("contributors/").status_code == 403


def test_a_fee_is_never_shown_to_an_artist_by_asking_otherwise(as_: Callable[[str], Caller], cast: Cast) -> None:
    makers.make_engagement(cast.project, cast.wren_called, fee="61.00", unit="flat")
    nora = as_("nora")
    for query in ({"contributor": cast.wren_called.pk}, {"state": "confirmed"}, {"role": "Cello"}, {"open": "false"}):
        assert nora.get("engagements/", **query).json()["count"] == 0
    for query in ({"fee": "61"}, {"ordering": "fee"}, {"ordering": "fee__amount_minor"}, {"account": "400"}):
        assert nora.get("engagements/", **query).status_code == 400


# --- candidates -----------------------------------------------------------------------------------------


def test_candidates_are_ranked_by_fit_then_by_what_they_did_before(ana: Caller, cast: Cast) -> None:
    def player(name: str, **skills: Any) -> int:
        return ana.post("contributors/", name=name, **skills).json()["id"]

    player("Bo", instruments=["violin"], genres=["cello"])
    samir, kay = player("Samir", instruments=["Cello"]), player("Kay", instruments=["cello", "viola"])
    player("Cel", roles=["cellos"])
    archived = player("Archie", instruments=["cello"])
    ana.post(f"contributors/{archived}/archive/")
    cleo = makers.make_contributor(cast.other_desk, "Elsewhere")
    cleo.skills.create(kind="instrument", name="cello", key="cello")
    past = makers.make_project(cast.desk)
    for _ in range(2):
        make_role(ana, cast, project=past.pk, contributor=kay, state="confirmed")
    make_role(ana, cast, contributor=samir, state="offered")
    role = make_role(ana, cast, role="Strings", part="cello")
    rows = ana.get(f"engagements/{role['id']}/candidates/").json()["results"]
    assert [(row["name"], row["fits"], row["hired"], row["state_here"]) for row in rows] == [
        ("Kay", 2, 2, None),
        ("Samir", 2, 0, "offered"),
        ("Cel", 1, 0, None),
    ]
    found = ana.get(f"engagements/{role['id']}/candidates/", search="wren").json()["results"]
    assert [(row["name"], row["fits"]) for row in found] == [("Wren Castellan", 0)]


@pytest.mark.parametrize("query", [{"search": "x" * 10_000}, {"search": "a\x00"}, {"desk": "1"}])
def test_candidates_asked_for_nonsense(ana: Caller, cast: Cast, query: dict) -> None:
    answer = ana.get(f"engagements/{make_role(ana, cast)['id']}/candidates/", **query)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, list(query))


# --- the rest -------------------------------------------------------------------------------------------


def test_a_role_nobody_was_confirmed_for_is_deleted_and_a_paid_one_stays(ana: Caller, cast: Cast) -> None:
    assert ana.delete(f"engagements/{make_role(ana, cast, fee=FLAT)['id']}/").status_code == 204
    assert not EngagementFee.objects.exists()
    hired = make_role(ana, cast, fee=FLAT, contributor=cast.wren_called.pk, state="confirmed")
    ana.post(f"engagements/{hired['id']}/end/")
    refused = ana.delete(f"engagements/{hired['id']}/")
    assert refused.status_code == 409
    assert Engagement.objects.filter(pk=hired["id"]).exists()


def test_a_song_somebody_is_hired_for_is_not_deleted(ana: Caller, cast: Cast) -> None:
    song = makers.make_song(cast.project)
    role = make_role(ana, cast, fee=BY_SONG, songs=[song.pk], contributor=cast.wren_called.pk, state="confirmed")
    assert ana.delete(f"songs/{song.pk}/").status_code == 409
    assert (ana.get(f"engagements/{role['id']}/").json()["total"], open_sum(cast.project)) == (
        BY_SONG["amount"],
        10_000,
    )


def test_lost_updates_are_told(ana: Caller, as_: Callable[[str], Caller], cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast, fee=FLAT)['id']}/"
    assert as_("ben").put(path, version=1, role="Cello", notes="Ben was here").status_code == 200
    stale = ana.put(path, version=1, role="Viola")
    assert (stale.status_code, stale.json()["current"]["notes"]) == (412, "Ben was here")
    assert ana.put(path, role="Viola").status_code == 428


def test_a_confirmation_sent_twice_commits_once(ana: Caller, cast: Cast) -> None:
    path = f"engagements/{make_role(ana, cast, fee=FLAT)['id']}/confirm/"
    first = ana.post(path, once="c1", contributor=cast.wren_called.pk)
    again = ana.post(path, once="c1", contributor=cast.wren_called.pk)
    assert (first.status_code, again.json()) == (200, first.json())
    assert open_sum(cast.project) == 26_000


def test_a_token_without_the_budget_right_reads_and_writes_no_fee(cast: Cast) -> None:
    makers.make_engagement(cast.project, cast.wren_called, fee="61.00", unit="flat")
    makers.make_rate(cast.wren_called, "hour", "71.00")
    _token, secret = ApiToken.objects.create(user=cast.ana, name="t", scopes=["people:read", "people:write"])
    call = Caller(token=secret)
    row = call.get("engagements/").json()["results"][0]
    assert "fee" not in row and "total" not in row and "account" not in row
    assert call.get(f"contributors/{cast.wren_called.pk}/").json()["rates"] == []
    assert call.get("contributors/export/").status_code == 403
    refused = call.post("engagements/", project=cast.project.pk, role="Cello", fee=FLAT)
    assert refused.status_code == 400
    assert list(call.post("contributors/", name="Kay", rates=[]).json()["fields"]) == ["rates"]
    assert call.put(f"engagements/{row['id']}/", version=1, role="Violin").status_code == 200
    assert EngagementFee.objects.get().amount_minor == 6_100


def test_the_list_costs_the_same_for_ten_roles_and_for_a_hundred(ana: Caller, cast: Cast) -> None:
    song = makers.make_song(cast.project)

    def add(count: int) -> None:
        for _ in range(count):
            makers.make_engagement(cast.project, cast.wren_called, fee="61.00", unit="song").songs.add(song)

    add(10)
    ana.get("engagements/")
    with CaptureQueriesContext(connection) as few:
        assert len(ana.get("engagements/", page_size=100).json()["results"]) == 10
    add(100)
    with CaptureQueriesContext(connection) as many:
        assert len(ana.get("engagements/", page_size=100).json()["results"]) == 100
    assert len(few) == len(many) <= 6, [query["sql"][:90] for query in many.captured_queries]
