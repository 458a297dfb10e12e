"""Who sees which hire, and nothing of another desk's."""

from collections.abc import Callable
from typing import Any

import pytest

from contributors import links
from contributors.hiring import LEGAL
from contributors.models import Engagement
from producerdesk.kit import clock
from tests import makers
from tests.cast import Cast
from tests.contributors.conftest import Answer, Caller
from tests.contributors.hired import fee, make_role

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
