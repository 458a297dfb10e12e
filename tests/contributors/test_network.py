"""The network: who sees it, how people come into it, change, and leave it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contributors.models import Contributor, ContributorRate
from producerdesk.accounts.models import Desk, User
from tests import makers
from tests.cast import Cast
from tests.contributors.conftest import Caller
from tests.hostile import NO_AMOUNTS

EVERYTHING: dict[str, Any] = {
    "name": "Samir Haddon",
    "email": "Samir@Example.com",
    "phone": "+351 912 345 678",
    "city": "Porto",
    "time_zone": "Europe/Lisbon",
    "roles": ["Session musician"],
    "instruments": ["Cello", "viola da gamba"],
    "genres": ["folk"],
    "rates": [
        {"unit": "hour", "amount": {"amount": "60.00", "currency": "EUR"}},
        {"unit": "day", "amount": {"amount": "50000", "currency": "JPY"}},
    ],
    "notes": "Owes us a bow.",
}


def test_a_producer_adds_a_person_with_skills_and_rates(ana: Caller, cast: Cast) -> None:
    answer = ana.post("contributors/", **EVERYTHING)
    assert answer.status_code == 201, answer.json()
    person = ana.get(f"contributors/{answer.json()['id']}/").json()
    assert {name: person[name] for name in EVERYTHING} == EVERYTHING | {"email": "samir@example.com"}
    assert person["desk"] == {"id": cast.desk.pk, "name": "Lowlight"}
    assert person["joined"] is False
    assert person["active"] is True
    assert person["engagements"] == []
    assert answer.headers["ETag"] == '"1"'


def test_skills_keep_their_order_and_each_name_once(ana: Caller) -> None:
    answer = ana.post("contributors/", name="Kay", instruments=["Viola", " cello ", "VIOLA", "bass  guitar"])
    assert answer.json()["instruments"] == ["Viola", "cello", "bass guitar"]


def test_a_change_needs_the_version_and_a_stale_one_is_told(ana: Caller, cast: Cast) -> None:
    path = f"contributors/{cast.wren_called.pk}/"
    assert ana.put(path, name="Wren").status_code == 428
    changed = ana.put(path, version=1, name="Wren C.", roles=["Violinist"], rates=EVERYTHING["rates"])
    assert (changed.status_code, changed.json()["name"]) == (200, "Wren C.")
    stale = ana.put(path, version=1, name="Somebody else")
    assert stale.status_code == 412
    assert stale.json()["current"]["roles"] == ["Violinist"]
    assert ana.get(path).json()["name"] == "Wren C."


def test_what_is_not_said_stays_and_an_empty_list_takes_away(ana: Caller) -> None:
    made = ana.post("contributors/", **EVERYTHING).json()
    path = f"contributors/{made['id']}/"
    kept = ana.put(path, version=1, name="Samir").json()
    assert (kept["instruments"], len(kept["rates"]), kept["city"]) == (["Cello", "viola da gamba"], 2, "Porto")
    bare = ana.put(path, version=2, name="Samir", instruments=[], rates=[]).json()
    assert (bare["instruments"], bare["rates"], bare["genres"]) == ([], [], ["folk"])


@pytest.mark.parametrize("name", ["nora", "emil", "cara", "lena", "xavi"])
def test_who_does_not_produce_never_sees_the_network(as_: Callable[[str], Caller], cast: Cast, name: str) -> None:
    caller, path = as_(name), f"contributors/{cast.wren_called.pk}/"
    assert caller.get("contributors/").status_code == 403
    assert caller.get("contributors/known/").status_code == 403
    assert caller.get("contributors/export/").status_code == 403
    assert caller.get(path).status_code == 403
    assert caller.put(path, version=1, name="Mine").status_code == 403
    assert caller.post("contributors/", name="Somebody").status_code == 403
    assert caller.post("contributors/import/", text="name\nA").status_code == 403
    assert caller.delete(path).status_code == 403
    assert caller.page("/people/").status_code == 403


def test_nobody_signed_in_sees_nothing(cast: Cast) -> None:
    assert Caller().get("contributors/").status_code == 401


def test_a_producer_of_another_desk_finds_nothing_here(as_: Callable[[str], Caller], cast: Cast) -> None:
    cleo, path = as_("cleo"), f"contributors/{cast.wren_called.pk}/"
    assert cleo.get("contributors/").json()["count"] == 0
    assert cleo.get("contributors/", desk=cast.desk.pk).json()["count"] == 0
    assert cleo.get(path).status_code == 404
    assert cleo.put(path, version=1, name="Mine").status_code == 404
    assert cleo.delete(path).status_code == 404
    assert cleo.post(path + "archive/").status_code == 404
    assert cleo.get("contributors/export/").content.decode("utf-8-sig").count("\n") == 1
    refused = cleo.post("contributors/", name="Spy", desk=cast.desk.pk)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["desk"])


def test_a_co_producer_of_one_project_works_with_the_desks_network(cast: Cast) -> None:
    guest = makers.make_user("Gil")
    makers.make_member(cast.project, guest, "co_producer")
    made = Caller(guest).post("contributors/", name="Somebody new")
    assert (made.status_code, made.json()["desk"]["id"]) == (201, cast.desk.pk)


def test_the_first_person_somebody_adds_makes_a_desk(db: None) -> None:
    user = makers.make_user("Mia", time_zone="Asia/Tokyo")
    mia = Caller(user)
    assert mia.get("contributors/").json()["results"] == []
    made = mia.post("contributors/", name="Ken")
    assert made.status_code == 201
    assert made.json()["desk"]["name"] == "Mia’s desk"
    assert Desk.objects.get().time_zone == "Asia/Tokyo"
    assert mia.get("contributors/").json()["count"] == 1


def test_an_address_is_one_persons(ana: Caller, cast: Cast) -> None:
    refused = ana.post("contributors/", name="Double", email="  NORA@example.com ")
    assert refused.status_code == 400
    assert refused.json()["fields"] == {"email": ["Nora has this address already."]}
    moved = ana.put(f"contributors/{cast.wren_called.pk}/", version=1, name="Wren", email="nora@example.com")
    assert moved.json()["fields"] == {"email": ["Nora has this address already."]}
    ana.post(f"contributors/{cast.nora_called.pk}/archive/")
    again = ana.post("contributors/", name="Double", email="nora@example.com")
    assert again.json()["fields"] == {"email": ["Nora has this address, and is archived."]}


def test_another_desk_may_know_the_same_address(as_: Callable[[str], Caller]) -> None:
    assert as_("cleo").post("contributors/", name="Nora", email="nora@example.com").status_code == 201


def test_an_address_never_tells_whether_it_has_an_account(as_: Callable[[str], Caller], db: None) -> None:
    cleo = as_("cleo")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        known = cleo.post("contributors/", name="One", email="ana@example.com").json()
        unknown = cleo.post("contributors/", name="One", email="nobody-at-all@example.com").json()
    own = {"id", "email", "updated_at", "created_at"}
    assert {k: v for k, v in known.items() if k not in own} == {k: v for k, v in unknown.items() if k not in own}
    assert known["joined"] is False
    assert not [
        query for query in asked.captured_queries if "accounts_user" in query["sql"] and "nobody" in query["sql"]
    ]


@pytest.mark.parametrize("key", ["user", "user_id", "desk_id", "joined", "id", "active", "skills", "colour"])
def test_what_nobody_may_say_is_refused_by_name(ana: Caller, cast: Cast, key: str) -> None:
    said: dict[str, Any] = {"name": "Kay", key: cast.nora.pk}
    for answer in (
        ana.post("contributors/", **said),
        ana.put(f"contributors/{cast.wren_called.pk}/", version=1, **said),
    ):
        assert answer.status_code == 400
        assert list(answer.json()["fields"]) == [key]
    cast.wren_called.refresh_from_db()
    assert cast.wren_called.user is None


def test_a_person_does_not_move_to_another_desk(ana: Caller, cast: Cast) -> None:
    answer = ana.put(f"contributors/{cast.wren_called.pk}/", version=1, name="Wren", desk=cast.other_desk.pk)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["desk"])


def test_archiving_hides_nobody_for_good(ana: Caller, cast: Cast) -> None:
    path = f"contributors/{cast.wren_called.pk}/"
    assert ana.post(path + "archive/").json()["active"] is False
    assert ana.get("contributors/", active="true").json()["count"] == 2
    assert [row["name"] for row in ana.get("contributors/", active="false").json()["results"]] == ["Wren Castellan"]
    assert ana.post(path + "restore/").json()["active"] is True


def test_who_was_hired_is_not_deleted_and_the_reason_is_named(ana: Caller, cast: Cast) -> None:
    makers.make_engagement(cast.project, cast.wren_called)
    makers.make_engagement(cast.project, cast.wren_called, "Viola")
    makers.make_session(cast.project, cast.ana, calls=[{"contributor": cast.wren_called}])
    answer = ana.delete(f"contributors/{cast.wren_called.pk}/")
    assert answer.status_code == 409
    assert "2 engagements" in answer.json()["detail"]
    assert "1 call" in answer.json()["detail"]
    assert Contributor.objects.filter(pk=cast.wren_called.pk).exists()


def test_who_nothing_hangs_on_is_deleted_with_all_said_of_them(ana: Caller) -> None:
    made = ana.post("contributors/", **EVERYTHING).json()
    assert ana.delete(f"contributors/{made['id']}/").status_code == 204
    assert not ContributorRate.objects.exists()
    assert User.objects.filter(email="ana@example.com").exists()


def test_the_list_finds_by_every_filter(ana: Caller, cast: Cast) -> None:
    ana.post("contributors/", **EVERYTHING)
    ana.post("contributors/", name="Ánxela Souto", city="Vigo", roles=["Mixing engineer"], genres=["Folk", "jazz"])

    def names(**query: str) -> list[str]:
        return [row["name"] for row in ana.get("contributors/", **query).json()["results"]]

    assert names(instrument="cello") == ["Samir Haddon"]
    assert names(instrument="CELLO", city="porto") == ["Samir Haddon"]
    assert names(role="mixing ENGINEER") == ["Ánxela Souto"]
    assert sorted(names(genre="folk")) == ["Samir Haddon", "Ánxela Souto"]
    assert names(search="gamba samir") == ["Samir Haddon"]
    assert names(search="912 345") == ["Samir Haddon"]
    assert names(search="nobody here") == []
    assert names(ordering="-name", desk=str(cast.desk.pk))[-1] == "Emil"
    assert names(role="cello") == []
    assert set(ana.get("contributors/known/").json()["cities"]) == {"Porto", "Vigo"}
    assert ana.get("contributors/known/").json()["genres"] == ["Folk", "jazz"]


def test_what_is_known_is_known_of_ones_own_network(cast: Cast, as_: Callable[[str], Caller]) -> None:
    as_("cleo").post("contributors/", name="Una", roles=["Arranger"], instruments=["Theremin"], genres=["Skiffle"])
    as_("ana").post("contributors/", name="Ivo", roles=["Mixer"], instruments=["Cello"], genres=["Folk"])
    known = as_("ana").get("contributors/known/").json()
    assert [known[kind] for kind in ("roles", "instruments", "genres")] == [["Mixer"], ["Cello"], ["Folk"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"email": "x"}, "email"),
        ({"user": "1"}, "user"),
        ({"rate": "60"}, "rate"),
        ({"ordering": "rates"}, "ordering"),
        ({"ordering": "notes"}, "ordering"),
        ({"search": "x" * 10_000}, "search"),
        ({"search": "a\x00b"}, "search"),
        ({"role": "x" * 61}, "role"),
        ({"desk": "9" * 40}, "desk"),
        ({"desk": "ana"}, "desk"),
        ({"page_size": "1000000000"}, "page_size"),
        ({"page": "0"}, "page"),
        ({"page": "7"}, "page"),
    ],
)
def test_a_list_asked_for_nonsense_names_the_field(ana: Caller, query: dict, field: str) -> None:
    answer = ana.get("contributors/", **query)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


@pytest.mark.parametrize("amount", [*NO_AMOUNTS, None])
def test_an_amount_that_is_none_is_refused_at_its_row(ana: Caller, amount: object) -> None:
    rates = [
        {"unit": "day", "amount": {"amount": "5", "currency": "EUR"}},
        {"unit": "hour", "amount": {"amount": amount, "currency": "EUR"}},
    ]
    answer = ana.post("contributors/", name="Kay", rates=rates)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["rates.1.amount"]
    assert not Contributor.objects.filter(name="Kay").exists()


@pytest.mark.parametrize(
    ("rates", "field"),
    [
        ([{"unit": "hour", "amount": {"amount": "60.5", "currency": "JPY"}}], "rates.0.amount"),
        ([{"unit": "hour", "amount": {"amount": "60", "currency": "XXX"}}], "rates.0.amount"),
        ([{"unit": "hour", "amount": {"amount": "60", "currency": ["EUR"]}}], "rates.0.amount"),
        ([{"unit": "hour", "amount": {"amount": "60"}}], "rates.0.amount"),
        ([{"unit": "hour", "amount": "60"}], "rates.0.amount"),
        ([{"unit": "minute", "amount": {"amount": "60", "currency": "EUR"}}], "rates.0.unit"),
        ([{"amount": {"amount": "60", "currency": "EUR"}}], "rates.0.unit"),
        ([{"unit": "hour", "amount": {"amount": "60", "currency": "EUR"}, "id": 5}], "rates.0.id"),
        ([{"unit": "hour", "amount": {"amount": n, "currency": "EUR"}} for n in ("1", "2")], "rates"),
        ([{"unit": "hour", "amount": {"amount": "1", "currency": "EUR"}}] * 9, "rates"),
        ({"unit": "hour"}, "rates"),
        ("60", "rates"),
        (["60"], "rates.0"),
    ],
)
def test_rates_that_make_no_sense_name_the_field(ana: Caller, rates: object, field: str) -> None:
    answer = ana.post("contributors/", name="Kay", rates=rates)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": ["Kay"]}, "name"),
        ({"name": None}, "name"),
        ({"email": "kay at home"}, "email"),
        ({"email": "k" * 250 + "@example.com"}, "email"),
        ({"phone": "1" * 41}, "phone"),
        ({"city": "x" * 81}, "city"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"notes": "x" * 10_001}, "notes"),
        ({"roles": "cello"}, "roles"),
        ({"roles": ["x" * 61]}, "roles"),
        ({"roles": ["a, b"]}, "roles"),
        ({"roles": [{"name": "cello"}]}, "roles"),
        ({"roles": [None]}, "roles"),
        ({"roles": [f"role {n}" for n in range(31)]}, "roles"),
        ({"instruments": {"0": "cello"}}, "instruments"),
    ],
)
def test_words_that_make_no_sense_name_the_field(ana: Caller, said: dict, field: str) -> None:
    answer = ana.post("contributors/", **{"name": "Kay"} | said)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not Contributor.objects.filter(name="Kay").exists()


def test_the_same_post_twice_adds_one_person(ana: Caller) -> None:
    first = ana.post("contributors/", once="k1", name="Kay")
    again = ana.post("contributors/", once="k1", name="Kay")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Contributor.objects.filter(name="Kay").count() == 1
    assert ana.post("contributors/", once="k1", name="Kai").status_code == 422


def test_the_list_costs_the_same_for_ten_people_and_for_a_hundred(ana: Caller, cast: Cast) -> None:
    def add(count: int) -> None:
        for number in range(count):
            person = makers.make_contributor(cast.desk, f"Player {number:03} of {count}")
            person.skills.create(kind="instrument", name="cello", key="cello")
            makers.make_rate(person, "hour", "60")

    add(7)
    ana.get("contributors/")
    with CaptureQueriesContext(connection) as few:
        assert len(ana.get("contributors/", page_size=100).json()["results"]) == 10
    add(110)
    with CaptureQueriesContext(connection) as many:
        assert len(ana.get("contributors/", page_size=100).json()["results"]) == 100
    assert len(few) == len(many) <= 9, [query["sql"][:90] for query in many.captured_queries]
